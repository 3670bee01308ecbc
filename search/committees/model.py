"""What a committee is made from and must keep, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError

__all__ = ["Alternate", "Candidates", "Committee", "Limit", "Member", "Met", "Request", "Target"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """People and how well each knows each topic; make it with :meth:`of`.

    ``expertise``: not negative, shape (candidates, topics). ``attributes``: what the user supplies about each
    ("country", "institution", "seniority", ...).
    """

    ids: tuple[str, ...]
    topics: tuple[str, ...]
    expertise: Floats
    attributes: tuple[Mapping[str, str], ...]

    @classmethod
    def of(
        cls, ids: Sequence[str], topics: Sequence[str], expertise: Any, attributes: Sequence[Mapping[str, str]] = ()
    ) -> Candidates:
        """Candidates; negative expertise counts 0.

        :raises AssignmentError: for shapes that do not fit, ids or topics that come twice, numbers that are none.
        """
        table = np.maximum(np.asarray(expertise, dtype=np.float64).reshape(len(ids), len(topics)), 0.0)
        if not np.isfinite(table).all():
            raise AssignmentError("expertise must be finite numbers")
        for what, names in (("candidate", ids), ("topic", topics)):
            if len(set(names)) != len(names) or not names:
                raise AssignmentError(f"there must be {what}s, and none twice")
        if attributes and len(attributes) != len(ids):
            raise AssignmentError(f"{len(attributes)} sets of attributes for {len(ids)} candidates")
        return cls(tuple(ids), tuple(topics), table, tuple(attributes) or tuple({} for _ in ids))


@dataclass(frozen=True, slots=True)
class Limit:
    """How many members may, or must, have a value of an attribute. ``value`` None: each value for itself."""

    attribute: str
    value: str | None = None
    least: int = 0
    most: int | None = None

    @property
    def text(self) -> str:
        """In words."""
        what = f"{self.attribute} {self.value}" if self.value is not None else f"each {self.attribute}"
        bounds = [f"at least {self.least}"] if self.least else []
        bounds += [f"at most {self.most}"] if self.most is not None else []
        return f"{what}: {' and '.join(bounds) or 'any number'}"


@dataclass(frozen=True, slots=True)
class Target:
    """A limit that may be missed: every member too few or too many costs ``penalty`` of coverage."""

    limit: Limit
    penalty: float = 0.05

    @property
    def text(self) -> str:
        """In words."""
        return f"{self.limit.text}, {self.penalty:g} for each member off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """``size`` members. ``redundancy``: each topic counts its so many best members. ``weights``: of topics (1 if none).

    ``seats``: topic -> members who sit for it and for no other topic. ``include`` must be members, ``exclude`` must not
    be. ``alternates``: how many for each seat. ``targets`` are weighed against coverage. ``time_limit``: seconds of a
    solve.
    """

    size: int
    redundancy: int = 2
    weights: Mapping[str, float] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    targets: tuple[Target, ...] = ()
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    alternates: int = 3
    time_limit: float | None = None


@dataclass(frozen=True, slots=True)
class Alternate:
    """Who could take a seat with everything kept, and what coverage less penalties would lose (negative: gain)."""

    candidate: str
    loss: float


@dataclass(frozen=True, slots=True)
class Member:
    """A member: the topic of the seat, if seats were asked for, the topics he or she is counted for, and alternates."""

    candidate: str
    seat: str | None
    covers: tuple[str, ...]
    alternates: tuple[Alternate, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """How a target came out: members ``off`` it, the ``penalty`` for that, and what the target costs.

    ``cost``: how much more coverage there could be without it; None when time ran out first.
    """

    target: str
    off: int
    penalty: float
    cost: float | None


@dataclass(frozen=True, slots=True)
class Committee:
    """A panel that was checked. ``coverage``: by topic, the mean expertise of its best members.

    ``value``: weighted mean coverage; ``penalty``: what it pays for targets that are missed; ``bound``: none can have
    more of ``value - penalty``. ``costs``: constraint in words -> how much more of that there could be without it, None
    when time ran out first.
    """

    members: tuple[Member, ...]
    coverage: dict[str, float]
    value: float
    bound: float
    costs: dict[str, float | None]
    finished: bool
    penalty: float = 0.0
    targets: tuple[Met, ...] = ()
