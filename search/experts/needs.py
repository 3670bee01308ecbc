"""What is needed, read: texts and papers as queries of both halves, and a long text's aspects."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from records.errors import NotFoundError, QueryError
from records.ids import ExternalId
from search.embedding import paper_text
from search.engine import Vectors
from search.experts.request import ExpertRequest
from search.interpretation import Interpretation, interpret
from search.people import People
from search.query.ast import Everything, Keyword, KeywordField, Node
from search.query.lexer import plain_words
from search.request import SearchWarning
from search.text import analyze

__all__ = [
    "MOST_ASPECTS",
    "Need",
    "aspects_of",
    "list_items",
    "paper_position",
    "passages",
    "read_aspects",
    "read_needs",
]

MOST_ASPECTS = 40
"""Aspects of one text; what comes after them is not looked at, and a warning says so."""

LONGEST = 200_000
"""Code points of a text that are read."""

_PASSAGE = 40  # words: about what a short token limit of an embedder takes in
_MOST_PASSAGES = 24
_SHORT_LINE = 14  # words: longer lines of a list are sentences
_FEWEST_ITEMS = 3

_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[^a-z])|\n\s*\n")
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013\u2014\u00b7\u25aa\u25cf+]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing asked for: ``query`` scores by words under ``where``; ``vector`` by meaning under ``near``, None where
    only words count. ``words`` are those of the need, the rarest first; ``label`` says what the need is.
    ``described``: by a text or a paper, whose details are narrower than its subject; otherwise it is named.
    """

    label: str
    query: Node
    where: Node | None
    near: Node | None
    vector: Vectors | None
    words: tuple[str, ...]
    scores: bool
    described: bool = False


def list_items(text: str) -> tuple[str, ...]:
    """The items of the lists in a text, if there are three and more: what a call for papers is about.

    An item is a line with a bullet or a number before it, and not a sentence's length.
    """
    items = [_BULLET.sub("", line).strip(" \t.;,") for line in text.splitlines() if _BULLET.match(line)]
    items = [item for item in items if plain_words(item) and len(item.split()) <= _SHORT_LINE]
    return tuple(dict.fromkeys(items)) if len(items) >= _FEWEST_ITEMS else ()


def aspects_of(text: str) -> tuple[str, ...]:
    """The aspects of a text: the items of its lists, or its sentences; the text itself where it has no parts."""
    items = list_items(text)
    if items:
        return items
    sentences = [" ".join(piece.split()) for piece in _SENTENCE.split(text)]
    return tuple(dict.fromkeys(piece for piece in sentences if len(plain_words(piece)) > 1)) or (text.strip(),)


def read_needs(people: People, request: ExpertRequest) -> tuple[list[Need], list[SearchWarning]]:
    """The needs of a request: its query, each of its texts (each item of a call's list by itself), each of its papers.

    :raises QueryError: when there is nothing to search for, or the query or the filter of papers cannot be read.
    :raises NotFoundError: when a paper does not exist.
    """
    needs: list[Need] = []
    warnings: list[SearchWarning] = []
    if request.query.strip():
        _add(needs, warnings, people, request.query, request.paper_filter, label=request.query.strip())
    for text in request.texts:
        _add_text(needs, warnings, people, text, request.paper_filter)
    needs.extend(_of_papers(people, request.papers, request.paper_filter))
    if not needs:
        raise QueryError("say what experts are needed for: a query, a text or papers", text="")
    if not any(need.scores or need.vector is not None for need in needs):
        raise QueryError("the query has no words to find papers by", text=request.query)
    return needs, _distinct(warnings)


def _add(
    needs: list[Need], warnings: list[SearchWarning], people: People, query: str, constraint: str, *, label: str
) -> None:
    asked = interpret(query, constraint, people.engine)
    vector = None
    if people.embedder is not None and asked.meaning:
        vector = people.embedder.embed_query(asked.meaning)
    warnings.extend(asked.warnings)
    needs.append(Need(label, asked.query, asked.where, asked.near, vector, _rarest_first(asked), asked.scores))


def _add_text(needs: list[Need], warnings: list[SearchWarning], people: People, text: str, constraint: str) -> None:
    if len(text) > LONGEST:
        warnings.append(SearchWarning("text-truncated", f"only the first {LONGEST:,} characters were read"))
        text = text[:LONGEST]
    if not plain_words(text):
        warnings.append(SearchWarning("empty-text", "a text without words was passed over"))
        return
    items = list_items(text)
    if len(items) > MOST_ASPECTS:
        message = f"the text has {len(items)} topics; the first {MOST_ASPECTS} were looked at"
        warnings.append(SearchWarning("text-truncated", message))
    needs.extend(_of_parts(people, items[:MOST_ASPECTS], constraint))
    if not items:
        needs.append(_of_text(people, text, constraint, warnings, described=True))


