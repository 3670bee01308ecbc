"""Nearest neighbours: the server's graph finds candidates in 8 bits, and their full vectors give the cosines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from records.errors import EngineError
from search.elasticsearch.opened import Answer, OpenGeneration
from search.elasticsearch.schema import ORD, VECTOR, keyword_field
from search.elasticsearch.translate import Clause
from search.engine import Pool, Vectors
from search.query.ast import KeywordField

__all__ = ["MOST_NEIGHBOURS", "neighbours_body", "neighbours_pool", "with_ids"]

MOST_NEIGHBOURS = 10_000
"""The server keeps no more candidates than these (its own limit)."""

_OVERSAMPLE = 4.0  # candidates whose full vectors are compared, for each neighbour asked for
_SPARE = 1_500  # of them beside those asked for, at most: eight bits displace nobody by more ranks than these
_FEWEST = 64
_SEARCHED = 400  # candidates kept while the graph is walked, at least
_SEARCHED_UNDER_FILTER = 1_000
"""A condition that no more papers of a segment meet is scanned, not walked: so narrow filters lose no neighbour."""
_A_ROOT = 7.0
"""Candidates for the square root of the number of papers: a larger graph loses more on the way. Of 500,000 vectors near
those of texts, 400 candidates find .78 of the ten nearest and 4,800 .95, in twice the time.
"""


def neighbours_body(generation: OpenGeneration, vector: Vectors, k: int, condition: Clause | None) -> Answer | None:
    """The request for the ``k`` papers nearest to ``vector`` (with their ids' terms), None where there are none.

    :raises EngineError: when the vector is not of the generation's dimension, or too many neighbours are wanted.
    """
    if k < 0:
        raise EngineError(f"the number of neighbours must not be negative, not {k}")
    if not generation.info.vectors:
        return None
    dimension = generation.info.dimension
    given = np.asarray(vector, dtype=np.float32)
    if given.shape != (dimension,) or not bool(np.isfinite(given).all()):
        raise EngineError(f"a query vector has {dimension} finite components here, not shape {given.shape}")
    if k > MOST_NEIGHBOURS:
        raise EngineError(f"this engine finds at most {MOST_NEIGHBOURS} neighbours, not {k}; narrow the search")
    length = float(np.linalg.norm(given))
    if length == 0.0 or k == 0:
        return None
    return _body(given / np.float32(length), k, condition, _walked(generation.info.vectors, condition))


def with_ids(body: Answer) -> dict[str, Any]:
    """The same request, whose hits come with the terms of their ids."""
    return {**body, "docvalue_fields": [keyword_field(KeywordField.ID)]}


def neighbours_pool(answer: Answer | None, k: int) -> Pool:
    """The neighbours in an answer, best first, ties by position; ``None`` has none."""
    hits = [] if answer is None else answer["hits"]["hits"][:k]
    return Pool(
        np.array([hit["sort"][-1] for hit in hits], dtype=np.int64),
        # The server tells (1 + cosine) / 2, which is never negative.
        np.array([2.0 * hit["_score"] - 1.0 for hit in hits], dtype=np.float32),
    )


def _walked(vectors: int, condition: Clause | None) -> int:
    """Candidates to keep at least, in a generation of so many vectors."""
    least = _SEARCHED if condition is None else _SEARCHED_UNDER_FILTER
    return min(max(least, round(_A_ROOT * math.sqrt(vectors))), MOST_NEIGHBOURS)


def _body(unit: Vectors, k: int, condition: Clause | None, walked: int) -> dict[str, Any]:
    wanted = min(k + _FEWEST, MOST_NEIGHBOURS)  # some more, so that ties at the cut are seen whole and go by position
    compared = min(_OVERSAMPLE * wanted, wanted + _SPARE, MOST_NEIGHBOURS)
    candidates = max(walked, round(compared))
    knn: dict[str, Any] = {
        "field": VECTOR,
        "query_vector": unit.tolist(),
        "k": wanted,
        "num_candidates": candidates,
        "rescore_vector": {"oversample": compared / wanted},
    }
    if condition is not None:
        knn["filter"] = condition
    return {
        "query": {"knn": knn},
        "size": wanted,
        "sort": [{"_score": "desc"}, {ORD: "asc"}],
        "track_total_hits": False,
        "_source": False,
        "stored_fields": "_none_",
    }
