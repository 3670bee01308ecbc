"""The Anthology reader on a small Anthology of our own."""

from __future__ import annotations

import re
import tarfile
from pathlib import Path

import pytest

from indexer.sources.acl import AclReader
from indexer.sources.acl_markup import plain_text
from indexer.sources.acl_paper import acl_id
from indexer.sources.acl_people import read_people
from records import Affiliation, Authorship, ExternalId, IdScheme, Name, Venue
from records.errors import RecordError, SourceError

from .anthology import FILES, OLD, write_folder, write_tar
from .reading import read, read_text


def test_a_paper_has_everything_the_xml_says(tmp_path: Path) -> None:
    reading = read(AclReader(), write_folder(tmp_path))
    paper = {paper.id: paper for paper in reading.papers}["P18-1001"]
    assert paper.title == "Probing deep structure of α-trees"
    assert paper.abstract == "We probe. See http://example.org, 50% & more."
    assert (paper.year, paper.date, paper.pages, paper.publisher) == (2018, "2018-07", "1-11", "Society")
    assert paper.venue == Venue("Meeting of the Society", "meet", "MEET", "conference")
    assert paper.ids == (ExternalId(IdScheme.ACL, "P18-1001"), ExternalId(IdScheme.DOI, "10.18653/v1/p18-1001"))
    assert paper.url == "https://aclanthology.org/P18-1001"
    assert paper.type == "proceedings-article"
    assert not paper.retracted
    orcid = ExternalId(IdScheme.ORCID, "0000-0002-1825-0097")
    assert paper.authorships == (
        Authorship(
            Name("Meer", "Anna", "van der"), 0, "anna-van-der-meer", affiliations=(Affiliation("University of Delft"),)
        ),
        Authorship(Name("Li", "Wei"), 1, "wei-li-pku", (orcid,)),
        Authorship(Name("Li", "Wei"), 2, None),  # two curated people have that name
        Authorship(Name("Stone", "Bo"), 3, "bo-stone"),
    )


def test_kinds_of_papers(tmp_path: Path) -> None:
    reading = read(AclReader(), write_folder(tmp_path))
    papers = {paper.id: paper for paper in reading.papers}
    assert set(papers) == {"P18-1001", "P18-1002", "P18-1003", "2021.jour-1.1", "2021.jour-1.2"}
    assert papers["P18-1002"].retracted
    assert papers["P18-1002"].language == "fra"
    assert papers["P18-1002"].authorships[0].name == Name("Plato")
    assert papers["P18-1003"].type == "other"
    assert papers["2021.jour-1.2"].type == "editorial"
    journal = papers["2021.jour-1.1"]
    assert (journal.type, journal.volume, journal.issue, journal.pages) == ("article", "7", "2", "5-9")
    assert journal.date == "2021-03"
    assert journal.venue == Venue("Journal of the Society", "jour", "NO", "journal")
    assert journal.authorships[0].name == Name("Wang", "Hao", native="汪浩")


def test_an_id_that_gathers_several_people_is_no_author_id(tmp_path: Path) -> None:
    reading = read(AclReader(), write_folder(tmp_path))
    paper = next(paper for paper in reading.papers if paper.id == "P18-1002")
    assert paper.authorships[1].author_id is None
    assert "yang-liu" not in {person.id for person in reading.people}


def test_people(tmp_path: Path) -> None:
    reading = read(AclReader(), write_folder(tmp_path))
    people = {person.id: person for person in reading.people}
    anna = people["anna-van-der-meer"]
    assert anna.name == Name("Meer", "Anna", "van der")
    assert anna.variants == (Name("Meer", "A.", "van der"),)
    assert anna.ids == (ExternalId(IdScheme.ORCID, "0000-0001-5109-3700"),)
    assert anna.affiliations == ("Leiden",)
    assert people["wei-li-pku"].not_same_as == ("wei-li-fudan", "wei-li-old")
    assert people["wei-li-fudan"].not_same_as == ("wei-li-pku",)
    assert people["wei-li-pku"].affiliations == ("Peking University",)
    assert people["no-null"].name == Name("Null", "No")  # no boolean, no null
    assert [(r.record, r.line) for r in reading.left_out] == [("bo-stone", 15)]
    assert "not a valid ORCID" in reading.left_out[0].reason
    assert not reading.rejections


