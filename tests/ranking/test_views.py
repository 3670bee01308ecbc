from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ranking.clean import clean_citations, clean_weighted
from ranking.cohorts import cohorts, first_years, main_fields, peer_groups, percentiles, tied
from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.registry import Entity, get, metrics
from ranking.rescale import rescaled
from ranking.shared import authored
from ranking.views import Window, restrict, within_years
from records.errors import GraphError
from tests.ranking.corpora import members, neighbours, random_corpus


def _links(links: Adjacency) -> set[tuple[int, int]]:
    return set(zip(links.row_of_links().tolist(), links.indices.tolist(), strict=True))


@pytest.mark.parametrize(
    ("window", "inside"),
    [
        (Window(self_citations=False), lambda a, b, teams, year: not teams[a] & teams[b]),
        (Window(cited=(2001, 2002)), lambda a, b, teams, year: 2001 <= year[a] <= 2002),
        (Window(cited=(None, 2001)), lambda a, b, teams, year: NO_YEAR < year[a] <= 2001),
        (Window(within=1), lambda a, b, teams, year: NO_YEAR not in (year[a], year[b]) and year[a] - year[b] <= 1),
        (Window(published=(2001, None)), lambda a, b, teams, year: True),
    ],
)
def test_windows_keep_the_citations_they_say(
    window: Window, inside: Callable[[int, int, list[set[int]], list[int]], bool]
) -> None:
    for seed in range(50):
        corpus = random_corpus(seed, links=4.0)
        teams, years = members(corpus.authors), corpus.years.astype(int).tolist()
        expected = {(a, b) for a, b in _links(corpus.citations) if inside(a, b, teams, years)}
        assert _links(restrict(corpus, window).citations) == expected


def test_published_windows_take_papers_from_their_owners() -> None:
    corpus = random_corpus(3)
    view = restrict(corpus, Window(published=(2001, 2002)))
    inside = {p for p in range(corpus.papers) if 2001 <= corpus.years[p] <= 2002}
    assert _links(view.authors) == {(p, a) for p, a in _links(corpus.authors) if p in inside}
    assert view.institutions is not None
    assert corpus.institutions is not None
    assert _links(view.institutions) == {(p, i) for p, i in _links(corpus.institutions) if p in inside}
    assert view.venues.tolist() == [v if p in inside else -1 for p, v in enumerate(corpus.venues.tolist())]
    assert view.kept is not corpus.kept


def test_numbers_of_owners_within_a_window_are_those_of_the_papers_that_count() -> None:
    for seed in range(30):
        corpus = random_corpus(seed, papers=30, links=6.0)
        marks = np.random.default_rng(seed).random(corpus.papers) < 0.6
        view = restrict(corpus, Window(published=(2001, 2006)), marks)
        inside = marks & within_years(corpus.years, (2001, 2006))
        teams, links = members(corpus.authors), _links(corpus.citations)
        for author in range(corpus.n_authors):
            own = {p for p in range(corpus.papers) if inside[p] and author in teams[p]}
            assert get("papers").values(view)[author] == len(own)
            cited = [sum(b == p for _, b in links) for p in own]
            assert get("author_citations").values(view)[author] == sum(cited)
            others = [sum(b == p and not teams[a] & teams[b] for a, b in links) for p in own]
            h = max(k for k in range(len(own) + 1) if sum(n >= k for n in others) >= k)
            assert get("h_index_independent").values(view)[author] == h
        normalised = get("citations_normalised").values(corpus)
        means = get("venue_citations_mean").values(view)
        for venue in range(corpus.n_venues):
            own_values = normalised[inside & (corpus.venues == venue)]
            assert means[venue] == pytest.approx(own_values.mean() if len(own_values) else 0.0)


def test_papers_that_do_not_count_change_nothing_for_papers() -> None:
    corpus = random_corpus(7, papers=40, links=5.0)
    view = restrict(corpus, Window(published=(2002, 2005)))
    for metric in metrics(Entity.PAPER):
        assert metric.values(view).tolist() == metric.values(corpus).tolist(), metric.name


def test_windows_that_make_no_sense_are_refused() -> None:
    with pytest.raises(GraphError, match="first year"):
        Window(cited=(2005, 2001))
    with pytest.raises(GraphError, match="within"):
        Window(within=-1)


def test_percentiles_count_ties_half_within_their_group() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        count = int(rng.integers(0, 20))
        values, groups = rng.integers(0, 4, count).astype(np.float64), rng.integers(-1, 3, count)
        expected = []
        for value, group in zip(values, groups, strict=True):
            peers = values[groups == group]
            expected.append(100 * ((peers < value).sum() + (peers == value).sum() / 2) / len(peers))
        assert percentiles(values, groups).tolist() == pytest.approx(expected)
    assert percentiles(np.array([3.0, 1.0, 2.0])).tolist() == pytest.approx([250 / 3, 50 / 3, 50.0])


def test_values_that_all_of_a_group_have_are_tied() -> None:
    values, groups = np.array([0.0, 0, 1, 2, 1, 7]), np.array([4, 4, -1, -1, -1, 9])
    assert tied(values, groups).tolist() == [True, True, False, False, False, True]
    assert tied(values[:0], groups[:0]).tolist() == []


