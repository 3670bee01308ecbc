"""What disambiguation reads: names as they stand on papers, as plain data that any caller can fill."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

__all__ = ["IntArray", "Mention", "MentionPaper"]

IntArray: TypeAlias = npt.NDArray[np.int64]


class Mention(msgspec.Struct, frozen=True):
    """One author of one paper, whose identity is asked.

    ``block`` names the group of mentions that could be one person (say, family name and first initial); mentions of
    different blocks are never joined. ``name`` is as printed, ``paper`` the id of a :class:`MentionPaper`.
    ``person`` is the id of the person where one is known: equal ids are joined, different ones kept apart.
    """

    id: str
    block: str
    name: str
    paper: str
    affiliation: str = ""
    person: str = ""


class MentionPaper(msgspec.Struct, frozen=True):
    """What is known of a paper; anything but ``id`` may be missing. ``authors`` are all names of the byline."""

    id: str
    title: str = ""
    abstract: str = ""
    year: int | None = None
    venue: str = ""
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
