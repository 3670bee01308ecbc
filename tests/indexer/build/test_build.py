from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.build import build, build_digest, corpus_of
from indexer.catalog import Catalog
from ranking.registry import Entity, metrics
from records.errors import BuildError, EngineUnavailableError, GenerationError
from records.ids import ExternalId
from records.name import Name
from records.paper import Affiliation, Authorship, Paper
from search.embedding import HashingEmbedder, paper_text
from tests.indexer.build.fakes import CountingEmbedder, MemoryStore
from tests.indexer.catalog.fakes import FakeReader, author, paper

ORCID = "0000-0002-1825-0097"


def _catalog(path: Path, extra: int = 0) -> Catalog:
    catalog = Catalog.open(path / "c.duckdb")
    first = [
        paper(
            "p3", "A third paper about parsing text", author("Ann Ames", "ann"), references=["p1", "p2", "p3", "gone"]
        ),
        paper("p1", "A first paper about parsing text", author("Ann Ames", "ann"), year=1999, ids=["10.1000/one"]),
        paper("p2", "A second paper about tagging text", "Bo Berg", author("Ann Ames", "ann"), references=["p1"]),
        *(paper(f"x{n:04d}", f"Extra paper number {n} of many", "Cy Cole") for n in range(extra)),
    ]
    other = [
        paper(
            "w1",
            "The first paper under another title",
            author("Ames, A.", orcid=ORCID),
            ids=["10.1000/one"],
            abstract="Only this source has the abstract.",
            references=["doi:10.1000/ONE", "acl:p2"],
        ),
    ]
    catalog.import_source(FakeReader("acl", {"all": first}), path)
    catalog.import_source(FakeReader("works", {"all": other}), path)
    return catalog


def test_build_writes_papers_authors_and_redirects(tmp_path: Path) -> None:
    store = MemoryStore()
    embedder = HashingEmbedder(32)
    with _catalog(tmp_path) as catalog:
        report = build(catalog, store, embedder, tmp_path / "vectors")
        assert report.built
        assert report.generation.source_digest == build_digest(catalog)
    (written,) = store.complete
    documents = {document.paper.id: document for document in written.papers}
    assert list(documents) == ["acl:p1", "acl:p2", "acl:p3"]
    first = documents["acl:p1"].paper
    assert first.title == "A first paper about parsing text"
    assert first.abstract == "Only this source has the abstract."
    assert first.references == ("acl:p2",)  # the citation of itself is dropped
    assert documents["acl:p3"].paper.references == ("acl:p1", "acl:p2")
    assert documents["acl:p2"].paper.references == ("acl:p1",)
    assert {name: documents[f"acl:p{n}"].metrics["citations"] for n, name in ((1, "p1"), (2, "p2"), (3, "p3"))} == {
        "p1": 2.0,
        "p2": 2.0,
        "p3": 0.0,
    }
    expected = embedder.embed([paper_text(d.paper.title, d.paper.abstract) for d in written.papers])
    np.testing.assert_allclose(np.concatenate(written.vectors), expected, atol=1e-3)
    assert written.redirects["paper"] == [("works:w1", "acl:p1")]
    people = {document.author.id: document for document in written.authors}
    assert list(people) == sorted(people)
    ann = people["acl:ann"].author
    assert (ann.papers, ann.first_year, ann.last_year) == (3, 1999, 2001)
    # The works' record of p1 has the same byline, so its ORCID is Ann's.
    assert written.redirects["author"] == [(f"orcid:{ORCID}", "acl:ann")]
    assert [str(identifier) for identifier in ann.ids] == [f"orcid:{ORCID}"]
    assert first.authorships[0].author_id == "acl:ann"
    assert [str(identifier) for identifier in first.authorships[0].ids] == [f"orcid:{ORCID}"]
    assert set(written.info.metrics) == {m.name for m in metrics(Entity.PAPER) if m.in_build}
    author_metrics = {m.name for m in metrics(Entity.AUTHOR) if m.in_build}
    assert set(people["acl:ann"].metrics) <= author_metrics
    if "h_index" in author_metrics:
        assert people["acl:ann"].metrics["h_index"] == 2.0


def test_nothing_is_done_twice(tmp_path: Path) -> None:
    store = MemoryStore()
    with _catalog(tmp_path) as catalog:
        build(catalog, store, HashingEmbedder(32), tmp_path / "vectors")
        again = build(catalog, store, HashingEmbedder(32), tmp_path / "vectors")
        assert not again.built
        assert again.generation.id == "g1"
        counting = CountingEmbedder(HashingEmbedder(32))
        forced = build(catalog, store, counting, tmp_path / "vectors", force=True)
        assert forced.built
        assert counting.texts == []
        assert build(catalog, store, None).built  # without vectors: another generation
        catalog.import_source(
            FakeReader("acl2", {"all": [paper("n", "A new paper from another source", "Di Dole")]}), tmp_path
        )
        third = build(catalog, store, counting, tmp_path / "vectors")
        assert third.built
        assert (third.embedded, counting.texts) == (1, ["A new paper from another source"])
    assert [w.info.papers for w in store.complete] == [4, 3, 3, 3]


def test_build_without_vectors(tmp_path: Path) -> None:
    store = MemoryStore()
    with _catalog(tmp_path) as catalog:
        report = build(catalog, store, None)
    assert (report.generation.dimension, report.generation.vectors, report.generation.model) == (0, 0, "")
    assert "vectors" not in report.seconds
    assert {"derive", "arrays", "graph", "papers", "authors", "commit"} <= set(report.seconds)


