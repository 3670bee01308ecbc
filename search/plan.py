"""What every engine does with a query before translating it, and with cursors: one meaning, whatever the engine.

A :class:`~search.query.ast.Match` none of whose words is left after analysis ("the of") is *neutral*: it is dropped
from the And, Or or Not around it. A query that is neutral as a whole matches nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from records.errors import CursorError, EngineError
from search.engine import PaperQuery
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from search.text import Token, analyze, words

__all__ = [
    "ENGLISH_FIELDS",
    "LARGEST_PAGE",
    "TITLE_BOOST",
    "Terms",
    "check_query",
    "decode_cursor",
    "encode_cursor",
    "fingerprint",
    "is_neutral",
    "match_terms",
    "simplify",
]

ENGLISH_FIELDS = frozenset((TextField.TEXT, TextField.TITLE, TextField.ABSTRACT))
"""Fields analysed as English: no stopwords, stemmed. The others keep words as they are."""

LARGEST_PAGE = 10_000
"""Hits in one page, and values in one facet. There is no limit to the number of pages."""

TITLE_BOOST = 0.15
"""What a word's match in the title adds to that in title and abstract: between 0.1 and 0.25 measured best on cacm,
cranfield and scifact."""

_DEEPEST = 64
_NOTHING = Or(())
_SURROGATE = re.compile("[\ud800-\udfff]")


class Terms(NamedTuple):
    """A Match's terms with their positions, and the whole word typed last when it stands for what begins with it."""

    terms: tuple[tuple[int, str], ...]
    prefix: tuple[int, str] | None = None


def match_terms(match: Match) -> Terms:
    """Analyse a Match. With ``prefix`` the last word is kept whole: it is neither stemmed nor a stopword."""
    english = match.field in ENGLISH_FIELDS
    tokens = analyze(match.text, english=english)
    last: Token | None = None
    if match.prefix:
        typed = words(match.text)
        last = typed[-1] if typed else None
    if last is None:
        return Terms(tuple((token.position, token.term) for token in tokens))
    before = tuple((token.position, token.term) for token in tokens if token.position != last.position)
    return Terms(before, (last.position, last.term))


def simplify(node: Node, cited_by: Callable[[Sequence[str]], tuple[str, ...]]) -> Node:
    """``node`` without neutral parts, ready to translate. ``cited_by`` gives the ids that papers refer to.

    :raises EngineError: when the query is nested too deep, or a number in it is not one.
    """
    return _simplified(node, cited_by, 0) or _NOTHING


def is_neutral(node: Node) -> bool:
    """Whether nothing of ``node`` can be looked up: it is dropped beside anything else, and alone matches nothing."""
    return _simplified(node, lambda _: (), 0) is None


def _simplified(node: Node, cited_by: Callable[[Sequence[str]], tuple[str, ...]], depth: int) -> Node | None:
    if depth > _DEEPEST:
        raise EngineError(f"the query is nested more than {_DEEPEST} levels deep; flatten it")
    match node:
        case Match():
            _check_match(node)
            terms, prefix = match_terms(node)
            return node if terms or prefix else None
        case Keyword(field=KeywordField.CITED_BY):
            return Keyword(KeywordField.ID, cited_by(node.values), node.span)
        case Keyword():
            # No stored value holds a lone surrogate, and engines cannot even be asked for one.
            return replace(node, values=tuple(v for v in node.values if not _SURROGATE.search(v)))
        case Range():
            if any(bound is not None and math.isnan(bound) for bound in (node.low, node.high)):
                raise EngineError(f"a bound of the range of {node.field!r} is not a number")
            return node
        case Not():
            child = _simplified(node.child, cited_by, depth + 1)
            return None if child is None else Not(child, node.span)
        case And() | Or():
            kept = [_simplified(child, cited_by, depth + 1) for child in node.children]
            children = tuple(child for child in kept if child is not None)
            if node.children and not children:
                return None
            return And(children, node.span) if isinstance(node, And) else Or(children, node.span)
        case _:
            return node


def _check_match(node: Match) -> None:
    if not (math.isfinite(node.boost) and node.boost > 0):
        raise EngineError(f"a boost must be a positive number, not {node.boost}")


def check_query(query: PaperQuery) -> None:
    """Refuse what no engine answers.

    :raises EngineError: for a limit or facet size out of range, or ascending relevance.
    """
    if not 0 <= query.limit <= LARGEST_PAGE:
        raise EngineError(
            f"limit must be between 0 and {LARGEST_PAGE}, not {query.limit}; page with the cursor instead"
        )
    for facet in query.facets:
        if not 1 <= facet.size <= LARGEST_PAGE:
            raise EngineError(f"a facet lists between 1 and {LARGEST_PAGE} values, not {facet.size}")
    if query.sort.key == "relevance" and not query.sort.descending:
        raise EngineError("relevance sorts the best first; there is no ascending relevance")


def fingerprint(query: PaperQuery) -> str:
    """A digest of what decides the order of results: query, constraint and sort. Two pages of one search share it."""
    parts = [_plain(query.query), None if query.where is None else _plain(query.where)]
    told = json.dumps([*parts, query.sort.key, query.sort.descending])
    return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def _plain(node: Node) -> list[Any]:
    match node:
        case Match():
            return ["match", node.text, node.field, node.phrase, node.all_words, node.prefix, node.boost]
        case Keyword():
            return ["keyword", node.field, node.values]
        case Range():
            bounds = [None if bound is None else repr(float(bound)) for bound in (node.low, node.high)]
            return ["range", node.field, *bounds, node.include_low, node.include_high]
        case And() | Or():
            return [type(node).__name__, *(_plain(child) for child in node.children)]
        case Not():
            return ["not", _plain(node.child)]
        case Everything():
            return ["everything"]


class _Cursor(msgspec.Struct, array_like=True):
    generation: str
    fingerprint: str
    position: list[Any]


def encode_cursor(generation: str, told: str, position: Sequence[int | float | str | None]) -> str:
    """An opaque cursor: where the next page starts, and the generation and search it is good for."""
    packed = msgspec.msgpack.encode(_Cursor(generation, told, list(position)))
    check = hashlib.blake2b(packed, digest_size=4).digest()
    return base64.urlsafe_b64encode(check + packed).decode().rstrip("=")


def decode_cursor(cursor: str, generation: str, told: str, *, exists: Callable[[str], bool]) -> list[Any]:
    """The position in a cursor made by :func:`encode_cursor`. ``exists`` says whether a generation is still kept.

    :raises CursorError: when it is malformed, or made for another generation or search.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        if hashlib.blake2b(raw[4:], digest_size=4).digest() != raw[:4]:
            raise CursorError("the cursor is damaged; start again without one")
        content = msgspec.msgpack.decode(raw[4:], type=_Cursor)
    except (binascii.Error, UnicodeEncodeError, ValueError, msgspec.DecodeError) as error:
        raise CursorError("the cursor is not one that a search gave; start again without one") from error
    if content.generation != generation:
        fate = "which is not the one being served" if exists(content.generation) else "which was pruned"
        raise CursorError(
            f"the cursor belongs to index generation {content.generation}, {fate} (now {generation}); "
            "start again without a cursor"
        )
    if content.fingerprint != told:
        raise CursorError("the cursor belongs to another query, filter or sort; repeat those of the page it came with")
    return content.position
