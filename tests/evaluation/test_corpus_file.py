from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from evaluation.corpora import bench_papers
from evaluation.corpus_file import CorpusFile
from evaluation.search_index import documents
from records.errors import EvaluationError
from records.paper import Paper


def read(file: CorpusFile, size: int) -> list[object]:
    batches = list(file.batches(size))
    assert all(len(batch) == size for batch in batches[:-1])
    return [paper for batch in batches for paper in batch]


@pytest.mark.parametrize("order", [1, -1])
def test_papers_come_back_in_order_of_id_with_their_citations(tmp_path: Path, order: int) -> None:
    papers = list(bench_papers(None, 300, 3))
    heard: list[int] = []
    file = CorpusFile.write(papers[::order], tmp_path / "corpus", heard.append)
    assert len(file) == sum(heard) == 300
    for size in (7, 300, 1_000):
        assert read(CorpusFile(tmp_path / "corpus"), size) == documents(papers)
    assert file.some(7) == documents(papers)[: 7 * 42 : 42]
    assert file.some(1_000) == documents(papers)


def test_a_reference_given_twice_is_one_citation(tmp_path: Path) -> None:
    papers = [
        Paper(id="b", title="B", references=("a", "a", "elsewhere")),
        Paper(id="a", title="A", references=("a", "b")),
    ]
    (batch,) = CorpusFile.write(papers, tmp_path).batches(10)
    assert [(entry.paper.id, entry.metrics["citations"]) for entry in batch] == [("a", 2.0), ("b", 1.0)]


@pytest.mark.parametrize(
    ("papers", "message"),
    [((), "holds no papers"), ((Paper(id="a", title="A"), Paper(id="a", title="B")), "two papers with the id 'a'")],
)
def test_what_is_no_corpus(tmp_path: Path, papers: Sequence[Paper], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        CorpusFile.write(papers, tmp_path)
