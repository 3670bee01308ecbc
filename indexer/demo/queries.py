"""Search queries with the papers they are about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indexer.demo.streams import Ints, Stream
from indexer.demo.vocabulary import TopicWords
from indexer.demo.world import World

__all__ = ["DemoQuery", "make_queries"]

_SUBJECTS = 150
_MOST_RELEVANT = 1500


@dataclass(frozen=True)
class DemoQuery:
    """A query. ``kind`` is "words" (the phrases papers use) or "meaning" (other words for the same things).

    ``relevant`` pairs positions of papers with grades: 3 for problem and method (and setting where the query names
    one), 2 for problem and method alone where there is a setting, 1 for the problem alone. A grade is left out when
    more than 1,500 papers would get it.
    """

    id: str
    text: str
    kind: str
    relevant: tuple[tuple[int, int], ...]


def make_queries(world: World) -> tuple[DemoQuery, ...]:
    """Two queries, one of each kind, on each of up to 150 subjects drawn from the corpus' papers."""
    stream = Stream(world.spec.seed, "queries")
    words, subtopic = world.vocabulary, world.papers.subtopic.astype(np.int64)
    order = np.argsort(subtopic, kind="stable")
    edges = np.searchsorted(subtopic[order], np.arange(int(words.offsets[-1]) + 1))
    shuffled = np.argsort(stream.words(len(edges) - 1), kind="stable")
    # With many papers a problem and a method no longer make a narrow question; add the setting.
    narrow = len(subtopic) > 60 * 7 * int(words.offsets[-1])
    queries: list[DemoQuery] = []
    for number in shuffled.tolist():
        members = order[edges[number] : edges[number + 1]]
        if len(queries) >= 2 * _SUBJECTS:
            break
        if len(members) < 2:
            continue
        seed_paper = int(members[int(stream.below(len(members), 1)[0])])
        relevant = _relevant(world, members, seed_paper, narrow=narrow)
        topic = int(words.topic_of[number])
        problem = number - int(words.offsets[topic])
        for kind in ("words", "meaning"):
            text = _text(words.topics[topic], world, (problem, seed_paper), kind=kind, narrow=narrow)
            queries.append(DemoQuery(f"q{len(queries) + 1:04d}", text, kind, relevant))
    return tuple(queries)


def _relevant(world: World, members: Ints, seed_paper: int, *, narrow: bool) -> tuple[tuple[int, int], ...]:
    same_method = world.method[members] == world.method[seed_paper]
    same_setting = world.setting[members] == world.setting[seed_paper]
    both = np.where(same_setting, 3, 2) if narrow else 3
    grade = np.where(same_method, both, 1)
    sizes = np.bincount(grade, minlength=4)
    kept = (sizes[grade] <= _MOST_RELEVANT) | (grade == 3)
    return tuple(zip(members[kept].tolist(), grade[kept].tolist(), strict=True))


def _text(topic: TopicWords, world: World, what: tuple[int, int], *, kind: str, narrow: bool) -> str:
    problem, paper = what
    form = -1 if kind == "meaning" else 0
    method = topic.methods[int(world.method[paper])].forms[form]
    text = f"{method} for {topic.problems[problem].forms[form]}"
    return f"{text} in {topic.settings[int(world.setting[paper])].forms[0]}" if narrow else text
