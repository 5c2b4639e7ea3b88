"""The three adapters behind one handle, with the ways to break them that the port does not have."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

from kafka import KafkaAdminClient

from events import ids
from events.clock import ManualClock
from events.contract import OBSERVATIONS, Observation, ObservationData
from events.journal import JournalLog
from events.journal_writer import Append
from events.kafka import KafkaLog, KafkaSettings
from events.log import Entry, Partition
from events.memory import MemoryLog
from events.timestamp import microseconds
from events.topics import TOPICS, partition_number

START = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)
_serial = count()


def observation(subject="sw-1", *, at=0, status="down"):
    return ids.event(
        Observation,
        source="probe/p1",
        subject=subject,
        time=START + timedelta(seconds=at),
        data=ObservationData(kind="reach", status=status, reason="timeout"),
    )


def entries(number, key="default", first=0):
    return [Entry(key, observation(f"sw-{n}", at=n)) for n in range(first, first + number)]


def home(key, topic=OBSERVATIONS):
    """The partition of a key."""
    return Partition(topic, partition_number(key, TOPICS[topic].partitions))


async def drain(subscription, number, limit=500):
    """Read until so many records have come; a log that keeps them back fails the test."""
    taken = []
    async with asyncio.timeout(60):
        while len(taken) < number:
            taken += await subscription.read(limit=limit, wait_s=1.0)
    return taken


class MemoryRig:
    def __init__(self):
        self.clock = ManualClock(START)
        self.log = MemoryLog(self.clock)

    async def put(self, partition, key, value):
        self.log.put(partition, key, value)

    async def prune(self, partition, before):
        self.log.forget(partition, before)

    async def reopen(self):
        return self.log  # it lasts as long as the object

    async def close(self):
        await self.log.close()


class JournalRig:
    def __init__(self, directory):
        self.directory = directory
        self.clock = ManualClock(START)
        self.log = JournalLog(directory, self.clock)

    async def put(self, partition, key, value):
        number = self.log._topic(partition.topic)[0]
        done = asyncio.get_running_loop().create_future()
        row = (number, partition.number, microseconds(self.clock.now()), key, value)
        await self.log._slots.acquire()
        await self.log._submit(self.log._writer, Append([row], done))

    async def prune(self, partition, before):
        number = self.log._topic(partition.topic)[0]
        wire = self.log._upkeep._wire
        await self.log.tidy()  # its writer is idle from here on
        wire.execute(
            "DELETE FROM log WHERE topic=? AND part=? AND off<?", (number, partition.number, before)
        )
        wire.execute(
            "UPDATE heads SET low_off=? WHERE topic=? AND part=?",
            (before, number, partition.number),
        )

    async def reopen(self):
        await self.log.close()
        self.log = JournalLog(self.directory, self.clock)
        return self.log

    async def close(self):
        await self.log.close()


class KafkaRig:
    def __init__(self, broker, **patience):
        self.clock = ManualClock(START)
        self.settings = KafkaSettings(
            broker.address, prefix=f"t{next(_serial)}.", client_id="tests", **patience
        )
        self.log = KafkaLog(self.settings, self.clock)

    async def put(self, partition, key, value):
        producer = await self.log._ready(partition.topic)
        sent = producer.send(
            self.settings.prefix + partition.topic,
            value,
            key=key.encode(),
            partition=partition.number,
        )
        await asyncio.to_thread(sent.get, 10)

    async def prune(self, partition, before):
        admin = KafkaAdminClient(**self.settings.common())
        await asyncio.to_thread(admin.delete_records, {self.log._topics.foreign(partition): before})
        await asyncio.to_thread(admin.close)

    async def reopen(self):
        await self.log.close()
        self.log = KafkaLog(self.settings, self.clock)
        return self.log

    async def close(self):
        await self.log.close()
