from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evaluation.folder import Folder
from records.errors import EvaluationError
from tests.data_paths import shared_data
from tests.evaluation.folders import PAPERS, QRELS, write_folder, write_lines


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_plain_and_packed_read_the_same(tmp_path: Path, suffix: str) -> None:
    folder = Folder.open(write_folder(tmp_path / "toy", suffix=suffix))
    assert folder.name == "toy"
    assert [paper.id for paper in folder.papers()] == [record["id"] for record in PAPERS]
    assert [query.id for query in folder.queries()] == ["q1", "q2", "q3"]
    assert folder.qrels()["q1"] == {"p1": 2, "p2": 1, "p3": 0}
    assert not folder.notes


def test_packing_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    write_folder(tmp_path, suffix=".gz")
    (tmp_path / "papers.jsonl.gz").rename(tmp_path / "papers.jsonl")
    assert len(Folder.open(tmp_path).papers()) == len(PAPERS)


def test_fields_of_a_paper(tmp_path: Path) -> None:
    record = {
        "id": 7,
        "title": " On ids ",
        "abstract": ["One.", "Two."],
        "year": "1987-03",
        "venue": {"name": "CACM"},
        "authors": [{"id": "a", "name": "Ada Byron"}, "Bo Ek", {"id": "c", "name": None}, {"name": "Di Fo", "id": 3}],
        "references": [1, "2", None],
        "keywords": "sets; maps, ",
        "unheard of": {"x": 1},
    }
    folder = Folder.open(write_folder(tmp_path, [record]))
    (paper,) = folder.papers()
    assert (paper.id, paper.title, paper.abstract, paper.year) == ("7", "On ids", "One. Two.", 1987)
    assert paper.venue is not None
    assert paper.venue.name == "CACM"
    assert [(a.author_id, a.name.full, a.position) for a in paper.authorships] == [
        ("a", "Ada Byron", 0),
        (None, "Bo Ek", 1),
        ("3", "Di Fo", 2),
    ]
    assert paper.references == ("1", "2")
    assert paper.keywords == ("sets", "maps")
    assert folder.notes == {"authors without a name": 1}


@pytest.mark.parametrize(
    ("year", "read"),
    [(2001, 2001), (2001.0, 2001), ("1999", 1999), (None, None), ("", None), ("soon", None), (-3, None), (True, None)],
)
def test_years(tmp_path: Path, year: object, read: int | None) -> None:
    folder = Folder.open(write_folder(tmp_path, [{"id": "p", "year": year}]))
    assert folder.papers()[0].year == read
    assert bool(folder.notes) == (read is None and year not in (None, ""))


def test_a_paper_without_a_title_borrows_its_abstracts_first_sentence(tmp_path: Path) -> None:
    records = [
        {"id": "a", "title": "", "abstract": "On graphs. They are hard."},
        {"id": "b", "abstract": "word " * 100},
        {"id": "c"},
    ]
    short, long, nothing = Folder.open(write_folder(tmp_path, records)).papers()
    assert (short.title, short.abstract) == ("On graphs.", "They are hard.")
    assert len(long.title) <= 200
    assert f"{long.title} {long.abstract}".split() == ["word"] * 100
    assert not any(character.isalnum() for character in nothing.title)


def test_hostile_text_becomes_a_paper_and_is_counted(tmp_path: Path) -> None:
    records = [{"id": "a", "title": "x" * 20_000}, {"id": "b", "title": "nul\x00l"}]
    folder = Folder.open(write_folder(tmp_path, records))
    long, null = folder.papers()
    assert len(long.title) == 10_000
    assert null.title == "nul l"
    assert folder.notes == {"overlong texts cut": 1, "texts with characters that are none": 1}


def test_missing_and_null_fields_are_empty(tmp_path: Path) -> None:
    nulls = {"id": "b", "title": None, "abstract": None, "authors": None, "references": None, "venue": None}
    bare, null = Folder.open(write_folder(tmp_path, [{"id": "a"}, nulls])).papers()
    for paper in (bare, null):
        assert (paper.abstract, paper.authorships, paper.references) == ("", (), ())
        assert paper.venue is None


def test_oddities_are_counted_not_hidden(tmp_path: Path) -> None:
    papers: list[dict[str, Any]] = [
        {"id": "a", "title": "first"},
        {"id": "a", "title": "second"},
        {"id": None},
        {"id": "b"},
    ]
    queries: list[dict[str, Any]] = [{"id": 1, "text": "x"}, {"id": "1", "text": "y"}, {"id": 2, "text": "  "}]
    folder = Folder.open(write_folder(tmp_path, papers, queries, ["1\ta\t1", "1\ta\t2", "1\tb\t-2"]))
    assert [paper.title for paper in folder.papers()] == ["first", "\N{EM DASH}"]
    assert [(query.id, query.text) for query in folder.queries()] == [("1", "x"), ("2", "")]
    assert folder.qrels() == {"1": {"a": 2, "b": 0}}
    assert folder.notes == {
        "duplicate paper ids": 1,
        "papers without an id": 1,
        "duplicate query ids": 1,
        "queries with an empty text": 1,
        "duplicate judgements": 1,
    }


