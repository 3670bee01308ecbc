"""The registry: what a metric declares, and how the command line, builds, the API and tooltips find it.

A metric is one small module under :mod:`ranking.metrics` that makes a :class:`Metric` and registers it; this module
imports them all on first use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus

__all__ = ["Entity", "Metric", "get", "metrics", "register"]


class Entity(StrEnum):
    """What a metric measures."""

    PAPER = "paper"
    AUTHOR = "author"
    VENUE = "venue"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's declaration. ``name`` is its stable key, ``description`` one or two sentences for a tooltip.

    ``compute`` takes a corpus and returns float64 values, one an entity, with ``missing`` where there is no data.
    """

    name: str
    title: str
    entity: Entity
    unit: str
    description: str
    reference: str
    compute: Callable[[Corpus], npt.NDArray[np.float64]]
    missing: float = 0.0
    higher_is_better: bool = True


_registry: dict[str, Metric] = {}


def register(metric: Metric) -> Metric:
    """Add a metric; the same name twice is a programming error."""
    if metric.name in _registry:
        raise ValueError(f"metric {metric.name!r} is registered twice")
    _registry[metric.name] = metric
    return metric


def _load() -> None:
    from ranking import metrics as _metrics  # noqa: F401, PLC0415 - registers on import


def metrics(entity: Entity | None = None) -> tuple[Metric, ...]:
    """All metrics, or those of one kind of entity, by name."""
    _load()
    chosen = (m for m in _registry.values() if entity is None or m.entity == entity)
    return tuple(sorted(chosen, key=lambda m: m.name))


def get(name: str) -> Metric:
    """The metric called ``name``.

    :raises KeyError: when there is none.
    """
    _load()
    return _registry[name]
