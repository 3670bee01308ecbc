"""Records: readable titles and abstracts, valid ids, and the same records again out of JSON Lines."""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path

import pytest

from indexer.demo import DemoCorpus, DemoSpec, generate
from indexer.demo.files import open_output
from indexer.demo.rendering import orcid_of
from indexer.demo.vocabulary import vocabulary
from indexer.demo.wording import DRAWS, Writer, grammars
from indexer.sources.base import Person
from indexer.sources.jsonl import JsonlReader
from indexer.sources.jsonl_convert import encode_line
from records.ids import ExternalId
from records.paper import Paper
from search.text import title_key


def test_titles_are_mostly_unique(papers: list[Paper], large: DemoCorpus) -> None:
    assert len({title_key(p.title) for p in papers}) > 0.97 * len(papers)
    titles = Counter(title_key(p.title) for block in range(0, 14, 3) for p in large.block(block))
    assert len(titles) > 0.97 * titles.total()
    assert titles.most_common(1)[0][1] < 12


def test_titles_and_abstracts_read_like_text(papers: list[Paper]) -> None:
    for paper in papers:
        assert 10 < len(paper.title) < 260
        for text in (paper.title, paper.abstract, *paper.keywords):
            assert not re.search(r"[{}\[\]|@]|  | [,.;:]|\.\.|^\s|\s$", text), text
        assert paper.title[0].isupper() or paper.title[0].isdigit()
        if paper.abstract:
            assert paper.abstract.endswith(".")
            sentences = re.split(r"(?<=[.?!]) (?=[A-Z])", paper.abstract)
            assert all(s[0].isupper() for s in sentences), paper.abstract
            assert len(sentences) == len(set(sentences))


