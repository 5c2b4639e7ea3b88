"""Observations through the engine into the ledger give the report that their lines give."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from events import codec, ids
from events.clock import ManualClock
from events.contract import COMMANDS, OBSERVATIONS, Change, ChangeData, Observation, ObservationData
from events.log import Entry
from events.memory import MemoryLog
from events.span import seconds, text
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

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


def seen(subject, status, time):
    data = ObservationData(kind="recorded", status=status)
    return ids.event(Observation, source="register", subject=subject, time=time, data=data)


def work(start):
    data = ChangeData(
        components=["core-1"], start=start, end=start + timedelta(minutes=5), agreed_at=NOW
    )
    return ids.event(Change, source="operator/j", subject="c-1", time=NOW, data=data)


TOLD = [
    *(("core-1", "up"), ("sw-1", "up"), ("ap-1", "up"), ("core-1", "down"), ("sw-1", "down")),
    *(("core-1", "up"), ("sw-1", "degraded"), ("sw-1", "up"), ("zaak", "down"), ("zaak", "up")),
]


class Office:
    def __init__(self, directory):
        self.clock = ManualClock(NOW)
        self.log = MemoryLog(self.clock)
        self.compiled = Compiled.of(build(CATALOGUE))
        self.database = Database(sqlite(directory / "ledger.db"))
        self.ledger = Ledger(self.database)
        self.engine = Engine(
            self.log, self.clock, self.compiled, Snapshots(directory / "snapshots")
        )
        self.role = LedgerRole(self.log, self.clock, self.ledger, lambda: self.engine.judged)
        self.events = []

    async def say(self, topic, *events):
        stamped = [ids.stamp(one, self.clock.now()) for one in events]
        self.events += stamped
        await self.log.publish(topic, [Entry("default", one) for one in stamped])

    async def wait(self, total):
        for _ in range(int(total * 2)):
            await self.clock.advance(0.5)
            await asyncio.sleep(0)

    async def settled(self):
        """Until the ledger has everything that was said so far."""
        async with asyncio.timeout(20):
            goal = self.clock.now()
            while (await self.ledger.progress()).reached is None or (
                await self.ledger.progress()
            ).reached < goal:
                await self.wait(1)


async def test_the_ledger_filled_by_the_engine_gives_the_report_of_the_lines(tmp_path):
    office = Office(tmp_path)
    await office.database.upgrade()
    jobs = [asyncio.create_task(one.run()) for one in (office.engine, office.role)]
    try:
        await office.say(COMMANDS, work(NOW + timedelta(seconds=40)))
        for subject, status in TOLD:
            await office.say(OBSERVATIONS, seen(subject, status, office.clock.now()))
            await office.wait(12)
        await office.settled()
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
    content = canonical({k: v for k, v in CATALOGUE.items() if k != "service"})
    keeper = Bookkeeper(office.ledger, Months(office.database), office.compiled, content)
    there = (await keeper.reckon(Terms(month="2026-06"))).report
    reached = (await office.ledger.progress()).reached
    assert reached is not None
    assert there["provisional"]
    assert there["to"] == text(reached.replace(microsecond=0))
    span = (seconds(keeper.period("2026-06")[0]), seconds(reached))
    lines = [codec.decode(codec.encode(one)) for one in office.events]
    here = report(office.compiled, facts_of(office.compiled, lines, span[1]), span)
    await office.database.close()
    for key in ("up", "degraded", "down", "unknown", "maintenance", "excluded", "suppliers"):
        assert there["chains"]["zaak-balie"][key] == here["chains"]["zaak-balie"][key], key
    assert here["chains"]["zaak-balie"]["down"] > 0
