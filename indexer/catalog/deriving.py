"""From what sources said to live papers, citations and people. Everything here can be thrown away and made again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import numpy as np
import pyarrow as pa

from indexer.catalog.citing import resolve_citations
from indexer.catalog.extract import EXTRACT_VERSION
from indexer.catalog.matching import Matched, match
from indexer.catalog.precedence import precedence, rank_sources
from indexer.catalog.report import DeriveReport
from indexer.identity.people import identify
from indexer.identity.pins import pin_state
from indexer.sql import Connection, columns, first, in_transaction, registered, scalar
from records.errors import CatalogError
from records.progress import Progress

__all__ = ["DERIVE_VERSION", "catalog_digest", "derive", "last_derivation"]

DERIVE_VERSION = 1
"""Raised when the same sources would be merged, linked or identified differently."""

_KEYS = ("derived_digest", "derive_report")


def catalog_digest(con: Connection) -> str:
    """A fingerprint of everything a derivation depends on; equal states of two catalogs have equal fingerprints."""
    state = hashlib.blake2b(digest_size=16)
    state.update(f"{DERIVE_VERSION} {EXTRACT_VERSION} {json.dumps(precedence(con))}".encode())
    for name in ("source_papers", "source_people"):
        # The order of first import decides which id lives on, so it is part of the state.
        content, source = columns(con, f"SELECT content, source FROM {name} ORDER BY seq")  # noqa: S608 - our own name
        state.update(np.ascontiguousarray(content).tobytes())
        state.update("\n".join(dict.fromkeys(source.tolist())).encode())
    links = first(
        con,
        """SELECT count(*), sum(md5_number_lower(source || chr(10) || citing || chr(10) || cited)::HUGEINT)
           FROM (SELECT DISTINCT source, citing, cited FROM source_links)""",
    )
    judgements = con.execute("SELECT number, verdict, a, b, undoes FROM judgements ORDER BY number").fetchall()
    state.update(repr((links, judgements)).encode())
    state.update(pin_state(con).encode())
    return state.hexdigest()


def last_derivation(con: Connection) -> tuple[str, DeriveReport] | None:
    """The digest and report of the derivation in the catalog, if there is one."""
    stored = dict(con.execute("SELECT key, value FROM meta WHERE key IN (?, ?)", list(_KEYS)).fetchall())
    if len(stored) < len(_KEYS):
        return None
    return stored[_KEYS[0]], msgspec.json.decode(stored[_KEYS[1]].encode(), type=DeriveReport)


def derive(con: Connection, progress: Progress, *, force: bool) -> DeriveReport:
    """Bring the ``live_*`` tables up to date, in one transaction; does nothing when they are."""
    digest = catalog_digest(con)
    last = last_derivation(con)
    if last is not None and last[0] == digest and not force:
        return last[1]
    seconds: dict[str, float] = {}
    with in_transaction(con):
        size = _check_dense(con)
        rank_sources(con)
        with _stage("match", seconds, progress):
            matched = match(con, size)
            _make_papers(con, matched)
        with _stage("citations", seconds, progress):
            citations = resolve_citations(con)
        with _stage("identity", seconds, progress):
            people = identify(con)
        report = DeriveReport(
            source_papers=size,
            papers=scalar(con, "SELECT count(*) FROM live_papers"),
            merged_by_id=matched.by_id,
            merged_by_title=matched.by_title,
            title_conflicts=matched.conflicts,
            citations=citations.resolved,
            self_citations=citations.itself,
            unresolved=citations.unresolved,
            authors=people.authors,
            authorships=people.authorships,
            seconds=seconds,
        )
        con.execute("DELETE FROM meta WHERE key IN (?, ?)", list(_KEYS))
        values = [_KEYS[0], digest, _KEYS[1], msgspec.json.encode(report).decode()]
        con.execute("INSERT INTO meta VALUES (?, ?), (?, ?)", values)
    return report


@contextmanager
def _stage(name: str, seconds: dict[str, float], progress: Progress) -> Iterator[None]:
    began = time.monotonic()
    progress.start(f"derive: {name}")
    yield
    progress.finish()
    seconds[name] = round(time.monotonic() - began, 3)


def _check_dense(con: Connection) -> int:
    row = first(con, "SELECT count(*), count(DISTINCT seq), coalesce(max(seq) + 1, 0) FROM source_papers")
    if row is None or len(set(row)) != 1:
        raise CatalogError(f"the catalog's numbering is damaged ({row}); restore a backup or import again")
    return int(row[0])


def _make_papers(con: Connection, matched: Matched) -> None:
    """Make ``live_papers`` and ``live_members``.

    ``rank`` orders the records of a paper by whose word counts first; each value of the paper is that of the first
    record that has one. ``head`` is the record whose byline is the paper's.
    """
    size = len(matched.root)
    roots = {"seq": pa.array(np.arange(size), pa.int32()), "root": pa.array(matched.root, pa.int32())}
    with registered(con, roots=roots):
        con.execute(
            """CREATE OR REPLACE TABLE live_members AS
               WITH live AS (
                   SELECT p.seq AS root,
                          (row_number() OVER (ORDER BY p.source || ':' || p.source_id) - 1)::INTEGER AS position
                   FROM source_papers p JOIN roots r USING (seq) WHERE r.root = p.seq
               )
               SELECT r.seq, l.position, r.root,
                      (row_number() OVER (PARTITION BY l.position ORDER BY s.rank, p.source_id) - 1)::INTEGER AS rank
               FROM roots r JOIN live l USING (root) JOIN source_papers p ON p.seq = r.seq
               JOIN source_ranks s ON s.source = p.source
               ORDER BY l.position, rank"""
        )
    con.execute(
        """CREATE OR REPLACE TABLE live_papers AS
           WITH ids AS (SELECT seq, bool_or(scheme = 'doi') AS doi FROM paper_ids GROUP BY seq)
           SELECT m.position, any_value(p.source || ':' || p.source_id) FILTER (m.seq = m.root) AS id,
                  count(*)::INTEGER AS members,
                  coalesce(min_by(m.seq, m.rank) FILTER (p.authors > 0), min_by(m.seq, m.rank)) AS head,
                  min_by(p.year, m.rank) FILTER (p.year IS NOT NULL) AS year,
                  min_by(p.venue, m.rank) FILTER (p.venue IS NOT NULL) AS venue,
                  min_by(p.topic, m.rank) FILTER (p.topic IS NOT NULL) AS topic,
                  bool_or(p.abstract) AS abstract, coalesce(bool_or(i.doi), false) AS doi
           FROM live_members m JOIN source_papers p USING (seq) LEFT JOIN ids i USING (seq)
           GROUP BY m.position ORDER BY m.position"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE paper_redirects AS
           SELECT p.source || ':' || p.source_id AS old, l.id AS live
           FROM live_members m JOIN source_papers p USING (seq) JOIN live_papers l USING (position)
           WHERE m.seq <> m.root ORDER BY old"""
    )
