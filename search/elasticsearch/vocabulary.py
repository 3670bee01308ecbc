"""The words of titles and abstracts: what a prefix stands for, how often words occur, how one goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from records.errors import EngineUnavailableError
from search.cache import Cache
from search.elasticsearch.errors import typed_errors
from search.elasticsearch.opened import Answer, OpenGeneration, partial_reason
from search.elasticsearch.schema import PAPERS, VOCABULARY
from search.engine import TextStatistics
from search.query.ast import TextField
from search.text import stem

__all__ = ["MOST_WORDS", "Vocabulary"]

MOST_WORDS = 10_000
"""A prefix of more words than these is looked up among stems instead (:meth:`Vocabulary.stems`)."""

_KEPT_STEMS = 1 << 18
_KEPT_FREQUENCIES = 1 << 18
_SAMPLE = 20_000
_SPARE = 4  # times the completions asked for are counted again when only a sample was seen
_SPECIAL = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$-]')


class Vocabulary:
    """Asks ``generation`` about words. Thread-safe."""

    def __init__(self, generation: OpenGeneration) -> None:
        self._generation = generation
        self._frequencies: Cache[int] = Cache(_KEPT_FREQUENCIES, lambda _: 1)
        self._stems: Cache[tuple[str, ...] | None] = Cache(_KEPT_STEMS, lambda stems: 1 + len(stems or ()))

    def stems(self, prefix: str) -> Sequence[str] | None:
        """Stems of all words that begin with ``prefix``, sorted; None when there are more than :data:`MOST_WORDS`."""
        return self._stems.get(prefix, lambda: self._told(prefix))

    def _told(self, prefix: str) -> tuple[str, ...] | None:
        with typed_errors():
            answer = self._generation.client.terms_enum(
                index=self._generation.indices[PAPERS],
                field=VOCABULARY,
                string=prefix,
                size=MOST_WORDS,
                timeout=f"{max(1, round(self._generation.timeout * 1000))}ms",
            )
        if not answer.body["complete"]:
            raise EngineUnavailableError("the search server could not list its words in time; try again")
        words: list[str] = answer.body["terms"]
        return None if len(words) >= MOST_WORDS else tuple(sorted({stem(word) for word in words}))

    def statistics(self, terms: Sequence[str]) -> TextStatistics:
        """In how many papers each analysed term occurs, in title or abstract; as far as shards answer."""
        wanted = dict.fromkeys(terms)
        known = {term: count for term in wanted if (count := self._frequencies.found(term)) is not None}
        new = {term: {"term": {TextField.TEXT.value: term}} for term in wanted if term not in known}
        partial = None
        if new:
            answer = self._generation.ask(PAPERS, _counting(new))
            partial, counted = partial_reason(answer), _counts(new, answer)
            known.update(counted)
            for term, count in counted.items() if partial is None else ():
                self._frequencies.put(term, count)
        return TextStatistics(self._generation.info.papers, known, partial)

    def going_on(self, before: Sequence[str], last: str, limit: int) -> list[tuple[str, int]]:
        """Words that begin with ``last``, and how many of the papers that hold all words of ``before`` hold them.

        Most frequent first, ties by word. Where more than 20,000 papers a shard match, the words are found in that
        many of them; their counts are of all papers in any case.
        """
        condition = {
            "bool": {
                "filter": [
                    *({"term": {VOCABULARY: word}} for word in before),
                    {"prefix": {VOCABULARY: {"value": last}}},
                ]
            }
        }
        terms = {
            "field": VOCABULARY,
            "include": f"{_SPECIAL.sub(lambda found: chr(92) + found[0], last)}.*",
            "size": _SPARE * limit,
            "shard_size": 8 * _SPARE * limit,
            "order": [{"_count": "desc"}, {"_key": "asc"}],
        }
        aggregations = {"sample": {"sampler": {"shard_size": _SAMPLE}, "aggs": {"words": {"terms": terms}}}}
        body = {"size": 0, "track_total_hits": False, "query": condition, "aggs": aggregations}
        sample = self._generation.ask_all(PAPERS, body)["aggregations"]["sample"]
        found = {bucket["key"]: int(bucket["doc_count"]) for bucket in sample["words"]["buckets"]}
        if sample["words"]["doc_count_error_upper_bound"] or int(sample["doc_count"]) >= _SAMPLE:
            prior = [{"term": {VOCABULARY: word}} for word in before]
            exact = {word: {"bool": {"filter": [*prior, {"term": {VOCABULARY: word}}]}} for word in found}
            found = _counts(exact, self._generation.ask_all(PAPERS, _counting(exact))) if exact else {}
        return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _counting(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """A request that counts the papers that meet each condition."""
    filters = {str(number): condition for number, condition in enumerate(conditions.values())}
    return {"size": 0, "track_total_hits": False, "aggs": {"counted": {"filters": {"filters": filters}}}}


def _counts(conditions: Mapping[str, Any], answer: Answer) -> dict[str, int]:
    buckets = answer.get("aggregations", {}).get("counted", {}).get("buckets", {})
    return {name: int(buckets.get(str(n), {}).get("doc_count", 0)) for n, name in enumerate(conditions)}
