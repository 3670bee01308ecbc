"""Query text to tokens. Everything that tells an operator from the punctuation of a pasted title is decided here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from records.errors import QueryError
from records.ids import PAPER_SCHEMES, ExternalId, IdKind
from search.query.ast import Span
from search.query.fields import Field, FieldKind, closest, find_field
from search.text import words

__all__ = ["OPERATORS", "Kind", "Token", "Value", "clean", "plain_words", "quote", "tokenize"]


class Kind(StrEnum):
    """What a token is."""

    WORD = auto()
    PHRASE = auto()
    IDENTIFIER = auto()  # a bare DOI or a URL that names a paper; ``text`` is its normal form
    FIELD = auto()  # of an analysed field; its words follow
    VALUES = auto()  # a field with exact values or a number, and all its values
    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    PLUS = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field, as typed."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Token:
    """A token, where it stands, and what it carries. ``prefix`` says that a word ended in ``*``."""

    kind: Kind
    text: str
    span: Span
    field: Field | None = None
    values: tuple[Value, ...] = ()
    prefix: bool = False


OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}
"""Words that are operators when written in capitals."""

_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
_FIELD = re.compile(r"([A-Za-z][A-Za-z_]*(?:\.[A-Za-z_]+)*):(?!:|//)")
_WORD = re.compile(rf"[^\s(){_QUOTES}]+")
_RAW_VALUE = re.compile(rf"[^\s{_QUOTES}|]+")
_HOSTS = r"(?:www\.|dx\.)?(?:doi\.org|arxiv\.org|aclanthology\.org|openalex\.org|dblp\.org)/"
_IDENTIFIER = re.compile(rf"(?:https?://|{_HOSTS}|10\.[0-9]{{4,9}}(?:\.[0-9]+)*/)[^\s{_QUOTES}]+", re.IGNORECASE)
_WORDLESS_GROUP = re.compile(rf"\(([^\w(){_QUOTES}]*)\)")
_OPERATOR = re.compile(r"(?:AND|OR|NOT)(?![^\s()])")
_TITLE_RUN = 3


def clean(text: str) -> str:
    """``text`` with control characters and lone surrogates as spaces: no engine takes them. The length stays."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text)


def quote(text: str) -> str:
    """``text`` in quotes; quotes inside are doubled."""
    return '"' + text.replace('"', '""') + '"'


def plain_words(text: str) -> list[str]:
    """The words of ``text`` with nothing left that the query language would read as its own."""
    found: list[str] = []
    for match in _WORD.finditer(clean(text)):
        for piece in _FIELD.sub(lambda field: f"{field[1]} ", match[0]).split(" "):
            found.extend(piece.split("/") if _IDENTIFIER.search(piece) else [piece])
    bare = (_bare_word(piece) for piece in found)
    return [word.lower() if word in OPERATORS else word for word in bare if word]


def _bare_word(raw: str) -> str:
    """A raw word without the punctuation around it; "" when it has no letter or digit."""
    if raw.isascii() and raw.isalnum():
        return raw
    tokens = words(raw)
    return raw[tokens[0].start : tokens[-1].end] if tokens else ""


