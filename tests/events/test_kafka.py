"""What Kafka adds: a broker that is not there, dies, comes back; bounds; settings that stay secret."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading

import pytest
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaConfigurationError,
    KafkaError,
    KafkaStorageError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OffsetOutOfRangeError,
    SaslAuthenticationFailedError,
)

import events.kafka
from events.clock import ManualClock
from events.codec import decode
from events.contract import COMMANDS, OBSERVATIONS, STATES
from events.errors import (
    ConfigError,
    KetenError,
    LogFull,
    LogUnavailable,
    PositionLost,
    UndecodableEvent,
)
from events.kafka import KafkaLog
from events.kafka_receipt import Receipt
from events.kafka_settings import KafkaSettings, foreign_errors, meaning
from events.topics import TOPICS
from tests.events.rigs import START, KafkaRig, drain, entries, home

IMPATIENT = {"connect_s": 2.0, "deliver_s": 3.0, "request_s": 2.0, "stall_s": 0.0}


# kafka-python leaves the sockets of failed attempts to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@pytest.fixture(autouse=True)
def collected():
    """No garbage of these tests is found in a later one."""
    yield
    gc.collect()


@pytest.fixture
async def kafka(kafka_broker):
    made = KafkaRig(kafka_broker, **IMPATIENT)
    yield made
    await made.close()


@pytest.fixture
def nobody():
    """The settings for a port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{held.getsockname()[1]}"
        yield KafkaSettings(address, client_id="nobody", connect_s=0.3, request_s=0.3)


# --- no broker needed ---


@pytest.mark.slow
async def test_a_broker_that_is_away_at_the_start_is_unavailable_and_asked_again(nobody):
    log = KafkaLog(nobody, ManualClock(START))
    for attempt in (
        lambda: log.publish(OBSERVATIONS, entries(1)),
        lambda: log.subscribe([OBSERVATIONS]),
        lambda: log.ends([OBSERVATIONS]),
        lambda: log.publish(OBSERVATIONS, entries(1)),
    ):
        with pytest.raises(LogUnavailable, match="is it running"):
            await attempt()
    await log.close()


@pytest.mark.slow
async def test_failed_attempts_leave_no_thread_behind(nobody):
    log = KafkaLog(nobody, ManualClock(START))
    for _ in range(3):
        with pytest.raises(LogUnavailable):
            await log.publish(OBSERVATIONS, entries(1))
    await log.close()
    assert not [each for each in threading.enumerate() if each.name.endswith("-nobody")]


@pytest.mark.parametrize(
    ("foreign", "ours"),
    [
        (KafkaTimeoutError("x"), LogUnavailable),
        (AuthorizationError("x"), LogUnavailable),
        (SaslAuthenticationFailedError("x"), LogUnavailable),
        (KafkaConfigurationError("x"), ConfigError),
        (MessageSizeTooLargeError("x"), UndecodableEvent),
        (OffsetOutOfRangeError("x"), PositionLost),
        (KafkaStorageError("x"), LogFull),
    ],
)
def test_each_kind_of_foreign_error_has_its_place_in_our_tree(foreign, ours):
    assert type(meaning(foreign, KafkaSettings("k:9092"))) is ours


