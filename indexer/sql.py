"""DuckDB in columns: queries answer NumPy or Arrow, and rows come in as Arrow tables, never one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = [
    "Connection",
    "columns",
    "first",
    "hash64",
    "in_transaction",
    "now",
    "registered",
    "scalar",
    "stream",
    "table",
]

Connection: TypeAlias = duckdb.DuckDBPyConnection


def hash64(text: str) -> int:
    """A 64-bit hash of a text that is the same on every machine and in every version."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def now() -> str:
    """The time as the catalog writes it: ISO 8601, UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def table(con: Connection, query: str, parameters: Sequence[object] = ()) -> Any:
    """The whole answer as a ``pyarrow.Table``."""
    return con.sql(query, params=list(parameters) or None).to_arrow_table()


def columns(con: Connection, query: str, parameters: Sequence[object] = ()) -> list[npt.NDArray[Any]]:
    """The answer's columns as NumPy arrays, in the order of the query; numeric columns must hold no NULL."""
    answer = table(con, query, parameters)
    return [np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False)) for column in answer.columns]


def stream(con: Connection, query: str, parameters: Sequence[object] = (), *, rows: int = 2048) -> Iterator[Any]:
    """The answer as ``pyarrow.RecordBatch`` of at most ``rows``, without holding all of it."""
    cursor = con.cursor()
    try:
        yield from cursor.sql(query, params=list(parameters) or None).to_arrow_reader(rows)
    finally:
        cursor.close()


def scalar(con: Connection, query: str, parameters: Sequence[object] = ()) -> Any:
    """The first column of the first row; None when there is no row."""
    row = first(con, query, parameters)
    return None if row is None else row[0]


def first(con: Connection, query: str, parameters: Sequence[object] = ()) -> tuple[Any, ...] | None:
    """The first row; None when there is no row. The rest of the answer is read, so the connection is free again."""
    rows = con.execute(query, list(parameters)).fetchall()
    return rows[0] if rows else None


@contextmanager
def registered(con: Connection, **tables: Any) -> Iterator[None]:
    """Arrow tables (or dicts of arrays) as views of these names while the block runs."""
    for name, data in tables.items():
        con.register(name, pa.table(data) if isinstance(data, dict) else data)
    try:
        yield
    finally:
        for name in tables:
            con.unregister(name)


@contextmanager
def in_transaction(con: Connection) -> Iterator[None]:
    """Commit when the block ends, roll back when it raises."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()
