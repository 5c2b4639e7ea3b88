"""The event log on one machine: an append-only SQLite journal that several processes may read.

One process writes (a lock file sees to it), any number read. The writer is one thread with group commit;
reads are short and run on the event loop: some 500 rows from neighbouring pages, about a millisecond,
because a thread would have to win the interpreter back at every row.
"""

from __future__ import annotations

import asyncio
import heapq
import math
from itertools import islice
from typing import TYPE_CHECKING

from events.acceptance import accept
from events.arrival import Arrivals
from events.errors import ConfigError, LogUnavailable, PermanentError, PositionLost
from events.journal_file import (
    JournalLock,
    complaints,
    create,
    layout,
    open_reader,
    open_writer,
)
from events.journal_upkeep import Upkeep
from events.journal_writer import Append, Commit, Job, JournalWriter, Tidy
from events.log import Partition, Record
from events.span import EPOCH
from events.timestamp import from_micros, microseconds
from events.topics import TOPICS, partition_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from events.clock import Clock
    from events.log import Entry
    from events.topics import Topic

__all__ = ["JournalLog", "JournalSubscription"]

_Row = tuple[
    int, int, int, str, bytes
]  # moment in microseconds, index of the stream, offset, key, value

PENDING_BATCHES = 256
"""Publishes that may wait for the disk; the next one waits for a place. Callers hold the bytes anyway."""

READ_BYTES = 4 * 1024 * 1024
"""One read returns no more than this and one record, however many were asked for."""

POLL_S = 0.02
"""How often a process that only reads looks for news: 1 % of a core, 20 ms late at worst (BUS.md 4)."""

MAX_BYTES = 20 * 1024**3
"""Size of the file above which the oldest observations and measurements go early."""


