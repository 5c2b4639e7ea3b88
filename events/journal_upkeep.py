"""Keeping the journal small: retention by age and size, compaction by key, space back to the disk.

Every method works in chunks, each a transaction of its own, so that the writer can accept events in between.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from events.timestamp import microseconds

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Generator, Iterator
    from datetime import datetime

    from events.topics import Topic

__all__ = ["CHUNK", "Upkeep"]

CHUNK = 5_000
"""Rows per transaction: some 12 ms of deleting, less than a person or a page would notice."""

DIRTY_ROWS = 1_000
"""A compacted partition is compacted when this many rows, and as many as are live, have come in since."""


class Upkeep:
    """Removes what need not be kept.

    Attributes:
        pruned: Rows removed by age or size since the start.
        compacted: Rows removed because a later one of the same key stands since the start.

    Args:
        wire: The writer's connection; used on the writer's thread only.
        topics: Number in the file to topic.
        max_bytes: Of the database file; above it the oldest rows of topics with a retention go first.
    """

    def __init__(self, wire: sqlite3.Connection, topics: dict[int, Topic], max_bytes: int) -> None:
        self._wire = wire
        self._topics = topics
        self._max_bytes = max_bytes
        self.pruned = 0
        self.compacted = 0

    def chunks(self, now: datetime) -> Iterator[int]:
        """Do everything that is due at `now`, yielding the rows removed after each transaction."""
        for number, part in self._partitions():
            topic = self._topics.get(number)
            if (
                topic is None
            ):  # made by another release: its rules are not known, so it is left alone
                continue
            if topic.compacted:
                yield from self._compact(number, part, microseconds(now - topic.lag))
            elif topic.retention is not None:
                yield from self._prune(number, part, microseconds(now - topic.retention))
        yield from self._shrink()
        yield from self._vacuum()

    def _partitions(self) -> list[tuple[int, int]]:
        return self._wire.execute("SELECT topic, part FROM heads ORDER BY topic, part").fetchall()

    def _prune(self, number: int, part: int, horizon: int) -> Iterator[int]:
        while (oldest := self._oldest(number, part)) is not None and oldest < horizon:
            yield self._drop(number, part, horizon)

    def _oldest(self, number: int, part: int) -> int | None:
        row = self._wire.execute(
            "SELECT ts FROM log WHERE topic=? AND part=? ORDER BY off LIMIT 1", (number, part)
        ).fetchone()
        return None if row is None else int(row[0])

    def _drop(self, number: int, part: int, horizon: int | None) -> int:
        """Delete the first rows of a partition, one chunk at most, up to the first that is young enough."""
        rows = self._wire.execute(
            "SELECT off, ts FROM log WHERE topic=? AND part=? ORDER BY off LIMIT ?",
            (number, part, CHUNK),
        ).fetchall()
        # Up to the first young row, so that a clock that was set back makes no hole.
        old = [off for off, _ in takewhile(lambda row: horizon is None or row[1] < horizon, rows)]
        self._wire.execute("BEGIN IMMEDIATE")
        self._wire.execute(
            "DELETE FROM log WHERE topic=? AND part=? AND off<=?", (number, part, old[-1])
        )
        self._wire.execute(
            "UPDATE heads SET low_off=? WHERE topic=? AND part=?", (old[-1] + 1, number, part)
        )
        self._wire.execute("COMMIT")
        self.pruned += len(old)
        return len(old)

    def _shrink(self) -> Iterator[int]:
        while self._used_bytes() > self._max_bytes:
            ages = [
                (oldest, number, part)
                for number, part in self._partitions()
                if (topic := self._topics.get(number)) is not None and topic.retention is not None
                if (oldest := self._oldest(number, part)) is not None
            ]
            if not ages:
                return
            _, number, part = min(ages)
            yield self._drop(number, part, None)

    def _used_bytes(self) -> int:
        pages, free, size = (
            self._wire.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("page_count", "freelist_count", "page_size")
        )
        return int((pages - free) * size)

    def _compact(self, number: int, part: int, horizon: int) -> Iterator[int]:
        """Remove what a later row replaces, both of before a moment; younger rows count as not there."""
        clean_off, live = self._wire.execute(
            "SELECT clean_off, live FROM heads WHERE topic=? AND part=?", (number, part)
        ).fetchone()
        end = self._first_young(number, part, clean_off, horizon)
        if end - clean_off < max(DIRTY_ROWS, live):
            return
        last = yield from self._last_of_each_key(number, part, end)
        keep = set(last.values())
        at = -1
        while rows := self._page(number, part, at, end):
            at = rows[-1][0]
            yield self._remove(number, part, [off for off, _ in rows if off not in keep])
        self._wire.execute(
            "UPDATE heads SET clean_off=?, live=? WHERE topic=? AND part=?",
            (end, len(keep), number, part),
        )

    def _first_young(self, number: int, part: int, start: int, horizon: int) -> int:
        """The offset from `start` on at which the first row stands that is younger than a moment."""
        row = self._wire.execute(
            "SELECT off FROM log WHERE topic=? AND part=? AND off>=? AND ts>? ORDER BY off LIMIT 1",
            (number, part, start, horizon),
        ).fetchone()
        if row is None:
            row = self._wire.execute(
                "SELECT next_off FROM heads WHERE topic=? AND part=?", (number, part)
            ).fetchone()
        return int(row[0])

    def _last_of_each_key(
        self, number: int, part: int, until: int
    ) -> Generator[int, None, dict[str, int]]:
        last: dict[str, int] = {}
        at = -1
        while rows := self._page(number, part, at, until):
            last.update((key, off) for off, key in rows)
            at = rows[-1][0]
            yield 0
        return last

    def _page(self, number: int, part: int, after: int, until: int) -> list[tuple[int, str]]:
        return self._wire.execute(
            "SELECT off, key FROM log WHERE topic=? AND part=? AND off>? AND off<?"
            " ORDER BY off LIMIT ?",
            (number, part, after, until, CHUNK),
        ).fetchall()

    def _remove(self, number: int, part: int, offsets: list[int]) -> int:
        self._wire.execute("BEGIN IMMEDIATE")
        self._wire.executemany(
            "DELETE FROM log WHERE topic=? AND part=? AND off=?",
            [(number, part, off) for off in offsets],
        )
        self._wire.execute("COMMIT")
        self.compacted += len(offsets)
        return len(offsets)

    def _vacuum(self) -> Iterator[int]:
        """Give free pages back in chunks of some 8 MB, keeping an eighth for what comes next."""
        while True:
            pages, free = (
                self._wire.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count")
            )
            if free <= pages // 8:
                return
            self._wire.execute("PRAGMA incremental_vacuum(1000)").fetchall()
            yield 0
