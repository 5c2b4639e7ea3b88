"""Events on disk while the log is away: bounded, in order, still there after kill -9.

When it is full the oldest measurements make room first, then the oldest of the rest; what was dropped is
counted per topic and the counts are kept with the file. The ids are derived, so an event that went out
twice around a crash is recognised by every reader.
"""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from events import codec
from events.contract import MEASUREMENTS
from events.errors import DirectoryInUse, LogFull, UndecodableEvent
from events.log import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["MAX_BYTES", "Spool"]

MAX_BYTES = 256 * 1024 * 1024
"""About a day of a hundred switches, or two hours of a thousand."""
ROW_BYTES = 64
"""What a row costs beside its event."""

_TABLES = """
CREATE TABLE IF NOT EXISTS waiting (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    key TEXT NOT NULL,
    event BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS waiting_topic ON waiting (topic, number);
CREATE TABLE IF NOT EXISTS dropped (topic TEXT PRIMARY KEY, events INTEGER NOT NULL);
"""


class Spool:
    """A bounded queue of events in a file of its own.

    Raises:
        DirectoryInUse: The file cannot be opened. One that can but is no spool is set aside.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self.path = path
        self.set_aside: str = ""
        """Where an unreadable file from before was moved to; empty when there was none."""
        self._max = max_bytes
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._open()
        except sqlite3.OperationalError as error:
            raise DirectoryInUse(
                f"the spool {path} cannot be opened: {error}; is another probe using it?"
            ) from None
        except sqlite3.DatabaseError:
            self._start_anew()
        self._bytes, self._count = self._measure()

    def __len__(self) -> int:
        return self._count

    @property
    def size(self) -> int:
        """Bytes of what is waiting."""
        return self._bytes

    @property
    def dropped(self) -> dict[str, int]:
        """Events dropped for want of room since the file was made, per topic."""
        return dict(self._database.execute("SELECT topic, events FROM dropped ORDER BY topic"))

    def put(self, topic: str, entries: Sequence[Entry]) -> None:
        """Append entries; they are on disk when this returns.

        Raises:
            LogFull: The disk itself has no room.
        """
        rows = [(topic, entry.key, codec.encode(entry.event)) for entry in entries]
        with self._writing():
            self._database.executemany(
                "INSERT INTO waiting (topic, key, event) VALUES (?, ?, ?)", rows
            )
            self._bytes += sum(len(event) + ROW_BYTES for _, _, event in rows)
            self._count += len(rows)
            self._make_room()

    def oldest(self, limit: int) -> tuple[str, list[tuple[int, Entry]]]:
        """The topic of the oldest event, and it and those directly after it of the same topic.

        What can no longer be read is dropped and counted.
        """
        rows = self._database.execute(
            "SELECT number, topic, key, event FROM waiting ORDER BY number LIMIT ?", (limit,)
        ).fetchall()
        topic = rows[0][1] if rows else ""
        found: list[tuple[int, Entry]] = []
        for number, of, key, event in rows:
            if of != topic:
                break
            try:
                found.append((number, Entry(key, codec.decode(event))))
            except UndecodableEvent:
                self.drop([number], of)
        return topic, found

    def remove(self, numbers: Sequence[int]) -> None:
        """Forget events that the log has taken."""
        with self._writing():
            self._delete(numbers)

    def drop(self, numbers: Sequence[int], topic: str) -> None:
        """Forget events that nobody will take, and count them."""
        with self._writing():
            self._delete(numbers)
            self._count_drop(topic, len(numbers))

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._database.close()

    # --- inside ---------------------------------------------------------------------------------

    def _open(self) -> None:
        self._database = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.executescript(_TABLES)
        except sqlite3.DatabaseError:
            self._database.close()
            raise

    def _start_anew(self) -> None:
        """Set an unreadable file aside rather than let it stop the probe."""
        broken = self.path.with_name(self.path.name + ".broken")
        self.path.replace(broken)
        for tail in ("-wal", "-shm"):
            self.path.with_name(self.path.name + tail).unlink(missing_ok=True)
        self.set_aside = str(broken)
        self._open()

    def _measure(self) -> tuple[int, int]:
        size, count = self._database.execute(
            "SELECT COALESCE(SUM(LENGTH(event)), 0), COUNT(*) FROM waiting"
        ).fetchone()
        return int(size) + int(count) * ROW_BYTES, int(count)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        before = self._bytes, self._count
        try:
            self._database.execute("BEGIN IMMEDIATE")
            yield
            self._database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._bytes, self._count = before
            with contextlib.suppress(sqlite3.OperationalError):
                self._database.execute("ROLLBACK")
            raise LogFull(f"the spool {self.path} takes nothing: {error}") from None

    def _make_room(self) -> None:
        while self._bytes > self._max and self._count:
            row = self._database.execute(
                "SELECT number, topic FROM waiting WHERE topic = ? ORDER BY number LIMIT 1",
                (MEASUREMENTS,),
            ).fetchone()
            if row is None:
                row = self._database.execute(
                    "SELECT number, topic FROM waiting ORDER BY number LIMIT 1"
                ).fetchone()
            self._delete([row[0]])
            self._count_drop(row[1], 1)

    def _delete(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            row = self._database.execute(
                "DELETE FROM waiting WHERE number = ? RETURNING LENGTH(event)", (number,)
            ).fetchone()
            if row is not None:
                self._bytes -= row[0] + ROW_BYTES
                self._count -= 1

    def _count_drop(self, topic: str, events: int) -> None:
        self._database.execute(
            "INSERT INTO dropped VALUES (?, ?)"
            " ON CONFLICT (topic) DO UPDATE SET events = events + excluded.events",
            (topic, events),
        )
