"""Cleaning and folding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import RecordError
from records.text import check_text, clean_text, fold, fold_tokens


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("  two \n\t words ", "two words"),
        ("form\x0cfeed\x1band\x85next", "form feed and next"),
        ("soft\u00adhyphen \ufeffmark", "softhyphen mark"),
        ("\u202eoverride\u202c", "override"),
        ("e\u0301", "\u00e9"),
        ("\u0646\u0645\u06cc\u200c\u062e", "\u0646\u0645\u06cc\u200c\u062e"),
        ("a\u00a0b\u3000c", "a b c"),
    ],
)
def test_clean_text(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


@given(st.text())
def test_clean_text_is_idempotent_and_normal(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert unicodedata.is_normalized("NFC", clean)
    assert clean == " ".join(clean.split())


@given(st.text())
def test_folding_gives_lower_case_ascii(text: str) -> None:
    assert fold(text).isascii()
    assert fold(text) == fold(text).lower()
    for token in fold_tokens(text):
        assert token.isalnum()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\x00b", "null character at offset 1"),
        ("ab\ud800", r"lone surrogate U\+D800 at offset 2"),
        ("é\x00", "null character at offset 1"),
        ("x" * 11, "too long: 11 code points, at most 10"),
    ],
)
def test_check_text_refuses(text: str, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        check_text("the title", text, 10)


def test_check_text_takes_text() -> None:
    check_text("the title", "déjà vu 丁", 10)
