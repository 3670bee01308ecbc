"""The papers of a collection as matrices: who is on the byline, which words, which venue, which references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import Stemmer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from indexer.identity.disambiguation.matrices import Floats, Sparse, counts, idf, incidence, tf_idf, weighted
from indexer.identity.disambiguation.mentions import IntArray, MentionPaper
from indexer.identity.disambiguation.writings import read_name
from records.text import fold_tokens

__all__ = ["Bylines", "Collection", "read_collection"]

_DIMENSIONS = 96
_SVD_SAMPLE = 20_000
"""Papers from which the space of meanings is made."""
_TITLE_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Bylines:
    """Names on papers. ``names`` is (papers, full names) of 0 and 1, ``loose`` the same of initial and family name."""

    names: Sparse
    loose: Sparse
    full_keys: tuple[str, ...]
    loose_keys: dict[str, int]
    loose_of: IntArray
    """The loose name (a column of ``loose``) of each full name."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What the papers say, one row a paper; nothing here knows of mentions."""

    size: int
    bylines: Bylines
    words: Sparse
    """Title (twice), abstract and keywords, TF-IDF in rows of unit length."""
    meaning: Floats
    """The words in the space of their first singular vectors (latent semantic analysis), rows of unit length."""
    venue_words: Sparse
    venue: IntArray
    """Equal numbers are equal venues."""
    venue_rarity: Floats
    """log(papers / papers of the venue); 0 where no venue is known."""
    year: Floats
    """NaN where unknown."""
    cited: Sparse
    """References and the paper itself, weighted by the root of their rarity: what two rows share is a sum of rarities.

    A shared column is a reference in common, or that one paper cites the other.
    """
    has_references: npt.NDArray[np.bool_]


def read_collection(papers: Sequence[MentionPaper]) -> Collection:
    """Make the matrices. Deterministic: sampling and the decomposition have fixed seeds."""
    words = tf_idf(_words(paper) for paper in papers)
    venues = [" ".join(fold_tokens(paper.venue)) for paper in papers]
    _, venue, size = np.unique(venues, return_inverse=True, return_counts=True)
    rarity = np.log(max(len(papers), 1) / size)[venue] * np.array([bool(name) for name in venues])
    cited, _ = incidence([*dict.fromkeys((paper.id, *paper.references))] for paper in papers)
    return Collection(
        size=len(papers),
        bylines=_bylines(papers),
        words=words,
        meaning=_meaning(words),
        venue_words=tf_idf(name.split() for name in venues),
        venue=venue.astype(np.int64),
        venue_rarity=rarity.astype(np.float32),
        year=np.array([np.nan if paper.year is None else paper.year for paper in papers], np.float32),
        cited=weighted(cited, np.sqrt(idf(cited)) * (counts(cited) > 1)),
        has_references=np.array([bool(paper.references) for paper in papers]),
    )


def _words(paper: MentionPaper) -> list[str]:
    stemmer = Stemmer.Stemmer("english")
    title = _plain_words(paper.title)
    rest = _plain_words(f"{paper.abstract} {' '.join(paper.keywords)}")
    found: list[str] = stemmer.stemWords(title * _TITLE_WEIGHT + rest)
    return found


def _plain_words(text: str) -> list[str]:
    return [word for word in fold_tokens(text) if len(word) > 1 and word not in ENGLISH_STOP_WORDS]


def _bylines(papers: Sequence[MentionPaper]) -> Bylines:
    read = [[read_name(name) for name in paper.authors] for paper in papers]
    names, full = incidence([*dict.fromkeys(name.full for name in row)] for row in read)
    loose, short = incidence([*dict.fromkeys(name.loose for name in row)] for row in read)
    loose_of = {name.full: name.loose for row in read for name in row}
    keys = tuple(str(key) for key in full)
    return Bylines(
        names=names,
        loose=loose,
        full_keys=keys,
        loose_keys={str(key): at for key, at in short.items()},
        loose_of=np.array([short[loose_of[key]] for key in keys] or [0], np.int64),
    )


def _meaning(words: Sparse) -> Floats:
    dimensions = min(_DIMENSIONS, min(words.shape) - 1)
    if dimensions < 2:
        return np.zeros((words.shape[0], 1), np.float32)
    sample: Sparse = words
    if words.shape[0] > _SVD_SAMPLE:
        rows = np.random.default_rng(0).choice(words.shape[0], _SVD_SAMPLE, replace=False)
        sample = sp.csr_array(words[np.sort(rows)])
    svd = TruncatedSVD(dimensions, random_state=0, n_iter=3).fit(sample)
    found = np.asarray(words @ svd.components_.T.astype(np.float32), dtype=np.float32)
    length = np.linalg.norm(found, axis=1, keepdims=True)
    unit: Floats = np.divide(found, length, out=np.zeros_like(found), where=length > 0)
    return unit
