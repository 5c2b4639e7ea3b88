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
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAlreadyExistsError,
)
from kafka.structs import OffsetAndMetadata

from events.acceptance import accept
from events.codec import CONTENT_TYPE
from events.errors import LogUnavailable
from events.kafka_receipt import Receipt
from events.kafka_settings import KafkaSettings, foreign_errors, meaning
from events.log import Partition, Record
from events.timestamp import from_micros, microseconds
from events.topics import TOPICS, Topic, partition_number, topic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from events.clock import Clock
    from events.log import Entry

__all__ = ["KafkaLog", "KafkaSettings", "KafkaSubscription"]

T = TypeVar("T")

_HEADERS = [("content-type", CONTENT_TYPE.encode())]

_BREATH = 200
"""Records handed over before other tasks get a turn: some 3 ms at 15 us each."""

_CLOSE_S = 5.0

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
        self._slots = asyncio.Semaphore(settings.batches)
        self._connecting: asyncio.Future[None] | None = None
        self._under_way: set[asyncio.Future[None]] = set()
        self._producer: KafkaProducer | None = None
        self._partitions: dict[str, int] = {}
        self._making = threading.Lock()
        self._topics_made = False
        self._asking: _OnThread | None = None
        self._subscriptions: set[KafkaSubscription] = set()
        self._closed = False

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Hand events to Kafka; return when all replicas in sync have them (see the port).

        While Kafka is away this waits `connect_s` for a contact, or `deliver_s` and one `request_s` for
        what is under way, and as long again for a place among the batches under way.
        """
        rows = accept(entries, self.clock.now())
        if not rows:
            return
        producer, parts = await self._ready(topic)
        await self._slots.acquire()
        receipt = Receipt(len(rows), self._slots.release)
        self._under_way.add(receipt.done)
        receipt.done.add_done_callback(self._under_way.discard)
        await self._send(producer, topic, parts, rows, receipt)
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

    async def _send(
        self,
        producer: KafkaProducer,
        topic: str,
        parts: int,
        rows: list[tuple[str, bytes]],
        receipt: Receipt,
    ) -> None:
        name, ts = self.settings.prefix + topic, microseconds(self.clock.now()) // 1000
        sent = 0
        try:
            for sent, (key, value) in enumerate(rows):
                if sent and not sent % _BREATH:
                    await asyncio.sleep(0)
                producer.send(
                    name,
                    value,
                    key=key.encode(),
                    headers=_HEADERS,
                    partition=partition_number(key, parts),
                    timestamp_ms=ts,
                ).add_callback(receipt.delivered).add_errback(receipt.failed)
        except KafkaError as error:  # too large, or the producer was closed under us
            receipt.unsent(len(rows) - sent, error)
        except BaseException:
            receipt.done.cancel()
            receipt.unsent(len(rows) - sent, None)
            raise

    async def _ready(self, topic_name: str) -> tuple[KafkaProducer, int]:
        """Return the producer, made at need, and the number of partitions of a topic."""
        self._open()
        topic(topic_name)
        if self._producer is None:
            if self._connecting is None:  # whoever publishes meanwhile waits for the same attempt
                self._connecting = asyncio.ensure_future(asyncio.to_thread(self._connect))
                self._connecting.add_done_callback(self._connected)
            await asyncio.shield(self._connecting)
            self._open()
        return self._producer, self._partitions[topic_name]

    def _connected(self, attempt: asyncio.Future[None]) -> None:
        self._connecting = None
        if not attempt.cancelled():
            attempt.exception()  # seen, also when everybody who waited for it was cancelled

    def _connect(self) -> None:
        """Make contact, topics and producer; on a thread, since all of it blocks."""
        with foreign_errors(self.settings):
            self.make_topics()
            producer = KafkaProducer(**self.settings.producer())
            try:
                # The first send to a topic would block the event loop until its partitions are known.
                for name in TOPICS:
                    found = producer.partitions_for(self.settings.prefix + name)
                    self._partitions[name] = len(found)
            except BaseException:
                _discard(producer)
                raise
        self._producer = producer

    def make_topics(self) -> None:
        """Make the topics that are missing, once; what exists is left as its owner configured it."""
        with self._making:
            if not self._topics_made:
                with closing(KafkaAdminClient(**self.settings.common())) as admin:
                    _make_missing(admin, _layouts(self.settings))
                self._topics_made = True

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
        subscription = KafkaSubscription(self, group)
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
            self._asking = _OnThread(self, None)
        return await self._asking.call(lambda consumer: self._ends(consumer, topics))

    def _ends(self, consumer: KafkaConsumer, topics: Sequence[str]) -> dict[Partition, int]:
        wanted = [self.foreign(each) for each in self.partitions_of(consumer, topics)]
        found = consumer.end_offsets(wanted, timeout_ms=self.settings.request_s * 1000)
        return {self.ours(each): offset for each, offset in found.items()}

    async def close(self) -> None:
        """Deliver what was accepted, 5 s at most, and stop; may be called twice."""
        if self._closed:
            return
        self._closed = True
        for subscription in list(self._subscriptions):
            await subscription.close()
        if self._asking is not None:
            await self._asking.close()
        if self._connecting is not None:
            await asyncio.wait({self._connecting})
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=_CLOSE_S)
        producer, self._producer = self._producer, None
        if producer is not None:
            await asyncio.to_thread(_discard, producer)

    def _open(self) -> None:
        if self._closed:
            raise LogUnavailable(f"the event log on Kafka at {self.settings.servers} is closed")

    # --- for subscriptions ---

    def forget(self, subscription: KafkaSubscription) -> None:
        """A subscription was closed."""
        self._subscriptions.discard(subscription)

    def partitions_of(self, consumer: KafkaConsumer, topics: Iterable[str]) -> list[Partition]:
        """Ask Kafka for the partitions of topics; they exist, since we make what is missing."""
        self.make_topics()
        found: list[Partition] = []
        for name in topics:
            numbers = consumer.partitions_for_topic(self.settings.prefix + name)
            if not numbers:
                raise LogUnavailable(
                    f"Kafka at {self.settings.servers} does not show topic {self.settings.prefix}{name}"
                )
            found += [Partition(name, number) for number in sorted(numbers)]
        return found

    def foreign(self, partition: Partition) -> TopicPartition:
        """Our partition in kafka-python's words."""
        return TopicPartition(self.settings.prefix + partition.topic, partition.number)

    def ours(self, partition: TopicPartition) -> Partition:
        """Kafka-python's partition in our words."""
        return Partition(partition.topic.removeprefix(self.settings.prefix), partition.partition)


