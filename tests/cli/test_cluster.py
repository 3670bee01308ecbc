"""Servers over a cluster: they keep nothing, so any of them may go, and all of them see a new generation."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from search.elasticsearch import ElasticsearchStore
from search.people.from_papers import people_of_papers
from tests.elasticsearch_server.stores import make_store, server
from tests.search.elasticsearch.flaky import Faults, flaky_proxy
from tests.search.elasticsearch.papers import authors, begin, load, papers

ROOT = Path(__file__).resolve().parents[2]


class Servers:
    """``scholarcore serve`` processes over one store."""

    def __init__(self, stack: ExitStack, store: ElasticsearchStore, folder: Path) -> None:
        self._stack = stack
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SCHOLARCORE_")},
            "PYTHONPATH": str(ROOT),
            "SCHOLARCORE_EMBEDDING__MODEL": "none",
            "SCHOLARCORE_ENGINE": "elasticsearch",
            "SCHOLARCORE_ELASTICSEARCH__PREFIX": store._layout.prefix,
            "SCHOLARCORE_API__REFRESH_SECONDS": "0.1",
            "SCHOLARCORE_API__JOBS_FOLDER": str(folder / "jobs"),
        }

    def start(self, url: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", "from cli.main import run; run()", "serve", "--port", "0"],
            cwd=self._folder,
            env={**self._environment, "SCHOLARCORE_ELASTICSEARCH__URLS": json.dumps([url])},
            stdout=subprocess.PIPE,
            text=True,
        )
        self._stack.enter_context(process)
        self._stack.callback(process.kill)
        return process


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack, make_store(tmp_path / "store"), tmp_path)


def build(store: ElasticsearchStore, count: int) -> None:
    writer = begin(store)
    load(writer, count)
    writer.add_authors(authors())
    writer.add_arrays("people", people_of_papers([document.paper for document in papers(count)]).pack())
    writer.commit()


def address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    found = re.search(r"http://\S+", process.stdout.readline())
    assert found is not None
    return found.group()


def total(at: str) -> int:
    with urllib.request.urlopen(f"{at}papers?q=number", timeout=60) as answer:  # noqa: S310 - our own address
        told: dict[str, Any] = json.load(answer)
    return int(told["meta"]["count"] if "meta" in told else told["total"])


def assign(at: str) -> str:
    """The path of an assignment's result."""
    reviewers = [{"id": f"r{n}", "papers": [{"title": f"Number {n}", "year": 2020}]} for n in range(3)]
    body = {"submissions": [{"id": "s", "title": "Number theory"}], "reviewers": reviewers, "demand": 1}
    content = json.dumps(body).encode()
    request = urllib.request.Request(f"{at}assignments?wait=60", content, {"content-type": "application/json"})  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=90) as answer:  # noqa: S310 - our own address
        job = json.load(answer)
    assert job["state"] == "done", job["problem"]
    return str(job["result"]).removeprefix("/")


def test_any_server_may_go(servers: Servers, tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    build(store, 30)
    with flaky_proxy(server().url, Faults(0.0)) as proxy:
        started = [servers.start(url) for url in (server().url, server().url, proxy)]
        at = [address(process) for process in started]
        assert [total(one) for one in at] == [30, 30, 30]
        result = assign(at[0])
        started[0].send_signal(signal.SIGKILL)
        started[0].wait()
        for other in at[1:]:  # its jobs are not lost with it
            with urllib.request.urlopen(f"{other}{result}", timeout=60) as answer:  # noqa: S310 - our own address
                assert len(json.load(answer)["pairs"]) == 1
        build(store, 40)
        deadline = time.monotonic() + 30
        while {total(one) for one in at[1:]} != {40}:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    # The third has lost its cluster: it says so, and when to come back.
    with pytest.raises(urllib.error.HTTPError) as caught:
        total(at[2])
    assert caught.value.code == 503
    with pytest.raises(urllib.error.HTTPError) as unwell:
        urllib.request.urlopen(f"{at[2]}health", timeout=60)  # noqa: S310 - our own address
    assert json.load(unwell.value)["status"] == "unavailable"
    assert int(caught.value.headers["retry-after"]) > 0
    caught.value.close()
    assert total(at[1]) == 40
