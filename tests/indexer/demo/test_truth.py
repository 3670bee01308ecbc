"""The truth agrees with the records and is complete."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from anyascii import anyascii

from indexer.demo import DemoCorpus, DemoReport, DemoSpec, write_corpus
from indexer.demo.cultures import cultures
from indexer.demo.naming import Column
from indexer.demo.queries import make_queries
from indexer.demo.relations import homonyms
from indexer.demo.vocabulary import Phrase
from indexer.sources.base import Person
from indexer.sources.jsonl import JsonlReader
from records.paper import Paper


@pytest.fixture(scope="module")
def folder(corpus: DemoCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_corpus(corpus.spec, folder)
    return folder


@pytest.fixture(scope="module")
def authors(folder: Path) -> dict[str, dict[str, Any]]:
    with gzip.open(folder / "truth" / "authors.jsonl.gz", "rt", encoding="utf-8") as file:
        return {record["id"]: record for record in map(json.loads, file)}


@pytest.fixture(scope="module")
def who(folder: Path) -> dict[str, list[str]]:
    """People of each paper in order."""
    table: dict[str, list[str]] = defaultdict(list)
    for paper, position, person in _rows(folder / "truth" / "authorships.tsv.gz"):
        assert int(position) == len(table[paper])
        table[paper].append(person)
    return table


def _rows(path: Path) -> list[list[str]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [line.split("\t") for line in data.decode().splitlines()]


def test_the_folder_imports_without_a_rejection(folder: Path, papers: list[Paper]) -> None:
    items = [item for part in JsonlReader().parts(folder) for item in part.read()]
    assert [item for item in items if isinstance(item, Paper)] == papers
    assert all(isinstance(item, Paper | Person) for item in items)


def test_the_report_counts_what_was_written(tmp_path: Path) -> None:
    report = write_corpus(DemoSpec(500, seed=2), tmp_path)
    assert isinstance(report, DemoReport)
    assert report.papers == 500
    for name, lines in report.truth.items():
        path = tmp_path / "truth" / name
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        assert data.count(b"\n") == lines > 0
    assert not list(tmp_path.rglob("*.partial"))


def test_truth_covers_every_authorship(papers: list[Paper], who: dict[str, list[str]]) -> None:
    assert {p.id: len(p.authorships) for p in papers} == {paper: len(people) for paper, people in who.items()}
    for paper in papers:
        for authorship in paper.authorships:
            if authorship.author_id:
                assert authorship.author_id == who[paper.id][authorship.position]


def test_names_are_all_that_were_printed(
    papers: list[Paper], who: dict[str, list[str]], authors: dict[str, dict[str, Any]]
) -> None:
    printed: dict[str, set[str]] = defaultdict(set)
    for paper in papers:
        for authorship in paper.authorships:
            name = authorship.name
            text = f"{name.full} ({name.native})" if name.native else name.full
            printed[who[paper.id][authorship.position]].add(text)
    assert {person: set(record["names"]) for person, record in authors.items()} == printed
    variants = np.array([len(names) for names in printed.values()])
    counts = Counter(person for people in who.values() for person in people)
    busy = np.array([counts[person] >= 10 for person in printed])
    assert 1.5 < variants[busy].mean() < 5


def test_one_orcid_one_person(
    papers: list[Paper], who: dict[str, list[str]], authors: dict[str, dict[str, Any]]
) -> None:
    for paper in papers:
        for authorship in paper.authorships:
            if authorship.ids:
                assert authors[who[paper.id][authorship.position]]["orcid"] == authorship.ids[0].value
    known = [r["orcid"] for r in authors.values() if r["orcid"]]
    assert len(known) == len(set(known))


def test_affiliations_are_where_people_were(
    papers: list[Paper], who: dict[str, list[str]], authors: dict[str, dict[str, Any]]
) -> None:
    for paper in papers:
        assert paper.year
        for authorship in paper.authorships:
            record = authors[who[paper.id][authorship.position]]
            places = [(i["id"], i["from"], i["to"]) for i in record["institutions"]]
            for affiliation in authorship.affiliations:
                if affiliation.institution_id:
                    # A workplace may still be named the year after it was left.
                    assert any(
                        place == affiliation.institution_id and begin <= paper.year <= end + 1
                        for place, begin, end in places
                    )
    listed = {(i["id"]) for r in authors.values() for i in r["institutions"]}
    assert len(listed) > 50


def test_affiliation_table_is_that_of_the_authors(folder: Path, authors: dict[str, dict[str, Any]]) -> None:
    expected = [
        [person, i["id"], str(i["from"]), str(i["to"])] for person, r in authors.items() for i in r["institutions"]
    ]
    assert _rows(folder / "truth" / "affiliations.tsv.gz") == expected


def test_advisors(folder: Path, authors: dict[str, dict[str, Any]]) -> None:
    rows = _rows(folder / "truth" / "advisors.tsv")
    assert {row[0]: row[1] for row in rows} == {p: r["advisor"] for p, r in authors.items() if r["advisor"]}
    for person, advisor, since, until in rows:
        assert authors[advisor]["start"] + 7 <= authors[person]["start"] == int(since) <= int(until)


def test_coauthors_by_brute_force(folder: Path, papers: list[Paper], who: dict[str, list[str]]) -> None:
    years: dict[tuple[str, str], list[int]] = defaultdict(list)
    for paper in papers:
        for pair in combinations(sorted(who[paper.id]), 2):
            years[pair].append(paper.year or 0)
    expected = [[a, b, str(len(y)), str(min(y)), str(max(y))] for (a, b), y in sorted(years.items())]
    assert _rows(folder / "truth" / "coauthors.tsv.gz") == expected


def test_homonyms_share_a_name(folder: Path, authors: dict[str, dict[str, Any]]) -> None:
    rows = _rows(folder / "truth" / "homonyms.tsv")
    assert rows
    grouped = [person for _, people in rows for person in people.split(" ")]
    assert len(grouped) == len(set(grouped))
    assert all(len(people.split(" ")) > 1 for _, people in rows)
    assert set(grouped) <= authors.keys()


def test_homonyms_by_brute_force(large: DemoCorpus) -> None:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person, row in enumerate(large.world.people.names.tolist()):
        culture = cultures()[row[Column.CULTURE]]
        given = culture.given_name(row[Column.GIVEN]) if row[Column.GIVEN] >= 0 else ""
        family = culture.family_name(row[Column.FAMILY])[1]
        groups[anyascii(given).lower(), anyascii(family).lower()].append(person)
    expected = sorted(tuple(group) for group in groups.values() if len(group) > 1)
    assert sorted(homonyms(large.world)) == expected


def test_experts_have_papers_in_the_topic(
    folder: Path, who: dict[str, list[str]], authors: dict[str, dict[str, Any]]
) -> None:
    topic_of = {row[0]: row[2] for row in _rows(folder / "truth" / "papers.tsv.gz")}
    subtopic_of = {row[0]: row[3] for row in _rows(folder / "truth" / "papers.tsv.gz")}
    counts: Counter[tuple[str, str]] = Counter()
    for paper, people in who.items():
        for person in people:
            counts[person, topic_of[paper]] += 1
            counts[person, subtopic_of[paper]] += 1
    rows = _rows(folder / "truth" / "experts.tsv")
    per_topic = Counter(topic for topic, _, _ in rows)
    assert len(per_topic) >= 60
    assert max(per_topic.values()) <= 400
    for topic, person, grade in rows:
        assert grade in ("1", "2")
        assert counts[person, topic] >= 2
        assert any(i["topic"] == topic.partition("/")[0] for i in authors[person]["interests"])
    weights = {p: {t["topic"]: t["weight"] for t in r["topics"]} for p, r in authors.items()}
    for topic in per_topic:
        if "/" not in topic:
            lead, other = (
                [weights[p][topic] for t, p, g in rows if t == topic and g == wanted] for wanted in ("2", "1")
            )
            assert not other or min(lead) > max(other)


def test_weights_are_papers_of_the_topic(
    folder: Path, who: dict[str, list[str]], authors: dict[str, dict[str, Any]]
) -> None:
    first: Counter[tuple[str, str]] = Counter()
    weight: Counter[tuple[str, str]] = Counter()
    for row in _rows(folder / "truth" / "papers.tsv.gz"):
        for person in who[row[0]]:
            first[person, row[2]] += 1
            weight[person, row[2]] += 10
            if row[4]:
                weight[person, row[4]] += 4
    listed = {(p, t["topic"]): round(10 * t["weight"]) for p, r in authors.items() for t in r["topics"]}
    assert listed == dict(weight)
    assert all(first[p, t["topic"]] == t["papers"] for p, r in authors.items() for t in r["topics"])


def test_topics_table(folder: Path) -> None:
    rows = _rows(folder / "truth" / "topics.tsv")
    assert len({row[0] for row in rows}) == len(rows)
    top = {row[0] for row in rows if not row[3]}
    assert sum(int(row[4]) for row in rows if not row[3]) == 4000
    assert sum(int(row[4]) for row in rows if row[3]) == 4000
    assert all(row[3] in top and row[0].startswith(f"{row[3]}/") for row in rows if row[3])


def _mentions(paper: Paper, phrase: Phrase) -> bool:
    text = f"{paper.title} {paper.abstract}".lower()
    return any(form.lower() in text for form in phrase.forms)


def test_relevant_papers_are_about_the_query(corpus: DemoCorpus, papers: list[Paper]) -> None:
    world = corpus.world
    words = world.vocabulary
    queries = make_queries(world)
    assert len(queries) >= 200
    assert len({q.id for q in queries}) == len(queries)
    about, graded, both = 0, 0, 0.0
    for query in queries:
        grades = dict(query.relevant)
        assert grades
        assert len(grades) == len(query.relevant)
        some = int(query.relevant[0][0])
        topic = int(world.topic[some])
        problem = words.topics[topic].problems[int(world.papers.subtopic[some]) - int(words.offsets[topic])]
        best = [paper for paper, grade in query.relevant if grade == 3]
        assert best
        method = words.topics[topic].methods[int(world.method[best[0]])]
        form = -1 if query.kind == "meaning" else 0
        assert query.text == f"{method.forms[form]} for {problem.forms[form]}"
        # Complete: every paper with that problem is judged, the best are exactly those with the method as well.
        assert sorted(grades) == np.flatnonzero(world.papers.subtopic == world.papers.subtopic[some]).tolist()
        about += sum(_mentions(papers[paper], problem) for paper in grades)
        graded += len(grades)
        both += sum(_mentions(papers[paper], method) for paper in best) / len(best)
    assert about > 0.9 * graded
    assert both > 0.8 * len(queries)


def test_queries_by_meaning_use_other_words(corpus: DemoCorpus) -> None:
    queries = make_queries(corpus.world)
    for words, meaning in zip(queries[::2], queries[1::2], strict=True):
        assert (words.kind, meaning.kind) == ("words", "meaning")
        assert words.relevant == meaning.relevant
        assert words.text != meaning.text


def test_queries_stay_narrow(large: DemoCorpus) -> None:
    sizes = np.array([len(q.relevant) for q in make_queries(large.world)])
    assert sizes.min() > 0
    assert sizes.max() <= 4500
    assert np.median(sizes) < 600
