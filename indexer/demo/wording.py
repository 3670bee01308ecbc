"""Titles, abstracts and keywords from templates and the vocabulary of a paper's topic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from re import split
from typing import TypeAlias

from indexer.demo.teams import Kind
from indexer.demo.venues import capitalised
from indexer.demo.vocabulary import Phrase, TopicWords, Vocabulary, load_toml

__all__ = ["DRAWS", "PaperText", "Writer"]

DRAWS = 48
"""Random integers that one paper's text takes."""

Pair: TypeAlias = tuple[str, str]
"""A phrase as within a sentence and as at its beginning."""
_PREPOSITIONS = frozenset(
    [
        "of",
        "in",
        "for",
        "with",
        "by",
        "from",
        "that",
        "under",
        "to",
        "between",
        "on",
        "at",
        "across",
        "after",
        "without",
    ]
)
_STYLES = ("computational", "laboratory", "clinical", "field", "theory", "social", "review", "editorial")
_OWN_STYLE = {Kind.REVIEW: "review", Kind.EDITORIAL: "editorial"}
_PARTS = ("titles", "context", "gap", "approach", "setup", "result", "more", "closing")


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _pair(text: str) -> Pair:
    return text, _upper(text)


@cache
def _is_plural(phrase: str) -> bool:
    """Whether the head noun, the word before the first preposition, looks like a plural."""
    head = ""
    for word in phrase.split(" "):
        if word in _PREPOSITIONS:
            break
        head = word
    return " and " in phrase or (head.endswith("s") and not head.endswith(("ss", "us", "is", "ics", "series")))


def _expand(template: str) -> list[str]:
    """All readings of "[a|b]" choices."""
    pieces = [piece.split("|") if i % 2 else [piece] for i, piece in enumerate(split(r"\[([^\]]*)\]", template))]
    return ["".join(choice) for choice in product(*pieces)]


@dataclass(frozen=True)
class Grammar:
    """Templates of one style by part of a paper; the readings of a template weigh as one template together."""

    adjectives: tuple[Pair, ...]
    parts: dict[str, tuple[tuple[str, ...], ...]]

    def pick(self, part: str, draw: int) -> str:
        """A template of a part."""
        templates = self.parts[part]
        readings = templates[draw % len(templates)]
        return readings[(draw >> 12) % len(readings)]


@cache
def grammars() -> dict[str, Grammar]:
    """Grammars by style; reviews and editorials have their own."""
    common = load_toml("grammar", "common.toml")
    result = {}
    for style in _STYLES:
        raw = common[style] if style in common else load_toml("grammar", f"{style}.toml")
        raw = {**raw, "bridge": common["bridge"], "subtitles": common["subtitles"]}
        adjectives = tuple(_pair(a) for a in raw.get("adjectives", "recent current").split())
        parts = {p: tuple(tuple(_expand(t)) for t in raw[p]) for p in (*_PARTS, "bridge", "subtitles") if p in raw}
        result[style] = Grammar(adjectives, parts)
    return result


@cache
def _system_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    common = load_toml("grammar", "common.toml")
    return tuple(common["names_heads"].split()), tuple(common["names_tails"].split())


def _pairs(phrases: tuple[Phrase, ...]) -> tuple[tuple[Pair, ...], ...]:
    return tuple(tuple(_pair(form) for form in phrase.forms) for phrase in phrases)


class _Topic:
    """A topic's phrases ready for use."""

    def __init__(self, words: TopicWords) -> None:
        self.words = words
        lower = words.name[0].lower() + words.name[1:] if words.name[1:2].islower() else words.name
        self.name = (lower, words.name)
        self.problems, self.methods = _pairs(words.problems), _pairs(words.methods)
        self.settings, self.data, self.measures = _pairs(words.settings), _pairs(words.data), _pairs(words.measures)
        self._rivals: dict[int, tuple[int, ...]] = {}

    def rivals(self, year: int) -> tuple[int, ...]:
        """Methods known by ``year``."""
        if year not in self._rivals:
            known = tuple(i for i, m in enumerate(self.words.methods) if m.since <= year)
            self._rivals[year] = known if len(known) > 1 else tuple(range(len(self.words.methods)))
        return self._rivals[year]


