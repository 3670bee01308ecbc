"""What the typed query means, by brute force over documents: the definition engines are compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from anyascii import anyascii

from records.ids import IdScheme
from records.name import Name
from records.paper import Paper
from search.engine import PaperDocument
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from search.text import analyze, fold, stem, title_key, words

__all__ = ["Oracle", "keywords", "number"]

_ENGLISH = (TextField.TEXT, TextField.TITLE, TextField.ABSTRACT)


def _printed(name: Name) -> list[str]:
    forms = [form for form in (name.full, name.native) if form]
    return forms + [anyascii(form) for form in forms if not fold(form).isascii()]


def texts(paper: Paper, where: TextField) -> list[str]:
    """The separate texts of a field: no phrase runs from one into the next."""
    match where:
        case TextField.TITLE:
            return [paper.title]
        case TextField.ABSTRACT:
            return [paper.abstract]
        case TextField.TEXT:
            return [paper.title, paper.abstract]
        case TextField.AUTHOR:
            return [form for authorship in paper.authorships for form in _printed(authorship.name)]
        case TextField.VENUE:
            return [paper.venue.name, paper.venue.acronym] if paper.venue else []
        case TextField.AFFILIATION:
            return [a.text for authorship in paper.authorships for a in authorship.affiliations]


def keywords(paper: Paper, where: KeywordField) -> set[str]:
    """The exact values of a field."""
    people = paper.authorships
    places = [a for authorship in people for a in authorship.affiliations]
    has = {
        "abstract": bool(paper.abstract),
        "doi": any(i.scheme == IdScheme.DOI for i in paper.ids),
        "references": bool(paper.references),
    }
    values: dict[KeywordField, Callable[[], set[str | None]]] = {
        KeywordField.ID: lambda: {paper.id},
        KeywordField.EXTERNAL_ID: lambda: {str(i) for i in paper.ids},
        KeywordField.AUTHOR_ID: lambda: {a.author_id for a in people},
        KeywordField.AUTHOR_ORCID: lambda: {i.value for a in people for i in a.ids if i.scheme == IdScheme.ORCID},
        KeywordField.INSTITUTION_ID: lambda: {a.institution_id for a in places},
        KeywordField.COUNTRY: lambda: {a.country for a in places},
        KeywordField.VENUE_ID: lambda: {paper.venue.id} if paper.venue else set(),
        KeywordField.VENUE_NAME: lambda: {paper.venue.name} if paper.venue else set(),
        KeywordField.TOPIC: lambda: {t.name for t in paper.topics},
        KeywordField.TYPE: lambda: {paper.type},
        KeywordField.LANGUAGE: lambda: {paper.language},
        KeywordField.REFERENCE: lambda: set(paper.references),
        KeywordField.TITLE_KEY: lambda: {title_key(paper.title)},
        KeywordField.RETRACTED: lambda: {str(paper.retracted).lower()},
        KeywordField.HAS: lambda: {name for name, value in has.items() if value},
    }
    return {value for value in values[where]() if value}


def number(entry: PaperDocument, where: str) -> float | None:
    """The value of a number field or metric; None when the paper has none."""
    match where:
        case "year":
            return None if entry.paper.year is None else float(entry.paper.year)
        case "authors":
            return float(len(entry.paper.authorships))
        case "references":
            return float(len(entry.paper.references))
        case _:
            return entry.metrics.get(where)


@dataclass(slots=True)
class Oracle:
    """Evaluates queries over ``papers``. None from the evaluator means: no words, so no condition either."""

    papers: Sequence[PaperDocument]
    _vocabulary: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for entry in self.papers:
            for text in texts(entry.paper, TextField.TEXT):
                self._vocabulary.update(token.term for token in words(text))

    def ids(self, node: Node) -> list[str]:
        """Ids of the papers matching, ascending."""
        return sorted(entry.paper.id for entry in self.papers if self._matches(node, entry) is True)

    def _matches(self, node: Node, entry: PaperDocument) -> bool | None:
        match node:
            case Everything():
                return True
            case Not(child):
                inner = self._matches(child, entry)
                return None if inner is None else not inner
            case And(children) | Or(children):
                verdicts = [v for v in (self._matches(child, entry) for child in children) if v is not None]
                if children and not verdicts:
                    return None
                return all(verdicts) if isinstance(node, And) else any(verdicts)
            case Keyword(KeywordField.CITED_BY, values):
                citing = (other.paper for other in self.papers if other.paper.id in values)
                return entry.paper.id in {cited for paper in citing for cited in paper.references}
            case Keyword(where, values):
                return bool(keywords(entry.paper, where) & set(values))
            case Range():
                return _in_range(node, number(entry, node.field))
            case Match():
                return self._words(node, entry)

    def _words(self, node: Match, entry: PaperDocument) -> bool | None:
        english = node.field in _ENGLISH
        asked = {token.position: {token.term} for token in analyze(node.text, english=english)}
        typed = words(node.text)
        if node.prefix and typed:
            asked[typed[-1].position] = self._begun(typed[-1].term, node.field, english=english)
        if not asked:
            return None
        held = [
            {token.position: token.term for token in analyze(text, english=english)}
            for text in texts(entry.paper, node.field)
        ]
        if node.phrase:
            return any(_holds_phrase(text, asked) for text in held)
        everything = {term for text in held for term in text.values()}
        found = [bool(terms & everything) for terms in asked.values()]
        return all(found) if node.all_words else any(found)

    def _begun(self, prefix: str, where: TextField, *, english: bool) -> set[str]:
        if english:
            return {stem(word) for word in self._vocabulary if word.startswith(prefix)}
        held = {token.term for e in self.papers for text in texts(e.paper, where) for token in words(text)}
        return {word for word in held if word.startswith(prefix)}


def _in_range(node: Range, value: float | None) -> bool:
    if value is None:
        return False
    above = node.low is None or value > node.low or (node.include_low and value == node.low)
    below = node.high is None or value < node.high or (node.include_high and value == node.high)
    return above and below


def _holds_phrase(text: dict[int, str], asked: dict[int, set[str]]) -> bool:
    first = min(asked)
    return any(all(text.get(start + position - first) in terms for position, terms in asked.items()) for start in text)
