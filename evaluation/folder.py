"""Reader of benchmark folders: the files a task needs, and complaints that say which line of which file is wrong.

A folder holds ``papers.jsonl`` (id, title, abstract, year, venue, authors [{id, name}], references [id]),
``queries.jsonl`` (id, text), ``qrels.tsv`` (query, paper, grade) and, by task, further tables. Any of them may be
gzipped (``.gz``). Files are opened when they are asked for, so a folder needs only what its task reads.

What a record lacks is not an error where the field's absence has a meaning (no abstract, no year, no authors), unknown
fields are ignored, ids may be numbers. What cannot be scored honestly is an :class:`~records.errors.EvaluationError`:
a line that is not JSON, a query without an id, a table with too few columns. What is only odd (a duplicate id, a paper
without one, which nothing can judge) is counted in :attr:`Folder.notes`, which belongs into a task's settings.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from evaluation.paper_json import paper_of
from records.errors import EvaluationError
from records.paper import Paper

__all__ = ["Folder", "Qrels", "Query", "identifier"]

Qrels = dict[str, dict[str, int]]
"""Query id -> paper id -> grade (0: judged and not relevant)."""

_GZIP_MAGIC = b"\x1f\x8b"
_TREC_ITERATIONS = frozenset(("0", "Q0"))
_MAX_SHOWN = 12


class Query(msgspec.Struct, frozen=True):
    """A query of a benchmark. ``fields`` is the record as it came, for what only some tasks know."""

    id: str
    text: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Folder:
    """A benchmark folder. ``notes`` counts oddities by name as files are read."""

    path: Path
    notes: Counter[str] = field(default_factory=Counter)

    @classmethod
    def open(cls, path: Path | str) -> Folder:
        """The folder at ``path``.

        :raises EvaluationError: when there is no such folder.
        """
        folder = Path(path)
        if not folder.is_dir():
            what = "is not a folder" if folder.exists() else "does not exist"
            raise EvaluationError(f"{folder} {what}; give a benchmark folder with papers.jsonl(.gz) and so on")
        return cls(folder)

    @property
    def name(self) -> str:
        """The folder's own name, however it was pointed at."""
        return self.path.resolve().name

    def find(self, name: str) -> Path | None:
        """The file ``name`` ("qrels.tsv"), plain or gzipped; None when it is not there."""
        for candidate in (self.path / name, self.path / f"{name}.gz"):
            if candidate.is_file():
                return candidate
        return None

    def require(self, name: str) -> Path:
        """The file ``name``, plain or gzipped.

        :raises EvaluationError: when it is not there; the message lists what is.
        """
        found = self.find(name)
        if found is None:
            there = sorted(entry.name for entry in self.path.iterdir())
            shown = ", ".join(there[:_MAX_SHOWN]) + (", ..." if len(there) > _MAX_SHOWN else "")
            raise EvaluationError(f"{self.path} has no {name} or {name}.gz; it holds: {shown or 'nothing'}")
        return found

    def records(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The objects of a JSON Lines file, each with where it stands ("papers.jsonl.gz, line 3").

        :raises EvaluationError: a missing file, a line that is not a JSON object, text that is not UTF-8.
        """
        for where, line in self._lines(self.require(name)):
            try:
                record = msgspec.json.decode(line)
            except msgspec.DecodeError as error:
                raise EvaluationError(f"{where} is not JSON: {error}") from error
            if not isinstance(record, dict):
                raise EvaluationError(f"{where} must be a JSON object, not {type(record).__name__}")
            yield where, record

    def table(self, name: str, columns: int, *, number: int | None = None) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The rows of a tab-separated table (blanks where a line has no tab), each with where it stands.

        ``columns`` is the least a row must have. ``number`` names a column that holds numbers: when the first row
        holds something else there, it is a header and passed over.

        :raises EvaluationError: a missing file, or a row with too few columns.
        """
        first = True
        for where, line in self._lines(self.require(name)):
            separated = line.split("\t") if "\t" in line else line.split()
            cells = tuple(cell.strip() for cell in separated)
            if len(cells) < columns:
                raise EvaluationError(f"{where} has {len(cells)} columns, expected at least {columns}: {line[:80]!r}")
            header = first and number is not None and not _is_number(cells[number])
            first = False
            if not header:
                yield where, cells

    def papers(self) -> list[Paper]:
        """The papers, first of each id, in the order of the file; those whose id is null are left out and counted.

        :raises EvaluationError: a missing or damaged file, a record without an id field, no papers at all.
        """
        papers: dict[str, Paper] = {}
        for where, record in self.records("papers.jsonl"):
            if "id" in record and record["id"] in (None, ""):
                self.notes["papers without an id"] += 1
                continue
            paper = paper_of(identifier(record, "id", where), record, where, self.notes)
            if papers.setdefault(paper.id, paper) is not paper:
                self.notes["duplicate paper ids"] += 1
        if not papers:
            raise EvaluationError(f"{self.require('papers.jsonl')} holds no papers with an id")
        return list(papers.values())

    def queries(self, *, text: bool = True) -> list[Query]:
        """The queries, first of each id; ``text`` says whether they must have one.

        :raises EvaluationError: a missing or damaged file, a record without id or text, no queries at all.
        """
        queries: dict[str, Query] = {}
        for where, record in self.records("queries.jsonl"):
            value = record.get("text")
            if value is None and text:
                raise EvaluationError(f"{where}: a query needs a 'text'; it has: {_keys(record)}")
            if not isinstance(value, str | None):
                raise EvaluationError(f"{where}: 'text' must be a string, not {type(value).__name__}")
            query = Query(identifier(record, "id", where), (value or "").strip(), record)
            if text and not query.text:
                self.notes["queries with an empty text"] += 1
            if queries.setdefault(query.id, query) is not query:
                self.notes["duplicate query ids"] += 1
        if not queries:
            raise EvaluationError(f"{self.require('queries.jsonl')} holds no queries")
        return list(queries.values())

    def qrels(self, name: str = "qrels.tsv") -> Qrels:
        """Judgements: (query, paper, grade), or TREC's (query, iteration, paper, grade); with or without a header.

        Grades below zero (TREC's spam marks) count as 0; of two grades for one pair the higher is kept.

        :raises EvaluationError: a missing or damaged file, a grade that is not a whole number, no judgements.
        """
        rows = list(self.table(name, 3))
        if rows and not any(_is_number(cell) for cell in rows[0][1][2:]):
            rows = rows[1:]  # a header
        trec = bool(rows) and all(len(cells) >= 4 and cells[1] in _TREC_ITERATIONS for _, cells in rows)
        qrels: Qrels = {}
        for where, cells in rows:
            query, paper, grade = (cells[0], cells[2], cells[3]) if trec else cells[:3]
            value = max(0, _whole(grade, where))
            grades = qrels.setdefault(query, {})
            if paper in grades:
                self.notes["duplicate judgements"] += 1
            grades[paper] = max(value, grades.get(paper, 0))
        if not qrels:
            raise EvaluationError(f"{self.require(name)} holds no judgements")
        return qrels

    def _lines(self, path: Path) -> Iterator[tuple[str, str]]:
        """Lines that are not blank, decoded, without their end; each with where it stands."""
        number = 0
        try:
            with _open(path) as stream:
                for line in stream:
                    number += 1
                    text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip("\r\n ")
                    if text:
                        yield f"{path.name}, line {number}", text
        except UnicodeDecodeError as error:
            raise EvaluationError(f"{path.name}, line {number} is not UTF-8: {error.reason}") from error
        except (OSError, EOFError, zlib.error) as error:
            raise EvaluationError(f"{path} cannot be read after line {number}: {error}") from error


def _open(path: Path) -> BinaryIO:
    """``path`` for reading, unpacked when it is gzipped, whatever it is called."""
    with path.open("rb") as raw:
        packed = raw.read(2) == _GZIP_MAGIC
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def identifier(record: Mapping[str, Any], key: str, where: str) -> str:
    """``record[key]`` as an id: a non-empty string, or a whole number written out.

    :raises EvaluationError: anything else.
    """
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise EvaluationError(f"{where}: {key!r} must be a non-empty string or a number; the record has: {_keys(record)}")


def _keys(record: Mapping[str, Any]) -> str:
    keys = [str(key) for key in record]
    return ", ".join(keys[:_MAX_SHOWN]) + (", ..." if len(keys) > _MAX_SHOWN else "") or "nothing"


_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None


def _whole(cell: str, where: str) -> int:
    if not _is_number(cell):
        raise EvaluationError(f"{where}: the grade must be a number, not {cell!r}")
    value = float(cell)
    if not value.is_integer():
        raise EvaluationError(f"{where}: the grade must be a whole number, not {cell!r}; scale the grades")
    return int(value)