def test_vectors_without_a_cache(tmp_path: Path) -> None:
    store = MemoryStore()
    with _catalog(tmp_path) as catalog:
        report = build(catalog, store, HashingEmbedder(16))
    assert (report.generation.vectors, report.embedded) == (3, 3)


def test_error_throws_the_generation_away(tmp_path: Path) -> None:
    store = MemoryStore(fail_after=2)
    with _catalog(tmp_path) as catalog:
        with pytest.raises(GenerationError):
            build(catalog, store, None)
        assert (store.aborted, store.complete) == (1, [])
        store.fail_after = None
        assert build(catalog, store, None).built


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), EngineUnavailableError("away")], ids=["interrupt", "away"])
def test_an_interrupted_build_is_only_suspended(tmp_path: Path, failure: BaseException) -> None:
    store = MemoryStore(fail_after=2)
    store.failure = failure
    with _catalog(tmp_path) as catalog, pytest.raises(type(failure)):
        build(catalog, store, None)
    assert (store.suspended, store.aborted, store.complete) == (1, 0, [])


def test_nothing_is_embedded_for_a_store_that_another_build_holds(tmp_path: Path) -> None:
    store = MemoryStore()
    store.locked = True
    embedder = CountingEmbedder(HashingEmbedder(16))
    with _catalog(tmp_path) as catalog, pytest.raises(GenerationError, match="another process"):
        build(catalog, store, embedder)
    assert embedder.texts == []


def test_interrupted_embedding_goes_on(tmp_path: Path) -> None:
    store = MemoryStore()
    with _catalog(tmp_path, extra=1500) as catalog:
        stopped = CountingEmbedder(HashingEmbedder(16), fail_after=700)
        with pytest.raises(KeyboardInterrupt):
            build(catalog, store, stopped, tmp_path / "vectors")
        assert store.complete == []
        rest = CountingEmbedder(HashingEmbedder(16))
        build(catalog, store, rest, tmp_path / "vectors")
    assert len(stopped.texts) + len(rest.texts) == 1503
    assert not set(stopped.texts) & set(rest.texts)
    assert store.complete[0].info.vectors == 1503


def test_empty_catalog_cannot_be_built(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "c.duckdb") as catalog, pytest.raises(BuildError, match="no papers"):
        build(catalog, MemoryStore(), None)


def test_progress_names_stages(tmp_path: Path) -> None:
    class Listener:
        def __init__(self) -> None:
            self.done: dict[str, int] = {}
            self.totals: dict[str, int | None] = {}
            self._stage = ""

        def start(self, stage: str, total: int | None = None) -> None:
            self._stage = stage
            self.totals[stage] = total
            self.done[stage] = 0

        def advance(self, count: int = 1) -> None:
            self.done[self._stage] += count

        def finish(self) -> None:
            pass

    listener = Listener()
    with _catalog(tmp_path, extra=600) as catalog:
        build(catalog, MemoryStore(), HashingEmbedder(16), tmp_path / "v", listener)
    for stage in ("vectors", "papers"):
        assert listener.totals[stage] == listener.done[stage] == 603


def test_corpus_has_positions_in_order_of_id(tmp_path: Path) -> None:
    with _catalog(tmp_path) as catalog:
        catalog.derive()
        arrays = catalog.arrays()
        corpus = corpus_of(arrays)
        papers = [p for batch in catalog.papers(arrays) for p in batch]
    assert arrays.paper_ids.to_pylist() == [p.id for p in papers]
    index = {p.id: i for i, p in enumerate(papers)}
    for row, p in enumerate(papers):
        cited = corpus.citations.indices[corpus.citations.offsets[row] : corpus.citations.offsets[row + 1]]
        assert cited.tolist() == sorted(index[r] for r in p.references)
        people = corpus.authors.indices[corpus.authors.offsets[row] : corpus.authors.offsets[row + 1]]
        ids = arrays.author_ids.to_pylist()
        assert sorted(ids[i] for i in people) == sorted(str(a.author_id) for a in p.authorships)
    assert corpus.years.tolist() == [p.year for p in papers]


def test_institutions_are_those_on_the_merged_paper(tmp_path: Path) -> None:
    def placed(identifier: str, institution: str | None) -> Paper:
        name = Name("Ames", "Ann")
        where = () if institution is None else (Affiliation(institution, f"ror:{institution}"),)
        return Paper(
            identifier,
            f"A title of its own for {identifier[1:]}",
            authorships=(Authorship(name, 0, affiliations=where),),
            ids=(ExternalId.parse(f"10.1000/{identifier[1:]}"),),
        )

    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("acl", {"all": [placed("a1", "lab"), placed("a2", None)]}), tmp_path)
        catalog.import_source(FakeReader("works", {"all": [placed("b1", "other"), placed("b2", "home")]}), tmp_path)
        catalog.derive()
        arrays = catalog.arrays()
        corpus = corpus_of(arrays)
        papers = [p for batch in catalog.papers(arrays) for p in batch]
    assert [p.authorships[0].affiliations[0].text for p in papers] == ["lab", "home"]
    assert arrays.institution_ids.to_pylist() == ["ror:home", "ror:lab"]
    assert corpus.institutions is not None
    assert corpus.institutions.indices.tolist() == [1, 0]
