"""Arrays kept with a generation: one NumPy file each, memory-mapped when they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from records.errors import EngineError

__all__ = ["ARRAYS", "ArrayGroup", "check_arrays", "write_arrays"]

ARRAYS = "arrays"
"""The folder of a generation that holds a folder for each group."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,150}")
_SUFFIX = ".npy"


def check_arrays(group: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Refuse what no engine can keep.

    :raises EngineError: for a name that is no plain word, or an array of objects.
    """
    for name in (group, *arrays):
        if not _NAME.fullmatch(name):
            raise EngineError(f"{name[:60]!r} cannot name an array; use letters, digits, '_', '-' and '.'")
    for name, array in arrays.items():
        if array.dtype.hasobject or array.dtype.kind not in "biufS":
            raise EngineError(f"the array {name!r} has type {array.dtype}; only numbers and bytes can be kept")


def write_arrays(folder: Path, group: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write a group into the generation at ``folder``.

    :raises EngineError: when the group was written before, or cannot be kept.
    """
    check_arrays(group, arrays)
    target = folder / ARRAYS / group
    if target.exists():
        raise EngineError(f"the arrays {group!r} were added twice")
    target.mkdir(parents=True)
    for name, array in arrays.items():
        np.save(target / f"{name}{_SUFFIX}", np.ascontiguousarray(array), allow_pickle=False)


class ArrayGroup(Mapping[str, npt.NDArray[Any]]):
    """The arrays of a group by name, each mapped when it is first asked for."""

    def __init__(self, folder: Path, group: str) -> None:
        found = (folder / ARRAYS / group).glob(f"*{_SUFFIX}") if _NAME.fullmatch(group) else ()
        self._paths = {path.name.removesuffix(_SUFFIX): path for path in sorted(found)}
        self._open: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._open:
            self._open[name] = _mapped(self._paths[name])
        return self._open[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _mapped(path: Path) -> npt.NDArray[Any]:
    # Copy on write rather than read only: kernels compiled for arrays in memory serve these as well.
    array: npt.NDArray[Any] = np.load(path, mmap_mode="c", allow_pickle=False)
    return np.asarray(array)
