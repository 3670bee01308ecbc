"""The truth about a corpus as files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from indexer.demo.careers import INTERESTS, STINTS
from indexer.demo.corpus import DemoCorpus
from indexer.demo.expertise import Expertise, expertise, experts
from indexer.demo.files import open_output
from indexer.demo.naming import CHANGED, printed_name
from indexer.demo.places import countries
from indexer.demo.queries import make_queries
from indexer.demo.relations import coauthor_pairs, homonyms
from indexer.demo.rendering import orcid_of
from indexer.demo.vocabulary import Vocabulary, slug
from indexer.demo.world import World, paper_id, person_id
from records.progress import Progress

__all__ = ["subtopic_ids", "write_lines", "write_truth"]

_SUBTOPIC_PAPERS = 60
"""Sub-topics with at least so many papers have experts of their own."""
_NEVER = 32000


def write_truth(corpus: DemoCorpus, folder: Path, progress: Progress) -> dict[str, int]:
    """Write all files of the truth into ``folder``; returns the number of lines of each."""
    world = corpus.world
    known = expertise(world)
    files: dict[str, Iterable[str] | Iterable[bytes]] = {
        "authors.jsonl.gz": _authors(corpus, known),
        "authorships.tsv.gz": _authorships(world),
        "papers.tsv.gz": _papers(world),
        "topics.tsv": _topics(world),
        "experts.tsv": _experts(world, known),
        "queries.jsonl.gz": (
            msgspec.json.encode({"id": q.id, "text": q.text, "kind": q.kind}) for q in make_queries(world)
        ),
        "qrels.tsv": (
            f"{q.id}\t{paper_id(paper)}\t{grade}" for q in make_queries(world) for paper, grade in q.relevant
        ),
        "advisors.tsv": _advisors(world),
        "affiliations.tsv.gz": _affiliations(world),
        "coauthors.tsv.gz": _coauthors(world),
        "homonyms.tsv": _homonyms(world),
    }
    progress.start("truth", len(files))
    counts = {}
    for name, lines in files.items():
        counts[name] = write_lines(folder / name, lines)
        progress.advance()
    progress.finish()
    return counts


def write_lines(path: Path, lines: Iterable[str] | Iterable[bytes]) -> int:
    """Write lines (text is encoded as UTF-8); returns how many."""
    written = 0
    with open_output(path) as file:
        for line in lines:
            file.write((line.encode() if isinstance(line, str) else line) + b"\n")
            written += 1
    return written


def subtopic_ids(words: Vocabulary) -> list[str]:
    """Ids of sub-topics, "topic/problem"."""
    return [f"{topic.id}/{slug(problem.forms[0])}" for topic in words.topics for problem in topic.problems]


def _authorships(world: World) -> Iterator[str]:
    offsets, authors = world.papers.offsets, world.papers.authors
    for begin in range(0, len(offsets) - 1, 1 << 16):
        end = min(begin + (1 << 16), len(offsets) - 1)
        rows = offsets[begin : end + 1].tolist()
        people = authors[rows[0] : rows[-1]].tolist()
        for paper in range(end - begin):
            low, high = rows[paper] - rows[0], rows[paper + 1] - rows[0]
            name = paper_id(begin + paper)
            for position, person in enumerate(people[low:high]):
                yield f"{name}\t{position}\tA{person:08d}"


def _papers(world: World) -> Iterator[str]:
    """Columns: paper, year, topic, sub-topic, second topic or "", method, setting, lead, fitness."""
    words = world.vocabulary
    names = subtopic_ids(words)
    topics = [t.id for t in words.topics]
    methods = [[slug(m.forms[0]) for m in t.methods] for t in words.topics]
    settings = [[slug(s.forms[0]) for s in t.settings] for t in words.topics]
    columns = (world.papers.year, world.papers.subtopic, world.papers.second, world.method, world.setting)
    for begin in range(0, len(world.papers.year), 1 << 16):
        part = slice(begin, begin + (1 << 16))
        rows = zip(
            *(c[part].tolist() for c in columns),
            world.papers.lead[part].tolist(),
            world.fitness[part].tolist(),
            strict=True,
        )
        for at, (year, subtopic, second, method, setting, lead, fitness) in enumerate(rows, begin):
            topic = int(words.topic_of[subtopic])
            yield "\t".join(
                (
                    paper_id(at),
                    str(year),
                    topics[topic],
                    names[subtopic],
                    topics[second] if second >= 0 else "",
                    methods[topic][method],
                    settings[topic][setting],
                    person_id(lead),
                    f"{fitness:.3f}",
                )
            )


def _topics(world: World) -> Iterator[str]:
    """Columns: id, name, field, parent topic or "", papers; sub-topics follow the topics."""
    words = world.vocabulary
    counts = np.bincount(world.topic, minlength=len(words.topics)).tolist()
    for topic, count in zip(words.topics, counts, strict=True):
        yield f"{topic.id}\t{topic.name}\t{words.fields[topic.field].name}\t\t{count}"
    small = np.bincount(world.papers.subtopic, minlength=int(words.offsets[-1])).tolist()
    names = subtopic_ids(words)
    at = 0
    for topic in words.topics:
        for problem in topic.problems:
            yield f"{names[at]}\t{problem.forms[0]}\t{words.fields[topic.field].name}\t{topic.id}\t{small[at]}"
            at += 1


def _experts(world: World, known: Expertise) -> Iterator[str]:
    """Columns: topic or sub-topic, person, grade."""
    words = world.vocabulary
    found = experts(known, len(words.topics), np.bincount(world.topic, minlength=len(words.topics)))
    topics = [t.id for t in words.topics]
    for group, person, grade in zip(found.group.tolist(), found.person.tolist(), found.grade.tolist(), strict=True):
        yield f"{topics[group]}\t{person_id(person)}\t{grade}"
    sizes = np.bincount(world.papers.subtopic, minlength=int(words.offsets[-1]))
    if sizes.max(initial=0) < _SUBTOPIC_PAPERS:
        return
    found = experts(expertise(world, subtopics=True), len(sizes), sizes)
    names = subtopic_ids(words)
    for group, person, grade in zip(found.group.tolist(), found.person.tolist(), found.grade.tolist(), strict=True):
        if sizes[group] >= _SUBTOPIC_PAPERS:
            yield f"{names[group]}\t{person_id(person)}\t{grade}"


def _advisors(world: World) -> Iterator[str]:
    """Columns: person, advisor, first and last year as a student."""
    people = world.people
    for person in np.flatnonzero(people.advisor >= 0).tolist():
        start = int(people.start[person])
        until = min(int(people.end[person]), start + 5)
        yield f"{person_id(person)}\t{person_id(int(people.advisor[person]))}\t{start}\t{until}"


def _stints(world: World, low: int, high: int) -> Iterator[list[tuple[int, int, int]]]:
    """(institution, first year, last year) of each person from ``low`` to ``high``."""
    people = world.people
    places, since, ends = (c[low:high].tolist() for c in (people.stints, people.stint_from, people.end))
    for person in range(high - low):
        last = STINTS - places[person].count(-1)
        edges = [*since[person][1:last], ends[person] + 1]
        yield [(places[person][i], since[person][i], max(edges[i] - 1, since[person][i])) for i in range(last)]


def _affiliations(world: World) -> Iterator[str]:
    """Columns: person, institution, first and last year."""
    for low in range(0, len(world.people), 1 << 16):
        high = min(low + (1 << 16), len(world.people))
        for person, stints in enumerate(_stints(world, low, high), low):
            for place, since, until in stints:
                yield f"{person_id(person)}\t{world.institutions.identifier(place)}\t{since}\t{until}"


def _coauthors(world: World) -> Iterator[str]:
    """Columns: person, person, joint papers, year of the first and of the last."""
    for batch in coauthor_pairs(world):
        columns = (batch.one, batch.two, batch.papers, batch.first_year, batch.last_year)
        for one, two, papers, first, last in zip(*(c.tolist() for c in columns), strict=True):
            yield f"A{one:08d}\tA{two:08d}\t{papers}\t{first}\t{last}"


def _homonyms(world: World) -> Iterator[str]:
    """Columns: full name of the first of the group, then the people who share it, a space between."""
    names = world.people.names
    for group in homonyms(world):
        name = printed_name(names[group[0]].tolist(), 2)
        yield f"{name.full}\t{' '.join(person_id(person) for person in group)}"


def _authors(corpus: DemoCorpus, known: Expertise) -> Iterator[bytes]:
    """One JSON object a person; see docs/demo.md."""
    world = corpus.world
    n = len(world.people)
    papers = np.bincount(world.papers.authors, minlength=n)
    first = np.full(n, _NEVER, dtype=np.int16)
    last = np.zeros(n, dtype=np.int16)
    year = np.repeat(world.papers.year, np.diff(world.papers.offsets))
    np.minimum.at(first, world.papers.authors, year)
    np.maximum.at(last, world.papers.authors, year)
    edges = np.searchsorted(known.person, np.arange(n + 1))
    for low in range(0, n, 1 << 14):
        high = min(low + (1 << 14), n)
        for person, stints in enumerate(_stints(world, low, high), low):
            record = _career(corpus, person, stints)
            record["papers"] = int(papers[person])
            record["first_paper"], record["last_paper"] = int(first[person]), int(last[person])
            record["topics"] = _weights(world, known, int(edges[person]), int(edges[person + 1]))
            yield msgspec.json.encode(record)


def _weights(world: World, known: Expertise, low: int, high: int) -> list[dict[str, object]]:
    rows = zip(
        known.group[low:high].tolist(),
        known.weight[low:high].tolist(),
        known.papers[low:high].tolist(),
        known.interest[low:high].tolist(),
        strict=True,
    )
    topics = world.vocabulary.topics
    return [
        {"topic": topics[group].id, "weight": round(weight, 1), "papers": papers, "interest": interest}
        for group, weight, papers, interest in rows
    ]


def _career(corpus: DemoCorpus, person: int, stints: list[tuple[int, int, int]]) -> dict[str, object]:
    world, people = corpus.world, corpus.world.people
    row = people.names[person].tolist()
    habit = int(people.habit[person])
    advisor = int(people.advisor[person])
    change = int(people.change_year[person])
    words = world.vocabulary
    interests = [int(i) for i in people.interests[person] if i >= 0]
    since = people.interest_from[person].tolist()
    return {
        "id": person_id(person),
        "name": printed_name(row, habit).full,
        "names": [_written(name.full, name.native) for name in corpus.names_of(person)],
        "changed_name": printed_name(row, habit + CHANGED).full if change < _NEVER else None,
        "changed_in": change if change < _NEVER else None,
        "start": int(people.start[person]),
        "end": int(people.end[person]),
        "advisor": person_id(advisor) if advisor >= 0 else None,
        "orcid": orcid_of(person).value if people.orcid[person] else None,
        "curated": bool(people.curated[person]),
        "institutions": [
            {
                "id": world.institutions.identifier(place),
                "name": world.institutions.names[place],
                "country": countries()[int(world.institutions.country[place])].code,
                "from": begin,
                "to": end,
            }
            for place, begin, end in stints
        ],
        "interests": [
            {"topic": words.topics[int(words.topic_of[i])].id, "problem": _problem(words, i), "from": since[at]}
            for at, i in enumerate(interests[:INTERESTS])
        ],
    }


def _problem(words: Vocabulary, subtopic: int) -> str:
    topic = int(words.topic_of[subtopic])
    return words.topics[topic].problems[subtopic - int(words.offsets[topic])].forms[0]


def _written(full: str, native: str) -> str:
    return f"{full} ({native})" if native else full
