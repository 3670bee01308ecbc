"""Small random collections of papers: what is computed about people is checked on them by counting anew."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.people import PeopleArrays, people_of_papers

__all__ = ["people", "world", "worlds"]

_COUNTRIES = ("AT", "DE", "JP")
_TOPICS = ("Parsing", "Speech", "machine translation")
_VENUES = ("ACL", "A, B", "CL")


def world(seed: int, *, papers: int = 12, authors: int = 6) -> list[Paper]:
    """A collection in ascending order of id, the same for the same ``seed``."""
    rng = random.Random(seed)
    ids = [f"p{i:02d}" for i in range(rng.randrange(1, papers + 1))]
    who = [f"a{i}" for i in range(rng.randrange(1, authors + 1))]
    made = []
    for paper_id in ids:
        byline = rng.sample(who, rng.randrange(min(4, len(who)) + 1))
        venue, topic = rng.choice((None, *_VENUES)), rng.choice((None, *_TOPICS))
        made.append(
            Paper(
                paper_id,
                f"Title of {paper_id}",
                year=rng.choice((None, *range(2000, 2010))),
                venue=Venue(venue) if venue else None,
                authorships=tuple(_authorship(rng, author, place) for place, author in enumerate(byline)),
                references=tuple(rng.sample(ids, rng.randrange(min(4, len(ids)) + 1))),
                topics=(Topic(topic),) if topic else (),
            )
        )
    return made


def _authorship(rng: random.Random, author: str, place: int) -> Authorship:
    affiliations: tuple[Affiliation, ...] = ()
    if rng.random() < 0.7:
        country = rng.choice(_COUNTRIES)
        institution = f"i:{country}{rng.randrange(2)}"
        affiliations = (Affiliation(f"Institute {institution}", institution, country),)
    return Authorship(Name(f"Family{author}", f"Given{author}"), place, author, affiliations=affiliations)


def worlds() -> st.SearchStrategy[list[Paper]]:
    """Collections by seed."""
    return st.integers(0, 10**6).map(world)


def people(papers: list[Paper], seed: int = 0) -> PeopleArrays:
    """The arrays of ``papers``, with an author metric ``h_index`` (some NaN) and its percentiles made up."""
    arrays = people_of_papers(papers)
    rng = np.random.default_rng(seed)
    metric = rng.integers(0, 5, arrays.authors).astype(np.float32)
    metric[rng.random(arrays.authors) < 0.2] = np.nan
    percentile = (rng.integers(0, 1000, arrays.authors) / 10).astype(np.float32)
    return replace(arrays, author_metrics={"h_index": metric}, author_percentiles={"h_index": percentile})
