"""What a request asks of the two halves of a search: parsed, ids resolved, split into free text and conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.engine import Engine, TextStatistics
from search.function_words import content_words
from search.guards import unknown_words
from search.plan import ENGLISH_FIELDS, is_neutral
from search.query import parse, parse_filter, unparse
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, TextField
from search.query.rewrite import expand, is_constraint, resolve_ids, texts, walk
from search.request import SearchWarning
from search.spelling import similar_word
from search.text import analyze, words

__all__ = ["MAX_WORDS", "Interpretation", "conjunction", "every_word", "interpret"]

MAX_WORDS = 64
"""Different words of a run of plain text that are looked up: of a longer text the rarest."""

_EXPLAINED_UNKNOWN = 3
_ID_FIELDS = frozenset((KeywordField.ID, KeywordField.EXTERNAL_ID))


@dataclass(frozen=True, slots=True)
class Interpretation:
    """A request as it is searched.

    ``query`` scores the lexical half; ``where`` holds filters and all other conditions. ``meaning`` is the text
    that is embedded ("" when there is none). ``near`` constrains the vector half: everything but the plain words, or
    the whole query when operators, phrases or prefixes make it a condition (``strict``). ``plain`` are the plain words
    as typed and ``content`` the different ones that are looked up, ``named`` the ids asked for by name.
    """

    query: Node
    where: Node | None
    near: Node | None
    meaning: str
    strict: bool
    plain: str
    content: tuple[str, ...]
    named: Keyword | None
    statistics: TextStatistics
    written: str
    warnings: tuple[SearchWarning, ...]

    @property
    def scores(self) -> bool:
        """Whether anything in the query scores; when nothing does, the search is browsing."""
        return not is_constraint(self.query)


def conjunction(*nodes: Node | None) -> Node | None:
    """All of ``nodes`` that are conditions at all, as one; None when none is."""
    given = [node for node in nodes if node is not None and not isinstance(node, Everything)]
    if len(given) <= 1:
        return given[0] if given else None
    flat = [child for node in given for child in (node.children if isinstance(node, And) else (node,))]
    return And(tuple(flat))


def interpret(text: str, filters: str, engine: Engine, *, explain: bool = True) -> Interpretation:
    """Read a request. ``explain``: whether to look for what may have been meant by words that no paper has.

    :raises QueryError: when the query cannot be parsed.
    :raises FilterError: when the filter cannot.
    """
    metrics = engine.generation.metrics
    asked = resolve_ids(parse(text, metrics=metrics), engine)
    limited = resolve_ids(parse_filter(filters, metrics=metrics), engine)
    warnings = [SearchWarning("unknown-id", each.message()) for each in (asked, limited) if each.unknown]
    written = unparse(conjunction(asked.node, limited.node) or Everything())
    query, where = _separated(expand(asked.node, engine), expand(limited.node, engine))
    bag = _bag(query)
    content = content_words(bag.text.split()) if bag else []
    typed = tuple(dict.fromkeys(content))
    statistics = engine.statistics(typed) if typed else TextStatistics(engine.generation.papers, {})
    if bag is not None:
        searched, cut = _shortened(content, statistics)
        warnings.extend(cut)
        query = _exchanged(query, bag, replace(bag, text=" ".join(searched)))
    if explain and statistics.partial is None:
        warnings.extend(_word_warnings(query, typed, statistics, engine))
    strict = _is_strict(query)
    conditions = query if strict else conjunction(*(child for child in _operands(query) if not _is_bag(child)))
    return Interpretation(
        query=query,
        where=where,
        near=conjunction(where, conditions),
        meaning=text.strip() if _is_plain(asked.node) else _meaning(asked.node),
        strict=strict,
        plain=bag.text if bag else "",
        content=typed,
        named=_named(query),
        statistics=statistics,
        written=written,
        warnings=tuple(warnings),
    )


def every_word(asked: Interpretation) -> Interpretation | None:
    """``asked`` with its plain words all required; None when there are fewer than two of them."""
    bag = _bag(asked.query)
    if bag is None or len(asked.content) < 2:
        return None
    return replace(asked, query=_exchanged(asked.query, bag, replace(bag, all_words=True)))


def _separated(query: Node, filters: Node) -> tuple[Node, Node | None]:
    """What of ``query`` is a measure of relevance, and all conditions besides."""
    operands = _operands(query)
    scoring = conjunction(*(child for child in operands if not is_constraint(child)))
    conditions = [child for child in operands if is_constraint(child)]
    live = [child for child in conditions if not is_neutral(child)]
    where = conjunction(filters, *(live if live or scoring else conditions))
    # A condition that matches nothing by itself would be dropped beside others, which a search asks here and there.
    return scoring or Everything(), Or(()) if where is not None and is_neutral(where) else where


def _meaning(query: Node) -> str:
    return " ".join(match.text for match in texts(query, ENGLISH_FIELDS))


def _operands(query: Node) -> tuple[Node, ...]:
    return query.children if isinstance(query, And) else (query,)


def _is_bag(node: Node) -> bool:
    """Plain words, or plain words with bare ids among them: what a paper need not match to be near."""
    if isinstance(node, Or):
        kinds = [_is_plain(child) or _is_id(child) for child in node.children]
        return all(kinds) and sum(_is_plain(child) for child in node.children) == 1
    return _is_plain(node)


def _is_plain(node: Node) -> bool:
    return (
        isinstance(node, Match) and node.field is TextField.TEXT and not (node.phrase or node.all_words or node.prefix)
    )


def _is_id(node: Node) -> bool:
    return isinstance(node, Keyword) and node.field is KeywordField.EXTERNAL_ID


def _bag(query: Node) -> Match | None:
    bags = [child for child in _operands(query) if _is_bag(child)]
    if len(bags) != 1:
        return None
    return next(part for part in walk(bags[0]) if isinstance(part, Match))


def _is_strict(query: Node) -> bool:
    """Whether the query is more than plain words and conditions on fields: then a paper must match it to be found."""
    operands = _operands(query)
    if sum(_is_bag(child) for child in operands) != 1:
        return True
    conditions = (child for child in operands if not _is_bag(child) and not isinstance(child, Not))
    return any(match.field is TextField.TEXT for child in conditions for match in texts(child, frozenset(TextField)))


def _named(query: Node) -> Keyword | None:
    """The ids among the alternatives of the query: papers asked for by name."""
    alternatives = query.children if isinstance(query, Or) else (query,)
    found = [child for child in alternatives if isinstance(child, Keyword) and child.field in _ID_FIELDS]
    return found[0] if found and len(alternatives) > 1 else None


def _shortened(content: Sequence[str], statistics: TextStatistics) -> tuple[Sequence[str], list[SearchWarning]]:
    """The words of a long text that are looked up: the rarest :data:`MAX_WORDS`, in their order."""
    terms = {word: [token.term for token in analyze(word)] for word in content}
    searched = [word for word, found in terms.items() if found]
    if len(searched) <= MAX_WORDS:
        return content, []
    frequency = statistics.document_frequency
    # A word in no paper is no use; of the others the rarest tell most.
    rarity = {word: min((n for t in terms[word] if (n := frequency.get(t, 0))), default=0) for word in searched}
    useful = sorted((word for word in searched if rarity[word]), key=lambda word: rarity[word])
    kept = frozenset(useful[:MAX_WORDS]) or frozenset(searched[:MAX_WORDS])
    message = f"the text has {len(searched)} different words; the {len(kept)} rarest were looked up"
    return [word for word in content if word in kept], [SearchWarning("query-shortened", message)]


def _exchanged(node: Node, old: Node, new: Node) -> Node:
    if node is old:
        return new
    if isinstance(node, (And, Or)):
        return replace(node, children=tuple(_exchanged(child, old, new) for child in node.children))
    return node


def _word_warnings(
    query: Node, typed: Sequence[str], statistics: TextStatistics, engine: Engine
) -> list[SearchWarning]:
    ignored = [
        match.text
        for match in texts(query, ENGLISH_FIELDS)
        if not match.prefix and words(match.text) and not analyze(match.text)
    ]
    warnings = []
    if ignored:
        shown = ", ".join(repr(text) for text in ignored[:_EXPLAINED_UNKNOWN])
        warnings.append(SearchWarning("stopwords-ignored", f"only words too common to be searched: {shown}"))
    unknown = unknown_words(typed, statistics.document_frequency)
    if not unknown or len(typed) > MAX_WORDS:
        return warnings
    shown = ", ".join(repr(word) for word in unknown[:_EXPLAINED_UNKNOWN])
    message = f"no title or abstract has {'the word' if len(unknown) == 1 else 'any of the words'} {shown}"
    names = [word for word in unknown[:_EXPLAINED_UNKNOWN] if engine.find_authors(word, 1)]
    if names:
        message += f"; to search authors write author:{names[0]}"
    guesses = [guess for word in unknown[:_EXPLAINED_UNKNOWN] if (guess := similar_word(engine, word))]
    if guesses:
        message += f"; did you mean {', '.join(guesses)}?"
    return [*warnings, SearchWarning("unknown-words", message)]
