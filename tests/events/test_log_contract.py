"""The promise of `events/log.py`, kept by the fake, the journal and Kafka alike."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from events import codec
from events.codec import decode
from events.contract import COMMANDS, OBSERVATIONS
from events.errors import ConfigError, LogUnavailable, PositionLost, UndecodableEvent
from events.log import Entry, Partition
from tests.events.rigs import START, drain, entries, home, observation


async def test_what_was_published_is_delivered_with_key_offset_and_moment(rig):
    await rig.log.publish(OBSERVATIONS, entries(3))
    subscription = await rig.log.subscribe([OBSERVATIONS])
    records = await drain(subscription, 3)
    assert [decode(each.value).subject for each in records] == ["sw-0", "sw-1", "sw-2"]
    assert {each.key for each in records} == {"default"}
    assert {each.partition for each in records} == {home("default")}
    assert [each.offset for each in records] == [0, 1, 2]
    assert all(each.accepted == START for each in records)


async def test_an_unrecorded_event_is_stamped_and_a_recorded_one_keeps_its_stamp(rig):
    fresh = observation("fresh")
    old = codec.decode(
        codec.encode(observation("old"))[:-1] + b',"recordedtime":"2020-01-01T00:00:00Z"}'
    )
    await rig.log.publish(OBSERVATIONS, [Entry("k", fresh), Entry("k", old)])
    subscription = await rig.log.subscribe([OBSERVATIONS])
    first, second = [decode(each.value) for each in await drain(subscription, 2)]
    assert first.recordedtime == START
    assert first.id == fresh.id
    assert second.recordedtime == old.recordedtime != START


async def test_events_of_one_key_come_in_the_order_of_publishing(rig):
    keys = [f"domain-{n}" for n in range(12)]
    for turn in range(5):
        await rig.log.publish(
            OBSERVATIONS, [Entry(key, observation(f"{key}/{turn}")) for key in keys]
        )
    subscription = await rig.log.subscribe([OBSERVATIONS])
    records = await drain(subscription, 60, limit=7)
    for key in keys:
        subjects = [decode(each.value).subject for each in records if each.key == key]
        assert subjects == [f"{key}/{turn}" for turn in range(5)]
    assert all(each.partition == home(each.key) for each in records)


async def test_a_replay_from_an_offset_gives_the_same_records_as_the_first_time(rig):
    await rig.log.publish(OBSERVATIONS, entries(10))
    first = await drain(await rig.log.subscribe([OBSERVATIONS]), 10)
    again = await rig.log.subscribe([OBSERVATIONS], start={home("default"): 4})
    assert await drain(again, 6) == first[4:]


async def test_partitions_that_the_start_does_not_name_begin_at_the_oldest(rig):
    await rig.log.publish(OBSERVATIONS, entries(3, key="north"))
    await rig.log.publish(OBSERVATIONS, entries(2, key="south"))
    assert home("north") != home("south")
    subscription = await rig.log.subscribe([OBSERVATIONS], start={home("north"): 3})
    assert {each.key for each in await drain(subscription, 2)} == {"south"}


async def test_the_end_is_the_offset_of_the_next_record(rig):
    before = await rig.log.ends([OBSERVATIONS, COMMANDS])
    assert set(before.values()) == {0}
    assert len(before) == 9
    await rig.log.publish(OBSERVATIONS, entries(4))
    after = await rig.log.ends([OBSERVATIONS, COMMANDS])
    assert after == before | {home("default"): 4}


async def test_a_group_goes_on_from_its_last_commit_in_a_new_process(rig):
    await rig.log.publish(OBSERVATIONS, entries(6))
    subscription = await rig.log.subscribe([OBSERVATIONS], group="engine")
    records = await drain(subscription, 6)
    await subscription.commit({home("default"): records[3].offset + 1})
    await subscription.close()
    log = await rig.reopen()
    resumed = await log.subscribe([OBSERVATIONS], group="engine")
    assert await drain(resumed, 2) == records[4:]


async def test_a_group_without_a_commit_begins_at_the_oldest_and_knows_no_other_group(rig):
    await rig.log.publish(OBSERVATIONS, entries(2))
    one = await rig.log.subscribe([OBSERVATIONS], group="one")
    await drain(one, 2)
    await one.commit({home("default"): 2})
    two = await rig.log.subscribe([OBSERVATIONS], group="two")
    assert len(await drain(two, 2)) == 2


async def test_an_explicit_start_goes_before_the_groups_commit(rig):
    await rig.log.publish(OBSERVATIONS, entries(3))
    subscription = await rig.log.subscribe([OBSERVATIONS], group="engine")
    await subscription.commit({home("default"): 3})
    again = await rig.log.subscribe([OBSERVATIONS], group="engine", start={home("default"): 1})
    assert [each.offset for each in await drain(again, 2)] == [1, 2]


async def test_a_position_that_is_no_longer_kept_is_an_error_and_never_a_gap(rig):
    await rig.log.publish(OBSERVATIONS, entries(5))
    await rig.prune(home("default"), 3)
    lost = await rig.log.subscribe([OBSERVATIONS], start={home("default"): 1})
    for _ in range(2):  # asking again does not skip it either
        with pytest.raises(PositionLost):
            await drain(lost, 1)
    oldest = await rig.log.subscribe([OBSERVATIONS])
    assert [each.offset for each in await drain(oldest, 2)] == [3, 4]


async def test_a_position_that_was_never_reached_is_an_error(rig):
    await rig.log.publish(OBSERVATIONS, entries(2))
    beyond = await rig.log.subscribe([OBSERVATIONS], start={home("default"): 7})
    with pytest.raises(PositionLost):
        await drain(beyond, 1)


async def test_bytes_that_nobody_can_read_come_back_as_they_are(rig):
    raw = b"\xff\x00 not an event"
    await rig.put(home("default"), "default", raw)
    (record,) = await drain(await rig.log.subscribe([OBSERVATIONS]), 1)
    assert record.value == raw


async def test_an_event_that_no_reader_could_take_is_refused_whole(rig):
    huge = observation("x" * 100, status="up")
    huge = type(huge)(
        **{name: getattr(huge, name) for name in ("id", "source", "subject", "time")},
        data=type(huge.data)(kind="reach", status="up", reason="r" * codec.MAX_EVENT_BYTES),
    )
    with pytest.raises(UndecodableEvent, match="split it"):
        await rig.log.publish(OBSERVATIONS, [*entries(1), Entry("k", huge)])
    assert set((await rig.log.ends([OBSERVATIONS])).values()) == {0}


async def test_a_waiting_reader_is_woken_by_a_publish(rig):
    subscription = await rig.log.subscribe([OBSERVATIONS])
    waiting = asyncio.ensure_future(subscription.read(wait_s=10))
    await asyncio.sleep(0)
    await rig.log.publish(OBSERVATIONS, entries(1))
    async with asyncio.timeout(9):
        assert len(await waiting) == 1


async def test_nothing_new_is_an_empty_answer(rig):
    subscription = await rig.log.subscribe([OBSERVATIONS])
    assert await subscription.read(wait_s=0) == []


async def test_a_read_returns_no_more_than_asked(rig):
    await rig.log.publish(OBSERVATIONS, entries(5))
    subscription = await rig.log.subscribe([OBSERVATIONS])
    assert len(await subscription.read(limit=2, wait_s=5)) <= 2


async def test_a_cancelled_read_loses_no_record(rig):
    subscription = await rig.log.subscribe([OBSERVATIONS])
    waiting = asyncio.ensure_future(subscription.read(wait_s=0.5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait({waiting})
    await rig.log.publish(OBSERVATIONS, entries(3))
    assert len(await drain(subscription, 3)) == 3


async def test_a_cancelled_publish_leaves_a_log_that_works(rig):
    cancelled = asyncio.ensure_future(rig.log.publish(OBSERVATIONS, entries(500)))
    await asyncio.sleep(0)
    cancelled.cancel()
    await asyncio.wait({cancelled})
    await rig.log.publish(COMMANDS, entries(1))
    assert len(await drain(await rig.log.subscribe([COMMANDS]), 1)) == 1


async def test_many_publishers_at_once_lose_and_repeat_nothing(rig):
    async with asyncio.TaskGroup() as group:
        for publisher in range(40):
            batch = entries(10, key=f"p{publisher}", first=publisher * 100)
            group.create_task(rig.log.publish(OBSERVATIONS, batch))
    records = await drain(await rig.log.subscribe([OBSERVATIONS]), 400)
    places = {(each.partition, each.offset) for each in records}
    assert len(places) == len({each.value for each in records}) == 400
    for publisher in range(40):
        subjects = [decode(each.value).subject for each in records if each.key == f"p{publisher}"]
        assert subjects == [f"sw-{publisher * 100 + n}" for n in range(10)]


async def test_an_empty_publish_is_no_work(rig):
    await rig.log.publish(OBSERVATIONS, [])


async def test_several_topics_in_one_subscription_keep_their_names(rig):
    await rig.log.publish(OBSERVATIONS, entries(2))
    await rig.log.publish(COMMANDS, entries(1))
    records = await drain(await rig.log.subscribe([OBSERVATIONS, COMMANDS]), 3)
    assert [each.partition for each in records].count(Partition(COMMANDS, 0)) == 1


async def test_a_topic_that_does_not_exist_is_refused_by_name(rig):
    for attempt in (
        rig.log.publish("observatoins", entries(1)),
        rig.log.subscribe(["observatoins"]),
        rig.log.ends(["observatoins"]),
    ):
        with pytest.raises(ConfigError, match="observatoins"):
            await attempt


async def test_closing_twice_is_harmless_and_a_closed_log_says_so(rig):
    await rig.log.publish(OBSERVATIONS, entries(1))
    subscription = await rig.log.subscribe([OBSERVATIONS])
    await subscription.close()
    await subscription.close()
    with pytest.raises(LogUnavailable):
        await subscription.read(wait_s=0)
    await rig.log.close()
    await rig.log.close()
    with pytest.raises(LogUnavailable):
        await rig.log.publish(OBSERVATIONS, entries(1))


async def test_the_moment_of_acceptance_follows_the_clock(rig):
    await rig.log.publish(OBSERVATIONS, entries(1))
    await rig.clock.advance(90)
    await rig.log.publish(OBSERVATIONS, entries(1, first=1))
    records = await drain(await rig.log.subscribe([OBSERVATIONS]), 2)
    assert [each.accepted - START for each in records] == [timedelta(0), timedelta(seconds=90)]
