from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from evaluation.folder import Folder
from evaluation.peers.bm25s_peer import Bm25sPeer
from evaluation.peers.expert_peers import Balog2Peer, PropagationPeer, VotingPeer
from evaluation.registry import run_evaluation
from evaluation.tasks.experts import measures
from records.errors import EvaluationError
from records.paper import Paper
from search.people import people_of_papers
from search.text import analyze
from tests.evaluation.folders import write_lines

_TEXTS = {
    "parsing": ("Parsing with grammars", "Grammars and trees for parsing", "Fast parsing of trees", "Parsing charts"),
    "ice": ("Polar ice cores", "Sea ice and bears", "Melting ice sheets", "Ice records of climate"),
    "speech": ("Speech of vowels", "Acoustic speech models", "Vowels and speech", "Spoken speech corpora"),
}


def _folder(path: Path, *, candidates: bool = True, documents: bool = True) -> Path:
    """Three topics of four papers; person i of a topic wrote the papers from the ith on."""
    path.mkdir(parents=True, exist_ok=True)
    papers = [
        {
            "id": f"{topic}{number}",
            "title": title,
            "abstract": f"On {topic}.",
            "authors": [{"id": f"{topic}-{person}", "name": f"{topic} {person}"} for person in range(number + 1)],
        }
        for topic, titles in _TEXTS.items()
        for number, title in enumerate(titles)
    ]
    write_lines(path / "papers.jsonl", map(json.dumps, papers))
    write_lines(path / "queries.jsonl", [json.dumps({"id": topic, "text": topic}) for topic in _TEXTS])
    write_lines(path / "experts.tsv", [f"{topic}\t{topic}-{person}\t1" for topic in _TEXTS for person in (0, 1)])
    if candidates:
        people = [f"{topic}-{person}" for topic in _TEXTS for person in range(4)]
        write_lines(path / "judged_candidates.tsv", [*people, "nobody"])
    if documents:
        write_lines(path / "document_queries.tsv", [f"{topic}\t{topic}3" for topic in _TEXTS])
    return path


def _run(folder: Path, **options: Any) -> dict[str, Any]:
    return run_evaluation("experts", folder, {"model": "hashing", "cache": folder / "cache", **options})


def test_rows_and_what_they_say(tmp_path: Path) -> None:
    result = _run(_folder(tmp_path / "folder"))
    rows = {row["name"]: row for row in result["rows"]}
    methods = ("default", "lexical", "voting", "propagation", "balog2")
    assert list(rows) == [f"{method}{suffix}" for method in methods for suffix in ("", ":document")]
    for row in rows.values():
        assert row["queries"] == 3
        assert row["MAP_ci"][0] <= row["MAP"] <= row["MAP_ci"][1]
        # Of 13 candidates those of the topic come first, so both experts are among the first ten.
        assert row["P@10"] == pytest.approx(0.2)
    assert rows["default"]["MAP"] == 1
    assert rows["default:document"]["AUC"] == 1
    assert result["settings"]["notes"] == {"candidates without a paper": 1}
    again = _run(tmp_path / "folder")
    assert again["rows"] == result["rows"]


def test_all_authors_are_candidates_where_none_are_given(tmp_path: Path) -> None:
    result = _run(_folder(tmp_path / "folder", candidates=False, documents=False), methods="default,voting")
    assert [row["name"] for row in result["rows"]] == ["default", "voting"]
    assert result["settings"]["candidates"] == 12
    assert "notes" in result["settings"]


def test_grades_of_zero_and_headers_are_no_experts(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "folder")
    write_lines(
        folder / "experts.tsv", ["topic\tauthor\tgrade", "ice\tice-0\t1", "ice\tice-1\t0", "speech\tspeech-0\t0"]
    )
    result = _run(folder, methods="voting")
    assert [(row["name"], row["queries"]) for row in result["rows"]] == [("voting", 1), ("voting:document", 1)]
    assert result["rows"][0]["P@10"] == pytest.approx(0.1)


@pytest.mark.parametrize("missing", ["papers.jsonl", "queries.jsonl", "experts.tsv"])
def test_a_folder_that_lacks_something_is_refused(tmp_path: Path, missing: str) -> None:
    folder = _folder(tmp_path / "folder")
    (folder / missing).unlink()
    with pytest.raises(EvaluationError, match=missing.partition(".")[0]):
        _run(folder, methods="voting")


