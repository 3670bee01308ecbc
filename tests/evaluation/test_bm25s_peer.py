from __future__ import annotations

import math

import pytest

from evaluation.peers.bm25s_peer import Bm25sPeer
from records.errors import EvaluationError
from records.paper import Paper

PAPERS = [
    Paper("c", "Polar ice", "Bears hunt"),
    Paper("a", "Polar bears", "Ice melts"),
    Paper("b", "Graphs", "Nothing in the common"),
]


def test_scores_are_lucenes_bm25() -> None:
    peer = Bm25sPeer(PAPERS)
    length, mean = 4, (4 + 3 + 4) / 3  # "in" and "the" are stop words
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = idf / (1 + 1.5 * (0.25 + 0.75 * length / mean))
    scores = peer.scores("melting polar")
    assert scores[2] == pytest.approx(expected, rel=1e-5)
    assert scores[0] > scores[2] > scores[1] == 0


def test_ties_go_by_id_and_only_matches_are_ranked() -> None:
    peer = Bm25sPeer(PAPERS)
    assert peer.rank("polar bear", 10) == ["a", "c"]
    assert peer.rank("polar bear", 1) == ["a"]
    assert peer.rank("polar bear", 10, among=["c", "b", "gone"]) == ["c"]


@pytest.mark.parametrize("text", ["", "the", "zebra", '"(:'])
def test_queries_that_match_nothing(text: str) -> None:
    assert Bm25sPeer(PAPERS).rank(text, 10) == []


def test_a_collection_without_words() -> None:
    with pytest.raises(EvaluationError, match="no paper has a word"):
        Bm25sPeer([Paper("a", "..."), Paper("b", "?")])


def test_settings_say_how_it_was_set_up() -> None:
    assert Bm25sPeer(PAPERS).settings.items() >= {"k1": 1.5, "b": 0.75, "method": "lucene"}.items()
