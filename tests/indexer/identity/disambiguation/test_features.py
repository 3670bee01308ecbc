"""Every feature against its definition, in plain Python, over a corpus in which each of them says something."""

from __future__ import annotations

import math

import numpy as np
import pytest

from indexer.identity.disambiguation import Mention, MentionPaper
from indexer.identity.disambiguation.atoms import make_atoms
from indexer.identity.disambiguation.collection import read_collection
from indexer.identity.disambiguation.features import FEATURES, PairFeatures, circles
from indexer.identity.disambiguation.given_names import GivenNames
from indexer.identity.disambiguation.table import read_mentions

PAPERS = [
    MentionPaper(
        "a", "Owls hunting", "In forests at night", 2001, "Ornis", ("birds",), ("Jane Smith", "Tom Brook"), ("r", "s")
    ),
    MentionPaper("b", "Hunting owls", "", 2004, "Ornis", (), ("Jane Smith", "Ann Creek", "T. Brook"), ("a", "s")),
    MentionPaper("c", "Quantum computing", "", None, "", (), ("Jane Smith",)),
    MentionPaper("d", "Owls", "", 2000, "Ecology", (), ("Tom Brook", "Ann Creek")),
    MentionPaper("e", "Stars", "", 2000, "Astronomy", (), ("Zoe Lake",), ("s", "t")),
]
MENTIONS = [
    Mention("a#0", "b", "Jane Smith", "a", "University of Bergen"),
    Mention("b#0", "b", "Jane Smith", "b", "Bergen University"),
    Mention("c#0", "b", "Jane Smith", "c", "MIT"),
]


@pytest.fixture(scope="module")
def of() -> dict[tuple[str, str], dict[str, float]]:
    collection = read_collection(PAPERS)
    table = read_mentions(PAPERS, MENTIONS, collection)
    atoms = make_atoms(table, collection, np.arange(3))
    assert atoms.atom.tolist() == [0, 1, 2]
    left, right = np.array([0, 0, 1]), np.array([1, 2, 2])
    rows = PairFeatures(table, collection, circles(collection), atoms).of(left, right)
    names = [("a", "b"), ("a", "c"), ("b", "c")]
    return {pair: dict(zip(FEATURES, row.tolist(), strict=True)) for pair, row in zip(names, rows, strict=True)}


def _rarity(papers: int, df: int) -> float:
    return math.log((papers + 1) / (df + 0.5))


def test_coauthors(of: dict[tuple[str, str], dict[str, float]]) -> None:
    assert of["a", "b"]["coauthors"] == 0  # "Tom Brook" is not "T. Brook"
    # By initial and family name they are one: on papers a, b and d of five.
    assert of["a", "b"]["loose_coauthors"] == pytest.approx(math.log1p(_rarity(5, 3)), rel=1e-5)
    # Tom Brook and Ann Creek have published d together.
    assert of["a", "b"]["second_order"] == pytest.approx(math.log1p(1))
    assert of["a", "c"]["second_order"] == of["a", "c"]["loose_coauthors"] == 0


def test_texts(of: dict[tuple[str, str], dict[str, float]]) -> None:
    weight = {word: _rarity(5, df) for word, df in {"owl": 3, "hunt": 2, "forest": 1, "night": 1, "bird": 1}.items()}
    twice = 1 + math.log(2)  # a title counts twice
    a = {"owl": twice * weight["owl"], "hunt": twice * weight["hunt"]} | {
        w: weight[w] for w in ("forest", "night", "bird")
    }
    b = {"owl": twice * weight["owl"], "hunt": twice * weight["hunt"]}
    cosine = sum(a[w] * b[w] for w in b) / math.hypot(*a.values()) / math.hypot(*b.values())
    assert of["a", "b"]["words"] == pytest.approx(cosine, rel=1e-5)
    assert of["a", "c"]["words"] == 0
    assert of["a", "b"]["meaning"] > 0.8
    assert abs(of["a", "c"]["meaning"]) < 0.1


def test_venues(of: dict[tuple[str, str], dict[str, float]]) -> None:
    assert of["a", "b"]["venue_words"] == pytest.approx(1)
    assert of["a", "b"]["venues"] == pytest.approx(math.log1p(math.log(5 / 2)), rel=1e-5)
    assert of["a", "c"]["venue_words"] == of["a", "c"]["venues"] == 0


def test_affiliations(of: dict[tuple[str, str], dict[str, float]]) -> None:
    assert [of[pair]["affiliation_known"] for pair in of] == [1, 1, 1]
    assert of["a", "b"]["affiliation"] > 0.5
    assert of["a", "b"]["affiliation_unlike"] == 0
    assert (of["a", "c"]["affiliation"], of["a", "c"]["affiliation_unlike"]) == (0, 1)


def test_years_and_references(of: dict[tuple[str, str], dict[str, float]]) -> None:
    assert of["a", "b"]["gap"] == pytest.approx(math.log1p(3))
    assert (of["a", "c"]["gap"], of["a", "c"]["gap_unknown"], of["a", "b"]["gap_unknown"]) == (0, 1, 0)
    # b cites a (which stands for itself), and both cite s, which three papers cite.
    assert of["a", "b"]["references"] == pytest.approx(math.log1p(_rarity(5, 2) + _rarity(5, 3)), rel=1e-5)
    assert of["a", "b"]["no_reference"] == of["a", "c"]["no_reference"] == 0


def test_given_names_speak_only_where_blocks_are_wider_than_a_name() -> None:
    names = ["Jane R. Smith", "Jane Smith", "J. R. Smith", "John Smith"]
    papers = [MentionPaper(str(at), authors=(name,)) for at, name in enumerate([*names, "Jane Doe", "Joan Lee"])]
    mentions = [Mention(str(at), "b", name, str(at)) for at, name in enumerate(names)]
    collection = read_collection(papers)
    table = read_mentions(papers, mentions, collection)
    atoms = make_atoms(table, collection, np.arange(4))
    left, right = np.array([0, 0, 1, 1]), np.array([1, 2, 2, 3])
    evidence = GivenNames(table, collection).evidence(table, atoms, left, right)
    jane = -math.log((3 + 1) / (5 + 2))  # three of the five full names with J are Jane
    middle = -math.log((2 + 1) / (2 + 26))  # both middle initials are R
    np.testing.assert_allclose(evidence, [jane, middle, 0, 0], rtol=1e-5)
    narrow = read_mentions(papers, mentions[:2], collection)
    assert GivenNames(narrow, collection).silent
