"""A generation that is open for reading: its indices, and how they are asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from elasticsearch import Elasticsearch

from records.errors import EngineUnavailableError
from search.elasticsearch.errors import reason_of, refused, typed_errors
from search.elasticsearch.schema import number_fields
from search.engine import GenerationInfo

__all__ = ["Answer", "OpenGeneration", "complete", "partial_reason"]

Answer: TypeAlias = Mapping[str, Any]
"""What the server answers to a search."""

_SERVER_SHARE = 0.8  # of the client's patience: the server gives up first, and can say what it found till then
_AT_ONCE = 1_000  # documents in one answer
_HOW: Mapping[str, Any] = {"search_type": "dfs_query_then_fetch", "allow_partial_search_results": True}


@dataclass(frozen=True)
class OpenGeneration:
    """The indices of a generation, by room (:data:`search.elasticsearch.schema.ROOMS`).

    ``timeout`` is for how long, in seconds, an answer is waited for. An index never changes once its generation is
    complete, so nothing here needs a point in time of the server's: the index itself is one.
    """

    client: Elasticsearch
    info: GenerationInfo
    indices: Mapping[str, str]
    timeout: float

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Index fields of numbers by the names queries use."""
        return number_fields(self.info.metrics)

    def ask(self, room: str, body: Mapping[str, Any], *, named_scores: bool = False) -> Answer:
        """Search a room; the answer may be partial (:func:`partial_reason`).

        Words are weighed by how common they are in the whole index, however many shards it has.

        :raises EngineError: see :func:`search.elasticsearch.errors.typed_errors`.
        """
        with typed_errors():
            answer = self.client.search(
                index=self.indices[room],
                body=self._bounded(body),
                **_HOW,
                include_named_queries_score=named_scores or None,
            )
        return _told(answer.body, "hits")

    def ask_all(self, room: str, body: Mapping[str, Any]) -> Answer:
        """Search a room, where an answer that is not complete is none.

        :raises EngineUnavailableError: when it is not complete.
        """
        return complete(self.ask(room, body))

    def ask_at_once(self, room: str, bodies: Sequence[Mapping[str, Any]]) -> list[Answer]:
        """What :meth:`ask` answers to each body, in one request.

        :raises EngineError: as :meth:`ask`, for the first that fails.
        """
        if len(bodies) < 2:
            return [self.ask(room, body) for body in bodies]
        header = {"index": self.indices[room], **_HOW}
        lines: list[Mapping[str, Any]] = []
        for body in bodies:
            lines += [header, self._bounded(body)]
        with typed_errors():
            answers = _told(self.client.msearch(searches=lines).body, "responses")["responses"]
        if len(answers) != len(bodies):
            raise _not_an_answer()
        for answer in answers:
            if "error" in answer:
                raise refused(int(answer["status"]), answer)
        return [_told(answer, "hits") for answer in answers]

    def _bounded(self, body: Mapping[str, Any]) -> dict[str, Any]:
        return {"timeout": f"{max(1, round(self.timeout * _SERVER_SHARE * 1000))}ms", **body}

    def get(self, wanted: Iterable[tuple[str, str]], field: str) -> Iterator[Any]:
        """The stored ``field`` of documents given as (room, ``_id``), in the order asked; None where there is none."""
        asked = [{"_index": self.indices[room], "_id": document_id} for room, document_id in wanted]
        for start in range(0, len(asked), _AT_ONCE):
            with typed_errors():
                answer = self.client.mget(docs=asked[start : start + _AT_ONCE], source_includes=[field], realtime=False)
            for told in _told(answer.body, "docs")["docs"]:
                if "error" in told:
                    raise EngineUnavailableError(
                        f"the search server could only answer in part: {reason_of(told)}; try again"
                    )
                yield told["_source"].get(field) if told.get("found") else None


def _told(answer: Any, part: str) -> Answer:
    """``answer`` if it has what every answer of its kind has.

    :raises EngineUnavailableError: when it has not: something between us and the server answered in its place.
    """
    if isinstance(answer, Mapping) and part in answer:
        return answer
    raise _not_an_answer()


def _not_an_answer() -> EngineUnavailableError:
    return EngineUnavailableError(
        "what answers in the search server's place is not the search server (a proxy, a gateway?); try again"
    )


def complete(answer: Answer) -> Answer:
    """``answer`` if it is complete.

    :raises EngineUnavailableError: when it is not.
    """
    partial = partial_reason(answer)
    if partial:
        raise EngineUnavailableError(f"the search server could only answer in part: {partial}; try again")
    return answer


def partial_reason(answer: Answer) -> str | None:
    """Why an answer is not complete; None when it is."""
    shards = answer.get("_shards", {})
    failed = int(shards.get("failed", 0))
    if failed:
        failures: Sequence[Any] = shards.get("failures") or [{}]
        return f"{failed} of {shards.get('total', failed)} shards failed ({reason_of(failures[0])})"
    if answer.get("timed_out"):
        return "the search server ran out of time"
    if answer.get("terminated_early"):
        return "the search server stopped early"
    return None
