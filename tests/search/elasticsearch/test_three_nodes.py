"""Three nodes, of which a data node and then the master are killed outright in the middle of a build under searches."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from records.errors import EngineUnavailableError
from search.elasticsearch import Connection, ElasticsearchStore, Layout
from search.engine import Engine, FacetRequest, PaperQuery
from search.query.ast import Everything, Match
from tests.elasticsearch_server import Node, start_together
from tests.search.elasticsearch.papers import authors, begin, build, load, papers

_NAMES = ("one", "two", "three")
_BEFORE, _STEP = 300, 400


@pytest.fixture(scope="module")
def cluster() -> Iterator[dict[str, Node]]:
    nodes = {
        name: Node(name, heap="320m", settings={"cluster.name": "three", "cluster.initial_master_nodes": list(_NAMES)})
        for name in _NAMES
    }
    seeds = [f"127.0.0.1:{node.transport_port}" for node in nodes.values()]
    for node in nodes.values():
        node.add_setting("discovery.seed_hosts", seeds)
    try:
        start_together([*nodes.values()])
        yield nodes
    finally:
        for node in nodes.values():
            node.remove()


@dataclass
class Load:
    """Searches without end. Every answer is complete and right, or says that it is not."""

    engine: Engine
    sizes: set[int]
    stop: threading.Event = field(default_factory=threading.Event)
    answers: int = 0
    apologies: int = 0
    longest_stall: float = 0.0
    seen: set[int] = field(default_factory=set)

    def run(self) -> None:
        last = time.monotonic()
        while not self.stop.is_set():
            if self._ask():
                now = time.monotonic()
                self.longest_stall, last = max(self.longest_stall, now - last), now

    def _ask(self) -> bool:
        try:
            self.engine.refresh()
            page = self.engine.search(PaperQuery(Everything(), limit=5, facets=(FacetRequest("author.id"),)))
        except EngineUnavailableError:
            self.apologies += 1
            time.sleep(0.1)
            return False
        if page.partial is not None:
            self.apologies += 1
            return False
        assert page.total in self.sizes
        assert sum(value.count for value in page.facets[0].values) == page.total
        self.seen.add(page.total)
        self.answers += 1
        return True


def _wait_for(cluster: dict[str, Node], status: str) -> None:
    with Elasticsearch([node.url for node in cluster.values()], request_timeout=90, max_retries=5) as client:
        client.cluster.health(wait_for_status=status, timeout="60s", wait_for_no_initializing_shards=True)


def _master(cluster: dict[str, Node]) -> Node:
    with Elasticsearch([node.url for node in cluster.values()], max_retries=5, request_timeout=30) as client:
        state = client.cluster.state(metric=["master_node", "nodes"])
    return cluster[state["nodes"][state["master_node"]]["name"]]


@pytest.mark.timeout(600)
def test_nothing_acknowledged_is_lost_and_no_answer_is_short(cluster: dict[str, Node], tmp_path: Path) -> None:
    layout = Layout("lib", shards=3, replicas=1, load_replicas=1, bulk_bytes=20_000, lease=15.0)
    store = ElasticsearchStore(Connection(tuple(node.url for node in cluster.values()), timeout=10), layout, tmp_path)
    build(store, _BEFORE)
    total = 4 * _STEP
    loads = [Load(store.reader(), {_BEFORE, total}) for _ in range(2)]
    with ThreadPoolExecutor(len(loads)) as pool:
        running = [pool.submit(each.run) for each in loads]
        try:
            _build_while_nodes_die(store, cluster)
            time.sleep(1.0)
        finally:
            for each in loads:
                each.stop.set()
        for future in running:
            future.result()
    engine = store.reader()
    assert engine.generation.papers == total
    assert engine.papers([f"p:{n:06}" for n in range(total)]) == papers(total)
    assert engine.search(PaperQuery(Match("number"), limit=1)).total == total
    for each in loads:
        assert each.seen == {_BEFORE, total}  # the old one until the swap, the new one after it, never anything else
        assert each.answers > 20
        assert each.longest_stall < 60
    store.close()


def _build_while_nodes_die(store: ElasticsearchStore, cluster: dict[str, Node]) -> None:
    writer = begin(store)
    store.client.indices.put_settings(index="lib-*", settings={"unassigned.node_left.delayed_timeout": "1s"})
    load(writer, _STEP)
    master = _master(cluster)
    victim = next(node for node in cluster.values() if node is not master)
    victim.kill()
    load(writer, _STEP, first=_STEP)
    writer._sender.flush()
    victim.start()
    _wait_for(cluster, "green")
    load(writer, _STEP, first=2 * _STEP)
    master = _master(cluster)
    master.kill()
    load(writer, _STEP, first=3 * _STEP)
    writer.add_authors(authors())
    writer.commit()  # with two of three nodes
