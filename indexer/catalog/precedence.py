"""Whose word counts: the order in which sources are asked for a field of a merged paper."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa

from indexer.sql import Connection, columns, registered, scalar

__all__ = ["DEFAULT_PRECEDENCE", "precedence", "rank_sources", "set_precedence"]

DEFAULT_PRECEDENCE = ("acl", "crossref", "pubmed", "dblp", "arxiv", "openalex", "semantic_scholar")
"""Curated collections and publishers before aggregators. Sources not named follow, by name."""

_KEY = "precedence"


def precedence(con: Connection) -> tuple[str, ...]:
    """The order set for this catalog, or the default."""
    stored = scalar(con, "SELECT value FROM meta WHERE key = ?", [_KEY])
    return DEFAULT_PRECEDENCE if stored is None else tuple(json.loads(stored))


def set_precedence(con: Connection, sources: Sequence[str]) -> None:
    """Ask ``sources`` first, in this order."""
    con.execute("DELETE FROM meta WHERE key = ?", [_KEY])
    con.execute("INSERT INTO meta VALUES (?, ?)", [_KEY, json.dumps(list(dict.fromkeys(sources)))])


def rank_sources(con: Connection) -> None:
    """Make the temporary table ``source_ranks(source, rank)`` of every source in the catalog."""
    (found,) = columns(
        con, "SELECT DISTINCT source FROM (FROM source_papers SELECT source UNION ALL FROM source_people SELECT source)"
    )
    first = precedence(con)
    ordered = sorted(found.tolist(), key=lambda name: (first.index(name) if name in first else len(first), name))
    rows = {"source": pa.array(ordered, pa.string()), "rank": pa.array(range(len(ordered)), pa.int32())}
    with registered(con, ranked=rows):
        con.execute("CREATE OR REPLACE TEMP TABLE source_ranks AS FROM ranked")
