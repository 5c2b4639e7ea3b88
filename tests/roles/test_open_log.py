"""The setting `retention` reaches the log, on the journal and on Kafka."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events import ids
from events.clock import ManualClock
from events.contract import COMMANDS, OBSERVATIONS, Observation, ObservationData, Tick, TickData
from events.kafka_settings import KafkaSettings
from events.kafka_topics import KafkaTopics
from events.log import Entry
from events.topics import TOPICS, kept_for
from monitor.app import open_log
from monitor.settings import Settings

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


async def test_the_journal_keeps_observations_for_as_long_as_told_and_commands_for_ever(tmp_path):
    clock = ManualClock(NOW)
    log = open_log(Settings(directory=tmp_path, data=tmp_path, retention_s=3600), clock)
    seen = ids.event(
        Observation,
        source="probe/x",
        subject="sw-1",
        time=NOW,
        data=ObservationData(kind="reach", status="up"),
    )
    tick = ids.event(Tick, source="x", subject="clock", time=NOW, data=TickData())
    await log.publish(OBSERVATIONS, [Entry("default", seen)])
    await log.publish(COMMANDS, [Entry("default", tick)])
    await clock.advance(3601)
    await log.tidy()
    reader = await log.subscribe([OBSERVATIONS, COMMANDS])
    assert [one.partition.topic for one in await reader.read(wait_s=0.0)] == [COMMANDS]
    await log.close()


def test_kafka_is_told_the_retention_of_the_topics_that_we_make():
    told = timedelta(days=3)
    topics = KafkaTopics(KafkaSettings("nowhere:9092", retention=told))
    layout = topics._layout(kept_for(told)[OBSERVATIONS])
    assert layout["configs"]["retention.ms"] == str(3 * 86_400_000)
    assert kept_for(told)[COMMANDS] == TOPICS[COMMANDS]
    assert kept_for(None) == TOPICS
