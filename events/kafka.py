"""The event log on Apache Kafka through kafka-python.

kafka-python runs its own loop on its own thread, so each of its objects is kept where it is safe: one
producer that is built in an executor and then fed from the event loop, and a thread of its own for every
consumer. There are no transactions: ids are derived, so a repeat is recognised.

Readers assign themselves all partitions. A group names whose committed positions count, not who shares the
work: two readers of one group both get everything. So nothing is rebalanced, no slow handler is evicted,
and a reader that does not read is not sent more than it asked for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from kafka import KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from events.acceptance import accept
from events.codec import CONTENT_TYPE
from events.errors import LogUnavailable
from events.kafka_client import make
from events.kafka_reader import CLOSE_S, ConsumerThread, KafkaSubscription
from events.kafka_receipt import Receipt
from events.kafka_settings import KafkaSettings, foreign_errors, meaning
from events.kafka_topics import KafkaTopics
from events.timestamp import microseconds
from events.topics import TOPICS, partition_number, topic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from events.clock import Clock
    from events.log import Entry, Partition

__all__ = ["KafkaLog", "KafkaSettings", "KafkaSubscription"]

_HEADERS = [("content-type", CONTENT_TYPE.encode())]

_BREATH = 200
"""Records handed over before other tasks get a turn: some 3 ms at 15 us each."""

_UNSPENT = (MessageSizeTooLargeError, RecordListTooLargeError)
"""After these a producer works on. After any other it is replaced: an idempotent producer whose batch was
given up in flight may never deliver again, seen with kafka-python 3.0.12 when a broker is killed."""


class KafkaLog:
    """The log on Kafka; made without contact, which is sought when it is first used.

    Args:
        settings: Where and how.
        clock: Stamps what is accepted and times the stall watchdog; waiting for Kafka is in real time.
    """

    def __init__(self, settings: KafkaSettings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self._topics = KafkaTopics(settings)
        self._slots = asyncio.Semaphore(settings.batches)
        self._connecting: asyncio.Future[None] | None = None
        self._under_way: set[asyncio.Future[None]] = set()
        self._producer: KafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._asking: ConsumerThread | None = None
        self._subscriptions: set[KafkaSubscription] = set()
        self._closed = False

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Hand events to Kafka; return when all replicas in sync have them (see the port).

        While Kafka is away this waits `connect_s` for a contact, or `deliver_s` and one `request_s` for
        what is under way, and as long again for a place among the batches under way.
        """
        now = self.clock.now()
        rows = accept(entries, now)
        if not rows:
            return
        producer = await self._ready(topic)
        await self._slots.acquire()
        receipt = Receipt(len(rows), self._slots.release)
        self._under_way.add(receipt.done)
        receipt.done.add_done_callback(self._under_way.discard)
        await self._send(producer, self._records(topic, rows, now), receipt, len(rows))
        await self._delivered(producer, receipt)

    async def _delivered(self, producer: KafkaProducer, receipt: Receipt) -> None:
        patience = self.settings.deliver_s + self.settings.request_s
        try:
            async with asyncio.timeout(patience):  # kafka-python should have given up before
                await receipt.done
        except TimeoutError:
            await self._replace(producer)
            raise LogUnavailable(
                f"Kafka at {self.settings.servers} settled nothing for {patience:.0f} s: is it well?"
            ) from None
        except KafkaError as error:
            if not isinstance(error, _UNSPENT):
                await self._replace(producer)
            raise meaning(error, self.settings) from None

    def _records(
        self, topic: str, rows: list[tuple[str, bytes]], now: datetime
    ) -> Iterator[dict[str, object]]:
        """Each row as the arguments of kafka-python's `send`."""
        name, parts, ts = self._topics.name(topic), self._partitions[topic], _millis(now)
        for key, value in rows:
            yield {
                "topic": name,
                "value": value,
                "key": key.encode(),
                "headers": _HEADERS,
                "partition": partition_number(key, parts),
                "timestamp_ms": ts,
            }

    async def _send(
        self,
        producer: KafkaProducer,
        records: Iterator[dict[str, object]],
        receipt: Receipt,
        left: int,
    ) -> None:
        try:
            for record in records:
                if not left % _BREATH:
                    await asyncio.sleep(0)
                sent = producer.send(**record)
                left -= 1
                sent.add_callback(receipt.delivered).add_errback(receipt.failed)
        except KafkaError as error:  # too large, or the producer was closed under us
            receipt.unsent(left, error)
        except BaseException:
            receipt.done.cancel()
            receipt.unsent(left, None)
            raise

    async def _ready(self, topic_name: str) -> KafkaProducer:
        """Return the producer, made at need, after looking whether we have such a topic."""
        self._open()
        topic(topic_name)
        while self._producer is None:
            if self._connecting is None:  # whoever publishes meanwhile waits for the same attempt
                self._connecting = asyncio.ensure_future(asyncio.to_thread(self._connect))
                self._connecting.add_done_callback(self._connected)
            await asyncio.shield(self._connecting)
            self._open()
        return self._producer

    def _connected(self, attempt: asyncio.Future[None]) -> None:
        self._connecting = None
        if not attempt.cancelled():
            attempt.exception()  # seen, also when everybody who waited for it was cancelled

    def _connect(self) -> None:
        """Make contact, topics and producer; on a thread, since all of it blocks."""
        with foreign_errors(self.settings):
            self._topics.make()
            producer = make(KafkaProducer, self.settings.producer())
            try:
                # The first send to a topic would block the event loop until its partitions are known.
                for name in TOPICS:
                    found = producer.partitions_for(self._topics.name(name))
                    self._partitions[name] = len(found)
            except BaseException:
                _discard(producer)
                raise
        self._producer = producer

    async def _replace(self, spent: KafkaProducer) -> None:
        if self._producer is spent:
            self._producer = None
            await asyncio.to_thread(_discard, spent)

    async def subscribe(
        self,
        topics: Sequence[str],
        *,
        group: str | None = None,
        start: Mapping[Partition, int] | None = None,
    ) -> KafkaSubscription:
        """Open a reader of all partitions of these topics (see the port)."""
        self._open()
        for name in topics:
            topic(name)
        subscription = KafkaSubscription(self.settings, self._topics, group, self.clock)
        self._subscriptions = {each for each in self._subscriptions if not each.closed}
        self._subscriptions.add(subscription)
        try:
            await subscription.open(topics, start)
        except BaseException:
            await subscription.close()
            raise
        return subscription

    async def ends(self, topics: Sequence[str]) -> dict[Partition, int]:
        """Per partition the next offset (see the port)."""
        self._open()
        for name in topics:
            topic(name)
        if self._asking is None:
            self._asking = ConsumerThread(self.settings, None)
        return await self._asking.call(lambda consumer: self._ends(consumer, topics))

    def _ends(self, consumer: KafkaConsumer, topics: Sequence[str]) -> dict[Partition, int]:
        wanted = [self._topics.foreign(each) for each in self._topics.partitions(consumer, topics)]
        found = consumer.end_offsets(wanted, timeout_ms=self.settings.request_s * 1000)
        return {self._topics.ours(each): offset for each, offset in found.items()}

    async def close(self) -> None:
        """Deliver what was accepted, 5 s at most, and stop; may be called twice."""
        if self._closed:
            return
        self._closed = True
        for subscription in self._subscriptions:
            await subscription.close()
        if self._asking is not None:
            await self._asking.close()
        if self._connecting is not None:
            await asyncio.wait({self._connecting})
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=CLOSE_S)
        producer, self._producer = self._producer, None
        if producer is not None:
            await asyncio.to_thread(_discard, producer)

    def _open(self) -> None:
        if self._closed:
            raise LogUnavailable(f"the event log on Kafka at {self.settings.servers} is closed")


def _millis(when: datetime) -> int:
    return microseconds(when) // 1000


def _discard(producer: KafkaProducer) -> None:
    """End a producer within a bounded time; what is still under way fails.

    `close` alone flushes first; while Kafka is away that raises and leaves the producer running.
    """
    producer._sender.force_close()  # noqa: SLF001  # there is no public way, see above
    try:
        producer.close(timeout=CLOSE_S)
    except KafkaError:  # it could not say goodbye; its thread has ended all the same
        return
