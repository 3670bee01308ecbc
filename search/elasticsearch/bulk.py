"""Loading: bulk requests in the background, bounded, repeated until the server took every document or refused it.

A document goes with a version of ours (``external_gte``), so that sending it twice leaves one. What is repeated, after
a random share of a growing pause ("full jitter"): requests that met no connection, no answer in time, or 408, 429 and
5xx, and of an answered request the documents that did.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, NamedTuple

import msgspec
from elastic_transport import ApiError, TransportError
from elasticsearch import Elasticsearch

from records.errors import EngineError, EngineUnavailableError, GenerationError
from search.elasticsearch.errors import explained, reason_of
from search.elasticsearch.patience import LONGEST_PAUSE, Pause, passes, status_of
from search.elasticsearch.refused import Refused

__all__ = ["BulkSender", "Item"]

_MOST_DOCUMENTS = 2_000  # in one request
_REQUEST_TIMEOUT = 120.0
_SERVER_TIMEOUT = "30s"  # for a shard that has no live copy
_TOO_LARGE = 413

_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Item(NamedTuple):
    """A document to send to an index, as JSON."""

    target: str
    id: str
    version: int
    source: bytes


class BulkSender:
    """Sends documents in requests of about ``max_bytes``; up to ``in_flight`` are under way at a time.

    :meth:`add` waits while so many are, so memory stays bounded by ``(in_flight + 1) * max_bytes`` and a slow cluster
    slows the build instead of drowning. A document that was not taken ``patience`` seconds after its request's last
    progress ends the load.
    """

    def __init__(
        self,
        client: Elasticsearch,
        refused: Refused,
        *,
        max_bytes: int,
        in_flight: int,
        patience: float,
        pause: Pause | None = None,
    ) -> None:
        self._client = client.options(request_timeout=_REQUEST_TIMEOUT, max_retries=0, retry_on_status=())
        self._refused = refused
        self._max_bytes = max_bytes
        self._patience = patience
        self._pause = pause or Pause()
        self._pool = ThreadPoolExecutor(in_flight, thread_name_prefix="bulk")
        self._slots = threading.BoundedSemaphore(in_flight)
        self._sent: set[Future[None]] = set()
        self._batch: list[Item] = []
        self._bytes = 0
        self._failure: BaseException | None = None
        self._closed = False

    def add(self, item: Item) -> None:
        """Send a document, now or with those that follow.

        :raises EngineError: when an earlier request failed for good.
        """
        self._batch.append(item)
        self._bytes += len(item.source) + len(item.id) + 100
        if self._bytes >= self._max_bytes or len(self._batch) >= _MOST_DOCUMENTS:
            self._hand_over()

    def flush(self) -> None:
        """Wait until the server took or refused every document.

        :raises EngineError: when a request failed for good.
        """
        if self._batch:
            self._hand_over()
        for future in list(self._sent):
            future.exception()
        self._raise()

    def close(self) -> None:
        """Give up what was not sent; wait for what is under way to be answered. Idempotent."""
        self._closed = True
        self._batch = []
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._refused.check(final=False)

    def _hand_over(self) -> None:
        batch, self._batch, self._bytes = self._batch, [], 0
        self._slots.acquire()
        try:
            self._raise()
            future = self._pool.submit(self._deliver, batch)
        except BaseException:
            self._slots.release()
            raise
        self._sent.add(future)
        future.add_done_callback(self._done)

    def _done(self, future: Future[None]) -> None:
        self._sent.discard(future)
        if not future.cancelled() and self._failure is None:
            self._failure = future.exception()
        self._slots.release()

    def _deliver(self, batch: list[Item]) -> None:
        """Send until nothing is left."""
        left, attempt, progress = batch, 0, self._pause.clock()
        while left and not self._closed:
            told, reason = None, ""
            before = len(left)
            try:
                left, reason = self._answered(left)
            except (ApiError, TransportError) as error:
                if status_of(error) == _TOO_LARGE:
                    left = self._halved(left, error)
                    continue
                if not passes(error):
                    raise explained(error) from error
                told, reason = _told(error), str(explained(error))
            if len(left) < before:
                attempt, progress = 0, self._pause.clock()
            if not left:
                return
            if self._pause.clock() - progress > self._patience:
                raise EngineUnavailableError(
                    f"the search server took none of {len(left)} documents for {self._patience:.0f} seconds "
                    f"({reason}); see to the cluster and build again: what it took is kept",
                    retry_after=LONGEST_PAUSE,
                )
            _log.warning("%d documents are sent again: %s", len(left), reason)
            self._pause.before(attempt, told)
            attempt += 1

    def _answered(self, batch: Sequence[Item]) -> tuple[list[Item], str]:
        """Send once; documents to send again, and why."""
        answer = self._client.bulk(operations=list(_operations(batch)), timeout=_SERVER_TIMEOUT)
        if not answer["errors"]:
            return [], ""
        again, reason = [], ""
        for item, told in zip(batch, answer["items"], strict=True):
            result = told["index"]
            if self._take(item, int(result["status"]), result):
                again.append(item)
                reason = reason_of(result)
        return again, reason

    def _take(self, item: Item, status: int, result: Any) -> bool:
        """What became of one document; True to send it again."""
        if status < 300 or status == 409:  # 409: a later version of it is there
            return False
        if status in (408, 429) or status >= 500:
            return True
        if status == 404:
            raise GenerationError(
                f"the index {item.target} is gone: another build took over, or it was deleted; build again"
            )
        if status in (401, 403):
            raise EngineError(f"the search server does not allow writing ({status}): {reason_of(result)}")
        self._refused.add(item.target, item.id, status, reason_of(result), item.source)
        return False

    def _halved(self, batch: list[Item], error: ApiError | TransportError) -> list[Item]:
        """Send a request that is too large for the server in two; the half that is left."""
        if len(batch) == 1:
            item = batch[0]
            self._refused.add(item.target, item.id, _TOO_LARGE, "larger than the server takes", item.source)
            return []
        middle = len(batch) // 2
        _log.warning("a request of %d documents is too large for the server: %s", len(batch), explained(error))
        self._deliver(batch[:middle])
        return batch[middle:]


def _operations(batch: Sequence[Item]) -> Iterator[Any]:
    """Lines of the request: JSON as bytes, which the client only joins."""
    for item in batch:
        yield _encode(
            {"index": {"_index": item.target, "_id": item.id, "version": item.version, "version_type": "external_gte"}}
        )
        yield item.source


def _told(error: ApiError | TransportError) -> float | None:
    """Seconds to wait, where a proxy says so."""
    if not isinstance(error, ApiError):
        return None
    try:
        return float(error.meta.headers.get("retry-after") or "")
    except ValueError:
        return None