@pytest.mark.parametrize(
    "lines",
    [
        ["query\tpaper\tgrade", "q1\tp1\t2", "q2\tp3\t1"],
        ["query-id\tcorpus-id\tscore", "q1\tp1\t2.0", "q2\tp3\t1.0"],
        ["q1\t0\tp1\t2", "q2\t0\tp3\t1"],
        ["q1 Q0 p1 2", "q2 Q0 p3 1"],
        ["query\titeration\tpaper\tgrade", "q1\t0\tp1\t2", "q2\t0\tp3\t1"],
        ["q1\tp1\t2\ta remark", "q2\tp3\t1\tanother"],
        ["\ufeffq1\tp1\t2", "", "q2\tp3\t1"],
        ["q1\tp1\t2\r", "q2\tp3\t1\r"],
    ],
)
def test_shapes_of_judgements(tmp_path: Path, lines: list[str]) -> None:
    assert Folder.open(write_folder(tmp_path, qrels=lines)).qrels() == {"q1": {"p1": 2}, "q2": {"p3": 1}}


def test_carriage_returns_in_json_lines(tmp_path: Path) -> None:
    write_folder(tmp_path)
    write_lines(tmp_path / "papers.jsonl", map(json.dumps, PAPERS), end="\r\n")
    assert len(Folder.open(tmp_path).papers()) == len(PAPERS)


def test_table_header_is_told_by_its_number_column(tmp_path: Path) -> None:
    write_lines(tmp_path / "evaluations.tsv", ["reviewer\tpaper\trating", "r1\tp1\t4.5"])
    write_lines(tmp_path / "plain.tsv.gz", ["r1\tp1\t4.5", "r2\tp1\t2"])
    folder = Folder.open(tmp_path)
    assert [cells for _, cells in folder.table("evaluations.tsv", 3, number=2)] == [("r1", "p1", "4.5")]
    assert len(list(folder.table("plain.tsv", 3, number=2))) == 2
    assert len(list(folder.table("evaluations.tsv", 3))) == 2


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="does not exist"):
        Folder.open(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(EvaluationError, match="is not a folder"):
        Folder.open(tmp_path / "file")


def test_missing_file_names_what_is_there(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "qrels.tsv").unlink()
    with pytest.raises(EvaluationError, match=r"has no qrels.tsv or qrels.tsv.gz; it holds: papers.jsonl, queries"):
        Folder.open(tmp_path).qrels()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("papers.jsonl", b'{"id": "a"}\n{"id": ', "papers.jsonl, line 2 is not JSON"),
        ("papers.jsonl", b'["a"]\n', "line 1 must be a JSON object, not list"),
        ("papers.jsonl", b'{"id": "a", "title": "\xff"}\n', "line 1 is not UTF-8"),
        ("papers.jsonl", b'{"id": "a\x00"}\n', "line 1 is not JSON"),
        ("papers.jsonl", b'{"_id": "a"}\n', "'id' must be a non-empty string or a number; the record has: _id"),
        ("papers.jsonl", b'{"id": ["a"]}\n', "'id' must be"),
        ("papers.jsonl", b'{"id": true}\n', "'id' must be"),
        ("papers.jsonl", b'{"id": "a", "title": {"en": 3}, "abstract": false}\n', "'abstract' must be text, not bool"),
        ("papers.jsonl", b'{"id": null}\n', "holds no papers with an id"),
        ("papers.jsonl", b"", "holds no papers"),
        ("queries.jsonl", b"\n\r\n", "holds no queries"),
        ("queries.jsonl", b'{"id": "q", "query": "x"}\n', "a query needs a 'text'; it has: id, query"),
        ("queries.jsonl", b'{"id": "q", "text": ["x"]}\n', "'text' must be a string, not list"),
        ("queries.jsonl", b'{"text": "x"}\n', "'id' must be"),
        ("qrels.tsv", b"", "holds no judgements"),
        ("qrels.tsv", b"query\tpaper\tgrade\n", "holds no judgements"),
        ("qrels.tsv", b"q1\tp1\n", "line 1 has 2 columns, expected at least 3"),
        ("qrels.tsv", b"q1\tp1\t1\nq1\tp2\thigh\n", "line 2: the grade must be a number, not 'high'"),
        ("qrels.tsv", b"q1\tp1\t1.5\n", "must be a whole number"),
        ("qrels.tsv", b"q1\tp1\tinf\nq1\tp1\t1\nq1\tp1\tnan\n", "must be a number, not 'nan'"),
    ],
)
def test_damage_is_a_typed_error(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    write_folder(tmp_path)
    (tmp_path / name).write_bytes(content)
    folder = Folder.open(tmp_path)
    readers: dict[str, Callable[[], object]] = {
        "papers.jsonl": folder.papers,
        "queries.jsonl": folder.queries,
        "qrels.tsv": folder.qrels,
    }
    with pytest.raises(EvaluationError) as caught:
        readers[name]()
    assert message in str(caught.value)


def test_truncated_archive(tmp_path: Path) -> None:
    write_folder(tmp_path, suffix=".gz")
    packed = tmp_path / "papers.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(EvaluationError, match="cannot be read after line"):
        Folder.open(tmp_path).papers()


def test_queries_without_text_where_a_task_needs_none(tmp_path: Path) -> None:
    folder = Folder.open(write_folder(tmp_path, queries=[{"id": "a", "positives": ["b"]}]))
    (query,) = folder.queries(text=False)
    assert query.fields["positives"] == ["b"]


def test_every_development_folder_reads(tmp_path: Path) -> None:
    data = shared_data()
    folders = sorted((data / "dev").iterdir()) if data else [write_folder(tmp_path, qrels=QRELS)]
    for path in folders:
        folder = Folder.open(path)
        if folder.find("papers.jsonl"):
            assert len(folder.papers()) > 5
        if folder.find("qrels.tsv"):
            assert set(folder.qrels()) <= {query.id for query in folder.queries()}
