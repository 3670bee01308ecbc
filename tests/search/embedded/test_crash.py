"""Killed at any moment, a build leaves the old generation serving and the next build clears up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from records.errors import EngineError, GenerationError
from search.embedded import EmbeddedStore
from search.engine import PaperQuery
from search.query.ast import Everything
from tests.contract.corpus import PAPERS, build

ROOT = Path(__file__).resolve().parents[3]

SCRIPT = textwrap.dedent(
    """
    import os, pathlib, signal, sys
    sys.path.insert(0, {root!r})
    from search.embedded import EmbeddedStore
    from tests.contract.corpus import PAPERS, build

    def die(*_args, **_options):
        os.kill(os.getpid(), signal.SIGKILL)

    def die_at(owner, name, which):
        real, calls = getattr(owner, name), iter(range(1_000_000))
        def wrapped(*args, **options):
            if next(calls) == which:
                die()
            return real(*args, **options)
        setattr(owner, name, wrapped)

    point, which, store = sys.argv[1], int(sys.argv[2]), EmbeddedStore(pathlib.Path(sys.argv[3]))
    if point == "papers":
        writer = store.writer()
        writer.add_papers(PAPERS[:10], None, None)
        die()
    if point == "rename":
        die_at(pathlib.Path, "rename", which)
    elif point == "pointer":
        die_at(pathlib.Path, "replace", which)
    elif point == "fsync":
        die_at(os, "fsync", which)
    elif point == "manifest":
        die_at(pathlib.Path, "write_bytes", which)
    elif point == "after":
        build(store)
        die()
    build(store)
    print("survived")
    """
)


def crash(point: str, which: int, path: Path) -> bool:
    """Whether the build was killed; False when it ended before reaching the point."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(root=str(ROOT)), point, str(which), str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == -signal.SIGKILL:
        return True
    assert done.stdout.strip() == "survived", done.stderr
    return False


def served(store: EmbeddedStore) -> int:
    engine = store.reader()
    total = engine.search(PaperQuery(Everything())).total
    engine.close()
    return total


@pytest.mark.parametrize(
    ("point", "which", "papers"),
    [
        ("papers", 0, 6),
        ("manifest", 0, 6),  # while the venues are written
        ("manifest", 1, 6),  # before the manifest
        ("fsync", 0, 6),
        ("fsync", 9, 6),
        ("rename", 0, 6),  # complete, but still under its temporary name
        ("pointer", 0, 6),  # in place, but not current
        ("after", 0, len(PAPERS)),
    ],
)
def test_killed(tmp_path: Path, point: str, which: int, papers: int) -> None:
    path = tmp_path / "store"
    store = EmbeddedStore(path)
    build(store, PAPERS[:6])
    assert crash(point, which, path)
    assert served(store) == papers
    store.verify()
    build(store, PAPERS[:8])
    assert served(store) == 8
    assert not [entry for entry in (path / "generations").iterdir() if entry.name.startswith(".")]
    for info in store.generations():
        store.verify(info.id)


def test_killed_during_the_first_build(tmp_path: Path) -> None:
    path = tmp_path / "store"
    assert crash("papers", 0, path)
    store = EmbeddedStore(path)
    with pytest.raises(GenerationError, match="no index"):
        store.reader()
    build(store)
    assert served(store) == len(PAPERS)


def test_the_holder_of_the_lock_is_named(tmp_path: Path) -> None:
    path = tmp_path / "store"
    writer = EmbeddedStore(path).writer()
    with pytest.raises(GenerationError, match=rf"process {os.getpid()} on .* is building.*wait"):
        EmbeddedStore(path).writer()
    writer.abort()


def test_a_build_that_fails_to_be_written_leaves_the_old_generation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EmbeddedStore(tmp_path / "store")
    build(store, PAPERS[:6])

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with store.writer() as writer:
            writer.add_papers(PAPERS, None, None)
            with pytest.raises(GenerationError, match=r"No space left.*free space"):
                writer.commit()
    assert served(store) == 6
    build(store, PAPERS[:7])
    assert served(store) == 7


def test_leaving_a_writer_by_an_error_aborts_it(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    with pytest.raises(EngineError, match="ascending"), store.writer() as writer:
        writer.add_papers(PAPERS[2::-1], None, None)
    assert store.generations() == []
    build(store)