class KafkaSubscription:
    """A reader on a thread of its own.

    Attributes:
        recreated: How often the watchdog replaced the consumer because it was silent while there was
            something to hear.
    """

    def __init__(self, log: KafkaLog, group: str | None) -> None:
        self.recreated = 0
        self._log = log
        self._group = group
        self._consumer = _OnThread(log, group)
        self._positions: dict[Partition, int] = {}
        self._under_way: asyncio.Future[list[Record]] | None = None
        self._heard = log.clock.monotonic()
        self._closed = False

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
        partitions = self._log.partitions_of(consumer, topics)
        patience = self._log.settings.request_s * 1000
        known = dict(start or {})
        if start is None and self._group is not None:
            for each in partitions:
                offset = consumer.committed(self._log.foreign(each), timeout_ms=patience)
                if offset is not None:
                    known[each] = offset
        unknown = [self._log.foreign(each) for each in partitions if each not in known]
        if unknown:
            for each, offset in consumer.beginning_offsets(unknown, timeout_ms=patience).items():
                known[self._log.ours(each)] = offset
        positions = {each: known[each] for each in partitions}
        self._seek(consumer, positions)
        return positions

    def _seek(self, consumer: KafkaConsumer, positions: Mapping[Partition, int]) -> None:
        consumer.assign([self._log.foreign(each) for each in positions])
        for each, offset in positions.items():
            consumer.seek(self._log.foreign(each), offset)

    async def read(self, *, limit: int = 500, wait_s: float = 1.0) -> list[Record]:
        """Return the next records, partition by partition (see the port).

        Cancellation: what Kafka had already handed over is returned by the next read.
        """
        if self._closed:
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
        return [
            Record(
                partition,
                each.offset,
                (each.key or b"").decode("utf-8", "replace"),
                each.value or b"",
                from_micros(each.timestamp * 1000),
            )
            for foreign, records in polled.items()
            for partition in (self._log.ours(foreign),)
            for each in records
        ]

    async def _watch(self, *, heard: bool) -> None:
        """Replace a consumer that is silent while there is something to hear.

        Raises:
            LogUnavailable: Kafka does not answer: the silence is an outage, not peace.
        """
        now = self._log.clock.monotonic()
        if heard or now - self._heard < self._log.settings.stall_s:
            self._heard = now if heard else self._heard
            return
        ends = await self._consumer.call(self._ends)
        self._heard = now
        if any(offset < ends[each] for each, offset in self._positions.items()):
            self.recreated += 1
            await self._consumer.renew(lambda consumer: self._seek(consumer, self._positions))

    def _ends(self, consumer: KafkaConsumer) -> dict[Partition, int]:
        found = consumer.end_offsets(
            [self._log.foreign(each) for each in self._positions],
            timeout_ms=self._log.settings.request_s * 1000,
        )
        return {self._log.ours(each): offset for each, offset in found.items()}

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember positions for the group; without a group there is nobody to remember them for."""
        if self._group is None or not positions:
            return
        wanted = {
            self._log.foreign(each): OffsetAndMetadata(offset, "", -1)
            for each, offset in positions.items()
        }
        patience = self._log.settings.request_s * 1000
        await self._consumer.call(lambda consumer: consumer.commit(wanted, timeout_ms=patience))

    async def close(self) -> None:
        """Stop reading; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._log.forget(self)
        await self._consumer.close()


