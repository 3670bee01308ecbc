"""Calls side by side: in order, really at once, and none left running when one fails."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from search.at_once import at_once


def test_results_come_in_order() -> None:
    assert at_once([partial(pow, 2, power) for power in range(50)]) == [2**power for power in range(50)]
    assert at_once([]) == []


def test_calls_run_side_by_side() -> None:
    barrier = threading.Barrier(4, timeout=30)
    assert sorted(at_once([barrier.wait] * 4)) == [0, 1, 2, 3]


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_failure_comes_through_when_all_is_still(place: int) -> None:
    running: set[int] = set()
    failed = threading.Event()

    def call(number: int) -> None:
        if number == place:
            failed.set()
            raise LookupError(number)
        running.add(number)
        assert failed.wait(30)
        running.remove(number)

    with pytest.raises(LookupError, match=str(place)):
        at_once([partial(call, number) for number in range(place, 4)])
    assert not running
