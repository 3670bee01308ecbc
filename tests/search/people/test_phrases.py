"""The index of short texts and the search for misspellings, against looking at every text and every word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.people.phrases import PhraseIndex, PhraseMaker
from search.people.strings import StringList
from search.people.typos import Misspellings, allowed_typos

_WORDS = st.sampled_from(("a", "ab", "abc", "b", "ba", "c", "李", "\U0010ffff"))
_TEXTS = st.lists(st.tuples(st.integers(0, 3), st.lists(_WORDS, max_size=4)), max_size=8)


def _made(texts: list[tuple[int, list[str]]]) -> PhraseIndex:
    maker = PhraseMaker()
    for owner, words in sorted(texts, key=lambda text: text[0]):
        maker.add(owner, words)
    return maker.make()


@given(_TEXTS, st.lists(_WORDS, min_size=1, max_size=3), st.booleans())
def test_texts_that_hold_every_word(texts: list[tuple[int, list[str]]], typed: list[str], begun: bool) -> None:
    index = _made(texts)
    readings = [index.exactly(word) for word in typed]
    if begun:
        readings[-1] = index.beginning(typed[-1])
    expected: dict[int, float] = {}
    for owner, words in texts:
        fits = [
            max((_fit(word, held, begun and i == len(typed) - 1) for held in words), default=0.0)
            for i, word in enumerate(typed)
        ]
        if all(fits):
            fit = sum(fits) / len(fits) * (0.75 + 0.25 * min(1.0, len(typed) / len(words)))
            expected[owner] = max(fit, expected.get(owner, 0.0))
    found = index.every(readings)
    assert found.owners.tolist() == sorted(expected)
    np.testing.assert_allclose(found.fits, [expected[owner] for owner in sorted(expected)])


def _fit(typed: str, held: str, begun: bool) -> float:
    if begun and held.startswith(typed):
        return 0.5 + 0.5 * len(typed.encode()) / len(held.encode())
    return float(typed == held)


@given(_TEXTS, st.lists(_WORDS, min_size=1, max_size=3), st.booleans())
def test_few_among_many(texts: list[tuple[int, list[str]]], typed: list[str], begun: bool) -> None:
    crowd = [(9, ["zz"])] * 400
    few, many = _made(texts), _made([*texts, *crowd])
    found, expected = ([i.exactly(w) for w in typed[:-1]] for i in (many, few))
    for index, readings in ((many, found), (few, expected)):
        readings.append(index.beginning(typed[-1]) if begun else index.exactly(typed[-1]))
    one, other = many.every(found), few.every(expected)
    assert one.owners.tolist() == other.owners.tolist()
    np.testing.assert_allclose(one.fits, other.fits)


@given(_TEXTS)
def test_an_index_survives_packing(texts: list[tuple[int, list[str]]]) -> None:
    index = _made(texts)
    again = PhraseIndex.unpack("x", index.pack("x"))
    assert list(again.vocabulary) == list(index.vocabulary)
    for name in ("sizes", "owners"):
        np.testing.assert_array_equal(getattr(again, name), getattr(index, name))
    np.testing.assert_array_equal(again.texts.indices, index.texts.indices)


def test_other_words_find_a_text_but_are_not_its_length() -> None:
    maker = PhraseMaker()
    maker.add(0, ["wei", "ming", "wang"], ["weiming"])
    index = maker.make()
    assert index.every([index.exactly("weiming"), index.exactly("wang")]).fits.tolist() == pytest.approx(
        [0.75 + 0.5 / 3]
    )


def test_nothing_typed_finds_nobody() -> None:
    assert len(_made([(0, ["a"])]).every([]).owners) == 0


def _distance(a: str, b: str) -> int:
    """Optimal string alignment, by its recursion."""
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            steps = [table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1])]
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                steps.append(table[i - 2, j - 2] + 1)
            table[i, j] = min(steps)
    return table[len(a), len(b)]


_TYPED = st.text(st.sampled_from("abcö李"), min_size=1, max_size=10)


@given(st.sets(_TYPED, max_size=12), _TYPED)
def test_misspellings(vocabulary: set[str], typed: str) -> None:
    ordered = sorted(vocabulary)
    positions, errors = Misspellings(StringList.of(ordered)).of(typed)
    most = allowed_typos(typed)
    expected = {i: _distance(typed, word) for i, word in enumerate(ordered)}
    expected = {i: d for i, d in expected.items() if 0 < d <= most and len(ordered[i]) >= 3}
    assert dict(zip(positions.tolist(), errors.tolist(), strict=True)) == expected
    assert positions.tolist() == sorted(expected)


@pytest.mark.parametrize(
    ("typed", "held", "found"),
    [
        ("manning", "maning", True),
        ("manning", "amnning", True),
        ("mannign", "manning", True),
        ("mannnning", "manning", True),
        ("mnanign", "manning", False),
        ("chirstopehr", "christopher", True),
        ("lee", "lea", False),
        ("x" * 30, "x" * 24, False),
        ("x" * 25, "x" * 24, True),
    ],
)
def test_what_counts_as_a_typing_error(typed: str, held: str, found: bool) -> None:
    assert bool(len(Misspellings(StringList.of([held])).of(typed)[0])) is found


@given(st.sets(st.text(max_size=5), max_size=8), st.text(max_size=5))
def test_bisection_and_finding(strings: set[str], wanted: str) -> None:
    ordered = sorted(strings)
    assert StringList.of(ordered).bisect(wanted) == sum(one < wanted for one in ordered)
    assert StringList.of(ordered).find(wanted) == (ordered.index(wanted) if wanted in strings else None)
