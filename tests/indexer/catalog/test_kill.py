"""An import killed at any moment goes on as if nothing had happened."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from indexer.catalog import Catalog
from tests.indexer.catalog.slow_import import PARTS, PER_PART, SlowReader

ROOT = Path(__file__).resolve().parents[3]

_TABLES = (
    "SELECT seq, source, source_id, record FROM source_papers ORDER BY seq",
    "SELECT seq, source_id, record FROM source_people ORDER BY seq",
    "SELECT p.source_id, r.target FROM paper_references r JOIN source_papers p USING (seq) ORDER BY ALL",
    "SELECT p.source_id, a.place, a.family, a.given FROM authorships a JOIN source_papers p USING (seq) ORDER BY ALL",
    "SELECT source, part, citing, cited FROM source_links ORDER BY ALL",
    "SELECT source, part, line, reason, record, snippet FROM rejections ORDER BY ALL",
    "SELECT source, name, digest, done FROM parts ORDER BY ALL",
    "SELECT count(*) FROM import_seen",
    "SELECT count(*), count(finished) FROM imports",
    "SELECT citing, cited FROM live_citations ORDER BY ALL",
    "SELECT id, papers FROM live_authors ORDER BY ALL",
)


def _state(catalog: Catalog) -> list[list[tuple[Any, ...]]]:
    catalog.derive()
    return [catalog._con.execute(query).fetchall() for query in _TABLES]


def _kill_after(path: Path, seed: int, batch: int, items: int) -> int:
    """Start an import and kill it when it has read ``items`` more items; how many it had read in the end."""
    command = [sys.executable, "-m", "tests.indexer.catalog.slow_import", str(path), str(seed), str(batch), "0.001"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        read = 0
        while read < items and process.stdout.readline():
            read += 1
        os.kill(process.pid, signal.SIGKILL)
        read += len(process.stdout.readlines())
    assert process.returncode == -signal.SIGKILL
    return read


@pytest.mark.parametrize(("seed", "batch"), [(1, 4), (2, 20), (3, 1000)])
def test_killed_imports_end_up_like_an_uninterrupted_one(tmp_path: Path, seed: int, batch: int) -> None:
    with Catalog.open(tmp_path / "whole.duckdb") as catalog:
        catalog.import_source(SlowReader(seed), tmp_path, batch_items=batch)
        expected, digest = _state(catalog), catalog.digest()
    assert len(expected[0]) > PARTS * PER_PART // 2
    assert any("duplicate id" in row[3] for row in expected[5])

    path = tmp_path / "killed.duckdb"
    chance = random.Random(seed)
    for _ in range(2):
        # Somewhere into what is left: parts that are done are not read again, so later runs start further on.
        assert _kill_after(path, seed, batch, chance.randrange(1, 40)) < PARTS * PER_PART
        with Catalog.open(path, read_only=True) as catalog:
            assert catalog.status().sources[0].unfinished
    with Catalog.open(path) as catalog:
        report = catalog.import_source(SlowReader(seed), tmp_path, batch_items=batch)
        assert report.parts_read + report.parts_skipped == PARTS
        assert _state(catalog) == expected
        assert catalog.digest() == digest
        again = catalog.import_source(SlowReader(seed), tmp_path, batch_items=batch)
        assert (again.parts_skipped, again.papers) == (PARTS, 0)


def test_finished_parts_survive_the_kill(tmp_path: Path) -> None:
    path = tmp_path / "c.duckdb"
    read = _kill_after(path, 5, 10, 70)
    with Catalog.open(path) as catalog:
        report = catalog.import_source(SlowReader(5), tmp_path, batch_items=10)
    # At most the batch at work and the part around it are read again.
    assert report.parts_skipped >= read // PER_PART - 2 > 0
