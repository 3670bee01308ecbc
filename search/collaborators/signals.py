"""How near everybody is to one person, by several measures at once: what candidates are taken from and ranked by.

Common neighbours, Adamic-Adar and resource allocation: Liben-Nowell and Kleinberg, The link-prediction problem for
social networks (JASIST 2007); Zhou, Lü and Zhang, Predicting missing links via local information (EPJ B 2009). Walks:
the chance to be there after so many steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from search.collaborators.kernels import nonzero, spread_row
from search.collaborators.ties import Floats, Matrix, Ties

__all__ = ["NEAR", "Field", "nearness"]

NEAR = (
    "walk_2",
    "walk_3",
    "walk_4",
    "slow_walk_2",
    "slow_walk_3",
    "last_walk_2",
    "last_walk_3",
    "flow_2",
    "common",
    "adamic_adar",
    "allocation",
    "leaders",
    "events",
    "venues",
    "words",
    "recent_words",
    "cites",
    "cited",
    "coupling",
    "places",
)
"""Measures of nearness, the rows of what :func:`nearness` gives."""


@dataclass(frozen=True, slots=True)
class Field:
    """Ties, profiles (person -> term, lasting and ``recent``), and ``ends``: by measure the last step of the way to it,
    its columns the people of a pool: all that nearness is measured in. ``pool``: their positions, None for everybody.
    """

    ties: Ties
    words: Matrix
    recent: Matrix
    weights: Floats  # 1 / log(degree) and 1 / degree, shape (2, people)
    ends: Mapping[str, Matrix]
    pool: npt.NDArray[np.int64] | None = None

    @classmethod
    def of(cls, ties: Ties, words: Matrix, recent: Matrix, pool: npt.NDArray[np.int64] | None = None) -> Field:
        """From ties and profiles at the same time. With ``pool`` (ascending) nearness is only measured to those."""
        degree = np.diff(ties.met.indptr).astype(np.float32)
        weights = np.stack((1.0 / np.log(np.maximum(degree, 2.0)), 1.0 / np.maximum(degree, 1.0)))
        ends = {
            "words": _columns(words, pool).T.tocsr(),
            "recent_words": _columns(recent, pool).T.tocsr(),
        }
        straight = {
            "step": ties.step,
            "slow_step": ties.slow_step,
            "last_step": ties.last_step,
            "flow": ties.flow_back,
            "met": ties.met,
            "leaders": ties.leaders_back,
            "events": ties.events_back,
            "venues": ties.venues_back,
            "written": ties.written_back,
            "places": ties.places_back,
        }
        ends |= {name: matrix if pool is None else matrix[:, pool] for name, matrix in straight.items()}
        return cls(ties, words, recent, weights.astype(np.float32), ends, pool)

    @property
    def size(self) -> int:
        """People nearness is measured to."""
        return self.ties.authors if self.pool is None else len(self.pool)


def nearness(field: Field, author: int | None, words: Matrix | None = None) -> Floats:
    """How near everybody of the pool is: float32, shape (len(NEAR), people), at least 0, 0 for no tie at all.

    ``author``: whom to; None for somebody who is only described by ``words``, shape (1, terms), and has no other tie.
    """
    found = np.zeros((len(NEAR), field.size), dtype=np.float32)
    if author is not None:
        _walks(field, author, found)
        _shared(field, author, found)
        found[:, _places(field.pool, author)] = 0.0
    if words is not None:
        own = (words.indices, words.data)
        _reach(own, field.ends["words"], found[NEAR.index("words")])
        _reach(own, field.ends["recent_words"], found[NEAR.index("recent_words")])
    return found


_Row = tuple[npt.NDArray[Any], npt.NDArray[Any]]
"""Columns and values of a row that is mostly empty."""


def _walks(field: Field, author: int, found: Floats) -> None:
    """The walks over co-authors, each step the one before spread over theirs."""
    ties, ends = field.ties, field.ends
    for prefix, step, end, most in (
        ("walk_", ties.step, ends["step"], 4),
        ("slow_walk_", ties.slow_step, ends["slow_step"], 3),
        ("last_walk_", ties.last_step, ends["last_step"], 3),
    ):
        reached = _row(step, author)
        for length in range(2, most):
            spread = np.zeros(ties.authors, dtype=np.float32)
            _reach(reached, step, spread)
            found[NEAR.index(f"{prefix}{length}")] = spread if field.pool is None else spread[field.pool]
            reached = _filled(spread)
        _reach(reached, end, found[NEAR.index(f"{prefix}{most}")])


def _shared(field: Field, author: int, found: Floats) -> None:
    """What the person and others have in common: co-authors, events, venues, words, references, places."""
    ties, ends = field.ties, field.ends
    met, wrote = _row(ties.met, author), _row(ties.written, author)
    references, citing = (_spread(wrote, matrix) for matrix in (ties.cites, ties.cites_back))
    ways: dict[str, tuple[_Row, str]] = {
        "flow_2": (_row(ties.flow, author), "flow"),
        "common": (met, "met"),
        "adamic_adar": ((met[0], met[1] * field.weights[0][met[0]]), "met"),
        "allocation": ((met[0], met[1] * field.weights[1][met[0]]), "met"),
        "leaders": (_row(ties.leaders, author), "leaders"),
        "events": (_row(ties.events, author), "events"),
        "venues": (_row(ties.venues, author), "venues"),
        "words": (_row(field.words, author), "words"),
        "recent_words": (_row(field.recent, author), "recent_words"),
        "cites": (references, "written"),
        "cited": (citing, "written"),
        "coupling": (_spread(references, ties.cites_back), "written"),
        "places": (_row(ties.places, author), "places"),
    }
    for name, (row, end) in ways.items():
        _reach(row, ends[end], found[NEAR.index(name)])


def _columns(profiles: Matrix, pool: npt.NDArray[np.int64] | None) -> Matrix:
    return profiles if pool is None else profiles[pool]


def _places(pool: npt.NDArray[np.int64] | None, author: int) -> npt.NDArray[np.int64]:
    return np.array([author]) if pool is None else np.flatnonzero(pool == author)


def _row(matrix: Matrix, place: int) -> _Row:
    begin, end = matrix.indptr[place], matrix.indptr[place + 1]
    return matrix.indices[begin:end], matrix.data[begin:end]


def _spread(row: _Row, matrix: Matrix) -> _Row:
    if not len(row[0]):
        return row
    dense = np.zeros(matrix.shape[1], dtype=np.float32)
    _reach(row, matrix, dense)
    return _filled(dense)


def _filled(dense: Floats) -> _Row:
    columns = np.empty(len(dense) + 1, dtype=np.int32)
    columns = columns[: nonzero(dense, columns)]
    return columns, dense[columns]


def _reach(row: _Row, matrix: Matrix, out: Floats) -> None:
    """Add ``row @ matrix`` to ``out``."""
    if len(row[0]) and matrix.nnz:
        spread_row(row[0], row[1], matrix.indptr, matrix.indices, matrix.data, out)
