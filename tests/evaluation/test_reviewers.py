from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from evaluation.registry import run_evaluation
from evaluation.tasks.reviewers import measures
from indexer.demo import DemoSpec, write_benchmarks
from records.errors import EvaluationError

OPTIONS = {"model": "hashing", "resamples": 2}


def _brute(score: dict[tuple[str, str], float], ratings: dict[str, dict[str, float]]) -> dict[str, float]:
    lost = most = 0.0
    counts = {"easy": [0, 0], "hard": [0, 0]}
    agreed, pairs = 0.0, 0
    for reviewer, rated in ratings.items():
        for one, other in combinations(rated, 2):
            true, found = rated[one] - rated[other], score[reviewer, one] - score[reviewer, other]
            if true == 0:
                continue
            most += abs(true)
            lost += abs(true) * (0.5 if found == 0 else float(found * true < 0))
            pairs += 1
            agreed += 0.5 if found == 0 else float(found * true > 0)
            low, high = sorted((rated[one], rated[other]))
            kind = "hard" if low >= 4 else "easy" if high >= 4 and low <= 2 else None
            if kind:
                counts[kind][0] += found * true > 0
                counts[kind][1] += 1
    return {
        "loss": lost / most,
        "easy": counts["easy"][0] / counts["easy"][1],
        "hard": counts["hard"][0] / counts["hard"][1],
        "pair_accuracy": agreed / pairs,
    }


def test_measures_by_brute_force() -> None:
    random = np.random.default_rng(0)
    ratings = {f"r{i}": {f"p{j}": float(random.integers(2, 11)) / 2 for j in range(8)} for i in range(6)}
    score = {(r, p): float(random.integers(0, 5)) for r in ratings for p in ratings[r]}
    assert measures(lambda r, p: score[r, p], ratings) == pytest.approx(_brute(score, ratings))
    assert measures(lambda r, p: ratings[r][p], ratings) == {"loss": 0, "easy": 1, "hard": 1, "pair_accuracy": 1}
    nothing = measures(lambda r, p: 0.0, ratings)
    assert (nothing["loss"], nothing["easy"], nothing["pair_accuracy"]) == (0.5, 0, 0.5)


def test_a_made_up_benchmark(tmp_path: Path) -> None:
    write_benchmarks(DemoSpec(800, seed=3), tmp_path, tasks=["reviewers"])
    folder = tmp_path / "demo_reviewers"
    published = {"known": {"loss": 0.3, "easy": 0.8, "hard": 0.6}}
    (folder / "published_baselines_recomputed.json").write_text(json.dumps(published))
    options = {**OPTIONS, "cache": str(tmp_path / "cache")}
    result = run_evaluation("reviewers", folder, options)
    rows = {row["name"]: row for row in result["rows"]}
    assert {"default", "tfidf", "bm25", "published:known"} <= set(rows)
    assert rows["default"]["loss"] < 0.35
    assert rows["default"]["easy"] > 0.75
    assert rows["published:known"]["loss"] == 0.3
    assert result["settings"]["pairs"]["all"] > 100
    assert run_evaluation("reviewers", folder, options)["rows"] == result["rows"]


def test_a_folder_without_what_it_needs(tmp_path: Path) -> None:
    (tmp_path / "papers.jsonl").write_text('{"id": "p", "title": "T", "abstract": "A b c", "year": 2000}\n')
    (tmp_path / "reviewers.jsonl").write_text('{"id": "r", "papers": ["p"]}\n')
    with pytest.raises(EvaluationError, match=r"evaluations\.tsv"):
        run_evaluation("reviewers", tmp_path, OPTIONS)
    (tmp_path / "pairs.tsv").write_text("r\tp\tgood\nr\tp\tgood\n")
    with pytest.raises(EvaluationError, match="rating must be a number"):
        run_evaluation("reviewers", tmp_path, OPTIONS)
    (tmp_path / "pairs.tsv").write_text("other\tp\t3\n")
    with pytest.raises(EvaluationError, match="no reviewer has both"):
        run_evaluation("reviewers", tmp_path, OPTIONS)
