"""Authorships into people: the passes, the ids people get, and where merged-away ids lead.

Passes, strongest evidence first; a later one never joins what an earlier kept apart:

1. judgements of curators;
2. the same ORCID;
3. the same place on two records of one paper;
4. a full name without an id, joined to the only person with ids who bears it;
5. an abbreviated name ("J. Smith") with a co-author in common.

Signatures of one source author id, one ORCID or one full name are one node from the start (:mod:`.signatures`). Kept
apart are: what a curator calls different, look-alikes a source tells apart, two places on one paper and, from pass 3
on, two author ids of one source.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from indexer.identity import evidence
from indexer.identity.components import Ints, Pairs, merge
from indexer.identity.names import slug
from indexer.identity.profiles import make_profiles
from indexer.identity.signatures import NAMED, ORCID, SOURCE, make_nodes
from indexer.sql import Connection, columns, hash64, registered, scalar, table
from records.author import IdentityBasis
from records.name import Name

__all__ = ["IdentityReport", "identify"]

_BASES = tuple(IdentityBasis)
_JUDGED, _BY_ID, _BY_SOURCE, _BY_NAME = range(4)


@dataclass(frozen=True, slots=True)
class IdentityReport:
    """How many people and places on papers there are, and how many groups contradict themselves and stayed apart."""

    authors: int
    authorships: int
    conflicts: int


def identify(con: Connection) -> IdentityReport:
    """Make ``live_authors``, ``live_authorships`` and ``author_redirects`` from the live papers."""
    size = make_nodes(con)
    labels, basis, conflicts = _cluster(con, size)
    with registered(
        con,
        clusters={
            "node": pa.array(np.arange(size), pa.int64()),
            "cluster": pa.array(labels, pa.int64()),
            "basis": pa.array(basis[labels], pa.int8()),
        },
    ):
        con.execute(
            """CREATE OR REPLACE TEMP TABLE clustered AS
               SELECT n.*, c.cluster, c.basis FROM nodes n JOIN clusters c USING (node)"""
        )
    _name_clusters(con)
    _write(con)
    make_profiles(con)
    _redirect(con)
    for name in ("signatures", "nodes", "clustered", "identified", "numbered"):
        con.execute(f"DROP TABLE {name}")
    return IdentityReport(
        authors=scalar(con, "SELECT count(*) FROM live_authors"),
        authorships=scalar(con, "SELECT count(*) FROM live_authorships"),
        conflicts=conflicts,
    )


def _cluster(con: Connection, size: int) -> tuple[Ints, npt.NDArray[np.int8], int]:
    """Labels and, at each label, the strongest basis of its cluster (a number in ``_BASES``)."""
    same, different = evidence.by_judgement(con)
    (kind,) = columns(con, "SELECT kind FROM nodes ORDER BY node")
    start = np.full(size, _BY_NAME, dtype=np.int8)
    start[kind == SOURCE] = _BY_SOURCE
    start[kind == ORCID] = _BY_ID
    apart = _concatenate(different, evidence.told_apart(con))
    paper, source = evidence.one_place_a_paper(con), evidence.one_id_a_source(con)
    labels, conflicts = merge(np.arange(size, dtype=np.int64), same, apart=different)
    basis = _strengthen(start, np.arange(size, dtype=np.int64), labels, _JUDGED)
    joined, left = merge(labels, evidence.by_orcid(con), (paper,), apart)
    basis = _strengthen(basis, labels, joined, _BY_ID)
    conflicts += left
    labels, left = merge(joined, evidence.by_alignment(con), (paper, source), apart)
    conflicts += left
    labels, left = merge(labels, evidence.by_name(con, labels), (paper, source), apart)
    conflicts += left
    labels, left = merge(labels, evidence.by_coauthor(con), (paper, source), apart)
    return labels, _strengthen(basis, labels, labels, _BY_NAME), conflicts + left


def _strengthen(basis: npt.NDArray[np.int8], before: Ints, after: Ints, grade: int) -> npt.NDArray[np.int8]:
    """Bases at the labels of ``after``: the strongest of their parts, or ``grade`` where parts were united."""
    found = np.full(len(after), len(_BASES) - 1, dtype=np.int8)
    np.minimum.at(found, after, basis)
    united = after[before != after]
    found[united] = np.minimum(found[united], grade)
    return found


def _concatenate(one: Pairs, other: Pairs) -> Pairs:
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


def _name_clusters(con: Connection) -> None:
    """Make ``identified(cluster, id, basis, anchor)`` of the clusters that stand on a live paper.

    The id is, in this order, the smallest author id of the source asked first, the smallest ORCID, or made of the name
    and a hash: of the folded name where all signatures of a full name are together, else of the first signature.
    """
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE choices AS
            WITH best AS (
                SELECT cluster, min(basis) AS basis, min(kind) AS kind, min(anchor) AS anchor,
                       min_by(c.source || ':' || c.author_id, (r.rank, c.author_id)) FILTER (kind = {SOURCE})
                           AS by_source,
                       'orcid:' || min(orcid) AS by_orcid, min(name_key) FILTER (kind = {NAMED}) AS by_name
                FROM clustered c LEFT JOIN source_ranks r USING (source) GROUP BY cluster
            ), live AS (
                SELECT DISTINCT cluster FROM signatures JOIN clustered USING (node) WHERE live
            )
            SELECT cluster, basis, anchor, coalesce(by_source, by_orcid) AS id, by_name
            FROM best SEMI JOIN live USING (cluster)"""  # noqa: S608 - our own numbers
    )
    rows = table(
        con,
        """SELECT c.cluster, c.by_name, a.family, a.given, a.particle, a.suffix,
                  p.source || ':' || p.source_id || '#' || a.place AS signature
           FROM choices c JOIN authorships a ON a.seq = c.anchor // 65536 AND a.place = c.anchor % 65536
           JOIN source_papers p ON p.seq = a.seq WHERE c.id IS NULL""",
    )
    names = {"cluster": rows["cluster"], "made": pa.array([_made_id(row) for row in rows.to_pylist()], pa.string())}
    with registered(con, named=names):
        con.execute(
            """CREATE OR REPLACE TEMP TABLE identified AS
               SELECT c.cluster, coalesce(c.id, n.made) AS id, c.basis, c.anchor
               FROM choices c LEFT JOIN named n USING (cluster)"""
        )
    con.execute("DROP TABLE choices")


