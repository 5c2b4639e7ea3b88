"""The one thread that writes the journal: group commit, offsets, upkeep between the groups."""

from __future__ import annotations

import queue
import sqlite3
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.journal_file import complaints

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from events.clock import Clock
    from events.journal_upkeep import Upkeep

__all__ = ["Append", "Commit", "Job", "JournalWriter", "Tidy"]

GROUP_EVENTS = 2_000
"""Events per transaction at most; one commit then takes some 10 ms."""

UPKEEP_EVERY_S = 60.0

# One statement for many rows: SQLite's binding lets other threads run at every step, and on a busy event
# loop each step would wait a switch interval (5 ms) to run again. 128 rows x 6 = 768 parameters.
_ROWS_PER_STATEMENT = (128, 16, 1)


@dataclass(frozen=True, slots=True)
class Append:
    """Rows of one publish: (topic, partition, microseconds, key, value)."""

    rows: list[tuple[int, int, int, str, bytes]]
    done: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Commit:
    """Positions of a group: (group, topic, partition, offset)."""

    rows: list[tuple[str, int, int, int]]
    done: asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Tidy:
    """Upkeep now instead of when it is due."""

    done: asyncio.Future[None]


Job = Append | Commit | Tidy


class JournalWriter:
    """Commits what is queued in groups; the next group gathers while one is being committed.

    Attributes:
        failure: What stopped the last upkeep, empty when it went well.

    Args:
        wire: Connection for this thread alone from now on.
        directory: For messages.
        upkeep: What to do between groups.
        clock: Times the upkeep.
        settle: Called on the event loop with the jobs of a group and the error, if any.
    """

    def __init__(
        self,
        wire: sqlite3.Connection,
        directory: Path,
        upkeep: Upkeep,
        clock: Clock,
        settle: Callable[[list[Job], Exception | None], None],
    ) -> None:
        self.failure = ""
        self._wire = wire
        self._directory = directory
        self._upkeep = upkeep
        self._clock = clock
        self._settle = settle
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._heads: dict[tuple[int, int], int] = {}
        self._chores: Iterator[int] | None = None
        self._tidying: list[Job] = []
        self._due = clock.monotonic() + UPKEEP_EVERY_S
        self._thread = threading.Thread(target=self._run, name="journal-writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job; whoever submits bounds how many wait."""
        self._queue.put(job)

    def stop(self) -> None:
        """Finish what is queued, close the file and end the thread; blocks until then."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            going, group = self._gather()
            self._write([job for job in group if not isinstance(job, Tidy)])
            self._tend([job for job in group if isinstance(job, Tidy)])
        self._answer(self._tidying, None)
        self._wire.close()

    def _gather(self) -> tuple[bool, list[Job]]:
        """Take what is queued, one transaction's worth at most; wait for the first unless chores are left."""
        group: list[Job] = []
        events = 0
        try:
            while events < GROUP_EVENTS:
                job = self._queue.get(block=not group and self._chores is None)
                if job is None:
                    return False, group
                group.append(job)
                events += len(job.rows) if isinstance(job, Append) else 1
        except queue.Empty:
            pass
        return True, group

    def _write(self, group: list[Job]) -> None:
        if not group:
            return
        error: Exception | None = None
        try:
            with complaints(self._directory):
                self._transact(group)
        except Exception as caught:  # noqa: BLE001  # loop top: the error goes to those who wait for it
            error = caught
        self._answer(group, error)

    def _transact(self, group: list[Job]) -> None:
        wire = self._wire
        try:
            wire.execute("BEGIN IMMEDIATE")
            heads = self._append(
                [row for job in group if isinstance(job, Append) for row in job.rows]
            )
            wire.executemany(
                "INSERT OR REPLACE INTO offs(grp, topic, part, off) VALUES (?, ?, ?, ?)",
                [row for job in group if isinstance(job, Commit) for row in job.rows],
            )
            wire.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise
        self._heads.update(heads)

    def _append(self, rows: list[tuple[int, int, int, str, bytes]]) -> dict[tuple[int, int], int]:
        """Insert rows at the next offsets and return the heads that moved."""
        heads: dict[tuple[int, int], int] = {}
        flat: list[int | str | bytes] = []
        for topic, part, ts, key, value in rows:
            off = heads.get((topic, part))
            if off is None:
                off = self._head(topic, part)
            heads[topic, part] = off + 1
            flat += (topic, part, off, ts, key, value)
        self._insert(flat)
        self._wire.executemany(
            "UPDATE heads SET next_off=? WHERE topic=? AND part=?",
            [(off, topic, part) for (topic, part), off in heads.items()],
        )
        return heads

    def _insert(self, flat: list[int | str | bytes]) -> None:
        at = 0
        for rows in _ROWS_PER_STATEMENT:
            values = ",".join(["(?,?,?,?,?,?)"] * rows)
            while len(flat) - at >= 6 * rows:
                self._wire.execute(f"INSERT INTO log VALUES {values}", flat[at : at + 6 * rows])  # noqa: S608  # question marks only
                at += 6 * rows

    def _head(self, topic: int, part: int) -> int:
        # From the table, never max(off): retention may have removed the last row.
        if (topic, part) not in self._heads:
            (self._heads[topic, part],) = self._wire.execute(
                "SELECT next_off FROM heads WHERE topic=? AND part=?", (topic, part)
            ).fetchone()
        return self._heads[topic, part]

    def _roll_back(self) -> None:
        self._heads.clear()  # what the file says counts, should the commit have gone through after all
        try:
            if self._wire.in_transaction:
                self._wire.execute("ROLLBACK")
        except (
            sqlite3.Error
        ):  # the first error is the one that tells; a full disk rolls back by itself
            return

    def _tend(self, asked: list[Job]) -> None:
        """Do one chunk of upkeep if it is due, asked for or begun."""
        self._tidying += asked
        if self._chores is None:
            if not asked and self._clock.monotonic() < self._due:
                return
            self._chores = self._upkeep.chunks(self._clock.now())
        error: Exception | None = None
        try:
            with complaints(self._directory):
                next(self._chores)
        except StopIteration:
            self.failure = ""
        except Exception as caught:  # noqa: BLE001  # loop top: kept for the operator, tried again next time
            self._roll_back()
            error, self.failure = caught, str(caught)
        else:
            return
        self._chores = None
        self._due = self._clock.monotonic() + UPKEEP_EVERY_S
        self._answer(self._tidying, error)
        self._tidying = []

    def _answer(self, jobs: list[Job], error: Exception | None) -> None:
        if not jobs:
            return
        try:
            jobs[0].done.get_loop().call_soon_threadsafe(self._settle, jobs, error)
        except RuntimeError:  # the loop has ended: nobody waits any more
            return
