"""When each target is looked at: a fixed beat per target, spread by the hash of its id.

Pure: the moments are seconds of whatever monotonic clock the caller reads.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from probes.port import Target

__all__ = ["Schedule", "phase"]

FIRST_SPREAD = 0.2
"""The first looks are spread over this share of the interval, so that a start is not blind for long."""


def phase(component: str) -> float:
    """Turn an id into its share, 0 to 1, of the interval: the same on every machine and day."""
    digest = hashlib.blake2b(component.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


@dataclass(slots=True)
class _Beat:
    """A target, its next look and the one after it."""

    target: Target
    due: float
    following: float


class Schedule:
    """Which targets are due, and when the next one is."""

    def __init__(self) -> None:
        self._beats: dict[str, _Beat] = {}
        self._heap: list[tuple[float, str]] = []

    def __len__(self) -> int:
        return len(self._beats)

    def get(self, component: str) -> Target | None:
        """The target of a component, if it has one."""
        beat = self._beats.get(component)
        return beat.target if beat else None

    def replace(self, targets: Iterable[Target], now: float) -> None:
        """Take a new set of targets; one that stays with its interval keeps its beat.

        Args:
            targets: All that are to be looked at from now on.
            now: Seconds of the monotonic clock.
        """
        old = self._beats
        self._beats = {}
        for target in targets:
            known = old.get(target.component)
            if known and known.target.interval_s == target.interval_s:
                beat = _Beat(target, known.due, known.following)
            else:
                beat = _new_beat(target, now)
            self._beats[target.component] = beat
        self._heap = [(beat.due, component) for component, beat in self._beats.items()]
        heapq.heapify(self._heap)

    def next_due(self) -> float | None:
        """The moment of the next look, or None without targets."""
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> list[tuple[Target, int]]:
        """The targets that are due, each with the beats that were missed before this one.

        Args:
            now: Seconds of the monotonic clock.
        """
        due: list[tuple[Target, int]] = []
        while self._heap and self._heap[0][0] <= now:
            _, component = heapq.heappop(self._heap)
            beat = self._beats[component]
            interval = beat.target.interval_s
            missed = max(0, int((now - beat.following) // interval) + 1)
            due.append((beat.target, missed))
            beat.due = beat.following + missed * interval
            beat.following = beat.due + interval
            heapq.heappush(self._heap, (beat.due, component))
        return due


def _new_beat(target: Target, now: float) -> _Beat:
    """The first look soon, those after it spread over the whole interval."""
    interval = target.interval_s
    offset = phase(target.component) * interval
    first = now + offset * FIRST_SPREAD
    following = now + offset
    if following - first < interval / 2:
        following += interval
    return _Beat(target, first, following)
