"""A corpus in files, as engines take it: made once, read in batches, so that its size is no matter of memory."""

from __future__ import annotations

import mmap
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np

from records.errors import EvaluationError
from records.paper import Paper
from search.engine import PaperDocument

__all__ = ["CorpusFile"]

_PAPERS, _PLACES = "papers.msgpack", "places.npy"
_PLACE = np.dtype([("start", "<i8"), ("end", "<i8"), ("cited", "<i8")])
_REPORTED = 1_000


class CorpusFile:
    """Papers in ascending order of id, with how often they are cited among themselves.

    ``folder`` is one that :meth:`write` filled.
    """

    def __init__(self, folder: Path) -> None:
        self._papers = folder / _PAPERS
        self._places = np.load(folder / _PLACES)

    def __len__(self) -> int:
        return len(self._places)

    @classmethod
    def write(cls, papers: Iterable[Paper], folder: Path, report: Callable[[int], None] = lambda _: None) -> CorpusFile:
        """Put ``papers``, in any order, into ``folder``. ``report`` hears of every thousand of them.

        What stays in memory are ids: of the papers, and of what they refer to.

        :raises EvaluationError: when two papers have one id, or there is none.
        """
        folder.mkdir(parents=True, exist_ok=True)
        ids: list[str] = []
        ends = array("q")
        references: Counter[str] = Counter()
        encoder = msgspec.msgpack.Encoder()
        with (folder / _PAPERS).open("wb") as file:
            for paper in papers:
                ids.append(paper.id)
                file.write(encoder.encode(paper))
                ends.append(file.tell())
                references.update(set(paper.references))
                if len(ids) % _REPORTED == 0:
                    report(_REPORTED)
        report(len(ids) % _REPORTED)
        np.save(folder / _PLACES, _placed(ids, ends, references))
        return cls(folder)

    def batches(self, size: int) -> Iterator[list[PaperDocument]]:
        """All papers, ``size`` at a time."""
        for at in range(0, len(self), size):
            yield self._read(slice(at, at + size))

    def some(self, count: int) -> list[PaperDocument]:
        """About ``count`` papers (all, where there are no more), evenly spread."""
        return self._read(slice(0, None, max(1, len(self) // count)))[:count]

    def _read(self, chosen: slice) -> list[PaperDocument]:
        decode = msgspec.msgpack.Decoder(Paper).decode
        with self._papers.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as stored:
            return [
                PaperDocument(decode(stored[start:end]), {"citations": float(cited)})
                for start, end, cited in self._places[chosen].tolist()
            ]


def _placed(ids: list[str], ends: array[int], references: Counter[str]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Where each paper is, and how often it is cited, in ascending order of id."""
    if not ids:
        raise EvaluationError("the corpus holds no papers")
    order = sorted(range(len(ids)), key=ids.__getitem__)
    for first, second in pairwise(order):
        if ids[first] == ids[second]:
            raise EvaluationError(f"the corpus holds two papers with the id {ids[first]!r}")
    places = np.zeros(len(ids), dtype=_PLACE)
    end = np.frombuffer(ends, dtype=np.int64)
    start = np.concatenate(([0], end[:-1]))
    places["start"], places["end"] = start[order], end[order]
    places["cited"] = [references[ids[position]] for position in order]
    return places
