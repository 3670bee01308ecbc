from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import mean, median

import numpy as np
import pytest

from ranking import registry
from ranking.cohorts import last_year
from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.derive import author_pairs
from ranking.registry import Entity, Metric, Parameter
from ranking.shared import authored, institution_papers, venue_papers
from records.errors import GraphError
from tests.ranking.corpora import neighbours, random_corpus, relabelled

METRICS = registry.metrics()
SIZES = {
    Entity.PAPER: lambda corpus: corpus.papers,
    Entity.AUTHOR: lambda corpus: corpus.n_authors,
    Entity.VENUE: lambda corpus: corpus.n_venues,
    Entity.INSTITUTION: lambda corpus: corpus.n_institutions,
}


def _empty(papers: int, authors: int) -> Corpus:
    return Corpus(
        Adjacency.empty(papers, papers),
        Adjacency.empty(papers, authors),
        np.full(papers, NO_YEAR, dtype=np.int16),
        np.full(papers, -1, dtype=np.int32),
        0,
    )


def _dense(corpus: Corpus) -> np.ndarray:
    walk = np.zeros((corpus.papers, corpus.papers))
    walk[corpus.citations.row_of_links(), corpus.citations.indices] = 1.0
    dense: np.ndarray = walk / np.maximum(walk.sum(axis=1, keepdims=True), 1.0)
    return dense


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_declared_in_full(metric: Metric) -> None:
    assert metric.title
    assert metric.unit
    assert metric.description.endswith(".")
    assert any(part.isdigit() for part in metric.reference.replace("(", " ").replace(")", " ").split())
    assert registry.get(metric.name) is metric


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_does_not_depend_on_the_order_of_papers(metric: Metric) -> None:
    for seed in range(4):
        corpus = random_corpus(seed, papers=40, links=4.0)
        order = np.random.default_rng(seed).permutation(corpus.papers)
        values, moved = metric.compute(corpus), metric.compute(relabelled(corpus, order))
        assert values.dtype == np.float64
        assert values.shape == (SIZES[metric.entity](corpus),)
        assert np.isfinite(values).all()
        if metric.entity == Entity.PAPER:
            moved = moved[order]
        assert moved == pytest.approx(values, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
@pytest.mark.parametrize(("papers", "authors"), [(0, 0), (1, 1), (3, 2)])
def test_a_metric_is_defined_without_data(metric: Metric, papers: int, authors: int) -> None:
    corpus = _empty(papers, authors)
    values = metric.compute(corpus)
    assert values.shape == (SIZES[metric.entity](corpus),)
    if metric.name in {"pagerank", "author_pagerank"}:  # nobody cites anybody: everyone is average
        assert values.tolist() == pytest.approx([1.0] * len(values))
    else:
        assert (values == metric.missing).all()


def test_citerank_equals_its_series() -> None:
    for seed in range(20):
        corpus = random_corpus(seed, papers=25, links=3.0)
        age = np.array([last_year(corpus) - y if y != NO_YEAR else np.inf for y in corpus.years.astype(float)])
        step = np.exp(-age / 1.6)
        total = step.copy()
        for _ in range(200):
            step = 0.6 * _dense(corpus).T @ step
            total += step
        found = registry.get("citerank").values(corpus, follow=0.6, decay=1.6)
        assert found == pytest.approx(total / total.mean(), abs=1e-6)


def test_attrank_equals_power_iteration() -> None:
    for seed in range(20):
        corpus = random_corpus(seed, papers=25, links=3.0)
        walk = _dense(corpus)
        walk[walk.sum(axis=1) == 0.0] = 1.0 / corpus.papers
        recent = np.zeros(corpus.papers)
        for paper, cited in enumerate(neighbours(corpus.citations)):
            if corpus.years[paper] >= last_year(corpus) - 1:
                recent[cited] += 1.0
        youth = np.array(
            [np.exp((y - last_year(corpus)) / 3.0) if y != NO_YEAR else 0.0 for y in corpus.years.tolist()]
        )
        attention = recent / recent.sum() if recent.any() else np.full(corpus.papers, 1 / corpus.papers)
        jump = 0.4 * attention + 0.2 * youth / youth.sum()
        rank = np.full(corpus.papers, 1.0 / corpus.papers)
        for _ in range(300):
            rank = 0.4 * walk.T @ rank + jump
        found = registry.get("attrank").values(corpus, follow=0.4, attention=0.4, years=2, decay=3.0)
        assert found == pytest.approx(rank * corpus.papers, abs=1e-6)
    with pytest.raises(GraphError, match="exceed 1"):
        registry.get("attrank").values(corpus, follow=0.6, attention=0.6)


def test_normalised_citations_of_a_cohort_average_to_one() -> None:
    for seed in range(20):
        corpus = random_corpus(seed, papers=30, links=4.0)
        assert corpus.fields is not None
        counts = registry.get("citations").compute(corpus)
        found = registry.get("citations_normalised").compute(corpus)
        percent = registry.get("citations_percentile").compute(corpus)
        for i in range(corpus.papers):
            peers = counts[(corpus.years == corpus.years[i]) & (corpus.fields == corpus.fields[i])]
            if corpus.years[i] == NO_YEAR:
                assert (found[i], percent[i]) == (0.0, 0.0)
                continue
            assert found[i] == pytest.approx(counts[i] / peers.mean() if peers.any() else 0.0)
            below, ties = (peers < counts[i]).sum(), (peers == counts[i]).sum()
            assert percent[i] == pytest.approx(100 * (below + ties / 2) / len(peers))


def test_owners_sum_up_their_papers() -> None:
    for seed in range(20):
        corpus = random_corpus(seed, papers=30, links=4.0)
        normalised = registry.get("citations_normalised").compute(corpus)
        counts = registry.get("citations").compute(corpus)
        for entity, owned in (("venue", venue_papers(corpus)), ("institution", institution_papers(corpus))):
            found = {name: registry.get(f"{entity}_{name}").compute(corpus) for name in
                     ("papers", "citations", "citations_mean", "citations_median")}  # fmt: skip
            for owner, papers in enumerate(neighbours(owned)):
                assert found["papers"][owner] == len(papers)
                assert found["citations"][owner] == counts[papers].sum()
                values = normalised[papers].tolist() or [0.0]
                assert found["citations_mean"][owner] == pytest.approx(mean(values))
                assert found["citations_median"][owner] == pytest.approx(median(values))


def test_authors_sum_up_their_papers() -> None:
    for seed in range(20):
        corpus = random_corpus(seed, papers=30, links=4.0)
        counts = registry.get("citations").compute(corpus)
        share = 1.0 / np.maximum(corpus.authors.degrees(), 1)
        density = registry.get("rooted_density_2").compute(corpus)
        degeneracy = registry.get("rooted_degeneracy_2").compute(corpus)
        names = ("papers", "author_citations", "papers_fractional", "author_citations_fractional", "m_quotient",
                 "h_index", "author_rooted_density", "author_rooted_degeneracy")  # fmt: skip
        found = {name: registry.get(name).compute(corpus) for name in names}
        for author, papers in enumerate(neighbours(authored(corpus))):
            assert found["papers"][author] == len(papers)
            assert found["author_citations"][author] == counts[papers].sum()
            assert found["papers_fractional"][author] == pytest.approx(share[papers].sum())
            assert found["author_citations_fractional"][author] == pytest.approx((share * counts)[papers].sum())
            assert found["author_rooted_density"][author] == pytest.approx(density[papers].mean() if papers else 0.0)
            assert found["author_rooted_degeneracy"][author] == max(degeneracy[papers], default=0.0)
            dated = [int(y) for y in corpus.years[papers] if y != NO_YEAR]
            career = last_year(corpus) - min(dated) + 1 if dated else np.inf
            assert found["m_quotient"][author] == pytest.approx(found["h_index"][author] / career)


def test_windows_of_citations_count_the_years_they_say() -> None:
    corpus = random_corpus(6, papers=40, links=4.0)
    years = corpus.years.astype(int).tolist()
    early, recent = [0] * 40, [0] * 40
    for paper, cited in enumerate(neighbours(corpus.citations)):
        for other in cited:
            early[other] += NO_YEAR not in (years[paper], years[other]) and years[paper] - years[other] <= 2
            recent[other] += years[paper] > last_year(corpus) - 2
    assert registry.get("citations_early").values(corpus, years=2).tolist() == early
    assert registry.get("citations_recent").values(corpus, years=2).tolist() == recent


def test_parameters_are_checked() -> None:
    corpus = random_corpus(0)
    with pytest.raises(ValueError, match=r"no parameter speed; it has: damping"):
        registry.get("pagerank").values(corpus, speed=1.0)
    with pytest.raises(ValueError, match=r"damping must lie in \[0, 0.99\]"):
        registry.get("pagerank").values(corpus, damping=1.5)
    with pytest.raises(ValueError, match="whole number"):
        registry.get("citations_early").values(corpus, years=1.5)
    assert Parameter("x", 3, 0, 9, "").check(4.0) == 4
    with pytest.raises(KeyError):
        registry.get("no_such_metric")
    with pytest.raises(ValueError, match="registered twice"):
        registry.register(registry.get("pagerank"))


def test_kept_results_live_with_their_corpus() -> None:
    corpus = random_corpus(0)
    first = registry.get("pagerank").compute(corpus)
    assert registry.get("pagerank").compute(corpus) is first
    assert registry.get("pagerank").values(corpus, damping=0.85) is first
    assert registry.get("pagerank").values(corpus, damping=0.5) is not first
    corpus.forget()
    assert registry.get("pagerank").compute(corpus) is not first


def test_listing_metrics_loads_no_compiler() -> None:
    code = "import sys; from ranking import registry; registry.metrics(); print({'numba', 'scipy'} & set(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_kernels_work_where_nothing_can_be_cached(tmp_path: Path) -> None:
    # A read-only installation without a home folder: numba finds no place for its cache.
    code = (
        "import numba.core.caching as caching\n"
        "caching.CacheImpl._locator_classes = []\n"
        "caching.CompileResultCacheImpl._locator_classes = []\n"
        "import numpy as np\n"
        "from ranking import kernels\n"
        "print(kernels.csr.transpose(np.array([0, 1, 2]), np.array([1, 1], dtype=np.int32), 2)[1].tolist())\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[0, 1]"


def test_dear_metrics_are_left_out_of_large_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = random_corpus(3, papers=40, links=4.0)
    teams = [len(team) for team in neighbours(corpus.authors)]
    pairs = sum(teams[p] * teams[q] for p, row in enumerate(neighbours(corpus.citations)) for q in row)
    assert author_pairs(corpus) == pairs > 0
    metric = registry.get("d_core_optimal")
    assert metric.wanted(corpus)
    monkeypatch.setattr("ranking.metrics.d_core._MOST_PAIRS", pairs - 1)
    assert not metric.wanted(corpus)
    assert registry.get("pagerank").wanted(corpus)
