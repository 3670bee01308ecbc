"""What scores texts for people: profiles made of the papers of their records and of the collection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from ranking.corpus import NO_YEAR
from records.errors import AssignmentError
from records.paper import Paper
from search.affinity import Affinity, Vectorize, profiles_of_papers
from search.assignment.inputs import ReviewerRecord
from search.conflicts.identify import Identities
from search.engine import Vectors
from search.people import People, row
from search.text import title_key

__all__ = ["scorer_of"]

_READ_AT_ONCE = 2_000  # papers


def scorer_of(
    reviewers: Sequence[ReviewerRecord],
    people: People | None,
    vectorize: Vectorize | None,
    recent: int | None = None,
    *,
    stored: bool = False,
    most_papers: int | None = None,
) -> Affinity:
    """What scores texts for reviewers. ``recent``: only so many latest papers of each.

    ``stored``: papers of the collection have the vectors of its generation, and ``vectorize``, which must be by the
    same model, makes those of others only. ``most_papers``: more of all reviewers together are refused.

    :raises AssignmentError: when nobody has papers, or all have too many.
    """
    papers: dict[str, Paper] = {}
    own: set[str] = set()
    written: dict[str, list[str]] = {}
    for record, collected in _collected(reviewers, people):
        found = [*record.papers, *collected]
        once = {title_key(paper.title): paper for paper in reversed(found)}  # what came with the record counts
        kept = _latest(list(once.values()), recent)
        papers.update((paper.id, paper) for paper in kept)
        own.update(paper.id for paper in record.papers)
        written[record.person.id] = [paper.id for paper in kept]
        if most_papers is not None and len(papers) > most_papers:
            raise AssignmentError(
                f"the reviewers have more than {most_papers} papers together: ask for the most recent ones only"
            )
    if not papers:
        raise AssignmentError(
            "no reviewer has papers to compare with: give papers, or ids of people in the collection, or a score file"
        )
    if people is None or vectorize is None or not stored:
        return Affinity(profiles_of_papers(papers.values(), written, vectorize))
    profiles = profiles_of_papers(papers.values(), written)
    vectors = _vectors(profiles.paper_ids, profiles.texts, people, vectorize, own)
    return Affinity(replace(profiles, vectors=vectors))


def _latest(papers: list[Paper], recent: int | None) -> list[Paper]:
    """By id; with ``recent`` only so many, those of later years first."""
    ordered = sorted(papers, key=lambda paper: paper.id)
    if recent is None:
        return ordered
    if recent < 1:
        raise AssignmentError(f"a profile must keep at least 1 paper, not {recent}")
    latest = sorted(ordered, key=lambda paper: -(NO_YEAR if paper.year is None else paper.year))[:recent]
    return sorted(latest, key=lambda paper: paper.id)


def _vectors(ids: Sequence[str], texts: Sequence[str], people: People, vectorize: Vectorize, own: set[str]) -> Vectors:
    """Stored vectors; made ones of papers that came with a record (``own``) or that the generation has none of."""
    vectors, known = people.engine.vectors(ids)
    made = vectors.astype(np.float32)
    known = known & np.array([paper not in own for paper in ids], dtype=np.bool_)
    missing = np.flatnonzero(~known)
    if len(missing):
        made[missing] = vectorize([texts[at] for at in missing.tolist()])
    return made


def _collected(
    reviewers: Sequence[ReviewerRecord], people: People | None
) -> Iterator[tuple[ReviewerRecord, list[Paper]]]:
    """Reviewers with their papers in the collection: those listed by id, and those of the person.

    Some reviewers' papers are read at a time, so that an engine is asked seldom and little is in memory at once.
    """
    if people is None:
        yield from ((record, []) for record in reviewers)
        return
    identities = Identities(people)
    identities.prepare((record.person for record in reviewers), names=False)
    waiting: list[tuple[ReviewerRecord, list[str]]] = []
    count = 0
    for record in reviewers:
        position = identities.by_id(record.person)
        theirs = [] if position is None else people.arrays.paper_ids.take(row(people.arrays.written, position))
        waiting.append((record, list(dict.fromkeys([*record.paper_ids, *theirs]))))
        count += len(waiting[-1][1])
        if count >= _READ_AT_ONCE:
            yield from _read(waiting, people)
            waiting, count = [], 0
    yield from _read(waiting, people)


def _read(
    reviewers: Sequence[tuple[ReviewerRecord, list[str]]], people: People
) -> Iterator[tuple[ReviewerRecord, list[Paper]]]:
    """The papers of each reviewer by their ids; ids of no paper are passed over."""
    ids = list(dict.fromkeys(paper for _, papers in reviewers for paper in papers))
    found = {document.paper.id: document.paper for document in people.engine.papers(ids) if document is not None}
    for record, papers in reviewers:
        yield record, [found[paper] for paper in papers if paper in found]
