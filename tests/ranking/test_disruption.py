from __future__ import annotations

import numpy as np
import pytest

from ranking.corpus import NO_YEAR, Corpus
from ranking.disruption import disruption
from tests.ranking.corpora import citing, corpus_of, members, random_corpus, relabelled


def _brute(corpus: Corpus, focal: int, within: int) -> tuple[int, int, int]:
    cited = members(corpus.citations)
    years = corpus.years.astype(int).tolist()

    def counts(paper: int) -> bool:
        if within and NO_YEAR in (years[focal], years[paper]):
            return False
        return paper != focal and years[paper] >= years[focal] and (not within or years[paper] <= years[focal] + within)

    if not cited[focal]:
        return 0, 0, 0
    later = [cited[u] for u in range(corpus.papers) if counts(u)]
    only = sum(focal in refs and not refs & cited[focal] for refs in later)
    both = sum(focal in refs and bool(refs & cited[focal]) for refs in later)
    return only, both, sum(focal not in refs and bool(refs & cited[focal]) for refs in later)


@pytest.mark.parametrize("within", [0, 1, 5])
def test_counts_equal_the_definition(within: int) -> None:
    for seed in range(150):
        corpus = random_corpus(seed, papers=1 + seed % 20, links=3.0)
        if seed % 3 == 0:
            corpus = relabelled(corpus, np.argsort(np.argsort(corpus.years, kind="stable")))
        found = disruption(corpus, within=within)
        triples = zip(found.only_paper, found.both, found.only_references, strict=True)
        assert list(triples) == [_brute(corpus, v, within) for v in range(corpus.papers)]


def test_worked_examples() -> None:
    years = np.array([2000, 2001, 2002, 2003, 2004])
    alone = disruption(corpus_of(citing((1, 0), (2, 1), (3, 1), (4, 1), papers=5), years=years)).index
    assert alone[1] == 1.0
    along = citing((1, 0), (2, 1), (2, 0), (3, 1), (3, 0), (4, 0), papers=5)
    found = disruption(corpus_of(along, years=years))
    assert (found.only_paper[1], found.both[1], found.only_references[1]) == (0, 2, 1)
    assert found.index[1] == pytest.approx(-2 / 3)


def test_sampling_estimates_the_third_count() -> None:
    corpus = random_corpus(8, papers=3000, links=12.0)
    exact, sampled = disruption(corpus, within=0, sample=0), disruption(corpus, within=0, sample=100)
    assert (exact.only_paper == sampled.only_paper).all()
    assert (exact.both == sampled.both).all()
    many = exact.only_references > 150
    assert many.sum() > 200
    error = sampled.only_references[many] / exact.only_references[many] - 1.0
    assert np.sqrt(np.mean(error**2)) < 0.12
    assert abs(error.mean()) < 0.02
