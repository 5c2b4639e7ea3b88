"""How a role reads the log: decode, set aside what cannot be read, ride out a log that is away.

What cannot be read or breaks a handler goes to `deadletters` with its reason and place, and the reader
moves on: nothing is dropped silently, nothing blocks (DESIGN.md 4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from events import codec
from events.contract import DEADLETTERS
from events.deadletters import set_aside
from events.errors import ContractError, LogFull, LogUnavailable, PositionLost
from events.log import Entry
from monitor.logs import logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log, Partition, Record, Subscription

__all__ = ["Reader", "persist", "publish_patiently"]

T = TypeVar("T")

RETRY_S = (0.5, 1.0, 2.0, 5.0)
"""Waits between tries while the log is away; the last one repeats."""

QUIET_S = 1.0
QUIET_READS = 15
"""So many empty reads of so long say that the records up to an end are not kept: Kafka answers the first
reads of a new consumer with nothing."""


class Reader:
    """Reads events of some topics for one role.

    Args:
        log: The event log.
        clock: For waiting while the log is away.
        source: Who sets records aside: `engine/default`.
        on_deadletter: Told of each record set aside.
        is_known: Tells a record that was judged before; when it cannot be read it is passed over in silence.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        source: str,
        on_deadletter: Callable[[], None] = lambda: None,
        *,
        is_known: Callable[[Record], bool] = lambda _record: False,
    ) -> None:
        self._log = log
        self._clock = clock
        self._source = source
        self._on_deadletter = on_deadletter
        self._is_known = is_known
        self._subscription: Subscription | None = None
        self._topics: Sequence[str] = ()
        self._passed: dict[Partition, int] = {}

    async def open(
        self,
        topics: Sequence[str],
        *,
        group: str | None = None,
        start: Mapping[Partition, int] | None = None,
    ) -> None:
        """Subscribe, waiting for a log that is away."""
        self._topics, self._passed = topics, dict(start or {})
        self._subscription = await self._persist(
            lambda: self._log.subscribe(topics, group=group, start=start)
        )

    async def batch(
        self, *, limit: int = 500, wait_s: float = 0.25
    ) -> list[tuple[Record, AnyEvent]]:
        """The next readable events with their places; unreadable ones are already set aside."""
        subscription = self._opened()
        records = await self._persist(lambda: subscription.read(limit=limit, wait_s=wait_s))
        readable: list[tuple[Record, AnyEvent]] = []
        for record in records:
            self._passed[record.partition] = record.offset + 1
            try:
                readable.append((record, codec.check_times(codec.decode(record.value))))
            except ContractError as error:
                if not self._is_known(record):
                    await self.set_aside(record, str(error))
        return readable

    async def until(
        self, ends: Mapping[Partition, int], *, limit: int = 1000
    ) -> AsyncIterator[list[tuple[Record, AnyEvent]]]:
        """Batches up to these offsets, and what came along after them; opened with `start` or without group.

        It ends early only when nothing comes: what stood before an end may be no longer kept.
        """
        quiet = 0
        while quiet < QUIET_READS and self._is_before(ends):
            passed = dict(self._passed)
            batch = await self.batch(limit=limit, wait_s=QUIET_S)
            quiet = quiet + 1 if passed == self._passed else 0
            yield batch

    def _is_before(self, ends: Mapping[Partition, int]) -> bool:
        return any(self._passed.get(each, 0) < end for each, end in ends.items())

    async def resume(self, *, limit: int = 500) -> AsyncIterator[list[tuple[Record, AnyEvent]]]:
        """Batches for ever, empty ones included; a lost place is said, and the oldest kept follows."""
        while True:
            try:
                batch = await self.batch(limit=limit)
            except PositionLost as error:
                logger("log").error("position.lost", source=self._source, reason=str(error))
                await self.close()
                await self.open(self._topics, start={})
                batch = []
            yield batch

    async def set_aside(self, record: Record, reason: str) -> None:
        """Publish a record to `deadletters`; a record that stands there already is only reported."""
        self._on_deadletter()
        place = f"{record.partition.topic}/{record.partition.number}/{record.offset}"
        logger("log").warning("record.set_aside", place=place, reason=reason)
        if record.partition.topic == DEADLETTERS:
            return
        letter = set_aside(record, reason, source=self._source)
        await self._persist(lambda: self._log.publish(DEADLETTERS, [Entry(place, letter)]))

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember for the group how far it is done."""
        subscription = self._opened()
        await self._persist(lambda: subscription.commit(positions))

    async def close(self) -> None:
        """Stop reading; may be called twice."""
        if self._subscription is not None:
            await self._subscription.close()
            self._subscription = None

    def _opened(self) -> Subscription:
        assert self._subscription is not None, "open() comes first"
        return self._subscription

    async def _persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        return await persist(attempt, self._clock, self._source)


async def publish_patiently(
    log: Log, clock: Clock, source: str, topic: str, entries: Sequence[Entry]
) -> None:
    """Publish until the log takes it: for outputs of folds, which nobody else would repeat."""
    if entries:
        await persist(lambda: log.publish(topic, entries), clock, source)


async def persist(attempt: Callable[[], Awaitable[T]], clock: Clock, source: str) -> T:
    """Try until the log answers; say its loss once and its return once.

    Args:
        attempt: One try; safe to repeat.
        clock: For the waits between tries.
        source: Who waits, for the log line.
    """
    tries = 0
    while True:
        try:
            result = await attempt()
        except (LogUnavailable, LogFull) as error:
            if not tries:
                logger("log").error("log.lost", source=source, reason=str(error))
            await clock.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
            tries += 1
        else:
            if tries:
                logger("log").info("log.regained", source=source, tries=tries)
            return result