@dataclass(frozen=True, slots=True)
class PaperText:
    """What a paper says."""

    title: str
    abstract: str
    keywords: tuple[str, ...]


_SUBTITLED = ((5_000, 12), (50_000, 45), (500_000, 82), (10**9, 96))
"""Per cent of titles with a second half in corpora of up to so many papers."""
_SINGULAR = {"is": "is", "has": "has", "was": "was", "s": "s"}
_PLURAL = {"is": "are", "has": "have", "was": "were", "s": ""}
_PERCENT = tuple(f"{x / 10:.1f}" if x % 10 and x < 300 else str(x // 10) for x in range(21, 480))
_RATIO = tuple(f"0.{x}" for x in range(21, 98))
_BIG = tuple(f"{x / 10:.1f}" for x in range(12, 60))
_COUNTS = tuple(
    f"{base * scale + odd * scale // 10:,}"
    for scale in (1, 10, 100, 1000)
    for base in range(12, 99)
    for odd in (0, 3, 7)
)
_P_VALUES = ("0.001", "0.01", "0.05", "0.005", "0.02")
_SMALL = ("two", "three", "four", "five", "six", "eight", "nine", "ten", "12", "16", "18", "20", "24", "36")


class Writer:
    """Writes the texts of a corpus with a given vocabulary."""

    def __init__(self, vocabulary: Vocabulary, papers: int) -> None:
        # The more papers share a topic's phrases, the more titles need a second half to be told apart.
        self._subtitled = next(share for limit, share in _SUBTITLED if papers <= limit)
        self._topics = [_Topic(words) for words in vocabulary.topics]
        self._grammars = grammars()
        self._heads, self._tails = _system_names()

    def write(self, what: tuple[int, int, int, int, int, int, int], draws: list[int]) -> PaperText:
        """Text of a paper: ``what`` is (topic, problem, method, setting, second topic, kind, year)."""
        topic = self._topics[what[0]]
        kind = what[5]
        grammar = self._grammars[_OWN_STYLE.get(kind, topic.words.style)]
        frame = self._frame(topic, what, draws, grammar)
        title = self._title(grammar, kind, draws).format_map(frame)
        if draws[1] % 5 < 2:
            title = capitalised(title)
        abstract = "" if kind == Kind.EDITORIAL else self._abstract(grammar, frame, draws, second=what[4] >= 0)
        return PaperText(title, abstract, self._keywords(topic, frame, what, draws[2]))

    def _title(self, grammar: Grammar, kind: int, draws: list[int]) -> str:
        title = grammar.pick("titles", draws[0])
        if ":" in title or kind == Kind.EDITORIAL or draws[34] % 100 >= self._subtitled:
            return title
        return f"{title}{' ' if title.endswith('?') else ': '}{grammar.pick('subtitles', draws[35])}"

    def _keywords(
        self, topic: _Topic, frame: dict[str, str], what: tuple[int, int, int, int, int, int, int], draw: int
    ) -> tuple[str, ...]:
        if draw % 6 == 0:
            return ()
        words = [topic.name[0], frame["problem"], frame["method"]]
        if draw & 64:
            words.append(frame["measure"])
        if what[4] >= 0:
            words.append(self._topics[what[4]].name[0])
        return tuple(words)

    def _abstract(self, grammar: Grammar, frame: dict[str, str], draws: list[int], *, second: bool) -> str:
        length = draws[3]
        parts = ["approach", "result"]
        if length & 7:
            parts.insert(0, "context")
        if length & 24:
            parts.insert(-2, "gap")
        if length & 96:
            parts.insert(-1, "setup")
        if length & 384:
            parts.append("more")
        if length & 1536 == 0:
            parts.append("result")
        if second:
            parts.append("bridge")
        if length & 6144:
            parts.append("closing")
        templates: list[str] = []
        for number, part in enumerate(parts):
            template = grammar.pick(part, draws[4 + number])
            if template not in templates:
                templates.append(template)
        return " ".join(templates).format_map(frame)

    def _frame(
        self, topic: _Topic, what: tuple[int, int, int, int, int, int, int], r: list[int], grammar: Grammar
    ) -> dict[str, str]:
        """Everything templates may ask for."""
        problem, other = _two_ways(topic.problems[what[1]], r[14], 6)
        method, method_alt = _two_ways(topic.methods[what[2]], r[15], 12)
        rivals = topic.rivals(what[6])
        at = r[16] % len(rivals)
        rival = rivals[at] if rivals[at] != what[2] else rivals[(at + 1) % len(rivals)]
        setting = topic.settings[what[3]][0]
        setting_b = topic.settings[(what[3] + 1 + r[17] % (len(topic.settings) - 1)) % len(topic.settings)][0]
        data, data_b = _two_of(topic.data, r[18])
        measure, measure_b = _two_of(topic.measures, r[19])
        problem_b = topic.problems[(what[1] + 1 + r[20] % (len(topic.problems) - 1)) % len(topic.problems)][0]
        rival_pair = topic.methods[rival][0]
        adjective = grammar.adjectives[r[21] % len(grammar.adjectives)]
        adjective_b = grammar.adjectives[r[36] % len(grammar.adjectives)]
        years = str(3 + r[22] % 38)
        second = self._topics[what[4]] if what[4] >= 0 else topic
        verb = _PLURAL if _is_plural(problem[0]) else _SINGULAR
        method_verb = _PLURAL if _is_plural(method[0]) else _SINGULAR
        low, high = sorted((r[29] % len(_RATIO), r[30] % len(_RATIO)))
        return {
            "is": verb["is"], "has": verb["has"], "was": verb["was"], "s": verb["s"],
            "m_is": method_verb["is"], "m_has": method_verb["has"], "m_s": method_verb["s"],
            "problem": problem[0], "Problem": problem[1], "problem_alt": other[0],
            "problem_b": problem_b[0], "method": method[0], "Method": method[1], "method_alt": method_alt[0],
            "rival": rival_pair[0], "Rival": rival_pair[1], "setting": setting[0], "Setting": setting[1],
            "setting_b": setting_b[0], "data": data[0], "Data": data[1], "data_b": data_b[0], "data_word": "data",
            "measure": measure[0], "Measure": measure[1], "measure_b": measure_b[0], "Measure_b": measure_b[1],
            "topic": topic.name[0], "Topic": topic.name[1],
            "adj": adjective[0], "Adj": adjective[1], "adj_b": adjective_b[0],
            "System": self._heads[r[23] % len(self._heads)] + self._tails[r[24] % len(self._tails)],
            "n": _COUNTS[r[25] % len(_COUNTS)], "n_small": _SMALL[r[26] % len(_SMALL)],
            "pct": _PERCENT[r[27] % len(_PERCENT)], "pct_b": _PERCENT[r[28] % len(_PERCENT)],
            "ratio": _RATIO[low], "ratio_b": _RATIO[high],
            "ratio_big": _BIG[r[31] % len(_BIG)], "p": _P_VALUES[r[32] % len(_P_VALUES)],
            "years": years, "Years": years, "second": second.problems[r[33] % len(second.problems)][0][0],
        }  # fmt: skip


def _two_ways(forms: tuple[Pair, ...], draw: int, seldom: int) -> tuple[Pair, Pair]:
    """A form to use throughout (the second one once in ``seldom`` times) and another for variety."""
    if len(forms) == 1:
        return forms[0], forms[0]
    return (forms[1], forms[0]) if draw % seldom == 0 else (forms[0], forms[1])


def _two_of(phrases: tuple[tuple[Pair, ...], ...], draw: int) -> tuple[Pair, Pair]:
    """Two different phrases."""
    one = draw % len(phrases)
    two = (one + 1 + (draw >> 8) % (len(phrases) - 1)) % len(phrases)
    return phrases[one][0], phrases[two][0]
