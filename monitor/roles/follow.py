"""Follows the log for the board and the metrics: every verdict from the beginning, the rest from now on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from events.contract import COMMANDS, INCIDENTS, MEASUREMENTS, OBSERVATIONS, STATES
from monitor.roles.reading import Reader, persist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log, Record
    from monitor.projector import Delta, Projector

__all__ = ["Follow"]

VERDICTS = (STATES, INCIDENTS)
CLOCKS = (OBSERVATIONS, MEASUREMENTS, COMMANDS)
SOURCE = "web/main"


class Follow:
    """Keeps a projector up to date, and tells what changed.

    Verdicts are read from the oldest kept record, which the compaction of their topics keeps few; the
    events that only move the clocks are read from now on.

    Args:
        log: The event log.
        clock: For waits.
        projector: The picture.
        tell: Given the changes of each batch.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        projector: Projector,
        tell: Callable[[Sequence[Delta]], None] = lambda _deltas: None,
    ) -> None:
        self._log = log
        self._clock = clock
        self._projector = projector
        self._tell = tell
        self.caught_up = asyncio.Event()
        """Set once the picture holds what the log held when this began."""

    async def run(self) -> None:
        """Follow until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._verdicts())
            group.create_task(self._clocks())

    async def _verdicts(self) -> None:
        ends = await persist(lambda: self._log.ends(VERDICTS), self._clock, SOURCE)
        reader = Reader(self._log, self._clock, SOURCE)
        await reader.open(VERDICTS)
        try:
            async for batch in reader.until(ends):
                self._show(batch)
            self.caught_up.set()
            async for batch in reader.resume(limit=1000):
                self._show(batch)
        finally:
            await reader.close()

    def _show(self, batch: Sequence[tuple[Record, AnyEvent]]) -> None:
        deltas = [d for _, event in batch for d in self._projector.apply(event)]
        if deltas:
            self._tell(deltas)

    async def _clocks(self) -> None:
        ends = await persist(lambda: self._log.ends(CLOCKS), self._clock, SOURCE)
        reader = Reader(self._log, self._clock, SOURCE)
        await reader.open(CLOCKS, start=ends)
        try:
            async for batch in reader.resume(limit=1000):
                for _, event in batch:
                    self._projector.apply(event)
        finally:
            await reader.close()