class JournalLog:
    """The log in a directory; made on any thread, used from one event loop.

    Args:
        directory: Where `journal.db` lies; made if absent. A local disk: no network file system.
        clock: Stamps what is accepted and times the waiting.
        read_only: True opens the journal that another process writes; only `publish` is refused.
        power_safe: True also survives a loss of power with every acknowledged event, for some
            0.3 ms per group; False survives every end of the process.
        max_bytes: Of the file.
        topics: How many partitions a new journal has, and how long it keeps what.

    Raises:
        DirectoryInUse: Another process writes this directory.
        LogUnavailable: Opened `read_only`, and there is no journal yet.
        LogCorrupt: The file is damaged, or not ours.
        ConfigError: The directory cannot be made or written.
    """

    def __init__(
        self,
        directory: Path,
        clock: Clock,
        *,
        read_only: bool = False,
        power_safe: bool = False,
        max_bytes: int = MAX_BYTES,
        topics: Mapping[str, Topic] = TOPICS,
    ) -> None:
        self.directory = directory
        self.clock = clock
        self.arrivals = Arrivals()
        self.poll_s = POLL_S if read_only else math.inf
        self._lock: JournalLock | None = None
        self._writer: JournalWriter | None = None
        self._upkeep: Upkeep | None = None
        self._closed = False
        self._slots = asyncio.Semaphore(PENDING_BATCHES)
        with complaints(directory):
            if not read_only:
                self._start_writer(topics, power_safe=power_safe, max_bytes=max_bytes)
            self._reader = open_reader(directory)
            self._layout = layout(self._reader)
            self._version = self._data_version()

    def _start_writer(
        self, topics: Mapping[str, Topic], *, power_safe: bool, max_bytes: int
    ) -> None:
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            self._lock = JournalLock(self.directory)
        except OSError as error:
            raise ConfigError(
                f"the data directory {self.directory} cannot be used: {error.strerror}; make it"
                " writable or name another with --data"
            ) from error
        try:
            with complaints(self.directory):
                wire = open_writer(self.directory, power_safe=power_safe)
                create(wire, {name: each.partitions for name, each in topics.items()})
                numbers = {
                    number: topics[name]
                    for name, (number, _) in layout(wire).items()
                    if name in topics
                }
        except BaseException:
            self._lock.release()
            raise
        self._upkeep = Upkeep(wire, numbers, max_bytes)
        self._writer = JournalWriter(wire, self.directory, self._upkeep, self.clock, self._settle)

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Append events in one transaction; return when it is committed (see the port)."""
        writer = self._writing()
        number, parts = self._topic(topic)
        now = self.clock.now()
        ts = microseconds(now)
        rows = [
            (number, partition_number(key, len(parts)), ts, key, value)
            for key, value in accept(entries, now)
        ]
        if rows:
            await self._slots.acquire()
            await self._submit(writer, Append(rows, _future()))

    async def tidy(self) -> None:
        """Do now the upkeep that otherwise happens once a minute between publishes.

        Raises:
            LogFull: There is no space left to work in.
        """
        writer = self._writing()
        await self._slots.acquire()
        await self._submit(writer, Tidy(_future()))

    @property
    def upkeep(self) -> dict[str, int | str]:
        """Rows removed since the start by retention and by compaction, and what stopped the last upkeep."""
        if self._upkeep is None or self._writer is None:
            return {}
        return {
            "pruned": self._upkeep.pruned,
            "compacted": self._upkeep.compacted,
            "failure": self._writer.failure,
        }

    async def subscribe(
        self,
        topics: Sequence[str],
        *,
        group: str | None = None,
        start: Mapping[Partition, int] | None = None,
    ) -> JournalSubscription:
        """Open a reader (see the port)."""
        heads = self.heads(topics)
        known = self._committed(group) if group is not None and start is None else start or {}
        positions = {each: known.get(each, low) for each, (low, _) in heads.items()}
        return JournalSubscription(self, group, positions)

    async def ends(self, topics: Sequence[str]) -> dict[Partition, int]:
        """Per partition the next offset (see the port)."""
        return {each: next_off for each, (_, next_off) in self.heads(topics).items()}

    async def close(self) -> None:
        """Finish what was accepted and let go of the directory; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self.arrivals.announce()
        self._reader.close()  # first: the last to leave folds the WAL into the file, and a reader cannot
        if self._writer is not None:
            await asyncio.to_thread(self._writer.stop)
        if self._lock is not None:
            self._lock.release()

    # --- for subscriptions ---

    def heads(self, topics: Sequence[str]) -> dict[Partition, tuple[int, int]]:
        """Per partition the oldest kept and the next offset."""
        self._open()
        numbers = {self._topic(name)[0]: name for name in topics}
        marks = ",".join("?" * len(numbers))
        with complaints(self.directory):
            rows = self._reader.execute(
                f"SELECT topic, part, low_off, next_off FROM heads WHERE topic IN ({marks})",  # noqa: S608  # question marks only
                list(numbers),
            ).fetchall()
        return {Partition(numbers[topic], part): (low, end) for topic, part, low, end in rows}

    def fetch(self, positions: Mapping[Partition, int], limit: int) -> list[Record]:
        """Read the records after these positions in one short transaction, oldest first.

        Raises:
            PositionLost: A position is no longer kept, or was never reached.
        """
        self._open()
        with complaints(self.directory):
            self._reader.execute("BEGIN")
            try:
                heads = self.heads(list({each.topic for each in positions}))
                streams = [
                    self._rows(number, each, at, limit)
                    for number, (each, at) in enumerate(positions.items())
                    if self._has_news(each, at, heads[each])
                ]
                # A row begins with its moment, stream and offset, so comparing never reaches the value.
                rows = streams[0] if len(streams) == 1 else heapq.merge(*streams)
                return _records(rows, list(positions), limit)
            finally:
                self._reader.execute("ROLLBACK")

    def _has_news(self, partition: Partition, at: int, head: tuple[int, int]) -> bool:
        low, end = head
        if not low <= at <= end:
            raise PositionLost(
                f"{partition.topic}/{partition.number} keeps offsets {low} to {end}, not {at}:"
                " start from a later snapshot or from the oldest kept record"
            )
        return at < end

    def _rows(self, stream: int, partition: Partition, at: int, limit: int) -> Iterator[_Row]:
        return self._reader.execute(
            "SELECT ts, ?, off, key, val FROM log WHERE topic=? AND part=? AND off>=?"
            " ORDER BY off LIMIT ?",
            (stream, self._topic(partition.topic)[0], partition.number, at, limit),
        )

    def look(self) -> None:
        """Announce it when another process has committed something; asked every `poll_s`."""
        if self._writer is None and not self._closed:
            with complaints(self.directory):
                version = self._data_version()
            if version != self._version:
                self._version = version
                self.arrivals.announce()

    async def remember(self, group: str, positions: Mapping[Partition, int]) -> None:
        """Store positions of a group."""
        self._open()
        rows = [
            (group, self._topic(each.topic)[0], each.number, off) for each, off in positions.items()
        ]
        if self._writer is not None:
            await self._slots.acquire()
            await self._submit(self._writer, Commit(rows, _future()))
        else:
            await asyncio.to_thread(self._remember_beside, rows)

    def _remember_beside(self, rows: list[tuple[str, int, int, int]]) -> None:
        """Store positions from a process that is not the writer: one short transaction between its groups."""
        with complaints(self.directory):
            wire = open_reader(self.directory, mode="rw")
            try:
                wire.executemany(
                    "INSERT OR REPLACE INTO offs(grp, topic, part, off) VALUES (?, ?, ?, ?)", rows
                )
            finally:
                wire.close()

    def _committed(self, group: str) -> dict[Partition, int]:
        names = {number: name for name, (number, _) in self._layout.items()}
        with complaints(self.directory):
            rows = self._reader.execute(
                "SELECT topic, part, off FROM offs WHERE grp=?", (group,)
            ).fetchall()
        return {Partition(names[topic], part): off for topic, part, off in rows if topic in names}

    def _data_version(self) -> int:
        return int(self._reader.execute("PRAGMA data_version").fetchone()[0])

    # --- the writer's side ---

    def _writing(self) -> JournalWriter:
        self._open()
        if self._writer is None:
            raise PermanentError(
                f"{self.directory} is open for reading only: publish in its writer"
            )
        return self._writer

    async def _submit(self, writer: JournalWriter, job: Job) -> None:
        # A cancelled caller leaves its slot taken until the writer has settled the job.
        if self._closed:
            self._slots.release()
            self._open()
        writer.submit(job)
        await job.done

    def _settle(self, jobs: list[Job], error: Exception | None) -> None:
        self.arrivals.announce()
        for job in jobs:
            self._slots.release()
            if job.done.done():
                continue
            if error is None:
                job.done.set_result(None)
            else:
                job.done.set_exception(error)

    def _open(self) -> None:
        if self._closed:
            raise LogUnavailable(f"the event log in {self.directory} is closed")

    def _topic(self, name: str) -> tuple[int, list[Partition]]:
        try:
            return self._layout[name]
        except KeyError:
            raise ConfigError(
                f"no topic {name!r} in {self.directory}; it has {', '.join(self._layout)}"
            ) from None


