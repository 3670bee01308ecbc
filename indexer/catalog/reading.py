"""Live papers out of the catalog, as records in batches and as arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from indexer.catalog.merging import merge_records
from indexer.sql import Connection, columns, stream, table
from records.paper import Authorship, Paper

__all__ = ["CatalogArrays", "read_arrays", "read_one", "read_papers"]

_NO_YEAR = -32768


@dataclass(frozen=True, slots=True)
class CatalogArrays:
    """The live catalog as arrays; papers and authors by position in ascending order of id.

    ``citing`` and ``cited``: int32, shape (citations,), ascending by citing, then cited. ``byline_paper``,
    ``byline_author``: int32, shape (authorships,), ascending by paper, then place. ``years``: int16, -32768 where
    unknown. ``venues``, ``topics``: int32 codes, -1 where unknown; topics in the order of ``topic_ids``.
    ``institution_paper``, ``institution``: distinct pairs of a paper's position and an institution's code, which is its
    place in ``institution_ids`` and ``institution_names`` (the most frequent printing). Ids and names are ``pyarrow``
    string arrays.
    """

    paper_ids: Any
    author_ids: Any
    citing: npt.NDArray[np.int32]
    cited: npt.NDArray[np.int32]
    byline_paper: npt.NDArray[np.int32]
    byline_author: npt.NDArray[np.int32]
    years: npt.NDArray[np.int16]
    venues: npt.NDArray[np.int32]
    n_venues: int
    topics: npt.NDArray[np.int32]
    n_topics: int
    institution_paper: npt.NDArray[np.int32]
    institution: npt.NDArray[np.int32]
    institution_ids: Any
    institution_names: Any
    topic_ids: Any


def read_arrays(con: Connection) -> CatalogArrays:
    """All arrays at once: about 4 bytes a citation or authorship, and the ids."""
    years, venues, topics = columns(
        con,
        f"""SELECT coalesce(year, {_NO_YEAR})::SMALLINT,
                   CASE WHEN venue IS NULL THEN -1 ELSE dense_rank() OVER (ORDER BY venue NULLS LAST) - 1 END::INTEGER,
                   CASE WHEN topic IS NULL THEN -1 ELSE dense_rank() OVER (ORDER BY topic NULLS LAST) - 1 END::INTEGER
            FROM live_papers ORDER BY position""",  # noqa: S608 - our own number
    )
    citing, cited = columns(con, "SELECT citing, cited FROM live_citations ORDER BY citing, cited")
    paper, author = columns(con, "SELECT position, author FROM live_authorships ORDER BY position, place")
    institutions = table(con, _INSTITUTIONS)
    where, institution = columns(
        con,
        """SELECT position, (dense_rank() OVER (ORDER BY institution_id) - 1)::INTEGER
           FROM live_institutions ORDER BY ALL""",
    )
    return CatalogArrays(
        paper_ids=_strings(con, "SELECT id FROM live_papers ORDER BY position"),
        author_ids=_strings(con, "SELECT id FROM live_authors ORDER BY author"),
        citing=citing,
        cited=cited,
        byline_paper=paper,
        byline_author=author,
        years=years,
        venues=venues,
        n_venues=int(venues.max(initial=-1)) + 1,
        topics=topics,
        n_topics=int(topics.max(initial=-1)) + 1,
        topic_ids=_strings(con, "SELECT DISTINCT topic FROM live_papers WHERE topic IS NOT NULL ORDER BY topic"),
        institution_paper=where,
        institution=institution,
        institution_ids=institutions["id"].combine_chunks(),
        institution_names=institutions["name"].combine_chunks(),
    )


_INSTITUTIONS = """
WITH printed AS (
    SELECT institution_id, text, sum(papers) AS uses FROM live_author_affiliations
    WHERE institution_id IS NOT NULL GROUP BY ALL
), named AS (
    SELECT institution_id, first(text ORDER BY uses DESC, text) AS name FROM printed GROUP BY institution_id
)
SELECT i.institution_id AS id, coalesce(n.name, i.institution_id) AS name
FROM (SELECT DISTINCT institution_id FROM live_institutions) i LEFT JOIN named n USING (institution_id) ORDER BY id
"""


def _strings(con: Connection, query: str) -> Any:
    """The only column of an answer."""
    return table(con, query).column(0).combine_chunks()


_RECORDS = """SELECT m.position, p.source, p.record
              FROM live_members m JOIN source_papers p USING (seq) {where} ORDER BY m.position, m.rank"""


def read_papers(con: Connection, arrays: CatalogArrays, batch: int) -> Iterator[list[Paper]]:
    """Catalog papers in ascending order of id, ``batch`` at a time (the last fewer)."""
    decoder = msgspec.json.Decoder(Paper)
    maker = _Maker(arrays, batch)
    rows = _rows(stream(con, _RECORDS.format(where=""), rows=batch))
    waiting: list[Paper] = []
    for position, group in groupby(rows, key=lambda row: row[0]):
        records = [(source, decoder.decode(record)) for _, source, record in group]
        waiting.append(maker.paper(position, records))
        if len(waiting) == batch:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def read_one(con: Connection, identifier: str) -> list[tuple[str, Paper]]:
    """What each source said of one live paper, first the one whose word counts most; empty when there is none."""
    rows = con.execute(
        _RECORDS.format(where="WHERE m.position = (SELECT position FROM live_papers WHERE id = ?)"), [identifier]
    ).fetchall()
    return [(source, msgspec.json.decode(record.encode(), type=Paper)) for _, source, record in rows]


def _rows(batches: Iterator[Any]) -> Iterator[tuple[int, str, str]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


class _Maker:
    """Turns records of one paper into the catalog paper: with our ids, which it looks up a span at a time."""

    def __init__(self, arrays: CatalogArrays, span: int) -> None:
        self._arrays = arrays
        self._span = span
        papers = np.arange(len(arrays.paper_ids) + 1)
        self._citations = np.searchsorted(arrays.citing, papers)
        self._bylines = np.searchsorted(arrays.byline_paper, papers)
        self._start = self._stop = 0
        self._ids: list[str] = []
        self._cited: list[str] = []
        self._authors: list[str] = []

    def paper(self, position: int, records: list[tuple[str, Paper]]) -> Paper:
        if position >= self._stop:
            self._look_up(position)
        identifier = self._ids[position - self._start]
        paper = records[0][1] if len(records) == 1 else merge_records(identifier, records)[0]
        first, first_author = self._citations[self._start], self._bylines[self._start]
        cited = self._cited[self._citations[position] - first : self._citations[position + 1] - first]
        authors = self._authors[self._bylines[position] - first_author : self._bylines[position + 1] - first_author]
        return msgspec.structs.replace(
            paper, id=identifier, references=tuple(cited), authorships=_byline(paper.authorships, authors)
        )

    def _look_up(self, start: int) -> None:
        arrays = self._arrays
        self._start, self._stop = start, min(start + self._span, len(arrays.paper_ids))
        cited = arrays.cited[self._citations[start] : self._citations[self._stop]]
        authors = arrays.byline_author[self._bylines[start] : self._bylines[self._stop]]
        self._ids = arrays.paper_ids.slice(start, self._stop - start).to_pylist()
        self._cited = arrays.paper_ids.take(cited).to_pylist()
        self._authors = arrays.author_ids.take(authors).to_pylist()


def _byline(authorships: tuple[Authorship, ...], authors: list[str]) -> tuple[Authorship, ...]:
    return tuple(
        Authorship(mine.name, place, author, mine.ids, mine.affiliations, mine.email)
        for place, (mine, author) in enumerate(zip(authorships, authors, strict=True))
    )
