from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from records.errors import NotFoundError
from records.paper import Paper
from search.embedded import EmbeddedStore
from search.engine import PaperDocument
from search.people import GROUP, People, people_of_papers
from search.people.standing import PaperStanding, paper_standing

PAPERS = [
    Paper("p1", "Cited one", year=2000),
    Paper("p2", "Cites in 2001", year=2001, references=("p1",)),
    Paper("p3", "Cites in 2003", year=2003, references=("p1", "p2")),
    Paper("p4", "Cites in 2003 too", year=2003, references=("p1",)),
    Paper("p5", "Cites, nobody knows when", references=("p1", "p3")),
]


def _people(folder: Path, *, arrays: bool) -> People:
    store = EmbeddedStore(folder)
    writer = store.writer()
    writer.add_papers([PaperDocument(paper) for paper in PAPERS], None, None)
    if arrays:
        columns = {
            "citations": np.array([90, 70, np.nan, 50, 50], dtype=np.float32),
            "pagerank": np.array([10, 20, 30, 40, 50], dtype=np.float32),
        }
        writer.add_arrays(GROUP, replace(people_of_papers(PAPERS), paper_percentiles=columns).pack())
    writer.add_redirects("paper", [("old", "p1")])
    writer.commit()
    return People(store.reader())


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    people = _people(tmp_path_factory.mktemp("standing"), arrays=True)
    yield people
    people.engine.close()


def test_citations_by_year_leave_no_year_out(people: People) -> None:
    found = paper_standing(people, "p1")
    assert found.citations_by_year == ((2001, 1), (2002, 0), (2003, 2))
    assert found.undated_citations == 1
    assert found.percentiles == {"citations": 90, "pagerank": 10}
    assert paper_standing(people, "old") == found


def test_what_is_not_known_is_left_out(people: People) -> None:
    assert paper_standing(people, "p3") == PaperStanding({"pagerank": 30}, (), 1)
    assert paper_standing(people, "p4").citations_by_year == ()
    with pytest.raises(NotFoundError):
        paper_standing(people, "p9")


def test_an_index_without_arrays_has_no_standings(tmp_path: Path) -> None:
    people = _people(tmp_path, arrays=False)
    assert paper_standing(people, "p1") == PaperStanding()
    people.engine.close()
