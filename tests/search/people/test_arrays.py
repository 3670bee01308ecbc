from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from ranking.corpus import NO_YEAR, Adjacency, Corpus
from records.errors import GenerationError, GraphError
from records.name import Name
from records.paper import Authorship, Paper, Topic, Venue
from search.embedded import EmbeddedStore
from search.engine import PaperDocument
from search.people import GROUP, PeopleArrays, open_people, people_of_papers, row
from search.people.gather import bylines
from tests.search.people.worlds import people as made_up
from tests.search.people.worlds import world, worlds


def _equal(one: Mapping[str, npt.NDArray[Any]], other: Mapping[str, npt.NDArray[Any]]) -> None:
    assert set(one) == set(other)
    for name, values in one.items():
        assert values.dtype == other[name].dtype, name
        np.testing.assert_array_equal(values, other[name], err_msg=name)


@settings(deadline=None)
@given(worlds())
def test_packing_and_unpacking(papers: list[Paper]) -> None:
    arrays = made_up(papers)
    packed = arrays.pack()
    again = PeopleArrays.unpack(packed)
    _equal(again.pack(), packed)
    assert list(again.author_ids) == list(arrays.author_ids)
    assert list(again.topic_names) == list(arrays.topic_names)
    assert again.corpus.n_institutions == arrays.corpus.n_institutions
    assert again.corpus.n_fields == arrays.corpus.n_fields
    assert (again.corpus.fields is None) == (arrays.corpus.fields is None)
    for name in ("affiliated", "lived"):
        assert getattr(again, name).links.columns == getattr(arrays, name).links.columns
    assert {field.name for field in fields(again)} == {field.name for field in fields(arrays)}


def test_through_a_generation(tmp_path: Path) -> None:
    papers = world(3)
    arrays = made_up(papers)
    store = EmbeddedStore(tmp_path)
    writer = store.writer()
    writer.add_papers([PaperDocument(paper) for paper in papers], None, None)
    writer.add_arrays(GROUP, arrays.pack())
    writer.commit()
    engine = store.reader()
    found = open_people(engine)
    _equal(found.pack(), arrays.pack())
    assert (found.papers, found.authors) == (len(papers), arrays.authors)
    np.testing.assert_array_equal(found.author_metrics["h_index"], arrays.author_metrics["h_index"])
    engine.close()


def test_nothing_at_all() -> None:
    empty = people_of_papers([])
    _equal(PeopleArrays.unpack(empty.pack()).pack(), empty.pack())
    assert (empty.papers, empty.authors, list(empty.countries)) == (0, 0, [])


def test_what_cannot_be_unpacked(tmp_path: Path) -> None:
    packed = people_of_papers(world(1)).pack()
    with pytest.raises(GenerationError, match="version"):
        PeopleArrays.unpack({**packed, "sizes": packed["sizes"] + np.eye(1, len(packed["sizes"]), dtype=np.int64)[0]})
    with pytest.raises(GenerationError, match="places"):
        PeopleArrays.unpack({name: values for name, values in packed.items() if name != "places"})
    store = EmbeddedStore(tmp_path)
    store.writer().commit()
    engine = store.reader()
    with pytest.raises(GenerationError, match="build again"):
        open_people(engine)
    engine.close()


@settings(deadline=None)
@given(worlds())
def test_the_arrays_are_what_the_papers_say(papers: list[Paper]) -> None:
    people = people_of_papers(papers)
    ids, authors = list(people.paper_ids), list(people.author_ids)
    assert ids == [paper.id for paper in papers]
    assert authors == sorted({str(a.author_id) for paper in papers for a in paper.authorships})
    for position, paper in enumerate(papers):
        begin, end = people.corpus.authors.offsets[position : position + 2]
        byline = zip(people.corpus.authors.indices[begin:end], people.places[begin:end], strict=True)
        assert sorted((int(place), authors[who]) for who, place in byline) == [
            (place, a.author_id) for place, a in enumerate(paper.authorships)
        ]
        cited = sorted({other for other in paper.references if other != paper.id})
        assert [ids[other] for other in row(people.corpus.citations, position)] == cited
        citing = [other.id for other in papers if paper.id in other.references and other is not paper]
        assert [ids[other] for other in row(people.cited_by, position)] == citing
        countries = {x.country for a in paper.authorships for x in a.affiliations}
        assert {people.countries[code] for code in row(people.paper_countries, position)} == countries
        venue, topic = people.corpus.venues[position], -1
        assert (paper.venue.name if paper.venue else None) == (people.venue_names[venue] if venue >= 0 else None)
        if people.corpus.fields is not None:
            topic = int(people.corpus.fields[position])
        assert (paper.topics[0].name if paper.topics else None) == (people.topic_names[topic] if topic >= 0 else None)
    for who, author in enumerate(authors):
        written = [at for at, paper in enumerate(papers) if author in {a.author_id for a in paper.authorships}]
        assert row(people.written, who).tolist() == written
        dated = [year for at in written if (year := papers[at].year) is not None] or [NO_YEAR]
        assert (people.first_years[who], people.last_years[who]) == (min(dated), max(dated))
        _check_stays(people, papers, who)


