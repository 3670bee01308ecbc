"""The log of pinned papers: which of a person's papers to show first, by whom chosen, when and why.

Rows are only ever added; the latest list of a person counts, and an empty list takes all pins back. As with judgements,
the first signature behind the author id is kept, so that a list follows its person through merges. The table is made
with the first list; a catalog without it has nothing pinned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.identity.judgements import anchor
from indexer.sql import Connection, first, in_transaction, now, scalar
from records.errors import CatalogError, NotFoundError

__all__ = ["MOST_PINNED", "PinnedList", "add_pins", "pin_state", "pinned_papers", "read_pins"]

MOST_PINNED = 20
"""Papers in one list."""

_TABLE = """CREATE TABLE IF NOT EXISTS pinned_lists (
    number INTEGER, author VARCHAR, seq INTEGER, place INTEGER, papers VARCHAR[], who VARCHAR, why VARCHAR, made VARCHAR
)"""


@dataclass(frozen=True, slots=True)
class PinnedList:
    """One row: ``papers`` of ``author`` (ids as they were then) in the order to show them."""

    number: int
    author: str
    papers: tuple[str, ...]
    who: str
    why: str
    made: str  # ISO 8601, UTC


def add_pins(con: Connection, author: str, papers: Sequence[str], *, who: str, why: str) -> int:
    """Append a list; its number.

    :raises NotFoundError: when the author or a paper is none.
    :raises CatalogError: when a paper is not one of the author's, given twice, or there are too many.
    """
    if not who.strip():
        raise CatalogError("a list of pinned papers needs the name of who makes it")
    if len(papers) > MOST_PINNED:
        raise CatalogError(f"{len(papers)} papers are too many to pin; {MOST_PINNED} at most")
    seq, place = anchor(con, author)
    live = [_paper_of(con, author, (seq, place), paper) for paper in papers]
    if len(set(live)) < len(live):
        raise CatalogError("a paper is pinned twice; name each once")
    with in_transaction(con):
        con.execute(_TABLE)
        number = int(scalar(con, "SELECT coalesce(max(number), 0) + 1 FROM pinned_lists"))
        row = [number, author, seq, place, live, who, why, now()]
        con.execute("INSERT INTO pinned_lists VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return number


def _paper_of(con: Connection, author: str, signature: tuple[int, int], paper: str) -> str:
    """The live id of a paper of the author behind ``signature``."""
    row = first(
        con,
        """SELECT p.id, p.position FROM live_papers p
           WHERE p.id = coalesce((SELECT live FROM paper_redirects WHERE old = ?), ?)""",
        [paper, paper],
    )
    if row is None:
        raise NotFoundError("paper", paper)
    written = scalar(
        con,
        """SELECT count(*) FROM live_authorships l WHERE l.position = ? AND l.author IN (
               SELECT b.author FROM live_members m
               JOIN live_authorships b ON b.position = m.position AND b.place = ? WHERE m.seq = ?)""",
        [row[1], signature[1], signature[0]],
    )
    if not written:
        raise CatalogError(f"{paper} is not a paper of {author}; only a person's own papers can be pinned")
    return str(row[0])


def read_pins(con: Connection) -> list[PinnedList]:
    """All lists, in the order they were made."""
    if not _exists(con):
        return []
    rows = con.execute("SELECT number, author, papers, who, why, made FROM pinned_lists ORDER BY number").fetchall()
    return [PinnedList(number, author, tuple(papers), *told) for number, author, papers, *told in rows]


def pinned_papers(con: Connection) -> dict[int, tuple[str, ...]]:
    """Live ids of pinned papers by position of their (derived) author, in the order to show them."""
    if not _exists(con):
        return {}
    rows = con.execute(
        """SELECT l.author, max_by(p.papers, p.number) FROM pinned_lists p
           JOIN live_members m ON m.seq = p.seq
           JOIN live_authorships l ON l.position = m.position AND l.place = p.place GROUP BY l.author"""
    ).fetchall()
    moved = dict(con.execute("SELECT old, live FROM paper_redirects").fetchall()) if rows else {}
    found = {int(author): tuple(dict.fromkeys(moved.get(paper, paper) for paper in papers)) for author, papers in rows}
    return {author: papers for author, papers in found.items() if papers}


def pin_state(con: Connection) -> str:
    """What a build depends on of the pins, as text; "" when there are none."""
    pins = read_pins(con)
    return repr([(one.number, one.author, one.papers) for one in pins]) if pins else ""


def _exists(con: Connection) -> bool:
    return bool(scalar(con, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'pinned_lists'"))
