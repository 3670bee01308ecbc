"""The pair model: how strongly evidence about two mentions speaks for one person."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from indexer.identity.disambiguation.mentions import Mention, MentionPaper

__all__ = ["PairModel", "fit_pair_model"]


class PairModel(msgspec.Struct, frozen=True):
    """A learned pair model; opaque to callers, JSON through ``msgspec``."""

    weights: tuple[float, ...] = ()


def fit_pair_model(papers: Sequence[MentionPaper], mentions: Sequence[Mention], truth: Sequence[str]) -> PairModel:  # noqa: ARG001
    """Learn from mentions whose true person is known (``truth[i]`` is the person of ``mentions[i]``)."""
    return PairModel()
