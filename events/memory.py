"""The event log in memory: the fake that passes the same contract suite."""

from __future__ import annotations

import heapq
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING

from events.acceptance import accept
from events.arrival import Arrivals
from events.errors import KetenError, LogUnavailable, PositionLost
from events.log import Partition, Record
from events.topics import partition_number, topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from events.clock import Clock
    from events.log import Entry

__all__ = ["MemoryLog", "MemorySubscription"]


class MemoryLog:
    """A log that lasts as long as the object.

    Beyond the port it lets a test break things: `failure`, `put` (bytes as they are), `forget`.

    Attributes:
        failure: Raised by every publish and read while set: the log is away, or full.

    Args:
        clock: Stamps what is accepted and times the waiting.
        partitions: Partitions of topics that shall differ from `events.topics`.
    """

    def __init__(self, clock: Clock, partitions: Mapping[str, int] | None = None) -> None:
        self.clock = clock
        self.arrivals = Arrivals()
        self.failure: KetenError | None = None
        self.groups: dict[str, dict[Partition, int]] = {}
        self._partitions = dict(partitions or {})
        self._records: dict[Partition, list[Record]] = {}
        self._low: dict[Partition, int] = {}
        self._next: dict[Partition, int] = {}
        self._closed = False

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Append events (see the port)."""
        self.check()
        parts = len(self.partitions_of(topic))
        for key, value in accept(entries, self.clock.now()):
            self.put(Partition(topic, partition_number(key, parts)), key, value)

    def put(self, partition: Partition, key: str, value: bytes) -> Record:
        """Append bytes as they are, readable or not."""
        offset = self._next.get(partition, 0)
        record = Record(partition, offset, key, value, self.clock.now())
        self._records.setdefault(partition, []).append(record)
        self._next[partition] = offset + 1
        self.arrivals.announce()
        return record

    def forget(self, partition: Partition, before: int) -> None:
        """Drop the records before this offset, as retention does."""
        kept = [each for each in self._records.get(partition, []) if each.offset >= before]
        self._records[partition] = kept
        self._low[partition] = before

    async def subscribe(
        self,
        topics: Sequence[str],
        *,
        group: str | None = None,
        start: Mapping[Partition, int] | None = None,
    ) -> MemorySubscription:
        """Open a reader (see the port)."""
        self.check()
        committed = self.groups.get(group, {}) if group is not None and start is None else {}
        known = committed if start is None else start
        positions = {
            each: known.get(each, self._low.get(each, 0))
            for name in topics
            for each in self.partitions_of(name)
        }
        return MemorySubscription(self, group, positions)

    async def ends(self, topics: Sequence[str]) -> dict[Partition, int]:
        """Per partition the next offset (see the port)."""
        self.check()
        return {
            each: self._next.get(each, 0) for name in topics for each in self.partitions_of(name)
        }

    async def close(self) -> None:
        """Refuse further use; may be called twice."""
        self._closed = True
        self.arrivals.announce()

    def check(self) -> None:
        """Raise what a test asked for, or that the log is closed."""
        if self.failure is not None:
            raise self.failure
        if self._closed:
            raise LogUnavailable("the log in memory is closed")

    def partitions_of(self, name: str) -> list[Partition]:
        """Every partition of a topic."""
        count = self._partitions.get(name) or topic(name).partitions
        return [Partition(name, number) for number in range(count)]

    def after(self, partition: Partition, offset: int) -> Iterator[Record]:
        """The kept records of a partition from an offset on.

        Raises:
            PositionLost: The offset is no longer kept, or was never reached.
        """
        if not self._low.get(partition, 0) <= offset <= self._next.get(partition, 0):
            raise PositionLost(
                f"{partition.topic}/{partition.number} does not keep offset {offset}"
            )
        records = self._records.get(partition, [])
        return islice(records, bisect_left(records, offset, key=_offset), None)


class MemorySubscription:
    """A reader of a `MemoryLog`."""

    def __init__(self, log: MemoryLog, group: str | None, positions: dict[Partition, int]) -> None:
        self._log = log
        self._group = group
        self._positions = positions
        self._closed = False

    async def read(self, *, limit: int = 500, wait_s: float = 1.0) -> list[Record]:
        """Return the next records, oldest first over all partitions (see the port)."""
        clock, arrivals = self._log.clock, self._log.arrivals
        deadline = clock.monotonic() + wait_s
        while True:
            seen = arrivals.count
            records = self._take(limit)
            left = deadline - clock.monotonic()
            if records or left <= 0:
                return records
            await arrivals.after(seen, clock, left)

    def _take(self, limit: int) -> list[Record]:
        if self._closed:
            raise LogUnavailable("the subscription is closed")
        self._log.check()
        streams = [self._log.after(each, at) for each, at in self._positions.items()]
        records = list(islice(heapq.merge(*streams, key=_accepted), limit))
        for record in records:
            self._positions[record.partition] = record.offset + 1
        return records

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember positions for the group; without a group there is nobody to remember them for."""
        self._log.check()
        if self._group is not None:
            self._log.groups.setdefault(self._group, {}).update(positions)

    async def close(self) -> None:
        """Stop reading; may be called twice."""
        self._closed = True


def _offset(record: Record) -> int:
    return record.offset


def _accepted(record: Record) -> float:
    return record.accepted.timestamp()
