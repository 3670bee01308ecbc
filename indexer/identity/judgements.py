"""The log of judgements: same person, different person, by whom, when and why. Rows are only ever added.

An end of a judgement is an author id (of a source, an ORCID, or one we gave out) or one place on one paper,
``<paper id>#<place>`` with the place counted from 0. The first signature behind an id is kept with the judgement, so it
goes on meaning the same when the id itself has been merged away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from indexer.identity.components import components
from indexer.sql import Connection, first, in_transaction, now, scalar
from records.errors import CatalogError, NotFoundError

__all__ = ["Judgement", "Verdict", "add_judgement", "anchor", "read_judgements", "undo_judgement"]

Verdict = Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One row. ``verdict`` is "same", "different" or "undo"; an undo names the row it takes back in ``undoes``."""

    number: int
    verdict: str
    a: str | None
    b: str | None
    undoes: int | None
    who: str
    why: str
    made: str  # ISO 8601, UTC
    valid: bool  # not taken back


def read_judgements(con: Connection) -> list[Judgement]:
    """All rows, in the order they were made."""
    rows = con.execute(
        """SELECT number, verdict, a, b, undoes, who, why, made,
                  number NOT IN (SELECT undoes FROM judgements WHERE undoes IS NOT NULL)
           FROM judgements ORDER BY number"""
    ).fetchall()
    return [Judgement(*row) for row in rows]


def add_judgement(con: Connection, verdict: Verdict, a: str, b: str, *, who: str, why: str) -> int:
    """Append a judgement; its number.

    :raises NotFoundError: when an end names nobody.
    :raises CatalogError: when it contradicts valid judgements, or the ends are one and the same.
    """
    if verdict not in ("same", "different"):
        raise CatalogError(f"a judgement is 'same' or 'different', not {verdict!r}")
    if not who.strip():
        raise CatalogError("a judgement needs the name of who makes it")
    if a == b:
        raise CatalogError(f"both ends of the judgement are {a!r}")
    anchors = anchor(con, a), anchor(con, b)
    _check_consistent(con, verdict, (a, b))
    with in_transaction(con):
        number = _next(con)
        con.execute(
            "INSERT INTO judgements VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?)",
            [number, verdict, a, b, *anchors[0], *anchors[1], who, why, now()],
        )
    return number


def undo_judgement(con: Connection, number: int, *, who: str, why: str) -> int:
    """Append a row that takes back row ``number``; its own number. To take back an undo, judge again.

    :raises NotFoundError: when there is no such row.
    :raises CatalogError: when the row is an undo or was taken back before.
    """
    found = next((row for row in read_judgements(con) if row.number == number), None)
    if found is None:
        raise NotFoundError("judgement", str(number))
    if found.verdict == "undo":
        raise CatalogError(f"judgement {number} is itself an undo; make the judgement again instead")
    if not found.valid:
        raise CatalogError(f"judgement {number} was taken back before")
    with in_transaction(con):
        mine = _next(con)
        con.execute(
            "INSERT INTO judgements VALUES (?, 'undo', NULL, NULL, NULL, NULL, NULL, NULL, ?, ?, ?, ?)",
            [mine, number, who, why, now()],
        )
    return mine


def _next(con: Connection) -> int:
    return int(scalar(con, "SELECT coalesce(max(number), 0) + 1 FROM judgements"))


def anchor(con: Connection, end: str) -> tuple[int, int]:
    """The first signature (seq, place) behind an end."""
    paper, mark, place = end.rpartition("#")
    if mark and place.isdigit():
        row = first(
            con,
            """SELECT a.seq, a.place FROM live_papers l JOIN authorships a ON a.seq = l.head
               WHERE l.id = coalesce((SELECT live FROM paper_redirects WHERE old = ?), ?) AND a.place = ?""",
            [paper, paper, int(place)],
        )
    else:
        row = first(
            con,
            """SELECT a.seq, l.place FROM live_authorships l JOIN live_authors w USING (author)
               JOIN authorships a ON a.seq = l.seq AND a.place = l.place
               WHERE w.id = coalesce((SELECT live FROM author_redirects WHERE old = ?), ?)
               ORDER BY (a.seq, l.place) LIMIT 1""",
            [end, end],
        )
    if row is None:
        raise NotFoundError("author", end)
    return int(row[0]), int(row[1])


def _check_consistent(con: Connection, verdict: Verdict, ends: tuple[str, str]) -> None:
    """Refuse what contradicts the closure of what was judged so far."""
    valid = [row for row in read_judgements(con) if row.valid and row.verdict != "undo" and row.a and row.b]
    names = {
        name: index for index, name in enumerate(dict.fromkeys([*ends, *(e for r in valid for e in (r.a, r.b) if e)]))
    }
    same = [(names[str(row.a)], names[str(row.b)]) for row in valid if row.verdict == "same"]
    apart = [(row.number, names[str(row.a)], names[str(row.b)]) for row in valid if row.verdict == "different"]
    if verdict == "same":
        same.append((names[ends[0]], names[ends[1]]))
    else:
        apart.append((0, names[ends[0]], names[ends[1]]))
    pairs = np.array(same, dtype=np.int64).reshape(-1, 2)
    label = components(len(names), (pairs[:, 0], pairs[:, 1]))
    for number, a, b in apart:
        if label[a] == label[b]:
            against = f"judgement {number}" if number else "earlier judgements of 'same'"
            raise CatalogError(f"that contradicts {against}; undo it first")
