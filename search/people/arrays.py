"""The arrays a generation keeps about people, papers and what links them.

Positions are row numbers: papers and people in ascending order of id, as in :class:`ranking.corpus.Corpus` and in
:class:`search.engine.Pool`. A build makes them once; an engine hands them out memory-mapped, so that profiles, experts,
collaborators and rankings are computed from the same arrays on every engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Corpus
from records.errors import GenerationError
from search.engine import Engine
from search.people.links import Coauthors, DatedLinks
from search.people.strings import StringList

__all__ = ["GROUP", "VERSION", "Columns", "PeopleArrays", "open_people"]

GROUP = "people"
"""The name under which an engine keeps these arrays."""

VERSION = 1
"""Raised when their layout changes."""

Columns = Mapping[str, npt.NDArray[np.float32]]
"""Values by metric name, float32, one an entity, NaN where there is none."""

_STRINGS = (
    "paper_ids",
    "author_ids",
    "venue_names",
    "topic_names",
    "institution_ids",
    "institution_names",
    "countries",
)
_COLUMNS = ("paper_metrics", "paper_percentiles", "author_metrics", "author_percentiles")


@dataclass(frozen=True, slots=True)
class PeopleArrays:
    """Who wrote what with whom, where and when.

    ``corpus``: citations, bylines, years, venues, topics (``fields``) and institutions of papers. ``places``: int16,
    the 0-based place in the byline of each entry of ``corpus.authors.indices``. ``written``: author -> papers;
    ``cited_by``: paper -> citing papers. ``affiliated``: author -> institutions; ``lived``: author -> countries
    (``countries`` are ISO 3166-1 alpha-2 codes); ``paper_countries``: paper -> countries of its affiliations.
    ``first_years`` and ``last_years`` (int16) are those of an author's dated papers. Percentiles lie within field and
    year (papers), or field and year of the first paper (authors).
    """

    corpus: Corpus
    places: npt.NDArray[np.int16]
    written: Adjacency
    cited_by: Adjacency
    coauthors: Coauthors
    affiliated: DatedLinks
    lived: DatedLinks
    paper_countries: Adjacency
    first_years: npt.NDArray[np.int16]
    last_years: npt.NDArray[np.int16]
    paper_ids: StringList
    author_ids: StringList
    venue_names: StringList
    topic_names: StringList
    institution_ids: StringList
    institution_names: StringList
    countries: StringList
    paper_metrics: Columns = field(default_factory=dict)
    paper_percentiles: Columns = field(default_factory=dict)
    author_metrics: Columns = field(default_factory=dict)
    author_percentiles: Columns = field(default_factory=dict)

    @property
    def papers(self) -> int:
        """Number of papers."""
        return self.corpus.papers

    @property
    def authors(self) -> int:
        """Number of people."""
        return self.corpus.n_authors

    @classmethod
    def make(
        cls,
        corpus: Corpus,
        paper_ids: Sequence[str],
        author_ids: Sequence[str],
        *,
        places: npt.NDArray[np.int16] | None = None,
        affiliated: DatedLinks | None = None,
        lived: DatedLinks | None = None,
        paper_countries: Adjacency | None = None,
        venue_names: Sequence[str] = (),
        topic_names: Sequence[str] = (),
        institution_ids: Sequence[str] = (),
        institution_names: Sequence[str] = (),
        countries: Sequence[str] = (),
        **columns: Columns,
    ) -> PeopleArrays:
        """The arrays of ``corpus``; what is not given is derived from it, or empty.

        ``columns``: ``paper_metrics``, ``paper_percentiles``, ``author_metrics``, ``author_percentiles``.
        """
        written = corpus.authors.transposed()
        authors, none = corpus.n_authors, np.empty(0, dtype=np.int16)
        first, last = _year_bounds(written, corpus.years)
        return cls(
            corpus=corpus,
            places=_places(corpus.authors) if places is None else places,
            written=written,
            cited_by=corpus.citations.transposed(),
            coauthors=Coauthors.of(corpus.authors, corpus.years),
            affiliated=affiliated or DatedLinks(Adjacency.empty(authors, len(institution_ids)), none, none),
            lived=lived or DatedLinks(Adjacency.empty(authors, len(countries)), none, none),
            paper_countries=paper_countries or Adjacency.empty(corpus.papers, len(countries)),
            first_years=first,
            last_years=last,
            paper_ids=StringList.of(paper_ids),
            author_ids=StringList.of(author_ids),
            venue_names=StringList.of(venue_names),
            topic_names=StringList.of(topic_names),
            institution_ids=StringList.of(institution_ids),
            institution_names=StringList.of(institution_names),
            countries=StringList.of(countries),
            **columns,
        )

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """All of it as arrays by name, for :meth:`search.engine.GenerationWriter.add_arrays`."""
        corpus = self.corpus
        fields = np.full(corpus.papers, -1, dtype=np.int32) if corpus.fields is None else corpus.fields
        sizes = [VERSION, corpus.n_authors, corpus.n_venues, corpus.n_fields, corpus.n_institutions]
        sizes += [self.affiliated.links.columns, self.lived.links.columns]
        found: dict[str, npt.NDArray[Any]] = {
            "sizes": np.array(sizes, dtype=np.int64),
            "years": corpus.years,
            "venues": corpus.venues,
            "fields": fields,
            "places": self.places,
            "first_years": self.first_years,
            "last_years": self.last_years,
            "coauthors.papers": self.coauthors.papers,
        }
        institutions = corpus.institutions or Adjacency.empty(corpus.papers, 0)
        for name, links in (
            ("citations", corpus.citations),
            ("authors", corpus.authors),
            ("institutions", institutions),
            ("written", self.written),
            ("cited_by", self.cited_by),
            ("paper_countries", self.paper_countries),
        ):
            found |= _packed_links(name, links)
        for name, dated in (("coauthors", self.coauthors), ("affiliated", self.affiliated), ("lived", self.lived)):
            found |= _packed_links(name, dated.links)
            found |= {f"{name}.first": dated.first, f"{name}.last": dated.last}
        for name in _STRINGS:
            strings: StringList = getattr(self, name)
            found |= {f"{name}.data": strings.data, f"{name}.offsets": strings.offsets}
        for name in _COLUMNS:
            columns: Columns = getattr(self, name)
            found |= {f"{name}.{metric}": np.asarray(values, dtype=np.float32) for metric, values in columns.items()}
        return found

    @classmethod
    def unpack(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> PeopleArrays:
        """What :meth:`pack` packed.

        :raises GenerationError: when arrays are missing, or of another version.
        """
        try:
            return _unpacked(arrays)
        except KeyError as error:
            raise GenerationError(f"the array {error} of people is missing; build again (scholarcore build)") from error


def open_people(engine: Engine) -> PeopleArrays:
    """The arrays of the engine's current generation.

    :raises GenerationError: when it was built without them.
    """
    arrays = engine.arrays(GROUP)
    if not arrays:
        raise GenerationError("this index was built without the arrays of people; build again (scholarcore build)")
    return PeopleArrays.unpack(arrays)


def _unpacked(arrays: Mapping[str, npt.NDArray[Any]]) -> PeopleArrays:
    version, authors, venues, fields, institutions, affiliated, lived = arrays["sizes"].tolist()
    if version != VERSION:
        raise GenerationError(f"the arrays of people have version {version}, not {VERSION}; build again")
    papers = len(arrays["years"])
    corpus = Corpus(
        _links(arrays, "citations", papers),
        _links(arrays, "authors", authors),
        arrays["years"],
        arrays["venues"],
        venues,
        _links(arrays, "institutions", institutions) if institutions else None,
        arrays["fields"] if fields else None,
        fields,
    )
    coauthors = _dated(arrays, "coauthors", authors)
    strings: dict[str, Any] = {n: StringList(arrays[f"{n}.data"], arrays[f"{n}.offsets"]) for n in _STRINGS}
    columns: dict[str, Any] = {name: _columns(arrays, f"{name}.") for name in _COLUMNS}
    return PeopleArrays(
        corpus=corpus,
        places=arrays["places"],
        written=_links(arrays, "written", papers),
        cited_by=_links(arrays, "cited_by", papers),
        coauthors=Coauthors(coauthors.links, arrays["coauthors.papers"], coauthors.first, coauthors.last),
        affiliated=_dated(arrays, "affiliated", affiliated),
        lived=_dated(arrays, "lived", lived),
        paper_countries=_links(arrays, "paper_countries", lived),
        first_years=arrays["first_years"],
        last_years=arrays["last_years"],
        **strings,
        **columns,
    )


def _packed_links(name: str, links: Adjacency) -> dict[str, npt.NDArray[Any]]:
    return {f"{name}.offsets": links.offsets, f"{name}.indices": links.indices}


def _links(arrays: Mapping[str, npt.NDArray[Any]], name: str, columns: int) -> Adjacency:
    return Adjacency(arrays[f"{name}.offsets"], arrays[f"{name}.indices"], columns)


def _dated(arrays: Mapping[str, npt.NDArray[Any]], name: str, columns: int) -> DatedLinks:
    return DatedLinks(_links(arrays, name, columns), arrays[f"{name}.first"], arrays[f"{name}.last"])


def _columns(arrays: Mapping[str, npt.NDArray[Any]], prefix: str) -> dict[str, npt.NDArray[np.float32]]:
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}


def _places(authors: Adjacency) -> npt.NDArray[np.int16]:
    """Places in the order of positions: for sources that keep no order of authors."""
    within = np.arange(len(authors.indices)) - np.repeat(authors.offsets[:-1], authors.degrees())
    return np.minimum(within, np.iinfo(np.int16).max).astype(np.int16)


def _year_bounds(written: Adjacency, years: npt.NDArray[np.int16]) -> tuple[Any, Any]:
    of_links, owners = years[written.indices], written.row_of_links()
    dated = of_links != NO_YEAR
    first = np.full(written.rows, np.iinfo(np.int16).max, dtype=np.int16)
    last = np.full(written.rows, NO_YEAR, dtype=np.int16)
    np.minimum.at(first, owners[dated], of_links[dated])
    np.maximum.at(last, owners[dated], of_links[dated])
    first[first == np.iinfo(np.int16).max] = NO_YEAR
    return first, last
