"""JSON Lines in our own schema."""

from __future__ import annotations

import gzip
import json
import lzma
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.sources.base import CitationLink, Person
from indexer.sources.jsonl import JsonlReader
from indexer.sources.jsonl_convert import encode_line, link_of, paper_of, person_of
from indexer.sources.jsonl_schema import CitationLine, PaperLine, PersonLine, json_schema
from indexer.sources.lines import MAX_LINE_BYTES
from records import Affiliation, Authorship, ExternalId, IdScheme, Name, Paper, Topic, Venue
from records.errors import SourceError

from .reading import read, read_text

FULL = {
    "id": "p1",
    "title": "  On\tEngines ",
    "abstract": "We compute.",
    "year": 1843,
    "date": "1843-07",
    "authors": [
        "Luigi Menabrea",
        {
            "given": "Ada",
            "family": "King",
            "id": "a1",
            "orcid": "0000-0002-1825-0097",
            "ids": {"dblp": "65/9612"},
            "affiliations": [
                "London",
                {"text": "Analytical Society", "ror": "https://ror.org/05dxps055", "country": "gb"},
            ],
            "email": "ada@example.org",
        },
        {"name": "丁佳玙", "affiliations": [{"text": "X", "institution": "i7"}]},
    ],
    "venue": {"name": "Memoirs", "id": "mem", "acronym": "M", "kind": "journal", "issn": ["0378-5955"]},
    "ids": {"doi": "https://doi.org/10.1000/ABC", "arxiv": ["2101.00001v2", "2101.00002"]},
    "references": ["p0", "doi:10.1000/XYZ", "p0"],
    "topics": ["computing", {"name": "looms", "id": "t2", "score": 0.25}],
    "keywords": ["engine", " "],
    "type": "article",
    "language": "eng",
    "volume": "3",
    "issue": "1",
    "pages": "666-731",
    "publisher": "Taylor",
    "url": "https://example.org/p1",
    "retracted": True,
}


def test_every_field_of_a_paper(tmp_path: Path) -> None:
    [paper] = read_text("jsonl", tmp_path, json.dumps(FULL)).items
    assert paper == Paper(
        id="p1",
        title="On Engines",
        abstract="We compute.",
        year=1843,
        date="1843-07",
        venue=Venue("Memoirs", "mem", "M", "journal", (ExternalId(IdScheme.ISSN, "0378-5955"),)),
        authorships=(
            Authorship(Name("Menabrea", "Luigi"), 0),
            Authorship(
                Name("King", "Ada"),
                1,
                "a1",
                (ExternalId(IdScheme.DBLP, "pid/65/9612"), ExternalId(IdScheme.ORCID, "0000-0002-1825-0097")),
                (Affiliation("London"), Affiliation("Analytical Society", "ror:05dxps055", "GB")),
                "ada@example.org",
            ),
            Authorship(Name("丁", "佳玙", native="丁佳玙"), 2, affiliations=(Affiliation("X", "i7"),)),
        ),
        ids=(
            ExternalId(IdScheme.DOI, "10.1000/abc"),
            ExternalId(IdScheme.ARXIV, "2101.00001"),
            ExternalId(IdScheme.ARXIV, "2101.00002"),
        ),
        references=("p0", "doi:10.1000/xyz"),
        topics=(Topic("computing"), Topic("looms", "t2", 0.25)),
        keywords=("engine",),
        type="article",
        language="eng",
        volume="3",
        issue="1",
        pages="666-731",
        publisher="Taylor",
        url="https://example.org/p1",
        retracted=True,
    )


def test_people_and_citations(tmp_path: Path) -> None:
    lines = [
        {"person": {"id": "a1", "name": "Ada King", "variants": ["A. King", {"given": "Ada", "family": "Byron"}],
                    "orcid": "0000-0002-1825-0097", "affiliations": ["London"], "not_same_as": ["a2"]}},
        {"citation": {"citing": "p1", "cited": "DOI:10.1000/XYZ"}},
    ]  # fmt: skip
    reading = read_text("jsonl", tmp_path, "\n".join(map(json.dumps, lines)))
    assert reading.items == [
        Person(
            "a1",
            Name("King", "Ada"),
            (Name("King", "A."), Name("Byron", "Ada")),
            (ExternalId(IdScheme.ORCID, "0000-0002-1825-0097"),),
            ("London",),
            ("a2",),
        ),
        CitationLink("p1", "doi:10.1000/xyz"),
    ]


