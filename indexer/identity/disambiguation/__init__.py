"""Author name disambiguation: which mentions of a name are one person.

:func:`disambiguate` is the whole of it for callers; :func:`fit_pair_model` learns from mentions whose person is known.
"""

from indexer.identity.disambiguation.clustering import disambiguate, fit_pair_model
from indexer.identity.disambiguation.mentions import IntArray, Mention, MentionPaper
from indexer.identity.disambiguation.model import PairModel

__all__ = ["IntArray", "Mention", "MentionPaper", "PairModel", "disambiguate", "fit_pair_model"]
