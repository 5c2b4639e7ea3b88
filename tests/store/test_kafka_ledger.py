"""From Kafka into the ledger: everything once, on from where it was, and what Kafka lost is noted."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest

from events.contract import COMMANDS, STATES
from events.log import Entry, Partition
from monitor.roles.ledger import LedgerRole
from monitor.store.audit import audit
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Ledger
from tests.events.rigs import KafkaRig, home
from tests.store.samples import at, change, verdict

pytestmark = [
    pytest.mark.slow,
    pytest.mark.kafka,
    # kafka-python leaves the sockets of failed attempts to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

SUBJECTS = ("sw", "core-1", "ap-1", "lijn", "zaak")


class Room:
    def __init__(self, rig, database):
        self.rig = rig
        self.database = database
        self.ledger = Ledger(database)
        self.judged = None
        self.role = None

    @asynccontextmanager
    async def running(self):
        self.role = LedgerRole(self.rig.log, self.rig.clock, self.ledger, lambda: self.judged)
        job = asyncio.create_task(self.role.run())
        try:
            yield
        finally:
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)

    async def say(self, topic, *events):
        await self.rig.log.publish(topic, [Entry(one.subject, one) for one in events])

    async def until(self, is_so):
        """Let the clock run until something is so; Kafka answers when it does."""
        async with asyncio.timeout(60):
            while not await is_so():
                await self.rig.clock.advance(0.5)

    async def has(self, number):
        async def counted():
            return len(await self.ledger.facts()) >= number

        await self.until(counted)


@pytest.fixture
async def room(kafka_broker, tmp_path):
    rig = KafkaRig(kafka_broker)
    database = Database(sqlite(tmp_path / "ledger.db"))
    await database.upgrade()
    yield Room(rig, database)
    await rig.close()
    await database.close()


def verdicts(first, last):
    return [
        verdict("down" if n % 2 else "up", n, subject=SUBJECTS[n % 5]) for n in range(first, last)
    ]


async def test_verdicts_of_every_partition_go_in_once_and_a_restart_goes_on(room):
    told = verdicts(0, 40)
    await room.say(STATES, *told[:25])
    await room.say(COMMANDS, change())
    async with room.running():
        await room.has(26)
    await room.say(STATES, *told[20:])
    room.judged = at(1000)

    async def reached():
        return (await room.ledger.progress()).reached == at(1000)

    async with room.running():
        await room.until(reached)
    facts = await room.ledger.facts()
    assert sorted(one.id for one in facts) == sorted(one.id for one in [*told, change()])
    for subject in SUBJECTS:
        mine = [one.id for one in facts if one.subject == subject]
        assert mine == [one.id for one in told if one.subject == subject]
    ends = await room.rig.log.ends([STATES, COMMANDS])
    assert await room.ledger.positions() == {each: end for each, end in ends.items() if end}
    assert await room.ledger.gaps() == []
    assert (await audit(room.database)).findings == []


async def test_what_kafka_no_longer_has_is_noted_and_what_follows_goes_in(room):
    acts = [change(f"c-{n}") for n in range(6)]
    await room.rig.log.publish(COMMANDS, [Entry("default", acts[0])])
    async with room.running():
        await room.has(1)
    await room.rig.log.publish(COMMANDS, [Entry("default", one) for one in acts[1:]])
    there: Partition = home("default", COMMANDS)
    await room.rig.prune(there, 4)
    async with room.running():
        await room.has(3)
    assert [one.id for one in await room.ledger.facts()] == [acts[n].id for n in (0, 4, 5)]
    (gap,) = await room.ledger.gaps()
    assert (gap.partition, gap.first, gap.after) == (there, 1, 4)
