"""Words of the vocabulary that go on as typed."""

from __future__ import annotations

from collections.abc import Sequence

from tantivy import Occur, Query

from search.embedded.retrieval import Retrieval
from search.embedded.schema import VOCABULARY

__all__ = ["going_on"]


def going_on(retrieval: Retrieval, before: Sequence[str], last: str, limit: int) -> list[tuple[str, int]]:
    """Words that begin with ``last``, and how many of the papers that hold all words of ``before`` hold them."""
    index = retrieval.generation.text
    condition = None
    if before:
        condition = Query.boolean_query(
            [(Occur.Must, Query.term_query(index.schema, VOCABULARY, word)) for word in before]
        )
    found = index.searcher.terms_with_prefix(VOCABULARY, last, condition, limit)
    return [(term, count) for term, count in found if count]