def _check_stays(people: PeopleArrays, papers: list[Paper], who: int) -> None:
    seen: dict[str, list[int]] = {}
    for paper in papers:
        for authorship in paper.authorships:
            if authorship.author_id == people.author_ids[who]:
                for affiliation in authorship.affiliations:
                    years = seen.setdefault(str(affiliation.institution_id), [])
                    years.append(NO_YEAR if paper.year is None else paper.year)
    links = people.affiliated.links
    begin, end = links.offsets[who : who + 2]
    found = {
        people.institution_ids[links.indices[at]]: (int(people.affiliated.first[at]), int(people.affiliated.last[at]))
        for at in range(begin, end)
    }
    dated = {name: [year for year in years if year != NO_YEAR] or [NO_YEAR] for name, years in seen.items()}
    assert found == {name: (min(years), max(years)) for name, years in dated.items()}


def test_printings_of_venues_and_topics_are_told_by_id_or_folded_name() -> None:
    papers = [
        Paper("p1", "T", venue=Venue("J. of Toys", "v1"), topics=(Topic("Toys", "t1"),)),
        Paper(
            "p2", "T", venue=Venue("Journal of Toys", "v1"), topics=(Topic("toys", "t1", 0.5), Topic("x", None, 0.4))
        ),
        Paper("p3", "T", venue=Venue("Journal of Toys", "v1"), topics=(Topic("toys", "t1"),)),
        Paper("p4", "T", venue=Venue("Café"), topics=(Topic("y", None, 0.1), Topic("x"))),
        Paper("p5", "T", venue=Venue("CAFE")),
    ]
    people = people_of_papers(papers)
    assert list(people.venue_names) == ["CAFE", "Journal of Toys"]
    assert people.corpus.venues.tolist() == [1, 1, 1, 0, 0]
    assert list(people.topic_names) == ["toys", "x"]
    assert people.corpus.fields is not None
    assert people.corpus.fields.tolist() == [0, 0, 0, 1, -1]


def test_papers_out_of_order_are_refused() -> None:
    with pytest.raises(GraphError, match="ascending"):
        people_of_papers([Paper("b", "T"), Paper("a", "T")])
    with pytest.raises(GraphError, match="ascending"):
        people_of_papers([Paper("a", "T"), Paper("a", "T")])


def test_authors_without_an_id_go_by_their_name() -> None:
    twice = Paper(
        "p", "T", authorships=(Authorship(Name("B", "A"), 0), Authorship(Name("C"), 1), Authorship(Name("B", "A"), 2))
    )
    people = people_of_papers([twice])
    assert list(people.author_ids) == ["A B", "C"]
    assert people.places.tolist() == [0, 1]  # who stands twice on a paper has the first place


def test_bylines_in_any_order() -> None:
    papers, authors, places = np.array([1, 0, 1, 1]), np.array([2, 1, 0, 2]), np.array([3, 0, 40_000, 1])
    links, found = bylines(papers, authors, places, (2, 3))
    assert links.row_of_links().tolist() == [0, 1, 1]
    assert links.indices.tolist() == [1, 0, 2]
    assert found.tolist() == [0, 32767, 1]
    assert bylines(papers[:0], authors[:0], places[:0], (0, 0))[1].tolist() == []


def test_places_follow_positions_where_no_order_is_known() -> None:
    corpus = Corpus(
        Adjacency.empty(2, 2),
        Adjacency.from_pairs(np.array([0, 0, 1]), np.array([1, 0, 1]), (2, 2)),
        np.array([2000, 2001], dtype=np.int16),
        np.full(2, -1, dtype=np.int32),
        0,
    )
    people = PeopleArrays.make(corpus, ["a", "b"], ["x", "y"])
    assert people.places.tolist() == [0, 1, 0]
    assert people.coauthors.between(0, 1) == (1, 2000, 2000)
    again = PeopleArrays.unpack(replace(people, author_metrics={"h": np.ones(2, dtype=np.float32)}).pack())
    assert again.author_metrics["h"].tolist() == [1, 1]
