"""The text index: its fields, and how a paper becomes a tantivy document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import tantivy

from search.document import keyword_term, keyword_values, number_values, sort_date, text_values
from search.embedded.analysis import ENGLISH, RAW, WORDS
from search.embedded.opening import open_index
from search.engine import KEYWORD_FACETS, PaperDocument
from search.query.ast import KeywordField, NumberField, TextField
from search.text import prepare

__all__ = ["DATE", "ORD", "VOCABULARY", "Scored", "TextIndex", "build", "document", "keyword_field", "number_fields"]

ORD = "ord"
"""The paper's position in ascending order of id: unique, and the row of every column and table."""

DATE = "date"
"""See :func:`search.document.sort_date`."""

VOCABULARY = "words"
"""Whole words (not stemmed) of title and abstract: what a prefix stands for, and what is suggested."""

_TEXT_OPTIONS = {
    TextField.TEXT: (ENGLISH, "freq"),  # phrases are looked up in title and abstract, so no positions here
    TextField.TITLE: (ENGLISH, "position"),
    TextField.ABSTRACT: (ENGLISH, "position"),
    TextField.AUTHOR: (WORDS, "position"),
    TextField.VENUE: (WORDS, "position"),
    TextField.AFFILIATION: (WORDS, "position"),
}


Scored: TypeAlias = tuple[float, tantivy.DocAddress]


class _Counted(Protocol):
    """What tantivy's type stubs leave out of a search result."""

    count: int


@dataclass(frozen=True, slots=True)
class TextIndex:
    """An open text index. ``numbers``: see :func:`number_fields`."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher
    numbers: Mapping[str, str]

    @classmethod
    def open(cls, path: Path, metrics: Sequence[str]) -> TextIndex:
        """Open the index in a folder.

        :raises ValueError: when it cannot be read.
        """
        schema, searcher = open_index(path)
        return cls(schema, searcher, number_fields(metrics))

    def top(self, query: tantivy.Query, limit: int, offset: int = 0) -> tuple[list[Scored], int]:
        """Hits by score from ``offset`` on (ties by place in the index), and how many match in all."""
        result = self.searcher.search(query, limit, offset=offset)
        return result.hits, cast(_Counted, result).count

    def count(self, query: tantivy.Query) -> int:
        """How many papers match."""
        return self.top(query, 1)[1]


def keyword_field(field: KeywordField) -> str:
    """The index field of exact values (a dot would be read as a path into JSON)."""
    return "k_" + field.value.replace(".", "_")


def number_fields(metrics: Sequence[str]) -> dict[str, str]:
    """Index fields of numbers by the name queries use; metric names need not be valid field names."""
    names = dict.fromkeys((*(field.value for field in NumberField), *metrics))
    return {name: f"n_{position}" for position, name in enumerate(names)}


def build(metrics: Sequence[str]) -> tantivy.Schema:
    """The schema of a generation with these metrics."""
    builder = tantivy.SchemaBuilder()
    for text_field, (analyzer, option) in _TEXT_OPTIONS.items():
        builder.add_text_field(text_field.value, tokenizer_name=analyzer, index_option=option)
    builder.add_text_field(VOCABULARY, tokenizer_name=WORDS, index_option="basic")
    for keyword in KeywordField:
        if keyword is not KeywordField.CITED_BY:
            builder.add_text_field(
                keyword_field(keyword), tokenizer_name=RAW, index_option="basic", fast=keyword in KEYWORD_FACETS
            )
    for name in number_fields(metrics).values():
        builder.add_float_field(name, indexed=False, fast=True)
    builder.add_integer_field(DATE, fast=True)
    builder.add_unsigned_field(ORD, fast=True, indexed=True)
    return builder.build()


def document(source: PaperDocument, position: int, numbers: Mapping[str, str]) -> tantivy.Document:
    """The tantivy document of the paper at ``position``; ``numbers`` as of :func:`number_fields`."""
    made = tantivy.Document()
    made.add_unsigned(ORD, position)
    done: dict[str, str] = {}  # title and abstract are in several fields
    for text_field, texts in text_values(source.paper).items():
        for text in texts:
            if text not in done:
                done[text] = prepare(text)
            prepared = done[text]
            made.add_text(text_field.value, prepared)
            if text_field is TextField.TEXT:
                made.add_text(VOCABULARY, prepared)
    for keyword, values in keyword_values(source.paper).items():
        name = keyword_field(keyword)
        for value in values:
            made.add_text(name, keyword_term(value))
    for number, amount in number_values(source, numbers).items():
        made.add_float(numbers[number], amount)
    date = sort_date(source.paper)
    if date is not None:
        made.add_integer(DATE, date)
    return made
