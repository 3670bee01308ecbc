"""Terms read from a stream of texts, against counting them by hand and a second library."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from records.text import fold_tokens
from search.collaborators import reading
from search.collaborators.profiles import texts_of
from search.collaborators.reading import Limits, TextReader, words_in

_WORDS = ("parsing", "speech", "the", "Übersetzung", "l'état", "x", "graph_based", "丁佳", "2nd", "…", "tree")
_TEXTS = st.lists(st.lists(st.sampled_from(_WORDS), max_size=9).map(" ".join), max_size=12)


def _terms(text: str) -> list[str]:
    words = words_in(text)
    return [*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))]


def _read(texts: list[str], weightiest: int = 30, limits: Limits | None = None) -> tuple[np.ndarray, list[str]]:
    reader = TextReader(limits)
    for text in texts:
        reader.add(text)
    matrix, terms, _ = reader.finish(weightiest)
    return matrix.toarray(), terms


@given(_TEXTS, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_a_stream_counts_as_a_library_does(texts: list[str], batch: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "_BATCH", batch)
        dense, terms = _read(texts, weightiest=1000)
    held = Counter(itertools.chain.from_iterable(set(_terms(text)) for text in texts))
    assert terms == sorted(term for term, count in held.items() if count >= min(2, len(texts)))
    assert dense.shape == (len(texts), len(terms))
    if terms:
        library = TfidfVectorizer(analyzer=_terms, vocabulary=terms, sublinear_tf=True, norm=None)
        np.testing.assert_allclose(dense, library.fit_transform(texts).toarray(), rtol=1e-5)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40))
@settings(max_examples=200, deadline=None)
def test_words_are_those_of_folded_text(text: str) -> None:
    wanted = [word for word in fold_tokens(text) if len(word) > 1 and word not in reading._PASSED_OVER]
    assert words_in(text) == wanted


def test_only_the_weightiest_terms_of_a_paper_stay() -> None:
    texts = ["alpha beta gamma", "alpha beta", "alpha gamma", "alpha"]
    dense, terms = _read(texts, weightiest=2)
    assert terms == ["alpha", "alpha beta", "beta", "gamma"]
    assert (dense > 0).sum(axis=1).tolist() == [2, 2, 2, 1]
    assert dense[0, terms.index("alpha")] == 0  # everybody has it
    rarest = math.log(5 / 3) + 1
    assert dense[0].max() == pytest.approx(rarest)


def test_what_is_counted_is_bounded_and_the_frequent_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BATCH", 10)
    texts = [f"dependency parsing once{number} only{number}" for number in range(200)]
    reader = TextReader(Limits(terms=50, words=40, pairs=60))
    for text in texts:
        reader.add(text)
        assert len(reader._words) <= 40 + 20
        assert len(reader._pairs) <= 60
    matrix, terms, rarity = reader.finish(30)
    assert terms == ["dependency", "dependency parsing", "parsing"]
    assert matrix.shape == (200, 3)
    assert matrix.nnz == 600
    np.testing.assert_allclose(rarity, 1.0)


def test_terms_beyond_the_limit_are_the_rarest() -> None:
    texts = ["parsing trees"] * 3 + ["parsing"] * 2 + ["speech"] * 2
    _, terms = _read(texts, limits=Limits(terms=3))
    assert terms == ["parsing", "parsing trees", "trees"]


def test_no_texts_and_texts_without_words() -> None:
    assert texts_of([]).matrix.shape == (0, 0)
    assert texts_of(["", "the of"]).matrix.shape == (2, 0)
