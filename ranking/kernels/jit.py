"""The decorator of every kernel, array types, and a prefetch hint.

Machine code is cached beside the source, in the user's cache folder, or under ``NUMBA_CACHE_DIR``. Where none of them
can be written (a read-only installation without a home folder) kernels are compiled once a process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["Bytes", "Floats", "Int32s", "Int64s", "kernel", "prefetch"]

F = TypeVar("F", bound=Callable[..., Any])

_njit: Any = njit
_codegen: Any = cgutils
_intrinsic: Any = intrinsic

Bytes: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float64]
Int32s: TypeAlias = npt.NDArray[np.int32]
Int64s: TypeAlias = npt.NDArray[np.int64]


def kernel(function: F) -> F:
    """``function`` compiled at its first call for the types it is called with; it releases the GIL."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return cast(F, _njit(cache=True, **options)(function))
    except RuntimeError:  # numba found no folder it may write its cache to
        return cast(F, _njit(**options)(function))


def _prefetch(_context: Any, array: Any, _index: Any) -> Any:
    """Hint that ``array[index]`` will be read soon; out-of-range indices are the caller's error."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array_type = signature.args[0]
        view = context.make_array(array_type)(context, builder, arguments[0])
        pointer = _codegen.get_item_pointer(context, builder, array_type, view, [arguments[1]])
        address = builder.bitcast(pointer, ir.IntType(8).as_pointer())
        word = ir.IntType(32)
        shape = ir.FunctionType(ir.VoidType(), [address.type, word, word, word])
        hint = _codegen.get_or_insert_function(builder.module, shape, "llvm.prefetch.p0")
        builder.call(hint, [address, word(0), word(3), word(1)])  # read, keep in all levels, data
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


prefetch: Callable[[npt.NDArray[Any], int], None] = _intrinsic(_prefetch)
