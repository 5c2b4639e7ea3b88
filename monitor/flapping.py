"""Changes of state in the order of telling turned into what keeps failing and coming back. Pure.

Counted are turns between working and not working; what is unknown or cannot be measured in between is no
turn. Only what people are shown comes from here: states, causes and accounts stay as they are.

Source: CORE.md 6 (flap); DESIGN.md 7.1 (`timing.flap`).
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from events.contract import State
    from topology.model import Flap

__all__ = ["Flapping"]

WORKING = {"up": True, "degraded": True, "down": False}
KEPT = 100
"""Turns kept of one component, or as many as make it flap: more of them are told as so many."""


class Flapping:
    """Who flaps, from the verdicts on components.

    Args:
        flap: So many turns in so long.
    """

    def __init__(self, flap: Flap) -> None:
        self._count = flap.count
        self._window = timedelta(seconds=flap.window_s)
        self._kept = max(KEPT, flap.count)
        self._failing: set[str] = set()
        self._turns: dict[str, deque[datetime]] = {}

    def take(self, told: State) -> None:
        """Add a verdict; one that takes the past back takes its turns back too."""
        if told.data.rewrites is not None:
            self._take_back(told.subject, told.data.rewrites)
        works = WORKING.get(told.data.state)
        if works is None or works == (told.subject not in self._failing):
            return
        turns = self._turns.setdefault(told.subject, deque(maxlen=self._kept))
        if turns and told.time < turns[-1]:
            return  # the log says something a second time
        turns.append(told.time)
        self._turn(told.subject)

    def turns(self, id_: str, now: datetime) -> int:
        """How often it turned in the window that ends now; 0 while that is too seldom for flapping."""
        since = now - self._window
        count = sum(since < at <= now for at in self._turns.get(id_, ()))
        return count if count >= self._count else 0

    def _take_back(self, id_: str, since: datetime) -> None:
        turns = self._turns.get(id_, deque())
        while turns and turns[-1] >= since:
            turns.pop()
            self._turn(id_)

    def _turn(self, id_: str) -> None:
        self._failing ^= {id_}
