"""An office whose observations come late, out of order, twice, corrected: engine and ledger on a journal."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

from events import codec
from events.clock import ManualClock
from events.contract import (
    COMMANDS,
    OBSERVATIONS,
    Correction,
    CorrectionData,
    Observation,
    ObservationData,
)
from events.journal import JournalLog
from events.log import Entry
from events.span import seconds
from monitor.bookkeeping import Bookkeeper, Terms
from monitor.reports.facts import facts_of
from monitor.reports.month import report
from monitor.roles.engine import Engine
from monitor.roles.ledger import LedgerRole
from monitor.snapshot import Snapshots
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Ledger
from monitor.store.months import Months
from tests.roles.test_flow import CATALOGUE
from topology.catalogue import build, canonical
from topology.compiled import Compiled

START = datetime(2026, 5, 31, 21, 0, tzinfo=UTC)
"""An hour before the month ends: what is judged of it afterwards is the whole of it."""
MONTH_ENDS = START + timedelta(hours=1)
COMPILED = Compiled.of(build(CATALOGUE))


class JumpingClock(ManualClock):
    """A clock that goes on at once: who waits wakes late."""

    async def jump(self, to: datetime) -> None:
        self._elapsed = max(self._elapsed, (to - START).total_seconds())
        while self._sleepers and self._sleepers[0][0] <= self._elapsed:
            waiter = heapq.heappop(self._sleepers)[2]
            if not waiter.done():
                waiter.set_result(None)
        # The writers of log and ledger are threads: spinning here would only keep the processor from them.
        await asyncio.sleep(0.0005)


def at(after: float) -> datetime:
    return START + timedelta(seconds=after)


def saw(name: str, subject: str, status: str, after: float, kind: str = "recorded") -> Observation:
    data = ObservationData(kind=kind, status=status)  # type: ignore[arg-type]
    return Observation(id=name, source="probe/p1", subject=subject, time=at(after), data=data)


def correction(
    name: str, of: str, status: str | None, moved: float | None, after: float
) -> Correction:
    data = CorrectionData(  # type: ignore[arg-type]
        supersedes=of, status=status, at=None if moved is None else at(moved)
    )
    return Correction(id=name, source="operator/j", subject="x", time=at(after), data=data)


class Office:
    """The roles of one process; the log and the ledger outlive it."""

    def __init__(self, directory) -> None:
        self.directory = directory
        self.clock = JumpingClock(START)
        self.log = JournalLog(directory / "log", self.clock)
        self.database = Database(sqlite(directory / "ledger.db"))
        self.ledger = Ledger(self.database)
        self.said = 0
        """Events that this life of the engine has to take."""
        self._jobs: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self.database.upgrade()
        self.engine = Engine(self.log, self.clock, COMPILED, Snapshots(self.directory / "engine"))
        role = LedgerRole(self.log, self.clock, self.ledger, lambda: self.engine.judged)
        self._jobs = [asyncio.create_task(one.run()) for one in (self.engine, role)]
        while not self.engine.is_ready:
            await self.turn()

    async def stop(self) -> None:
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)

    async def close(self) -> None:
        await self.stop()
        await self.log.close()
        await self.database.close()

    async def turn(self, step: float = 0.2) -> None:
        await self.clock.jump(self.clock.now() + timedelta(seconds=step))
        failed = [job for job in self._jobs if job.done()]
        for job in failed:
            job.result()

    async def say(self, *events) -> None:
        for one in events:
            topic = OBSERVATIONS if isinstance(one, Observation) else COMMANDS
            await self.log.publish(topic, [Entry("default", one)])
            self.said += 1

    async def arrive(self, arrivals) -> None:
        """Let events arrive, each at its moment in seconds."""
        for moment, event in arrivals:
            await self.clock.jump(at(moment))
            await self.say(event)
            await self.folded()

    async def folded(self) -> None:
        """Until the engine has taken everything that was said to it."""
        async with asyncio.timeout(30):
            while self._taken() < self.said:
                await self.turn()
        await self.turn()

    def _taken(self) -> int:
        counts = self.engine.counts.events
        return counts["observation"] + counts["correction"]

    async def over(self) -> None:
        """Until the month is over, judged and kept."""
        await self.clock.jump(MONTH_ENDS + timedelta(minutes=5))
        goal = self.clock.now()
        async with asyncio.timeout(30):
            while (reached := (await self.ledger.progress()).reached) is None or reached < goal:
                await self.turn(2.0)

    async def read(self, *topics):
        reader = await self.log.subscribe(topics)
        records = await reader.read(limit=1_000_000, wait_s=0.0)
        await reader.close()
        return [codec.decode(record.value) for record in records]

    async def reports(self):
        """The month from the ledger, and from what `keten export --inputs` gives."""
        content = canonical({k: v for k, v in CATALOGUE.items() if k != "service"})
        keeper = Bookkeeper(self.ledger, Months(self.database), COMPILED, content)
        there = (await keeper.reckon(Terms(month="2026-05"))).report
        start, end = map(seconds, keeper.period("2026-05"))
        lines = await self.read(OBSERVATIONS, COMMANDS)
        here = report(COMPILED, facts_of(COMPILED, lines, end), (start, end))
        return there, here
