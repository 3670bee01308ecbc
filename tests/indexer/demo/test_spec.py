"""What may be asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.demo import DemoSpec
from records.errors import SettingsError


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"papers": 0}, "papers"),
        ({"papers": 10**9}, "papers"),
        ({"papers": 5, "seed": -1}, "seed"),
        ({"papers": 5, "first_year": 2020, "last_year": 2010}, "years"),
        ({"papers": 5, "first_year": 1500}, "years"),
        ({"papers": 5, "last_year": datetime.now(UTC).year + 9}, "last_year"),
        ({"papers": 5, "references": 900.0}, "references"),
        ({"papers": 5, "homonyms": 1.5}, "homonyms"),
        ({"papers": 5, "dirty_references": -0.1}, "dirty_references"),
    ],
)
def test_a_wrong_number_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        DemoSpec(**wrong)


@given(st.integers(1, 10**6), st.integers(1950, 2020), st.integers(0, 40))
def test_papers_by_year_add_up_and_grow(papers: int, first: int, span: int) -> None:
    spec = DemoSpec(papers, first_year=first, last_year=min(first + span, 2024))
    counts = spec.papers_by_year()
    assert counts.sum() == papers
    assert len(counts) == len(spec.years)
    assert (counts[1:] >= counts[:-1] - 1).all()
