"""Which papers are looked at: those of a topic, those that match a query, or all."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from search.engine import PaperQuery
from search.interpretation import conjunction, every_word, interpret
from search.people import People
from search.plan import LARGEST_PAGE
from search.query.ast import Everything, Node
from search.request import SearchWarning

__all__ = ["Scope", "matching", "resolve_scope"]

Mask = npt.NDArray[np.bool_]

_SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Scope:
    """``papers`` marks those that are looked at, bool, shape (papers,); None for all of them.

    ``topic`` is the topic's name, ``query`` the query as it was understood ("" where there is none), ``count`` how many
    papers there are.
    """

    papers: Mask | None
    count: int
    topic: str = ""
    query: str = ""
    warnings: tuple[SearchWarning, ...] = ()

    @property
    def key(self) -> bytes:
        """The same for scopes of the same papers."""
        return (
            b"" if self.papers is None else hashlib.blake2b(np.packbits(self.papers).tobytes(), digest_size=16).digest()
        )


def resolve_scope(people: People, topic: str = "", query: str = "", filters: str = "") -> Scope:
    """The papers of ``topic`` that match ``query`` under ``filters``; blank ones limit nothing.

    ``topic`` is the name of a topic: the papers whose main topic it is. What is no topic's name is read as a query, and
    a warning says so. A paper matches a query when it has all of its plain words and meets its other conditions.

    :raises QueryError: when the query cannot be parsed (:class:`FilterError` for the filters).
    """
    scope = Scope(None, people.arrays.papers)
    if topic.strip():
        scope = _of_topic(people, topic)
    if query.strip() or filters.strip():
        found = _of_query(people, query, filters)
        assert found.papers is not None  # noqa: S101 - a query limits
        both = found.papers if scope.papers is None else found.papers & scope.papers
        warnings = (*scope.warnings, *found.warnings)
        written = " ".join(part for part in (scope.query, found.query) if part)
        scope = replace(scope, papers=both, count=int(both.sum()), query=written, warnings=warnings)
    return scope


def _of_topic(people: People, topic: str) -> Scope:
    arrays = people.arrays
    wanted = " ".join(topic.split()).casefold()
    names = list(arrays.topic_names)
    same = np.array([name.casefold() == wanted for name in names], dtype=np.bool_)
    if same.any() and arrays.corpus.fields is not None:
        papers: Mask = np.append(same, False)[arrays.corpus.fields]
        return Scope(papers, int(papers.sum()), topic=names[int(same.argmax())])
    near = difflib.get_close_matches(wanted, [name.casefold() for name in names], n=_SUGGESTED, cutoff=0.75)
    shown = [next(name for name in names if name.casefold() == one) for one in near]
    hint = f"; topics with a similar name: {', '.join(shown)}" if shown else ""
    message = f"no topic is called {topic[:60]!r}; papers that match it as a query were counted{hint}"
    found = _of_query(people, topic, "")
    return replace(found, warnings=(SearchWarning("topic-as-query", message), *found.warnings))


def _of_query(people: People, query: str, filters: str) -> Scope:
    asked = interpret(query, filters, people.engine)
    narrow = every_word(asked) or asked
    papers = matching(people, conjunction(narrow.query, narrow.where) or Everything())
    return Scope(papers, int(papers.sum()), query=asked.written, warnings=asked.warnings)


def matching(people: People, where: Node) -> Mask:
    """Every paper that meets ``where``, bool, shape (papers,)."""
    engine, arrays = people.engine, people.arrays
    marks = np.zeros(arrays.papers, dtype=np.bool_)
    if isinstance(where, Everything):
        marks[:] = True
    elif engine.count(where) <= LARGEST_PAGE:
        marks[engine.pool(Everything(), LARGEST_PAGE, where).positions] = True
    else:
        wanted: set[str] = set()
        request = PaperQuery(Everything(), where, limit=LARGEST_PAGE, documents=False)
        while True:
            page = engine.search(request)
            wanted.update(hit.id for hit in page.hits)
            if page.next is None:
                break
            request = replace(request, after=page.next)
        marks = np.fromiter((paper in wanted for paper in arrays.paper_ids), dtype=np.bool_, count=arrays.papers)
    return marks
