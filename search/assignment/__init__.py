"""Reviewer assignment: who reviews what, by a proven optimum under rules that are checked after every solve."""

from search.assignment.check import Check, check
from search.assignment.diagnosis import Diagnosis, Relaxation, diagnose
from search.assignment.greedy import greedy
from search.assignment.lottery import Chances, chances, draw
from search.assignment.problem import Problem
from search.assignment.replacement import Replacement, replace_reviewers
from search.assignment.solve import Objective, Solution, SolveOptions, solve
from search.assignment.watch import Watch

__all__ = [
    "Chances",
    "Check",
    "Diagnosis",
    "Objective",
    "Problem",
    "Relaxation",
    "Replacement",
    "Solution",
    "SolveOptions",
    "Watch",
    "chances",
    "check",
    "diagnose",
    "draw",
    "greedy",
    "replace_reviewers",
    "solve",
]
