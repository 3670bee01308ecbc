"""Evaluation tasks, one module each, named as the task; see :mod:`evaluation.registry` for the protocol."""
