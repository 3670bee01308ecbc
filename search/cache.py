"""A small cache of what a generation's immutability makes safe to keep."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Cache"]

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Least recently used entries go when their weights add up to more than ``capacity``. Thread-safe."""

    def __init__(self, capacity: int, weigh: Callable[[Value], int]) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._entries: OrderedDict[Hashable, Value] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The entry of ``key``, made when there is none; two threads may make the same one at once."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
        value = make()
        self.put(key, value)
        return value

    def found(self, key: Hashable) -> Value | None:
        """The entry of ``key``, None when there is none."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)
            return self._entries[key]

    def put(self, key: Hashable, value: Value) -> None:
        """Keep ``value`` unless ``key`` has an entry already, or it alone is over the capacity."""
        weight = self._weigh(value)
        if weight > self._capacity:
            return
        with self._lock:
            if key not in self._entries:
                self._entries[key] = value
                self._weight += weight
            while self._weight > self._capacity:
                _, dropped = self._entries.popitem(last=False)
                self._weight -= self._weigh(dropped)
