"""The registry: what a metric declares, and how the command line, builds, the API and tooltips find it.

A metric is one small module under :mod:`ranking.metrics` that makes a :class:`Metric` and registers it; this module
imports them all on first use.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus

__all__ = ["Entity", "Metric", "Parameter", "get", "metrics", "register"]


class Entity(StrEnum):
    """What a metric measures."""

    PAPER = "paper"
    AUTHOR = "author"
    VENUE = "venue"
    INSTITUTION = "institution"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number a metric can be tuned with: a keyword of its ``compute``, between ``low`` and ``high`` inclusive."""

    name: str
    default: float
    low: float
    high: float
    description: str

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return isinstance(self.default, int)

    def check(self, value: float) -> float:
        """``value`` if the parameter may have it.

        :raises ValueError: when it is out of range, or not whole where it must be.
        """
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise ValueError(f"{self.name} must lie in [{self.low:g}, {self.high:g}], not {value:g}")
        if self.whole and value != int(value):
            raise ValueError(f"{self.name} must be a whole number, not {value:g}")
        return int(value) if self.whole else float(value)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's declaration. ``name`` is its stable key, ``description`` one or two sentences for a tooltip.

    ``compute`` takes a corpus and returns float64 values, one an entity, with ``missing`` where there is no data; what
    it can be tuned with are keywords, declared in ``parameters``. ``in_build`` is False where computing it costs more
    than a build should spend unasked; ``affordable`` says so for corpora beyond some size (see :meth:`wanted`).
    """

    name: str
    title: str
    entity: Entity
    unit: str
    description: str
    reference: str
    compute: Callable[..., npt.NDArray[np.float64]]
    missing: float = 0.0
    higher_is_better: bool = True
    parameters: tuple[Parameter, ...] = ()
    in_build: bool = True
    affordable: Callable[[Corpus], bool] | None = None

    def wanted(self, corpus: Corpus) -> bool:
        """Whether a build of ``corpus`` should compute the metric unasked."""
        return self.in_build and (self.affordable is None or self.affordable(corpus))

    def values(self, corpus: Corpus, **parameters: float) -> npt.NDArray[np.float64]:
        """``compute`` with checked parameters.

        :raises ValueError: an unknown parameter, or a value out of range.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        unknown = sorted(set(parameters) - set(known))
        if unknown:
            raise ValueError(f"{self.name} has no parameter {', '.join(unknown)}; it has: {', '.join(known) or 'none'}")
        return self.compute(corpus, **{name: known[name].check(value) for name, value in parameters.items()})


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
