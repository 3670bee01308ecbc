"""An engine store that keeps everything in memory, and only what a build asks of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from records.errors import GenerationError
from search.embedding import Embedder
from search.engine import AuthorDocument, Engine, GenerationInfo, PaperDocument, Vectors

__all__ = ["CountingEmbedder", "MemoryStore", "MemoryWriter"]


@dataclass
class MemoryWriter:
    store: MemoryStore
    info: GenerationInfo
    papers: list[PaperDocument] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    authors: list[AuthorDocument] = field(default_factory=list)
    redirects: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    arrays: dict[str, dict[str, npt.NDArray[Any]]] = field(default_factory=dict)
    open: bool = True

    def add_papers(
        self, papers: Sequence[PaperDocument], vectors: Vectors | None, mask: npt.NDArray[np.bool_] | None
    ) -> None:
        if self.store.fail_after is not None and len(self.papers) + len(papers) > self.store.fail_after:
            raise self.store.failure
        assert (vectors is None) == (mask is None) == (self.info.dimension == 0)
        if vectors is not None and mask is not None:
            assert vectors.shape == (len(papers), self.info.dimension)
            assert mask.all()
            self.vectors.append(vectors)
        self.papers += papers
        ids = [document.paper.id for document in self.papers]
        assert ids == sorted(ids)
        assert len(ids) == len(set(ids))

    def add_authors(self, authors: Sequence[AuthorDocument]) -> None:
        self.authors += authors

    def add_arrays(self, group: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        assert group not in self.arrays
        self.arrays[group] = dict(arrays)

    def add_redirects(self, kind: str, redirects: Iterable[tuple[str, str]]) -> None:
        self.redirects.setdefault(kind, []).extend(redirects)

    def commit(self) -> GenerationInfo:
        self.info = msgspec.structs.replace(
            self.info,
            papers=len(self.papers),
            authors=len(self.authors),
            vectors=sum(map(len, self.vectors)),
            redirects=sum(map(len, self.redirects.values())),
        )
        self.store.complete.insert(0, self)
        self.open = False
        return self.info

    def abort(self) -> None:
        self.open = False
        self.store.aborted += 1

    def suspend(self) -> None:
        self.open = False
        self.store.suspended += 1


class MemoryStore:
    def __init__(self, fail_after: int | None = None) -> None:
        self.complete: list[MemoryWriter] = []
        self.aborted = 0
        self.suspended = 0
        self.locked = False
        self.failure: BaseException = GenerationError("the disk is full")
        self.fail_after = fail_after

    def check_writable(self) -> None:
        if self.locked:
            raise GenerationError("another process is building")

    def writer(
        self, *, model: str = "", dimension: int = 0, source_digest: str = "", metrics: Sequence[str] = ()
    ) -> MemoryWriter:
        info = GenerationInfo(
            id=f"g{len(self.complete) + 1}",
            created="2020-01-01T00:00:00Z",
            papers=0,
            authors=0,
            model=model,
            dimension=dimension,
            source_digest=source_digest,
            metrics=tuple(metrics),
        )
        return MemoryWriter(self, info)

    def current(self) -> str | None:
        return self.complete[0].info.id if self.complete else None

    def generations(self) -> list[GenerationInfo]:
        return [writer.info for writer in self.complete]

    def reader(self) -> Engine:
        raise NotImplementedError

    def switch(self, generation_id: str) -> None:
        raise NotImplementedError

    def prune(self, keep: int = 2) -> list[str]:
        raise NotImplementedError


class CountingEmbedder:
    """Wraps an embedder and remembers every text it was given."""

    def __init__(self, inner: Embedder, fail_after: int | None = None) -> None:
        self._inner = inner
        self.name = inner.name
        self.dimension = inner.dimension
        self.texts: list[str] = []
        self._fail_after = fail_after

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._fail_after is not None and len(self.texts) >= self._fail_after:
            raise KeyboardInterrupt
        self.texts += texts
        return self._inner.embed(texts)

    def embed_query(self, text: str) -> Vectors:
        return self.embed([text]).reshape(-1)
