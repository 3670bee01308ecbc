"""Query text to the typed query. ``docs/search.md`` describes the language.

Precedence, strongest first: words side by side, NOT (``-``) and ``+``, AND, OR. Recursion only follows parentheses, and
those are limited.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from records.errors import QueryError
from records.ids import ExternalId, IdKind, IdScheme
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Span, TextField
from search.query.fields import Field
from search.query.lexer import Kind, Token, clean, plain_words, tokenize
from search.query.values import field_node
from search.text import words

__all__ = ["MAX_CLAUSES", "MAX_DEPTH", "MAX_LENGTH", "parse"]

MAX_LENGTH = 10_000
"""Code points of a query or a filter."""

MAX_CLAUSES = 200
"""Clauses of a query: a run of plain words is one, and so is every phrase, field and prefix."""

MAX_DEPTH = 50
"""Parentheses inside parentheses."""

# Schemes whose bare ids are told from words with certainty enough to look them up, besides searching the word.
_LOOKED_UP = frozenset({IdScheme.ACL, IdScheme.ARXIV, IdScheme.DBLP})


@dataclass(frozen=True, slots=True)
class _Part:
    """A parsed operand. ``words`` are set while it is nothing but plain words, which neighbours may join.

    ``bare`` marks a single word outside parentheses: under an operator all its pieces must occur ("state-of-the-art").
    """

    node: Node | None
    words: tuple[Token, ...] = ()
    bare: bool = False
    span: Span = Span()  # noqa: RUF009 - frozen


def parse(text: str, *, metrics: Collection[str] = ()) -> Node:
    """Parse a query. ``metrics`` are the numeric metrics that can be used as fields besides the built-in ones.

    Blank text is :class:`Everything`.

    :raises QueryError: with column and, where there is one, a hint.
    """
    if len(text) > MAX_LENGTH:
        message = f"the query has {len(text)} characters, {MAX_LENGTH} are allowed"
        raise QueryError(message, text=text, column=MAX_LENGTH, hint="search for the most telling sentences only")
    if not clean(text).strip():
        return Everything()
    tokens = tokenize(text, metrics)
    if len(tokens) == 1:
        raise QueryError("there is nothing to search for: no letter and no digit", text=text, column=0)
    parser = _Parser(text, tokens)
    return _with_lookup(parser.query())


def _with_lookup(node: Node) -> Node:
    """The query ``P19-1001`` (or ``arXiv 1706.03762``) looks for the paper with that id and for the words."""
    if not isinstance(node, Match) or node.field is not TextField.TEXT:
        return node
    if node.phrase or node.prefix or node.all_words:
        return node
    found = ExternalId.try_parse(node.text)
    if found is None or found.scheme not in _LOOKED_UP or found.kind is not IdKind.PAPER:
        return node
    return Or((Keyword(KeywordField.EXTERNAL_ID, (str(found),), node.span), _require_all(node)), node.span)


class _Parser:
    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.index = 0
        self.depth = 0
        self.clauses = 0
        self.field: Field | None = None

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def error(self, message: str, span: Span, hint: str | None = None) -> QueryError:
        return QueryError(message, text=self.text, column=span.start, hint=hint)

    def take(self) -> Token:
        token = self.token
        self.index += 1
        return token

    def query(self) -> Node:
        part = self.disjunction()
        if self.token.kind is Kind.CLOSE:
            raise self.error("a parenthesis is closed that was not opened", self.token.span, "take it out or open it")
        return self.finished(part)

    def finished(self, part: _Part) -> Node:
        node = part.node if part.node is not None else self.bag(part.words)
        if node is None:
            raise self.error("there is nothing to search for: no letter and no digit", part.span)
        return node

    def disjunction(self) -> _Part:
        return self.chain(Kind.OR)

    def chain(self, operator: Kind) -> _Part:
        """Operands joined by ``operator``; AND binds tighter than OR."""
        operand = self.sequence if operator is Kind.AND else lambda: self.chain(Kind.AND)
        parts = [operand()]
        while self.token.kind is operator:
            self.take()
            parts.append(operand())
        if len(parts) == 1:
            return parts[0]
        children = [self.operand_node(part) for part in parts]
        span = Span(parts[0].span.start, parts[-1].span.end)
        return _Part(_and(children, span) if operator is Kind.AND else _or(children, span), span=span)

    def operand_node(self, part: _Part) -> Node:
        node = self.finished(part)
        return _require_all(node) if part.bare else node

    def sequence(self) -> _Part:
        """Operands side by side: plain words become one bag, everything else must match besides."""
        start = self.token
        plain: list[Token] = []
        others: list[tuple[int, Node]] = []
        bag_at, bare, end = -1, True, start.span.end
        while self.token.kind not in (Kind.AND, Kind.OR, Kind.CLOSE, Kind.END):
            token = self.token
            part = self.operand()
            end = max(part.span.end, end)
            if part.node is None:
                bag_at = token.span.start if bag_at < 0 else bag_at
                bare = bare and part.bare
                plain.extend(part.words)
            else:
                others.append((token.span.start, part.node))
        if self.token is start:
            raise self.missing_operand()
        span = Span(start.span.start, end)
        if not others:
            return _Part(None, tuple(plain), bare=bare and len(plain) == 1, span=span)
        bag = self.bag(plain)
        if bag is not None:
            others.append((bag_at, bag))
        children = [node for _, node in sorted(others, key=lambda item: item[0])]
        return _Part(children[0] if len(children) == 1 else _and(children, span), span=span)

    def missing_operand(self) -> QueryError:
        token = self.token
        before = self.tokens[self.index - 1] if self.index else None
        if before is not None and before.kind is Kind.OPEN and token.kind is Kind.CLOSE:
            return self.error("there is nothing between the parentheses", before.span, "put words between them")
        if token.kind is Kind.CLOSE and self.depth == 0 and before is None:
            return self.error("a parenthesis is closed that was not opened", token.span, "take it out or open it")
        operator = token if token.kind in (Kind.AND, Kind.OR) else before or token
        if operator.kind is Kind.OPEN:
            return self.error("a parenthesis is not closed", operator.span, "close it with )")
        side = "in front of" if operator is token else "after"
        hint = f'write it in lower case, or "{operator.text}" in quotes, to search for the word'
        return self.error(f"there is nothing {side} {operator.text}", operator.span, hint)

    def operand(self) -> _Part:
        """One word, phrase, field or group, with the signs in front of it."""
        start = self.token.span
        negated = signed = False
        sign = self.token
        while self.token.kind in (Kind.NOT, Kind.PLUS):
            sign, signed = self.take(), True
            negated ^= sign.kind is Kind.NOT
        if signed and self.token.kind in (Kind.AND, Kind.OR, Kind.CLOSE, Kind.END):
            raise self.error(f"there is nothing after {sign.text}", sign.span, "put a word after it, or take it out")
        part = self.primary()
        if not signed:
            return part
        span = Span(start.start, part.span.end)
        node = self.operand_node(part)
        return _Part(_not(node, span) if negated else node, span=span)

    def primary(self) -> _Part:
        token = self.take()
        if token.kind is Kind.WORD:
            return _Part(None, (token,), bare=True, span=token.span)
        if token.kind is Kind.OPEN:
            return self.group(token)
        if token.kind is Kind.FIELD:
            return self.fielded(token)
        self.count(token)
        if token.kind is Kind.PHRASE:
            return _Part(self.phrase(token), span=token.span)
        if token.kind is Kind.IDENTIFIER:
            return self.identifier(token)
        self.refuse_nested(token)
        self.clauses += len(token.values) - 1
        return _Part(field_node(token, self.text), span=token.span)

    def group(self, opened: Token) -> _Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} parentheses stand inside each other", opened.span)
        part = self.disjunction()
        if self.token.kind is not Kind.CLOSE:
            raise self.error("a parenthesis is not closed", opened.span, "close it with )")
        span = Span(opened.span.start, self.take().span.end)
        self.depth -= 1
        return replace(part, bare=False, span=span)

    def identifier(self, token: Token) -> _Part:
        """A DOI or paper URL looks a paper up; inside a field it is words."""
        if self.field is None:
            return _Part(None, (token,), span=token.span)
        pieces = plain_words(self.text[token.span.start : token.span.end])
        return _Part(None, tuple(Token(Kind.WORD, piece, token.span) for piece in pieces), span=token.span)

    def refuse_nested(self, token: Token) -> None:
        if self.field is not None:
            hint = f"put it outside {self.field.name}:(...)"
            raise self.error("a field cannot stand inside the parentheses of another", token.span, hint)

    def fielded(self, token: Token) -> _Part:
        self.refuse_nested(token)
        if self.token.kind not in (Kind.WORD, Kind.PHRASE, Kind.OPEN):
            raise self.error(
                f"{token.text}: has no words", token.span, f"write {token.text}:word or {token.text}:(...)"
            )
        self.field = token.field
        node = self.finished(self.primary())
        self.field = None
        return _Part(node, span=Span(token.span.start, self.tokens[self.index - 1].span.end))

    def phrase(self, token: Token) -> Node:
        target = self.target
        if target is TextField.AUTHOR:
            # A name is printed in many orders and with more or fewer initials: all its words, wherever they stand.
            return _require_all(Match(" ".join(plain_words(token.text)), target, span=token.span))
        return Match(token.text, target, phrase=True, span=token.span)

    @property
    def target(self) -> TextField:
        return TextField(self.field.target) if self.field else TextField.TEXT

    def bag(self, tokens: Sequence[Token]) -> Node | None:
        """Plain words as one match (and one more for every prefix but the last), or'd with the ids among them."""
        if not tokens:
            return None
        span = Span(tokens[0].span.start, tokens[-1].span.end)
        plain = [token for token in tokens if token.kind is Kind.WORD and not token.prefix]
        prefixes = [token for token in tokens if token.prefix]
        ids = [token.text for token in tokens if token.kind is Kind.IDENTIFIER]
        children: list[Node] = [self.match([token], span=token.span) for token in prefixes[:-1]]
        if plain or prefixes:
            children.append(self.match([*plain, *prefixes[-1:]], span=span))
        matches = children
        if ids:
            children = [*matches, Keyword(KeywordField.EXTERNAL_ID, tuple(dict.fromkeys(ids)), span)]
        if len(children) == 1:
            return children[0]
        return _and(children, span) if self.field else _or(children, span)

    def match(self, tokens: Sequence[Token], span: Span) -> Node:
        self.count(tokens[0])
        text = " ".join(token.text for token in tokens)
        every = self.field is not None and len(words(text)) > 1
        return Match(text, self.target, all_words=every, prefix=tokens[-1].prefix, span=span)

    def count(self, token: Token) -> None:
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise self.error(f"the query has more than {MAX_CLAUSES} clauses", token.span, "make it shorter")


def _require_all(node: Node) -> Node:
    """All words of a match, where it has more than one (the flag says nothing of a single word)."""
    if not isinstance(node, Match) or node.phrase:
        return node
    return replace(node, all_words=len(words(node.text)) > 1)


def _flatten(children: Sequence[Node], kind: type[And] | type[Or]) -> tuple[Node, ...]:
    flat: list[Node] = []
    for child in children:
        flat.extend(child.children if isinstance(child, kind) else (child,))
    return tuple(flat)


def _and(children: Sequence[Node], span: Span) -> And:
    return And(_flatten(children, And), span)


def _or(children: Sequence[Node], span: Span) -> Or:
    return Or(_flatten(children, Or), span)


def _not(node: Node, span: Span) -> Node:
    return node.child if isinstance(node, Not) else Not(node, span)
