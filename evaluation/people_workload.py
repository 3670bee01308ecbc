"""Whom and what a bench asks about: drawn from the corpus itself, the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.workload import draw_workload, sample_papers
from records.errors import EvaluationError
from records.name import Name
from search.people import People

__all__ = ["PeopleWorkload", "draw_authors", "draw_people"]

_STRATA = (1, 2, 6, 21, 101)
"""People are drawn in equal parts from those with at least so many papers, up to the next number."""

_SAMPLE = 3_000
_TRIES = 30


@dataclass(frozen=True, slots=True)
class PeopleWorkload:
    """All of the length asked for (``documents`` may repeat in a corpus with few abstracts).

    ``authors``: ids of people, in equal parts from few to many papers. ``names``: what one types to find them, whole,
    in parts, with initials or a slip. ``beginnings``: what stands in the box while one types. ``texts``: title words;
    ``documents``: title and abstract of a paper.
    """

    authors: tuple[str, ...]
    names: tuple[str, ...]
    beginnings: tuple[str, ...]
    texts: tuple[str, ...]
    documents: tuple[str, ...]


def draw_people(people: People, count: int, *, seed: int = 0) -> PeopleWorkload:
    """``count`` of each.

    :raises EvaluationError: when the corpus has no people, or nothing to search for.
    """
    papers = sample_papers(people.engine, _SAMPLE, seed=seed)
    positions = draw_authors(people.arrays.written.degrees(), count, seed=seed)
    draw = random.Random(seed)  # noqa: S311 - repeatable, not secret
    named = [document.author.name for document in people.author_documents(positions)]
    texts = [f"{paper.title}. {paper.abstract}" for paper in papers if paper.abstract] or [p.title for p in papers]
    return PeopleWorkload(
        authors=tuple(people.arrays.author_ids.take(positions)),
        names=_distinct(lambda: _typed(draw.choice(named), draw), count),
        beginnings=_distinct(lambda: _beginning(draw.choice(named), draw), count),
        texts=draw_workload(papers, count, seed=seed).texts,
        documents=tuple(texts[at % len(texts)] for at in range(count)),
    )


def draw_authors(papers: Sequence[int] | np.ndarray, count: int, *, seed: int = 0) -> np.ndarray:
    """Positions of ``count`` people by how many papers each has, in equal parts from each stratum that has any.

    Nobody twice before everybody was drawn. :raises EvaluationError: when nobody has a paper.
    """
    draw = np.random.default_rng(seed)
    of = np.searchsorted(_STRATA, np.asarray(papers), side="right")
    strata = [draw.permutation(np.flatnonzero(of == stratum)) for stratum in range(1, len(_STRATA) + 1)]
    # In turns: the first of each stratum, then the second of each, as long as they have any.
    turns = [
        (turn, stratum, who) for stratum, members in enumerate(strata) for turn, who in enumerate(members.tolist())
    ]
    chosen = [who for _, _, who in sorted(turns)]
    if not chosen:
        raise EvaluationError("nobody in this corpus has a paper: there is nobody to ask about")
    return np.resize(np.array(chosen, dtype=np.int64), count)


def _typed(name: Name, draw: random.Random) -> str:
    family = " ".join(part for part in (name.particle, name.family) if part)
    match draw.randrange(5):
        case 0:
            return family
        case 1:
            return f"{family}, {name.given[:1]}" if name.given else family
        case 2:
            return f"{name.given} {family}"[: draw.randint(5, 40)].strip()
        case 3:
            at = draw.randrange(max(1, len(name.full) - 1))
            return name.full[:at] + name.full[at + 1 : at + 2] + name.full[at] + name.full[at + 2 :]
        case _:
            return name.full


def _beginning(name: Name, draw: random.Random) -> str:
    return name.full[: draw.randint(2, 8)].strip()


def _distinct(make: Callable[[], str], count: int) -> tuple[str, ...]:
    """So many texts, none twice where that can be helped: the same again would be answered from caches."""
    found: dict[str, None] = {}
    made: list[str] = []
    for _ in range(count):
        text = make()
        for _ in range(_TRIES):
            if text not in found:
                break
            text = make()
        found[text] = None
        made.append(text)
    return tuple(made)
