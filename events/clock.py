"""The one clock. Only the edges own one; everything inside is told the time."""

from __future__ import annotations

import asyncio
import heapq
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Protocol

__all__ = ["Clock", "ManualClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time and lets time pass."""

    def now(self) -> datetime:
        """The moment, aware UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run back; only differences mean something."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when so many seconds have passed; nothing is changed if cancelled."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's idea of now."""
        return datetime.now(UTC)  # noqa: TID251  # this is the one place

    def monotonic(self) -> float:
        """The machine's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the running event loop."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that moves only when told: tests advance it and nobody waits."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The start plus what was advanced."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has passed this moment."""
        due = self._elapsed + seconds
        if due <= self._elapsed:
            await asyncio.sleep(0)
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (due, next(self._order), waiter))
        await waiter

    async def advance(self, seconds: float) -> None:
        """Let time pass, waking each sleeper at its own moment, in order."""
        until = self._elapsed + seconds
        await _let_others_run()
        while self._sleepers and self._sleepers[0][0] <= until:
            due, _, waiter = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, due)
            if not waiter.done():
                waiter.set_result(None)
            await _let_others_run()
        self._elapsed = until
        await _let_others_run()


async def _let_others_run() -> None:
    for _ in range(20):  # turns of the loop: enough for a woken task to reach its next await
        await asyncio.sleep(0)
