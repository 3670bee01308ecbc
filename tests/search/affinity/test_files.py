"""Score files and bids survive a round trip, and what is wrong is pointed at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import AssignmentError
from search.affinity import format_scores, read_bids, read_scores, score_table, with_bids

NAMES = st.lists(
    st.text('ab," ~_1é', min_size=1, max_size=5).filter(lambda s: s == s.strip()), min_size=1, max_size=4, unique=True
)


@given(NAMES, NAMES, st.data(), st.booleans())
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, papers: list[str], people: list[str], data: st.DataObject, header: bool
) -> None:
    size = len(papers) * len(people)
    values = data.draw(st.lists(st.sampled_from((0.0, 0.5, -1.25, float("nan"))), min_size=size, max_size=size))
    table = np.array(values, dtype=np.float32).reshape(len(papers), len(people))
    path = tmp_path_factory.mktemp("scores") / "scores.csv"
    path.write_text("\n".join(format_scores(table, papers, people, header=header)), "utf-8")
    again = score_table(read_scores(path), papers, people)
    assert np.array_equal(table, again, equal_nan=True)


def test_bids_of_every_kind(tmp_path: Path) -> None:
    path = tmp_path / "bids.tsv"
    path.write_text("paper\treviewer\tbid\np1\tr1\tVery High\np1\tr2\t-100\np2\tr1\t0.5\np2\tr2\tNeutral\n")
    assert read_bids(path) == {("p1", "r1"): 1.0, ("p1", "r2"): -1.0, ("p2", "r1"): 0.5, ("p2", "r2"): 0.0}
    bids = score_table({("p1", "r1"): 1.0, ("other", "r1"): 1.0}, ["p1"], ["r1", "r2"])
    assert with_bids(np.array([[0.5, 0.5]], dtype=np.float32), bids, 0.2).tolist() == [[pytest.approx(0.7), 0.5]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("p,r\n", "line 1: expected"),
        ("p,r,x\n", "'x' is not a number"),
        ("p,r,nan", "not a number"),
        (",r,1", "expected"),
    ],
)
def test_broken_lines_are_pointed_at(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(text)
    with pytest.raises(AssignmentError, match=message):
        read_scores(path)
    with pytest.raises(AssignmentError, match="cannot be read"):
        read_scores(tmp_path / "missing.csv")


def test_scores_of_strangers_are_refused() -> None:
    with pytest.raises(AssignmentError, match="do the ids agree"):
        score_table({("p9", "r9"): 0.5}, ["p1"], ["r1"])
    assert np.isnan(score_table({}, ["p1"], ["r1"])).all()


def test_a_quote_that_is_not_closed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text('p1,"r1,0.5\n')
    with pytest.raises(AssignmentError, match="quote not closed"):
        read_scores(path)