class _Lexer:
    def __init__(self, text: str, metrics: Collection[str]) -> None:
        self.text = text
        self.source = clean(text)
        self.metrics = metrics
        self.at = 0
        self.tokens: list[Token] = []

    def error(self, message: str, column: int, hint: str | None = None) -> QueryError:
        return QueryError(message, text=self.text, column=column, hint=hint)

    def run(self) -> list[Token]:
        while self.at < len(self.source):
            char = self.source[self.at]
            if char.isspace():
                self.at += 1
            elif char in _QUOTES:
                start = self.at
                phrase = self.quoted()
                if words(phrase):
                    self.add(Kind.PHRASE, " ".join(phrase.split()), start)
            elif char in "()":
                self.parenthesis(char)
            elif not (self.sign(char) or self.punctuation(char) or self.identifier() or self.field()):
                self.word()
        self.tokens.append(Token(Kind.END, "", Span(len(self.source), len(self.source))))
        return _undo_capital_titles(self.source, self.tokens)

    def add(self, kind: Kind, text: str, start: int) -> None:
        self.tokens.append(Token(kind, text, Span(start, self.at)))

    def quoted(self) -> str:
        """Read a quoted string from its opening quote on; a doubled straight quote inside is a quote.

        What a straight quote opens a straight one closes, if there is any: values may hold typographic quotes.
        """
        start = self.at
        straight = self.source[start] == '"' and '"' in self.source[start + 1 :]
        closing = '"' if straight else _QUOTES
        parts: list[str] = []
        begin = self.at = start + 1
        while self.at < len(self.source):
            if self.source[self.at] in closing:
                parts.append(self.source[begin : self.at])
                self.at += 1
                if self.source[self.at - 1 : self.at + 1] != '""' or self.at - 1 == start + 1:
                    break
                parts.append('"')
                begin = self.at + 1
            self.at += 1
        else:
            raise self.error("a quote is not closed", start, "close it, or take it out")
        content = "".join(parts)
        if not content.strip():
            raise self.error("there is nothing between the quotes", start, "put words between them, or take them out")
        return content

    def punctuation(self, char: str) -> bool:
        """Pass over a character in front of a word that is part of no word."""
        if _in_word(char):
            return False
        self.at += 1
        return True

    def parenthesis(self, char: str) -> None:
        start = self.at
        group = _WORDLESS_GROUP.match(self.source, start)
        # "fork()" and "(+)" are text.
        if group and (group[1].strip() or (start and self.source[start - 1].isalnum())) and not words(group[1]):
            self.at = group.end()
            return
        self.at += 1
        self.add(Kind.OPEN if char == "(" else Kind.CLOSE, char, start)

    def identifier(self) -> bool:
        """Read a DOI or a URL that names a paper; any other URL is words."""
        match = _IDENTIFIER.match(self.source, self.at)
        if match is None or (self.tokens and self.tokens[-1].kind is Kind.FIELD):
            return False
        start, raw = self.at, _unwrapped(match[0])
        url = raw if raw.startswith(("http", "10.")) else f"https://{raw}"
        found = ExternalId.try_parse(url)
        if found is None or found.scheme not in PAPER_SCHEMES or found.kind is not IdKind.PAPER:
            return False
        self.at += len(raw)
        self.add(Kind.IDENTIFIER, str(found), start)
        return True

    def field(self) -> bool:
        """Read ``name:`` where it is a field; an error where it looks like one and is not."""
        match = _FIELD.match(self.source, self.at)
        if match is None or (self.tokens and self.tokens[-1].kind is Kind.FIELD):
            return False
        name, after = match[1], self.source[match.end() : match.end() + 1]
        found = find_field(name, self.metrics)
        if found is None:
            self.refuse_unknown(name, after)
            return False
        if (not after or after.isspace()) and not name.islower():
            return False  # "Language: an introduction" is a title
        start = self.at
        self.at = match.end()
        while self.at < len(self.source) and self.source[self.at].isspace():
            self.at += 1
        if self.at == len(self.source) or self.source[self.at] == ")":
            raise self.error(f"{name}: has no value", start, f"write {name}:value, without a space")
        if found.kind is FieldKind.TEXT:
            self.tokens.append(Token(Kind.FIELD, name, Span(start, self.at), found))
        else:
            values = tuple(self.values(name, start))
            self.tokens.append(Token(Kind.VALUES, name, Span(start, self.at), found, values))
        return True

    def refuse_unknown(self, name: str, after: str) -> None:
        """Raise for a field that does not exist; "BERT: Pre-training" and "Re:Zero" are titles."""
        if not after or not (after.isalnum() or after in _QUOTES or after in "(<>="):
            return
        like = closest(name, self.metrics)
        if like is None and (len(name) == 1 or not name.islower()):
            return
        meant = f"did you mean {like}: ? If not," if like else "if no field is meant,"
        hint = f"{meant} put a space after the colon to search the words"
        raise self.error(f"there is no field {name!r}", self.at, hint)

    def values(self, name: str, start: int) -> Iterator[Value]:
        """Read ``a|b``, ``"a b"|c`` or ``(a OR b)``."""
        if self.source[self.at] != "(":
            yield from self.alternatives(name)
            return
        opened = self.at
        self.at += 1
        hint = f"write {name}:(a OR b)"
        wanted = True  # a value, and not an OR, comes next
        while self.at < len(self.source) and self.source[self.at] != ")":
            operator = _OPERATOR.match(self.source, self.at)
            if self.source[self.at].isspace():
                self.at += 1
            elif wanted and not operator:
                yield from self.alternatives(name)
                wanted = False
            elif operator and operator[0] == "OR" and not wanted:
                wanted, self.at = True, operator.end()
            elif operator:
                raise self.error(f"{operator[0]} cannot stand here", self.at, hint)
            else:
                raise self.error("an OR is missing between two values", self.at, hint)
        if self.at == len(self.source):
            raise self.error("a parenthesis is not closed", opened, "close it with )")
        if wanted:
            raise self.error(f"{name}: has no value before the parenthesis is closed", start, hint)
        self.at += 1

    def alternatives(self, name: str) -> Iterator[Value]:
        while True:
            start = self.at
            if start < len(self.source) and self.source[start] in _QUOTES:
                content = self.quoted()
            elif match := _RAW_VALUE.match(self.source, start):
                content = _unwrapped(match[0])
                self.at += len(content)
            else:
                content = ""
            if not content.strip():
                raise self.error(f"a value of {name}: is empty", start, f"write {name}:value or {name}:one|other")
            yield Value(content.strip(), Span(start, self.at))
            if not self.source.startswith("|", self.at):
                return
            self.at += 1

    def sign(self, char: str) -> bool:
        """Read ``-`` or ``+`` in front of a word; anywhere else they are punctuation."""
        if char not in "-+":
            return False
        before, after = self.source[self.at - 1 : self.at], self.source[self.at + 1 : self.at + 2]
        starts = self.at == 0 or before.isspace() or before == "("
        if not starts or not after or not (_in_word(after) or after in _QUOTES + "("):
            return False
        self.at += 1
        self.add(Kind.NOT if char == "-" else Kind.PLUS, char, self.at - 1)
        return True

    def word(self) -> None:
        match = _WORD.match(self.source, self.at)
        raw = match[0] if match else self.source[self.at]
        start = self.at
        in_field = bool(self.tokens) and self.tokens[-1].kind is Kind.FIELD
        self.at += len(raw)
        if raw in OPERATORS and not in_field:
            self.add(OPERATORS[raw], raw, start)
            return
        span = Span(start, self.at)
        found = [Token(Kind.WORD, word, span) for word in plain_words(raw)]
        stem = raw.rstrip("*")
        # "A*" is an algorithm; two letters and more begin a word.
        if found and stem != raw and stem.endswith(found[-1].text) and len(words(stem)[-1].term) > 1:
            found[-1] = replace(found[-1], prefix=True)
        if in_field and len(found) > 1:
            found = [Token(Kind.OPEN, "(", span), *found, Token(Kind.CLOSE, ")", span)]
        self.tokens.extend(found)