def test_abstracts_have_the_length_of_abstracts(papers: list[Paper]) -> None:
    words = sorted(len(p.abstract.split()) for p in papers if p.abstract)
    assert 60 < words[len(words) // 2] < 140
    assert words[0] >= 12
    missing = sum(1 for p in papers if not p.abstract and p.type != "editorial") / len(papers)
    assert missing == pytest.approx(0.06, abs=0.02)


def test_every_template_can_be_filled() -> None:
    writer = Writer(vocabulary(10**6), 10**6)
    frame = writer._frame(writer._topics[0], (0, 0, 0, 0, 1, 0, 2020), list(range(DRAWS)), grammars()["social"])
    for style, grammar in grammars().items():
        for part, templates in grammar.parts.items():
            for reading in (r for template in templates for r in template):
                names = {name for _, name, _, _ in string.Formatter().parse(reading) if name}
                assert names <= frame.keys(), (style, part, reading)
                assert part in ("titles", "subtitles") or reading.endswith((".", "?")), reading


def test_verbs_agree_with_plurals() -> None:
    writer = Writer(vocabulary(10**6), 10**6)
    number = next(i for i, t in enumerate(writer._topics) if t.words.name == "Climate change")
    problems = [p.forms[0] for p in writer._topics[number].words.problems]
    grammar = grammars()["field"]
    for problem, verb in (("heat waves", "are"), ("extreme rainfall", "is")):
        what = (number, problems.index(problem), 0, 0, -1, 0, 2020)
        frame = writer._frame(writer._topics[number], what, [1] * DRAWS, grammar)
        assert (frame["problem"], frame["is"]) == (problem, verb)


def test_a_visitor_finds_graph_networks_for_molecules() -> None:
    found = [
        p.title
        for p in generate(DemoSpec(2000)).papers()
        if "molecul" in f"{p.title} {p.abstract}".lower() and "graph" in f"{p.title} {p.abstract}".lower()
    ]
    assert len(found) >= 10


def test_the_same_thing_is_said_in_several_ways(papers: list[Paper]) -> None:
    vocabulary_ = vocabulary(4000)
    forms = [f for t in vocabulary_.topics for p in t.problems for f in p.forms[1:]]
    assert len(forms) > 300
    text = " ".join(p.abstract for p in papers).lower()
    assert sum(form.lower() in text for form in forms) > 0.5 * len(forms)


def test_ids_are_valid_and_unique(papers: list[Paper]) -> None:
    dois = [i for p in papers for i in p.ids]
    assert len(dois) == len(set(dois)) > 0.9 * len(papers)
    orcids = {i for p in papers for a in p.authorships for i in a.ids}
    assert orcids
    for external in (*dois, *orcids):
        assert ExternalId.parse(external.value, external.scheme) == external
    assert all(i.value.startswith("10.5555/") for i in dois)


def test_orcid_check_digits() -> None:
    assert len({orcid_of(n) for n in range(500)}) == 500
    for number in (0, 1, 9, 12_345, 3_999_999):
        assert ExternalId.parse(orcid_of(number).value, "orcid") == orcid_of(number)


def test_dates_and_years_agree(papers: list[Paper]) -> None:
    dates = [p.date for p in papers if p.date]
    assert len(dates) == len(papers)
    assert all(p.date and p.date.startswith(str(p.year)) for p in papers)
    assert {len(d) for d in dates} == {4, 7, 10}
    days = [d for d in dates if len(d) == 10]
    assert days == sorted(days)


def test_orcids_are_not_older_than_orcid(papers: list[Paper]) -> None:
    shown = [p.year for p in papers for a in p.authorships if any(i.scheme == "orcid" for i in a.ids)]
    assert min(y for y in shown if y) >= 2013


def test_there_is_some_of_everything(papers: list[Paper]) -> None:
    assert {"article", "proceedings-article", "review", "letter", "editorial"} == {p.type for p in papers}
    assert 0.01 < sum(p.language != "en" for p in papers) / len(papers) < 0.06
    assert any(p.retracted for p in papers)
    assert any(a.email and a.email.endswith(".example") for p in papers for a in p.authorships)
    assert any(len(a.affiliations) == 2 for p in papers for a in p.authorships)
    assert any(a.name.native for p in papers for a in p.authorships)
    countries = {f.country for p in papers for a in p.authorships for f in a.affiliations}
    assert len(countries - {None}) > 25


def test_affiliations_are_printed_in_several_ways(papers: list[Paper]) -> None:
    printed: dict[str, set[str]] = {}
    for paper in papers:
        for authorship in paper.authorships:
            for affiliation in authorship.affiliations:
                if affiliation.institution_id:
                    printed.setdefault(affiliation.institution_id, set()).add(affiliation.text)
    assert max(map(len, printed.values())) > 12


def test_dangling_references_lead_nowhere(papers: list[Paper]) -> None:
    known = {p.id for p in papers}
    references = [r for p in papers for r in p.references]
    loose = [r for r in references if r not in known]
    assert len(loose) / len(references) == pytest.approx(0.015, abs=0.005)
    assert not any(
        r in known for p in generate(DemoSpec(300, dangling_references=0.0)).papers() for r in set(p.references) - known
    )


def test_json_lines_give_the_same_records(corpus: DemoCorpus, papers: list[Paper], tmp_path: Path) -> None:
    people = list(corpus.people())
    items: list[Paper | Person] = [*papers, *people]
    with open_output(tmp_path / "demo.jsonl.gz") as file:
        for item in items:
            file.write(encode_line(item) + b"\n")
    (part,) = JsonlReader().parts(tmp_path)
    assert list(part.read()) == items


def test_people_are_what_the_source_knows(corpus: DemoCorpus, papers: list[Paper]) -> None:
    printed: dict[str, set[str]] = {}
    for paper in papers:
        for authorship in paper.authorships:
            if authorship.author_id:
                printed.setdefault(authorship.author_id, set()).add(repr(authorship.name))
    people = {p.id: p for p in corpus.people()}
    assert people.keys() == printed.keys()
    for identifier, names in printed.items():
        person = people[identifier]
        assert {repr(n) for n in (person.name, *person.variants)} == names
    assert 0.5 < len(people) / len(corpus.world.people) < 0.7


def test_blocks_can_be_read_in_any_order(corpus: DemoCorpus, papers: list[Paper]) -> None:
    assert list(generate(corpus.spec).block(0)) == papers[:4096]


def test_an_output_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with open_output(tmp_path / "x.jsonl.gz") as file:
            file.write(b"half")
            raise KeyError("stop")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []
