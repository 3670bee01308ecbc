"""One batch of records into the catalog: new ones get a number, changed ones are replaced, others are left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from indexer.catalog.extract import Columns
from indexer.sql import Connection, columns, registered, scalar

__all__ = ["Upserted", "Where", "upsert"]


@dataclass(frozen=True, slots=True)
class Where:
    """The import at work: source and input, and the parts of that input that it found finished."""

    source: str
    input: str
    skipped: set[str]


@dataclass(frozen=True, slots=True)
class Upserted:
    """Counts of a batch, and the rows that were not kept because the import has read their id before."""

    new: int
    updated: int
    unchanged: int
    duplicates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """``seq`` of every row (-1: not known yet), and which rows to write, replace and refuse."""

    seq: npt.NDArray[np.int64]
    known: npt.NDArray[np.bool_]
    changed: npt.NDArray[np.bool_]
    duplicate: npt.NDArray[np.bool_]


def upsert(con: Connection, table_name: str, incoming: Any, children: dict[str, Columns], where: Where) -> Upserted:
    """Write a batch of one source's records and their child rows; call inside a transaction.

    ``incoming`` is a ``pyarrow.Table`` with the columns ``row``, ``source_id``, ``key``, ``content``, ``input``,
    ``part`` and the rest of ``table_name``.
    """
    person = table_name == "source_people"
    with registered(con, incoming=incoming):
        plan = _plan(con, table_name, incoming.num_rows, where, person=person)
        fresh = ~plan.known & ~plan.duplicate
        replaced = plan.known & plan.changed & ~plan.duplicate
        start = 1 + scalar(con, f"SELECT coalesce(max(seq), -1) FROM {table_name}")  # noqa: S608 - our own name
        plan.seq[fresh] = start + np.arange(int(fresh.sum()))
        _write(con, where.source, table_name, children, plan.seq, write=fresh | replaced, replaced=replaced)
        with registered(con, kept={"row": pa.array(np.flatnonzero(~plan.duplicate), pa.int32())}):
            con.execute(
                "INSERT INTO import_seen SELECT ?, ?, key, input, part FROM incoming SEMI JOIN kept USING (row)",
                [where.source, person],
            )
    unchanged = plan.known & ~plan.changed & ~plan.duplicate
    return Upserted(
        int(fresh.sum()), int(replaced.sum()), int(unchanged.sum()), tuple(np.flatnonzero(plan.duplicate).tolist())
    )


def _plan(con: Connection, table_name: str, rows: int, where: Where, *, person: bool) -> _Plan:
    plan = _Plan(np.full(rows, -1, dtype=np.int64), np.zeros(rows, bool), np.zeros(rows, bool), np.zeros(rows, bool))
    row, seq, changed, inputs, parts = columns(
        con,
        f"""SELECT i.row, p.seq, p.content <> i.content, p.input, p.part
            FROM incoming i JOIN {table_name} p ON p.key = i.key AND p.source_id = i.source_id
            WHERE p.source = ?""",  # noqa: S608 - our own name
        [where.source],
    )
    plan.known[row] = True
    plan.seq[row] = seq
    plan.changed[row] = changed
    for position, home, part in zip(row.tolist(), inputs.tolist(), parts.tolist(), strict=True):
        plan.duplicate[position] = home == where.input and part in where.skipped
    (seen,) = columns(
        con,
        """SELECT DISTINCT i.row FROM incoming i JOIN import_seen s ON s.key = i.key
           WHERE s.source = ? AND s.input = ? AND s.person = ?""",
        [where.source, where.input, person],
    )
    plan.duplicate[seen] = True
    (again,) = columns(
        con, "SELECT row FROM incoming QUALIFY row_number() OVER (PARTITION BY source_id ORDER BY row) > 1"
    )
    plan.duplicate[again] = True
    return plan


def _write(
    con: Connection,
    source: str,
    table_name: str,
    children: dict[str, Columns],
    seq: npt.NDArray[np.int64],
    *,
    write: npt.NDArray[np.bool_],
    replaced: npt.NDArray[np.bool_],
) -> None:
    if replaced.any():
        with registered(con, gone={"seq": pa.array(seq[replaced], pa.int32())}):
            for name in (table_name, *children):
                con.execute(f"DELETE FROM {name} WHERE seq IN (SELECT seq FROM gone)")  # noqa: S608 - our own name
    chosen = np.flatnonzero(write)
    numbers = {"row": pa.array(chosen, pa.int32()), "seq": pa.array(seq[chosen], pa.int32())}
    with registered(con, numbers=numbers):
        con.execute(
            f"""INSERT INTO {table_name} BY NAME
                SELECT n.seq, ? AS source, i.* EXCLUDE (row) FROM incoming i JOIN numbers n USING (row)
                ORDER BY n.seq""",  # noqa: S608 - our own name
            [source],
        )
        for name, rows in children.items():
            with registered(con, child=rows.take()):
                con.execute(
                    f"""INSERT INTO {name} BY NAME
                        SELECT n.seq, c.* EXCLUDE (row) FROM child c JOIN numbers n USING (row)"""  # noqa: S608
                )
