"""The journal's file: its tables, how it is opened, who may write it, what SQLite's complaints mean."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from events.errors import DirectoryInUse, LogCorrupt, LogFull, LogUnavailable
from events.log import Partition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "JournalLock",
    "complaints",
    "create",
    "layout",
    "open_reader",
    "open_writer",
]

FILE_NAME = "journal.db"
LOCK_NAME = "journal.lock"
VERSION = 1
BUSY_MS = 10_000  # longer than any group commit or chunk of upkeep waits for the disk

# WITHOUT ROWID: a partition is one run of the tree, so a tail reads neighbouring pages.
_TABLES = """
CREATE TABLE topics(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE log(topic INT, part INT, off INT, ts INT, key TEXT, val BLOB,
                 PRIMARY KEY(topic, part, off)) WITHOUT ROWID;
CREATE TABLE heads(topic INT, part INT, next_off INT NOT NULL DEFAULT 0, low_off INT NOT NULL DEFAULT 0,
                   clean_off INT NOT NULL DEFAULT 0, live INT NOT NULL DEFAULT 0,
                   PRIMARY KEY(topic, part)) WITHOUT ROWID;
CREATE TABLE offs(grp TEXT, topic INT, part INT, off INT NOT NULL,
                  PRIMARY KEY(grp, topic, part)) WITHOUT ROWID;
"""


class JournalLock:
    """Makes one process the writer of a directory; the system lets go of it when that process ends.

    Raises:
        DirectoryInUse: Another process (or another log of this one) writes there; names both.
    """

    def __init__(self, directory: Path) -> None:
        self._handle = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.pread(self._handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(self._handle)
            raise DirectoryInUse(
                f"{directory} is in use by process {owner}: stop it, or give this one another"
                " directory with --data"
            ) from None
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let another process write; called once."""
        os.close(self._handle)


@contextmanager
def complaints(directory: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, naming the directory and the cure."""
    try:
        yield
    except sqlite3.Error as error:
        raise _meaning(error, directory) from error


def _meaning(error: sqlite3.Error, directory: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    if code == sqlite3.SQLITE_FULL:
        return LogFull(f"no space left for the event log in {directory}: free or add disk space")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return LogCorrupt(
            f"{directory / FILE_NAME} is damaged ({error}): stop the service and put back a backup"
            " with `keten restore`"
        )
    return LogUnavailable(f"the event log in {directory} cannot be used now: {error}")


def open_writer(directory: Path, *, power_safe: bool) -> sqlite3.Connection:
    """Open the journal for writing, making it if it is not there.

    Args:
        directory: Exists and is locked.
        power_safe: True syncs every commit to the disk; False leaves the last moments before a loss of
            power to the system, never a kill of the process.
    """
    wire = _connect(directory, "rwc")
    # Page size and auto_vacuum first: after journal_mode or the first table they would stay as they are.
    wire.execute("PRAGMA page_size=8192")
    wire.execute("PRAGMA auto_vacuum=INCREMENTAL")
    wire.execute("PRAGMA journal_mode=WAL")
    wire.execute(f"PRAGMA synchronous={'FULL' if power_safe else 'NORMAL'}")
    wire.execute("PRAGMA wal_autocheckpoint=4000")  # pages: the WAL stays near 32 MiB
    wire.execute("PRAGMA journal_size_limit=67108864")
    return wire


def create(wire: sqlite3.Connection, partitions: Mapping[str, int]) -> None:
    """Make the tables of a new journal, and the topics that an older journal does not have yet."""
    wire.execute("BEGIN IMMEDIATE")
    (version,) = wire.execute("PRAGMA user_version").fetchone()
    if not version:
        for statement in _TABLES.split(";"):
            wire.execute(statement)
        wire.execute(f"PRAGMA user_version={VERSION}")
    for name, count in partitions.items():
        _add_topic(wire, name, count)
    wire.execute("COMMIT")


def _add_topic(wire: sqlite3.Connection, name: str, partitions: int) -> None:
    added = wire.execute("INSERT OR IGNORE INTO topics(name) VALUES (?)", (name,))
    if added.rowcount:  # an old topic keeps the partitions it has
        wire.executemany(
            "INSERT INTO heads(topic, part) VALUES (?, ?)",
            [(added.lastrowid, part) for part in range(partitions)],
        )


def open_reader(directory: Path, *, mode: str = "ro") -> sqlite3.Connection:
    """Open an existing journal for short reads (`ro`), or for a reader's commits (`rw`).

    Raises:
        LogUnavailable: There is no journal.
        LogCorrupt: The file is not a journal that we can read.
    """
    if not (directory / FILE_NAME).exists():
        raise LogUnavailable(f"no event log in {directory}: start `keten run`, or name its --data")
    wire = _connect(directory, mode)
    (version,) = wire.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise LogCorrupt(
            f"{directory / FILE_NAME} has version {version}, this program reads version {VERSION}:"
            " use the release that wrote it, or another directory"
        )
    return wire


def _connect(directory: Path, mode: str) -> sqlite3.Connection:
    path = (directory / FILE_NAME).absolute().as_uri()
    wire = sqlite3.connect(
        f"{path}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    wire.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    wire.execute("PRAGMA cache_size=-32768")  # KiB: the live tail of a busy day stays in memory
    return wire


def layout(wire: sqlite3.Connection) -> dict[str, tuple[int, list[Partition]]]:
    """Read each topic's number and partitions from the file: what was made counts, not the table."""
    rows = wire.execute(
        "SELECT name, topic, part FROM heads JOIN topics ON id = topic ORDER BY topic, part"
    )
    found: dict[str, tuple[int, list[Partition]]] = {}
    for name, number, part in rows:
        found.setdefault(name, (number, []))[1].append(Partition(name, part))
    return found
