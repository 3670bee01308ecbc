"""The arrays of people that a build keeps with its generation."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.build import build, corpus_of
from indexer.build.people import percentile_columns
from indexer.catalog import Catalog
from ranking.corpus import Adjacency, Corpus
from ranking.registry import Entity, metrics
from records.ids import ExternalId
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.collaborators import COLLABORATORS, pack_collaborators
from search.collaborators.profiles import words_of
from search.embedded import EmbeddedStore
from search.people import GROUP, DatedLinks, PeopleArrays, open_people, people_of_papers, row
from tests.indexer.build.fakes import MemoryStore
from tests.indexer.catalog.fakes import FakeReader


def _by(author: str, *places: Affiliation) -> Authorship:
    return Authorship(Name(author.title(), "Jo"), 0, author, affiliations=places)


MIT = Affiliation("MIT, Cambridge", "ror:mit", "US")
BONN = Affiliation("University of Bonn", "ror:bonn", "DE")
PAPERS = [
    Paper(
        "b",
        "On the parsing of words",
        year=2001,
        venue=Venue("Proc. of X", "x"),
        authorships=(_by("zoe", MIT), _by("ann", BONN, Affiliation("Home", None, "FR"))),
        topics=(Topic("Parsing", "t2", 0.4), Topic("Tagging", "t9", 0.9)),
    ),
    Paper("a", "On the tagging of words", year=1999, authorships=(_by("bob", BONN),), references=("b",)),
    Paper(
        "c",
        "On something else altogether",
        year=2005,
        venue=Venue("Proceedings of X", "x"),
        authorships=(_by("bob", Affiliation("Bonn U", "ror:bonn")), _by("zoe", BONN)),
        topics=(Topic("tagging", "t9", 0.5),),
        references=("a", "b"),
    ),
    Paper("d", "An undated paper of nobody", venue=Venue("Proceedings of X", "x"), topics=(Topic("Apes", "t1"),)),
    Paper("e", "An undated paper of Bob", authorships=(_by("bob", MIT),), references=("d",)),
]


def _built(path: Path, papers: list[Paper]) -> tuple[PeopleArrays, MemoryStore, list[Paper]]:
    store = MemoryStore()
    with Catalog.open(path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", {"all": papers}), path)
        build(catalog, store, None)
        stored = [paper for batch in catalog.papers() for paper in batch]
    return PeopleArrays.unpack(store.complete[0].arrays[GROUP]), store, stored


def test_what_a_build_keeps(tmp_path: Path) -> None:
    people, store, _ = _built(tmp_path, PAPERS)
    assert list(people.paper_ids) == ["acl:a", "acl:b", "acl:c", "acl:d", "acl:e"]
    assert list(people.author_ids) == ["acl:ann", "acl:bob", "acl:zoe"]
    assert row(people.corpus.authors, 1).tolist() == [0, 2]  # by position of the person
    assert people.places.tolist() == [0, 1, 0, 0, 1, 0]  # Zoe signed paper b first, Bob paper c
    assert list(people.venue_names) == ["Proceedings of X"]
    assert people.corpus.venues.tolist() == [-1, 0, 0, 0, -1]
    assert list(people.topic_names) == ["Apes", "Tagging"]
    assert people.corpus.fields is not None
    assert people.corpus.fields.tolist() == [-1, 1, 1, 0, -1]
    assert list(people.institution_ids) == ["ror:bonn", "ror:mit"]
    assert list(people.institution_names) == ["University of Bonn", "MIT, Cambridge"]
    assert list(people.countries) == ["DE", "FR", "US"]
    assert _periods(people.affiliated) == {
        (0, 0): (2001, 2001),
        (1, 0): (1999, 2005),
        (1, 1): (-32768, -32768),
        (2, 0): (2005, 2005),
        (2, 1): (2001, 2001),
    }
    assert _periods(people.lived)[0, 1] == (2001, 2001)
    assert row(people.paper_countries, 1).tolist() == [0, 1, 2]
    written = store.complete[0]
    for name, values in people.paper_metrics.items():
        stored = [document.metrics.get(name, np.nan) for document in written.papers]
        np.testing.assert_allclose(values, stored, rtol=1e-6)
    for name, values in people.author_metrics.items():
        stored = [document.metrics.get(name, np.nan) for document in written.authors]
        np.testing.assert_allclose(values, stored, rtol=1e-6)
    assert set(people.paper_percentiles) == set(people.paper_metrics) == set(written.info.metrics)
    assert set(people.author_percentiles) == set(people.author_metrics)


def _periods(dated: DatedLinks) -> dict[tuple[int, int], tuple[int, int]]:
    rows = dated.links.row_of_links().tolist()
    years = zip(dated.first.tolist(), dated.last.tolist(), strict=True)
    return dict(zip(zip(rows, dated.links.indices.tolist(), strict=True), years, strict=True))


def test_arrays_of_records_are_those_of_a_build(tmp_path: Path) -> None:
    twin = Paper("f", "A paper known twice over", year=2003, ids=(ExternalId.parse("10.1000/f"),))
    theirs = Paper(
        "w1",
        "A paper known twice over",
        venue=Venue("Journal of Y"),
        authorships=(_by("ann", MIT),),
        ids=(ExternalId.parse("10.1000/f"),),
        topics=(Topic("Apes", "t1", 0.3), Topic("Bees", None, 0.2)),
    )
    store = MemoryStore()
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", {"all": [*PAPERS, twin]}), tmp_path)
        catalog.import_source(FakeReader("works", {"all": [theirs]}), tmp_path)
        build(catalog, store, None)
        papers = [paper for batch in catalog.papers() for paper in batch]
    assert len(papers) == 6
    built = store.complete[0].arrays[GROUP]
    _same(built, people_of_papers(papers).pack())


def _same(built: Mapping[str, npt.NDArray[Any]], made: Mapping[str, npt.NDArray[Any]]) -> None:
    columns = ("paper_metrics.", "paper_percentiles.", "author_metrics.", "author_percentiles.")
    assert {name for name in built if not name.startswith(columns)} == set(made)
    for name, values in made.items():
        assert built[name].dtype == values.dtype, name
        np.testing.assert_array_equal(built[name], values, err_msg=name)


def test_arrays_of_people_come_back_from_the_embedded_engine(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "engine")
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", {"all": PAPERS}), tmp_path)
        build(catalog, store, None)
        papers = [paper for batch in catalog.papers() for paper in batch]
        corpus = corpus_of(catalog.arrays())
    engine = store.reader()
    try:
        people = open_people(engine)
        _same(people.pack(), people_of_papers(papers).pack())
        np.testing.assert_array_equal(people.corpus.citations.indices, corpus.citations.indices)
        assert set(people.author_metrics) == {m.name for m in metrics(Entity.AUTHOR) if m.wanted(corpus)}
    finally:
        engine.close()


def test_percentiles_lie_within_field_and_year() -> None:
    size = 30  # fewer of a field and year would be joined with their neighbours
    years = np.repeat(np.array([2000, 2001, 2000], dtype=np.int16), size)
    papers = len(years)
    corpus = Corpus(
        Adjacency.empty(papers, papers),
        Adjacency.empty(papers, 0),
        years,
        np.full(papers, -1, dtype=np.int32),
        0,
        fields=np.repeat(np.array([0, 0, 1], dtype=np.int32), size),
        n_fields=2,
    )
    values = np.arange(papers, dtype=np.float64)
    values[3] = np.nan
    found = percentile_columns(corpus, Entity.PAPER, {"citations": values})
    whole = (100 * (np.arange(size) + 0.5) / size).astype(np.float32)
    np.testing.assert_array_equal(found["citations"][size:], np.tile(whole, 2))
    first = np.insert(100 * (np.arange(size - 1) + 0.5) / (size - 1), 3, np.nan)
    np.testing.assert_array_equal(found["citations"][:size], first.astype(np.float32))
    assert found["citations"].dtype == np.float32
    values[:size] = 4.0  # all of one group have the same, which says nothing of any
    found = percentile_columns(corpus, Entity.PAPER, {"citations": values})
    assert np.isnan(found["citations"][:size]).all()
    np.testing.assert_array_equal(found["citations"][size:], np.tile(whole, 2))


def test_what_collaborators_are_found_by_is_made_by_the_build(tmp_path: Path) -> None:
    people, store, papers = _built(tmp_path, PAPERS)
    kept = store.complete[0].arrays[COLLABORATORS]
    expected = pack_collaborators(people, [words_of(paper) for paper in papers])
    assert set(kept) == set(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(kept[name], values, err_msg=name)
