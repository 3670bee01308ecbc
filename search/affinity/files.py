"""Affinities and bids from and to the files that conference systems exchange.

A score file has one line a pair: submission, reviewer, score, separated by commas or tabs, with or without a header
(OpenReview's expertise scores are such a file without one). Bids are words ("Very High", ... of OpenReview), numbers
from -1 to 1, or HotCRP's preferences (whole numbers from -100 to 100).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError

__all__ = ["BIDS", "format_scores", "read_bids", "read_pairs", "read_scores", "score_table", "with_bids"]

Scores = dict[tuple[str, str], float]
"""Score by (submission, reviewer)."""

BIDS: Mapping[str, float] = {"very high": 1.0, "high": 0.5, "neutral": 0.0, "low": -0.5, "very low": -1.0}
_HEADERS = frozenset(("paper", "submission", "paper_id", "submission_id", "note_id", "head"))


def read_scores(path: Path) -> Scores:
    """The scores of a file; of two for one pair the last counts.

    :raises AssignmentError: when it cannot be read, or a line is not submission, reviewer, number.
    """
    return {(paper, reviewer): _number(cell, where) for where, paper, reviewer, cell in _lines(path)}


def read_bids(path: Path) -> Scores:
    """The bids of a file as numbers from -1 to 1.

    :raises AssignmentError: as :func:`read_scores`, or for a word that is no bid.
    """
    bids: Scores = {}
    for where, paper, reviewer, cell in _lines(path):
        word = BIDS.get(cell.strip().lower())
        number = _number(cell, where) if word is None else word
        bids[paper, reviewer] = max(-1.0, min(1.0, number / 100 if abs(number) > 1 else number))
    return bids


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """The pairs (submission, reviewer) of a file, one a line, such as declared conflicts; further cells are ignored.

    :raises AssignmentError: when it cannot be read, or a line has fewer than two cells.
    """
    return [(paper, reviewer) for _, paper, reviewer, _ in _lines(path, 2)]


def score_table(
    scores: Mapping[tuple[str, str], float], submissions: Sequence[str], reviewers: Sequence[str]
) -> npt.NDArray[np.float32]:
    """Scores as a table, shape (submissions, reviewers), NaN where there is none; pairs of others are left out.

    :raises AssignmentError: when there are scores, but none of a pair of these.
    """
    rows = {name: row for row, name in enumerate(submissions)}
    columns = {name: column for column, name in enumerate(reviewers)}
    table = np.full((len(submissions), len(reviewers)), np.nan, dtype=np.float32)
    for (paper, reviewer), score in scores.items():
        if paper in rows and reviewer in columns:
            table[rows[paper], columns[reviewer]] = score
    if scores and np.isnan(table).all():
        paper, reviewer = next(iter(scores))
        raise AssignmentError(
            f"none of {len(scores)} scores is of a submission and a reviewer of this conference (the first is of "
            f"{paper[:60]!r} and {reviewer[:60]!r}); do the ids agree?"
        )
    return table


def with_bids(
    affinity: npt.NDArray[np.float32], bids: npt.NDArray[np.float32], weight: float = 0.25
) -> npt.NDArray[np.float32]:
    """Affinities raised or lowered by bids: ``affinity + weight * bid`` where there is a bid (not NaN)."""
    made: npt.NDArray[np.float32] = affinity + np.float32(weight) * np.nan_to_num(bids)
    return made


def format_scores(
    table: npt.NDArray[np.floating], submissions: Sequence[str], reviewers: Sequence[str], *, header: bool = False
) -> Iterable[str]:
    """The lines of a score file (as OpenReview's: no header, six decimals), by submission; NaN is left out."""
    if header:
        yield "submission,reviewer,score"
    for row, paper in enumerate(submissions):
        for column, reviewer in enumerate(reviewers):
            if not math.isnan(table[row, column]):
                yield f"{_cell(paper)},{_cell(reviewer)},{float(table[row, column]):.6f}"


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\n\r') else text


def _number(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise AssignmentError(f"{where}: {cell[:40]!r} is not a number")
    return value


def _rows(reader: Iterable[list[str]], path: Path) -> Iterable[list[str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise AssignmentError(f"{path.name} is no valid CSV: {error}; is a quote not closed?") from error


def _lines(path: Path, least: int = 3) -> Iterable[tuple[str, str, str, str]]:
    """(where, submission, reviewer, third cell) of each line that is not blank."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(f"{path} cannot be read: {error}") from error
    first_line = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first_line else ",", strict=True)
    for number, cells in enumerate(_rows(reader, path), start=1):
        row = [cell.strip() for cell in cells]
        if not any(row) or (number == 1 and row[0].lower() in _HEADERS):
            continue
        where = f"{path.name}, line {number}"
        if len(row) < least or not row[0] or not row[1]:
            expected = "submission, reviewer, score" if least == 3 else "submission, reviewer"
            raise AssignmentError(f"{where}: expected {expected}, not {','.join(row)[:80]!r}")
        yield where, row[0], row[1], row[2] if len(row) > 2 else ""
