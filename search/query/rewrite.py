"""Queries rewritten with what only an engine knows: ids that moved, ids of other schemes, what a paper cites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from records.ids import ExternalId
from search.engine import Engine, PaperQuery
from search.plan import ENGLISH_FIELDS
from search.query.ast import And, Keyword, KeywordField, Match, Node, Not, Or

__all__ = ["Resolved", "expand", "is_constraint", "resolve_ids", "texts", "transform", "walk"]

_PAPER_FIELDS = frozenset((KeywordField.ID, KeywordField.REFERENCE, KeywordField.CITED_BY))
_SHOWN = 3


def walk(node: Node, *, positive: bool = False) -> Iterator[Node]:
    """Every node, parents first; with ``positive`` none that stands under a NOT."""
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        yield current
        if isinstance(current, (And, Or)):
            pending.extend(reversed(current.children))
        elif isinstance(current, Not) and not positive:
            pending.append(current.child)


def transform(node: Node, change: Callable[[Node], Node]) -> Node:
    """``node`` with every leaf replaced by ``change(leaf)``."""
    if isinstance(node, (And, Or)):
        return replace(node, children=tuple(transform(child, change) for child in node.children))
    if isinstance(node, Not):
        return replace(node, child=transform(node.child, change))
    return change(node)


@dataclass(slots=True)
class Resolved:
    """A query whose ids are live, and what was asked for that is nothing: (kind, id) pairs."""

    node: Node
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def message(self) -> str:
        """What to tell people about the unknown ids."""
        shown = ", ".join(f"{kind} {identifier!r}" for kind, identifier in self.unknown[:_SHOWN])
        more = len(self.unknown) - _SHOWN
        return f"there is no {shown}" + (f" (and {more} more unknown)" if more > 0 else "")


def resolve_ids(node: Node, engine: Engine) -> Resolved:
    """Replace merged ids by live ones and ids of other schemes (``cites:doi:10.1000/1``) by ours.

    An id that is nothing stays, so that it matches nothing.
    """
    resolved = Resolved(node)

    def change(leaf: Node) -> Node:
        if not isinstance(leaf, Keyword):
            return leaf
        if leaf.field in _PAPER_FIELDS:
            return _with_live_papers(leaf, engine, resolved.unknown)
        if leaf.field is KeywordField.AUTHOR_ID:
            return _with_live_authors(leaf, engine, resolved.unknown)
        if leaf.field is KeywordField.EXTERNAL_ID and engine.count(_with_equivalents(leaf)) == 0:
            resolved.unknown.extend(("paper", value) for value in leaf.values)
        return leaf

    resolved.node = transform(node, change)
    return resolved


def expand(node: Node, engine: Engine) -> Node:
    """What engines are asked instead of ``node`` (with live ids): ``citedby:X`` becomes the ids of the papers that X
    refers to, and an external id is joined by those that name the same thing (an arXiv id and its DOI).
    """

    def change(leaf: Node) -> Node:
        if isinstance(leaf, Keyword) and leaf.field is KeywordField.EXTERNAL_ID:
            return _with_equivalents(leaf)
        if not isinstance(leaf, Keyword) or leaf.field is not KeywordField.CITED_BY:
            return leaf
        papers = [document.paper for document in engine.papers(leaf.values) if document is not None]
        cited = dict.fromkeys(reference for paper in papers for reference in paper.references)
        return Keyword(KeywordField.ID, tuple(cited), leaf.span)

    return transform(node, change)


def _with_live_papers(node: Keyword, engine: Engine, unknown: list[tuple[str, str]]) -> Keyword:
    live = _live_ids(engine, node.values)
    values = []
    for value in node.values:
        found = value if value in live else engine.resolve("paper", value) or _by_external_id(engine, value)
        if found is None:
            unknown.append(("paper", value))
        values.append(found or value)
    return replace(node, values=tuple(dict.fromkeys(values)))


def _live_ids(engine: Engine, ids: Sequence[str]) -> set[str]:
    """Which of ``ids`` are papers, in one call however many they are."""
    found: set[str] = set()
    for start in range(0, len(ids), 1000):
        batch = tuple(ids[start : start + 1000])
        query = PaperQuery(Keyword(KeywordField.ID, batch), limit=len(batch), documents=False)
        found.update(hit.id for hit in engine.search(query).hits)
    return found


def _by_external_id(engine: Engine, value: str) -> str | None:
    identifier = ExternalId.try_parse(value)
    if identifier is None:
        return None
    names = (str(identifier), *map(str, identifier.equivalents()))
    hits = engine.search(PaperQuery(Keyword(KeywordField.EXTERNAL_ID, names), limit=1, documents=False)).hits
    return hits[0].id if hits else None


def _with_live_authors(node: Keyword, engine: Engine, unknown: list[tuple[str, str]]) -> Keyword:
    values = []
    for value in node.values:
        found = engine.resolve("author", value)
        if found is None:
            unknown.append(("author", value))
        values.append(found or value)
    return replace(node, values=tuple(dict.fromkeys(values)))


def _with_equivalents(node: Keyword) -> Keyword:
    values: list[str] = []
    for value in node.values:
        identifier = ExternalId.try_parse(value)
        values.extend((value, *map(str, identifier.equivalents())) if identifier else (value,))
    return replace(node, values=tuple(dict.fromkeys(values)))


def is_constraint(node: Node) -> bool:
    """Whether ``node`` says nothing about title and abstract (but what they must not hold): it is no measure of
    relevance how short a list of authors is.
    """
    return not any(isinstance(part, Match) and part.field in ENGLISH_FIELDS for part in walk(node, positive=True))


def texts(node: Node, fields: frozenset[str]) -> list[Match]:
    """The matches in ``fields`` that are asked for (none under a NOT), in the order written."""
    return [part for part in walk(node, positive=True) if isinstance(part, Match) and part.field in fields]
