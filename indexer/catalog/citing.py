"""Citations between live papers, from references of records and from lists of pairs."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.sql import Connection, scalar

__all__ = ["Citations", "resolve_citations"]


@dataclass(frozen=True, slots=True)
class Citations:
    """``resolved`` distinct links between different papers; ``itself`` and ``unresolved`` are distinct statements."""

    resolved: int
    itself: int
    unresolved: int


def resolve_citations(con: Connection) -> Citations:
    """Make ``live_citations(citing, cited)`` by position; needs ``live_members`` and ``live_papers``.

    An end is, in this order: an id of the same source; an external id that exactly one live paper carries; the id of a
    record as ``<source>:<source id>``. What is none of these dangles: it stays in the catalog and is counted.
    """
    con.execute(
        """CREATE OR REPLACE TEMP TABLE said AS
           SELECT p.source, m.position AS citing, NULL::VARCHAR AS citing_text, NULL::VARCHAR AS citing_external,
                  r.target AS cited_text, r.external AS cited_external
           FROM paper_references r JOIN source_papers p USING (seq) JOIN live_members m USING (seq)
           UNION ALL
           SELECT DISTINCT source, NULL, citing, citing_external, cited, cited_external FROM source_links"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE ends AS
           SELECT DISTINCT source, citing_text AS text, citing_external AS outside
           FROM said WHERE citing_text IS NOT NULL
           UNION SELECT DISTINCT source, cited_text, cited_external FROM said"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE found AS
           WITH carriers AS (
               SELECT i.scheme || ':' || i.value AS id, min(m.position) AS position
               FROM paper_ids i JOIN live_members m USING (seq)
               GROUP BY ALL HAVING count(DISTINCT m.position) = 1
           ), records AS (
               SELECT p.source, p.source_id, m.position FROM source_papers p JOIN live_members m USING (seq)
           )
           SELECT e.source, e.text, coalesce(own.position, c.position, other.position) AS position
           FROM ends e
           LEFT JOIN records own ON own.source = e.source AND own.source_id = e.text
           LEFT JOIN carriers c ON c.id = e.outside
           LEFT JOIN records other ON other.source || ':' || other.source_id = e.text"""
    )
    con.execute(
        """CREATE OR REPLACE TEMP TABLE linked AS
           SELECT DISTINCT coalesce(s.citing, a.position) AS citing, b.position AS cited,
                  CASE WHEN s.citing IS NULL AND a.position IS NULL THEN s.source || ':' || s.citing_text END
                      AS lost_citing,
                  CASE WHEN b.position IS NULL THEN coalesce(s.cited_external, s.source || ':' || s.cited_text) END
                      AS lost_cited
           FROM said s
           LEFT JOIN found a ON a.source = s.source AND a.text = s.citing_text
           LEFT JOIN found b ON b.source = s.source AND b.text = s.cited_text"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE live_citations AS
           SELECT citing::INTEGER AS citing, cited::INTEGER AS cited FROM linked
           WHERE citing IS NOT NULL AND cited IS NOT NULL AND citing <> cited ORDER BY citing, cited"""
    )
    counts = Citations(
        resolved=scalar(con, "SELECT count(*) FROM live_citations"),
        itself=scalar(con, "SELECT count(*) FROM linked WHERE citing = cited"),
        unresolved=scalar(con, "SELECT count(*) FROM linked WHERE citing IS NULL OR cited IS NULL"),
    )
    for name in ("said", "ends", "found", "linked"):
        con.execute(f"DROP TABLE {name}")
    return counts
