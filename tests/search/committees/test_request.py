"""Constraints as people write them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import AssignmentError
from search.assignment.inputs import ReviewerRecord
from search.committees import Limit
from search.committees.request import candidates_of, parse_limit, parse_seats
from search.conflicts import Person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("country<=2", Limit("country", most=2)),
        (" country : DE >= 1 ", Limit("country", "DE", least=1)),
        ("seniority:junior=2", Limit("seniority", "junior", 2, 2)),
    ],
)
def test_limits(text: str, expected: Limit) -> None:
    assert parse_limit(text) == expected


@given(st.text(max_size=12))
def test_any_text_is_a_limit_or_refused(text: str) -> None:
    try:
        found = parse_limit(text)
    except AssignmentError:
        return
    assert found.attribute
    assert found.least or found.most is not None or text.strip().endswith("0")


def test_seats() -> None:
    topics = ["graphs", "a=b"]
    assert parse_seats("graphs=2", topics) == ("graphs", 2)
    assert parse_seats("2=1", topics) == ("a=b", 1)
    assert parse_seats("a=b=3", topics) == ("a=b", 3)
    for wrong in ("graphs", "graphs=x", "=2", "maths=1", "3=1"):
        with pytest.raises(AssignmentError):
            parse_seats(wrong, topics)


def test_expertise_is_a_share_of_the_best() -> None:
    records = [ReviewerRecord(Person("a"), attributes=(("country", "DE"),)), ReviewerRecord(Person("b"))]
    made = candidates_of(records, ["t", "u"], np.array([[0.2, 0.1], [-0.1, 0.0]], dtype=np.float32))
    assert made.expertise.tolist() == [[1.0, 0.0], [pytest.approx(0.5), 0.0]]
    assert made.attributes == ({"country": "DE"}, {})
