"""Affinities against a plain computation, and what explains them."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from evaluation.search_index import write_generation
from evaluation.vectors import KeptVectors
from ranking.corpus import NO_YEAR
from records.errors import AssignmentError, NotFoundError
from records.name import Name
from records.paper import Authorship, Paper
from search.affinity import Affinity, profiles_of_papers, profiles_of_people
from search.embedding import HashingEmbedder
from search.people import People
from search.text import analyze

TOPICS = {
    "graph": "graph partitioning with spectral cuts",
    "speech": "speech recognition of noisy phone calls",
    "protein": "protein folding by molecular dynamics",
}


def _papers() -> list[Paper]:
    papers = []
    for number, (topic, text) in enumerate(TOPICS.items()):
        for year in range(2015, 2019):
            who = Authorship(Name("Author", given=topic.title()), 0, author_id=topic)
            abstract = f"We study {text}. Part {year} of our work on {topic} methods."
            paper = Paper(f"p{number}{year}", f"{text} {year}", abstract, year=year, authorships=(who,))
            papers.append(paper)
    return papers


WRITTEN = {topic: [f"p{number}{year}" for year in range(2015, 2019)] for number, topic in enumerate(TOPICS)}
EMBED = HashingEmbedder(64).embed


def test_people_fit_what_they_write_about() -> None:
    affinity = Affinity(profiles_of_papers(_papers(), WRITTEN, EMBED))
    texts = [f"New results in {text}" for text in TOPICS.values()]
    table = affinity.table(texts, EMBED(texts))
    assert table.shape == (3, 3)
    assert (table.argmax(axis=1) == [0, 1, 2]).all()
    words = Affinity(profiles_of_papers(_papers(), WRITTEN)).table(texts)
    assert (words.argmax(axis=1) == [0, 1, 2]).all()


def test_own_papers_have_affinity_one_on_average() -> None:
    profiles = profiles_of_papers(_papers(), WRITTEN, EMBED)
    table = Affinity(profiles).table(profiles.texts, EMBED(profiles.texts))
    own = [
        table[row, list(WRITTEN).index(who)] for who, ids in WRITTEN.items() for row in _rows(profiles.paper_ids, ids)
    ]
    assert np.mean(own) == pytest.approx(1.0, abs=1e-5)


def _rows(ids: tuple[str, ...], wanted: list[str]) -> list[int]:
    return [ids.index(one) for one in wanted]


def test_parts_are_the_cosines_they_are_said_to_be() -> None:
    profiles = profiles_of_papers(_papers(), WRITTEN, EMBED)
    affinity = Affinity(profiles)
    text = "spectral cuts of a protein graph with quaternions"
    vector = EMBED([text])
    parts = affinity.parts([text], vector)
    assert profiles.vectors is not None
    for column, ids in enumerate(WRITTEN.values()):
        rows = _rows(profiles.paper_ids, ids)
        cosines = profiles.vectors[rows] @ vector[0]
        assert parts["closest"][0, column] == pytest.approx(cosines.max(), abs=1e-5)
        assert parts["vectors"][0, column] == pytest.approx(cosines.mean(), abs=1e-5)
        lexical = [_tfidf_cosine(text, profiles.texts[row], profiles.texts) for row in rows]
        assert parts["words"][0, column] == pytest.approx(np.mean(lexical), abs=1e-5)


def _tfidf_cosine(one: str, other: str, corpus: tuple[str, ...]) -> float:
    def terms(text: str) -> Counter[str]:
        found = [token.term for token in analyze(text)]
        return Counter(found + [f"{a} {b}" for a, b in pairwise(found)])

    documents = [terms(text) for text in corpus]

    def weigh(text: str) -> dict[str, float]:
        made = {}
        for term, count in terms(text).items():
            frequency = sum(term in document for document in documents)
            made[term] = (1 + math.log(count)) * (math.log((1 + len(corpus)) / (1 + frequency)) + 1)
        length = math.sqrt(sum(value**2 for value in made.values()))
        return {term: value / length for term, value in made.items()}

    left, right = weigh(one), weigh(other)
    return sum(value * right.get(term, 0.0) for term, value in left.items())


def test_an_explanation_names_the_papers_and_adds_up() -> None:
    profiles = profiles_of_papers(_papers(), WRITTEN, EMBED)
    affinity = Affinity(profiles)
    text = profiles.texts[_rows(profiles.paper_ids, ["p02017"])[0]]
    vector = EMBED([text])
    found = affinity.explain(text, 0, vector[0], limit=10)
    assert found.affinity == pytest.approx(float(affinity.table([text], vector)[0, 0]), abs=1e-5)
    assert found.papers[0].paper == "p02017"
    assert found.papers[0].vectors == pytest.approx(1, abs=1e-5)
    assert sum(paper.share for paper in found.papers) == pytest.approx(1)
    assert {paper.paper for paper in found.papers} == set(WRITTEN["graph"])
    assert len(affinity.explain(text, 0, vector[0], limit=2).papers) == 2


def test_profiles_can_be_cut_and_weighed_by_year() -> None:
    profiles = profiles_of_papers(_papers(), WRITTEN)
    cut = profiles.most_recent(2)
    assert cut.sizes.tolist() == [2, 2, 2]
    assert {cut.paper_ids[link] for link in cut.links} == {f"p{n}{year}" for n in range(3) for year in (2017, 2018)}
    weighed = profiles.with_recency(1.0, 2018)
    assert weighed.weights[:4].tolist() == [0.125, 0.25, 0.5, 1.0]
    # With weights the mean leans to the latest papers.
    text = ["Part 2018 of our work"]
    assert Affinity(weighed).table(text)[0, 0] > Affinity(profiles).parts(text)["words"][0, 0] * 0
    plain, leaning = (Affinity(p).parts(text)["words"][0, 0] for p in (profiles, weighed))
    assert leaning > plain
    with pytest.raises(AssignmentError, match="half-life"):
        profiles.with_recency(0, 2018)
    with pytest.raises(AssignmentError, match="at least 1 paper"):
        profiles.most_recent(0)


def test_papers_without_a_year_come_last_and_ties_can_be_drawn() -> None:
    papers = [Paper(f"p{i}", f"Title {i}", year=None if i == 0 else 2000) for i in range(6)]
    profiles = profiles_of_papers(papers, {"a": [paper.id for paper in papers]})
    assert profiles.years[0] == NO_YEAR
    assert profiles.most_recent(2).links.tolist() == [1, 2]
    drawn = {tuple(profiles.most_recent(2, random=np.random.default_rng(s)).links.tolist()) for s in range(20)}
    assert len(drawn) > 3
    assert not any(0 in links for links in drawn)


def test_weights_of_papers_count() -> None:
    weights = {("graph", "p02015"): 0.0}
    profiles = profiles_of_papers(_papers(), {"graph": WRITTEN["graph"]}, EMBED, weights)
    text = [profiles.texts[0]]
    without = profiles_of_papers(_papers(), {"graph": WRITTEN["graph"][1:]}, EMBED)
    parts, expected = (Affinity(p).parts(text, EMBED(text)) for p in (profiles, without))
    assert parts["vectors"] == pytest.approx(expected["vectors"], abs=1e-6)
    assert parts["closest"] == pytest.approx(expected["closest"], abs=1e-6)
    with pytest.raises(AssignmentError, match="negative"):
        profiles_of_papers(_papers(), {"graph": ["p02015"]}, weights={("graph", "p02015"): -1})


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(AssignmentError, match="'nowhere'"):
        profiles_of_papers(_papers(), {"a": ["nowhere"]})
    with pytest.raises(AssignmentError, match="no reviewer has a paper"):
        Affinity(profiles_of_papers(_papers(), {"a": []}))
    with pytest.raises(AssignmentError, match="a word in it"):
        Affinity(profiles_of_papers([Paper("p", "\N{EM DASH}")], {"a": ["p"]}))
    affinity = Affinity(profiles_of_papers(_papers(), {**WRITTEN, "nobody": []}, EMBED))
    with pytest.raises(AssignmentError, match="must both have vectors"):
        affinity.table(["text"])
    assert affinity.table(["graph cuts"], EMBED(["graph cuts"]))[0, 3] == 0
    assert affinity.explain("graph cuts", 3, EMBED(["graph cuts"])[0]).papers == ()
    assert affinity.table([], np.zeros((0, 64), dtype=np.float32)).shape == (0, 4)


def test_people_of_an_engine_have_the_same_profiles(tmp_path: Path) -> None:
    with KeptVectors(HashingEmbedder(64), tmp_path / "cache") as kept:
        store = write_generation(_papers(), tmp_path / "engine", kept)
    engine = store.reader()
    people = People(engine)
    found = profiles_of_people(people, list(TOPICS))
    expected = profiles_of_papers(_papers(), WRITTEN, EMBED)
    text = ["graph partitioning"]
    vectors = EMBED(text)
    assert Affinity(found).table(text, vectors) == pytest.approx(Affinity(expected).table(text, vectors), abs=1e-2)
    recent = profiles_of_people(people, ["speech"], EMBED, recent=3)
    assert sorted(recent.paper_ids) == ["p12016", "p12017", "p12018"]
    with pytest.raises(NotFoundError):
        profiles_of_people(people, ["nobody"])
    engine.close()
