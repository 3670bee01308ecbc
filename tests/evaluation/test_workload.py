from __future__ import annotations

import pytest

from evaluation.workload import draw_workload
from records.errors import EvaluationError
from records.paper import Paper

PAPERS = [
    Paper("a", "The graph of polar bears", year=2001),
    Paper("b", "Graph drawing with compilers"),
    Paper("c", "Graph"),
    Paper("d", "2001: of 12"),
]


def test_queries_come_from_titles_and_repeat() -> None:
    workload = draw_workload(PAPERS, 50)
    assert workload == draw_workload(PAPERS, 50)
    assert workload != draw_workload(PAPERS, 50, seed=1)
    assert len(workload.texts) == len(workload.filters) == 50
    for text, where in zip(workload.texts, workload.filters, strict=True):
        of_first = set(text.split()) <= {"graph", "polar", "bears"}
        assert of_first or set(text.split()) <= {"graph", "drawing", "compilers"}
        if "polar" in text or "bears" in text:
            assert where == "year:1996-2006"
        if "drawing" in text or "compilers" in text:
            assert where == "has:abstract"
        assert 2 <= len(text.split()) <= 4
    assert workload.frequent[0] == "graph"


def test_titles_without_words() -> None:
    with pytest.raises(EvaluationError, match="nothing to search for"):
        draw_workload([PAPERS[2], PAPERS[3]], 5)
