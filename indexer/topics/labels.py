"""Labels of clusters by class-based TF-IDF (Grootendorst 2022, BERTopic, arXiv:2203.05794): the words that titles of
one cluster use and those of others do not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from indexer.topics.dull import is_dull
from search.text import stem, words

__all__ = ["SEPARATOR", "label_clusters"]

SEPARATOR = " / "
"""Between the phrases of a label; nothing that must be quoted in a filter."""

PHRASES = 3
"""Phrases of a label, each of one to three words."""

_LONGEST = 3
_LONGEST_RUN = 6  # of characters that are words of their own
_CANDIDATES = 60
_LIFT = 2.0  # a phrase is at least so many times as frequent in the cluster as over all
_SUPPORT = 0.015  # and stands in such a part of its titles
_PART = 0.35  # a word is shown inside the longer phrase that makes up such a part of its uses in the cluster
_SEEN = 2  # once is no habit
_NAME = 0.8  # a word is a name when such a part of its printings inside of sentences has a capital
_INSIDE = re.compile(r"(?<=[^\W\d_,;] )[^\W\d_][^\W_]*")  # words that begin no sentence

_Phrase: TypeAlias = tuple[str, ...]
"""Stems in a row."""


@dataclass(slots=True)
class _Vocabulary:
    """What titles say: phrases by cluster, their printings in lower case; and the cases of words."""

    clusters: list[Counter[_Phrase]]
    titles: list[int]
    forms: dict[_Phrase, Counter[str]] = field(default_factory=dict)
    cases: dict[str, Counter[str]] = field(default_factory=dict)
    prose: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, title: str, cluster: int) -> None:
        """Count the phrases of a title: words that say something, and up to three of them in a row (six characters)."""
        self.titles[cluster] += 1
        run: list[tuple[str, str]] = []
        for token in words(title):
            if is_dull(token.term):
                run = []
                continue
            self.cases.setdefault(token.term, Counter())[title[token.start : token.end]] += 1
            run = [*run[1 - _LONGEST_RUN :], (stem(token.term), token.term)]
            for length in range(1, len(run) + 1):
                if length <= _LONGEST or all(_unspaced(word) for _, word in run[-length:]):
                    self._count(run[-length:], cluster)

    def _count(self, run: list[tuple[str, str]], cluster: int) -> None:
        phrase = tuple(stemmed for stemmed, _ in run)
        if len(set(map(_bare, phrase))) == len(phrase) and not (len(run) == 1 and _unspaced(run[0][1])):
            self.clusters[cluster][phrase] += 1
            self.forms.setdefault(phrase, Counter())[_joined([word for _, word in run])] += 1

    def prune(self) -> None:
        """Forget phrases that occur once, unless all do."""
        rare = {phrase for phrase, forms in self.forms.items() if forms.total() < _SEEN}
        if len(rare) == len(self.forms):
            return
        for counter in self.clusters:
            for phrase in rare.intersection(counter):
                del counter[phrase]
        for phrase in rare:
            del self.forms[phrase]

    def shown(self, phrase: _Phrase) -> str:
        """A phrase as most titles print it; acronyms and names keep their capitals."""
        form = _most(self.forms[phrase])
        return " ".join(self._cased(word) for word in form.split(" "))

    def read(self, text: str) -> None:
        """See how words are written that titles have."""
        for match in _INSIDE.finditer(text):
            word = match[0].lower()
            if word in self.cases:
                self.prose.setdefault(word, Counter())[match[0]] += 1

    def _cased(self, word: str) -> str:
        """Titles may have a capital on every word, so a word is a name only if prose says so; acronyms show in both."""
        cases = self.prose.get(word, Counter())
        if cases.total() < _SEEN:
            usual = _most(self.cases[word]) if word in self.cases else word
            return usual if usual[1:] != usual[1:].lower() else word
        usual = _most(cases)
        return usual if cases[usual] >= _NAME * cases.total() or usual[1:] != usual[1:].lower() else word


def label_clusters(
    titles: Sequence[str], labels: npt.NDArray[np.int32], count: int, prose: Sequence[str] = ()
) -> list[str]:
    """A label for each of ``count`` clusters, all different: three phrases, the most telling first.

    ``labels``: the cluster of each title, shape (titles,). ``prose``: texts in sentences, which show what words are
    names. Inflected forms count as one word, and no label has two forms of a word. A cluster whose titles say nothing
    is called "topic <n>".
    """
    known = _Vocabulary([Counter() for _ in range(count)], [0] * count)
    for title, label in zip(titles, labels.tolist(), strict=True):
        known.add(title, label)
    for text in prose:
        known.read(text)
    known.prune()
    found: list[str] = []
    for cluster, ranked in enumerate(_ranked(known)):
        found.append(_label(cluster, ranked, known, frozenset(label.casefold() for label in found)))
    return found


def _ranked(known: _Vocabulary) -> list[list[_Phrase]]:
    """The best phrases of each cluster by c-TF-IDF: their share of it times log(1 + A / f).

    f is how often the phrase occurs over all, A the average number of phrases of a cluster.
    """
    columns = {phrase: column for column, phrase in enumerate(sorted(known.forms))}
    phrases, count = list(columns), len(known.clusters)
    cells = [
        (row, columns[phrase], uses) for row, uses_of in enumerate(known.clusters) for phrase, uses in uses_of.items()
    ]
    rows, places, uses = np.array(cells, dtype=np.int64).reshape(-1, 3).T
    table = csr_array((uses.astype(np.float64), (rows, places)), shape=(count, max(len(phrases), 1)))
    sizes = np.maximum(np.asarray(table.sum(axis=1)).reshape(-1), 1.0)
    overall = np.maximum(np.asarray(table.sum(axis=0)).reshape(-1), 1.0)
    weights = np.log1p(sizes.mean() / overall)
    lengths = np.sqrt([len(phrase) for phrase in phrases] or [1])
    found = []
    for row in range(count):
        part = slice(table.indptr[row], table.indptr[row + 1])
        found_in, share = table.indices[part], table.data[part] / sizes[row]
        telling = share >= _LIFT * overall[found_in] / sizes.sum() if count > _LIFT else share > 0
        telling &= table.data[part] >= _SUPPORT * known.titles[row]
        scores = np.where(telling, share * weights[found_in] * lengths[found_in], 0.0)
        best = np.argsort(-scores, kind="stable")[:_CANDIDATES]
        found.append([phrases[int(found_in[at])] for at in best.tolist() if scores[at] > 0])
    return found


def _label(cluster: int, ranked: list[_Phrase], known: _Vocabulary, taken: frozenset[str]) -> str:
    chosen: list[str] = []
    used: set[str] = set()
    uses = known.clusters[cluster]
    for phrase in ranked:
        if used.intersection(map(_bare, phrase)):
            continue
        best = _widened(phrase, ranked, uses, used)
        used.update(map(_bare, best))
        chosen.append(known.shown(best))
        if len(chosen) >= PHRASES and SEPARATOR.join(chosen).casefold() not in taken:
            break
    label = SEPARATOR.join(chosen) or f"topic {cluster + 1}"
    return label if label.casefold() not in taken else f"{label} ({cluster + 1})"


def _widened(phrase: _Phrase, ranked: list[_Phrase], uses: Counter[_Phrase], used: set[str]) -> _Phrase:
    """The longest phrase that ``phrase`` mostly stands in, or itself."""
    while True:
        around = [
            longer
            for longer in ranked
            if len(longer) == len(phrase) + 1
            and phrase in (longer[1:], longer[:-1])
            and not used.intersection(map(_bare, longer))
        ]
        best = max(around, key=lambda longer: uses[longer], default=phrase)
        if best == phrase or uses[best] < _PART * uses[phrase]:
            return phrase
        phrase = best


def _bare(stemmed: str) -> str:
    """Plurals of acronyms are no other words, and stemmers do not know them."""
    return stemmed.removesuffix("s")


def _joined(run: list[str]) -> str:
    """Words with spaces between, as far as their script writes any: Han and kana are words of one character."""
    text = ""
    for word in run:
        text += word if not text or (_unspaced(text[-1]) and _unspaced(word)) else f" {word}"
    return text


def _unspaced(word: str) -> bool:
    return len(word) == 1 and not word.isascii()


def _most(counted: Counter[str]) -> str:
    return min(counted, key=lambda form: (-counted[form], form))
