from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import minimize

from ranking.collaboration import joint_papers, owner_counts
from ranking.corpus import NO_YEAR, Adjacency
from ranking.growth import growth
from tests.ranking.corpora import neighbours, random_links


@pytest.mark.parametrize("by_year", [False, True])
def test_pairs_are_counted_as_defined(by_year: bool) -> None:
    for seed in range(60):
        rng = np.random.default_rng(seed)
        owners = random_links(rng, 25, 6, int(rng.integers(0, 80)))
        years = rng.integers(2000, 2004, 25).astype(np.int16)
        years[rng.random(25) < 0.1] = NO_YEAR
        marks = rng.random(25) < 0.8
        full: Counter[tuple[int, int, int]] = Counter()
        fractional: defaultdict[tuple[int, int, int], float] = defaultdict(float)
        for paper, row in enumerate(neighbours(owners)):
            if not marks[paper] or len(row) > 4:
                continue
            for a, b in combinations(row, 2):
                key = (a, b, int(years[paper]) if by_year else NO_YEAR)
                full[key] += 1
                fractional[key] += 1 / (len(row) - 1)
        found = joint_papers(owners, years, marks, by_year=by_year, many=4)
        keys = list(zip(found.first.tolist(), found.second.tolist(), found.years.tolist(), strict=True))
        assert keys == sorted(full)
        assert found.papers.tolist() == [full[key] for key in keys]
        assert found.fractional.tolist() == pytest.approx([fractional[key] for key in keys])


def test_the_links_of_an_owner_add_up_to_its_joint_papers() -> None:
    rng = np.random.default_rng(3)
    owners = random_links(rng, 200, 9, 500)
    pairs, counts = joint_papers(owners, np.full(200, 2000, dtype=np.int16)), owner_counts(owners)
    sums = np.bincount(pairs.first, pairs.fractional, minlength=9) + np.bincount(
        pairs.second, pairs.fractional, minlength=9
    )
    assert sums.tolist() == pytest.approx(counts.joint.tolist())
    assert counts.fractional.sum() == pytest.approx((owners.degrees() > 0).sum())
    assert counts.papers.tolist() == np.bincount(owners.indices, minlength=9).tolist()


def test_nobody_has_no_pairs() -> None:
    none = joint_papers(Adjacency.empty(3, 0), np.zeros(3, dtype=np.int16))
    assert len(none.first) == len(none.papers) == len(none.fractional) == 0
    assert owner_counts(Adjacency.empty(3, 2)).papers.tolist() == [0, 0]


def test_growth_of_a_geometric_series_is_its_ratio() -> None:
    found = growth(np.array([1000 * 1.2**year for year in range(6)]))
    assert found is not None
    assert found.rate == pytest.approx(0.2, abs=1e-9)
    assert found.low < 0.2 < found.high


def test_growth_is_the_likeliest_and_follows_the_share() -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        years = int(rng.integers(3, 9))
        exposure = rng.integers(50, 500, years).astype(float)
        counts = rng.poisson(exposure * 0.1 * 1.3 ** np.arange(years)).astype(float)
        found = growth(counts, exposure)
        x = np.arange(years)

        def loss(p: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
            mean = exposure * np.exp(p[0] + p[1] * x)  # noqa: B023 - used at once
            return float((mean - counts * np.log(mean)).sum())  # noqa: B023 - used at once

        best = minimize(
            loss, np.array([np.log(0.1), 0.0]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
        )
        assert found is not None
        assert found.rate == pytest.approx(np.expm1(best.x[1]), rel=1e-4)


def test_intervals_hold_what_they_should() -> None:
    rng = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        found = growth(rng.poisson(40 * 1.1 ** np.arange(8)).astype(float))
        assert found is not None
        held += found.low <= 0.1 <= found.high
    assert 0.93 <= held / 400 <= 0.995  # never narrower than Poisson, so a little more than 95%


@pytest.mark.parametrize("counts", [[], [1, 2], [0, 0, 0], [0, 5, 0]])
def test_too_little_to_tell_growth(counts: list[float]) -> None:
    assert growth(np.array(counts, dtype=float)) is None
