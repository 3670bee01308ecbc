"""People and venues by name: a small text index beside that of the papers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from search.embedded.analysis import RAW, WORDS, register
from search.embedded.opening import open_index
from search.text import prepare, words

__all__ = ["NameIndex", "NameWriter"]

_NAME, _KIND, _ROW, _WEIGHT = "name", "kind", "row", "weight"
_HEAP = 64_000_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_NAME, tokenizer_name=WORDS, index_option="basic")
    builder.add_text_field(_KIND, tokenizer_name=RAW, index_option="basic")
    builder.add_unsigned_field(_ROW, fast=True)
    builder.add_unsigned_field(_WEIGHT, fast=True)
    return builder.build()


class NameWriter:
    """Writes the index. Every printing of a name is an entry of its own, so words of two printings never mix."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        index = tantivy.Index(_schema(), path=str(folder))
        register(index)
        self._writer = index.writer(_HEAP, 1)
        self._open = True

    def add(self, kind: str, name: str, row: int, weight: int) -> None:
        """An entry: ``row`` is the caller's number for who is named so, ``weight`` orders (papers)."""
        entry = tantivy.Document()
        entry.add_text(_NAME, prepare(name))
        entry.add_text(_KIND, kind)
        entry.add_unsigned(_ROW, row)
        entry.add_unsigned(_WEIGHT, weight)
        self._writer.add_document(entry)

    def finish(self) -> None:
        """Commit and let merges end."""
        self._writer.commit()
        self._open = False
        self._writer.wait_merging_threads()

    def abort(self) -> None:
        """Stop without committing. Does nothing after :meth:`finish`."""
        if self._open:
            self._open = False
            self._writer.rollback()
            self._writer.wait_merging_threads()


class NameIndex:
    """Finds rows by name."""

    def __init__(self, folder: Path) -> None:
        self._schema, self._searcher = open_index(folder)

    def find(self, kind: str, name: str, limit: int, identify: Callable[[int], str]) -> list[tuple[int, int]]:
        """(row, weight) of those who have a name holding every word of ``name``, greatest weight first.

        The last word may be the beginning of one, and so may a single letter (an initial). ``identify`` gives the id
        of a row, which breaks ties.
        """
        typed = [token.term for token in words(name)]
        if not typed or limit <= 0:
            return []
        query = self._query(kind, typed)
        wanted = limit
        while True:
            result = self._searcher.search(query, wanted, count=False, order_by_field=_WEIGHT)
            weights = {}
            rows = self._searcher.fast_field_values(_ROW, [address for _, address in result.hits])
            for (weight, _), row in zip(result.hits, rows, strict=True):
                weights[int(row or 0)] = int(weight or 0)
            # Printings repeat people, and ties at the cut must be seen whole: read on until neither matters.
            ordered = sorted(weights.items(), key=lambda pair: -pair[1])
            if len(result.hits) < wanted or (len(ordered) > limit and ordered[limit - 1][1] > ordered[-1][1]):
                break
            wanted *= 4
        cut = ordered[limit - 1][1] if len(ordered) >= limit else 0
        candidates = [(row, weight) for row, weight in ordered if weight >= cut]
        return sorted(candidates, key=lambda pair: (-pair[1], identify(pair[0])))[:limit]

    def _query(self, kind: str, typed: list[str]) -> Query:
        clauses = [(Occur.Must, Query.term_query(self._schema, _KIND, kind))]
        for position, word in enumerate(typed):
            initial = len(word) == 1 and word.isascii() and word.isalpha()
            if position == len(typed) - 1 or initial:
                pattern = word.replace("+", "\\+").replace("#", "\\#") + ".*"
                clauses.append((Occur.Must, Query.regex_query(self._schema, _NAME, pattern)))
            else:
                clauses.append((Occur.Must, Query.term_query(self._schema, _NAME, word)))
        return Query.boolean_query(clauses)