def test_judgements_of_other_topics_are_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "folder")
    write_lines(folder / "experts.tsv", ["history\tice-0\t1"])
    with pytest.raises(EvaluationError, match="no query has an expert"):
        _run(folder, methods="voting")
    with pytest.raises(EvaluationError, match="methods must be some of"):
        _run(folder, methods="magic")


def test_measures_are_those_of_the_field() -> None:
    random = np.random.default_rng(5)
    for _ in range(20):
        scores = random.permutation(40).astype(float)
        expert = random.random(40) < 0.2
        expert[0] = True
        precision, average, area = measures(scores, expert)
        assert precision == pytest.approx(expert[np.argsort(-scores)[:10]].sum() / 10)
        assert average == pytest.approx(average_precision_score(expert, scores))
        assert area == pytest.approx(roc_auc_score(expert, scores))


def test_equal_scores_rank_by_id_and_count_half() -> None:
    expert = np.array([False, True, False, True])
    _, average, area = measures(np.zeros(4), expert)
    assert average == pytest.approx((1 / 2 + 2 / 4) / 2)
    assert area == pytest.approx(0.5)
    assert math.isnan(measures(np.zeros(2), np.array([True, True]))[2])


@pytest.fixture
def papers(tmp_path: Path) -> Sequence[Paper]:
    return sorted(Folder.open(_folder(tmp_path / "peers")).papers(), key=lambda paper: paper.id)


def _authors(papers: Sequence[Paper]) -> list[str]:
    return sorted({a.author_id or "" for paper in papers for a in paper.authorships})


def test_voting_by_reciprocal_rank(papers: Sequence[Paper]) -> None:
    bm25 = Bm25sPeer(papers)
    found = VotingPeer(bm25, people_of_papers(papers).corpus.authors).scores("parsing trees", without=0)
    scores = bm25.scores("parsing trees")
    scores[0] = 0
    order = [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] > 0]
    votes = Counter[str]()
    for rank, paper in enumerate(order, start=1):
        for authorship in papers[paper].authorships:
            votes[authorship.author_id or ""] += 1 / rank  # type: ignore[assignment] # counts may be fractions
    assert found == pytest.approx([votes[author] for author in _authors(papers)])


def test_propagation_is_the_stationary_walk(papers: Sequence[Paper]) -> None:
    bm25 = Bm25sPeer(papers)
    found = PropagationPeer(bm25, people_of_papers(papers).corpus.authors).scores("ice", without=1)
    authors = _authors(papers)
    links = np.array([[any(a.author_id == who for a in p.authorships) for who in authors] for p in papers], float)
    down, up = links / links.sum(1, keepdims=True), (links / links.sum(0)).T
    start = bm25.scores("ice").astype(float)
    start[1] = 0
    start /= start.sum()
    mass = np.linalg.solve(np.eye(len(papers)) - 0.5 * (down @ up).T, 0.5 * start)
    assert found == pytest.approx(mass @ down)


def test_balog_2_by_its_definition(papers: Sequence[Paper]) -> None:
    found = Balog2Peer(papers, people_of_papers(papers).corpus.authors).scores("parsing of trees, unheard", without=2)
    bags = [Counter(t.term for t in analyze(f"{p.title} {p.abstract}")) for p in papers]
    total = Counter[str]()
    for bag in bags:
        total.update(bag)
    length = sum(total.values())
    smoothing = length / len(bags)
    query = [t.term for t in analyze("parsing of trees, unheard") if t.term in total]

    def likelihood(bag: Counter[str]) -> float:
        size = sum(bag.values()) + smoothing
        return math.prod((bag[term] + smoothing * total[term] / length) / size for term in query)

    likely = [0.0 if row == 2 else likelihood(bag) for row, bag in enumerate(bags)]
    expected = [
        sum(
            value / len(paper.authorships)
            for value, paper in zip(likely, papers, strict=True)
            if any(a.author_id == who for a in paper.authorships)
        )
        for who in _authors(papers)
    ]
    assert found == pytest.approx(np.array(expected) / max(likely))
    assert not Balog2Peer(papers, people_of_papers(papers).corpus.authors).scores("unheard").any()
