from __future__ import annotations

import numpy as np

from indexer.identity.disambiguation import Mention, MentionPaper
from indexer.identity.disambiguation.collection import read_collection
from indexer.identity.disambiguation.namesakes import make_namesakes
from indexer.identity.disambiguation.table import read_mentions


def _papers() -> list[MentionPaper]:
    """Ten people with rare names and three papers each, all of them with Wei Li; two Smiths who could be one."""
    rare = [
        MentionPaper(
            f"{who}-{at}", f"Paper {at}", authors=(f"Given{who} Family{who}", "Wei Li", f"Once{who}{at} Only{who}{at}")
        )
        for who in "abcdefghij"
        for at in range(3)
    ]
    smiths = [MentionPaper(f"s{at}", authors=(("Jane Smith", "J. Smith")[at % 2],)) for at in range(6)]
    initials = [MentionPaper(f"t{at}", authors=("X. Zzyzx",)) for at in range(2)]
    return [*rare, *smiths, *initials]


def test_people_with_rare_names_become_blocks_whose_truth_is_known() -> None:
    papers = _papers()
    asked = [Mention(p.id, "w_li", "Wei Li", p.id) for p in papers if "Wei Li" in p.authors]
    collection = read_collection(papers)
    made, person = make_namesakes(read_mentions(papers, asked, collection), collection)
    names = {
        who: {papers[row].authors[0] for row in made.paper[person == who].tolist()} for who in set(person.tolist())
    }
    assert sorted(name for found in names.values() for name in found) == [
        *(f"Given{who} Family{who}" for who in "abcdefghij"),
        "X. Zzyzx",  # initials, but nobody else has the family name
    ]
    assert np.bincount(person).tolist().count(3) == 10
    assert np.bincount(made.block).size == 2  # eight people and three
    # Neither the person nor the name that papers were collected for is a co-author.
    shown = {collection.bylines.full_keys[column] for column in made.others.indices.tolist()}
    assert shown
    assert all(key.startswith("once") for key in shown)


def test_where_all_places_are_asked_about_their_names_are_used() -> None:
    papers = _papers()
    asked = [Mention(f"{p.id}#{at}", name, name, p.id) for p in papers for at, name in enumerate(p.authors)]
    collection = read_collection(papers)
    made, _ = make_namesakes(read_mentions(papers, asked, collection), collection)
    shown = {collection.bylines.full_keys[column] for column in made.others.indices.tolist()}
    assert "wei|li" in shown
