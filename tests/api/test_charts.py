from __future__ import annotations

from itertools import pairwise

import pytest

from api.pages.charts import citation_bars, paper_bars, ring
from search.profiles.model import CoauthorRow, Network, NetworkLink, YearRow


def test_bars_are_as_high_as_their_numbers() -> None:
    years = [YearRow(2000, 1, 4, 1), YearRow(2001, 0, 0, 0), YearRow(2002, 2, 8, 8)]
    papers, citations = paper_bars(years), citation_bars(years)
    assert papers is not None
    assert citations is not None
    assert [bar.height for bar in papers.bars] == [papers.height / 2, 0, papers.height]
    assert [bar.height for bar in citations.bars] == [citations.height / 2, 0, citations.height]
    assert [bar.part for bar in citations.bars] == [citations.height / 8, 0, citations.height]
    assert citations.most == 8
    assert "8 citations, 8 of them independent" in citations.bars[-1].says


@pytest.mark.parametrize("count", [1, 10, 60, 500, 3000])
def test_years_below_the_bars_do_not_run_together(count: int) -> None:
    chart = paper_bars([YearRow(1000 + i, 1, 0, 0) for i in range(count)])
    assert chart is not None
    assert chart.ticks
    places = [tick.x for tick in chart.ticks]
    assert all(b - a >= 40 for a, b in pairwise(places)) or count > 1000
    assert chart.width <= 640.01


def test_nothing_to_draw() -> None:
    assert paper_bars([]) is None
    assert citation_bars([YearRow(2000, 1, 0, 0)]) is None
    people = tuple(CoauthorRow(f"a{i}", f"Ana {i}", 1, None, None) for i in range(3))
    assert ring(Network(people, (), 3, "")) is None
    assert ring(Network(people[:2], (NetworkLink("a0", "a1", 1),), 2, "")) is None


def test_a_ring_joins_those_who_wrote_together() -> None:
    people = tuple(CoauthorRow(f"a{i}", "Ana" * 20, 4 - i, None, None) for i in range(4))
    drawn = ring(Network(people, (NetworkLink("a0", "a2", 3), NetworkLink("a1", "a2", 1)), 4, ""))
    assert drawn is not None
    first, second, third, fourth = drawn.nodes
    assert (first.x, second.y) == (drawn.size / 2, drawn.size / 2)  # the top, then clockwise
    assert first.y < second.y < third.y
    assert [node.left for node in drawn.nodes] == [False, False, False, True]
    assert fourth.size < first.size
    assert all(len(node.name) == 24 for node in drawn.nodes)
    assert [(one.x1, one.y1, one.x2, one.y2) for one in drawn.links] == [
        (first.x, first.y, third.x, third.y),
        (second.x, second.y, third.x, third.y),
    ]
    assert drawn.links[0].width > drawn.links[1].width
