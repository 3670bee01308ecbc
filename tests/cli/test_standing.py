"""``scholarcore paper`` over a whole build: percentiles within field and year, citations by year."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import PAPERS, Command


def test_percentiles_within_field_and_year(command: Command, demo: Path) -> None:
    listed = command("--data", demo, "search", "--json", "--limit", str(PAPERS)).json["results"]
    papers = [command("--data", demo, "paper", paper["id"], "--json").json for paper in listed]
    assert len(papers) == PAPERS

    def peers(paper: dict[str, object]) -> str:
        topics = paper["topics"]
        assert isinstance(topics, list)
        best = max(topics, key=lambda topic: topic["score"], default=None)
        assert paper["year"] is not None
        return best["id"] if best else ""

    for paper in papers:
        ours = paper["metrics"]["citations"]
        among = [other["metrics"]["citations"] for other in papers if peers(other) == peers(paper)]
        assert len(among) < 60  # so few of a field that its years are joined
        below = sum(one < ours for one in among) + sum(one == ours for one in among) / 2
        assert paper["percentiles"]["citations"] == pytest.approx(100 * below / len(among), abs=0.01)
        for name, value in paper["metrics"].items():
            alike = all(other["metrics"][name] == value for other in papers if peers(other) == peers(paper))
            assert (name in paper["percentiles"]) is not alike
        assert sum(year["citations"] for year in paper["citations_by_year"]) == ours
    cited = next(paper for paper in papers if len(paper["citations_by_year"]) > 1)
    shown = command("--data", demo, "paper", cited["id"]).out
    assert f"citations by year: {cited['citations_by_year'][0]['year']}: " in shown
    assert "percentile" in shown
