"""From the log into the ledger: everything once, with how far the engine has judged."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from events.clock import ManualClock
from events.contract import COMMANDS, INCIDENTS, STATES
from events.errors import ConfigError, StoreUnavailable
from events.log import Entry, Partition
from events.memory import MemoryLog
from monitor.roles.ledger import LedgerRole
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Ledger
from tests.store.samples import START, at, change, correction, loaded, verdict

HOME = Partition(STATES, 0)


class Room:
    def __init__(self, path):
        self.clock = ManualClock(START)
        self.log = MemoryLog(self.clock)
        self.database = Database(sqlite(path))
        self.ledger = Ledger(self.database)
        self.judged = None
        self.role = None

    @asynccontextmanager
    async def running(self):
        self.role = LedgerRole(self.log, self.clock, self.ledger, lambda: self.judged)
        task = asyncio.create_task(self.role.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def say(self, topic, *events):
        await self.log.publish(topic, [Entry(event.subject, event) for event in events])

    async def until(self, is_so):
        """Let the clock run until something is so."""
        async with asyncio.timeout(20):
            while not await is_so():
                await self.clock.advance(0.5)
                await asyncio.sleep(0)

    async def has(self, number):
        await self.until(lambda: self._counts(number))

    async def counts(self, number):
        """Wait until the role says so; it never says more."""

        async def told():
            assert self.role.facts <= number
            return self.role.facts == number

        await self.until(told)

    async def _counts(self, number):
        return len(await self.ledger.facts()) == number


@pytest.fixture
async def room(tmp_path):
    made = Room(tmp_path / "ledger.db")
    await made.database.upgrade()
    yield made
    await made.database.close()


async def test_verdicts_and_decisions_go_into_the_ledger_and_a_restart_goes_on(room):
    await room.say(STATES, verdict("down", 1), verdict("up", 2))
    await room.say(COMMANDS, change(), correction("o", "up", 1, recorded=3), loaded("a" * 64))
    async with room.running():
        await room.has(5)
    await room.say(STATES, verdict("down", 9), verdict("down", 1))
    async with room.running():
        await room.has(6)
        await room.counts(1)  # told after the transaction, which other readers see before
    assert await room.ledger.gaps() == []


async def test_the_moment_reached_is_the_one_judged_before_the_last_word_was_read(room):
    room.judged = at(100)
    await room.say(STATES, verdict("down", 1))
    async with room.running():

        async def reached():
            return (await room.ledger.progress()).reached == at(100)

        await room.until(reached)
    assert len(await room.ledger.facts()) == 1


async def test_a_ledger_of_another_log_is_refused_with_its_cure_and_stays_as_it_is(room):
    await room.say(STATES, verdict("down", 1), verdict("up", 2))
    async with room.running():
        await room.has(2)
    other = LedgerRole(MemoryLog(room.clock), room.clock, room.ledger, lambda: None)
    with pytest.raises(ConfigError, match=r"filled from another log .* name an empty directory"):
        await other.run()
    assert len(await room.ledger.facts()) == 2


async def test_what_cannot_be_read_is_passed_over_and_is_no_gap(room):
    room.log.put(HOME, "sw", b"{not an event")
    await room.say(STATES, verdict("down", 1))
    async with room.running():
        await room.has(1)
    assert await room.ledger.gaps() == []
    assert (await room.ledger.positions())[HOME] == 2


async def test_records_that_are_gone_before_they_were_read_are_noted_as_a_gap(room):
    await room.say(STATES, verdict("down", 1))
    async with room.running():
        await room.has(1)
    await room.say(STATES, *(verdict("up" if n % 2 else "down", n) for n in range(2, 6)))
    room.log.forget(HOME, 4)
    async with room.running():
        await room.has(2)
    (gap,) = await room.ledger.gaps()
    assert (gap.partition, gap.first, gap.after) == (HOME, 1, 4)


async def test_a_database_that_is_away_for_a_while_loses_nothing(room, monkeypatch):
    append, tries = Ledger.append, []

    async def away(self, batch):
        tries.append(batch)
        if len(tries) < 4:
            raise StoreUnavailable("gone fishing")
        return await append(self, batch)

    monkeypatch.setattr(Ledger, "append", away)
    await room.say(STATES, verdict("down", 1))
    await room.say(INCIDENTS)
    async with room.running():
        await room.has(1)
        assert room.role.failures == 3


async def test_a_clock_that_jumps_back_loses_and_repeats_nothing(room):
    """`recordedtime` then falls from one record to the next; the order of the ledger is that of the log."""
    told = [verdict("down", 10, recorded=500), verdict("up", 20, recorded=20), verdict("down", 30)]
    await room.say(STATES, *told)
    async with room.running():
        await room.has(3)
    assert [one.id for one in await room.ledger.facts()] == [one.id for one in told]
    assert [one.id for one in await room.ledger.facts(at(100))] == [one.id for one in told[1:]]
