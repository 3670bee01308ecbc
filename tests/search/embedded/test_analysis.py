"""The engine's native analysis must equal the one stated in Python."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.embedded.analysis import ENGLISH, WORDS, analyzers
from search.text import analyze, prepare, words

SAMPLES = (
    "Graph neural networks for the analysis of running, ran and runners' data",
    "Müller, Łukasz and Đặng: naïve ﬁnds in the Straße",
    "e\u0301te\u0301 n\u0303 decomposed",
    "ΟΔΟΣ ὁδός Иванов ёлка йод",
    "深度学习 ｶﾞ ガ が ｶﾀｶﾅ 한글 \u1112\u1161\u11ab",
    "C++ C# F# c++11 g++ R&D x#y 3#",
    "x² ½ 𝐀 ℃ Ⅳ ①",
    "İstanbul ı Ǆ ʻokina don’t",
    "हिन्दी ไทย مَدرسة",
    "y" * 200 + " tail",
    "the of and",
    "",
    "\x00\u200b\ufeff a\u00adb",
)


@pytest.mark.parametrize("text", SAMPLES)
@pytest.mark.parametrize("name", [ENGLISH, WORDS])
def test_samples(text: str, name: str) -> None:
    expected = [token.term for token in analyze(text, english=name == ENGLISH)]
    assert analyzers()[name].analyze(prepare(text)) == expected


@pytest.mark.parametrize("text", SAMPLES)
def test_positions(text: str) -> None:
    native = analyzers()[WORDS].pre_tokenize(prepare(text)).tokens
    assert [(t.text, t.position) for t in native] == [(t.term, t.position) for t in words(text)]
    english = analyzers()[ENGLISH].pre_tokenize(prepare(text)).tokens
    assert [(t.text, t.position) for t in english] == [(t.term, t.position) for t in analyze(text)]


def test_every_letter_mark_and_number() -> None:
    """No assigned character is analysed differently, alone or inside a word (in slices, to keep it quick)."""
    native = analyzers()[ENGLISH]
    assigned = [chr(c) for c in range(0x20000) if unicodedata.category(chr(c)) not in ("Cn", "Cs")]
    wrong = []
    for start in range(0, len(assigned), 64):
        text = " ".join(f"q{c}q {c}" for c in assigned[start : start + 64])
        if native.analyze(prepare(text)) != [token.term for token in analyze(text)]:
            wrong.append(start)
    assert not wrong


_ANY = st.text(st.characters(exclude_categories=("Cs", "Cn")))


@given(_ANY)
def test_any_text(text: str) -> None:
    assert analyzers()[ENGLISH].analyze(prepare(text)) == [token.term for token in analyze(text)]


@given(
    st.lists(
        st.sampled_from(
            ["generalisations", "organized", "dying", "ties", "skies", "news", "inning", "relational", "hopping"]
        )
    )
)
def test_english_words(parts: list[str]) -> None:
    text = " ".join(parts)
    assert analyzers()[ENGLISH].analyze(prepare(text)) == [token.term for token in analyze(text)]
