"""The typed query in Elasticsearch's Query DSL.

Words are analysed by our own code and sent as terms, so that a query means the same on every engine; the server only
looks them up and counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, TypeAlias

from records.errors import EngineError
from search.document import keyword_term
from search.elasticsearch.schema import STOPPED, keyword_field
from search.plan import ENGLISH_FIELDS, TITLE_BOOST, match_terms
from search.query.ast import And, Everything, Keyword, Match, Node, Not, Or, Range, TextField

__all__ = ["MATCH_NONE", "Clause", "Translation", "Translator", "nothing_scores"]

Clause: TypeAlias = dict[str, Any]
"""A query clause, ready for JSON."""

MATCH_NONE: Clause = {"match_none": {}}

_UNHEARD = 1e-30
"""A boost that changes no score."""

_MOST_TERMS = 65_536  # in one terms query (index.max_terms_count)


def nothing_scores(clause: Clause) -> Clause:
    """``clause`` as a condition: it adds nothing to a score."""
    return {"constant_score": {"filter": clause, "boost": 0.0}}


@dataclass(slots=True)
class Translation:
    """A query, and the names of its scoring parts for explanations: the n-th is the clause named ``str(n)``.

    Without parts all matches score 0.
    """

    query: Clause
    parts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Parts:
    """The scoring parts met so far; their clauses bear names only if these are ``told``."""

    told: bool
    names: list[str] = field(default_factory=list)

    def named(self, name: str) -> Clause:
        """What to add to the clause of the next part."""
        self.names.append(name)
        return {"_name": str(len(self.names) - 1)} if self.told else {}


class Translator:
    """Translates simplified nodes (:func:`search.plan.simplify`) for one generation.

    ``numbers``: index fields by the names of numbers. ``stems``: the stems of all words of the corpus that begin with a
    prefix, or None when they are too many to tell.
    """

    def __init__(self, numbers: Mapping[str, str], stems: Callable[[str], Sequence[str] | None]) -> None:
        self._numbers = numbers
        self._stems = stems

    def translate(self, node: Node, *, named: bool = True) -> Translation:
        """A query that scores as the node says. ``named``: its parts bear names, by which their scores can be told.

        A server looks for the parts with names in every hit, which takes longer than to find the hits.

        :raises EngineError: for a number this generation does not have.
        """
        parts = _Parts(named)
        return Translation(self._node(node, parts), parts.names)

    def condition(self, node: Node) -> Clause:
        """A query for a place where nothing scores.

        :raises EngineError: for a number this generation does not have.
        """
        match node:
            case Match():
                return self._match(node, None)
            case Keyword():
                return self._keyword(node)
            case Range():
                return self._range(node)
            case Not():
                # Two negations in a row are none, where nothing scores: the server bounds the depth of a query.
                if isinstance(node.child, Not):
                    return self.condition(node.child.child)
                return {"bool": {"must_not": [self.condition(node.child)]}}
            case And():
                return self._conditions(node)
            case Or():
                return _any([self.condition(child) for child in node.children])
            case Everything():
                return {"match_all": {}}

    def _conditions(self, node: And) -> Clause:
        wanted = [self.condition(child) for child in node.children if not isinstance(child, Not)]
        unwanted = [self.condition(child.child) for child in node.children if isinstance(child, Not)]
        if len(wanted) == 1 and not unwanted:
            return wanted[0]
        return _bool(filter=wanted, must_not=unwanted)

    def _node(self, node: Node, parts: _Parts) -> Clause:
        match node:
            case Match():
                return self._match(node, parts)
            case Or():
                return _any([self._node(child, parts) for child in node.children])
            case And():
                return self._and(node, parts)
            case _:
                return nothing_scores(self.condition(node))

    def _and(self, node: And, parts: _Parts) -> Clause:
        must: list[Clause] = []
        conditions: list[Clause] = []
        unwanted: list[Clause] = []
        for child in node.children:
            if isinstance(child, Not):
                unwanted.append(self.condition(child.child))
            elif isinstance(child, Keyword | Range | Everything):
                conditions.append(self.condition(child))
            else:
                must.append(self._node(child, parts))
        if not must:
            return nothing_scores(self._conditions(node))
        if len(must) == 1 and not conditions and not unwanted:
            return must[0]
        return _bool(must=must, filter=conditions, must_not=unwanted)

    def _keyword(self, node: Keyword) -> Clause:
        name = keyword_field(node.field)
        terms = [keyword_term(value) for value in dict.fromkeys(node.values)]
        groups = [terms[start : start + _MOST_TERMS] for start in range(0, len(terms), _MOST_TERMS)]
        return _any([{"terms": {name: group}} for group in groups])

    def _range(self, node: Range) -> Clause:
        name = self.number(node.field)
        if node.low == inf or node.high == -inf:
            return MATCH_NONE  # nothing lies there, and JSON has no infinity
        bounds: Clause = {}
        if node.low is not None and node.low != -inf:
            bounds["gte" if node.include_low else "gt"] = float(node.low)
        if node.high is not None and node.high != inf:
            bounds["lte" if node.include_high else "lt"] = float(node.high)
        return {"range": {name: bounds}} if bounds else {"exists": {"field": name}}

    def number(self, name: str) -> str:
        """The index field of a number.

        :raises EngineError: when this generation has none of that name.
        """
        if name not in self._numbers:
            raise EngineError(f"there is no number {name!r} in this index; there are {', '.join(self._numbers)}")
        return self._numbers[name]

    def _match(self, node: Match, parts: _Parts | None) -> Clause:
        if node.phrase:
            return self._phrase(node, parts)
        terms, prefix = match_terms(node)
        counts: dict[str, int] = {}
        for _, term in terms:
            counts[term] = counts.get(term, 0) + 1
        words = [self._term(node.field, term, node.boost * count, parts) for term, count in counts.items()]
        if prefix:
            words.append(self._begun(node.field, prefix[1], node.boost, parts))
        titles: list[Clause] = []
        if node.field is TextField.TEXT and parts is not None:
            titles = [
                self._term(TextField.TITLE, term, node.boost * count * TITLE_BOOST, parts)
                for term, count in counts.items()
            ]
        if len(words) == 1 and not titles:
            return words[0]
        if node.all_words:
            return _bool(must=words, should=titles)
        # Whatever holds a word in its title holds it in the text: title clauses add to scores, never to matches.
        return {"bool": {"should": [*words, *titles], "minimum_should_match": 1}}

    def _term(self, text_field: TextField, term: str, boost: float, parts: _Parts | None) -> Clause:
        if parts is None:
            return {"term": {text_field.value: term}}
        name = f"bm25:{term}" if text_field is TextField.TEXT else f"bm25:{text_field}:{term}"
        return {"term": {text_field.value: {"value": term, "boost": boost, **parts.named(name)}}}

    def _begun(self, text_field: TextField, prefix: str, boost: float, parts: _Parts | None) -> Clause:
        """Papers with a word that begins with ``prefix``; they score one point."""
        stems = self._stems(prefix) if text_field in ENGLISH_FIELDS else None
        if stems is None:
            # Of so short a prefix that it stands for too many words the stems begin with it, too.
            clause: Clause = {"prefix": {text_field.value: {"value": prefix}}}
        else:
            clause = _any([{"terms": {text_field.value: list(stems)}}] if stems else [])
        if parts is None:
            return clause
        return {"constant_score": {"filter": clause, "boost": boost, **parts.named(f"prefix:{prefix}*")}}

    def _phrase(self, node: Match, parts: _Parts | None) -> Clause:
        if node.field is not TextField.TEXT:
            return self._phrase_in(node.field, node, parts)
        # Title and abstract are asked one by one: a phrase does not run from one into the other.
        return _any([self._phrase_in(one, node, parts) for one in (TextField.TITLE, TextField.ABSTRACT)])

    def _phrase_in(self, text_field: TextField, node: Match, parts: _Parts | None) -> Clause:
        terms, prefix = match_terms(node)
        if prefix and not terms:
            return self._begun(text_field, prefix[1], node.boost, parts)
        if len(terms) == 1 and not prefix:
            return self._term(text_field, terms[0][1], node.boost, parts)
        shown = " ".join(term for _, term in terms)
        if not prefix:
            return _words_in_order(text_field, terms, node.boost, f'bm25:{text_field}:"{shown}"', parts)
        last = self._last_word(text_field, prefix[1])
        if last is None:
            return MATCH_NONE
        condition = _near(text_field, terms, prefix[0], last)
        if parts is None:
            return condition
        # The words before score as they do alone: the many words that a prefix stands for have no one frequency.
        name = f'bm25:{text_field}:"{shown} {prefix[1]}*"'
        before = _words_in_order(text_field, terms, node.boost, name, parts)
        return _bool(must=[before], filter=[condition])

    def _last_word(self, text_field: TextField, prefix: str) -> Clause | None:
        """A span for every word that begins with ``prefix``; None when there is none."""
        stems = self._stems(prefix) if text_field in ENGLISH_FIELDS else None
        if stems is None:
            return {"span_multi": {"match": {"prefix": {text_field.value: {"value": prefix}}}}}
        spans = [{"span_term": {text_field.value: stem}} for stem in stems]
        return {"span_or": {"clauses": spans}} if spans else None


def _bool(**clauses: list[Clause]) -> Clause:
    return {"bool": {kind: found for kind, found in clauses.items() if found}}


def _any(clauses: list[Clause]) -> Clause:
    if not clauses:
        return MATCH_NONE
    return clauses[0] if len(clauses) == 1 else {"bool": {"should": clauses, "minimum_should_match": 1}}


def _words_in_order(
    text_field: TextField, terms: Sequence[tuple[int, str]], boost: float, name: str, parts: _Parts | None
) -> Clause:
    scoring = {} if parts is None else {"boost": boost, **parts.named(name)}
    word = terms[0][1]
    if len(terms) == 1:
        return {"term": {text_field.value: {"value": word, **scoring}}}
    # The analyser of the index drops the gaps and keeps their places.
    first = terms[0][0]
    words = [STOPPED] * (terms[-1][0] - first + 1)
    for position, term in terms:
        words[position - first] = term
    phrase: Clause = {"match_phrase": {text_field.value: {"query": " ".join(words), **scoring}}}
    if parts is None:
        return phrase
    # A shard that has no word of a phrase tells nothing of its papers, so that scores would depend on the shards; asked
    # for a word alone, it does.
    return _bool(must=[phrase], should=[{"term": {text_field.value: {"value": word, "boost": _UNHEARD}}}])


def _near(text_field: TextField, terms: Sequence[tuple[int, str]], position: int, last: Clause) -> Clause:
    """Papers with ``terms`` and then ``last`` at their places."""
    clauses: list[Clause] = []
    end = terms[0][0]
    for place, span in [*((p, {"span_term": {text_field.value: term}}) for p, term in terms), (position, last)]:
        if place > end:
            clauses.append({"span_gap": {text_field.value: place - end}})
        clauses.append(span)
        end = place + 1
    return {"span_near": {"clauses": clauses, "slop": 0, "in_order": True}}