def _in_word(char: str) -> bool:
    """Whether a character can begin a word; some symbols (a letter in a circle) fold to letters."""
    if char.isascii():
        return char.isalnum()
    return char.isalnum() or unicodedata.category(char).startswith("M") or bool(words(char))


def _unwrapped(raw: str) -> str:
    """``raw`` without what follows an identifier in running text: punctuation, a parenthesis that was opened before."""
    depth = 0
    for offset, char in enumerate(raw):
        depth += (char == "(") - (char == ")")
        if depth < 0:
            raw = raw[:offset]
            break
    return raw.rstrip(",;") or raw


def _undo_capital_titles(text: str, tokens: list[Token]) -> list[Token]:
    """In A TITLE TYPED IN CAPITALS AND NOTHING ELSE the operators are words."""
    plain = {Kind.WORD, Kind.AND, Kind.OR, Kind.NOT, Kind.END}
    if any(c.islower() for c in text) or any(token.kind not in plain for token in tokens):
        return tokens
    run = longest = 0
    for token in tokens:
        run = run + 1 if token.kind is Kind.WORD and token.text.isupper() else 0
        longest = max(longest, run)
    if longest < _TITLE_RUN:
        return tokens
    return [Token(Kind.WORD, token.text.lower(), token.span) if token.text in OPERATORS else token for token in tokens]


def tokenize(text: str, metrics: Collection[str] = ()) -> list[Token]:
    """The tokens of a query, an END token last.

    :raises QueryError: for unclosed quotes, fields that do not exist and values that are missing.
    """
    return _Lexer(text, metrics).run()
