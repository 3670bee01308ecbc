from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from indexer.catalog import Catalog
from indexer.sources.base import CitationLink, Item, Part, Person, Rejection
from records.errors import CatalogError, CatalogLockedError, SourceError
from records.name import Name
from records.paper import Authorship, Paper
from tests.indexer.catalog.fakes import FakeReader, paper


def _items() -> dict[str, list[Item]]:
    return {
        "one": [
            paper("a", "Parsing with fewer words than usual", "Ann Ames", references=["b", "missing"]),
            paper("b", "Tagging by looking at the neighbours", "Bo Berg"),
            Rejection("one", "no title", line=7, record="x", snippet="<paper/>"),
        ],
        "two": [
            paper("c", "Translating a text before reading it", "Cy Cole"),
            Person("cy-cole", Name("Cole", "Cy")),
            CitationLink("c", "a"),
            Rejection("two", "a wrong ORCID was left out", line=3, record="c", partial=True),
        ],
    }


def test_first_import_is_reported_and_kept(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "new" / "c.duckdb") as catalog:
        report = catalog.import_source(FakeReader("acl", _items()), tmp_path)
        assert (report.new, report.updated, report.unchanged) == (3, 0, 0)
        assert (report.papers, report.people, report.links, report.parts_read) == (3, 1, 1, 2)
        assert (report.rejected, report.partial) == (1, 1)
        catalog.derive()
        assert [p.id for batch in catalog.papers() for p in batch] == ["acl:a", "acl:b", "acl:c"]
        status = catalog.status()
        assert (status.papers, status.citations, status.unresolved_citations) == (3, 2, 1)
        (source,) = status.sources
        assert (source.source, source.papers, source.people, source.links) == ("acl", 3, 1, 1)
        assert not source.unfinished
        kept = catalog.rejections("acl")
        assert [(r.part, r.line, r.reason, r.record, r.snippet, r.partial) for r in kept] == [
            ("one", 7, "no title", "x", "<paper/>", False),
            ("two", 3, "a wrong ORCID was left out", "c", "", True),
        ]


def test_again_skips_every_part(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", _items()), tmp_path)
        digest = catalog.digest()
        reader = FakeReader("acl", _items())
        report = catalog.import_source(reader, tmp_path)
        assert reader.read == []
        assert (report.parts_skipped, report.parts_read, report.papers) == (2, 0, 0)
        forced = catalog.import_source(FakeReader("acl", _items()), tmp_path, force=True)
        assert (forced.unchanged, forced.new, forced.updated) == (3, 0, 0)
        assert catalog.digest() == digest
        assert catalog.status().sources[0].links == 1
        assert len(catalog.rejections()) == 2


def test_changed_part_updates_and_vanished_papers_stay(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", _items()), tmp_path)
        before = catalog.digest()
        changed = _items()
        changed["one"] = [paper("b", "Tagging by looking at the neighbours", "Bo Berg", year=1999), paper("d")]
        changed["two"] = [item for item in changed["two"] if not isinstance(item, CitationLink)]
        report = catalog.import_source(FakeReader("acl", changed), tmp_path)
        assert (report.new, report.updated, report.unchanged) == (1, 1, 1)
        assert catalog.digest() != before
        catalog.derive()
        found = {p.id: p for batch in catalog.papers() for p in batch}
        assert sorted(found) == ["acl:a", "acl:b", "acl:c", "acl:d"]
        assert found["acl:b"].year == 1999
        # What belongs to a part as a whole goes with it: its rejections, its citation pairs.
        assert [r.part for r in catalog.rejections()] == ["two"]
        assert found["acl:c"].references == ()
        assert found["acl:a"].references == ("acl:b",)


def test_duplicate_ids_keep_the_first_and_reject_the_second(tmp_path: Path) -> None:
    first = paper("x", "The first of two records with an id", "Ann Ames")
    second = paper("x", "The second of two records with an id", "Bo Berg")
    layouts: list[dict[str, list[Item]]] = [{"one": [first, second]}, {"one": [first], "two": [second]}]
    for parts in layouts:
        for batch in (1, 100):
            name = f"{len(parts)}-{batch}.duckdb"
            with Catalog.open(tmp_path / name) as catalog:
                report = catalog.import_source(FakeReader("s", parts), tmp_path, batch_items=batch)
                assert (report.new, report.rejected) == (1, 1)
                (rejection,) = catalog.rejections()
                assert rejection.record == "x"
                assert "duplicate id" in rejection.reason
                assert "second of two" in rejection.snippet
                again = catalog.import_source(FakeReader("s", parts), tmp_path, force=True, batch_items=batch)
                assert (again.unchanged, again.rejected) == (1, 1)
                catalog.derive()
                assert [p.title for b in catalog.papers() for p in b] == [first.title]


def test_duplicate_of_a_skipped_part_is_still_a_duplicate(tmp_path: Path) -> None:
    first = paper("x", "The first of two records with an id", "Ann Ames")
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("s", {"one": [first], "two": []}), tmp_path)
        changed = FakeReader("s", {"one": [first], "two": [paper("x", "Another record of the same id entirely")]})
        report = catalog.import_source(changed, tmp_path)
        assert changed.read == ["two"]
        assert (report.updated, report.rejected) == (0, 1)


def test_a_record_may_move_to_another_part(tmp_path: Path) -> None:
    record = paper("x", "A record that moves to another part", "Ann Ames")
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("s", {"old": [record]}), tmp_path)
        report = catalog.import_source(FakeReader("s", {"new": [record]}), tmp_path)
        assert (report.unchanged, report.rejected) == (1, 0)


