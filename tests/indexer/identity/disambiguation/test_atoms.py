from __future__ import annotations

import math

import numpy as np

from indexer.identity.disambiguation import Mention, MentionPaper
from indexer.identity.disambiguation.atoms import Atoms, contradictions, make_atoms
from indexer.identity.disambiguation.collection import read_collection
from indexer.identity.disambiguation.pairs import pairs_within
from indexer.identity.disambiguation.table import Table, read_mentions
from tests.indexer.identity.disambiguation.small import NAMESAKES, PAPERS, TRUTH


def _atoms(papers: list[MentionPaper], mentions: list[Mention]) -> tuple[Table, Atoms]:
    collection = read_collection(papers)
    table = read_mentions(papers, mentions, collection)
    return table, make_atoms(table, collection, np.arange(len(mentions)))


def test_shared_coauthors_link_and_the_two_namesakes_stay_two() -> None:
    _, atoms = _atoms(PAPERS, NAMESAKES)
    groups: dict[int, set[str]] = {}
    for atom, mention in zip(atoms.atom.tolist(), NAMESAKES, strict=True):
        groups.setdefault(atom, set()).add(TRUTH[mention.paper])
    assert sorted(map(sorted, groups.values())) == [["grammar"], ["lithium"]]
    assert atoms.size.tolist() == [3, 3]
    assert atoms.starts.tolist() == [0, 2]


def test_a_coauthor_whom_everybody_has_links_nobody() -> None:
    """On 30 of 60 papers outside the block: beside 4 namesakes, chance gives 4 x 31/60 > 1."""
    common = [MentionPaper(f"c{at}", authors=("Common Name", f"Person {at} Other")) for at in range(30)]
    rest = [MentionPaper(f"r{at}", authors=(f"Person {at} Else",)) for at in range(26)]
    asked = [MentionPaper(f"a{at}", authors=("Jane Smith", "Common Name")) for at in range(4)]
    mentions = [Mention(p.id, "b", "Jane Smith", p.id) for p in asked]
    table, atoms = _atoms([*common, *rest, *asked], mentions)
    assert len(atoms.size) == 4
    surprise = atoms.surprise.toarray().max(axis=1) ** 2
    np.testing.assert_allclose(surprise, [-math.log(31 / 60)] * 4, rtol=1e-5)
    assert not contradictions(table, atoms, *pairs_within(atoms.starts)).any()
    _, rare = _atoms([*rest, *asked], mentions)
    assert len(rare.size) == 1


def test_a_link_never_puts_two_incompatible_names_together_by_way_of_a_third() -> None:
    """Jay Smith in initials could be either; the stronger link, two co-authors in common, wins."""
    papers = [
        MentionPaper("1", authors=("Jane Smith", "Ana Alpha", "Ben Beta")),
        MentionPaper("2", authors=("J. Smith", "Ana Alpha", "Ben Beta", "Carl Gamma")),
        MentionPaper("3", authors=("John Smith", "Carl Gamma")),
        *(MentionPaper(f"x{at}", authors=(f"Person {at} Else",)) for at in range(20)),
    ]
    mentions = [Mention(p.id, "b", p.authors[0], p.id) for p in papers[:3]]
    table, atoms = _atoms(papers, mentions)
    assert atoms.atom.tolist() == [0, 0, 1]
    assert contradictions(table, atoms, np.array([0]), np.array([1])).tolist() == [True]


def test_two_places_of_one_paper_are_two_and_known_persons_decide() -> None:
    papers = [
        MentionPaper("1", authors=("Li Wei", "Li Wei", "Ana Alpha")),
        MentionPaper("2", authors=("Li Wei", "Ana Alpha")),
        MentionPaper("3", authors=("Li Wei",)),
        *(MentionPaper(f"x{at}", authors=(f"Person {at} Else",)) for at in range(20)),
    ]
    mentions = [
        Mention("1#0", "b", "Li Wei", "1"),
        Mention("1#1", "b", "Li Wei", "1"),
        Mention("2#0", "b", "Li Wei", "2", person="known"),
        Mention("3#0", "b", "Li Wei", "3", person="known"),
    ]
    _, atoms = _atoms(papers, mentions)
    assert atoms.atom[0] != atoms.atom[1]
    assert atoms.atom[2] == atoms.atom[3]
    apart = [
        *mentions[:2],
        Mention("2#0", "b", "Li Wei", "2", person="one"),
        Mention("3#0", "b", "Li Wei", "3", person="two"),
    ]
    table, atoms = _atoms(papers, apart)
    one, two = sorted((int(atoms.atom[2]), int(atoms.atom[3])))
    assert contradictions(table, atoms, np.array([one]), np.array([two])).tolist() == [True]