def test_peer_groups_join_neighbouring_years_until_they_are_many() -> None:
    for seed in range(60):
        corpus = random_corpus(seed, papers=40)
        assert corpus.fields is not None
        groups = peer_groups(corpus, least=5)
        assert peer_groups(corpus, least=1).tolist() == cohorts(corpus).tolist()
        members: dict[int, list[int]] = {}
        for paper, group in enumerate(groups.tolist()):
            members.setdefault(group, []).append(paper)
        for papers in members.values():
            field, years = corpus.fields[papers], corpus.years[papers]
            assert len(set(field.tolist())) == 1
            assert (years == NO_YEAR).all() or (years != NO_YEAR).all()
            same = (corpus.fields == field[0]) & (corpus.years != NO_YEAR)
            if (years != NO_YEAR).all():
                between = same & (corpus.years >= years.min()) & (corpus.years <= years.max())
                assert between.sum() == len(papers)  # a run of years
                assert len(papers) >= 5 or len(papers) == same.sum()
                newest = corpus.years[papers] == years.max()
                last = years.max() == corpus.years[same].max()
                assert last or len(papers) - newest.sum() < 5  # no more years than it takes


def test_cohorts_are_field_and_year() -> None:
    for seed in range(50):
        corpus = random_corpus(seed)
        assert corpus.fields is not None
        fields, years = corpus.fields.tolist(), corpus.years.astype(int).tolist()
        labels = cohorts(corpus).tolist()
        peers = {(f, y): label for f, y, label in zip(fields, years, labels, strict=True)}
        assert [peers[f, y] for f, y in zip(fields, years, strict=True)] == labels
        assert len(set(peers.values())) == len(peers)
        owned = authored(corpus)
        for author, papers in enumerate(neighbours(owned)):
            dated = [years[p] for p in papers if years[p] != NO_YEAR]
            assert first_years(corpus, owned)[author] == min(dated, default=NO_YEAR)
            known = [fields[p] for p in papers if fields[p] >= 0]
            best = max(sorted(set(known)), key=known.count, default=-1)
            assert main_fields(corpus, owned)[author] == best
        assert len(cohorts(corpus, entity=Entity.AUTHOR)) == corpus.n_authors
        assert len(cohorts(corpus, entity=Entity.VENUE)) == corpus.n_venues
        assert len(cohorts(corpus, entity=Entity.INSTITUTION)) == corpus.n_institutions


def test_rescaled_values_compare_with_the_nearest_years() -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        years = rng.integers(1990, 2000, 60).astype(np.int16)
        years[rng.random(60) < 0.1] = NO_YEAR
        values = rng.integers(0, 9, 60).astype(np.float64)
        found = rescaled(values, years, peers=10)
        for i in range(60):
            if years[i] == NO_YEAR:
                assert found[i] == 0.0
                continue
            gap = np.where(years == NO_YEAR, 10_000, np.abs(years.astype(int) - years[i]))
            reach = next(r for r in range(100) if (gap <= r).sum() >= 10)
            peers = values[gap <= reach]
            assert found[i] == pytest.approx((values[i] - peers.mean()) / peers.std(), abs=1e-9)


def test_rescaled_values_of_equal_peers_are_zero() -> None:
    assert rescaled(np.full(5, 7.3), np.full(5, 2000, dtype=np.int16)).tolist() == [0.0] * 5
    assert rescaled(np.ones(2), np.full(2, NO_YEAR, dtype=np.int16)).tolist() == [0.0, 0.0]


def test_cleaning_drops_what_is_no_citation_and_counts_it() -> None:
    years = np.array([2000, 2001, 2002, NO_YEAR], dtype=np.int16)
    citing = np.array([1, 1, 2, 0, 2, -1, 2, 0, 2, 3, 9])
    cited = np.array([0, 0, 1, 2, 2, 0, 7, 2, 0, 0, 9])
    graph, report = clean_citations(citing, cited, 4, years=years)
    assert _links(graph) == {(1, 0), (2, 1), (0, 2), (2, 0), (3, 0)}
    assert report.as_dict() == {
        "given": 11, "kept": 5, "dangling": 3, "self_loops": 1, "bad_weights": 0, "duplicates": 2,
        "time_travelling": 1, "undated": 1,
    }  # fmt: skip
    graph, report = clean_citations(citing, cited, 4, years=years, drop_time_travelling=True)
    assert _links(graph) == {(1, 0), (2, 1), (2, 0), (3, 0)}
    assert (report.kept, report.duplicates, report.time_travelling) == (4, 1, 2)
    assert report.given == report.kept + report.dangling + report.self_loops + report.duplicates + 2


def test_cleaning_weights() -> None:
    rows, columns = np.array([0, 0, 1, 1, 0, 5, 2]), np.array([1, 1, 2, 0, 2, 0, 2])
    graph, report = clean_weighted(rows, columns, np.array([1.0, 2.5, -1.0, np.nan, 0.0, 1.0, 1.0]), 3)
    assert _links(graph.links) == {(0, 1), (0, 2)}
    assert graph.weights.tolist() == [3.5, 0.0]
    assert (report.bad_weights, report.dangling, report.self_loops, report.duplicates) == (2, 1, 1, 1)


def test_cleaning_refuses_arrays_that_do_not_fit() -> None:
    with pytest.raises(GraphError, match="differ in length"):
        clean_citations(np.array([1]), np.array([1, 2]), 3)
    with pytest.raises(GraphError, match="years for"):
        clean_citations(np.array([1]), np.array([0]), 3, years=np.zeros(2, dtype=np.int16))
    with pytest.raises(GraphError, match="weights for"):
        clean_weighted(np.array([1]), np.array([0]), np.ones(2), 3)
    empty, report = clean_citations(np.array([], dtype=int), np.array([], dtype=int), 0)
    assert (empty.rows, report.given) == (0, 0)


def test_a_view_of_everything_is_the_corpus_itself() -> None:
    corpus: Corpus = random_corpus(1)
    assert restrict(corpus) is corpus
