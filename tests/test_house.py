"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("api", "cli", "evaluation", "indexer", "ranking", "records", "search", "settings")
LONGEST_FILE = 400


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked()
MODULES = [path for path in TRACKED if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_check() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(ROOMS)


@pytest.mark.parametrize("path", [p for p in TRACKED if p.suffix == ".py"], ids=_name)
def test_files_are_short_enough_to_read(path: Path) -> None:
    lines = path.read_text("utf-8").count("\n")
    assert lines <= LONGEST_FILE, f"{lines} lines: is there a second room hiding in here?"


def _bound_names(tree: ast.Module) -> set[str]:
    """Names that the top level of a module binds."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def _declared(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            assert isinstance(node, ast.Assign | ast.AnnAssign)
            assert node.value is not None
            return list(ast.literal_eval(node.value))
    return None


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_what_modules_offer_exists(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    declared = _declared(tree)
    if declared is None:
        classes = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        assert not classes, f"defines {', '.join(classes)} but has no __all__"
        return
    assert len(declared) == len(set(declared)), "a name stands in __all__ twice"
    assert set(declared) <= _bound_names(tree), f"not defined: {sorted(set(declared) - _bound_names(tree))}"


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_rooms_take_only_what_other_rooms_offer(path: Path) -> None:
    own, wrong = path.relative_to(ROOT).parts[0], []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] not in {*ROOMS} - {own}:
            continue
        place = ROOT.joinpath(*str(node.module).split("."))
        source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        offered = set(_declared(ast.parse(source.read_text("utf-8"))) or ())
        for alias in node.names:
            is_module = place.is_dir() and ((place / alias.name).is_dir() or (place / f"{alias.name}.py").exists())
            if alias.name not in offered and not is_module:
                wrong.append(f"{node.module}.{alias.name}")
    assert not wrong, f"imported from another room but not in its __all__: {wrong}"


# Spelt in pieces so that this file does not find itself.
_MACHINE = re.compile(
    "|".join(
        (
            r"(?:^|[^A-Za-z0-9_.])/" + r"(?:work|farm|root|home/[a-z]+)/",
            r"/Users/" + r"[A-Za-z]",
            r"/t" + r"mp/[a-z]",
            r"files\.python" + r"hosted",
            r"pypi\." + r"org",
        )
    ),
    re.MULTILINE,
)


@pytest.mark.parametrize("path", TRACKED, ids=_name)
def test_no_file_knows_a_machine(path: Path) -> None:
    found = _MACHINE.search(path.read_text("utf-8", errors="replace"))
    assert found is None, f"names a machine's path or a registry: {found.group()!r}" if found else ""


def test_lock_file_is_complete_and_hashed() -> None:
    text = (ROOT / "requirements.lock").read_text("utf-8")
    pins = re.findall(r"^([a-z0-9][a-z0-9._-]*)==\S+.*\\$", text, re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9][a-z0-9._-]*==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins) > 50
    assert all("--hash=sha256:" in entry for entry in entries)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"]
    wanted = [*project["project"]["dependencies"], *groups["peers"], *(d for d in groups["dev"] if isinstance(d, str))]
    names = {re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower() for requirement in wanted}
    assert names <= set(pins), "run `make lock`"