def test_what_cannot_be_used_is_left_out_and_said(tmp_path: Path) -> None:
    record = {
        "id": "p1",
        "title": "T",
        "ids": {"doi": "nonsense", "hdl": "1/2"},
        "authors": [{"name": "A B", "orcid": "0000-0002-1825-0098"}],
        "references": ["p1", "doi:bad", "p2"],
    }
    reading = read_text("jsonl", tmp_path, "\n" + json.dumps(record))
    [paper] = reading.papers
    assert paper.ids == ()
    assert paper.authorships[0].ids == ()
    assert paper.references == ("p2",)
    assert not reading.rejections
    assert len(reading.left_out) == 5
    assert {(rejection.record, rejection.line) for rejection in reading.left_out} == {("p1", 2)}
    assert all(rejection.reason.startswith("left out: ") for rejection in reading.left_out)


def test_one_bad_line_does_not_stop_the_others(tmp_path: Path) -> None:
    good = '{"id": "%s", "title": "T"}'
    content = "\n".join([good % "a", "{oops", "", good % "b", good % "a", '{"id": "c"}', good % "d"])
    reading = read_text("jsonl", tmp_path, content)
    assert [paper.id for paper in reading.papers] == ["a", "b", "d"]
    assert [(rejection.line, rejection.record) for rejection in reading.rejections] == [(2, ""), (5, "a"), (6, "c")]
    assert reading.rejections[0].snippet == "{oops"


