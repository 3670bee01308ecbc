"""What only a process of its own can show: start-up, signals, pipes, the server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

HEAVY = (
    "torch",
    "sentence_transformers",
    "faiss",
    "duckdb",
    "numba",
    "numpy",
    "scipy",
    "sklearn",
    "tantivy",
    "fastapi",
    "rich.console",
)
Start = Callable[..., subprocess.Popen[str]]
SCHOLARCORE = [sys.executable, "-c", "from cli.main import run; run()"]
ROOT = Path(__file__).resolve().parents[2]


def _environment() -> dict[str, str]:
    return {**os.environ, "SCHOLARCORE_EMBEDDING__MODEL": "hashing", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def start() -> Iterator[Start]:
    """Start ``scholarcore``; whatever a failed test left running ends with it."""
    with ExitStack() as running:

        def start(*arguments: str | Path) -> subprocess.Popen[str]:
            command = [*SCHOLARCORE, *map(str, arguments)]
            process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment()
            )
            running.enter_context(process)
            running.callback(process.kill)
            return process

        yield start


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from cli.main import main; code = main(['search', '--help']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr); raise SystemExit(code)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=_environment(), check=True, timeout=60
    )
    assert ran.stderr.strip() == "[]"
    assert "Usage: " in ran.stdout


def test_version(start: Start) -> None:
    out, _ = start("--version").communicate(timeout=60)
    assert out.strip().count(".") == 2


def test_a_reader_that_goes_away_is_no_error(start: Start, demo: Path) -> None:
    process = start("--data", demo, "search", "--all")
    assert process.stdout is not None
    assert process.stderr is not None
    json.loads(process.stdout.readline())
    process.stdout.close()
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=60) in {0, 1}


def test_interrupted(start: Start, tmp_path: Path) -> None:
    process = start("--data", tmp_path, "demo", "--papers", "200000", "--no-serve")
    deadline = time.monotonic() + 60
    while not (tmp_path / "demo.json").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert err.endswith("interrupted\n")
    assert "Traceback" not in err


def test_debug_shows_where_an_error_comes_from(start: Start, tmp_path: Path) -> None:
    process = start("--data", tmp_path, "--debug", "search", "x")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Traceback" in err


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_serve_says_where_answers_and_stops_cleanly(start: Start, demo: Path, end: signal.Signals) -> None:
    process = start("--data", demo, "serve", "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()  # blocks until it is ready: searches can be answered from here on
    address = line.split()[-1]
    assert line.startswith("ScholarCore is ready: http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}papers?limit=1") as answer:  # noqa: S310 - our own server
        assert json.load(answer)["total"] == 120
    process.send_signal(end)
    _, err = process.communicate(timeout=60)
    assert process.returncode in {0, 128 + end, -end}
    assert "Traceback" not in err


def test_serve_without_a_build_says_so_and_waits_for_one(start: Start, tmp_path: Path) -> None:
    process = start("--data", tmp_path, "serve", "--port", "0")
    assert process.stdout is not None
    address = process.stdout.readline().split()[-1]
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}health")  # noqa: S310 - our own server
    assert caught.value.code == 503
    caught.value.close()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "scholarcore build" in err


def test_a_taken_port_is_told_at_once(start: Start, demo: Path) -> None:
    first = start("--data", demo, "serve", "--port", "0")
    assert first.stdout is not None
    port = first.stdout.readline().rstrip("/\n").rsplit(":", 1)[1]
    second = start("--data", demo, "serve", "--port", port)
    _, err = second.communicate(timeout=60)
    assert second.returncode == 1
    assert "--port" in err
    assert "Traceback" not in err
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=60)