def _made_id(row: dict[str, object]) -> str:
    name = Name(str(row["family"]), str(row["given"]), str(row["particle"]), str(row["suffix"]))
    number = hash64(str(row["signature"])) if row["by_name"] is None else int(str(row["by_name"]))
    return f"name:{slug(name)}-{f'{number:016x}'[:12]}"


def _write(con: Connection) -> None:
    con.execute(
        """CREATE OR REPLACE TEMP TABLE numbered AS
           SELECT (row_number() OVER (ORDER BY id) - 1)::INTEGER AS author, * FROM identified"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE live_authorships AS
           SELECT s.position, s.place, n.author, s.seq
           FROM signatures s JOIN clustered c USING (node) JOIN numbered n USING (cluster)
           WHERE s.live ORDER BY s.position, s.place"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE live_authors AS
           SELECT n.author, n.id, n.basis, count(DISTINCT a.position)::INTEGER AS papers,
                  min(p.year) AS first_year, max(p.year) AS last_year
           FROM numbered n JOIN live_authorships a USING (author) JOIN live_papers p USING (position)
           GROUP BY ALL ORDER BY n.author"""
    )


def _redirect(con: Connection) -> None:
    """Make ``author_redirects(old, live)`` and remember the ids given out now.

    Every author id a source uses and every ORCID leads to the person who bears it. An id given out by an earlier
    derivation leads to whoever has its first signature now.
    """
    con.execute(
        f"""CREATE OR REPLACE TABLE author_redirects AS
            WITH aliases AS (
                SELECT CASE kind WHEN {SOURCE} THEN c.source || ':' || c.author_id ELSE 'orcid:' || c.orcid END AS old,
                       n.id AS live
                FROM clustered c JOIN numbered n USING (cluster) WHERE c.kind IN ({SOURCE}, {ORCID})
            ), earlier AS (
                SELECT i.id AS old, n.id AS live
                FROM issued_authors i
                JOIN authorships a ON a.seq = i.seq AND a.place = i.place AND a.name_key = i.name_key
                JOIN live_members m ON m.seq = i.seq
                JOIN live_authorships l ON l.position = m.position AND l.place = i.place
                JOIN numbered n USING (author)
            )
            SELECT old, min(live) AS live FROM (
                FROM aliases UNION ALL FROM earlier WHERE old NOT IN (SELECT old FROM aliases)
            )
            WHERE old NOT IN (SELECT id FROM live_authors) GROUP BY old ORDER BY old"""  # noqa: S608 - our own numbers
    )
    con.execute(
        """INSERT INTO issued_authors
           SELECT n.id, a.seq, a.place, a.name_key
           FROM numbered n JOIN authorships a ON a.seq = n.anchor // 65536 AND a.place = n.anchor % 65536
           WHERE n.id NOT IN (SELECT id FROM issued_authors)"""
    )
