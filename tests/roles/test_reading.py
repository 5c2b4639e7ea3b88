"""Reading the log: what cannot be read is set aside with its place, and the reader moves on."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from events import codec, ids
from events.clock import ManualClock
from events.contract import DEADLETTERS, OBSERVATIONS, Deadletter, Observation, ObservationData
from events.log import Entry, Partition
from events.memory import MemoryLog
from monitor.roles.reading import Reader

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


def seen(subject: str, time: datetime = NOW) -> Observation:
    data = ObservationData(kind="reach", status="up")
    return ids.event(Observation, source="probe/p1", subject=subject, time=time, data=data)


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog(ManualClock(NOW), {OBSERVATIONS: 1})


async def letters(log) -> list[Deadletter]:
    subscription = await log.subscribe([DEADLETTERS])
    return [codec.decode(record.value) for record in await subscription.read(wait_s=0.0)]


async def test_garbage_between_good_events_is_set_aside_with_place_reason_and_bytes(log):
    await log.publish(OBSERVATIONS, [Entry("default", seen("sw-1"))])
    log.put(Partition(OBSERVATIONS, 0), "default", b"\xffnot json")
    await log.publish(OBSERVATIONS, [Entry("default", seen("sw-2"))])
    count = []
    reader = Reader(log, log.clock, "engine/default", lambda: count.append(1))
    await reader.open([OBSERVATIONS])
    events = [event.subject for _, event in await reader.batch()]
    await reader.close()
    assert events == ["sw-1", "sw-2"]
    (letter,) = await letters(log)
    assert letter.subject == "observations/0/1"
    assert letter.data.reason.startswith("not JSON")
    assert base64.b64decode(letter.data.raw) == b"\xffnot json"
    assert count == [1]


async def test_an_event_from_the_future_is_quarantined_and_never_handed_on(log):
    await log.publish(OBSERVATIONS, [Entry("default", seen("sw-1", NOW + timedelta(minutes=6)))])
    reader = Reader(log, log.clock, "engine/default")
    await reader.open([OBSERVATIONS])
    assert await reader.batch() == []
    await reader.close()
    (letter,) = await letters(log)
    assert "360 s after its own recordedtime" in letter.data.reason


async def test_a_dead_letter_that_cannot_be_read_does_not_breed_another(log):
    log.put(Partition(DEADLETTERS, 0), "x", b"{")
    reader = Reader(log, log.clock, "web/main")
    await reader.open([DEADLETTERS])
    assert await reader.batch() == []
    await reader.close()
    subscription = await log.subscribe([DEADLETTERS])
    assert len(await subscription.read(wait_s=0.0)) == 1
