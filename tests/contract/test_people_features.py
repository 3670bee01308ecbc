"""Experts, collaborators, rankings, trends and partners: the same answers on every engine."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from ranking.registry import Entity
from ranking.views import Window
from records.author import AffiliationYears, Author
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.collaborators import COLLABORATORS, CollaboratorRequest, find_collaborators, pack_collaborators, words_of
from search.embedded import EmbeddedStore
from search.engine import AuthorDocument, EngineStore, PaperDocument
from search.experts import ExpertRequest, find_experts
from search.people import GROUP, People, people_of_papers
from search.rankings import PartnerRequest, RankingRequest, TrendRequest, partners, rankings_of, topic_trends, trends
from search.rankings.partners import PartnerKind
from tests.contract.conftest import StoreFactory
from tests.search.brute import BruteEngine
from tests.search.library import ConceptEmbedder

_SUBJECTS: Mapping[str, str] = {
    "parsing": "parsing syntax grammar tree sentence chart",
    "graphs": "graph network node edge path community",
    "translation": "translation bilingual multilingual alignment corpus",
    "medicine": "physician doctor hospital patient trial",
}
_COUNTRIES = ("NO", "DE", "JP")
_PASSED_OVER = frozenset(("generation", "took_ms"))
_TOLERANCE = 1e-3  # engines keep vectors in 16 bits, and add up scores in their own order


@lru_cache(maxsize=1)
def _papers() -> tuple[Paper, ...]:
    """Seventy papers of a few groups, some of which mix; a few have no year, no topic or no people."""
    draw = random.Random(5)
    return tuple(_paper(number, draw) for number in range(70))


def _paper(number: int, draw: random.Random) -> Paper:
    group = number % len(_SUBJECTS)
    subject = list(_SUBJECTS)[group]
    words = _SUBJECTS[subject].split()
    title = f"{' '.join(draw.sample(words, 3))} {draw.choice(('methods', 'models', 'evaluation'))}".capitalize()
    others = draw.choice(list(_SUBJECTS.values())).split()
    who = [f"{subject[0]}{draw.randrange(5)}" for _ in range(draw.randrange(1, 4))]
    if draw.random() < 0.2:
        who.append(f"{draw.choice(list(_SUBJECTS))[0]}{draw.randrange(5)}")
    names = list(dict.fromkeys(who)) if number % 23 else []
    return Paper(
        f"p:{number:02}",
        title,
        f"We study {' and '.join(draw.sample(words, 3))}, with {draw.choice(others)}.",
        None if number % 19 == 7 else 2000 + number // 4,
        venue=Venue(draw.choice(("Meeting", "Journal of Things"))),
        ids=(ExternalId(IdScheme.DOI, f"10.5555/{number}"),),
        topics=(Topic(subject),) if number % 17 else (),
        references=tuple(f"p:{cited:02}" for cited in sorted(draw.sample(range(number), min(number, 4)))),
        authorships=tuple(Authorship(_name(one), place, f"a:{one}", (), _at(one)) for place, one in enumerate(names)),
    )


def _name(who: str) -> Name:
    return Name(f"Family{who.upper()}", f"Given{who}")


def _at(who: str) -> tuple[Affiliation, ...]:
    place = (ord(who[0]) + int(who[1])) % 4
    country = _COUNTRIES[place % len(_COUNTRIES)]
    return (Affiliation(f"Institute {place}", f"i:{place}", country),)


def _authors() -> list[AuthorDocument]:
    found = sorted({str(one.author_id) for paper in _papers() for one in paper.authorships})
    return [AuthorDocument(_author(who.removeprefix("a:"))) for who in found]


def _author(who: str) -> Author:
    seen = _at(who)[0]
    places = (AffiliationYears(seen.text, 2000, 2017, 3, seen.institution_id, seen.country),)
    return Author(f"a:{who}", _name(who), affiliations=places)


def _documents() -> list[PaperDocument]:
    cited = [reference for paper in _papers() for reference in paper.references]
    return [PaperDocument(paper, {"citations": float(cited.count(paper.id))}) for paper in _papers()]


def _vectors() -> tuple[np.ndarray, np.ndarray]:
    vectors = ConceptEmbedder().embed([f"{paper.title} {paper.abstract}" for paper in _papers()])
    # A paper says a little that is its own, so that no two are equally near.
    vectors += np.random.default_rng(1).normal(0, 0.05, vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors, np.arange(len(vectors)) % 13 != 5


@lru_cache(maxsize=1)
def _groups() -> dict[str, dict[str, Any]]:
    arrays = people_of_papers(list(_papers()))
    metric = np.arange(arrays.authors, dtype=np.float32) % 5
    arrays.author_metrics["h_index"] = metric  # type: ignore[index] # a dict of this test's own
    arrays.author_percentiles["h_index"] = metric * 20  # type: ignore[index]
    return {
        GROUP: arrays.pack(),
        COLLABORATORS: pack_collaborators(arrays, [words_of(paper) for paper in _papers()]),
    }


def _stored(store: EngineStore) -> People:
    vectors, mask = _vectors()
    writer = store.writer(model=ConceptEmbedder.name, dimension=ConceptEmbedder.dimension, metrics=("citations",))
    writer.add_papers(_documents(), vectors, mask)
    writer.add_authors(_authors())
    writer.add_redirects("author", [("a:old", "a:p0")])
    writer.add_redirects("paper", [("old", "p:01")])
    for group, arrays in _groups().items():
        writer.add_arrays(group, arrays)
    writer.commit()
    return People(store.reader(), ConceptEmbedder())


@pytest.fixture(scope="module")
def memory() -> People:
    """Those papers in an engine that looks at everything; what no BM25 is part of must be the same there."""
    redirects = {("author", "a:old"): "a:p0", ("paper", "old"): "p:01"}
    engine = BruteEngine(_documents(), *_vectors(), ConceptEmbedder.name, redirects)
    engine.people = {document.author.id: document for document in _authors()}
    engine.kept = _groups()
    return People(engine, ConceptEmbedder())


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """Those papers in the embedded engine: scores by words are BM25 on every engine but the one in memory."""
    people = _stored(EmbeddedStore(tmp_path_factory.mktemp("reference") / "store"))
    yield people
    people.engine.close()


@pytest.fixture(scope="module")
def people(factory: StoreFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    people = _stored(factory(tmp_path_factory.mktemp("features") / "store"))
    yield people
    people.engine.close()


def _plain(answer: Any) -> Any:
    """Everything an answer says, but which generation it is of and how long it took."""
    if is_dataclass(answer) and not isinstance(answer, type):
        told = {field.name: getattr(answer, field.name) for field in fields(answer)}
        return {name: _plain(value) for name, value in told.items() if name not in _PASSED_OVER}
    if isinstance(answer, Mapping):
        return {str(name): _plain(value) for name, value in answer.items()}
    if isinstance(answer, np.ndarray):
        return answer.tolist()
    if isinstance(answer, tuple | list):
        return [_plain(value) for value in answer]
    return answer


def _same(one: Any, other: Any, where: str = "answer") -> None:
    """Equal, order included; numbers within the tolerance."""
    if isinstance(one, float) and isinstance(other, float):
        assert one == pytest.approx(other, rel=_TOLERANCE, abs=_TOLERANCE, nan_ok=True), where
    elif isinstance(one, dict) and isinstance(other, dict):
        assert sorted(one) == sorted(other), where
        for name, value in one.items():
            _same(value, other[name], f"{where}.{name}")
    elif isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other), where
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            _same(left, right, f"{where}[{place}]")
    else:
        assert one == other, where


CALL = "Topics:\n- parsing and grammar\n- graph networks\n- hospital patients\n"

EXPERTS = [
    ExpertRequest("parsing with grammar", limit=50),
    ExpertRequest('"chart" OR network', limit=50),
    ExpertRequest("trees", filter="country:NO", paper_filter="year:2005-", half_life=4.0, limit=50),
    ExpertRequest("graph", sort="h_index", limit=50),
    ExpertRequest(texts=("A study of bilingual corpora and of how their sentences are aligned.",), limit=50),
    ExpertRequest(texts=(CALL,), coverage=True, limit=4),
    ExpertRequest(papers=("old", "doi:10.5555/14"), exclude=("a:old",), exclude_authors=True, limit=50),
    ExpertRequest("nothing of that kind zzz", limit=50),
]


@pytest.mark.parametrize("vectors", [True, False], ids=["both halves", "words"])
@pytest.mark.parametrize("request_", EXPERTS, ids=lambda request: request.query or str(request.texts + request.papers))
def test_experts(people: People, reference: People, request_: ExpertRequest, *, vectors: bool) -> None:
    here, there = (one if vectors else People(one.engine) for one in (people, reference))
    found = find_experts(here, request_)
    _same(_plain(replace(found, next=None)), _plain(replace(find_experts(there, request_), next=None)))
    assert bool(found.experts) == ("zzz" not in request_.query or vectors)
    assert (found.next is None) == (found.total <= request_.limit)


def test_pages_of_experts(people: People) -> None:
    whole = find_experts(people, EXPERTS[0]).experts
    first = find_experts(people, replace(EXPERTS[0], limit=3))
    second = find_experts(people, replace(EXPERTS[0], limit=50, cursor=first.next))
    assert [one.id for one in (*first.experts, *second.experts)] == [one.id for one in whole]


COLLABORATORS_ASKED = [
    CollaboratorRequest("a:p1", min_papers=1, limit=50),
    CollaboratorRequest("a:old", min_papers=1, limit=50),
    CollaboratorRequest("a:g2", not_met_within=5, other_country=True, interdisciplinary=True, min_papers=1),
    CollaboratorRequest("a:t0", filter="h_index:>=2", exclude=("a:old",), active_since=2010, min_papers=2),
    CollaboratorRequest(text="Networks of patients in a hospital: node, edge and community.", min_papers=1, limit=50),
    CollaboratorRequest(text="Syntax trees; bilingual corpora", other_institution=True, min_papers=1),
]


@pytest.mark.parametrize("request_", COLLABORATORS_ASKED, ids=lambda request: request.author or request.text)
def test_collaborators(people: People, memory: People, request_: CollaboratorRequest) -> None:
    found = find_collaborators(people, request_)
    expected = find_collaborators(memory, request_)
    assert found.collaborators
    _same(_plain(replace(found, next=None)), _plain(replace(expected, next=None)))
    assert (found.next is None) == (expected.next is None)


WINDOW = Window(published=(2003, 2014), cited=(None, 2016), self_citations=False)
RANKINGS = [
    RankingRequest(Entity.AUTHOR, limit=100),
    RankingRequest(Entity.AUTHOR, "citations", WINDOW, topic="parsing", filter="country:NO|DE"),
    RankingRequest(Entity.AUTHOR, query="graph networks", min_papers=2),
    RankingRequest(Entity.PAPER, query='"parsing" OR hospital', filter="year:2004-", limit=100),
    RankingRequest(Entity.PAPER, "citations", WINDOW, limit=7),
    RankingRequest(Entity.VENUE, window=WINDOW, query="translation"),
    RankingRequest(Entity.INSTITUTION, topic="medicine"),
]


@pytest.mark.parametrize("request_", RANKINGS, ids=lambda r: f"{r.entity.value} {r.metric} {r.topic} {r.query}")
def test_rankings(people: People, memory: People, request_: RankingRequest) -> None:
    found, expected = rankings_of(people).rank(request_), rankings_of(memory).rank(request_)
    assert found.rows
    _same(_plain(replace(found, next=None)), _plain(replace(expected, next=None)))
    assert (found.next is None) == (expected.next is None)


@pytest.mark.parametrize(("topic", "query"), [("", ""), ("parsing", ""), ("", "graph OR patients"), ("graphs", "edge")])
def test_trends(people: People, memory: People, topic: str, query: str) -> None:
    found = trends(people, TrendRequest(topic, query))
    assert sum(year.papers for year in found.years)
    _same(_plain(found), _plain(trends(memory, TrendRequest(topic, query))))


def test_trends_of_topics(people: People, memory: People) -> None:
    found = topic_trends(people)
    assert {trend.topic for trend in found.topics} == set(_SUBJECTS)
    _same(_plain(found), _plain(topic_trends(memory)))


@pytest.mark.parametrize(
    "request_",
    [
        PartnerRequest(),
        PartnerRequest(PartnerKind.INSTITUTIONS, query="parsing OR graph", by_year=True, limit=100),
        PartnerRequest(of="NO", topic="translation"),
    ],
    ids=lambda r: f"{r.kind.value} {r.of} {r.topic} {r.query}",
)
def test_partners(people: People, memory: People, request_: PartnerRequest) -> None:
    found = partners(people, request_)
    assert found.pairs
    _same(_plain(replace(found, next=None)), _plain(replace(partners(memory, request_), next=None)))