def test_the_newer_people_file() -> None:
    people = read_people(
        b"ann-lee:\n  names:\n  - {first: Ann, last: Lee}\n  - {first: A., last: Lee}\n"
        b"ann-lee-mit:\n  disable_name_matching: true\n  names:\n  - {first: Ann, last: Lee}\n",
        "people.yaml",
    )
    assert [person.id for person in people.persons] == ["ann-lee", "ann-lee-mit"]
    assert people.author_id("Ann", "Lee", "") == "ann-lee"
    assert people.author_id("Ann", "Lee", "ann-lee-mit") == "ann-lee-mit"
    assert people.author_id("Bob", "Lee", "") is None
    assert not people.rejections


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("- canonical: {first: A}\n", 1, "missing required field `last`"),
        ("- {id: x}\n", 1, "a person needs `canonical` or `names`"),
        (
            "- canonical: {first: A, last: B}\n- canonical: {first: A, last: B}\n",
            2,
            "a second person with the id 'a-b'",
        ),
        (
            "- canonical: {first: A, last: '12'}\n  id: x\n- canonical: {first: '1', last: '12'}\n  id: y\n",
            3,
            "no letter|needs a letter",
        ),
        ("- canonical: {first: A\n", 2, "not YAML"),
        ("just text\n", None, "expected a list or a mapping of people"),
        (b"- canonical: {first: Ren\xe9, last: B}\n", None, "not UTF-8: byte 0xe9 at offset 24"),
    ],
)
def test_a_bad_person_is_rejected_with_its_line(text: str | bytes, line: int | None, reason: str) -> None:
    people = read_people(text if isinstance(text, bytes) else text.encode(), "p.yaml")
    assert len(people.rejections) == 1
    assert people.rejections[0].line == line
    assert re.search(reason, people.rejections[0].reason)


