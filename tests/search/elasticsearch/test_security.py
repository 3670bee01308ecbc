"""TLS and API keys on a server of its own: a key that reads serves, a key that writes builds, nothing else works."""

from __future__ import annotations

import base64
import logging
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elasticsearch import AuthenticationException, AuthorizationException, Elasticsearch

from records.errors import EngineError, EngineUnavailableError
from search.elasticsearch import Connection, ElasticsearchStore, Layout
from search.elasticsearch.privileges import BUILDING, SERVING, privileges
from search.engine import FacetRequest, PaperQuery
from search.query.ast import Match
from tests.elasticsearch_server import Node
from tests.elasticsearch_server.certificates import Certificates, make_certificates
from tests.search.elasticsearch.papers import authors, begin, load, vectors

_PASSWORD = "only-for-this-test"  # noqa: S105 - of a server that lives for a minute


@dataclass(frozen=True)
class Secured:
    node: Node
    certificates: Certificates
    admin: Elasticsearch

    def key(self, kind: str, prefix: str = "lib") -> tuple[str, str]:
        """(id, encoded) of a new API key with the privileges that are documented."""
        made = self.admin.security.create_api_key(
            name=f"{kind}-{prefix}", role_descriptors={kind: privileges(kind, prefix)}
        )
        return made["id"], made["encoded"]

    def store(self, key: str, folder: Path, **layout: Any) -> ElasticsearchStore:
        connection = Connection((self.node.url,), api_key=key, ca_file=self.certificates.authority)
        return ElasticsearchStore(connection, Layout(**{"prefix": "lib", "replicas": 0, **layout}), folder)


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    made = make_certificates(tmp_path_factory.mktemp("certificates"))
    settings: dict[str, object] = {"xpack.security.enabled": "true"}
    for layer in ("http", "transport"):
        of_layer = f"xpack.security.{layer}.ssl"
        settings |= {
            f"{of_layer}.enabled": "true",
            f"{of_layer}.certificate": made.certificate.name,
            f"{of_layer}.key": made.key.name,
            f"{of_layer}.certificate_authorities": made.authority.name,
        }
    files = (made.authority, made.certificate, made.key)
    node = Node("secured", settings=settings, secrets={"bootstrap.password": _PASSWORD}, files=files)
    node.scheme = "https"
    try:
        node.start()
        with Elasticsearch(
            node.url, basic_auth=("elastic", _PASSWORD), ca_certs=str(made.authority), request_timeout=60
        ) as admin:
            _wait_for_accounts(admin)
            yield Secured(node, made, admin)
    finally:
        node.remove()


def _wait_for_accounts(admin: Elasticsearch) -> None:
    """A server answers a little before it knows its own users."""
    for _ in range(100):
        try:
            admin.security.authenticate()
        except AuthenticationException:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the server does not know its administrator")


def test_the_documented_keys_build_and_serve(secured: Secured, tmp_path: Path) -> None:
    builder = secured.store(secured.key(BUILDING)[1], tmp_path / "builder", merge_segments=1)
    for count in (40, 60):
        writer = begin(builder)
        load(writer, count)
        writer.add_authors(authors())
        writer.add_arrays("people", {"n": np.arange(10)})
        writer.add_redirects("paper", [("old", "p:000001")])
        writer.commit()
    old = builder.generations()[1].id
    builder.switch(old)
    builder.switch(builder.generations()[0].id)
    builder.verify()
    assert builder.prune(1) == [old]
    begin(builder).abort()

    engine = secured.store(secured.key(SERVING)[1], tmp_path / "server").reader()
    assert engine.generation.papers == 60
    page = engine.search(PaperQuery(Match("ranking"), facets=(FacetRequest("author.id"),), explain=True))
    assert page.total == 15
    assert page.partial is None
    assert len(engine.nearest(vectors(1)[0], 5)) == 5
    assert engine.find_authors("writer")
    assert engine.suggest("gra")
    assert engine.statistics(["ranking"]).document_frequency == {"rank": 15}
    assert engine.resolve("paper", "old") == "p:000001"
    assert engine.arrays("people")["n"].tolist() == list(range(10))
    assert engine.vectors(["p:000001"])[1].all()
    assert not engine.refresh()


def test_a_key_that_serves_cannot_write(secured: Secured, tmp_path: Path) -> None:
    store = secured.store(secured.key(SERVING)[1], tmp_path)
    before = secured.admin.indices.get(index="lib-*").body.keys()
    with pytest.raises(EngineError, match="credentials"):
        store.writer()
    with pytest.raises(EngineError, match="credentials"):
        store.switch(store.generations()[0].id)
    assert secured.admin.indices.get(index="lib-*").body.keys() == before
    index = next(name for name in secured.admin.indices.get(index="lib-papers-*").body)
    client = store.client
    with pytest.raises(AuthorizationException):
        client.index(index=index, id="x", document={"ord": 1})
    with pytest.raises(AuthorizationException):
        client.indices.delete(index=index)
    with pytest.raises(AuthorizationException):
        client.indices.update_aliases(actions=[{"remove": {"index": index, "alias": "lib-papers"}}])
    with pytest.raises(AuthorizationException):
        client.indices.create(index="lib-papers-mine")
    with pytest.raises(AuthorizationException):
        client.cluster.put_settings(persistent={"cluster.routing.allocation.enable": "none"})


