"""BibTeX."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.sources.bibtex_values import resolve
from indexer.sources.latex import latex_to_text
from records import Authorship, ExternalId, IdScheme, Name, Venue

from .reading import read_text

BIB = r"""
This text stands outside of any entry.
@comment{so does @article{this}}
@string{meet = "Meeting of the Society"}
@string(pub = {Society Press})
@InProceedings{stone2019,
  title     = {The {LaTeX} of {\"U}ber-trees: $\alpha$ \& 50% more},
  author    = {Stone, Bo and Ludwig van Beethoven and King, Jr., Martin and {The Consortium} and others},
  booktitle = meet # { 2019},
  crossref  = {vol},
  month     = jul,
  pages     = "1--11",
  doi       = {10.1000/A\_B},
  isbn      = {978-3-16-148410-0},
}
@article{park:2020, title = "A ``quoted'' title", author = {J{\"o}rg M{\"u}ller}, journal = {Journal},
  year = 2020, volume = 7, number = {2}, issn = {0378-5955}, keywords = {trees; graphs, logic},
  url = {https://arxiv.org/abs/2101.00001}, eprint = {2101.00001}, archivePrefix = {arXiv}}
@book{buch, title = {Book}, subtitle = {A Subtitle}, author = {A. Author}, publisher = pub, date = {2018-05-03},
  isbn = {0-306-40615-2}}
@phdthesis{DBLP:phd/Doe99, title = {Thesis}, author = {Doe, Jane}, school = {University}, year = {1999}}
@proceedings{vol, title = {Proceedings of the Meeting}, editor = {E. Editor}, publisher = pub, year = 2019}
"""


def test_entries(tmp_path: Path) -> None:
    reading = read_text("bibtex", tmp_path, BIB)
    assert not reading.rejections
    assert not reading.left_out
    papers = {paper.id: paper for paper in reading.papers}
    assert list(papers) == ["stone2019", "park:2020", "buch", "DBLP:phd/Doe99", "vol"]
    stone = papers["stone2019"]
    assert stone.title == "The LaTeX of Über-trees: α & 50% more"
    assert stone.authorships == tuple(
        Authorship(name, at)
        for at, name in enumerate(
            [Name("Stone", "Bo"), Name("Beethoven", "Ludwig", "van"), Name("King", "Martin", suffix="Jr."),
             Name("The Consortium")]
        )
    )  # fmt: skip
    assert stone.venue == Venue("Meeting of the Society 2019", kind="conference")
    assert (stone.year, stone.date, stone.pages, stone.publisher) == (2019, "2019-07", "1-11", "Society Press")
    assert stone.ids == (ExternalId(IdScheme.DOI, "10.1000/a_b"),)  # the ISBN is the volume's
    assert stone.type == "proceedings-article"


def test_other_kinds(tmp_path: Path) -> None:
    papers = {paper.id: paper for paper in read_text("bibtex", tmp_path, BIB).papers}
    article = papers["park:2020"]
    assert article.title == "A “quoted” title"
    assert article.authorships[0].name == Name("Müller", "Jörg")
    assert article.venue == Venue("Journal", kind="journal", ids=(ExternalId(IdScheme.ISSN, "0378-5955"),))
    assert (article.volume, article.issue, article.keywords) == ("7", "2", ("trees", "graphs", "logic"))
    assert article.ids == (ExternalId(IdScheme.ARXIV, "2101.00001"),)
    book = papers["buch"]
    assert (book.title, book.date, book.type, book.publisher) == (
        "Book: A Subtitle",
        "2018-05-03",
        "book",
        "Society Press",
    )
    assert book.ids == (ExternalId(IdScheme.ISBN, "9780306406157"),)
    thesis = papers["DBLP:phd/Doe99"]
    assert (thesis.type, thesis.publisher) == ("dissertation", "University")
    assert thesis.ids == (ExternalId(IdScheme.DBLP, "phd/Doe99"),)
    assert papers["vol"].type == "proceedings"
    assert papers["vol"].authorships == ()


def test_broken_entries_cost_themselves_only(tmp_path: Path) -> None:
    content = BIB + (
        "@article{open, title={Un{balanced}, author={A B}}\n"
        "@article{next, title={Next}}\n"
        "@article{next, title={Again}}\n"
        '@article{twice, title={T}, year=2019, year="2020"}\n'
    )
    reading = read_text("bibtex", tmp_path, content)
    assert [paper.id for paper in reading.papers][-2:] == ["next", "twice"]
    assert reading.papers[-1].year == 2019
    first = content.splitlines().index("@article{next, title={Next}}")
    assert [(rejection.line, rejection.record) for rejection in reading.rejections] == [
        (first, ""),
        (first + 2, "next"),
    ]
    assert "unbalanced braces" in reading.rejections[0].reason
    assert "a second entry with the key 'next'" in reading.rejections[1].reason
    assert [(rejection.line, rejection.record) for rejection in reading.left_out] == [(first + 3, "twice")]


def test_bytes_that_are_not_utf_8_cost_their_entry(tmp_path: Path) -> None:
    reading = read_text(
        "bibtex", tmp_path, b"@misc{a, title={A}}\n@misc{b,\n title={Caf\xe9}}\n@misc{c, title={\xc3\xa9}}"
    )
    assert [paper.title for paper in reading.papers] == ["A", "é"]
    assert (
        reading.rejections[0].reason == "not UTF-8: byte 0xe9 on line 2 of the entry; convert the file to UTF-8 first"
    )
    assert reading.rejections[0].line == 2


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        ("year = {in press}", "the year 'in press' is not four digits"),
        ("doi = {nonsense}", "'nonsense' is not a valid doi"),
        ("journal = undefined", "the undefined macro 'undefined' in journal"),
        ("crossref = {nowhere}", "crossref to 'nowhere', which is no other entry"),
        ("crossref = {k}", "crossref to 'k', which is no other entry"),
    ],
)
def test_values_left_out(tmp_path: Path, field: str, reason: str) -> None:
    reading = read_text("bibtex", tmp_path, f"@article{{k, title={{T}}, {field}}}")
    assert len(reading.papers) == 1
    assert [reason in rejection.reason for rejection in reading.left_out] == [True]


def test_dates(tmp_path: Path) -> None:
    def date(fields: str) -> tuple[int | None, str | None]:
        [paper] = read_text("bibtex", tmp_path, f"@misc{{k, title={{T}}, {fields}}}").papers
        return paper.year, paper.date

    assert date("year=2019, month=dec") == (2019, "2019-12")
    assert date("year={2019}, month={December}") == (2019, "2019-12")
    assert date("year=2019, month=3") == (2019, "2019-03")
    assert date("year=2019, month={Winter}") == (2019, "2019")
    assert date("date={2019-07}") == (2019, "2019-07")
    assert date("note={x}") == (None, None)


@pytest.mark.parametrize(
    ("raw", "text", "unknown"),
    [
        ("{a}", "a", []),
        ('"a"', "a", []),
        ("2019", "2019", []),
        ("jul", "jul", []),
        ('"10~" # jul', "10~jul", []),
        ("acl # { # } # {b}", "Meeting # b", []),
        ("{a # b}", "a # b", []),
        ("nope # {x}", "nopex", ["nope"]),
    ],
)
def test_values(raw: str, text: str, unknown: list[str]) -> None:
    assert resolve(raw, {"acl": "Meeting"}) == (text, unknown)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"{\'e}t\'e", "été"),
        (r"\v{S}kvor and \o re", "Škvor and øre"),
        (r"$O(n \log n)$", "O(n log n)"),
        (r"a -- b --- c", "a – b — c"),
        (r"100% sure", "100% sure"),
        (r"100\% sure", "100% sure"),
        ("plain text's", "plain text's"),
        ("{", "{"),
        (r"\title", r"\title"),
        (r"a \textbf", "a"),
        (r"\href{", r"\href{"),
        (r"see \input{/etc/hostname}", "see"),
        ("{" * 60 + "x" + "}" * 60, "{" * 60 + "x" + "}" * 60),
    ],
)
def test_latex(latex: str, text: str) -> None:
    assert latex_to_text(latex).strip() == text


def test_one_text_leaves_nothing_for_the_next() -> None:
    latex_to_text(r"\title{Secret} x")
    assert "Secret" not in latex_to_text(r"y \maketitle")