def test_archive_folder_and_checkout_read_the_same(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a")
    archive = write_tar(folder, tmp_path / "anthology.tar.xz")
    checkout = write_folder(tmp_path / "b" / "data").parent
    expected = {repr(item) for item in read(AclReader(), folder).items}
    assert {repr(item).replace("anthology/", "") for item in read(AclReader(), archive).items} == expected
    assert {repr(item) for item in read(AclReader(), checkout).items} == expected
    assert len(expected) == 5 + 5 + 1  # papers, people, an ORCID left out


def test_parts_and_digests(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    before = {part.name: part.digest for part in AclReader().parts(folder)}
    assert list(before) == ["yaml", "xml/2021.jour.xml", "xml/P18.xml"]
    assert before == {part.name: part.digest for part in AclReader().parts(folder)}
    write_folder(tmp_path, xml__P18_xml=OLD.replace("robing", "oking"))
    changed = {part.name: part.digest for part in AclReader().parts(folder)}
    assert {name for name in before if changed[name] != before[name]} == {"xml/P18.xml"}
    # Who an author is depends on the people file, so it changes every part.
    write_folder(tmp_path, yaml__name_variants_yaml="")
    assert all(part.digest != before[part.name] for part in AclReader().parts(folder))


def test_a_part_can_be_read_twice_and_out_of_order(tmp_path: Path) -> None:
    parts = list(AclReader().parts(write_tar(write_folder(tmp_path), tmp_path / "a.tar")))
    once = [list(part.read()) for part in reversed(parts)]
    assert [list(part.read()) for part in reversed(parts)] == once


@pytest.mark.parametrize(
    ("collection", "volume", "paper", "expected"),
    [
        ("P18", "1", "1", "P18-1001"),
        ("P18", "4", "12", "P18-4012"),
        ("W18", "50", "1", "W18-5001"),
        ("W18", "1", "3", "W18-0103"),
        ("C69", "1", "1", "C69-0101"),
        ("D19", "1", "7", "D19-1007"),
        ("D19", "55", "7", "D19-5507"),
        ("2020.acl", "main", "1", "2020.acl-main.1"),
    ],
)
def test_anthology_ids(collection: str, volume: str, paper: str, expected: str) -> None:
    assert acl_id(collection, volume, paper).value == expected


@pytest.mark.parametrize(
    ("collection", "volume", "paper", "reason"),
    [
        ("P18", "1", "x", "must be a number"),
        ("P18", "main", "1", "must be a number"),
        ("P18", "1", "12345", "not a valid acl"),
    ],
)
def test_impossible_anthology_ids(collection: str, volume: str, paper: str, reason: str) -> None:
    with pytest.raises(RecordError, match=reason):
        acl_id(collection, volume, paper)


def _break(xml: str) -> str:
    return xml.replace("<title>On Mononyms</title>", "<title>On <i>Mononyms</title>")


def test_a_stray_tag_costs_one_paper(tmp_path: Path) -> None:
    reading = read_text("acl", tmp_path, _break(OLD))
    assert [paper.id for paper in reading.papers] == ["P18-1001", "P18-1003"]
    assert reading.papers[1].year == 2018  # the volume around it was put back
    [rejection] = reading.rejections
    assert "Opening and ending tag mismatch" in rejection.reason
    assert rejection.line == next(at for at, line in enumerate(OLD.splitlines(), 1) if "Mononyms" in line)
    assert f"reading goes on at line {rejection.line + 6}" in rejection.reason
    assert "Mononyms" in rejection.snippet


def test_a_bad_year_is_told_once_and_left_out(tmp_path: Path) -> None:
    reading = read_text("acl", tmp_path, _break(OLD).replace("<year>2018</year>", "<year>MMXVIII</year>"))
    assert [paper.year for paper in reading.papers] == [None, None]
    [left_out] = reading.left_out
    assert left_out.reason == "left out: the volume's year 'MMXVIII' is not four digits; its papers have no year"
    assert left_out.record == "P18-1"


def test_lines_are_right_after_a_break(tmp_path: Path) -> None:
    xml = _break(OLD).replace("<title>Author Index</title>", "<title> </title>")
    reading = read_text("acl", tmp_path, xml)
    assert [rejection.reason for rejection in reading.rejections][1] == "no title"
    line = next(at for at, line in enumerate(xml.splitlines(), 1) if "backmatter" in line)
    assert reading.rejections[1].line == line


def test_a_break_between_volumes_goes_on_at_the_next_volume(tmp_path: Path) -> None:
    xml = """<collection id="P18">
<volume id="1"><meta><year>2018</year></meta>
<paper id="1"><title>A</title></paper></volum>
<volume id="2"><meta><year>2019</year></meta>
<paper id="1"><title>B</title></paper></volume>
</collection>"""
    reading = read_text("acl", tmp_path, xml)
    assert [(paper.id, paper.year) for paper in reading.papers] == [("P18-1001", 2018), ("P18-2001", 2019)]
    assert len(reading.rejections) == 1


def test_every_truncation_keeps_the_papers_before_it(tmp_path: Path) -> None:
    ends = [at + len("</paper>") for at in range(len(OLD)) if OLD.startswith("</paper>", at)]
    for cut in range(0, len(OLD.rstrip()) - 1, 37):
        reading = read_text("acl", tmp_path, OLD[:cut])
        assert len(reading.papers) == sum(end <= cut for end in ends), cut
        assert len(reading.rejections) == 1, cut


@pytest.mark.parametrize("between", ["", "\n", "\n\n  ", "é"])
@pytest.mark.parametrize("bad", ["x</i>", "x<i>", "&nbsp;", "<", "\x01", "é</i>é"])
def test_every_broken_paper_is_told_and_every_other_read(tmp_path: Path, between: str, bad: str) -> None:
    titles = ["good" if at % 2 else bad for at in range(40)]
    papers = between.join(f'<paper id="{at}"><title>{title}</title></paper>' for at, title in enumerate(titles, 1))
    xml = f'<collection id="2020.x"><volume id="1"><meta><year>2020</year></meta>{papers}</volume></collection>'
    reading = read_text("acl", tmp_path, xml)
    assert [paper.id for paper in reading.papers] == [f"2020.x-1.{at}" for at in range(2, 41, 2)]
    assert len(reading.rejections) == 20


def test_a_file_of_nothing_but_breaks_is_given_up(tmp_path: Path) -> None:
    papers = "".join(f'<paper id="{at}"><title>x</i></title></paper>\n' for at in range(1, 1500))
    xml = f'<collection id="2020.x"><volume id="1"><meta><year>2020</year></meta>\n{papers}</volume></collection>'
    reading = read_text("acl", tmp_path, xml)
    assert len(reading.rejections) == 1000
    assert "the 1000th break of the file; nothing more could be read of this file" in reading.rejections[-1].reason


def test_latin_1_bytes_cost_one_paper(tmp_path: Path) -> None:
    raw = OLD.replace("On Mononyms", "On Ca\xe9sar").encode("latin-1", "xmlcharrefreplace")
    reading = read_text("acl", tmp_path, raw)
    assert [paper.id for paper in reading.papers] == ["P18-1001", "P18-1003"]
    assert reading.rejections[0].reason.startswith("not UTF-8: byte 0xe9 at offset")


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret text")
    declared = f'<!DOCTYPE collection [<!ENTITY boom "boom"><!ENTITY file SYSTEM "{secret.as_uri()}">]>'
    xml = OLD.replace("<collection", declared + "<collection", 1).replace("On Mononyms", "On &boom; &file;")
    reading = read_text("acl", tmp_path, xml)
    assert len(reading.papers) == 2
    assert reading.rejections[0].reason == "the entity &boom; is not resolved; write the character itself"
    assert "secret text" not in repr(reading.items)


def test_deeply_nested_markup_is_text(tmp_path: Path) -> None:
    deep = "<i>" * 200 + "deep" + "</i>" * 200
    reading = read_text("acl", tmp_path, OLD.replace("On Mononyms", deep))
    assert reading.papers[1].title == "deep"


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar.xz", "a.tar.bz2", "a.tar"])
def test_every_broken_archive_says_so(tmp_path: Path, name: str) -> None:
    whole = write_tar(write_folder(tmp_path), tmp_path / name).read_bytes()
    complete = read(AclReader(), tmp_path / name).items
    assert len(complete) == 5 + 5 + 1
    broken = tmp_path / f"broken-{name}"
    for cut in range(0, len(whole) - 1, max(len(whole) // 25, 1)):
        broken.write_bytes(whole[:cut])
        try:
            reading = read(AclReader(), broken)
        except SourceError:
            continue
        said = any("breaks off or is damaged" in rejection.reason for rejection in reading.rejections)
        assert said or reading.items == complete, cut  # a plain tar may lose some of its padding


@pytest.mark.parametrize("name", ["missing", "empty_folder", "no.tar.xz", "other.tar"])
def test_no_anthology_is_a_source_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty_folder").mkdir()
    (tmp_path / "no.tar.xz").write_bytes(b"not an archive")
    other = write_folder(tmp_path / "o")
    with tarfile.open(tmp_path / "other.tar", "w") as archive:
        archive.add(other / "yaml", arcname="yaml")
    with pytest.raises(SourceError):
        read(AclReader(), tmp_path / name)


def test_a_single_xml_file_needs_no_yaml(tmp_path: Path) -> None:
    reading = read_text("acl", tmp_path, OLD)
    assert len(reading.papers) == 3
    assert reading.papers[0].venue == Venue("Proceedings of the Meeting", "meet", kind="conference")
    assert reading.papers[0].authorships[0].author_id is None
    assert reading.papers[0].authorships[1].author_id == "wei-li-pku"


def test_plain_text_of_markup() -> None:
    from lxml import etree  # type: ignore[import-untyped]

    xml = "<t>A <tex-math>x<!-- c -->^2</tex-math> b <i>c <b>d</b> e</i> f<!--g--> h<br/>i <url>u</url></t>"
    assert plain_text(etree.fromstring(xml)) == "A x^2 b c d e f h i u"


def test_the_small_anthology_covers_all_file_kinds() -> None:
    assert {name.split("/")[0] for name in FILES} == {"xml", "yaml"}
