"""Where a paper matches a query, for people: the whole title and the best fragments of the abstract.

Works on the stored texts and the typed query alone, so it is the same for every engine. Text is escaped for HTML and
matches stand in ``<mark>``.
"""

from __future__ import annotations

import html
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from records.paper import Paper
from search.plan import ENGLISH_FIELDS, match_terms
from search.query.ast import Match, Node, TextField
from search.query.rewrite import texts
from search.text import Token, analyze, occurrences, words

__all__ = ["FRAGMENTS", "FRAGMENT_LENGTH", "Highlighter"]

FRAGMENT_LENGTH = 200
"""Code points of a fragment, about: it is cut between words."""

FRAGMENTS = 2
"""Fragments of an abstract at most."""

_LONGEST_TEXT = 20_000  # code points of an abstract that are looked at


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a field is searched for: single terms, phrases as (position, term) runs, beginnings of words."""

    terms: frozenset[str]
    phrases: tuple[tuple[tuple[int, str], ...], ...]
    prefixes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.terms or self.phrases or self.prefixes)


class Highlighter:
    """Highlights papers for one query. What stands under a NOT is not marked."""

    def __init__(self, query: Node) -> None:
        matches = texts(query, ENGLISH_FIELDS)
        self._title = _wanted([m for m in matches if m.field in (TextField.TEXT, TextField.TITLE)])
        self._abstract = _wanted([m for m in matches if m.field in (TextField.TEXT, TextField.ABSTRACT)])

    def highlight(self, paper: Paper) -> dict[str, tuple[str, ...]]:
        """Fragments by field ("title", "abstract"); a field without a match is left out."""
        found: dict[str, tuple[str, ...]] = {}
        title = _marks(paper.title, self._title)
        if title:
            found["title"] = (_marked(paper.title, title, 0, len(paper.title)),)
        abstract = paper.abstract[:_LONGEST_TEXT]
        marks = _marks(abstract, self._abstract)
        if marks:
            spans = _best_windows(abstract, marks)
            found["abstract"] = tuple(_marked(abstract, marks, start, end) for start, end in spans)
        return found


def _wanted(matches: Sequence[Match]) -> _Wanted:
    terms: set[str] = set()
    phrases: list[tuple[tuple[int, str], ...]] = []
    prefixes: list[str] = []
    for match in matches:
        found = match_terms(match)
        if match.phrase and len(found.terms) > 1:
            phrases.append(found.terms)
        else:
            terms.update(term for _, term in found.terms)
        if found.prefix:
            prefixes.append(found.prefix[1])
    return _Wanted(frozenset(terms), tuple(phrases), tuple(prefixes))


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    term: str


def _marks(text: str, wanted: _Wanted) -> list[_Mark]:
    """Words of ``text`` to mark, in order."""
    if not wanted or not text:
        return []
    chosen = set(occurrences(text, wanted.terms))
    if wanted.phrases:
        tokens = analyze(text)
        for phrase in wanted.phrases:
            chosen.update(_in_phrase(tokens, phrase))
    if wanted.prefixes:
        chosen.update(token for token in words(text) if token.term.startswith(wanted.prefixes))
    marks = {(token.start, token.end): _Mark(token.start, token.end, token.term) for token in chosen}
    return [marks[span] for span in sorted(marks)]


def _in_phrase(tokens: Sequence[Token], phrase: tuple[tuple[int, str], ...]) -> list[Token]:
    """The tokens of all places where the phrase stands."""
    at = {token.position: token for token in tokens}
    (first, opening), *rest = phrase
    found: list[Token] = []
    for token in tokens:
        if token.term != opening:
            continue
        run = [at.get(token.position + position - first) for position, _ in rest]
        if all(other is not None and other.term == term for other, (_, term) in zip(run, rest, strict=True)):
            found.extend([token, *(other for other in run if other is not None)])
    return found


def _best_windows(text: str, marks: Sequence[_Mark]) -> list[tuple[int, int]]:
    """Spans of about :data:`FRAGMENT_LENGTH` code points with the most different terms, in the order of the text."""
    if len(text) <= FRAGMENT_LENGTH:
        return [(0, len(text))]
    windows = [_window(text, marks, index) for index in range(len(marks))]
    chosen: list[tuple[int, int]] = []
    seen: set[str] = set()
    while len(chosen) < FRAGMENTS:
        best, gain = None, (0, 0)
        for index, (start, end) in enumerate(windows):
            if any(start < other_end and other_start < end for other_start, other_end in chosen):
                continue
            inside = [other.term for other in marks[index : index + 40] if other.end <= end]
            value = (len(set(inside) - seen), len(inside))
            if value > gain and (not chosen or value[0]):
                best, gain = (start, end), value
        if best is None:
            break
        chosen.append(best)
        seen.update(mark.term for mark in marks if best[0] <= mark.start and mark.end <= best[1])
    return sorted(chosen)


def _window(text: str, marks: Sequence[_Mark], index: int) -> tuple[int, int]:
    """A span that begins a little before a mark, holds what follows, and is cut between words."""
    first = marks[index]
    start = max(0, min(first.start - FRAGMENT_LENGTH // 5, len(text) - FRAGMENT_LENGTH))
    end = max(first.end, min(len(text), start + FRAGMENT_LENGTH))
    while 0 < start < first.start and not text[start - 1].isspace():
        start += 1
    last = bisect_left(marks, end, key=lambda mark: mark.end)
    kept = max([mark.end for mark in marks[index:last]], default=first.end)
    while kept < end < len(text) and not text[end].isspace():
        end -= 1
    return start, end


def _marked(text: str, marks: Sequence[_Mark], start: int, end: int) -> str:
    """``text[start:end]`` escaped, with its marks; an ellipsis where the text goes on."""
    parts = ["…"] if start > 0 else []
    at = start
    for mark in marks:
        if mark.start < at or mark.end > end:
            continue
        parts.append(html.escape(text[at : mark.start], quote=False))
        parts.append(f"<mark>{html.escape(text[mark.start : mark.end], quote=False)}</mark>")
        at = mark.end
    parts.append(html.escape(text[at:end], quote=False))
    return "".join(parts).strip() + ("…" if end < len(text) else "")
