"""What can be set, run, called or measured is documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from fastapi.routing import APIRoute

from api.errors import ERROR_TABLE, ErrorRule
from api.routes import authors, collaborators, conference, experts, papers, rankings, service
from api.schemas.params import PaperSearchParams
from cli.app import app as command_line
from indexer.sources.registry import SOURCES
from ranking.registry import Metric, metrics
from settings import SettingRow, Settings, describe

DOCS = Path(__file__).resolve().parents[1] / "docs"


def _doc(name: str) -> str:
    return (DOCS / f"{name}.md").read_text("utf-8")


def _table_row(text: str, first_cell: str) -> str | None:
    found = re.search(rf"^\| {re.escape(f'`{first_cell}`')} \|.*$", text, re.MULTILINE)
    return found.group() if found else None


@pytest.mark.parametrize("row", describe(Settings.model_construct()), ids=lambda row: row.name)
def test_settings(row: SettingRow) -> None:
    name, variable, default = row.name, row.variable, row.default
    line = _table_row(_doc("operations"), name)
    assert line is not None, f"docs/operations.md has no row for the setting {name}"
    assert f"`{variable}`" in line
    shown = ", ".join(default) if isinstance(default, list) else str(default)
    if default in ([], {}, None, ""):
        shown = "none"
    assert shown in line, f"the default of {name} is {shown}"


def _commands() -> list[str]:
    root = typer.main.get_command(command_line)
    names: list[str] = []
    for name, command in getattr(root, "commands").items():  # noqa: B009 - only groups have it, and mypy sees a command
        inner = getattr(command, "commands", None)
        names += [f"{name} {sub}" for sub in inner] if inner else [name]
    return names


def test_there_are_commands() -> None:
    assert {"search", "generations list"} <= set(_commands())


@pytest.mark.parametrize("name", _commands())
def test_commands(name: str) -> None:
    assert _table_row(_doc("cli"), f"scholarcore {name}"), f"docs/cli.md has no row for scholarcore {name}"


def test_no_command_is_documented_that_does_not_exist() -> None:
    documented = set(re.findall(r"^\| `scholarcore ([a-z ]+)` \|", _doc("cli"), re.MULTILINE))
    assert documented == set(_commands())


@pytest.mark.parametrize("metric", metrics(), ids=lambda metric: metric.name)
def test_metrics(metric: Metric) -> None:
    name, unit = metric.name, metric.unit
    line = _table_row(_doc("metrics"), name)
    assert line is not None, f"docs/metrics.md has no row for {name}"
    assert unit in line


_ROUTES = [
    route.path
    for router in (
        papers.router,
        collaborators.router,
        authors.router,
        experts.router,
        rankings.router,
        conference.router,
        service.router,
    )
    for route in router.routes
    if isinstance(route, APIRoute)
]


@pytest.mark.parametrize("path", _ROUTES)
def test_routes(path: str) -> None:
    assert _table_row(_doc("api"), path.replace(":path", "")), f"docs/api.md has no row for {path}"


@pytest.mark.parametrize("name", PaperSearchParams.model_fields)
def test_search_parameters(name: str) -> None:
    assert _table_row(_doc("api"), name), f"docs/api.md has no row for the parameter {name}"


@pytest.mark.parametrize("rule", ERROR_TABLE, ids=lambda rule: rule.code)
def test_errors(rule: ErrorRule) -> None:
    status, code = rule.status, rule.code
    assert re.search(rf"^\| {int(status)}.*`{code}`", _doc("api"), re.MULTILINE), f"docs/api.md lacks {code}"


@pytest.mark.parametrize("name", SOURCES)
def test_import_formats(name: str) -> None:
    text = "\n".join(path.read_text("utf-8") for path in [*DOCS.glob("*.md"), DOCS.parent / "README.md"])
    assert re.search(rf"scholarcore import {re.escape(name)}\b", text), f"no example of importing {name}"


@pytest.mark.parametrize("path", sorted([*DOCS.glob("*.md"), DOCS.parent / "README.md"]), ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), f"{path.name} links to {target}"
