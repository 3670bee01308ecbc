from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from evaluation import run_evaluation
from evaluation.folder import Folder
from evaluation.search_index import SearchIndex, documents, plain, write_generation
from evaluation.tasks.search import TASK
from evaluation.vectors import KeptVectors
from records.errors import EvaluationError
from records.paper import Paper
from search.embedding import HashingEmbedder
from search.request import Mode, SearchRequest
from search.service import PaperSearch
from tests.data_paths import shared_data
from tests.evaluation.folders import PAPERS, QRELS, QUERIES, write_folder


def evaluate(folder: Path, **options: Any) -> dict[str, Any]:
    return run_evaluation("search", folder, {"model": "hashing", "cache": folder.parent / "cache", **options})


def quality(result: dict[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = result["rows"]
    return rows


def test_contract(tmp_path: Path) -> None:
    result = evaluate(write_folder(tmp_path / "toy"))
    assert list(result) == ["task", "data", "settings", "rows"]
    assert (result["task"], result["data"]) == ("search", "toy")
    assert [row["name"] for row in result["rows"]] == ["default", "lexical", "vector", "hybrid", "bm25s"]
    for row in result["rows"]:
        assert set(TASK.keys) <= set(row)
        assert row["queries"] == 2
        for key in ("nDCG@10", "nDCG@10_exp", "MAP", "R@100"):
            assert 0 <= row[key] <= 1
    assert result["settings"]["embedding"]["model"].startswith("hashing")
    assert result["settings"]["bm25s"]["k1"] == 1.5
    assert result["settings"]["notes"] == {"queries without a relevant paper": 1}
    json.dumps(result, allow_nan=False)


def test_easy_queries_are_answered_by_every_row(tmp_path: Path) -> None:
    for row in evaluate(write_folder(tmp_path / "toy"))["rows"]:
        assert row["R@100"] == 1.0, row
        assert row["nDCG@10"] > 0.6, row


def test_default_is_what_a_request_with_nothing_set_does(tmp_path: Path) -> None:
    rows = {row.pop("name"): row for row in evaluate(write_folder(tmp_path / "toy"))["rows"]}
    assert rows["default"] == rows["hybrid"]


def test_second_run_prints_the_same_and_uses_the_cache(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "toy")
    first, second = evaluate(folder), evaluate(folder)
    assert quality(first) == quality(second)
    assert first["settings"]["embedding"]["made"] == len(PAPERS)
    assert second["settings"]["embedding"]["made"] == 0
    assert first["settings"]["comparisons"] == second["settings"]["comparisons"]


def test_a_cache_that_cannot_be_used_changes_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "toy")
    (tmp_path / "file").touch()
    result = evaluate(folder, cache=tmp_path / "file")
    assert "cannot be opened" in result["settings"]["embedding"]["problem"]
    assert quality(result) == quality(evaluate(folder))


def test_packed_folders_and_number_ids_give_the_same(tmp_path: Path) -> None:
    whole = evaluate(write_folder(tmp_path / "plain"))
    assert quality(evaluate(write_folder(tmp_path / "packed", suffix=".gz"))) == quality(whole)
    papers = [{**paper, "id": int(str(paper["id"])[1:])} for paper in PAPERS]
    queries = [{**query, "id": int(str(query["id"])[1:])} for query in QUERIES]
    numbered = write_folder(
        tmp_path / "numbers", papers, queries, [row.replace("q", "").replace("p", "") for row in QRELS]
    )
    assert quality(evaluate(numbered)) == quality(whole)


def test_judged_only_ranks_nothing_else(tmp_path: Path) -> None:
    distractors = [{"id": f"x{n}", "title": "polar ice", "abstract": "polar ice"} for n in range(300)]
    folder = write_folder(tmp_path / "toy", [*PAPERS, *distractors])
    buried = {row["name"]: row for row in evaluate(folder)["rows"]}
    judged = {row["name"]: row for row in evaluate(folder, judged_only=True)["rows"]}
    for name, row in judged.items():
        assert row["R@100"] == 1.0, name
        assert row["nDCG@10"] > buried[name]["nDCG@10"] or buried[name]["nDCG@10"] == 1.0
    assert buried["lexical"]["nDCG@10"] < 0.6


def test_judged_only_with_ids_that_look_like_filter_grammar(tmp_path: Path) -> None:
    names = {paper["id"]: f'{paper["id"]}|a,b:"c" (d)' for paper in PAPERS}
    papers = [{**paper, "id": names[paper["id"]]} for paper in PAPERS]
    qrels = ["\t".join((q, names[p], grade)) for q, p, grade in (row.split("\t") for row in QRELS)]
    plainly = evaluate(write_folder(tmp_path / "plain"), judged_only=True)
    assert quality(evaluate(write_folder(tmp_path / "odd", papers, qrels=qrels), judged_only=True)) == quality(plainly)


def test_restricting_a_search_is_what_a_filter_does(tmp_path: Path) -> None:
    folder = Folder.open(write_folder(tmp_path / "toy"))
    embedder = HashingEmbedder()
    with KeptVectors(embedder, tmp_path / "cache") as vectors:
        store = write_generation(folder.papers(), tmp_path / "engine", vectors)
    ids = ["p4", "p2", "p3", "gone"]
    with SearchIndex(store, embedder) as index, closing(store.reader()) as engine:
        service = PaperSearch(engine, embedder)
        for mode in Mode:
            filtered = service.search(SearchRequest("polar ice graphs", "id:" + "|".join(ids), mode=mode))
            ranked = index.rank(SearchRequest(mode=mode), "polar ice graphs", 10, among=ids)
            assert ranked == [hit.id for hit in filtered.hits]
        many = [*ids, *(f"no-such-paper-{n}" for n in range(5_000))]
        request = SearchRequest()
        assert index.rank(request, "polar ice", 10, among=many) == index.rank(request, "polar ice", 10, among=ids)


def test_modes_pick_rows_and_lexical_needs_no_model(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "toy")
    result = run_evaluation("search", folder, {"modes": "bm25s,lexical"})
    assert [row["name"] for row in result["rows"]] == ["bm25s", "lexical"]
    assert "embedding" not in result["settings"]


def test_queries_are_free_text_and_empty_ones_find_nothing(tmp_path: Path) -> None:
    texts = ['"polar', "ice) AND (", "year:polar ice -bears NOT", "AND", "", "polar\x00 ice", "?!", "id:p3 ice*", "the"]
    queries = [{"id": n, "text": text} for n, text in enumerate(texts)]
    qrels = [f"{n}\tp3\t1" for n in range(len(texts))]
    result = evaluate(write_folder(tmp_path / "toy", queries=queries, qrels=qrels))
    assert all(row["queries"] == len(texts) for row in result["rows"])
    assert result["settings"]["notes"]["queries with an empty text"] == 1


@pytest.mark.parametrize(
    ("text", "searched"),
    [
        ("polar ice", "polar ice"),
        ('"polar', "polar"),
        ("year:polar -bears", "year polar bears"),
        ("ice AND bears", "ice and bears"),
        ("What is ice (frozen water)?", "What is ice (frozen water)?"),
        ("?!", ""),
    ],
)
def test_plain(text: str, searched: str) -> None:
    assert plain(text) == searched


def test_documents_are_ordered_and_count_citations_among_themselves() -> None:
    papers = [Paper("b", "B", references=("a", "gone", "a")), Paper("a", "A"), Paper("c", "C", references=("a", "b"))]
    assert [(item.paper.id, item.metrics["citations"]) for item in documents(papers)] == [("a", 2), ("b", 1), ("c", 0)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"modes": "lexcial"}, "modes must be some of default, lexical, vector, hybrid, bm25s, not lexcial"),
        ({"modes": ""}, "not none"),
        ({"limit": 0}, "limit must be at least 1"),
        ({"engine": "elasticsearch"}, "not available in this version"),
        ({"model": "none"}, "the embedding model is 'none'"),
    ],
)
def test_options_that_cannot_be(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        evaluate(write_folder(tmp_path / "toy"), **options)


@pytest.mark.parametrize(
    ("qrels", "message"),
    [
        (["other\tp1\t1"], "none of 3 queries has a relevant paper"),
        (["q1\tp1\t0"], "none of 3 queries has a relevant paper"),
        (["q1\tP-1\t1"], "no paper judged in qrels.tsv is in papers.jsonl"),
    ],
)
def test_judgements_that_fit_nothing(tmp_path: Path, qrels: list[str], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        evaluate(write_folder(tmp_path / "toy", qrels=qrels))


@pytest.mark.parametrize("name", ["papers.jsonl", "queries.jsonl", "qrels.tsv"])
def test_each_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_folder(tmp_path / "toy")
    (folder / name).unlink()
    with pytest.raises(EvaluationError, match=f"has no {name}"):
        evaluate(folder)


def test_a_slice_of_a_real_collection(tmp_path: Path) -> None:
    data = shared_data()
    papers = [dict(paper) for paper in PAPERS]
    folder = write_folder(tmp_path / "slice", papers) if data is None else _slice(data / "dev" / "cranfield", tmp_path)
    rows = {row["name"]: row for row in evaluate(folder, limit=100)["rows"]}
    assert rows["lexical"]["nDCG@10"] > 0.3
    assert rows["default"]["nDCG@10"] > 0.3


def _slice(source: Path, target: Path) -> Path:
    import gzip

    def lines(name: str) -> list[dict[str, Any]]:
        with gzip.open(source / name, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    queries = lines("queries.jsonl.gz")[:20]
    ids = {query["id"] for query in queries}
    qrels = [row for row in (source / "qrels.tsv").read_text().splitlines() if row.split("\t")[0] in ids]
    judged = {row.split("\t")[1] for row in qrels}
    papers = [paper for place, paper in enumerate(lines("papers.jsonl.gz")) if paper["id"] in judged or place % 10 == 0]
    return write_folder(target / "slice", papers, queries, qrels)
