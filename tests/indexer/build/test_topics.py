"""Topics in a build: the sources' where they have any, else our own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.build import build, build_digest
from indexer.build.vectors import VectorSpool
from indexer.catalog import Catalog
from records.errors import BuildError
from records.paper import Paper, Topic
from search.embedded import EmbeddedStore
from search.embedding import Embedder, HashingEmbedder
from search.engine import FacetRequest, PaperQuery
from search.people import GROUP, PeopleArrays, open_people
from search.query.ast import Everything, Keyword, KeywordField
from tests.indexer.build.fakes import MemoryStore
from tests.indexer.catalog.fakes import FakeReader

SUBJECTS = ("Dependency parsing of trees", "Neural machine translation", "Speech in noise", "Sentiment of tweets")


def _papers(count: int, topic: str | None = None) -> list[Paper]:
    return [
        Paper(
            f"p{n:03d}",
            f"{SUBJECTS[n % 4]}, part {n}",
            f"{SUBJECTS[n % 4]} is what this is about.",
            year=2000 + n % 2,
            topics=(Topic(topic),) if topic and n == 7 else (),
        )
        for n in range(count)
    ]


def _build(path: Path, papers: list[Paper], embedder: Embedder | None, topics: int | None = None) -> MemoryStore:
    store = MemoryStore()
    with Catalog.open(path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", {"all": papers}), path)
        build(catalog, store, embedder, path / "vectors", topics=topics)
    return store


@pytest.mark.parametrize("embedder", [None, HashingEmbedder(64)], ids=["words", "vectors"])
def test_a_build_makes_topics(tmp_path: Path, embedder: Embedder | None) -> None:
    (written,) = _build(tmp_path, _papers(80), embedder).complete
    people = PeopleArrays.unpack(written.arrays[GROUP])
    assert people.corpus.fields is not None
    assert len(people.topic_names) == people.corpus.n_fields == 4
    names = list(people.topic_names)
    by_subject = [{paper.paper.topics[0].name for paper in written.papers[first::4]} for first in range(4)]
    assert all(len(found) == 1 for found in by_subject)
    assert len(set.union(*by_subject)) == 4
    assert any("dependency parsing" in name for name in names)
    for document, label in zip(written.papers, people.corpus.fields.tolist(), strict=True):
        (topic,) = document.paper.topics
        assert (topic.name, topic.id) == (names[label], f"cluster:{label + 1}")
        assert 0 < topic.score <= 1
    if embedder is not None:
        expected = embedder.embed([f"{d.paper.title} {d.paper.abstract}" for d in written.papers])
        assert np.concatenate(written.vectors).shape == expected.shape


def test_topics_of_sources_win(tmp_path: Path) -> None:
    (written,) = _build(tmp_path, _papers(80, "Cats"), None).complete
    people = PeopleArrays.unpack(written.arrays[GROUP])
    assert list(people.topic_names) == ["Cats"]
    assert [d.paper.topics for d in written.papers if d.paper.topics] == [(Topic("Cats"),)]


@pytest.mark.parametrize(("count", "asked"), [(49, None), (60, 0), (49, 5)])
def test_no_topics(tmp_path: Path, count: int, asked: int | None) -> None:
    (written,) = _build(tmp_path, _papers(count), None, asked).complete
    assert not any(document.paper.topics for document in written.papers)
    assert PeopleArrays.unpack(written.arrays[GROUP]).corpus.fields is None


def test_the_number_of_topics_can_be_asked_for(tmp_path: Path) -> None:
    (written,) = _build(tmp_path, _papers(60), None, 2).complete
    assert len({document.paper.topics[0].name for document in written.papers}) == 2
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        assert len({build_digest(catalog, topics) for topics in (None, 0, 2)}) == 3


def test_papers_are_filtered_and_counted_by_our_topics(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "engine")
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", {"all": _papers(60)}), tmp_path)
        build(catalog, store, HashingEmbedder(64), tmp_path / "vectors")
    engine = store.reader()
    try:
        names = list(open_people(engine).topic_names)
        page = engine.search(PaperQuery(Everything(), facets=(FacetRequest(KeywordField.TOPIC),)))
        assert {value.value: value.count for value in page.facets[0].values} == dict.fromkeys(names, 15)
        assert engine.count(Keyword(KeywordField.TOPIC, (names[0],))) == 15
    finally:
        engine.close()


def test_words_that_tell_nothing_apart_make_no_topics(tmp_path: Path) -> None:
    papers = [Paper(f"p{n:03d}", f"{n}: {n + 1}") for n in range(60)]
    (written,) = _build(tmp_path, papers, None).complete
    assert PeopleArrays.unpack(written.arrays[GROUP]).corpus.fields is None


def test_spooled_vectors_come_back(tmp_path: Path) -> None:
    vectors = HashingEmbedder(16).embed([f"text {n}" for n in range(10)])
    with VectorSpool(16, tmp_path) as spool:
        spool.add(vectors[:7])
        spool.add(vectors[7:])
        parts = list(spool.batches(4))
        assert [len(part) for part in parts] == [4, 4, 2]
        np.testing.assert_allclose(np.concatenate(parts), vectors, atol=1e-3)
        np.testing.assert_allclose(spool.take(np.array([0, 4, 9]), 4), vectors[[0, 4, 9]], atol=1e-3)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="cannot be kept"):
        VectorSpool(16, tmp_path / "nowhere")