class _OnThread:
    """A consumer and the one thread that touches it; made at its first use, and again after a failure."""

    def __init__(self, log: KafkaLog, group: str | None) -> None:
        self._settings = log.settings
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
                self._consumer = KafkaConsumer(**self._settings.consumer(self._group))
            return work(self._consumer)

    def _drop(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            consumer.close(timeout_ms=int(_CLOSE_S * 1000))


def _discard(producer: KafkaProducer) -> None:
    """End a producer within a bounded time; what is still under way fails.

    `close` alone flushes first; while Kafka is away that raises and leaves the producer running.
    """
    producer._sender.force_close()  # noqa: SLF001  # there is no public way, see above
    try:
        producer.close(timeout=_CLOSE_S)
    except KafkaError:  # it could not say goodbye; its thread has ended all the same
        return


def _make_missing(admin: KafkaAdminClient, layouts: Mapping[str, dict[str, object]]) -> None:
    there = set(admin.list_topics())
    missing = {name: layout for name, layout in layouts.items() if name not in there}
    if not missing:
        return
    try:
        admin.create_topics(missing, wait_for_metadata=True)
    except (
        TopicAlreadyExistsError
    ):  # another process was as quick; the rest of the request was done
        admin.wait_for_topics(list(missing))


def _layouts(settings: KafkaSettings) -> dict[str, dict[str, object]]:
    """Every topic in the words of kafka-python's admin client."""
    return {
        settings.prefix + name: {
            "num_partitions": each.partitions,
            "replication_factor": settings.replication,
            "configs": _keeping(each),
        }
        for name, each in TOPICS.items()
    }


def _keeping(each: Topic) -> dict[str, str]:
    if each.compacted:
        return {"cleanup.policy": "compact"}
    kept = -1 if each.retention is None else int(each.retention.total_seconds() * 1000)
    return {"cleanup.policy": "delete", "retention.ms": str(kept)}
