"""What joins nodes and what keeps them apart, as arrays of node pairs. Needs the tables of ``make_nodes``."""

from __future__ import annotations

import pyarrow as pa

from indexer.identity.components import Exclusive, Ints, Pairs
from indexer.identity.signatures import LONE, NAMED, ORCID, SOURCE
from indexer.sql import Connection, columns, registered

__all__ = [
    "by_alignment",
    "by_coauthor",
    "by_judgement",
    "by_name",
    "by_orcid",
    "one_id_a_source",
    "one_place_a_paper",
    "told_apart",
]

_MAX_BYLINE = 50
"""Authors up to which sharing one of them says something."""


def by_judgement(con: Connection) -> tuple[Pairs, Pairs]:
    """Node pairs that valid judgements call the same, and those they call different."""
    verdict, a, b = columns(
        con,
        f"""WITH valid AS (
                SELECT * FROM judgements WHERE verdict <> 'undo'
                AND number NOT IN (SELECT undoes FROM judgements WHERE undoes IS NOT NULL)
            ), named AS (
                SELECT node, CASE kind WHEN {SOURCE} THEN source || ':' || author_id ELSE 'orcid:' || orcid END AS id
                FROM nodes WHERE kind IN ({SOURCE}, {ORCID})
            )
            SELECT v.verdict = 'same' AS same, coalesce(na.node, sa.node) AS a, coalesce(nb.node, sb.node) AS b
            FROM valid v
            LEFT JOIN named na ON na.id = v.a LEFT JOIN signatures sa ON sa.seq = v.a_seq AND sa.place = v.a_place
            LEFT JOIN named nb ON nb.id = v.b LEFT JOIN signatures sb ON sb.seq = v.b_seq AND sb.place = v.b_place
            WHERE coalesce(na.node, sa.node) IS NOT NULL AND coalesce(nb.node, sb.node) IS NOT NULL""",  # noqa: S608
    )
    same = verdict.astype(bool)
    return (a[same], b[same]), (a[~same], b[~same])


def told_apart(con: Connection) -> Pairs:
    """Look-alikes that a source curates as different people."""
    a, b = columns(
        con,
        f"""SELECT one.node, other.node
            FROM person_distinct d JOIN source_people p USING (seq)
            JOIN nodes one ON one.kind = {SOURCE} AND one.source = p.source AND one.author_id = p.source_id
            JOIN nodes other ON other.kind = {SOURCE} AND other.source = p.source AND other.author_id = d.other
            WHERE one.node <> other.node""",  # noqa: S608 - our own numbers
    )
    return a, b


def by_orcid(con: Connection) -> Pairs:
    """Nodes with the same ORCID on a paper or in what a source curates."""
    a, b = columns(
        con,
        f"""WITH carried AS (
                SELECT node, orcid FROM signatures WHERE orcid IS NOT NULL
                UNION
                SELECT n.node, i.value FROM person_ids i JOIN source_people p USING (seq)
                JOIN nodes n ON n.kind = {SOURCE} AND n.source = p.source AND n.author_id = p.source_id
                WHERE i.scheme = 'orcid'
            )
            SELECT min(node) OVER (PARTITION BY orcid), node FROM carried""",  # noqa: S608 - our own numbers
    )
    return a, b


def by_alignment(con: Connection) -> Pairs:
    """The same place on two records of one paper, under the same family name and in bylines of one length."""
    a, b = columns(
        con,
        """SELECT DISTINCT h.node, o.node FROM signatures h JOIN signatures o
           ON h.position = o.position AND h.place = o.place AND h.authors = o.authors AND h.family_key = o.family_key
           WHERE h.live AND NOT o.live AND h.node <> o.node""",
    )
    return a, b


def by_name(con: Connection, labels: Ints) -> Pairs:
    """A full name without an id, and the only cluster with ids that bears it.

    Where several clusters bear a name, the name says nothing and its signatures without an id stay by themselves.
    """
    with registered(con, clusters={"node": pa.array(range(len(labels)), pa.int64()), "cluster": pa.array(labels)}):
        a, b = columns(
            con,
            f"""WITH bearers AS (
                    SELECT DISTINCT name_key, cluster FROM (
                        SELECT node, name_key FROM signatures WHERE full_name AND kind IN ({SOURCE}, {ORCID})
                        UNION ALL
                        SELECT n.node, pn.name_key FROM person_names pn JOIN source_people p USING (seq)
                        JOIN nodes n ON n.kind = {SOURCE} AND n.source = p.source AND n.author_id = p.source_id
                        WHERE pn.full_name
                    ) JOIN clusters USING (node)
                ), single AS (
                    SELECT name_key, min(cluster) AS cluster FROM bearers GROUP BY name_key HAVING count(*) = 1
                )
                SELECT n.node, s.cluster FROM nodes n JOIN single s USING (name_key) WHERE n.kind = {NAMED}
                UNION ALL
                SELECT s.node, n.node FROM signatures s JOIN nodes n ON n.kind = {NAMED} AND n.name_key = s.name_key
                WHERE s.kind = {LONE} AND s.full_name""",  # noqa: S608 - our own numbers
        )
    return a, b


def by_coauthor(con: Connection) -> Pairs:
    """Two signatures of one abbreviated name that share a co-author's name."""
    a, b = columns(
        con,
        f"""WITH beside AS (
                SELECT DISTINCT s.node, s.name_key, c.name_key AS other
                FROM signatures s JOIN signatures c ON c.position = s.position AND c.place <> s.place
                WHERE s.live AND c.live AND s.kind = {LONE} AND NOT s.full_name AND s.authors <= {_MAX_BYLINE}
                  AND c.name_key <> s.name_key
            )
            SELECT min(node) OVER (PARTITION BY name_key, other), node FROM beside""",  # noqa: S608 - our own numbers
    )
    return a, b


def one_place_a_paper(con: Connection) -> Exclusive:
    """Nobody stands twice in a byline."""
    node, position = columns(con, "SELECT DISTINCT node, position::BIGINT FROM signatures WHERE live")
    return Exclusive(node, position)


def one_id_a_source(con: Connection) -> Exclusive:
    """A source that gives out author ids tells people apart."""
    node, source = columns(
        con,
        f"SELECT node, (dense_rank() OVER (ORDER BY source))::BIGINT FROM nodes WHERE kind = {SOURCE}",  # noqa: S608
    )
    return Exclusive(node, source)
