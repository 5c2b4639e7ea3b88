"""The log on Kafka against a bare loop of the same client on the same broker.

Goal (DESIGN.md 9): at least 50 % of the bare loop, both ways: the median over interleaved rounds of each
round's own share, so that a machine that is busy meanwhile slows both. The bare loop sends bytes that are
ready encoded and flushes once; ours stamps, encodes and acknowledges every batch of 100.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from benchmarks.journal import batches, entries
from events import codec
from events.clock import SystemClock
from events.contract import OBSERVATIONS
from events.errors import KetenError
from events.kafka import KafkaLog, KafkaSettings
from monitor.demo.broker import Broker

if TYPE_CHECKING:
    from events.log import Entry

GOAL_SHARE = 0.5
ROUNDS = 5
CACHE = Path(__file__).resolve().parents[1] / ".services" / "kafka"


async def through_the_log(settings: KafkaSettings, events: list[Entry]) -> tuple[float, float]:
    """Seconds to publish all events from 64 tasks, and to read them."""
    log = KafkaLog(settings, SystemClock())
    await log.publish(OBSERVATIONS, events[:1])
    ends = await log.ends([OBSERVATIONS])
    work = iter(batches(events))

    async def lane() -> None:
        for batch in work:
            await log.publish(OBSERVATIONS, batch)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(settings.batches):
            group.create_task(lane())
    published = time.monotonic() - began
    subscription = await log.subscribe([OBSERVATIONS], start=ends)
    left = len(events)
    began = time.monotonic()
    while left:
        left -= len(await subscription.read(limit=2000))
    took = time.monotonic() - began
    await log.close()
    return published, took


def bare(settings: KafkaSettings, events: list[Entry]) -> tuple[float, float]:
    """The same with kafka-python alone, in its own way and with the same settings."""
    topic = settings.prefix + OBSERVATIONS
    rows = [(key.encode(), codec.encode(event)) for key, event in events]
    consumer = KafkaConsumer(**settings.consumer(None))
    partitions = [TopicPartition(topic, n) for n in consumer.partitions_for_topic(topic)]
    ends = consumer.end_offsets(partitions)
    producer = KafkaProducer(**settings.producer())
    producer.partitions_for(topic)
    began = time.monotonic()
    for key, value in rows:
        producer.send(topic, value, key=key)
    producer.flush(60)
    published = time.monotonic() - began
    producer.close(5)
    consumer.assign(partitions)
    for each, offset in ends.items():
        consumer.seek(each, offset)
    left = len(rows)
    began = time.monotonic()
    while left:
        left -= sum(map(len, consumer.poll(1000, max_records=2000).values()))
    took = time.monotonic() - began
    consumer.close(timeout_ms=5000)
    return published, took


def measure(address: str, number: int) -> dict[str, float]:
    settings = KafkaSettings(address, prefix="bench.")
    events = entries(number)
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    asyncio.run(through_the_log(settings, events[:2000]))  # makes the topics and warms the broker
    for _ in range(ROUNDS):
        theirs.append(bare(settings, events))
        ours.append(asyncio.run(through_the_log(settings, events)))
    result = {
        f"{way}_{what}": number / statistics.median(each[at] for each in rounds)
        for way, rounds in (("log", ours), ("bare", theirs))
        for at, what in enumerate(("publish", "read"))
    }
    for at, what in enumerate(("publish", "read")):
        shares = [peer[at] / own[at] for own, peer in zip(ours, theirs, strict=True)]
        result[f"share_{what}"] = statistics.median(shares)
    return result


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="per round")
    parser.add_argument("--json", type=Path, help="write the results here")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
        broker = Broker(CACHE, Path(name) / "broker")
        try:
            broker.start()
        except KetenError as error:
            print(f"  skipped: {error}")
            return 1 if os.environ.get("CI") else 0
        try:
            result = measure(broker.address, options.events)
        finally:
            broker.stop()
    print(f"{options.events} events, 8 partitions, one broker on this machine; events/s")
    met = True
    for what in ("publish", "read"):
        share = result[f"share_{what}"]
        met &= share >= GOAL_SHARE
        print(
            f"  {what:8} log {result[f'log_{what}']:>9,.0f}   bare loop {result[f'bare_{what}']:>9,.0f}"
            f"   {share:4.0%}"
        )
    print(f"  goal {GOAL_SHARE:.0%} of the bare loop: {'met' if met else 'MISSED'}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
