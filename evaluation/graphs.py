"""Papers as the arrays metrics read, and those arrays on disk for processes that measure one thing each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.clean import CleaningReport, clean_citations
from ranking.corpus import NO_YEAR, Adjacency, Corpus
from records.paper import Paper

__all__ = ["corpus_of", "load_citations", "load_corpus", "save_corpus"]

_HEADER = 128  # bytes before the data of a NumPy file
_LINKS = ("citations", "authors", "institutions")


def corpus_of(papers: Sequence[Paper], links: Iterable[tuple[str, str]] = ()) -> tuple[Corpus, CleaningReport]:
    """The corpus of ``papers``, positions as in the list. Authors without an id are told apart by their full name.

    ``links``: further citations, each end a paper's id or one of its external ids written ``scheme:value``.
    """
    place = {str(key): position for position, paper in enumerate(papers) for key in (*paper.ids, paper.id)}
    pairs = [(position, place.get(other, -1)) for position, paper in enumerate(papers) for other in paper.references]
    pairs += [(place.get(citing, -1), place.get(cited, -1)) for citing, cited in links]
    citing, cited = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    years = np.array(
        [NO_YEAR if paper.year is None or not 0 <= paper.year <= 9999 else paper.year for paper in papers],
        dtype=np.int16,
    )
    citations, report = clean_citations(citing, cited, len(papers), years=years)
    authors = _links([[a.author_id or a.name.full for a in paper.authorships] for paper in papers])
    institutions = _links(
        [[x.institution_id for a in paper.authorships for x in a.affiliations if x.institution_id] for paper in papers]
    )
    venue, venues = _labels([paper.venue.id or paper.venue.name if paper.venue else None for paper in papers])
    field, fields = _labels([_main_topic(paper) for paper in papers])
    institutes = institutions if len(institutions.indices) else None
    return Corpus(citations, authors, years, venue, venues, institutes, field if fields else None, fields), report


def _main_topic(paper: Paper) -> str | None:
    if not paper.topics:
        return None
    main = max(paper.topics, key=lambda topic: topic.score)
    return main.id or main.name


def _labels(names: Sequence[str | None]) -> tuple[npt.NDArray[np.int32], int]:
    """A number for each distinct name, -1 where there is none; and how many there are."""
    places: dict[str, int] = {}
    found = [-1 if name is None else places.setdefault(name, len(places)) for name in names]
    return np.array(found, dtype=np.int32), len(places)


def _links(rows: Sequence[Iterable[Hashable]]) -> Adjacency:
    names: dict[Hashable, int] = {}
    pairs = [(row, names.setdefault(key, len(names))) for row, keys in enumerate(rows) for key in keys]
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Adjacency.from_pairs(row, column, (len(rows), len(names)))


def save_corpus(corpus: Corpus, folder: Path) -> None:
    """Write the arrays of ``corpus`` into ``folder`` as NumPy files."""
    for name in _LINKS:
        links: Adjacency | None = getattr(corpus, name)
        if links is not None:
            np.save(folder / f"{name}.offsets.npy", links.offsets)
            np.save(folder / f"{name}.indices.npy", links.indices)
    np.save(folder / "years.npy", corpus.years)
    np.save(folder / "venues.npy", corpus.venues)
    if corpus.fields is not None:
        np.save(folder / "fields.npy", corpus.fields)
    sizes = [corpus.n_authors, corpus.n_institutions, corpus.n_venues, corpus.n_fields]
    np.save(folder / "sizes.npy", np.array(sizes, dtype=np.int64))


def load_corpus(folder: Path) -> Corpus:
    """The corpus :func:`save_corpus` wrote, its arrays memory-mapped (copy on write)."""
    authors, institutions, venues, fields = np.load(folder / "sizes.npy").tolist()
    years = _mapped(folder / "years.npy")
    has_institutions = (folder / "institutions.offsets.npy").exists()
    return Corpus(
        _adjacency(folder, "citations", len(years)),
        _adjacency(folder, "authors", authors),
        years,
        _mapped(folder / "venues.npy"),
        venues,
        _adjacency(folder, "institutions", institutions) if has_institutions else None,
        _mapped(folder / "fields.npy") if (folder / "fields.npy").exists() else None,
        fields,
    )


def load_citations(folder: Path) -> Corpus:
    """The same with the citations alone: nobody's papers, from nowhere, in no known year."""
    papers = len(_mapped(folder / "years.npy"))
    return Corpus(
        _adjacency(folder, "citations", papers),
        Adjacency.empty(papers, 0),
        np.full(papers, NO_YEAR, dtype=np.int16),
        np.full(papers, -1, dtype=np.int32),
        0,
    )


def _adjacency(folder: Path, name: str, columns: int) -> Adjacency:
    return Adjacency(_mapped(folder / f"{name}.offsets.npy"), _mapped(folder / f"{name}.indices.npy"), columns)


def _mapped(path: Path) -> npt.NDArray[Any]:
    if path.stat().st_size <= _HEADER:  # an empty array, which cannot be mapped
        return np.asarray(np.load(path))
    # Copy on write rather than read only: kernels compiled for arrays in memory serve these as well.
    return np.asarray(np.load(path, mmap_mode="c"))