def test_no_foreign_error_is_left_without_a_place():
    kinds = [KafkaError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    assert len(kinds) > 100
    for kind in kinds:
        assert isinstance(meaning(kind("why"), KafkaSettings("k:9092")), KetenError)


def test_no_error_and_no_picture_of_the_settings_shows_a_secret():
    settings = KafkaSettings("k:9092", security={"sasl_plain_password": "hunter2"})
    assert "hunter2" not in repr(settings)
    with pytest.raises(ConfigError) as refusal, foreign_errors(settings):
        raise ValueError("password hunter2 is not usable")
    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None
    assert "hunter2" not in str(meaning(KafkaError("hunter2"), settings))


async def test_settings_that_the_client_does_not_know_are_a_configuration_error():
    log = KafkaLog(KafkaSettings("k:9092", security={"ssl_cafiel": "x"}), ManualClock(START))
    with pytest.raises(ConfigError, match="ssl_cafiel"):
        await log.publish(OBSERVATIONS, entries(1))
    await log.close()


async def test_a_receipt_frees_its_slot_only_when_all_records_are_settled():
    freed = []
    receipt = Receipt(3, lambda: freed.append(1))
    receipt.done.cancel()  # the caller stopped waiting
    receipt.delivered(None)
    receipt.failed(KafkaTimeoutError("x"))
    await asyncio.sleep(0)
    assert not freed
    receipt.unsent(1, None)
    await asyncio.sleep(0)
    assert freed == [1]


async def test_a_receipt_carries_the_first_error_of_its_batch():
    receipt = Receipt(2, lambda: None)
    await asyncio.to_thread(receipt.failed, KafkaTimeoutError("first"))
    await asyncio.to_thread(receipt.failed, KafkaError("second"))
    with pytest.raises(KafkaTimeoutError, match="first"):
        await receipt.done


# --- a real broker ---


@pytest.mark.kafka
async def test_topics_are_made_as_the_table_says(kafka):
    await kafka.log.ends([OBSERVATIONS])
    consumer = kafka.log._asking._consumer
    for name, topic in TOPICS.items():
        found = await asyncio.to_thread(consumer.partitions_for_topic, kafka.settings.prefix + name)
        assert len(found) == topic.partitions


@pytest.mark.kafka
async def test_compacted_topics_are_compacted_and_others_keep_their_time(kafka):
    await kafka.log.ends([STATES])
    admin = KafkaAdminClient(**kafka.settings.common())
    wanted = [
        ConfigResource(ConfigResourceType.TOPIC, kafka.settings.prefix + name)
        for name in (STATES, OBSERVATIONS, COMMANDS)
    ]
    found = await asyncio.to_thread(admin.describe_configs, wanted)
    await asyncio.to_thread(admin.close)
    rules = {
        name.removeprefix(kafka.settings.prefix): {
            key: each["value"] for key, each in config.items()
        }
        for name, config in found["topic"].items()
    }
    assert rules == {
        STATES: {"cleanup.policy": "compact", "min.compaction.lag.ms": str(7 * 86_400_000)},
        OBSERVATIONS: {"cleanup.policy": "delete", "retention.ms": str(62 * 86_400_000)},
        COMMANDS: {"cleanup.policy": "delete", "retention.ms": "-1"},
    }


@pytest.mark.kafka
async def test_publishes_under_way_are_bounded(kafka_broker):
    rig = KafkaRig(kafka_broker, batches=2)
    await rig.log.publish(OBSERVATIONS, entries(1))
    publishes = [
        asyncio.ensure_future(rig.log.publish(OBSERVATIONS, entries(50, first=50 * n)))
        for n in range(10)
    ]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert rig.log._slots.locked()
    assert len(rig.log._slots._waiters) == 8
    await asyncio.gather(*publishes)
    assert not rig.log._slots.locked()
    await rig.close()


@pytest.mark.kafka
async def test_a_consumer_that_is_deaf_is_replaced_at_its_position(kafka):
    await kafka.log.publish(OBSERVATIONS, entries(3))
    subscription = await kafka.log.subscribe([OBSERVATIONS])
    await drain(subscription, 3)
    await subscription._consumer.call(lambda deaf: deaf.pause(*deaf.assignment()))
    await kafka.log.publish(OBSERVATIONS, entries(2, first=3))
    assert await subscription.read(wait_s=0.1) == []
    assert subscription.recreated == 1
    records = await drain(subscription, 2)
    assert [each.offset for each in records] == [3, 4]


@pytest.mark.kafka
async def test_a_quiet_topic_is_no_reason_to_replace_anything(kafka):
    subscription = await kafka.log.subscribe([OBSERVATIONS])
    assert await subscription.read(wait_s=0.05) == []
    assert await subscription.read(wait_s=0.05) == []
    assert subscription.recreated == 0


@pytest.mark.kafka
async def test_a_producer_that_is_spent_is_replaced(kafka):
    await kafka.log.publish(OBSERVATIONS, entries(1))
    kafka.log._producer.close(timeout=1)
    with pytest.raises(LogUnavailable):
        await kafka.log.publish(OBSERVATIONS, entries(1, first=1))
    await kafka.log.publish(OBSERVATIONS, entries(1, first=1))
    assert len(await drain(await kafka.log.subscribe([OBSERVATIONS]), 2)) == 2


@pytest.mark.kafka
@pytest.mark.slow
async def test_kill_9_of_the_broker_loses_no_acknowledged_event(kafka_broker):
    rig = KafkaRig(kafka_broker, **IMPATIENT)
    acknowledged = 0

    async def publish_until_it_fails():
        nonlocal acknowledged
        while True:
            await rig.log.publish(OBSERVATIONS, entries(20, first=acknowledged))
            acknowledged += 20

    subscription = await rig.log.subscribe([OBSERVATIONS], group="survivor")
    publishing = asyncio.ensure_future(publish_until_it_fails())
    seen = await drain(subscription, 200)
    await subscription.commit({home("default"): seen[-1].offset + 1})
    await asyncio.to_thread(kafka_broker.kill)
    try:
        async with asyncio.timeout(10):
            with pytest.raises(LogUnavailable):
                await publishing
            with pytest.raises(LogUnavailable):  # the silence of a reader is an outage, not peace
                seen += await drain(subscription, 10**9)
            with pytest.raises(LogUnavailable):
                await subscription.commit({home("default"): seen[-1].offset + 1})
    finally:
        kafka_broker.start()
    async with asyncio.timeout(20):
        while True:
            try:
                await rig.log.publish(OBSERVATIONS, entries(20, first=acknowledged))
                break
            except LogUnavailable:
                continue
    acknowledged += 20
    subjects = {decode(each.value).subject for each in seen}
    async with asyncio.timeout(20):
        while not subjects >= {f"sw-{n}" for n in range(acknowledged)}:
            try:
                subjects |= {decode(each.value).subject for each in await subscription.read()}
            except LogUnavailable:
                continue
    resumed = await rig.log.subscribe([OBSERVATIONS], group="survivor")
    first = (await drain(resumed, 1))[0]
    assert first.offset <= seen[-1].offset + 1
    await rig.close()


@pytest.mark.kafka
@pytest.mark.slow
async def test_closing_is_quick_while_the_broker_is_away(kafka_broker):
    rig = KafkaRig(kafka_broker, **IMPATIENT)
    await rig.log.publish(OBSERVATIONS, entries(1))
    await rig.log.subscribe([OBSERVATIONS], group="g")
    await asyncio.to_thread(kafka_broker.kill)
    try:
        async with asyncio.timeout(15):
            await rig.close()
    finally:
        kafka_broker.start()


def test_the_bounds_are_written_down():
    assert KafkaSettings("k:9092").batches == 64
    assert events.kafka._BREATH == 200
