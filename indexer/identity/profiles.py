"""What is known of each person: names, ids and affiliations, counted over the live papers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from indexer.identity.pins import pinned_papers
from indexer.identity.signatures import SOURCE
from indexer.sql import Connection, stream, table
from records.author import AffiliationYears, Author, IdentityBasis
from records.ids import ExternalId, IdScheme
from records.name import Name

__all__ = ["make_profiles", "read_authors"]

_BASES = tuple(IdentityBasis)

_PROFILES = f"""
CREATE OR REPLACE TEMP TABLE curated AS
SELECT DISTINCT n.author, p.seq
FROM source_people p
JOIN clustered c ON c.kind = {SOURCE} AND c.source = p.source AND c.author_id = p.source_id
JOIN numbered n USING (cluster);

-- Each place on a paper with the records that may speak of it: the paper's byline, then records with the same byline.
CREATE OR REPLACE TEMP TABLE spoken AS
SELECT author, position, place, seq, -1 AS rank FROM live_authorships
UNION ALL
SELECT l.author, l.position, l.place, m.seq, m.rank
FROM live_authorships l
JOIN live_papers p ON p.position = l.position AND p.members > 1
JOIN live_members m ON m.position = l.position AND m.seq <> l.seq
JOIN source_papers mine ON mine.seq = l.seq
JOIN source_papers theirs ON theirs.seq = m.seq AND theirs.authors = mine.authors
JOIN authorships a ON a.seq = l.seq AND a.place = l.place
JOIN authorships b ON b.seq = m.seq AND b.place = l.place AND b.family_key = a.family_key;

CREATE OR REPLACE TABLE live_author_names AS
WITH printed AS (
    SELECT l.author, a.family, a.given, a.particle, a.suffix, a.native, count(*) AS uses, max(p.year) AS latest
    FROM live_authorships l JOIN authorships a ON a.seq = l.seq AND a.place = l.place
    JOIN live_papers p ON p.position = l.position GROUP BY ALL
    UNION ALL
    SELECT DISTINCT c.author, n.family, n.given, n.particle, n.suffix, n.native, 0, NULL
    FROM curated c JOIN person_names n USING (seq)
)
SELECT author, family, given, particle, suffix, native, sum(uses)::INTEGER AS uses, max(latest) AS latest
FROM printed GROUP BY ALL
ORDER BY author, uses DESC, latest DESC NULLS LAST, family, given, particle, suffix, native;

CREATE OR REPLACE TABLE live_author_ids AS
SELECT DISTINCT * FROM (
    SELECT l.author, i.scheme, i.value
    FROM spoken l JOIN authorship_ids i ON i.seq = l.seq AND i.place = l.place
    UNION ALL
    SELECT n.author, 'orcid', c.orcid FROM clustered c JOIN numbered n USING (cluster) WHERE c.orcid IS NOT NULL
    UNION ALL
    SELECT c.author, i.scheme, i.value FROM curated c JOIN person_ids i USING (seq)
) ORDER BY author, scheme, value;

CREATE OR REPLACE TEMP TABLE affiliated AS
WITH chosen AS (
    SELECT author, position, place, min_by(seq, rank) AS seq
    FROM spoken s SEMI JOIN affiliations f ON f.seq = s.seq AND f.place = s.place GROUP BY ALL
)
SELECT l.author, l.position, f.text, f.institution_id, f.country
FROM chosen l JOIN affiliations f ON f.seq = l.seq AND f.place = l.place;

CREATE OR REPLACE TABLE live_institutions AS
SELECT DISTINCT position, institution_id FROM affiliated WHERE institution_id IS NOT NULL
ORDER BY position, institution_id;

CREATE OR REPLACE TABLE live_author_affiliations AS
WITH printed AS (
    SELECT l.author, l.text, l.institution_id, l.country, p.year, l.position
    FROM affiliated l
    JOIN live_papers p ON p.position = l.position
    UNION ALL
    SELECT c.author, f.text, NULL, NULL, NULL, NULL FROM curated c JOIN person_affiliations f USING (seq)
)
SELECT author, text, min(institution_id) AS institution_id, min(country) AS country, min(year) AS first_year,
       max(year) AS last_year, count(DISTINCT position)::INTEGER AS papers
FROM printed GROUP BY author, text
ORDER BY author, last_year DESC NULLS LAST, first_year DESC NULLS LAST, papers DESC, text;

DROP TABLE curated;
DROP TABLE spoken;
DROP TABLE affiliated;
"""  # noqa: S608 - our own numbers


def make_profiles(con: Connection) -> None:
    """Make ``live_author_names``, ``live_author_ids``, ``live_author_affiliations`` and ``live_institutions``."""
    con.execute(_PROFILES)


def read_authors(con: Connection, batch: int) -> Iterator[list[Author]]:
    """People in ascending order of id, ``batch`` at a time."""
    pinned = pinned_papers(con)
    for rows in stream(con, "SELECT * FROM live_authors ORDER BY author", rows=batch):
        authors = rows.to_pylist()
        if not authors:
            continue
        span = [authors[0]["author"], authors[-1]["author"]]
        names = _by_author(con, "live_author_names", "uses DESC, latest DESC NULLS LAST, family, given", span)
        ids = _by_author(con, "live_author_ids", "scheme, value", span)
        places = _by_author(
            con,
            "live_author_affiliations",
            "last_year DESC NULLS LAST, first_year DESC NULLS LAST, papers DESC, text",
            span,
        )
        yield [
            _author(
                row,
                names.get(row["author"], []),
                ids.get(row["author"], []),
                places.get(row["author"], []),
                pinned.get(row["author"], ()),
            )
            for row in authors
        ]


def _by_author(con: Connection, name: str, order: str, span: list[int]) -> dict[int, list[dict[str, Any]]]:
    rows = table(con, f"SELECT * FROM {name} WHERE author BETWEEN ? AND ? ORDER BY author, {order}", span)  # noqa: S608
    return {author: list(group) for author, group in groupby(rows.to_pylist(), key=lambda row: int(row["author"]))}


def _author(
    row: dict[str, Any],
    names: list[dict[str, Any]],
    ids: list[dict[str, Any]],
    places: list[dict[str, Any]],
    pinned: tuple[str, ...],
) -> Author:
    forms = [Name(n["family"], n["given"], n["particle"], n["suffix"], n["native"]) for n in names]
    return Author(
        id=row["id"],
        name=forms[0],
        variants=tuple(forms[1:]),
        ids=tuple(ExternalId(IdScheme(i["scheme"]), i["value"]) for i in ids),
        affiliations=tuple(
            AffiliationYears(p["text"], p["first_year"], p["last_year"], p["papers"], p["institution_id"], p["country"])
            for p in places
        ),
        papers=row["papers"],
        first_year=row["first_year"],
        last_year=row["last_year"],
        basis=_BASES[row["basis"]],
        pinned=pinned,
    )
