"""Work in a fresh process, so that its peak memory and its number of cores are its own."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from records.errors import EvaluationError, ScholarCoreError

__all__ = ["Measured", "cores", "peak_mib", "run_isolated"]

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "RAYON_NUM_THREADS",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What an isolated call returned, its wall time, and the process's peak memory (code and libraries included)."""

    value: Any
    seconds: float
    peak_mib: float


def cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def peak_mib(process: int | None = None) -> float:
    """Peak resident memory of this process in MiB (Linux: or of another one, by id; elsewhere NaN for another one).

    Linux: ``VmHWM``, which starts anew with the program. ``ru_maxrss`` does not: a child begins with its parent's.
    """
    status = Path("/proc", "self" if process is None else str(process), "status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    if process is not None:
        return float("nan")
    import resource

    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run_isolated(
    target: str, arguments: Mapping[str, Any], *, threads: int = 0, timeout: float | None = None
) -> Measured:
    """Call ``target`` ("package.module:function") with keyword ``arguments`` in a fresh interpreter.

    Arguments and return value travel as JSON. ``threads`` bounds the cores (0: all); ``timeout`` is in seconds.

    :raises EvaluationError: what the call raised on purpose, or that its process died or ran out of time.
    """
    root = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    environment = {**os.environ, "PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"}
    if threads:
        environment.update(dict.fromkeys(_THREAD_VARIABLES, str(threads)))
    with tempfile.TemporaryDirectory(prefix="scholarcore-") as folder:
        order, answer = Path(folder, "order.json"), Path(folder, "answer.json")
        call = {"target": target, "arguments": dict(arguments), "threads": threads, "parent": os.getpid()}
        order.write_text(json.dumps(call))
        command = [sys.executable, "-m", "evaluation.isolate", str(order), str(answer)]
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter on our own module
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=2,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise EvaluationError(f"{target} did not finish within {timeout:.0f} s") from error
        if done.returncode != 0 or not answer.exists():
            raise EvaluationError(
                f"the process of {target} ended with exit code {done.returncode}; see its messages above"
            )
        result = json.loads(answer.read_text())
    if "error" in result:
        raise EvaluationError(result["error"])
    return Measured(result["value"], result["seconds"], result["peak_mib"])


def _bind(threads: int) -> None:
    """Stay on ``threads`` cores, whatever thread pools the libraries open."""
    if threads and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])


def _end_with(parent: int) -> None:
    """End when the process that asked is gone: nobody waits for the answer."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _main(order: Path, answer: Path) -> None:
    request = json.loads(order.read_text())
    _end_with(request["parent"])
    _bind(request["threads"])
    module, _, function = request["target"].partition(":")
    call = getattr(importlib.import_module(module), function)
    started = time.perf_counter()
    try:
        result = {"value": call(**request["arguments"])}
    except ScholarCoreError as error:
        result = {"error": f"{type(error).__name__}: {error}"}
    result.update(seconds=time.perf_counter() - started, peak_mib=peak_mib())
    answer.write_text(json.dumps(result))


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
