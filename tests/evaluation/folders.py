"""Tiny benchmark folders for tests."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["PAPERS", "QRELS", "QUERIES", "write_folder", "write_lines"]

PAPERS: tuple[dict[str, Any], ...] = (
    {"id": "p1", "title": "Parsing with graphs", "abstract": "Dependency parsing as search in graphs.", "year": 2001},
    {"id": "p2", "title": "Graph databases", "abstract": "Storing graphs on disk.", "year": 2003, "venue": "VLDB"},
    {"id": "p3", "title": "Ice cores", "abstract": "Climate records from polar ice.", "year": 1999},
    {"id": "p4", "title": "Polar bears on sea ice", "abstract": "How bears hunt.", "year": 2010},
    {"id": "p5", "title": "Compilers", "abstract": "Register allocation by graph colouring.", "year": 1982},
    {"id": "p6", "title": "Speech", "abstract": "Acoustic models of vowels.", "year": 1990},
)
QUERIES: tuple[dict[str, Any], ...] = (
    {"id": "q1", "text": 'graphs: "parsing" (dependency'},
    {"id": "q2", "text": "polar ice"},
    {"id": "q3", "text": "unjudged question"},
)
QRELS: tuple[str, ...] = ("q1\tp1\t2", "q1\tp2\t1", "q1\tp3\t0", "q2\tp3\t1", "q2\tp4\t1", "q2\tp6\t0")


def write_lines(path: Path, lines: Iterable[str], end: str = "\n") -> None:
    """Lines to a file, gzipped when it is called ``.gz``."""
    data = "".join(line + end for line in lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


def write_folder(
    path: Path,
    papers: Iterable[Mapping[str, Any]] = PAPERS,
    queries: Iterable[Mapping[str, Any]] = QUERIES,
    qrels: Iterable[str] = QRELS,
    *,
    suffix: str = "",
) -> Path:
    """A whole search folder; ``suffix`` ".gz" packs all of it."""
    path.mkdir(parents=True, exist_ok=True)
    write_lines(path / f"papers.jsonl{suffix}", map(json.dumps, papers))
    write_lines(path / f"queries.jsonl{suffix}", map(json.dumps, queries))
    write_lines(path / f"qrels.tsv{suffix}", qrels)
    return path
