"""Profiles of reviewers from their records and the collection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from records.errors import AssignmentError
from records.name import Name
from records.paper import Authorship, Paper
from search.assignment.inputs import ReviewerRecord
from search.assignment.scorers import scorer_of
from search.conflicts import Person
from search.embedded import EmbeddedStore
from search.engine import PaperDocument, Vectors
from search.people import GROUP, People, people_of_papers

PAPERS = [Paper("p9", "About peers", year=2018, authorships=(Authorship(Name("Peer"), 0, author_id="peer"),))]


def test_stored_vectors_are_taken_and_others_made(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    writer = store.writer(model="m", dimension=2, source_digest="x", metrics=())
    vectors = np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (len(PAPERS), 1))
    writer.add_papers([PaperDocument(paper, {}) for paper in PAPERS], vectors, np.ones(len(PAPERS), dtype=np.bool_))
    writer.add_arrays(GROUP, people_of_papers(PAPERS).pack())
    writer.commit()
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> Vectors:
        asked.extend(texts)
        return np.tile(np.array([[0.0, 1.0]], dtype=np.float32), (len(texts), 1))

    own = Paper("own", "Something else", year=2021)
    records = [ReviewerRecord(Person("peer", Name("Peer"), "peer"), (own,))]
    engine = store.reader()
    scorer = scorer_of(records, People(engine), embed, stored=True)
    assert asked == ["Something else"]
    found = dict(zip(scorer.profiles.paper_ids, np.asarray(scorer.profiles.vectors).tolist(), strict=True))
    assert found == {"own": [0.0, 1.0], "p9": [1.0, 0.0]}
    engine.close()


def test_the_latest_papers_and_not_too_many() -> None:
    papers = tuple(Paper(f"p{n}", f"Title of {n} things", year=year) for n, year in enumerate((2001, 2020, None, 2010)))
    records = [ReviewerRecord(Person("r"), papers)]
    assert scorer_of(records, None, None, 2).profiles.paper_ids == ("p1", "p3")
    assert scorer_of(records, None, None, most_papers=4).profiles.paper_ids == ("p0", "p1", "p2", "p3")
    with pytest.raises(AssignmentError):
        scorer_of(records, None, None, 0)
    with pytest.raises(AssignmentError):
        scorer_of(records, None, None, most_papers=3)
