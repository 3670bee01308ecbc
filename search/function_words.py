"""Plain words of a query without those that only hold a sentence together.

Scholars paste questions and sentences: "I'm interested in articles on how ...". Beyond the stopwords, which no index
holds, function words are left out of plain words as long as others remain (phrases and operators keep them). Measured
on three test collections this changes nDCG@10 of BM25 by -0.001 to +0.03, most where questions are long.
"""

from __future__ import annotations

import re

from search.text import STOPWORDS, fold

__all__ = ["FUNCTION_WORDS", "content_words"]

_WRITTEN = """
    i me my mine myself we us our ours ourselves you your yours yourself he him his himself she her hers herself its
    itself them theirs themselves one oneself who whom whose what which when where why how
    am were been being do does did doing done has have had having can could may might must shall should would
    about above after again against all also although always among any anyone anything because before below between
    both cannot each either else etc even ever every few from further here hence however just least less many more
    moreover most much neither never nor nothing now off often once only other others otherwise our out over own per
    perhaps quite rather same several since so some someone something still than therefore those though through thus
    too under until up upon very via we well whether while whereas within without yet
    e.g i.e eg ie cf viz
"""
FUNCTION_WORDS: frozenset[str] = frozenset(_WRITTEN.split())
"""Function words besides :data:`search.text.STOPWORDS`."""

_LONG_TEXT = 10
"""In a text of more words a single letter is an initial or a mark, not a vitamin."""

_CONTRACTED = re.compile(r"(.+)['\u2019](s|t|d|m|ll|re|ve)", re.IGNORECASE)


def content_words(typed: list[str]) -> list[str]:
    """``typed`` without function words, and without what follows an apostrophe ("student's", "don't").

    All of it where nothing else would remain. A function word in capitals is a name (WHO) unless everything is.
    """
    shouting = all(word.upper() == word for word in typed)
    long = len(typed) > _LONG_TEXT
    kept = []
    for word in typed:
        bare = _uncontracted(word)
        if not bare or (long and len(bare) == 1 and bare.isascii() and bare.isalpha()):
            continue
        is_name = len(bare) > 1 and bare.isupper() and not shouting
        if is_name or fold(bare).lower() not in FUNCTION_WORDS:
            kept.append(bare)
    return kept if any(fold(word).lower() not in STOPWORDS for word in kept) else typed


def _uncontracted(word: str) -> str:
    match = _CONTRACTED.fullmatch(word)
    if match is None:
        return word
    return "" if match[2].lower() == "t" else match[1]
