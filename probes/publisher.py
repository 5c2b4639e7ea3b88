"""Publishes to the log, or to the spool while the log is away, and never out of order.

As long as anything waits in the spool everything goes through it; a drain of its own brings it to the log
when that is back.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.errors import KetenError, TransientError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.clock import Clock
    from events.log import Entry, Log
    from probes.spool import Spool

__all__ = ["PublisherCounts", "SpoolingPublisher"]

BATCH = 500
RETRY_S = 1.0
LONGEST_RETRY_S = 15.0
IDLE_S = 5.0


@dataclass(slots=True)
class PublisherCounts:
    """What went where since the start, for the metrics."""

    published: int = 0
    spooled: int = 0
    drained: int = 0
    refused: int = 0
    """Events that the log will never take; also counted as dropped by the spool."""


class SpoolingPublisher:
    """A way to the log that does not lose what was seen while it is away."""

    def __init__(self, log: Log, spool: Spool, clock: Clock) -> None:
        self.counts = PublisherCounts()
        self.spool = spool
        self._log = log
        self._clock = clock
        self._stopping = False

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Bring entries to the log, else to the spool.

        Raises:
            LogFull: Neither has room.
            KetenError: The log will never take them.
        """
        if not entries:
            return
        if not len(self.spool):
            try:
                await self._log.publish(topic, entries)
            except TransientError:
                pass
            else:
                self.counts.published += len(entries)
                return
        self.spool.put(topic, entries)
        self.counts.spooled += len(entries)

    async def run(self) -> None:
        """Bring the spool to the log whenever it holds something, until `stop`."""
        wait = RETRY_S
        while not self._stopping:
            if await self.drain():
                wait = RETRY_S
                await self._clock.sleep(min(wait, IDLE_S))
            else:
                await self._clock.sleep(wait)
                wait = min(wait * 2, LONGEST_RETRY_S)

    def stop(self) -> None:
        """Let `run` end at its next turn; what waits stays on disk."""
        self._stopping = True

    async def drain(self) -> bool:
        """Publish what waits, oldest first; False when the log is still away."""
        while len(self.spool) and not self._stopping:
            topic, waiting = self.spool.oldest(BATCH)
            if not waiting:
                continue
            try:
                await self._log.publish(topic, [entry for _, entry in waiting])
            except TransientError:
                return False
            except KetenError:
                if not await self._one_by_one(topic, waiting):
                    return False
                continue
            self.spool.remove([number for number, _ in waiting])
            self.counts.drained += len(waiting)
            await asyncio.sleep(0)  # a long spool must not keep the loop from others
        return True

    async def _one_by_one(self, topic: str, waiting: list[tuple[int, Entry]]) -> bool:
        """Find the events that the log refuses for good, and let go of them."""
        for number, entry in waiting:
            try:
                await self._log.publish(topic, [entry])
            except TransientError:
                return False
            except KetenError:
                self.counts.refused += 1
                self.spool.drop([number], topic)
            else:
                self.counts.drained += 1
                self.spool.remove([number])
        return True