class JournalSubscription:
    """A reader of a `JournalLog`; keeps no transaction open between reads."""

    def __init__(self, log: JournalLog, group: str | None, positions: dict[Partition, int]) -> None:
        self._log = log
        self._group = group
        self._positions = positions
        self._caught_up_at = -1
        self._closed = False

    async def read(self, *, limit: int = 500, wait_s: float = 1.0) -> list[Record]:
        """Return the next records, oldest first over all partitions (see the port)."""
        log = self._log
        deadline = log.clock.monotonic() + wait_s
        while True:
            log.look()
            seen = log.arrivals.count
            records = self._take(limit, seen)
            left = deadline - log.clock.monotonic()
            if records or left <= 0:
                return records
            await log.arrivals.after(seen, log.clock, min(left, log.poll_s))

    def _take(self, limit: int, seen: int) -> list[Record]:
        if self._closed:
            raise LogUnavailable("the subscription is closed")
        if seen == self._caught_up_at:
            return []
        records = self._log.fetch(self._positions, limit)
        for record in records:
            self._positions[record.partition] = record.offset + 1
        if not records:
            self._caught_up_at = seen
        return records

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember positions for the group; without a group there is nobody to remember them for."""
        if self._group is not None and positions:
            await self._log.remember(self._group, positions)

    async def close(self) -> None:
        """Stop reading; may be called twice."""
        self._closed = True


def _future() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def _records(rows: Iterator[_Row], partitions: list[Partition], limit: int) -> list[Record]:
    """Turn rows into records, `limit` at most and one more than `READ_BYTES` at most."""
    taken: list[Record] = []
    size, last, moment = 0, -1, EPOCH
    for ts, stream, off, key, value in islice(rows, limit):
        if ts != last:  # the records of one publish share their moment
            last, moment = ts, from_micros(ts)
        taken.append(Record(partitions[stream], off, key, value, moment))
        size += len(value)
        if size > READ_BYTES:
            break
    return taken