def paper_position(people: People, identifier: str) -> int:
    """The position of a paper by our id, one that was merged away, or an external one (``doi:10.1000/1``).

    :raises NotFoundError: when there is none.
    """
    position, external = people.find("paper", identifier), ExternalId.try_parse(identifier)
    if position is None and external is not None:
        names = tuple(str(one) for one in (external, *external.equivalents()))
        found = people.engine.pool(Everything(), 1, Keyword(KeywordField.EXTERNAL_ID, names)).positions
        position = int(found[0]) if len(found) else None
    if position is None:
        raise NotFoundError("paper", identifier)
    return position


def _of_parts(people: People, parts: Sequence[str], constraint: str) -> list[Need]:
    """A need for each part of a text. What is odd about a part is not told."""
    _count_words(people, parts)
    return [_of_text(people, part, constraint, None) for part in parts]


def _count_words(people: People, texts: Sequence[str]) -> None:
    """Have the words of several texts counted together: a cluster is asked once, and remembers."""
    if len(texts) > 1:
        people.engine.statistics([word for text in texts for word in plain_words(text)])


def _of_text(
    people: People, text: str, constraint: str, warnings: list[SearchWarning] | None, *, described: bool = False
) -> Need:
    """Plain words, whatever the query language would make of them; the mean of the passages' vectors."""
    asked = interpret(" ".join(plain_words(text)), constraint, people.engine, explain=warnings is not None)
    warnings = [] if warnings is None else warnings
    warnings.extend(asked.warnings)
    pieces = passages(text)
    if len(pieces) > _MOST_PASSAGES and people.embedder is not None:
        message = f"the meaning of the first {_MOST_PASSAGES} of {len(pieces)} passages was compared"
        warnings.append(SearchWarning("text-truncated", message))
    vector = _mean_vector(people, pieces[:_MOST_PASSAGES])
    words = _rarest_first(asked)
    return Need(_shown(text), asked.query, asked.where, asked.near, vector, words, asked.scores, described)


def _of_papers(people: People, identifiers: Sequence[str], constraint: str) -> list[Need]:
    """Papers by their own words and their own vectors."""
    if not identifiers:
        return []
    positions = np.array([paper_position(people, identifier) for identifier in identifiers], dtype=np.int64)
    papers = [document.paper for document in people.paper_documents(positions)]
    texts = [paper_text(paper.title, paper.abstract) for paper in papers]
    _count_words(people, texts)
    vectors, known = people.engine.vectors_at(positions)
    needs = []
    for place, (paper, text) in enumerate(zip(papers, texts, strict=True)):
        asked = interpret(" ".join(plain_words(text)), constraint, people.engine, explain=False)
        vector = None
        if people.engine.generation.vectors:
            vector = vectors[place] if known[place] else _mean_vector(people, passages(text))
        words = _rarest_first(asked)
        needs.append(
            Need(paper.title, asked.query, asked.where, asked.near, vector, words, asked.scores, described=True)
        )
    return needs


def _rarest_first(asked: Interpretation) -> tuple[str, ...]:
    frequency = asked.statistics.document_frequency

    def rarity(word: str) -> int:
        return min((frequency.get(token.term, 0) for token in analyze(word)), default=0)

    return tuple(sorted(asked.content, key=rarity))


def passages(text: str) -> list[str]:
    """Runs of whole sentences of up to :data:`_PASSAGE` words; a longer sentence is cut."""
    found: list[str] = []
    run: list[str] = []
    for sentence in _SENTENCE.split(text):
        words = sentence.split()
        if run and len(run) + len(words) > _PASSAGE:
            found.append(" ".join(run))
            run = []
        run.extend(words)
        while len(run) > _PASSAGE:
            found.append(" ".join(run[:_PASSAGE]))
            run = run[_PASSAGE:]
    return [*found, " ".join(run)] if run else found


def _mean_vector(people: People, passages: Sequence[str]) -> Vectors | None:
    if people.embedder is None or not passages:
        return None
    mean = np.stack([people.embedder.embed_query(passage) for passage in passages]).mean(axis=0)
    length = float(np.linalg.norm(mean))
    return (mean / length).astype(np.float32) if length > 0 else None


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:117].rstrip()}..."


def _distinct(warnings: Sequence[SearchWarning]) -> list[SearchWarning]:
    return list(dict.fromkeys(warnings))


def read_aspects(
    people: People, needs: Sequence[Need], request: ExpertRequest
) -> tuple[list[Need], list[SearchWarning]]:
    """What a coverage is told about: the needs if there are several, else the sentences of the one text."""
    if len(needs) > 1:
        return list(needs), []
    text = request.texts[0] if request.texts else ""
    if request.papers:
        paper = people.paper_documents([paper_position(people, request.papers[0])])[0].paper
        text = f"{paper.title}\n\n{paper.abstract}"
    aspects = aspects_of(text) if text.strip() else ()
    if len(aspects) < 2:
        return list(needs), []
    warnings = []
    if len(aspects) > MOST_ASPECTS:
        message = f"the text has {len(aspects)} sentences; coverage is told for the first {MOST_ASPECTS}"
        warnings.append(SearchWarning("text-truncated", message))
    return _of_parts(people, aspects[:MOST_ASPECTS], request.paper_filter), warnings
