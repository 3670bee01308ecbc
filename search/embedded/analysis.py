"""The analysis of :mod:`search.text` in tantivy's native code, registered on an index at every open."""

from __future__ import annotations

import tantivy

from search.text import STOPWORDS

__all__ = ["ENGLISH", "RAW", "WORDS", "analyzers", "register"]

ENGLISH = "scholar_english"
"""Title and abstract: words without stopwords, stemmed."""

WORDS = "scholar_words"
"""Names, venues, affiliations and the vocabulary of whole words."""

RAW = "raw"
"""Keyword fields: the value as it is."""


def analyzers() -> dict[str, tantivy.TextAnalyzer]:
    """The analyzers by the name fields refer to them with. Both expect prepared text (:func:`search.text.prepare`)."""
    words = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
    english = (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace())
        .filter(tantivy.Filter.custom_stopword(list(STOPWORDS)))
        .filter(tantivy.Filter.stemmer("english"))
    )
    return {ENGLISH: english.build(), WORDS: words.build()}


def register(index: tantivy.Index) -> None:
    """Make the analyzers known to an index; tantivy does not store them."""
    for name, analyzer in analyzers().items():
        index.register_tokenizer(name, analyzer)
