"""Scores and order are those of the embedded engine where both count the same papers; and how they differ elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import pytest

from evaluation.corpora import bench_papers
from evaluation.search_index import documents
from evaluation.workload import draw_workload
from search.embedded import EmbeddedStore
from search.engine import Engine, EngineStore, PaperDocument, PaperQuery
from search.query.ast import And, Match, Node, Not, Or, Range, TextField
from search.text import analyze
from tests.contract.corpus import PAPERS, build
from tests.elasticsearch_server.stores import make_store

GENERATED = documents(bench_papers(None, 300, 5))
TEXTS = draw_workload([entry.paper for entry in GENERATED], 25, seed=2).texts
CLOSE = 1e-4


def write(store: EngineStore, papers: list[PaperDocument]) -> Engine:
    writer = store.writer(metrics=("citations",))
    writer.add_papers(papers, None, None)
    writer.commit()
    return store.reader()


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = write(EmbeddedStore(tmp_path_factory.mktemp("embedded")), GENERATED)
    yield engine
    engine.close()


@pytest.fixture(scope="module", params=[1, 3])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = write(make_store(tmp_path_factory.mktemp("cluster"), shards=request.param), GENERATED)
    yield engine
    engine.close()


def scores(engine: Engine, node: Node, where: Node | None = None) -> dict[str, float]:
    page = engine.search(PaperQuery(node, where, limit=1000, documents=False))
    assert page.total == len(page.hits)
    return {hit.id: hit.score for hit in page.hits}


def phrases() -> list[Node]:
    titles = [entry.paper.title.split() for entry in GENERATED[:200:20]]
    return [Match(" ".join(words[1:3]), TextField.TITLE, phrase=True) for words in titles if len(words) > 3]


QUERIES: list[Node] = [
    *(Match(text) for text in TEXTS),
    *(Match(text, all_words=True) for text in TEXTS[:5]),
    *phrases(),
    *(Match(text[:-3], prefix=True) for text in TEXTS[:5]),
    *(Match(text.split()[0], TextField.TITLE) for text in TEXTS[:5]),
    And((Match(TEXTS[0]), Range("year", 2000), Not(Match(TEXTS[1])))),
    Or((Match(TEXTS[2], boost=3.0), Match(TEXTS[3].split()[0], TextField.TITLE))),
]


@pytest.mark.parametrize("node", QUERIES, ids=str)
def test_same_papers_same_scores_same_order(embedded: Engine, cluster: Engine, node: Node) -> None:
    ours, theirs = scores(embedded, node), scores(cluster, node)
    assert ours
    assert theirs == pytest.approx(ours, rel=CLOSE)
    place = {paper: position for position, paper in enumerate(theirs)}
    for better, worse in pairwise(ours):
        if ours[better] == ours[worse] or ours[better] - ours[worse] > CLOSE * ours[better]:
            assert place[better] < place[worse]


def test_same_order_under_a_filter(embedded: Engine, cluster: Engine) -> None:
    where = Range("year", 2005, 2015)
    for text in TEXTS[:10]:
        assert scores(cluster, Match(text), where) == pytest.approx(scores(embedded, Match(text), where), rel=CLOSE)


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """Both engines on the toy corpus, where many papers lack an abstract, authors or a venue."""
    stores: list[EngineStore] = [EmbeddedStore(tmp_path_factory.mktemp("e")), make_store(tmp_path_factory.mktemp("c"))]
    for store in stores:
        build(store)
    engines = stores[0].reader(), stores[1].reader()
    yield engines
    for engine in engines:
        engine.close()


ABSTRACTS = {e.paper.id: [t.term for t in analyze(e.paper.abstract)] for e in PAPERS if e.paper.abstract}


def test_papers_without_a_field_do_not_count_in_its_statistics(awkward: tuple[Engine, Engine]) -> None:
    """Lucene takes N and the average length from papers that have the field, tantivy from all papers."""
    embedded, cluster = awkward
    node = Match("graph", TextField.ABSTRACT)
    for engine, papers in ((embedded, len(PAPERS)), (cluster, len(ABSTRACTS))):
        holding = sum("graph" in terms for terms in ABSTRACTS.values())
        average = sum(map(len, ABSTRACTS.values())) / papers
        idf = math.log(1 + (papers - holding + 0.5) / (holding + 0.5))
        for paper, score in scores(engine, node).items():
            frequency, length = ABSTRACTS[paper].count("graph"), len(ABSTRACTS[paper])
            expected = idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / average))
            assert score == pytest.approx(expected, rel=1e-3)
    assert list(scores(embedded, node)) != list(scores(cluster, node)), "so the order may differ, where fields lack"


def test_a_phrase_that_ends_in_a_prefix_scores_by_the_words_before_it(awkward: tuple[Engine, Engine]) -> None:
    embedded, cluster = awkward
    begun = scores(cluster, Match("machine transl", TextField.TITLE, phrase=True, prefix=True))
    assert begun == pytest.approx(scores(cluster, Match("machine", TextField.TITLE)))
    assert set(begun) == set(scores(embedded, Match("machine transl", TextField.TITLE, phrase=True, prefix=True)))


def test_a_prefix_of_very_many_words_is_one_of_stems(
    embedded: Engine, cluster: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.elasticsearch.vocabulary.MOST_WORDS", 3)
    for letter in "st":
        assert scores(cluster, Match(letter, prefix=True)) == scores(embedded, Match(letter, prefix=True))
