"""Retrieval measures by ir-measures, and how sure they are.

nDCG has two gain conventions that are not comparable: *linear*, the grade itself (trec_eval, and what "nDCG@10" means
here), and *exponential*, 2^grade - 1 (Burges et al., Learning to rank using gradient descent, ICML 2005). Both divide
by log2(rank + 1). They agree when grades are 0 and 1.

Means are over the queries that have a relevant paper; one that was answered with nothing counts 0. Relevant papers that
are missing from the collection stay in the ideal ranking and among the relevant ones, as in published figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ir_measures
import numpy as np
import numpy.typing as npt
from ir_measures import AP, R, nDCG

__all__ = ["SEARCH_KEYS", "Ranking", "compare", "interval", "per_query", "summarise"]

Ranking = Mapping[str, Sequence[str]]
"""Query id -> paper ids, best first."""

SEARCH_KEYS: tuple[str, ...] = ("nDCG@10", "nDCG@10_exp", "MAP", "R@100")

_MAX_EXPONENT = 30
"""Exponential gains beyond 2^30 overflow trec_eval's counters and mean nothing."""

_RESAMPLES = 2_000


def per_query(ranking: Ranking, qrels: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, float]]:
    """Every measure of :data:`SEARCH_KEYS` by query, for the queries of ``qrels`` that have a grade above 0.

    ``nDCG@10_exp`` is NaN when a grade is too large for an exponential gain.
    """
    judged = {query: dict(grades) for query, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    grades = sorted({grade for row in judged.values() for grade in row.values()})
    measures = {"nDCG@10": nDCG @ 10, "MAP": AP, "R@100": R @ 100}
    if not grades or grades[-1] <= _MAX_EXPONENT:
        measures["nDCG@10_exp"] = nDCG(gains={grade: 2**grade - 1 for grade in grades}) @ 10
    names = {measure: name for name, measure in measures.items()}
    values: dict[str, dict[str, float]] = {
        name: dict.fromkeys(judged, 0.0 if name in measures else float("nan")) for name in SEARCH_KEYS
    }
    run = {
        query: {paper: float(-place) for place, paper in enumerate(ranking.get(query, ()))} or {"": 0.0}
        for query in judged
    }
    for result in ir_measures.pytrec_eval.iter_calc(list(names), judged, run):
        values[names[result.measure]][result.query_id] = result.value
    return values


def summarise(values: Mapping[str, Mapping[str, float]], *, seed: int = 0) -> dict[str, Any]:
    """Means by key, ``queries``, and ``nDCG@10_ci``: the bootstrap 95% interval of the mean over queries."""
    row: dict[str, Any] = {key: float(np.mean(list(by_query.values()))) for key, by_query in values.items()}
    main = np.array(list(values["nDCG@10"].values()))
    row["queries"] = len(main)
    row["nDCG@10_ci"] = interval(main, seed)
    return row


def compare(ours: Mapping[str, float], theirs: Mapping[str, float], *, seed: int = 0) -> dict[str, Any]:
    """The mean difference of one measure over the same queries: ``delta``, its bootstrap ``ci`` (95%), and ``p``.

    ``p`` is two-sided, by the paired randomisation test (Smucker et al., A comparison of statistical significance tests
    for information retrieval evaluation, CIKM 2007).
    """
    differences = np.array([ours[query] - theirs[query] for query in sorted(ours)])
    random = np.random.default_rng(seed)
    signs = random.choice((-1.0, 1.0), size=(_RESAMPLES, len(differences)))
    extreme = np.abs((signs * differences).mean(axis=1)) >= abs(differences.mean()) - 1e-12
    return {
        "delta": float(differences.mean()),
        "ci": interval(differences, seed),
        "p": float((extreme.sum() + 1) / (_RESAMPLES + 1)),
    }


def interval(values: npt.NDArray[np.float64], seed: int) -> list[float]:
    """The bootstrap 95% interval of the mean of ``values``."""
    random = np.random.default_rng(seed)
    means = values[random.integers(0, len(values), size=(_RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return [float(low), float(high)]