def test_a_key_of_another_prefix_sees_nothing(secured: Secured, tmp_path: Path) -> None:
    for kind in (SERVING, BUILDING):
        store = secured.store(secured.key(kind, "other")[1], tmp_path)
        with pytest.raises(EngineError, match=r"credentials|no index with the prefix"):
            store.reader()
        assert store.current() is None
        with pytest.raises(EngineError, match="credentials"):
            store.writer()


def test_the_script_for_containers_makes_keys_that_work(secured: Secured, tmp_path: Path) -> None:
    authority = tmp_path / "config" / "certs" / "ca" / "ca.crt"
    authority.parent.mkdir(parents=True)
    shutil.copy(secured.certificates.authority, authority)
    docker = Path(__file__).resolve().parents[3] / "docker"
    told = {"KEYS_FOLDER": str(tmp_path), "SETUP_FOLDER": str(docker / "keys"), "ELASTIC_PASSWORD": _PASSWORD}

    def keys() -> dict[str, str]:
        command = ["bash", str(docker / "keys.sh"), secured.node.url]
        ran = subprocess.run(command, cwd=tmp_path, env=os.environ | told, check=True, capture_output=True, text=True)
        assert ran.stdout + ran.stderr == ""
        assert {(tmp_path / kind).stat().st_mode & 0o777 for kind in (BUILDING, SERVING)} == {0o600}
        return {kind: (tmp_path / kind).read_text("ascii").strip() for kind in (BUILDING, SERVING)}

    first = keys()
    assert keys() == first
    begin(secured.store(first[BUILDING], tmp_path, prefix="scholarcore")).abort()
    assert secured.store(first[SERVING], tmp_path, prefix="scholarcore").current() is None
    with pytest.raises(EngineError, match="credentials"):
        secured.store(first[SERVING], tmp_path, prefix="scholarcore").writer()
    secured.admin.security.invalidate_api_key(name="scholarcore-serving")
    second = keys()
    assert second[BUILDING] == first[BUILDING]
    assert second[SERVING] != first[SERVING]
    assert secured.store(second[SERVING], tmp_path, prefix="scholarcore").current() is None


def test_a_revoked_key_and_a_wrong_one(secured: Secured, tmp_path: Path) -> None:
    identity, key = secured.key(SERVING)
    store = secured.store(key, tmp_path)
    engine = store.reader()
    secured.admin.security.invalidate_api_key(ids=[identity])
    with pytest.raises(EngineUnavailableError, match="credentials") as caught:
        engine.search(PaperQuery(Match("graph")))
    assert key not in str(caught.value)
    with pytest.raises(EngineUnavailableError, match="credentials"):
        secured.store("bm90OnJlYWw=", tmp_path).current()


def test_basic_authentication(secured: Secured, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    key = secured.key(SERVING)[1]
    caplog.set_level(logging.DEBUG)
    connection = Connection(
        (secured.node.url,), username="elastic", password=_PASSWORD, ca_file=secured.certificates.authority
    )
    assert ElasticsearchStore(connection, Layout("lib"), tmp_path).current()
    assert secured.store(key, tmp_path).current()
    sent = base64.b64encode(f"elastic:{_PASSWORD}".encode()).decode()
    assert "_alias" in caplog.text  # requests are logged
    assert not any(secret in caplog.text for secret in (_PASSWORD, sent, key))


def test_an_unknown_authority_is_not_trusted(secured: Secured, tmp_path: Path) -> None:
    elsewhere = tmp_path / "other"
    elsewhere.mkdir()
    for file in (None, make_certificates(elsewhere).authority):
        connection = Connection((secured.node.url,), api_key="x", ca_file=file)
        with pytest.raises(EngineUnavailableError, match="certificate"):
            ElasticsearchStore(connection, Layout("lib"), tmp_path).current()


def test_one_of_several_addresses_is_enough(secured: Secured, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        dead = f"https://127.0.0.1:{nobody.getsockname()[1]}"
        connection = Connection(
            (dead, secured.node.url), api_key=secured.key(SERVING)[1], ca_file=secured.certificates.authority
        )
        store = ElasticsearchStore(connection, Layout("lib"), tmp_path)
        assert {store.current() for _ in range(6)} == {store.current()} != {None}
