"""The ledger role: verdicts, root causes, incidents and what people decided, from the log into the ledger.

Where it is goes into the ledger in the same transaction as what it read, so it may be killed at any moment.
It lives beside the engine, because it also writes down how far the engine has judged: a month is closed only
when everything of it was judged and kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from events.contract import COMMANDS, INCIDENTS, STATES
from events.errors import ConfigError, PositionLost, StoreUnavailable
from monitor.logs import logger
from monitor.roles.frontier import Frontier
from monitor.roles.reading import RETRY_S, Reader, persist
from monitor.store.ledger import Batch, Gap

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from datetime import datetime

    from events.clock import Clock
    from events.contract import AnyEvent
    from events.log import Log, Record
    from monitor.store.ledger import Ledger

__all__ = ["KEPT", "LedgerRole"]

T = TypeVar("T")

KEPT = (STATES, COMMANDS, INCIDENTS)
"""Topics that hold what the accounts need."""
SOURCE = "ledger/main"
LIMIT = 1000
"""Records of one transaction: some 20 ms of hashing and writing."""
MEASURE_S = 1.0
WRITE_S = 10.0
"""How often the moment that was reached is written when nothing else is."""


class LedgerRole:
    """Fills the ledger.

    Args:
        log: The event log.
        clock: For waits.
        ledger: Where to.
        judged: Tells up to when the engine has judged everything that the log accepted; None = not known.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        ledger: Ledger,
        judged: Callable[[], datetime | None],
    ) -> None:
        self.facts = 0
        """Facts added since the start."""
        self.gaps = 0
        """Times that the log no longer had what was to be read."""
        self.failures = 0
        """Tries that the database did not take."""
        self.reached: datetime | None = None
        """Everything judged up to here is in the ledger."""
        self._log = log
        self._clock = clock
        self._ledger = ledger
        self._judged = judged
        self._frontier = Frontier()
        self._unreadable: list[Record] = []
        self._promised: datetime | None = None
        self._measured: datetime | None = None
        self._written: datetime | None = None

    @property
    def lag(self) -> float:
        """Records in the log that are not in the ledger, about a second ago."""
        return sum(self._frontier.lag().values())

    async def run(self) -> None:
        """Read and write until cancelled."""
        reader = Reader(self._log, self._clock, SOURCE, is_known=self._pass_over)
        await self._begin(reader)
        try:
            while True:
                await self._turn(reader)
        finally:
            await reader.close()

    async def _begin(self, reader: Reader) -> None:
        self._frontier.positions = await self.persist(self._ledger.positions)
        self.reached = (await self.persist(self._ledger.progress)).reached
        ends = await persist(lambda: self._log.ends(KEPT), self._clock, SOURCE)
        try:
            self._frontier.within(ends)
        except PositionLost as error:
            raise ConfigError(
                f"the ledger was filled from another log ({error}); bring that log back, or keep a ledger of"
                " its own for this one: name an empty directory with --data"
            ) from error
        await reader.open(KEPT, start=self._frontier.positions)

    async def _turn(self, reader: Reader) -> None:
        try:
            batch = await reader.batch(limit=LIMIT)
        except PositionLost as error:
            logger("ledger").error("position.lost", reason=str(error))
            await reader.close()
            await reader.open(KEPT, start={})
            return
        await self._keep(batch)
        await self._measure()

    def _pass_over(self, record: Record) -> bool:
        """What cannot be read is a dead letter of the engine's; here it only counts as read."""
        self._unreadable.append(record)
        return True

    async def _measure(self) -> None:
        """Learn how far the engine is, then where its words end: what it said by then stands before there."""
        now = self._clock.now()
        recent = self._measured is not None and (now - self._measured).total_seconds() < MEASURE_S
        if recent or (self._promised is not None and self.lag):  # the last promise is not kept yet
            return
        judged = self._judged()
        ends = await persist(lambda: self._log.ends(KEPT), self._clock, SOURCE)
        self._measured, self._promised = now, judged
        self._frontier.measure(ends, now)

    async def _keep(self, batch: Sequence[tuple[Record, AnyEvent]]) -> None:
        passed = [record for record, _ in batch] + self._unreadable
        self._unreadable = []
        gaps = self._jumps(passed)
        fresh = [(_place(record), event) for record, event in batch if not self._has(record)]
        for record in passed:
            if not self._has(record):
                self._frontier.pass_by(record)
        reached = self._promised if self._promised and not self.lag else None
        if not passed and not self._is_time_to_write(reached):
            return
        touched = {
            record.partition: self._frontier.positions[record.partition] for record in passed
        }
        kept = Batch(events=fresh, positions=touched, gaps=gaps, reached=reached)
        self.facts += await self.persist(lambda: self._ledger.append(kept))
        self.gaps += len(gaps)
        if reached is not None:
            self.reached, self._written = reached, self._clock.now()

    def _has(self, record: Record) -> bool:
        return record.offset < self._frontier.positions.get(record.partition, 0)

    def _jumps(self, passed: Iterable[Record]) -> list[Gap]:
        """The offsets that were not there: kept by age, compacted, or gone before the first start."""
        expected = dict(self._frontier.positions)
        gaps = []
        for record in sorted(passed, key=lambda one: (one.partition, one.offset)):
            first = expected.get(record.partition, 0)
            if record.offset > first:
                gaps.append(Gap(record.partition, first, record.offset, self._clock.now()))
            expected[record.partition] = max(first, record.offset + 1)
        return gaps

    def _is_time_to_write(self, reached: datetime | None) -> bool:
        if reached is None or reached == self.reached:
            return False
        now = self._clock.now()
        return self._written is None or (now - self._written).total_seconds() >= WRITE_S

    async def persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Try until the database answers; say its loss once and its return once."""
        tries = 0
        while True:
            try:
                result = await attempt()
            except StoreUnavailable as error:
                if not tries:
                    logger("ledger").error("store.lost", reason=str(error))
                self.failures += 1
                await self._clock.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1
            else:
                if tries:
                    logger("ledger").info("store.regained", tries=tries)
                return result


def _place(record: Record) -> str:
    topic, number = record.partition
    return f"{topic}/{number}/{record.offset}"
