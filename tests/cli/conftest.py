from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main

PAPERS = 120


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        (line,) = self.out.splitlines()  # exactly one document
        return json.loads(line)


Command = Callable[..., Ran]


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run ``scholarcore`` in this process, in a folder of its own, without a model to load."""
    from cli.output import console

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCHOLARCORE_EMBEDDING__MODEL", "hashing")

    def run(*arguments: str | Path) -> Ran:
        console.cache_clear()
        code = main([os.fspath(argument) for argument in arguments])
        console.cache_clear()
        said = capfd.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small made-up corpus, built; for tests that only read."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHOLARCORE_EMBEDDING__MODEL", "hashing")
        assert main(["--data", str(folder), "demo", "--papers", str(PAPERS), "--no-serve"]) == 0
    return folder
