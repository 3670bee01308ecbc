"""Rules that protect what a user typed exactly from being drowned by similarity.

*Exact title*: a query that is a paper's title, with a year, authors or a venue around it at most, puts that paper
first. *Rare word*: papers that hold a distinctive word of the query stay above papers that only their vector found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from records.paper import Paper
from search.text import STOPWORDS, analyze, title_key, words

__all__ = ["MAX_HOLDERS", "TitleGuess", "distinctive_words", "guess_titles", "is_title_of", "unknown_words"]

MAX_HOLDERS = 200
"""A word in more papers than these is not rare, whatever the size of the collection."""

_NAME_SHARE = 0.01  # of the papers may hold a word that looks like a name
_NAME_FLOOR = 10
_WORD_SHARE = 0.0002  # of the papers may hold any other word
_WORD_FLOOR = 3

_LONGEST_CITATION = 500  # code points: longer texts are not a title with something around it
_FEWEST_WORDS = 3  # of a title that is only a part of the query
_MOST_GUESSES = 24
_BREAK = re.compile(r"[.,;:?!()\[\]\"\u201c\u201d]+\s*|\s+[\u2010-\u2015-]\s+|\s+by\s+", re.IGNORECASE)
_AROUND = frozenset(
    {*STOPWORDS, "et", "al", "eds", "ed", "pp", "vol", "no", "proc", "proceedings", "conference", "doi"}
)


@dataclass(frozen=True, slots=True)
class TitleGuess:
    """What may be the title in a query, and the words of the query around it."""

    key: str
    around: tuple[str, ...] = ()


def guess_titles(text: str, *, parts: bool = True) -> dict[str, TitleGuess]:
    """Titles that ``text`` may be, by key: all of it, and with ``parts`` every run of its sentences and clauses."""
    whole = title_key(text)
    guesses = {whole: TitleGuess(whole)} if whole else {}
    if not parts or len(text) > _LONGEST_CITATION:
        return guesses
    pieces = _pieces(text)
    runs = [(start, end) for start in range(len(pieces)) for end in range(start + 1, len(pieces) + 1)]
    runs.sort(key=lambda run: run[0] - run[1])
    for start, end in runs[:_MOST_GUESSES]:
        inside = " ".join(pieces[start:end])
        key = title_key(inside)
        if key and len(words(inside)) >= _FEWEST_WORDS and key not in guesses:
            around = [token.term for piece in (*pieces[:start], *pieces[end:]) for token in words(piece)]
            guesses[key] = TitleGuess(key, tuple(around))
    return guesses


def _pieces(text: str) -> list[str]:
    """``text`` cut where a citation may end a title; a year at the end of a clause is a piece of its own."""
    pieces: list[str] = []
    for piece in _BREAK.split(text):
        dated = re.fullmatch(r"(.*\S)\s+((?:1[89]|20)\d\d)", piece.strip())
        pieces.extend(dated.groups() if dated else [piece.strip()])
    return [piece for piece in pieces if piece]


def is_title_of(paper: Paper, guess: TitleGuess) -> bool:
    """Whether the words around a guessed title are the paper's year, authors or venue, or nothing."""
    if title_key(paper.title) != guess.key:
        return False
    if not guess.around:
        return True
    known = set(_AROUND)
    if paper.year is not None:
        known.add(str(paper.year))
    for authorship in paper.authorships:
        name = [token.term for token in words(authorship.name.full)]
        known.update(name)
        known.update(part[0] for part in name)
    if paper.venue is not None:
        known.update(token.term for token in words(f"{paper.venue.name} {paper.venue.acronym}"))
    return all(word in known or (word.isdigit() and paper.year is None) for word in guess.around)


def distinctive_words(typed: Sequence[str], frequency: Mapping[str, int], papers: int) -> list[str]:
    """The words of ``typed`` that few papers hold.

    ``frequency`` maps analysed terms to the number of papers that hold them, of ``papers`` in all. A word that looks
    like a name (a digit, capitals inside) may be in 1% of the papers, any other in 0.02%; never in more than
    :data:`MAX_HOLDERS`.
    """
    shouting = len(typed) > 3 and all(word.upper() == word for word in typed)
    found = []
    for word in dict.fromkeys(typed):
        held = [frequency.get(token.term, 0) for token in analyze(word)]
        rarest = min(held, default=0)
        named = _looks_like_name(word, shouting)
        share, floor = (_NAME_SHARE, _NAME_FLOOR) if named else (_WORD_SHARE, _WORD_FLOOR)
        if 0 < rarest <= min(MAX_HOLDERS, max(floor, int(share * papers))) and 2 * rarest <= papers:
            found.append(word)
    return found


def _looks_like_name(word: str, shouting: bool) -> bool:
    if any(char.isdigit() for char in word):
        return any(char.isalpha() for char in word)
    capitals = sum(unicodedata.category(char) == "Lu" for char in word)
    return not shouting and (capitals > 1 or (capitals == 1 and not word[:1].isupper()))


def unknown_words(typed: Iterable[str], frequency: Mapping[str, int]) -> list[str]:
    """The words of ``typed`` none of whose terms any paper holds (stopwords are not among them)."""
    found = []
    for word in dict.fromkeys(typed):
        terms = [token.term for token in analyze(word)]
        if terms and not any(frequency.get(term, 0) for term in terms):
            found.append(word)
    return found
