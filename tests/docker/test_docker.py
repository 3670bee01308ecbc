"""The files for containers, read: pinned, without root, with health checks, and with settings that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from search.elasticsearch.privileges import BUILDING, SERVING, privileges
from settings import Settings, describe
from tests.elasticsearch_server import VERSION

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
COMPOSE = sorted(DOCKER.glob("compose*.yaml"))
DOCKERFILE = (DOCKER / "Dockerfile").read_text("utf-8")


def services(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))["services"]
    return found


def is_node(service: dict[str, Any]) -> bool:
    return "xpack.security.enabled" in service.get("environment", {})


def test_there_is_one_node_and_a_variant_of_three() -> None:
    assert [path.name for path in COMPOSE] == ["compose.three-nodes.yaml", "compose.yaml"]
    assert [sum(map(is_node, services(path).values())) for path in COMPOSE] == [3, 1]


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_images_are_pinned(path: Path) -> None:
    images = {service["image"] for service in services(path).values()}
    assert images == {f"docker.elastic.co/elasticsearch/elasticsearch:{VERSION}", "scholarcore:0.1.0"}


def test_the_base_image_is_pinned_and_python_is_what_the_project_needs() -> None:
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+", base) for base in bases)
    assert "latest" not in DOCKERFILE


def test_the_image_has_no_root_a_health_check_and_cpu_torch() -> None:
    final = DOCKERFILE.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert final.index("\nUSER ") < final.index("\nENTRYPOINT ")
    assert "--uid 10001" in final
    assert re.search(r"^HEALTHCHECK .*\\\n.*/health", final, re.MULTILINE)
    assert "--torch-backend cpu" in DOCKERFILE
    assert "build-essential" not in final


def test_the_image_takes_every_room() -> None:
    rooms = {"api", "cli", "evaluation", "indexer", "ranking", "records", "search", "settings"}
    copied = dict(re.findall(r"^COPY (\w+) (\w+)$", DOCKERFILE, re.MULTILINE))
    assert copied == {room: room for room in rooms}
    allowed = (DOCKER / "Dockerfile.dockerignore").read_text("utf-8").split()
    assert {f"!{room}" for room in rooms} | {"!pyproject.toml", "!requirements.lock", "!README.md"} <= set(allowed)
    assert allowed[0] == "**"


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_nodes_are_secured_and_keep_their_data(path: Path) -> None:
    declared = yaml.safe_load(path.read_text("utf-8"))["volumes"]
    for name, node in services(path).items():
        if not is_node(node):
            continue
        environment = node["environment"]
        assert environment["xpack.security.enabled"] == "true"
        for layer in ("http", "transport"):
            of_layer = f"xpack.security.{layer}.ssl"
            assert environment[f"{of_layer}.enabled"] == "true"
            assert environment[f"{of_layer}.certificate"] == f"certs/{name}/{name}.crt"
            assert environment[f"{of_layer}.key"] == f"certs/{name}/{name}.key"
        assert ":?" in environment["ELASTIC_PASSWORD"], "there is no default password"
        assert node["ulimits"] == {"memlock": {"soft": -1, "hard": -1}, "nofile": {"soft": 65536, "hard": 65536}}
        assert f"{name}:/usr/share/elasticsearch/data" in node["volumes"]
        assert name in declared
        assert "healthcheck" in node
        assert "ports" not in node, "only ScholarCore is reached from outside"


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_scholarcore_listens_on_loopback_with_the_least_it_needs(path: Path) -> None:
    found = services(path)
    for name, key in (("scholarcore", "serving"), ("builder", "building")):
        service = found[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        written = dict(volume.split(":")[::-1] for volume in service["volumes"] if not volume.endswith(":ro"))
        assert written == {"/data": "data", "/var/cache/scholarcore": "cache"}
        assert service["environment"]["SCHOLARCORE_ELASTICSEARCH__API_KEY_FILE"] == f"/keys/{key}"
        assert service["environment"]["SCHOLARCORE_ENGINE"] == "elasticsearch"
        assert not any("PASSWORD" in variable for variable in service["environment"])
    published = [port for service in found.values() for port in service.get("ports", ())]
    assert published == ["127.0.0.1:${PORT:-8080}:8080"]
    urls = msgspec.json.decode(found["scholarcore"]["environment"]["SCHOLARCORE_ELASTICSEARCH__URLS"])
    assert urls == [f"https://{name}:9200" for name, service in found.items() if is_node(service)]


def test_settings_exist() -> None:
    known = {row.variable for row in describe(Settings.model_construct())}
    named = set(re.findall(r"^ENV .*?(?=^USER)", DOCKERFILE, re.MULTILINE | re.DOTALL))
    used = {variable for text in named for variable in re.findall(r"(SCHOLARCORE_\w+)=", text)}
    for path in COMPOSE:
        for service in services(path).values():
            used |= {name for name in service.get("environment", {}) if name.startswith("SCHOLARCORE_")}
    assert len(used) > 6
    assert used <= known


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_mounted_files_are_there(path: Path) -> None:
    for service in services(path).values():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert not source.startswith("./") or (DOCKER / source).exists()


@pytest.mark.parametrize("kind", [SERVING, BUILDING])
def test_keys_have_the_documented_privileges(kind: str) -> None:
    asked = msgspec.json.decode((DOCKER / "keys" / f"{kind}.json").read_bytes())
    assert asked["role_descriptors"] == {kind: privileges(kind, "scholarcore")}


@pytest.mark.parametrize("script", sorted(DOCKER.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_can_be_read(script: Path) -> None:
    assert shutil.which("bash")
    subprocess.run(["bash", "-n", str(script)], check=True)
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in script.read_text("utf-8")
