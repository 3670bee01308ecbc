"""Work in a fresh process, so that its peak memory and its number of cores are its own."""

from __future__ import annotations

import importlib
import json
import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from records.errors import EvaluationError, ScholarCoreError
from records.progress import NO_PROGRESS, Progress

__all__ = ["Measured", "cores", "peak_mib", "report", "run_isolated"]

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


_TOLD: list[int] = []
"""Where the process that waits for this one listens, if one does."""


def report(count: int) -> None:
    """From within an isolated call: ``count`` more units are done. Nobody hears it elsewhere."""
    for told in _TOLD:
        os.write(told, f"{count}\n".encode())


def run_isolated(
    target: str,
    arguments: Mapping[str, Any],
    *,
    threads: int = 0,
    timeout: float | None = None,
    progress: Progress = NO_PROGRESS,
) -> Measured:
    """Call ``target`` ("package.module:function") with keyword ``arguments`` in a fresh interpreter.

    Arguments and return value travel as JSON. ``threads`` bounds the cores (0: all); ``timeout`` is in seconds;
    ``progress`` advances by what the call says through :func:`report`.

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
        command = [sys.executable, "-m", "evaluation.isolate", str(order), str(answer)]
        listening, telling = os.pipe()
        with os.fdopen(listening, "rb", buffering=0) as heard:
            try:
                order.write_text(json.dumps({**call, "telling": telling}))
                process = subprocess.Popen(  # noqa: S603 - our own interpreter on our own module
                    command, env=environment, stdin=subprocess.DEVNULL, stdout=2, pass_fds=(telling,)
                )
            finally:
                os.close(telling)
            code = _awaited(process, heard, timeout, progress)
        if code is None:
            raise EvaluationError(f"{target} did not finish within {timeout:.0f} s")
        if code != 0 or not answer.exists():
            raise EvaluationError(f"the process of {target} ended with exit code {code}; see its messages above")
        result = json.loads(answer.read_text())
    if "error" in result:
        raise EvaluationError(result["error"])
    return Measured(result["value"], result["seconds"], result["peak_mib"])


def _awaited(
    process: subprocess.Popen[bytes], heard: IO[bytes], timeout: float | None, progress: Progress
) -> int | None:
    """Pass on what the process tells until it ends; its exit code, or None when it was ended for taking too long."""
    deadline = None if timeout is None else time.monotonic() + timeout
    rest = b""
    with process:
        try:
            while True:
                left = None if deadline is None else max(0.0, deadline - time.monotonic())
                if not select.select([heard], [], [], left)[0]:
                    process.kill()
                    return None
                told = heard.read(65_536)
                if not told:  # its end of the pipe closes with the process
                    return process.wait()
                *lines, rest = (rest + told).split(b"\n")
                progress.advance(sum(map(int, lines)))
        except BaseException:
            process.kill()
            raise


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
    os.set_inheritable(request["telling"], False)  # what this process starts must not keep it open
    _TOLD.append(request["telling"])
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
    from evaluation.isolate import _main as main  # the module that the call imports: it is the one that tells

    main(Path(sys.argv[1]), Path(sys.argv[2]))