def test_unusable_records_are_rejected_not_fatal(tmp_path: Path) -> None:
    broken: list[Item] = [
        Person("surrogate", Name("Cole", "Cy"), affiliations=("Broken \ud800",)),
        Person("", Name("Cole", "Cy")),
        CitationLink("a", ""),
        CitationLink("a", "\udfff"),
        paper("fine", "The only record that can be kept here", "Ann Ames"),
    ]
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        report = catalog.import_source(FakeReader("s", {"one": broken}), tmp_path)
        assert (report.new, report.rejected, report.links) == (1, 4, 0)
        assert len(catalog.rejections()) == 4


def test_what_came_before_a_source_error_is_kept(tmp_path: Path) -> None:
    class Breaking(FakeReader):
        def parts(self, path: Path):  # type: ignore[no-untyped-def]
            yield from super().parts(path)
            yield Part("broken", "1", self._break)

        def _break(self):  # type: ignore[no-untyped-def]
            yield paper("z", "The last record before the archive ends", "Zoe Zink")
            raise SourceError("the archive ends in the middle")

    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        with pytest.raises(SourceError):
            catalog.import_source(Breaking("acl", _items()), tmp_path)
        assert catalog.status().source_papers == 4
        assert catalog.status().sources[0].unfinished
        whole: dict[str, list[Item]] = {
            **_items(),
            "broken": [paper("z", "The last record before the archive ends", "Zoe Zink")],
        }
        report = catalog.import_source(FakeReader("acl", whole), tmp_path)
        assert (report.parts_skipped, report.unchanged, report.rejected) == (2, 1, 0)
        assert not catalog.status().sources[0].unfinished


def test_progress_counts_items(tmp_path: Path) -> None:
    class Listener:
        def __init__(self) -> None:
            self.heard: list[str | int] = []

        def start(self, stage: str, total: int | None = None) -> None:
            self.heard.append(stage)

        def advance(self, count: int = 1) -> None:
            self.heard.append(count)

        def finish(self) -> None:
            self.heard.append("finish")

    listener = Listener()
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", _items()), tmp_path, listener, batch_items=5)
    assert listener.heard == ["import acl", 5, 2, "finish"]


def test_catalog_refuses_what_is_not_one(tmp_path: Path) -> None:
    text = tmp_path / "text.duckdb"
    text.write_bytes(b"not a database" * 1000)
    with pytest.raises(CatalogError, match="is not a catalog"):
        Catalog.open(text)
    with pytest.raises(CatalogError, match="import something first"):
        Catalog.open(tmp_path / "absent.duckdb", read_only=True)
    path = tmp_path / "c.duckdb"
    with Catalog.open(path) as catalog:
        catalog._con.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    with pytest.raises(CatalogError, match="schema version 99"):
        Catalog.open(path)
    with Catalog.open(tmp_path / "d.duckdb") as catalog:
        catalog._con.execute("UPDATE meta SET value = 'other' WHERE key = 'format'")
    with pytest.raises(CatalogError, match="not a catalog"):
        Catalog.open(tmp_path / "d.duckdb")


def test_read_only_catalog_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "c.duckdb"
    with Catalog.open(path) as catalog:
        catalog.import_source(FakeReader("acl", _items()), tmp_path)
    with Catalog.open(path, read_only=True) as catalog:
        assert catalog.status().source_papers == 3
        with pytest.raises(CatalogError, match="reading only"):
            catalog.import_source(FakeReader("acl", _items()), tmp_path)
        with pytest.raises(CatalogError, match="derive"):
            catalog.arrays()


def test_source_names_are_checked(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "c.duckdb") as catalog, pytest.raises(CatalogError, match="a source is named"):
        catalog.import_source(FakeReader("a:b", {}), tmp_path)


def test_catalog_held_by_another_process(tmp_path: Path) -> None:
    path = tmp_path / "c.duckdb"
    Catalog.open(path).close()
    hold = (
        "import sys\nfrom pathlib import Path\nfrom indexer.catalog import Catalog\n"
        "with Catalog.open(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "held"
        for read_only in (False, True):
            with pytest.raises(CatalogLockedError, match=f"process {holder.pid}"):
                Catalog.open(path, read_only=read_only)
    finally:
        holder.communicate("")
    assert holder.returncode == 0


def test_names_are_kept_as_printed(tmp_path: Path) -> None:
    name = Name("Ding", "Jiayu", native="丁佳玙")
    given = Paper("n", "A paper by someone with two scripts", authorships=(Authorship(name, 0),))
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("s", {"one": [given]}), tmp_path)
        catalog.derive()
        ((found,),) = list(catalog.papers())
        ((person,),) = list(catalog.authors())
    assert found.authorships[0].name == name
    assert found.authorships[0].author_id == person.id
    assert person.name == name
    assert msgspec.structs.replace(found, id="n", authorships=given.authorships) == given
