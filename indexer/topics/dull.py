"""Words that say nothing of what a paper is about."""

from __future__ import annotations

from search.function_words import FUNCTION_WORDS
from search.text import STOPWORDS

__all__ = ["is_dull"]

_KINDS_OF_PAPERS = """
    academic across analyses analysis analyzing application applications applying approach approaches article
    articles aspects based better building case challenge challenges chapter comparative comparing comparison
    comprehensive computing conference contribution contributions correction current design designing developing
    development different easy editor editorial effect effective effects efficient empirical end enhanced enhancing
    evaluating evaluation experiment experimental experiments exploiting exploring fast feasibility first foreword
    framework frameworks front future generic high identifying impact implementation implementing improve improved
    improvement improving increasing index integrated integrating international introducing introduction
    investigating investigation issue issues journal large learned lessons letter level leveraging literature low
    matter measuring method methods model modeling modelling models modern multiple necessary new non note notes
    novel on-line overview paper papers part performance perspective perspectives pilot platform possible practical
    preface preliminary present presentation problem problems proceedings process processing program project
    projects proposal quick real recent reconsidering report reports research resource resources result results
    rethinking review revisited revisiting robust role scalable scale second selected session set sets shared short
    simple single small solution solving some special state status step steps strategies strategy studies study
    studying submission submissions survey system systems tackling task tasks team technique techniques technology
    theory third time tool tools toward towards track tutorial two understanding unified use used useful user using
    utilising utilizing various version view volume work working workshop workshops year years
"""
_OTHER_LANGUAGES = """
    al au aus aux avec bei chez como con das dans dei del della delle dem den der des desde die dos du ein eine einem
    einer eines el em en entre est et fur hacia im int l la las le les los mas mit nach nel nella non o oder os para par
    per pour por que qui sobre su sul sulla sur um un una und une uno unter von vers y zu zum zur ca
"""
_DULL = frozenset((*_KINDS_OF_PAPERS.split(), *_OTHER_LANGUAGES.split(), *STOPWORDS, *FUNCTION_WORDS, "de", "da", "do"))


def is_dull(word: str) -> bool:
    """Whether a folded word in lower case has no place in a label.

    Function words of English and of its neighbours, numbers, single letters, and what titles say of the kind of paper.
    """
    return word in _DULL or word.isdigit() or (len(word) == 1 and word.isascii())
