"""The notify role: each decided notification once per channel, through restarts and failing receivers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from events import codec, ids
from events.clock import ManualClock
from events.contract import (
    DEADLETTERS,
    INCIDENTS,
    NOTIFICATIONS,
    Delivery,
    Incident,
    IncidentData,
    Notification,
    NotificationData,
)
from events.errors import ChannelUnavailable, LogUnavailable
from events.log import Entry, Partition
from events.memory import MemoryLog
from monitor.roles.notify import RETRY_S, STALE_S, Notify

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


class Pager:
    """A channel that fails as often as told."""

    def __init__(self, name: str = "wacht", failures: int = 0) -> None:
        self.name = name
        self.failures = failures
        self.sent: list[tuple[str, str | None]] = []

    async def send(self, notification: Notification, incident: Incident | None) -> None:
        if self.failures:
            self.failures -= 1
            raise ChannelUnavailable(f"{self.name}: the receiver answered 503")
        self.sent.append((notification.data.title, incident and incident.data.cause))

    async def close(self) -> None:
        pass


def notification(title: str, *, decision: str = "send", time: datetime = NOW) -> Notification:
    data = NotificationData(incident="inc-1", action="opened", decision=decision, title=title)
    return ids.event(Notification, source="engine/x", subject="inc-1", time=time, data=data)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
async def log(clock) -> MemoryLog:
    log = MemoryLog(clock)
    data = IncidentData(cause="sw-1", fault="down", status="open", opened=NOW, since=NOW)
    incident = ids.event(Incident, source="engine/x", subject="inc-1", time=NOW, data=data)
    await log.publish(INCIDENTS, [Entry("inc-1", incident)])
    return log


@asynccontextmanager
async def running(log, clock, pager):
    task = asyncio.create_task(Notify(log, clock, pager).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def tell(log, *notifications):
    await log.publish(NOTIFICATIONS, [Entry("inc-1", one) for one in notifications])


async def deliveries(log) -> list[Delivery]:
    reader = await log.subscribe([NOTIFICATIONS])
    records = await reader.read(limit=1000, wait_s=0.0)
    events = [codec.decode(record.value) for record in records]
    return [event for event in events if isinstance(event, Delivery)]


async def test_a_decided_notification_is_sent_with_its_incident_and_its_fate_is_published(
    log, clock
):
    pager = Pager()
    async with running(log, clock, pager):
        await tell(log, notification("Storing: sw-1"))
        await clock.advance(1)
    assert pager.sent == [("Storing: sw-1", "sw-1")]
    assert [(d.data.channel, d.data.ok, d.data.attempt) for d in await deliveries(log)] == [
        ("wacht", True, 1)
    ]


async def test_a_held_notification_is_not_sent(log, clock):
    pager = Pager()
    async with running(log, clock, pager):
        await tell(log, notification("in maintenance", decision="hold"))
        await clock.advance(1)
    assert pager.sent == []


async def test_a_restart_sends_nothing_twice_even_when_the_group_lost_its_place(log, clock):
    await tell(log, notification("once"))
    for _ in range(3):
        pager = Pager()
        log.groups.clear()
        async with running(log, clock, pager):
            await clock.advance(1)
    assert pager.sent == []
    assert len(await deliveries(log)) == 1


async def test_a_failing_receiver_is_tried_again_until_it_answers(log, clock):
    pager = Pager(failures=2)
    async with running(log, clock, pager):
        await tell(log, notification("stubborn"))
        await clock.advance(RETRY_S[0] + RETRY_S[1] + 1)
    assert pager.sent == [("stubborn", "sw-1")]
    assert [d.data.attempt for d in await deliveries(log)] == [3]


async def test_a_receiver_that_never_answers_leaves_a_failed_delivery_and_not_silence(log, clock):
    pager = Pager(failures=100)
    async with running(log, clock, pager):
        await tell(log, notification("lost"))
        await clock.advance(sum(RETRY_S) + 10)
    (fate,) = await deliveries(log)
    assert (fate.data.ok, fate.data.error) == (False, "wacht: the receiver answered 503")


async def test_an_alarm_of_long_ago_is_recorded_as_skipped_at_start(log, clock):
    pager = Pager()
    await tell(log, notification("old", time=NOW - timedelta(seconds=STALE_S + 1)))
    async with running(log, clock, pager):
        await clock.advance(1)
    assert pager.sent == []
    assert [d.data.error for d in await deliveries(log)] == ["skipped: stale"]


async def test_a_log_that_is_away_is_waited_for(log, clock):
    pager = Pager()
    async with running(log, clock, pager):
        await tell(log, notification("before"))
        await clock.advance(1)
        log.failure = LogUnavailable("gone")
        await clock.advance(10)
        log.failure = None
        await tell(log, notification("after"))
        await clock.advance(10)
    assert [title for title, _ in pager.sent] == ["before", "after"]


class Broken(Pager):
    """A channel that cannot bear one of the titles."""

    async def send(self, notification: Notification, incident: Incident | None) -> None:
        if notification.data.title == "bad":
            raise ValueError("newline in a header")
        await super().send(notification, incident)


async def test_a_notice_that_breaks_the_channel_is_set_aside_and_the_next_one_is_sent(log, clock):
    pager = Broken()
    async with running(log, clock, pager):
        await tell(log, notification("bad"), notification("good"))
        await clock.advance(1)
    assert [title for title, _ in pager.sent] == ["good"]
    reader = await log.subscribe([DEADLETTERS])
    (letter,) = await reader.read(wait_s=0.0)
    assert "newline in a header" in codec.decode(letter.value).data.reason


class Hesitant(MemoryLog):
    """Answers the first read of every reader with nothing, as Kafka does."""

    async def subscribe(self, topics, *, group=None, start=None):
        subscription = await super().subscribe(topics, group=group, start=start)
        read, asked = subscription.read, []

        async def hesitate(**how):
            asked.append(how)
            return await read(**how) if len(asked) > 1 else []

        subscription.read = hesitate
        return subscription


async def test_what_was_delivered_is_known_even_when_the_log_answers_slowly_at_first(clock):
    log = Hesitant(clock)
    await tell(log, notification("once"))
    for _ in range(2):
        pager = Pager()
        log.groups.clear()
        async with running(log, clock, pager):
            await clock.advance(2)
    assert pager.sent == []


async def test_a_place_that_the_log_no_longer_keeps_does_not_end_the_role(log, clock):
    await tell(log, notification("gone"))
    log.groups[f"notify-{Pager().name}"] = {Partition(NOTIFICATIONS, 0): 0}
    log.forget(Partition(NOTIFICATIONS, 0), 1)
    pager = Pager()
    async with running(log, clock, pager):
        await clock.advance(3)
        await tell(log, notification("kept"))
        await clock.advance(1)
    assert [title for title, _ in pager.sent] == ["kept"]
