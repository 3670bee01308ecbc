"""Signatures (one place on one record) and the nodes they start from.

A node is what needs no decision: all signatures with one author id of one source; else with one ORCID; else with one
full name, folded; else a signature by itself. Clustering then joins nodes.
"""

from __future__ import annotations

from indexer.sql import Connection, scalar

__all__ = ["LONE", "NAMED", "ORCID", "SOURCE", "make_nodes"]

SOURCE, ORCID, NAMED, LONE = range(4)
"""Kinds of nodes."""

_SIGNATURES = f"""
CREATE OR REPLACE TEMP TABLE raw_signatures AS
WITH orcids AS (
    SELECT seq, place, min(value) AS orcid FROM authorship_ids WHERE scheme = 'orcid' GROUP BY ALL
), judged AS (
    SELECT a_seq AS seq, a_place AS place FROM judgements WHERE contains(a, '#')
    UNION SELECT b_seq, b_place FROM judgements WHERE contains(b, '#')
), marked AS (
    SELECT a.*, p.source, m.position, l.head = a.seq AS live, p.authors, o.orcid, j.seq IS NOT NULL AS judged
    FROM authorships a JOIN source_papers p USING (seq) JOIN live_members m USING (seq)
    JOIN live_papers l ON l.position = m.position
    LEFT JOIN orcids o ON o.seq = a.seq AND o.place = a.place
    LEFT JOIN judged j ON j.seq = a.seq AND j.place = a.place
), kinds AS (
    SELECT *, CASE WHEN author_id IS NOT NULL THEN {SOURCE} WHEN orcid IS NOT NULL THEN {ORCID}
                   WHEN full_name AND NOT judged THEN {NAMED} ELSE {LONE} END AS kind
    FROM marked WHERE live OR author_id IS NOT NULL OR orcid IS NOT NULL
)
SELECT seq, place, position, live, authors, source, kind, name_key, family_key, full_name, orcid,
       CASE WHEN kind = {SOURCE} THEN author_id END AS author_id,
       CASE kind WHEN {SOURCE} THEN hash({SOURCE}, source, author_id) WHEN {ORCID} THEN hash({ORCID}, orcid)
                 WHEN {NAMED} THEN hash({NAMED}, name_key) ELSE hash({LONE}, seq, place) END AS key
FROM kinds
"""  # noqa: S608 - our own numbers

_NODES = f"""
CREATE OR REPLACE TEMP TABLE nodes AS
SELECT (row_number() OVER () - 1)::BIGINT AS node, *
FROM (
    SELECT key, min(kind) AS kind, min(source) AS source, min(author_id) AS author_id, min(orcid) AS orcid,
           min(name_key) AS name_key, min(anchor) AS anchor
    FROM (
        SELECT key, kind, CASE WHEN kind = {SOURCE} THEN source END AS source, author_id,
               CASE WHEN kind = {ORCID} THEN orcid END AS orcid,
               CASE WHEN kind = {NAMED} THEN name_key END AS name_key,
               CASE WHEN live THEN seq::BIGINT * 65536 + place END AS anchor
        FROM raw_signatures
        UNION ALL
        SELECT hash({SOURCE}, source, source_id), {SOURCE}, source, source_id, NULL, NULL, NULL FROM source_people
    )
    GROUP BY key
)
"""  # noqa: S608 - our own numbers


def make_nodes(con: Connection) -> int:
    """Make the temporary tables ``nodes`` and ``signatures``; the number of nodes. Needs the live papers."""
    con.execute(_SIGNATURES)
    con.execute(_NODES)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE signatures AS
           SELECT n.node, s.* EXCLUDE (key) FROM raw_signatures s JOIN nodes n USING (key)"""
    )
    con.execute("DROP TABLE raw_signatures")
    return int(scalar(con, "SELECT count(*) FROM nodes"))
