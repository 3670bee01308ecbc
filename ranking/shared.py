"""What several metrics need, computed once a corpus and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar, cast

from ranking.corpus import Adjacency, Corpus

__all__ = ["authored", "cited_by", "kept"]

F = TypeVar("F", bound=Callable[..., Any])


def kept(function: F) -> F:
    """``function(corpus, **parameters)`` computed once for every corpus and set of (hashable) parameters.

    The result lives as long as the corpus, or until :meth:`~ranking.corpus.Corpus.forget`. Nobody may change it.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def lookup(corpus: Corpus, **parameters: Hashable) -> Any:
        key = (name, tuple(sorted(parameters.items())))
        if key not in corpus.kept:
            corpus.kept[key] = function(corpus, **parameters)
        return corpus.kept[key]

    return cast(F, lookup)


@kept
def cited_by(corpus: Corpus) -> Adjacency:
    """Paper -> papers that cite it."""
    return corpus.citations.transposed()


@kept
def authored(corpus: Corpus) -> Adjacency:
    """Author -> papers."""
    return corpus.authors.transposed()
