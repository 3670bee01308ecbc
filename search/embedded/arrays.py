"""Arrays kept with a generation: one NumPy file each, memory-mapped when they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from records.errors import EngineError

__all__ = ["ARRAYS", "ArrayGroup", "check_arrays", "map_array", "write_arrays"]

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
    """The arrays of a group by name. They are mapped at once, so that they stay readable when the folder goes."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(folder.glob(f"*{_SUFFIX}"))
        self._arrays = {path.name.removesuffix(_SUFFIX): map_array(path) for path in paths}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    @classmethod
    def all_of(cls, folder: Path) -> dict[str, ArrayGroup]:
        """The groups of the generation at ``folder``, by name."""
        kept = folder / ARRAYS
        return {place.name: cls(place) for place in sorted(kept.iterdir())} if kept.is_dir() else {}


def map_array(path: Path) -> npt.NDArray[Any]:
    """The array in a file, mapped.

    :raises OSError: when there is no such file.
    :raises ValueError: when it does not hold an array.
    """
    # Copy on write rather than read only: kernels compiled for arrays in memory serve these as well.
    array: npt.NDArray[Any] = np.load(path, mmap_mode="c", allow_pickle=False)
    return np.asarray(array)
