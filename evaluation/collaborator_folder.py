"""Benchmark folders of first collaborations: links to foresee, and the papers up to the year they are foreseen from.

``README.json`` says ``train_until`` and, where they matter, ``min_prior_papers``, ``max_authors_per_paper`` and
``test`` (first and last year of the links). ``new_links_test.tsv`` holds pairs of people. The papers are in the folder
or in a corpus of any kind that can be read; people are matched by author id and, where the corpus has none, by the name
as an id is made of it ("anna-de-silva").
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from evaluation.corpora import bench_papers
from evaluation.folder import Folder
from records.errors import EvaluationError
from records.paper import Authorship, Paper
from search.collaborators.profiles import words_of
from search.people import PeopleArrays, people_of_papers

__all__ = ["CollaboratorProblem", "name_id", "read_problem"]

_LINKS = "new_links_test.tsv"
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")


class _Readme(msgspec.Struct):
    train_until: int
    test: tuple[int, int] | None = None
    min_prior_papers: int = 1
    max_authors_per_paper: int = 15


@dataclass(frozen=True, slots=True)
class CollaboratorProblem:
    """``wanted``: person -> the new collaborators (int64, ascending), positions in ``people``, which know no paper
    after ``until``. ``texts``: one a paper. ``horizon``: years the links are from. ``least``: papers a candidate must
    have. ``settings``: what the figures depend on.
    """

    people: PeopleArrays
    texts: list[str]
    wanted: Mapping[int, npt.NDArray[np.int64]]
    until: int
    horizon: int
    least: int
    most_authors: int
    settings: Mapping[str, Any]


def read_problem(folder: Folder, corpus: str | None) -> CollaboratorProblem:
    """What ``folder`` asks for, over its own papers or those of ``corpus``.

    :raises EvaluationError: when something is missing or cannot be read, or no link is between people with papers.
    """
    readme = _readme(folder)
    links = _links(folder)
    papers = _papers(folder, corpus, readme.train_until)
    people = people_of_papers(papers)
    known = _Known(people, papers)
    wanted: dict[int, set[int]] = {}
    for one, other in links:
        a, b = known.find(one), known.find(other)
        if a is None or b is None:
            folder.notes["links with people who have no paper by then"] += 1
        elif a != b:
            wanted.setdefault(a, set()).add(b)
            wanted.setdefault(b, set()).add(a)
    _keep_asked(folder, known, wanted)
    if not wanted:
        raise EvaluationError(f"{folder.path}: nobody of {_LINKS} has a paper in the corpus; do the author ids agree?")
    test = readme.test
    return CollaboratorProblem(
        people=people,
        texts=[words_of(paper) for paper in papers],
        wanted={author: np.array(sorted(others), dtype=np.int64) for author, others in wanted.items()},
        until=readme.train_until,
        horizon=max(1, test[1] - readme.train_until) if test else 3,
        least=max(1, readme.min_prior_papers),
        most_authors=max(2, readme.max_authors_per_paper),
        settings={
            "train_until": readme.train_until,
            "papers": len(papers),
            "people": people.authors,
            "links": len(links),
            "matched_by_name": known.by_name,
        },
    )


def _keep_asked(folder: Folder, known: _Known, wanted: dict[int, set[int]]) -> None:
    """Only the people in ``queries.jsonl``, where the folder has one."""
    if folder.find("queries.jsonl") is None:
        return
    asked = {known.find(query.id) for query in folder.queries(text=False)}
    for author in [author for author in wanted if author not in asked]:
        del wanted[author]


def _readme(folder: Folder) -> _Readme:
    path = folder.require("README.json")
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Readme)
    except (OSError, msgspec.DecodeError) as error:
        raise EvaluationError(f"{path}: {error}; it must say train_until, a year") from error


def _links(folder: Folder) -> list[tuple[str, str]]:
    found = [(cells[0], cells[1]) for _, cells in folder.table(_LINKS, 2)]
    if not found:
        raise EvaluationError(f"{folder.require(_LINKS)} holds no links")
    return found


def _papers(folder: Folder, corpus: str | None, until: int) -> list[Paper]:
    """Papers up to ``until`` in ascending order of id, each id once; everybody on them has an author id."""
    if corpus is None and folder.find("papers.jsonl") is None:
        raise EvaluationError(f"{folder.path} has no papers.jsonl(.gz); name the papers with --corpus FILE")
    read: Iterable[Paper] = folder.papers() if corpus is None else bench_papers(corpus, 0, 0)
    kept: dict[str, Paper] = {}
    for paper in read:
        if paper.year is None:
            folder.notes["papers without a year"] += 1
        elif paper.year <= until:
            kept.setdefault(paper.id, _identified(paper))
    if not kept:
        where = folder.path if corpus is None else Path(corpus)
        raise EvaluationError(f"{where} has no paper of {until} or before")
    return [kept[identifier] for identifier in sorted(kept)]


def _identified(paper: Paper) -> Paper:
    if all(authorship.author_id for authorship in paper.authorships):
        return paper
    return msgspec.structs.replace(paper, authorships=tuple(map(_with_id, paper.authorships)))


def _with_id(authorship: Authorship) -> Authorship:
    if authorship.author_id:
        return authorship
    return msgspec.structs.replace(authorship, author_id=name_id(authorship.name.full))


def name_id(name: str) -> str:
    """The id a name gives, of ASCII letters and digits: accents fall, whatever else is no letter parts words."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return _NOT_PLAIN.sub("-", bare.lower()).strip("-") or name


class _Known:
    """People of the corpus by id, and by the id that a printed name of theirs gives."""

    def __init__(self, people: PeopleArrays, papers: list[Paper]) -> None:
        self._ids = people.author_ids
        self.by_name = 0
        names: dict[str, Counter[str]] = {}
        for paper in papers:
            for authorship in paper.authorships:
                names.setdefault(name_id(authorship.name.full), Counter())[str(authorship.author_id)] += 1
        self._named = {name: owners.most_common(1)[0][0] for name, owners in names.items()}
        self._found: dict[str, int | None] = {}

    def find(self, identifier: str) -> int | None:
        """The position of the person ``identifier`` means; None when there is none."""
        if identifier not in self._found:
            position = self._ids.find(identifier)
            if position is None and identifier in self._named:
                position = self._ids.find(self._named[identifier])
                self.by_name += 1
            self._found[identifier] = position
        return self._found[identifier]
