"""Which source papers are one paper: by shared external ids, then by title, year and first author.

The outcome is a partition of the source papers that does not depend on the order of import; only which record comes
first, and so gives the live id, does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from indexer.identity.components import Exclusive, Ints, Pairs, components, merge
from indexer.sql import Connection, columns, registered
from records.ids import IdScheme

__all__ = ["MERGE_SCHEMES", "Matched", "match"]

MERGE_SCHEMES = (IdScheme.DOI, IdScheme.ARXIV, IdScheme.OPENALEX, IdScheme.DBLP, IdScheme.ACL, IdScheme.PMID)
"""Schemes whose ids name one paper. An ISBN or ISSN names the book or journal that many papers share."""

_MAX_GROUP = 32
"""Clusters that may share title, year and first author; more of them say that the title tells nothing."""


@dataclass(frozen=True, slots=True)
class Matched:
    """``root``: for each ``seq`` the smallest ``seq`` of its paper; int64, shape (source papers,)."""

    root: Ints
    by_id: int  # source papers that joined another through an id
    by_title: int
    conflicts: int  # groups of one title that contradict themselves


def match(con: Connection, size: int) -> Matched:
    """Partition ``size`` source papers."""
    by_id = components(size, _id_pairs(con))
    seq = np.arange(size, dtype=np.int64)
    with registered(con, clusters={"seq": pa.array(seq), "cluster": pa.array(by_id)}):
        evidence = _title_pairs(con)
        exclusive = _exclusive(con)
    root, conflicts = merge(by_id, evidence, exclusive)
    joined_by_id = int(np.count_nonzero(by_id != seq))
    return Matched(root, joined_by_id, int(np.count_nonzero(root != seq)) - joined_by_id, conflicts)


def _id_pairs(con: Connection) -> Pairs:
    """Pairs that share an id.

    Where one source gives an id to records of different titles (a book's DOI on each of its chapters), the id alone
    says nothing, and only records of the same title are joined by it.
    """
    schemes = ", ".join(f"'{scheme.value}'" for scheme in MERGE_SCHEMES)
    left, right = columns(
        con,
        f"""WITH shared AS (
                SELECT scheme, value FROM paper_ids WHERE scheme IN ({schemes}) GROUP BY ALL HAVING count(*) > 1
            ), carriers AS (
                SELECT i.scheme, i.value, p.seq, p.source, coalesce(p.title_hash, 0) AS title
                FROM paper_ids i SEMI JOIN shared s ON i.scheme = s.scheme AND i.value = s.value
                JOIN source_papers p USING (seq)
            ), vague AS (
                SELECT scheme, value, max(titles) > 1 AS vague
                FROM (SELECT scheme, value, source, count(DISTINCT title) AS titles FROM carriers GROUP BY ALL)
                GROUP BY ALL
            )
            SELECT min(seq) OVER (
                       PARTITION BY c.scheme, c.value, CASE WHEN vague THEN title ELSE 0 END
                   )::BIGINT AS first, seq::BIGINT
            FROM carriers c JOIN vague v ON c.scheme = v.scheme AND c.value = v.value""",  # noqa: S608 - our own words
    )
    return left, right


def _title_pairs(con: Connection) -> Pairs:
    """Pairs of clusters with a record each of the same title, year and family name of the first author.

    A weak title (:func:`indexer.catalog.titles.is_weak`) needs the same list of authors and first page as well.
    """
    left, right = columns(
        con,
        """WITH members AS (
               SELECT DISTINCT cluster, title_hash, year, first_family,
                      CASE WHEN title_weak THEN byline ELSE 0 END AS byline,
                      CASE WHEN title_weak THEN first_page ELSE '' END AS page
               FROM source_papers JOIN clusters USING (seq)
               WHERE title_hash IS NOT NULL AND year IS NOT NULL AND first_family IS NOT NULL
                 AND (NOT title_weak OR first_page <> '')
           ), titles AS (
               SELECT list(cluster) AS found FROM members GROUP BY title_hash, year, first_family, byline, page
               HAVING count(*) BETWEEN 2 AND ?
           ), ends AS (SELECT found, unnest(found) AS one FROM titles)
           SELECT one, other FROM (SELECT one, unnest(found) AS other FROM ends) WHERE one < other""",
        [_MAX_GROUP],
    )
    return left, right


def _exclusive(con: Connection) -> tuple[Exclusive, ...]:
    """A source tells its own records apart, and two ids of one scheme are two papers.

    The DOI of a preprint counts as its arXiv id only: the published paper has a DOI of its own.
    """
    schemes = ", ".join(f"'{scheme.value}'" for scheme in MERGE_SCHEMES)
    seq, source = columns(con, "SELECT seq::BIGINT, (dense_rank() OVER (ORDER BY source))::BIGINT FROM source_papers")
    carrier, scheme = columns(
        con,
        f"""SELECT DISTINCT seq::BIGINT, (dense_rank() OVER (ORDER BY scheme))::BIGINT
            FROM paper_ids WHERE scheme IN ({schemes}) AND NOT (scheme = 'doi' AND value LIKE '10.48550/arxiv.%')""",  # noqa: S608 - our own words
    )
    return Exclusive(seq, source), Exclusive(carrier, scheme)
