"""What makes a person's rank readable: papers, parts of the score, topics, metrics, where they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.author import Author
from search.at_once import at_once
from search.engine import AuthorDocument, PaperDocument
from search.experts.needs import Need
from search.experts.ranked import Ranked
from search.experts.request import Evidence, Expert, Place
from search.people import People
from search.people.arrays import Columns
from search.text import analyze

__all__ = ["make_experts"]

_MOST_TOPICS = 5
_MOST_WORDS = 8
_LEAST_SHARE = 1e-6

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


def make_experts(
    people: People,
    needs: Sequence[Need],
    ranked: Ranked,
    page: Positions,
    *,
    offset: int,
    evidence: int,
    asked: Positions,
) -> list[Expert]:
    """The people at places ``page`` of ``ranked``, the first of them of rank ``offset + 1``.

    ``evidence``: papers shown with each; ``asked``: positions of the authors of papers asked with.
    """
    authors = ranked.bylines.people[page]
    papers = {int(at): _papers_of(ranked, int(at)) for at in page}
    shown = {at: places[:evidence] for at, (places, _) in papers.items()}
    documents: dict[int, PaperDocument] = {}
    known: dict[str, AuthorDocument] = {}
    places_shown = [place for places in shown.values() for place in places.tolist()]
    at_once(
        [
            lambda: documents.update(_documents(people, ranked, places_shown)),
            lambda: known.update(_people(people, authors)),
        ]
    )
    terms = _terms(needs)
    made = []
    for rank, (at, person) in enumerate(zip(page.tolist(), authors.tolist(), strict=True), start=offset + 1):
        identifier = people.arrays.author_ids[person]
        document = known.get(identifier)
        places, shares = papers[at]
        rows = zip(places[:evidence].tolist(), shares[:evidence].tolist(), strict=True)
        made.append(
            Expert(
                id=identifier,
                rank=rank,
                name=document.author.name.full if document else identifier,
                score=float(ranked.scores[at]),
                parts=_parts(ranked, at),
                relevant=int(ranked.relevance.chosen[places].sum()),
                papers=int(people.arrays.written.offsets[person + 1] - people.arrays.written.offsets[person]),
                first_year=_year(people.arrays.first_years[person]),
                last_year=_year(people.arrays.last_years[person]),
                place=_place(document.author) if document else Place(),
                evidence=tuple(_evidence(ranked, place, share, documents, terms) for place, share in rows),
                topics=_topics(people, ranked, places, shares),
                metrics=_row(people.arrays.author_metrics, person) or (dict(document.metrics) if document else {}),
                percentiles=_row(people.arrays.author_percentiles, person),
                query_author=bool(np.isin(person, asked)),
            )
        )
    return made


def _papers_of(ranked: Ranked, at: int) -> tuple[Positions, Floats]:
    """Places in the pool of a person's papers and their shares of the score, the largest first."""
    links = np.flatnonzero(ranked.bylines.author == at)
    places = ranked.bylines.paper[links].astype(np.int64)
    shares = ranked.mass[places] * ranked.bylines.share[links] / max(float(ranked.scores[at]), 1e-300)
    order = np.lexsort((places, -shares))
    order = order[shares[order] > _LEAST_SHARE]
    return places[order], shares[order]


def _documents(people: People, ranked: Ranked, places: Sequence[int]) -> dict[int, PaperDocument]:
    distinct = sorted(set(places))
    ids = people.arrays.paper_ids.take(ranked.relevance.papers[np.array(distinct, dtype=np.int64)])
    found = people.engine.papers(ids)
    return {place: document for place, document in zip(distinct, found, strict=True) if document is not None}


def _terms(needs: Sequence[Need]) -> dict[str, str]:
    """The needs' words by the term they are looked up as."""
    return {token.term: word for need in needs for word in need.words for token in analyze(word)}


def _people(people: People, authors: Positions) -> Mapping[str, AuthorDocument]:
    return {document.author.id: document for document in people.author_documents(authors)}


def _parts(ranked: Ranked, at: int) -> dict[str, float]:
    own, score = float(ranked.own[at]), float(ranked.scores[at])
    return {"own papers": own, "through co-authors": max(score - own, 0.0)}


def _evidence(
    ranked: Ranked, place: int, share: float, documents: Mapping[int, PaperDocument], terms: Mapping[str, str]
) -> Evidence:
    relevance = ranked.relevance
    document = documents.get(place)
    best = int(np.argmax(relevance.by_need[:, place]))
    top = float(relevance.weights.max())
    held: list[str] = []
    if document is not None:
        paper = document.paper
        inside = {token.term for token in analyze(f"{paper.title} \n {paper.abstract}")}
        held = list(dict.fromkeys(word for term, word in terms.items() if term in inside))[:_MOST_WORDS]
    return Evidence(
        id=document.paper.id if document else "",
        title=document.paper.title if document else "",
        year=document.paper.year if document else None,
        share=share,
        relevance=float(relevance.weights[place]) / top if top > 0 else 0.0,
        lexical=float(relevance.lexical[best, place]),
        vector=float(relevance.cosine[best, place]) if relevance.known[place] and relevance.vectors_used else None,
        words=tuple(held),
    )


def _topics(people: People, ranked: Ranked, places: Positions, shares: Floats) -> dict[str, float]:
    fields = people.arrays.corpus.fields
    if fields is None:
        return {}
    found: dict[int, float] = {}
    for field, share in zip(fields[ranked.relevance.papers[places]].tolist(), shares.tolist(), strict=True):
        if field >= 0:
            found[field] = found.get(field, 0.0) + share
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TOPICS]
    return {people.arrays.topic_names[field]: share for field, share in best}


def _row(columns: Columns, person: int) -> dict[str, float]:
    found = {name: float(values[person]) for name, values in columns.items()}
    return {name: value for name, value in sorted(found.items()) if math.isfinite(value)}


def _place(author: Author) -> Place:
    """The affiliation seen last, of several the one on most papers; the country of the last one that has any."""
    seen = [a for a in author.affiliations if a.last_year is not None] or list(author.affiliations)
    if not seen:
        return Place()
    order = sorted(seen, key=lambda a: (-(a.last_year or 0), -a.papers, a.text))
    country = next((a.country for a in order if a.country), None)
    return Place(order[0].text, country, order[0].last_year)


def _year(year: np.int16) -> int | None:
    return None if int(year) == NO_YEAR else int(year)
