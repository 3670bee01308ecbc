"""What several metrics need, computed once a corpus and kept with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, TypeVar, cast

import numpy as np

from ranking import kernels
from ranking.corpus import Adjacency, Corpus

__all__ = [
    "authored",
    "cited_by",
    "inherit",
    "institution_papers",
    "kept",
    "paper_institutions",
    "paper_venues",
    "simple_citations",
    "unkept",
    "venue_papers",
]

F = TypeVar("F", bound=Callable[..., Any])

_NOTHING = object()


def kept(function: F) -> F:
    """``function(corpus, **parameters)`` computed once for every corpus and set of (hashable) parameters.

    The result lives as long as the corpus, or until :meth:`~ranking.corpus.Corpus.forget`. Nobody may change it.
    """
    name = _name(function)
    defaults = {
        parameter.name: parameter.default
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind == inspect.Parameter.KEYWORD_ONLY
    }

    @wraps(function)
    def lookup(corpus: Corpus, **parameters: Hashable) -> Any:
        key = (name, tuple({**defaults, **parameters}.items()))
        found = corpus.kept.get(key, _NOTHING)
        if found is _NOTHING:
            found = corpus.kept[key] = function(corpus, **parameters)
        return found

    return cast(F, lookup)


def inherit(function: Callable[..., Any], corpus: Corpus, value: Any) -> None:
    """Make ``value`` what ``function``, made by :func:`kept` and without parameters, says of ``corpus``."""
    corpus.kept[_name(inspect.unwrap(function)), ()] = value


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def unkept(function: F) -> F:
    """The function under one made by :func:`kept`: it computes anew every time."""
    return cast(F, inspect.unwrap(function))


@kept
def cited_by(corpus: Corpus) -> Adjacency:
    """Paper -> papers that cite it."""
    return corpus.citations.transposed()


@kept
def authored(corpus: Corpus) -> Adjacency:
    """Author -> papers."""
    return corpus.authors.transposed()


@kept
def paper_venues(corpus: Corpus) -> Adjacency:
    """Paper -> its venue (one or none)."""
    known = corpus.venues >= 0
    offsets = np.zeros(corpus.papers + 1, dtype=np.int64)
    np.cumsum(known, out=offsets[1:])
    return Adjacency(offsets, corpus.venues[known], corpus.n_venues)


@kept
def venue_papers(corpus: Corpus) -> Adjacency:
    """Venue -> papers."""
    return paper_venues(corpus).transposed()


def paper_institutions(corpus: Corpus) -> Adjacency:
    """Paper -> institutions; no links when the corpus has none."""
    return Adjacency.empty(corpus.papers, 0) if corpus.institutions is None else corpus.institutions


@kept
def institution_papers(corpus: Corpus) -> Adjacency:
    """Institution -> papers."""
    return paper_institutions(corpus).transposed()


@kept
def simple_citations(corpus: Corpus) -> Adjacency:
    """The citations without the second of two mutual ones, so that no pair of papers is linked twice."""
    links, back = corpus.citations, cited_by(corpus)
    again = kernels.csr.mutual(links.offsets, links.indices, back.offsets, back.indices).view(np.bool_)
    return links.keep(~again) if again.any() else links