@pytest.mark.parametrize("packing", ["plain", "bom", "crlf", "gz", "xz"])
def test_packings(tmp_path: Path, packing: str) -> None:
    raw = b'{"id": "a", "title": "\xc3\xa9t\xc3\xa9"}\n{"id": "b", "title": "T"}\n'
    path = tmp_path / f"x.jsonl.{packing}"
    path.write_bytes(
        {
            "plain": raw,
            "bom": b"\xef\xbb\xbf" + raw,
            "crlf": raw.replace(b"\n", b"\r\n"),
            "gz": gzip.compress(raw),
            "xz": lzma.compress(raw),
        }[packing]
    )
    assert [paper.title for paper in read(JsonlReader(), path).papers] == ["été", "T"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_truncated_compressed_file_says_where(tmp_path: Path, pack: object) -> None:
    raw = b"".join(b'{"id": "%d", "title": "T%d"}\n' % (at, at * 7919) for at in range(5000))
    packed = pack(raw)  # type: ignore[operator]
    path = tmp_path / "x.jsonl"
    path.write_bytes(packed[: len(packed) // 2])
    reading = read(JsonlReader(), path)
    [rejection] = reading.rejections
    assert "breaks off or is damaged here" in rejection.reason
    assert rejection.line == len(reading.papers) + 1


def test_a_folder_has_a_part_a_file(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "c.txt"):
        raw = b'{"id": "%s", "title": "T"}' % name[:1].encode()
        (tmp_path / name).write_bytes(gzip.compress(raw) if name.endswith("gz") else raw)
    parts = list(JsonlReader().parts(tmp_path))
    assert [part.name for part in parts] == ["a.jsonl.gz", "b.jsonl"]
    assert len({part.digest for part in parts}) == 2
    (tmp_path / "b.jsonl").write_bytes(b"")
    assert next(JsonlReader().parts(tmp_path)).digest == parts[0].digest
    assert [part.digest for part in JsonlReader().parts(tmp_path)][1] != parts[1].digest


def test_nothing_there_is_a_source_error(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.jsonl"):
        with pytest.raises(SourceError):
            list(JsonlReader().parts(path))


def test_a_line_that_is_too_long_is_passed_over(tmp_path: Path) -> None:
    long = b'{"id": "x", "title": "' + b"x" * MAX_LINE_BYTES + b'"}'
    for size in (len(long), MAX_LINE_BYTES + 1, MAX_LINE_BYTES + 2):
        content = long[:size] + b'\n{"id": "b", "title": "T"}'
        reading = read_text("jsonl", tmp_path, content)
        assert [paper.id for paper in reading.papers] == ["b"]
        assert reading.rejections[0].line == 1
        assert len(reading.rejections) == 1
        assert len(reading.rejections[0].snippet) <= 300


def test_the_schema_takes_what_the_reader_takes() -> None:
    schema = json_schema()
    paper = schema["$defs"]["PaperLine"]
    assert paper["required"] == ["id", "title"]
    assert paper["additionalProperties"] is False
    assert set(paper["properties"]) == set(FULL)
    assert [reference["$ref"].rsplit("/", 1)[1] for reference in schema["anyOf"]] == [
        "PaperLine",
        "PersonLine",
        "CitationLine",
    ]


_TEXT = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
_WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8).map(str.capitalize)
_NAME = st.builds(Name, _WORD, st.just("") | _WORD, st.sampled_from(["", "van", "de La"]), st.sampled_from(["", "Jr."]))
_ID = st.sampled_from(
    [ExternalId(IdScheme.DOI, "10.1/x"), ExternalId(IdScheme.DOI, "10.1/y"), ExternalId(IdScheme.ARXIV, "2101.00001")]
)
_IDS = st.lists(_ID, unique=True).map(lambda ids: tuple(sorted(ids)))
_OPTIONAL = st.none() | _WORD


def _with_positions(authors: list[Authorship]) -> tuple[Authorship, ...]:
    return tuple(msgspec.structs.replace(author, position=at) for at, author in enumerate(authors))


_AFFILIATION = st.builds(Affiliation, _WORD, _OPTIONAL, st.none() | st.sampled_from(["DE", "GB"]))
_AUTHORSHIP = st.builds(
    Authorship, _NAME, st.just(0), _OPTIONAL, st.just(()), st.lists(_AFFILIATION, max_size=2).map(tuple), _OPTIONAL
)
_PAPER = st.builds(
    Paper,
    id=_WORD,
    title=_WORD,
    abstract=st.just("") | _WORD,
    year=st.none() | st.integers(1000, 2020),
    date=st.none() | st.sampled_from(["2019", "2019-07-28"]),
    venue=st.none() | st.builds(Venue, _WORD, _OPTIONAL, _WORD, st.sampled_from(["", "journal"])),
    authorships=st.lists(_AUTHORSHIP, max_size=3).map(_with_positions),
    ids=_IDS,
    references=st.lists(st.sampled_from(["0", "1", "doi:10.1/z"]), unique=True).map(tuple),
    topics=st.lists(st.builds(Topic, _WORD, _OPTIONAL, st.floats(0, 1)), max_size=2).map(tuple),
    keywords=st.lists(_WORD, max_size=2).map(tuple),
    type=st.sampled_from(["", "article"]),
    pages=_WORD,
    url=_WORD,
    retracted=st.booleans(),
)


@given(_PAPER)
def test_a_written_paper_reads_back(paper: Paper) -> None:
    left_out: list[str] = []
    line = msgspec.json.decode(encode_line(paper), type=PaperLine)
    assert paper_of(line, left_out) == msgspec.structs.replace(paper, ids=paper_of(line, []).ids)
    assert set(paper_of(line, []).ids) == set(paper.ids)
    assert left_out == []


@given(st.builds(Person, _WORD, _NAME, st.lists(_NAME, max_size=2).map(tuple), _IDS, st.just(("X",)), st.just(("b",))))
def test_a_written_person_reads_back(person: Person) -> None:
    read_back = person_of(msgspec.json.decode(encode_line(person), type=PersonLine).person, [])
    assert set(read_back.ids) == set(person.ids)
    assert msgspec.structs.replace(read_back, ids=person.ids) == person


def test_a_written_citation_reads_back() -> None:
    link = CitationLink("a", "doi:10.1/x")
    assert link_of(msgspec.json.decode(encode_line(link), type=CitationLine).citation) == link
