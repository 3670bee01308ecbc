"""Malformed input over all readers: each a rejection with its reason and line, never an exception, never silence."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.sources.base import SNIPPET_LENGTH, Rejection
from indexer.sources.registry import SOURCES
from records.errors import SourceError

from .anthology import OLD
from .reading import read_text

PAPER_2 = next(at for at, line in enumerate(OLD.splitlines(), 1) if 'paper id="2"' in line)
GOOD = '{"id": "good", "title": "Good"}\n'
BIG = "x" * 10_000_000

# format, content, line, reason (a part of it), how many papers or links are read all the same
MALFORMED: list[tuple[str, str | bytes, int | None, str, int]] = [
    ("jsonl", GOOD + "not json\n", 2, "not valid JSON", 1),
    ("jsonl", GOOD + '{"id": "a", "title": "T"', 2, "not valid JSON: Input data was truncated", 1),
    ("jsonl", '[{"id": "a", "title": "T"}]\n' + GOOD, 1, "a JSON array; write one object a line", 1),
    (
        "jsonl",
        '{"id": "a", "title": "T", "yaer": 2019}\n' + GOOD,
        1,
        "unknown field 'yaer' at the top of the line; did you mean 'year'?; known there: id, title",
        1,
    ),
    (
        "jsonl",
        '{"id": "a", "title": "T", "doi": "10.1/x"}\n',
        1,
        'unknown field \'doi\' at the top of the line; write "ids": {"doi": ...}',
        0,
    ),
    (
        "jsonl",
        '{"id": "a", "title": "T", "authors": [{"nam": "X"}]}\n',
        1,
        "unknown field 'nam' in authors[0]; did you mean 'name'?; known there: name, given",
        0,
    ),
    (
        "jsonl",
        '{"id": "a", "title": "T", "authors": ["B", {"name": "X", "affiliations": [{"txt": "X"}]}]}\n',
        1,
        "unknown field 'txt' in authors[1].affiliations[0]; did you mean 'text'?",
        0,
    ),
    ("jsonl", '{"person": {"id": "a", "nmae": "X"}}\n', 1, "unknown field 'nmae' in person; did you mean 'name'?", 0),
    ("jsonl", '{"citation": {"citing": "a"}}\n', 1, "missing required field `cited`", 0),
    ("jsonl", '{"citation": {"citing": "a", "cited": "a"}}\n', 1, "paper 'a' cites itself", 0),
    ("jsonl", '{"citation": {"citing": "a", "cited": "doi:x"}}\n', 1, "not a valid doi identifier", 0),
    ("jsonl", '{"id": 7, "title": "T"}\n', 1, "Expected `str`, got `int` - at `$.id`", 0),
    ("jsonl", '{"id": "a", "title": "T", "year": "2019"}\n', 1, "Expected `int | null`, got `str` - at `$.year`", 0),
    ("jsonl", '{"id": "a", "title": "T", "year": -44}\n', 1, "the year is -44", 0),
    ("jsonl", '{"id": "a", "title": "T", "year": 99999999999999999999}\n', 1, "the year is 99999999999999999999", 0),
    (
        "jsonl",
        '{"id": "a", "title": "T", "topics": [{"name": "t", "score": 2}]}\n',
        1,
        "<= 1.0 - at `$.topics[0].score`",
        0,
    ),
    ("jsonl", '{"title": "T"}\n', 1, "missing required field `id`", 0),
    ("jsonl", '{"id": " ", "title": "T"}\n', 1, "a paper has no id", 0),
    ("jsonl", '{"id": "a", "title": "  "}\n', 1, "the title is empty", 0),
    ("jsonl", f'{{"id": "a", "title": "{BIG}"}}\n{GOOD}', 1, "the title is too long: 10,000,000 code points", 1),
    ("jsonl", '{"id": "a", "title": "T\\u0000"}\n', 1, "null character", 0),
    ("jsonl", b'{"id": "a", "title": "T\x00"}\n' + GOOD.encode(), 1, "not valid JSON", 1),
    ("jsonl", b'{"id": "a", "title": "Caf\xe9"}\n' + GOOD.encode(), 1, "not UTF-8: byte 0xe9 at offset 25", 1),
    ("jsonl", GOOD.encode() + b'{"id": "a", "title": "Caf\xe9"}\n', 2, "not UTF-8: byte 0xe9 at offset 57", 1),
    ("jsonl", GOOD.encode("utf-16"), 1, "the file is UTF-16; convert it to UTF-8", 0),
    ("jsonl", '{"id": "a", "title": "\\ud800"}\n', 1, "lone surrogate", 0),
    ("jsonl", '{"id": "a", "title": "T", "x": ' + "[" * 100_000 + "\n" + GOOD, 1, "unknown field 'x'", 1),
    (
        "jsonl",
        '{"id": "a", "title": "T", "authors": [{"given": "", "family": ""}]}\n',
        1,
        "author 1: a name is missing",
        0,
    ),
    (
        "jsonl",
        '{"id": "a", "title": "T", "authors": [{"name": "A B", "family": "B"}]}\n',
        1,
        "author 1: a name is given twice",
        0,
    ),
    ("jsonl", '{"id": "a", "title": "T", "authors": ["A B", "---"]}\n', 1, "author 2: a name needs a letter", 0),
    (
        "jsonl",
        '{"id": "a", "title": "T", "authors": [{"name": "A", "affiliations": [{"text": "X", "country": "Norge"}]}]}\n',
        1,
        "country 'NORGE' is not an ISO 3166-1 code",
        0,
    ),
    ("jsonl", GOOD * 2, 2, "a second paper with the id 'good' in one file; the first was kept", 1),
    ("acl", OLD[:1200], None, "nothing more could be read of this file", 1),
    ("acl", "", 1, "nothing more could be read of this file", 0),
    ("acl", "<html><body/></html>", 1, "not an Anthology file: no <collection> in it", 0),
    ("acl", OLD.replace('paper id="2"', 'paper id="1"'), PAPER_2, "a second paper with the id P18-1001 in one file", 2),
    ("acl", OLD.replace("On Mononyms", ""), PAPER_2, "no title", 2),
    ("acl", OLD.replace("On Mononyms", BIG), PAPER_2, "the title is too long: 10,000,000 code points", 2),
    ("acl", OLD.replace("On Mononyms", "On \x00"), PAPER_2 + 1, "reading goes on at line", 2),
    ("acl", OLD.replace("On Mononyms", "On &nbsp; x"), PAPER_2 + 1, "Entity 'nbsp' not defined", 2),
    ("acl", OLD.replace('paper id="2"', 'paper id="two"'), PAPER_2, "the paper's id is 'two'; it must be a number", 2),
    ("acl", OLD.replace("<first/><last>Plato</last>", "<first/><last/>"), PAPER_2, "a name needs a letter", 2),
    ("acl", OLD.replace("<year>2018</year>", "<year>0999</year>"), 14, "the year is 999", 0),
    ("bibtex", "@article{a, title={A}}\n@article{b, title={{B}\n", 2, "unbalanced braces", 1),
    ("bibtex", '@article{a, title="A}\n@article{b, title={B}}\n', 1, "unbalanced braces", 1),
    ("bibtex", "@article{a, author={A B}}\n@misc{b, title={B}}", 1, "the entry has no title", 1),
    ("bibtex", "@article{, title={A}}\n@misc{b, title={B}}", 1, "the entry has no key", 1),
    ("bibtex", "@article{a, title={A}, pages={1\x00}}\n@misc{b, title={B}}", 1, "null character", 1),
    ("bibtex", f"@article{{a, title={{{BIG}}}}}\n@misc{{b, title={{B}}}}", 1, "the title is too long", 1),
    ("bibtex", "@article{a, title={A}, year={-200}}", 1, "the year '-200' is not four digits", 1),
    ("bibtex", "@article{a, title={A}, year={0044}}\n", 1, "the year is 44", 0),
    ("bibtex", "%PDF-1.4 no bibliography", 1, "no BibTeX entry in the file", 0),
    ("bibtex", "@misc{a, title={A}}".encode("utf-16"), 1, "the file is UTF-16", 0),
    ("bibtex", "@misc{a, title={A}, author={A B and ---}}", 1, "author 2: a name needs a letter", 0),
    ("acl-citations", "A00-1001\nA00-1001\tA00-1002\n", 1, "expected two columns, citing and cited", 1),
    ("acl-citations", "A00-1001\tA00-1002\tA00-1003\n", 1, "found 3", 0),
    ("acl-citations", "A00-1001\t\n", 1, "expected two columns", 0),
    ("acl-citations", "A00-1001\tnonsense\n", 1, "not a valid acl identifier: 'nonsense'", 0),
    ("acl-citations", "A00-1001\ta00-1001\n", 1, "acl:A00-1001 cites itself", 0),
    ("acl-citations", b"A00-1001\tA00-1002\n\xff\xff\n", 2, "not UTF-8: byte 0xff at offset 18", 1),
    ("acl-citations", b"A00-1001\tA00-1002\nA00\x00-1001\tA00-1002\n", 2, "null character", 1),
]


@pytest.mark.parametrize("case", MALFORMED, ids=lambda case: f"{case[0]}: {case[3]}")
def test_malformed_input_is_reported(tmp_path: Path, case: tuple[str, str | bytes, int | None, str, int]) -> None:
    name, content, line, reason, good = case
    reading = read_text(name, tmp_path, content)
    found = [item for item in reading.items if isinstance(item, Rejection) and reason in item.reason]
    assert found, [item.reason for item in reading.items if isinstance(item, Rejection)]
    if line is not None:
        assert found[0].line == line
    assert found[0].part.startswith("file.")
    assert len(found[0].snippet) <= SNIPPET_LENGTH
    assert len(reading.papers) + len(reading.links) == good


def test_cycles_of_citations_are_no_trouble(tmp_path: Path) -> None:
    lines = '{"id": "a", "title": "A", "references": ["b"]}\n{"id": "b", "title": "B", "references": ["a"]}\n'
    reading = read_text("jsonl", tmp_path, lines)
    assert [paper.references for paper in reading.papers] == [("b",), ("a",)]
    assert len(reading.items) == 2


FRAGMENTS = {
    "acl": [
        OLD[:600],
        "<paper id='1'>",
        "</paper>",
        "<title>",
        "</title>",
        "<volume id='1'>",
        "<collection id='P18'>",
        "<meta><year>2018</year></meta>",
        "&amp;",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<author><last>X</last></author>",
    ],
    "jsonl": [
        '{"id": "a", ',
        '"title": "T"',
        "}",
        "{",
        '"authors": [',
        '"A B"',
        "]",
        "\n",
        '{"person": ',
        '{"citation": {',
        '"year": 1e5',
        "null",
        "\\u0000",
        '"',
        ",",
    ],
    "bibtex": [
        "@article{a,",
        "@string{x = ",
        "title = ",
        "{",
        "}",
        '"',
        "author = {A and B},",
        "#",
        "\n",
        "\\'e",
        "$",
        "%",
        "crossref = {a},",
        "@comment",
        "(",
        ")",
        " and ",
        "\\begin{x}",
        "\\frac",
        "^",
        "_",
        "~",
    ],
    "acl-citations": ["A00-1001", "\t", "\n", "#", "citing"],
}


def _soup(name: str) -> st.SearchStrategy[bytes]:
    pieces = st.sampled_from([text.encode() for text in FRAGMENTS[name]]) | st.binary(max_size=6)
    packed = [b"\x1f\x8b\x08", b"\xfd7zXZ\x00", b"BZh9", b"\xef\xbb\xbf", b"\xff\xfe", b""]
    return st.builds(bytes.__add__, st.sampled_from(packed[::-1]), st.lists(pieces, max_size=25).map(b"".join))


@pytest.mark.parametrize("name", SOURCES)
def test_arbitrary_bytes_never_raise_anything_else(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:

        @settings(max_examples=200, deadline=None)
        @given(_soup(name))
        def check(content: bytes) -> None:
            try:
                reading = read_text(name, Path(folder), content)
            except SourceError:
                return
            for item in reading.items:
                if isinstance(item, Rejection):
                    assert item.reason
                    item.snippet.encode()
                    item.record.encode()

        check()
