"""Writing generations on a real server: faults, resumption, refusals, locks, and what commit leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from records.errors import EngineError, GenerationError, RefusedDocumentsError
from records.name import Name
from records.paper import Authorship, Paper
from search.elasticsearch import Connection, ElasticsearchStore, ElasticsearchWriter, patience
from search.elasticsearch.lock import BuildLock
from search.elasticsearch.registry import Registry
from search.elasticsearch.schema import SCHEMA_VERSION
from search.engine import PaperDocument, PaperQuery, Vectors
from search.query.ast import Everything, Match
from tests.elasticsearch_server.stores import layout_for, make_store, server
from tests.search.elasticsearch.flaky import Faults, flaky_proxy
from tests.search.elasticsearch.papers import DIMENSION, authors, begin, build, load, papers, vectors

_TWO = (Authorship(Name("One"), 0), Authorship(Name("Two"), 1))
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def store(tmp_path: Path) -> ElasticsearchStore:
    return make_store(tmp_path / "store", bulk_bytes=20_000, lease=4.0)


def settings_of(store: ElasticsearchStore, index: str) -> Any:
    return store.client.indices.get_settings(index=index).body[index]["settings"]["index"]


def test_nothing_is_lost_or_doubled_behind_a_proxy_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_PAUSE", 0.01)
    faults = Faults(0.4, seed=1)
    with flaky_proxy(server().url, faults) as url:
        layout = layout_for(tmp_path, bulk_bytes=10_000, in_flight=3)
        store = ElasticsearchStore(Connection((url,)), layout, tmp_path)
        info = build(store, 600)
        assert (info.papers, info.authors, info.vectors) == (600, 7, 600)
        engine = store.reader()
        assert engine.papers([f"p:{n:06}" for n in range(600)]) == papers(600)
        # Documents that were sent twice must not count twice in how common a word is.
        assert engine.statistics(["graph"]).document_frequency == {
            "graph": sum("graph" in p.paper.title for p in papers(600))
        }
        found, exists = engine.vectors([f"p:{n:06}" for n in range(600)])
        assert exists.all()
        np.testing.assert_allclose(found, vectors(600), atol=1e-3)
        store.close()
    assert set(faults.seen) == set(Faults.KINDS)


def test_a_suspended_load_is_gone_on_with(store: ElasticsearchStore, tmp_path: Path) -> None:
    first = begin(store, "same")
    load(first, 200)
    first._sender.flush()
    first.suspend()
    first.suspend()
    assert store.generations() == []
    faults = Faults(0.0)
    with flaky_proxy(server().url, faults) as url:
        again = ElasticsearchStore(Connection((url,)), layout_for(tmp_path / "store"), tmp_path / "store")
        second = begin(again, "same")
        assert second._record.info.id == first._record.info.id
        sent: list[str] = []
        add = second._sender.add
        second._sender.add = lambda item: (sent.append(item.id), add(item))[1]  # type: ignore[method-assign,func-returns-value]
        changed = papers(250)
        changed[17] = PaperDocument(Paper("p:000017", "Changed meanwhile", "", 2020))
        second.add_papers(changed, vectors(250), None)
        assert sent == ["p:000017", *(f"p:{n:06}" for n in range(200, 250))]
        info = second.commit()
        assert info.papers == info.vectors == 250
        engine = again.reader()
        assert engine.papers([f"p:{n:06}" for n in range(250)]) == changed
        assert engine.count(Match("changed")) == 1
        again.close()


def test_another_source_does_not_go_on_with_it(store: ElasticsearchStore) -> None:
    first = begin(store, "this")
    load(first, 100)
    first.suspend()
    old = first._record
    second = begin(store, "that")
    assert second._record.info.id > old.info.id
    assert not store.client.indices.exists(index=sorted(old.indices.values()), allow_no_indices=False)
    second.abort()
    third = begin(store)
    third.suspend()
    fourth = begin(store)  # without a digest nothing says that it is the same
    assert fourth._record.info.id > third._record.info.id
    fourth.abort()
    assert not [name for name in store._indices.existing() if "papers" in name]


_KILLED = """
import sys
from pathlib import Path
from search.elasticsearch import Connection, ElasticsearchStore, Layout
from tests.search.elasticsearch.papers import begin, load
url, prefix, path = sys.argv[1:]
store = ElasticsearchStore(Connection((url,)), Layout(prefix, replicas=0, bulk_bytes=20_000, lease=4.0), Path(path))
writer = begin(store, "same")
load(writer, 200)
writer._sender.flush()
print("loaded", writer._record.info.id, flush=True)
load(writer, 10**9, 200)
"""


def test_a_build_killed_outright_is_taken_over_and_gone_on_with(store: ElasticsearchStore, tmp_path: Path) -> None:
    build(store, 20)
    prefix = store._layout.prefix
    arguments = [sys.executable, "-c", _KILLED, server().url, prefix, str(tmp_path)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told, generation = process.stdout.readline().split()
        assert told == "loaded"
        with pytest.raises(GenerationError, match=f"process {process.pid} on .* is building"):
            begin(store, "same")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert store.reader().generation.papers == 20
    writer = begin(store, "same")  # at once: the process is of this machine, and gone
    assert writer._record.info.id == generation
    assert writer._resumed >= 200
    load(writer, 5000)
    assert writer.commit().papers == 5000
    assert store.reader().generation.papers == 5000


def test_refused_documents_end_the_build_and_are_kept(store: ElasticsearchStore, tmp_path: Path) -> None:
    build(store, 10)
    writer = begin(store)
    index = writer._record.indices["papers"]
    store.client.indices.put_settings(index=index, settings={"mapping.nested_objects.limit": 1})
    good = papers(3)
    bad = PaperDocument(msgspec.structs.replace(good[0].paper, id="p:zzz", title="Many wrote it", authorships=_TWO))
    writer.add_papers([*good, bad], None, None)
    with pytest.raises(RefusedDocumentsError, match=r"refused 1 documents.*p:zzz") as caught:
        writer.commit()
    lines = [msgspec.json.decode(line) for line in Path(caught.value.path).read_bytes().splitlines()]
    assert [(line["id"], line["status"]) for line in lines] == [("p:zzz", 400)]
    assert lines[0]["document"]["doc"]["paper"]["title"] == "Many wrote it"
    assert lines[0]["reason"]
    writer.abort()
    assert store.reader().generation.papers == 10
    assert len(store.generations()) == 1


def test_infinite_numbers_are_refused_at_once(store: ElasticsearchStore) -> None:
    writer = begin(store)
    with pytest.raises(EngineError, match="infinite"):
        writer.add_papers([PaperDocument(papers(1)[0].paper, {"citations": float("inf")})], None, None)
    writer.add_papers([PaperDocument(papers(1)[0].paper, {"citations": float("nan")})], None, None)
    assert writer.commit().papers == 1


def test_what_commit_leaves_behind(tmp_path: Path) -> None:
    store = make_store(tmp_path, shards=3, replicas=1, load_replicas=0, merge_segments=1, vector_index="hnsw")
    writer = begin(store)
    loading = settings_of(store, writer._record.indices["papers"])
    assert (loading["number_of_shards"], loading["number_of_replicas"], loading["refresh_interval"]) == ("3", "0", "-1")
    load(writer, 100)
    load(writer, 50, first=100)
    writer.add_arrays("people", {"n": np.arange(5)})
    info = writer.commit()
    for room, index in writer._record.indices.items():
        serving = settings_of(store, index)
        assert serving["number_of_replicas"] == "1"
        assert "refresh_interval" not in serving
        assert serving["blocks"]["write"] == "true"
        assert index == f"{store._layout.prefix}-{room}-{info.id}"
        assert store.client.indices.get_alias(name=f"{store._layout.prefix}-{room}").body.keys() == {index}
    segments = store.client.indices.segments(index=writer._record.indices["papers"]).body["indices"]
    shards = next(iter(segments.values()))["shards"].values()
    assert [len(shard[0]["segments"]) for shard in shards] == [1, 1, 1]
    mappings = store.client.indices.get_mapping(index=writer._record.indices["papers"]).body
    vector = next(iter(mappings.values()))["mappings"]["properties"]["vector"]
    assert (vector["dims"], vector["similarity"], vector["index_options"]["type"]) == (DIMENSION, "dot_product", "hnsw")
    assert next(iter(mappings.values()))["mappings"]["dynamic"] == "strict"
    assert [hit.id for hit in store.reader().search(PaperQuery(Everything(), limit=200)).hits] == [
        f"p:{n:06}" for n in range(150)
    ]


def compared(store: ElasticsearchStore, index: str, vector: Vectors) -> tuple[str, int]:
    """How vectors of new segments are indexed, and with how many a search for one neighbour compares."""
    store.client.indices.refresh(index=index)
    mapped = store.client.indices.get_mapping(index=index).body[index]["mappings"]["properties"]["vector"]
    knn = {"field": "vector", "query_vector": vector.tolist(), "k": 1, "num_candidates": 1}
    (shard,) = store.client.search(index=index, knn=knn, profile=True).body["profile"]["shards"]
    return str(mapped["index_options"]["type"]), sum(part["vector_operations_count"] for part in shard["dfs"]["knn"])


def send(writer: ElasticsearchWriter, found: Vectors, start: int) -> None:
    """Half of 600 papers, until they are there: a segment of their own."""
    writer.add_papers(papers(300, first=start), found[start : start + 300], None)
    writer._sender.flush()


def unit_vectors() -> Vectors:
    found = np.random.default_rng(1).normal(size=(600, 64)).astype(np.float32)
    scaled: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return scaled


@pytest.mark.parametrize("kind", ["hnsw", "int8_hnsw", "int4_hnsw", "bbq_hnsw"])
def test_graphs_of_vectors_are_made_once_by_the_last_merge(tmp_path: Path, kind: str) -> None:
    store = make_store(tmp_path, vector_index=kind, merge_segments=1)
    writer, found = begin(store, "same", dimension=64), unit_vectors()
    index = writer._record.indices["papers"]
    send(writer, found, 0)
    made, several = compared(store, index, found[0])
    assert made == kind.replace("hnsw", "flat")
    assert several >= 300, "all of them"
    send(writer, found, 300)
    writer.suspend()
    writer = begin(store, "same", dimension=64)
    send(writer, found, 0)
    send(writer, found, 300)
    assert writer.commit().vectors == 600
    made, several = compared(store, index, found[0])
    assert made == kind
    assert several < 300
    assert [hit.id for hit in store.reader().nearest(found[7], 1)] == ["p:000007"]


def test_graphs_are_made_while_loading_where_segments_stay(tmp_path: Path) -> None:
    store = make_store(tmp_path, merge_segments=0)
    writer, found = begin(store, dimension=64), unit_vectors()
    send(writer, found, 0)
    made, several = compared(store, writer._record.indices["papers"], found[0])
    assert made == "int8_hnsw"
    assert several < 300
    assert writer.commit().vectors == 300


def test_templates_have_versions(store: ElasticsearchStore) -> None:
    build(store, 1)
    name = f"{store._layout.prefix}-papers"
    told = store.client.indices.get_index_template(name=name)["index_templates"][0]["index_template"]
    assert told["version"] == SCHEMA_VERSION
    store.client.indices.put_index_template(name=name, body={**told, "version": SCHEMA_VERSION + 1})
    with pytest.raises(GenerationError, match=f"of version {SCHEMA_VERSION + 1}"):
        store.writer()
    store.client.indices.put_index_template(name=name, body={**told, "version": 0})
    store.writer().abort()  # the lock was let go, and the template brought up to date
    told = store.client.indices.get_index_template(name=name)["index_templates"][0]["index_template"]
    assert told["version"] == SCHEMA_VERSION


def test_people_added_twice_in_different_batches(store: ElasticsearchStore) -> None:
    writer = begin(store)
    people = authors()
    writer.add_authors(people[:5])
    with pytest.raises(EngineError, match="'a:3' was added twice"):
        writer.add_authors(people[3:])
    writer.abort()


def test_arrays_that_were_damaged_on_the_server(store: ElasticsearchStore, tmp_path: Path) -> None:
    writer = begin(store)
    load(writer, 1)
    writer.add_arrays("people", {"n": np.arange(2_000_000), "none": np.empty((0, 3), np.float32)})
    info = writer.commit()
    arrays = store.arrays(info.id, "people")
    np.testing.assert_array_equal(arrays["n"], np.arange(2_000_000))
    assert arrays["none"].shape == (0, 3)
    assert store.verify().id == info.id
    index = writer._record.indices["arrays"]
    store.client.indices.put_settings(index=index, settings={"blocks.write": None})
    store.client.delete(index=index, id="people/n/3", refresh=True)
    with pytest.raises(GenerationError, match="missing"):
        store.verify()
    store.client.index(index=index, id="people/n/3", document={"data": "AAAA"}, refresh=True)
    with pytest.raises(GenerationError, match="checksum"):
        store.verify()
    np.testing.assert_array_equal(store.arrays(info.id, "people")["n"], np.arange(2_000_000))  # from the copy
    other = make_store(tmp_path / "store")
    other._copies = tmp_path / "elsewhere"
    with pytest.raises(GenerationError, match="checksum"):
        other.arrays(info.id, "people")["n"]
    assert not [*(tmp_path / "elsewhere").rglob("*.npy")]


def test_a_missing_index_is_told(store: ElasticsearchStore) -> None:
    first, second = build(store, 5), build(store, 6)
    store.client.indices.delete(index=store._indices.name("authors", second.id))
    assert [info.id for info in store.generations()] == [first.id]
    for attempt in (store.reader, store.verify, lambda: store.switch(second.id)):
        with pytest.raises(GenerationError, match="lacks its index"):
            attempt()
    store.switch(first.id)
    assert store.reader().generation == first


def test_dropped_generations_live_on_for_a_while(tmp_path: Path) -> None:
    store = make_store(tmp_path, drop_grace=3600)
    first, second = build(store, 5), build(store, 6)
    assert store.prune(1) == [first.id]
    assert store.generations() == [second]
    assert not store.exists(first.id)
    assert store._indices.name("papers", first.id) in store._indices.existing()
    with pytest.raises(GenerationError, match="no generation"):
        store.switch(first.id)
    assert make_store(tmp_path, drop_grace=0).prune(1) == []
    assert store._indices.name("papers", first.id) not in store._indices.existing()
    assert store.reader().generation == second


def test_a_writer_whose_lock_was_taken_over_cannot_commit(store: ElasticsearchStore) -> None:
    build(store, 5)
    writer = begin(store, "x")
    load(writer, 10)
    found = store._registry.read_lock()
    assert found is not None
    other = {**found[0], "owner": "somebody else"}
    assert store._registry.replace_lock(other, found[1]) is not None or writer._lock is not None
    while (again := store._registry.read_lock()) and again[0]["owner"] != "somebody else":
        store._registry.replace_lock(other, again[1])
    with pytest.raises(GenerationError, match="another build took over"):
        writer.commit()
    writer.abort()
    assert store.reader().generation.papers == 5
    store._registry.delete_lock(store._registry.read_lock()[1])  # type: ignore[index]


def test_a_holder_that_was_stopped_is_replaced_only_after_its_lease(store: ElasticsearchStore) -> None:
    """One on another machine, that is: nothing but its silence tells that it is dead."""
    registry = Registry(store.client, store._layout.prefix)
    registry.prepare()
    old = {"owner": "x", "machine": "elsewhere", "host": "far", "pid": os.getpid(), "since": "2020", "lease": 2.0}
    at = registry.create_lock({**old, "renewed": "2020-01-01T00:00:00+00:00"})
    assert at is not None
    slept: list[float] = []

    def renew(seconds: float) -> None:
        nonlocal at
        assert at is not None
        slept.append(seconds)
        if len(slept) == 3:
            at = registry.replace_lock({**old, "renewed": "2020-01-01T00:00:00+00:00"}, at)

    with pytest.raises(GenerationError, match="clock"):
        BuildLock(registry, 2.0, sleep=renew)  # its clock is years behind, but it lives
    slept.clear()
    lock = BuildLock(registry, 2.0, sleep=slept.append)
    assert 1.0 <= sum(slept) <= 2.0
    lock.check()
    lock.release()
    assert registry.read_lock() is None
