"""Affinity: how well what a person wrote fits a text."""

from search.affinity.files import format_scores, read_bids, read_pairs, read_scores, score_table, with_bids
from search.affinity.profiles import Profiles, Vectorize, profiles_of_papers, profiles_of_people
from search.affinity.scoring import PARTS, Affinity, Evidence, Explanation

__all__ = [
    "PARTS",
    "Affinity",
    "Evidence",
    "Explanation",
    "Profiles",
    "Vectorize",
    "format_scores",
    "profiles_of_papers",
    "profiles_of_people",
    "read_bids",
    "read_pairs",
    "read_scores",
    "score_table",
    "with_bids",
]
