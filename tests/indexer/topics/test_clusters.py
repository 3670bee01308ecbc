from __future__ import annotations

import numpy as np
import pytest

from indexer.topics import MAX_TOPICS, PaperTexts, TextVectors, fit_clusters, make_topics, opening, topic_count
from records.paper import Paper, Topic


def test_number_of_topics() -> None:
    assert [topic_count(papers) for papers in (0, 49, 50, 400, 10_000, 10**9)] == [0, 0, 4, 10, 50, MAX_TOPICS]
    counts = [topic_count(papers) for papers in range(50, 2000)]
    assert counts == sorted(counts)


def _blobs(rows: int, sizes: tuple[int, ...], seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = np.eye(len(sizes), 8, dtype=np.float32)
    found = np.repeat(centres, sizes, axis=0) + random.normal(scale=0.05, size=(rows, 8)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def test_clusters_are_found_largest_first_and_the_same_again() -> None:
    vectors = _blobs(60, (10, 20, 30))
    clusters = fit_clusters(vectors, 3)
    labels, cosines = clusters.assign(vectors)
    assert labels.tolist() == [2] * 10 + [1] * 20 + [0] * 30
    assert cosines.min() > 0.9
    assert cosines.max() <= 1.0
    again = fit_clusters(vectors, 3)
    np.testing.assert_array_equal(again.centres, clusters.centres)
    np.testing.assert_allclose(np.linalg.norm(clusters.centres, axis=1), 1.0, rtol=1e-5)
    brute = (vectors[:, None, :] * clusters.centres[None]).sum(axis=2)
    np.testing.assert_array_equal(labels, brute.argmax(axis=1))


def test_copies_make_fewer_clusters() -> None:
    vectors = np.repeat(np.eye(2, 4, dtype=np.float32), 30, axis=0)
    assert len(fit_clusters(vectors, 5).centres) == 2


def _paper(number: int, title: str, abstract: str = "") -> Paper:
    return Paper(f"p{number:04d}", title, abstract)


PAPERS = [
    _paper(n, *(("Parsing of trees", "Dependency grammar.") if n % 3 else ("Translating text", "Phrases and BLEU.")))
    for n in range(90)
]


def test_topics_of_words() -> None:
    texts = PaperTexts(len(PAPERS), openings=True)
    texts.add(PAPERS)
    assert texts.complete
    assert texts.titles == [paper.title for paper in PAPERS]
    vectors = TextVectors(texts.sample)
    made = vectors.of(texts.sample)
    np.testing.assert_allclose(np.linalg.norm(made, axis=1), 1.0, rtol=1e-5)
    topics = make_topics(texts, made, [made[:50], made[50:]], 2)
    assert len(topics.names) == 2
    assert topics.labels.tolist() == [0 if n % 3 else 1 for n in range(90)]
    assert topics.of(0) == (Topic(topics.names[1], "cluster:2", 1.0),)
    assert "translating text" in topics.names[1]


def test_a_paper_without_known_words_has_no_topic() -> None:
    texts = PaperTexts(len(PAPERS), openings=True)
    texts.add([*PAPERS[:-1], _paper(89, "Ωmega")])
    vectors = TextVectors(texts.sample)
    made = vectors.of(texts.sample)
    topics = make_topics(texts, made, [made], 2)
    assert topics.labels[-1] == -1
    assert topics.of(89) == ()
    assert (topics.labels[:-1] >= 0).all()


def test_texts_without_words() -> None:
    assert TextVectors(["1 2", "3"] * 40).dimension == 0


@pytest.mark.parametrize(("papers", "kept"), [(60_001, 20_001), (30_000, 30_000)])
def test_titles_are_spread_evenly(papers: int, kept: int) -> None:
    texts = PaperTexts(papers, openings=False)
    texts.add(_paper(0, str(number)) for number in range(papers))
    assert len(texts.titles) == len(texts.rows) == kept
    assert texts.titles == [str(row) for row in texts.rows.tolist()]
    assert texts.openings == []


def test_openings_of_many_papers_are_those_of_the_titles() -> None:
    papers = 150_000
    texts = PaperTexts(papers, openings=True)
    texts.add(_paper(0, str(number)) for number in range(papers))
    assert not texts.complete
    assert texts.sample == [opening(_paper(0, title)) for title in texts.titles]
