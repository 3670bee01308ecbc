"""Compiled loops over CSR arrays, one module an algorithm.

Submodules are imported when they are first used, so that declaring a metric costs nothing: only computing one loads
the compiler.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ranking.kernels import (
        author_walk,
        coauthors,
        collaboration,
        cores,
        csr,
        dcore,
        disruption,
        flow,
        indices,
        order,
        owner_links,
        rooted,
        sketch,
        weighted_core,
    )

__all__ = [
    "author_walk",
    "coauthors",
    "collaboration",
    "cores",
    "csr",
    "dcore",
    "disruption",
    "flow",
    "indices",
    "order",
    "owner_links",
    "rooted",
    "sketch",
    "weighted_core",
]


def __getattr__(name: str) -> ModuleType:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.{name}")
