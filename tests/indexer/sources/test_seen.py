"""The compact set of ids against Python's own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.seen import SeenIds


@given(st.lists(st.text(max_size=3), max_size=300))
def test_it_is_a_set(ids: list[str]) -> None:
    seen, model = SeenIds(), set[str]()
    for record_id in ids:
        assert seen.add(record_id) == (record_id not in model)
        model.add(record_id)
    assert len(seen) == len(model)


def test_it_grows() -> None:
    seen = SeenIds()
    assert all(seen.add(str(number)) for number in range(20_000))
    assert not any(seen.add(str(number)) for number in range(20_000))
    assert len(seen) == 20_000
