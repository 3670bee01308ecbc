"""Relevance and speed, measured against peers on the same data.

``run_evaluation`` and ``run_bench`` are what ``scholarcore evaluate`` and ``scholarcore bench`` print. A task is one
module under :mod:`evaluation.tasks`, a bench one under :mod:`evaluation.benches`; :mod:`evaluation.registry` states the
protocol both follow.
"""

from evaluation.registry import bench_names, run_bench, run_evaluation, task_names

__all__ = ["bench_names", "run_bench", "run_evaluation", "task_names"]
