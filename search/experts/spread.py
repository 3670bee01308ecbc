"""The numbers of expert finding: scores spread over texts that are alike, a cut, a walk to the people.

All of it works on a pool of some hundred papers, so matrices of pool size are small and everything is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ranking.corpus import Adjacency
from search.engine import Vectors
from search.people import rows_of

__all__ = ["Bylines", "above", "cut", "diffuse", "neighbour_graph", "sharpen", "standardise", "threshold", "walk"]

_PARTED = 0.85  # share of the variance that two classes explain: 0.75 where scores are spread evenly
_FEWEST_PARTED = 10

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


def standardise(scores: Floats) -> Floats:
    """``scores`` with mean 0 and standard deviation 1; all 0 when they do not differ."""
    spread = float(scores.std()) if len(scores) else 0.0
    return np.zeros(len(scores)) if spread < 1e-12 else (scores - scores.mean()) / spread


def sharpen(scores: Floats, sharpness: float) -> Floats:
    """``exp(sharpness * scores)``, standardised: what stands out weighs more, and how far the rest lies below less."""
    return standardise(np.exp(sharpness * standardise(scores)))


def neighbour_graph(vectors: Vectors, known: npt.NDArray[np.bool_], neighbours: int) -> sp.csr_array:
    """Each paper joined with its ``neighbours`` nearest, either way, weighted by cosine; rows add up to 1.

    ``vectors``: unit rows, shape (papers, dimension); a paper that is not ``known`` has no vector and is joined with
    itself alone.
    """
    count = len(vectors)
    have = np.flatnonzero(known)
    degree = min(neighbours, len(have) - 1)
    if degree < 1:
        return sp.eye_array(count, format="csr")
    rows = np.ascontiguousarray(vectors[have])
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -1.0)
    nearest = np.argpartition(cosines, len(have) - degree, axis=1)[:, len(have) - degree :]
    weights = np.maximum(np.take_along_axis(cosines, nearest, axis=1), 1e-6).astype(np.float64)
    ends = np.repeat(have, degree), have[nearest.ravel()]
    one_way = sp.csr_array((weights.ravel(), ends), shape=(count, count))
    alone = sp.csr_array((np.ones(count - len(have)), (np.flatnonzero(~known),) * 2), shape=(count, count))
    joined = (one_way + one_way.T + alone).tocsr()
    scaled: sp.csr_array = (sp.diags_array(1.0 / joined.sum(axis=1)) @ joined).tocsr()
    return scaled


def diffuse(graph: sp.csr_array, scores: Floats, share: float, steps: int) -> Floats:
    """Scores regularised over a graph of papers whose rows add up to 1: papers that are alike get scores alike.

    Each step gives a paper ``1 - share`` of its own score and ``share`` of its neighbours' mean. Diaz, Regularizing ad
    hoc retrieval scores, CIKM 2005; Zhou et al., Ranking on data manifolds, NIPS 2003 (equation 3).
    """
    spread = scores
    for _ in range(steps):
        spread = (1.0 - share) * scores + share * (graph @ spread)
    return spread


def threshold(scores: Floats) -> float:
    """Where scores fall best into two classes: the largest variance between them.

    Otsu, A threshold selection method from gray-level histograms, IEEE Trans. SMC 9(1), 1979, over the scores
    themselves. Below every score when they do not differ.
    """
    return _two_classes(scores)[0]


def cut(scores: Floats) -> float:
    """The :func:`threshold`, or that of the scores above it where these fall clearly into two classes themselves.

    Several subjects near a need make classes of their own; clear is what explains 85% of the variance.
    """
    first = threshold(scores)
    upper = scores[scores > first]
    if len(upper) < _FEWEST_PARTED:
        return first
    second, explained = _two_classes(upper)
    return second if explained >= _PARTED else first


def _two_classes(scores: Floats) -> tuple[float, float]:
    """Otsu's threshold and the share of the variance that lies between the classes (his eta)."""
    ordered = np.sort(scores)
    if len(ordered) < 2 or ordered[-1] - ordered[0] < 1e-12:
        return (float(ordered[0]) - 1.0 if len(ordered) else 0.0), 0.0
    below = np.arange(1, len(ordered))
    total = np.cumsum(ordered)
    gap = total[:-1] / below - (total[-1] - total[:-1]) / (len(ordered) - below)
    between = below * (len(ordered) - below) * gap**2 / len(ordered) ** 2
    best = int(np.argmax(between))
    return float(ordered[best] + ordered[best + 1]) / 2.0, float(between[best] / ordered.var())


def above(scores: Floats) -> Floats:
    """By how much scores exceed their :func:`cut`, 0 for those below."""
    return np.maximum(scores - cut(scores), 0.0)


@dataclass(frozen=True, slots=True)
class Bylines:
    """Who wrote the papers of a pool: link ``i`` says that paper ``paper[i]`` (its place in the pool) is by person
    ``people[author[i]]``. ``share``: 1 / number of the paper's authors; ``activity``: 1 / papers the person has in the
    pool.
    """

    people: Positions
    paper: Positions
    author: Positions
    share: Floats
    activity: Floats
    papers: int

    @classmethod
    def of(cls, authors: Adjacency, pool: Positions) -> Bylines:
        """Of the papers at positions ``pool``."""
        written_by, paper = rows_of(authors, pool.astype(np.int32))
        people, author = np.unique(written_by.astype(np.int64), return_inverse=True)
        sizes = np.bincount(paper, minlength=len(pool))
        papers_of = np.bincount(author, minlength=len(people))
        return cls(people, paper, author, 1.0 / sizes[paper], 1.0 / papers_of[author], len(pool))

    def to_people(self, mass: Floats) -> Floats:
        """Mass of papers handed to their authors, in equal parts."""
        return np.asarray(
            np.bincount(self.author, weights=mass[self.paper] * self.share, minlength=len(self.people)), np.float64
        )

    def to_papers(self, mass: Floats) -> Floats:
        """Mass of people handed to their papers in the pool, in equal parts."""
        return np.asarray(
            np.bincount(self.paper, weights=mass[self.author] * self.activity, minlength=self.papers), np.float64
        )


def walk(bylines: Bylines, weights: Floats, restart: float, steps: int) -> Floats:
    """Mass of papers after a random walk with restart between papers and their authors, shape (papers,).

    The walk restarts at papers in proportion to ``weights`` (not negative); all 0 when those are. Serdyukov, Rode,
    Hiemstra, Modeling multi-step relevance propagation for expert finding, CIKM 2008 (infinite walk), in ``steps``
    rounds of which each takes the walk to people and back.
    """
    total = float(weights.sum())
    if total <= 0.0:
        return np.zeros(len(weights))
    start = weights / total
    mass = start
    for _ in range(steps):
        mass = restart * start + (1.0 - restart) * bylines.to_papers(bylines.to_people(mass))
    return mass
