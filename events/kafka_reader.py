"""Reading from Kafka: a consumer on a thread of its own, and a watchdog over it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from kafka import KafkaConsumer
from kafka.structs import OffsetAndMetadata

from events.errors import LogUnavailable
from events.kafka_client import make
from events.kafka_settings import foreign_errors
from events.log import Partition, Record
from events.timestamp import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from kafka.consumer.fetcher import ConsumerRecord

    from events.clock import Clock
    from events.kafka_settings import KafkaSettings
    from events.kafka_topics import KafkaTopics

__all__ = ["CLOSE_S", "ConsumerThread", "KafkaSubscription"]

T = TypeVar("T")

CLOSE_S = 5.0
"""Longest wait for an orderly end of a producer or consumer."""


class KafkaSubscription:
    """A reader on a thread of its own.

    Attributes:
        recreated: How often the watchdog replaced the consumer because it was silent while there was
            something to hear.
        closed: True after `close`.
    """

    def __init__(
        self, settings: KafkaSettings, topics: KafkaTopics, group: str | None, clock: Clock
    ) -> None:
        self.recreated = 0
        self._settings = settings
        self._topics = topics
        self._clock = clock
        self._group = group
        self._consumer = ConsumerThread(settings, group)
        self._positions: dict[Partition, int] = {}
        self._under_way: asyncio.Future[list[Record]] | None = None
        self._heard = clock.monotonic()
        self.closed = False

    async def open(self, topics: Sequence[str], start: Mapping[Partition, int] | None) -> None:
        """Take up the positions; called once, by the log."""
        self._positions = await self._consumer.call(
            lambda consumer: self._locate(consumer, topics, start)
        )

    def _locate(
        self,
        consumer: KafkaConsumer,
        topics: Sequence[str],
        start: Mapping[Partition, int] | None,
    ) -> dict[Partition, int]:
        partitions = self._topics.partitions(consumer, topics)
        patience = self._settings.request_s * 1000
        known = dict(start or {})
        if start is None and self._group is not None:
            for each in partitions:
                offset = consumer.committed(self._topics.foreign(each), timeout_ms=patience)
                if offset is not None:
                    known[each] = offset
        unknown = [self._topics.foreign(each) for each in partitions if each not in known]
        if unknown:
            for each, offset in consumer.beginning_offsets(unknown, timeout_ms=patience).items():
                known[self._topics.ours(each)] = offset
        positions = {each: known[each] for each in partitions}
        self._seek(consumer, positions)
        return positions

    def _seek(self, consumer: KafkaConsumer, positions: Mapping[Partition, int]) -> None:
        consumer.assign([self._topics.foreign(each) for each in positions])
        for each, offset in positions.items():
            consumer.seek(self._topics.foreign(each), offset)

    async def read(self, *, limit: int = 500, wait_s: float = 1.0) -> list[Record]:
        """Return the next records, partition by partition (see the port).

        Cancellation: what Kafka had already handed over is returned by the next read.
        """
        if self.closed:
            raise LogUnavailable("the subscription is closed")
        if self._under_way is None:
            self._under_way = asyncio.ensure_future(
                self._consumer.call(lambda consumer: self._poll(consumer, limit, wait_s))
            )
        done, _ = await asyncio.wait({self._under_way})
        self._under_way = None
        records = done.pop().result()
        for record in records:
            self._positions[record.partition] = record.offset + 1
        await self._watch(heard=bool(records))
        return records

    def _poll(self, consumer: KafkaConsumer, limit: int, wait_s: float) -> list[Record]:
        polled = consumer.poll(timeout_ms=int(wait_s * 1000), max_records=limit)
        taken: list[Record] = []
        for foreign, records in polled.items():
            partition = self._topics.ours(foreign)
            taken += [_record(partition, each) for each in records]
        return taken

    async def _watch(self, *, heard: bool) -> None:
        """Replace a consumer that is silent while there is something to hear.

        Raises:
            LogUnavailable: Kafka does not answer: the silence is an outage, not peace.
        """
        now = self._clock.monotonic()
        if heard or now - self._heard < self._settings.stall_s:
            self._heard = now if heard else self._heard
            return
        ends = await self._consumer.call(self._ends)
        self._heard = now
        if any(offset < ends[each] for each, offset in self._positions.items()):
            self.recreated += 1
            await self._consumer.renew(lambda consumer: self._seek(consumer, self._positions))

    def _ends(self, consumer: KafkaConsumer) -> dict[Partition, int]:
        found = consumer.end_offsets(
            [self._topics.foreign(each) for each in self._positions],
            timeout_ms=self._settings.request_s * 1000,
        )
        return {self._topics.ours(each): offset for each, offset in found.items()}

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember positions for the group; without a group there is nobody to remember them for."""
        if self._group is None or not positions:
            return
        wanted = {
            self._topics.foreign(each): OffsetAndMetadata(offset, "", -1)
            for each, offset in positions.items()
        }
        patience = self._settings.request_s * 1000
        await self._consumer.call(lambda consumer: consumer.commit(wanted, timeout_ms=patience))

    async def close(self) -> None:
        """Stop reading; may be called twice."""
        if self.closed:
            return
        self.closed = True
        await self._consumer.close()


def _record(partition: Partition, each: ConsumerRecord) -> Record:
    key = each.key or b""
    return Record(
        partition,
        each.offset,
        key.decode("utf-8", "replace"),
        each.value or b"",
        _moment(each.timestamp),
    )


@lru_cache(maxsize=1024)  # the records of one publish share their moment
def _moment(millis: int) -> datetime:
    return from_micros(millis * 1000)


class ConsumerThread:
    """A consumer and the one thread that touches it; made at its first use, and again after a failure."""

    def __init__(self, settings: KafkaSettings, group: str | None) -> None:
        self._settings = settings
        self._group = group
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka-consumer")
        self._consumer: KafkaConsumer | None = None
        self._closed = False

    async def call(self, work: Callable[[KafkaConsumer], T]) -> T:
        """Do something with the consumer on its thread."""
        if self._closed:
            raise LogUnavailable("the subscription is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._do, work)

    async def renew(self, prepare: Callable[[KafkaConsumer], None]) -> None:
        """Throw the consumer away and prepare a new one."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
        await self.call(prepare)

    async def close(self) -> None:
        """End consumer and thread."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
            self._thread.shutdown(wait=False)

    def _do(self, work: Callable[[KafkaConsumer], T]) -> T:
        with foreign_errors(self._settings):
            if self._consumer is None:
                self._consumer = make(KafkaConsumer, self._settings.consumer(self._group))
            return work(self._consumer)

    def _drop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(timeout_ms=int(CLOSE_S * 1000))
