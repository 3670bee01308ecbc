"""The typed query in tantivy's terms."""

from __future__ import annotations

from dataclasses import dataclass, field

import tantivy
from tantivy import Occur, Query

from records.errors import EngineError
from search.document import keyword_term
from search.embedded.schema import VOCABULARY, TextIndex, keyword_field
from search.plan import ENGLISH_FIELDS, TITLE_BOOST, match_terms
from search.query.ast import And, Everything, Keyword, Match, Node, Not, Or, Range, TextField
from search.text import stem

__all__ = ["Translation", "Translator", "constant"]

_REGEX_SPECIAL = frozenset("+#")  # the only characters of a word that mean something in a pattern


def constant(query: Query) -> Query:
    """``query`` as a condition: it adds nothing to a score."""
    return Query.const_score_query(query, 0.0)


@dataclass(slots=True)
class Translation:
    """A tantivy query and its scoring parts by name, for explanations; without parts all matches score 0."""

    query: Query
    parts: list[tuple[str, Query]] = field(default_factory=list)


class Translator:
    """Translates simplified nodes (:func:`search.plan.simplify`) for one generation."""

    def __init__(self, index: TextIndex) -> None:
        self._schema = index.schema
        self._searcher = index.searcher
        self._numbers = index.numbers

    def translate(self, node: Node) -> Translation:
        """A query that scores as the node says.

        :raises EngineError: for a number this generation does not have.
        """
        parts: list[tuple[str, Query]] = []
        return Translation(self._node(node, parts), parts)

    def _node(self, node: Node, parts: list[tuple[str, Query]]) -> Query:
        match node:
            case Match():
                return self._match(node, parts)
            case Keyword():
                return constant(self._keyword(node))
            case Range():
                return constant(self._range(node))
            case And():
                return self._and(node, parts)
            case Or():
                if not node.children:
                    return Query.empty_query()
                return Query.boolean_query([(Occur.Should, self._node(child, parts)) for child in node.children])
            case Not():
                return self._and(And((node,)), parts)
            case Everything():
                return constant(Query.all_query())

    def _and(self, node: And, parts: list[tuple[str, Query]]) -> Query:
        clauses: list[tuple[Occur, Query]] = []
        for child in node.children:
            if isinstance(child, Not):
                clauses.append((Occur.MustNot, self._node(child.child, [])))
            else:
                clauses.append((Occur.Must, self._node(child, parts)))
        if not any(occur == Occur.Must for occur, _ in clauses):
            clauses.append((Occur.Must, constant(Query.all_query())))
        return Query.boolean_query(clauses)

    def _keyword(self, node: Keyword) -> Query:
        name = keyword_field(node.field)
        terms = [keyword_term(value) for value in dict.fromkeys(node.values)]
        if not terms:
            return Query.empty_query()
        if len(terms) == 1:
            return Query.term_query(self._schema, name, terms[0])
        return Query.term_set_query(self._schema, name, terms)

    def _range(self, node: Range) -> Query:
        name = self.number(node.field)
        if node.low is None and node.high is None:
            return Query.exists_query(name)
        low = None if node.low is None else float(node.low)
        high = None if node.high is None else float(node.high)
        include_low = node.include_low or low is None  # an open side has no end to leave out
        include_high = node.include_high or high is None
        return Query.range_query(self._schema, name, tantivy.FieldType.Float, low, high, include_low, include_high)

    def number(self, name: str) -> str:
        """The index field of a number.

        :raises EngineError: when this generation has none of that name.
        """
        if name not in self._numbers:
            raise EngineError(f"there is no number {name!r} in this index; there are {', '.join(self._numbers)}")
        return self._numbers[name]

    def _match(self, node: Match, parts: list[tuple[str, Query]]) -> Query:
        if node.phrase:
            return self._phrase(node, parts)
        terms, prefix = match_terms(node)
        occur = Occur.Must if node.all_words else Occur.Should
        clauses: list[tuple[Occur, Query]] = []
        counts: dict[str, int] = {}
        for _, term in terms:
            counts[term] = counts.get(term, 0) + 1
        for term, count in counts.items():
            clauses.append((occur, self._term(node.field, term, node.boost * count, parts)))
            if node.field is TextField.TEXT:
                title = self._term(TextField.TITLE, term, node.boost * count * TITLE_BOOST, parts)
                clauses.append((Occur.Should, title))
        if prefix:
            begun = self._begun(node.field, prefix[1])
            clauses.append((occur, self._part(f"prefix:{prefix[1]}*", begun, node.boost, parts)))
        return Query.boolean_query(clauses)

    def _term(self, text_field: TextField, term: str, boost: float, parts: list[tuple[str, Query]]) -> Query:
        name = f"bm25:{term}" if text_field is TextField.TEXT else f"bm25:{text_field}:{term}"
        return self._part(name, Query.term_query(self._schema, text_field.value, term), boost, parts)

    @staticmethod
    def _part(name: str, query: Query, boost: float, parts: list[tuple[str, Query]]) -> Query:
        boosted = query if boost == 1.0 else Query.boost_query(query, boost)
        parts.append((name, boosted))
        return boosted

    def _phrase(self, node: Match, parts: list[tuple[str, Query]]) -> Query:
        if node.field is not TextField.TEXT:
            return self._phrase_in(node.field, node, parts)
        # Title and abstract are asked one by one: a phrase does not run from one into the other.
        fields = (TextField.TITLE, TextField.ABSTRACT)
        return Query.boolean_query([(Occur.Should, self._phrase_in(one, node, parts)) for one in fields])

    def _phrase_in(self, text_field: TextField, node: Match, parts: list[tuple[str, Query]]) -> Query:
        terms, prefix = match_terms(node)
        if not terms and prefix:
            return self._part(f"prefix:{prefix[1]}*", self._begun(text_field, prefix[1]), node.boost, parts)
        if len(terms) == 1 and not prefix:
            return self._term(text_field, terms[0][1], node.boost, parts)
        start = min(position for position, _ in (*terms, *([prefix] if prefix else [])))
        shown = " ".join(term for _, term in terms)
        if not prefix:
            query = Query.phrase_query(self._schema, text_field.value, [(p - start, term) for p, term in terms])
            return self._part(f'bm25:{text_field}:"{shown}"', query, node.boost, parts)
        pattern = self._begun_pattern(text_field, prefix[1])
        if pattern is None:
            return Query.empty_query()
        words: list[str | tuple[int, str]] = [(p - start, _escaped(term)) for p, term in terms]
        words.append((prefix[0] - start, pattern))
        query = Query.regex_phrase_query(self._schema, text_field.value, words)
        return self._part(f'bm25:{text_field}:"{shown} {prefix[1]}*"', query, node.boost, parts)

    def _stems(self, prefix: str) -> list[str]:
        """Stems of all words of the corpus that begin with ``prefix``."""
        words = self._searcher.terms_with_prefix(VOCABULARY, prefix)
        return sorted({stem(word) for word, _ in words})

    def _begun(self, text_field: TextField, prefix: str) -> Query:
        """Papers with a word that begins with ``prefix``."""
        if text_field not in ENGLISH_FIELDS:
            return Query.const_score_query(
                Query.regex_query(self._schema, text_field.value, f"{_escaped(prefix)}.*"), 1.0
            )
        stems = self._stems(prefix)
        if not stems:
            return Query.empty_query()
        return Query.const_score_query(Query.term_set_query(self._schema, text_field.value, stems), 1.0)

    def _begun_pattern(self, text_field: TextField, prefix: str) -> str | None:
        if text_field not in ENGLISH_FIELDS:
            return f"{_escaped(prefix)}.*"
        stems = self._stems(prefix)
        return f"({'|'.join(map(_escaped, stems))})" if stems else None


def _escaped(word: str) -> str:
    return "".join(f"\\{c}" if c in _REGEX_SPECIAL else c for c in word)
