from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluation.graphs import corpus_of, load_corpus, save_corpus
from evaluation.registry import run_evaluation
from evaluation.tasks.importance import DEFAULT_METRIC
from ranking import registry
from ranking.corpus import NO_YEAR, Corpus
from ranking.registry import Entity
from records.errors import EvaluationError
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from tests.data_paths import shared_data


def _write(folder: Path, labels: str | None) -> None:
    """Paper i of 20 is cited by all later even papers if i < 3, so citations fall from 0 to 2; 0 and 1 matter."""
    lines = []
    for i in range(20):
        references = [f"p{j}" for j in range(min(i, 3)) if i % 2 == 0 or j == 0]
        lines.append({"id": f"p{i}", "title": "T", "year": 2000 + i // 10, "references": [*references, "elsewhere"]})
    (folder / "papers.jsonl").write_text("\n".join(map(json.dumps, lines)))
    if labels is not None:
        (folder / "labels.tsv").write_text(labels)


def test_ranks_are_counted_as_defined(tmp_path: Path) -> None:
    _write(tmp_path, "p0\t1\t2000\np2\t2\t2000\np9\t0\t2000\nmissing\t1\t2000\n")
    result = run_evaluation("importance", tmp_path)
    rows = {row["name"]: row for row in result["rows"]}
    # Citations: p0 has 19, p1 has 9 and p2 has 8 (from even papers), the rest none.
    assert rows["citations"]["median_rank"] == 2.0
    assert rows["citations"]["AUC"] == pytest.approx(35 / 36)
    assert rows["citations"]["top1_share"] == 0.5
    assert rows["citations"]["median_rank_in_year"] == 2.0
    assert set(rows) == {"default", *(metric.name for metric in registry.metrics(Entity.PAPER))}
    assert {**rows["default"], "name": DEFAULT_METRIC} == rows[DEFAULT_METRIC]
    assert result["settings"]["graph"]["dangling"] == 20
    assert result["settings"]["notes"] == {"labelled papers that are not in the folder": 1}
    assert run_evaluation("importance", tmp_path) == result


def test_labels_and_metric_can_be_chosen(tmp_path: Path) -> None:
    _write(tmp_path, None)
    with pytest.raises(EvaluationError, match=r"no labels\.tsv"):
        run_evaluation("importance", tmp_path)
    given = tmp_path / "elsewhere" / "mine.tsv"
    given.parent.mkdir()
    given.write_text("paper\tgrade\nZ\t1\n")
    with pytest.raises(EvaluationError, match="0 of 20 papers are labelled"):
        run_evaluation("importance", tmp_path, {"labels": given})
    given.write_text("paper\tgrade\np1\t1\n")
    rows = run_evaluation("importance", tmp_path, {"labels": given, "metric": "citations"})["rows"]
    assert rows[0]["median_rank"] == 2.0
    with pytest.raises(EvaluationError, match="'speed' is unknown"):
        run_evaluation("importance", tmp_path, {"labels": given, "metric": "speed"})
    given.write_text("p1\t1\np2\tgood\n")
    with pytest.raises(EvaluationError, match="line 2: the grade must be a number"):
        run_evaluation("importance", tmp_path, {"labels": given})


def test_real_milestones_rank_high() -> None:
    data = shared_data()
    if data is None:  # the rest of this file has the small corpus
        assert DEFAULT_METRIC in {metric.name for metric in registry.metrics(Entity.PAPER)}
        return
    result = run_evaluation("importance", data / "dev" / "importance_aan")
    rows = {row["name"]: row for row in result["rows"]}
    assert rows["default"]["AUC"] > rows["citations"]["AUC"] > 0.8
    assert rows["default"]["top1_share"] > 0.3


def test_papers_become_arrays_and_survive_a_folder(tmp_path: Path) -> None:
    ann = Authorship(Name("Lee", given="Ann"), 0, affiliations=(Affiliation("X", institution_id="i1"),))
    bob = Authorship(Name("Roe", given="Bob"), 1, author_id="b")
    papers = [
        Paper(
            id="x",
            title="T",
            year=2001,
            venue=Venue("V"),
            authorships=(ann, bob),
            references=("y", "y", "x", "?"),
            topics=(Topic("a", score=0.2), Topic("b", score=0.9)),
        ),
        Paper(id="y", title="T", authorships=(ann,)),
    ]
    corpus, report = corpus_of(papers)
    assert (report.kept, report.duplicates, report.self_loops, report.dangling) == (1, 1, 1, 1)
    assert corpus.years.tolist() == [2001, NO_YEAR]
    assert corpus.venues.tolist() == [0, -1]
    assert (corpus.n_authors, corpus.authors.indices.tolist()) == (2, [0, 1, 0])
    assert corpus.institutions is not None
    assert (corpus.fields is not None and corpus.fields.tolist(), corpus.n_fields) == ([0, -1], 1)
    save_corpus(corpus, tmp_path)
    again = load_corpus(tmp_path)
    for metric in registry.metrics():
        assert np.array_equal(metric.compute(corpus), metric.compute(again))


def test_an_empty_corpus_survives_a_folder(tmp_path: Path) -> None:
    corpus: Corpus = corpus_of([Paper(id="x", title="T")])[0]
    save_corpus(corpus, tmp_path)
    assert load_corpus(tmp_path).papers == 1
