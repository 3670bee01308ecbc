from __future__ import annotations

import pytest
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import LatexNodes2Text

from api.formats.bibtex import bibtex, escape
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Authorship, Paper, Venue


def _read(text: str) -> list[dict[str, str]]:
    library = parse_string(text)
    assert not library.failed_blocks, library.failed_blocks
    return [
        {"ENTRYTYPE": e.entry_type, "ID": e.key, **{f.key: str(f.value) for f in e.fields}} for e in library.entries
    ]


def _text(latex: str) -> str:
    # The decoder does not know the brace macros, and reads \\textasciicircum as the modifier letter.
    known = latex.replace(r"{\textbraceleft}", r"\{").replace(r"{\textbraceright}", r"\}")
    decoded: str = LatexNodes2Text(strict_latex_spaces=True, keep_comments=True).latex_to_text(known)
    return decoded.replace("\N{MODIFIER LETTER CIRCUMFLEX ACCENT}", "^")


PAPER = Paper(
    id="acl:P18-1001",
    title="Über {BERT} & 50% of $x_1$: a LaTeX tale of 丁 #3 \\cmd ~ ^",
    year=2018,
    venue=Venue("Proceedings of R&D", kind="conference"),
    authorships=(
        Authorship(Name("Berg", given="Jan", particle="van den"), 0),
        Authorship(Name("World Health Organization"), 1),
        Authorship(Name("King", given="Martin Luther", suffix="Jr."), 2),
        Authorship(Name("Rock and Roll, Ltd.", given="A"), 3),
    ),
    ids=(ExternalId(IdScheme.DOI, "10.1000/a_b{c}%d"),),
    pages="3\N{EN DASH}9",
    type="proceedings-article",
    url="https://example.org/a_b?x=%20&y={1}",
)


def test_one_paper_reads_back() -> None:
    (entry,) = _read(bibtex([PAPER]))
    assert entry["ENTRYTYPE"] == "inproceedings"
    assert entry["ID"] == "acl:P18-1001"
    assert _text(entry["title"]) == PAPER.title
    assert _text(entry["booktitle"]) == "Proceedings of R&D"
    assert entry["pages"] == "3--9"
    assert entry["year"] == "2018"
    assert entry["doi"] == "10.1000/a_b%7Bc%7D%d"  # a DOI is not LaTeX; only braces would end the entry
    assert entry["url"] == "https://example.org/a_b?x=%20&y=%7B1%7D"
    assert "{LaTeX}" in entry["title"]


def test_names_stay_whole() -> None:
    (entry,) = _read(bibtex([PAPER]))
    assert entry["author"] == (
        "van den Berg, Jan and {World Health Organization} and King, Jr., Martin Luther and {Rock and Roll, Ltd.}, A"
    )


def test_keys_are_distinct_and_safe() -> None:
    papers = [Paper(id=i, title="t") for i in ("x:a b", "x:a_b", "x:a b", "x:é,{}", "丁")]
    keys = [entry["ID"] for entry in _read(bibtex(papers))]
    assert len(set(keys)) == len(papers)
    assert all(key.isascii() for key in keys)


@pytest.mark.parametrize(
    ("kind", "venue", "entry"),
    [
        ("article", "", "article"),
        ("", "journal", "article"),
        ("", "workshop", "inproceedings"),
        ("book", "", "book"),
        ("unheard-of", "", "misc"),
        ("thesis", "", "phdthesis"),
    ],
)
def test_entry_types(kind: str, venue: str, entry: str) -> None:
    paper = Paper(id="a", title="t", type=kind, venue=Venue("V", kind=venue))
    assert _read(bibtex([paper]))[0]["ENTRYTYPE"] == entry


def test_no_papers_no_text() -> None:
    assert bibtex([]) == ""


_PRINTABLE = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60)
# Quotes and hyphens are left to LaTeX's own typography ("--" prints as a dash, '"' as a closing quote).
_ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="\"'`-"), max_size=60)


@given(_PRINTABLE)
def test_braces_balance_as_bibtex_counts_them(text: str) -> None:
    depth = 0
    for character in escape(text):  # without regard to backslashes, as BibTeX does
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0


@given(_ASCII)
def test_ascii_survives_a_round_trip(text: str) -> None:
    assert _text(escape(text)) == text


def test_quotes_and_dashes_become_typography() -> None:
    closing = "\N{RIGHT DOUBLE QUOTATION MARK}"
    assert _text(escape('"odd" 3--9')) == f"{closing}odd{closing} 3\N{EN DASH}9"


@given(st.lists(_PRINTABLE, min_size=1, max_size=4))
def test_any_titles_make_entries_that_parse(titles: list[str]) -> None:
    papers = [Paper(id=f"p{i}", title=f"x{title}") for i, title in enumerate(titles)]
    assert [entry["ID"] for entry in _read(bibtex(papers))] == [paper.id for paper in papers]
