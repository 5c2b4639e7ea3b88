"""Moments at which something is due, kept in a heap that forgets what is no longer true.

What is due, and when, is told by the state itself; the heap only remembers when to ask. So a heap that is
built anew from a snapshot gives the same moments.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["Timers"]

Key = tuple[str, str]


class Timers:
    """Due moments by kind and id.

    Args:
        due_of: Turns (kind, id) into the moment at which it is really due, None = no longer.
    """

    def __init__(self, due_of: Callable[[str, str], datetime | None]) -> None:
        self._due_of = due_of
        self._heap: list[tuple[datetime, Key]] = []
        self._set: dict[Key, datetime] = {}

    def watch(self, kind: str, id_: str) -> None:
        """Look at something when it is due; an earlier look stays planned and finds out by itself."""
        due = self._due_of(kind, id_)
        if due is None:
            return
        key = (kind, id_)
        planned = self._set.get(key)
        if planned is None or due < planned:
            self._set[key] = due
            heappush(self._heap, (due, key))

    def peek(self) -> tuple[datetime, Key] | None:
        """The next thing that is really due; equal moments by kind and id."""
        while self._heap:
            due, key = self._heap[0]
            if self._set.get(key) == due and self._due_of(*key) == due:
                return due, key
            heappop(self._heap)
            if self._set.get(key) == due:
                del self._set[key]
                self.watch(*key)
        return None

    def pop(self) -> Key:
        """Take the thing that `peek` returned."""
        due, key = heappop(self._heap)
        if self._set.get(key) == due:
            del self._set[key]
        return key
