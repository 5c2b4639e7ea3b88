"""One database behind the ledger: opened, brought up to date, its errors put into ours.

SQLite and PostgreSQL differ here and in the triggers of the migrations, and nowhere else.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import create_async_engine

from events.errors import ConfigError, LedgerDamaged, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection
    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

__all__ = [
    "VERSION_TABLE",
    "Database",
    "can_be_written",
    "postgresql",
    "sqlite",
    "sqlite_to_read",
]

LOCK = 0x6B65_7465_6E  # "keten": the one lock that writers of a PostgreSQL ledger take in turn
BUSY_MS = 20_000
"""Longest wait for another writer of the file; a batch takes milliseconds."""
VERSION_TABLE = "ledger_version"
PRAGMAS = {
    False: ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_MS}"),
    True: (f"busy_timeout={BUSY_MS}",),
}
"""By whether a connection only reads."""
DAMAGED = ("malformed", "not a database", "corrupt", "unsupported file format")
"""What SQLite says of a file that it cannot read; it has no codes for it that survive the driver."""
DAMAGED_IF_READING = "disk i/o error"
"""Of a read, a file that is cut short; of a write, a disk that is full."""


def sqlite(path: Path) -> URL:
    """Turn the path of a file into its address."""
    return make_url("sqlite+aiosqlite://").set(database=str(path))


def sqlite_to_read(path: Path) -> URL:
    """Turn the path of a file into an address that only reads, where nothing can be written beside it.

    SQLite keeps what is newest in a file beside the database, and an index of that in another. Where neither
    is, the database is whole and may be read as it stands; where one is, a writer has it open, or had.
    """
    query = {"mode": "ro", "uri": "true"}
    if not _beside(path):
        query["immutable"] = "1"
    return make_url("sqlite+aiosqlite://").set(database=f"file:{quote(str(path))}", query=query)


def can_be_written(path: Path) -> bool:
    """Whether this process may write a file, and the files that SQLite puts beside it."""
    there = os.path.exists(path)  # noqa: PTH110  # a Path raises where it may not look
    return os.access(path.parent, os.W_OK) and (not there or os.access(path, os.W_OK))


def _beside(path: Path) -> list[Path]:
    """The files beside a database that hold something of it."""
    wal, index = (path.with_name(path.name + end) for end in ("-wal", "-shm"))
    with _ours(str(path)):
        holds = [wal] if wal.exists() and wal.stat().st_size else []
        return [*holds, *([index] if index.exists() else [])]


def postgresql(address: str) -> URL:
    """Turn `postgresql://user:password@host:port/name` into the address of its driver.

    Raises:
        ConfigError: Not such an address; the words never repeat it, it holds a password.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() not in ("postgresql", "postgres") or not url.database:
        raise ConfigError(
            "service.store.postgresql: the secret is not an address such as"
            " postgresql://user:password@host:5432/keten; put one there"
        )
    return url.set(drivername="postgresql+asyncpg")


class Database:
    """A database; opens connections as they are needed.

    Args:
        url: From `sqlite`, `sqlite_to_read` or `postgresql`.
        path: Of the file behind `sqlite_to_read`; None = of the address.
    """

    def __init__(self, url: URL, path: Path | None = None) -> None:
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.name = str(path or url.database) if self.is_sqlite else _server(url)
        self._reads_only = path is not None
        self._immutable = "immutable" in url.query
        self._engine: AsyncEngine = _engine(url, self.is_sqlite, reads_only=self._reads_only)

    def is_there(self) -> bool:
        """Whether there is anything to read: a file with contents; of a server that is found out later."""
        path = Path(self.name)
        with _ours(self.name):
            return not self.is_sqlite or (path.is_file() and path.stat().st_size > 0)

    async def upgrade(self) -> None:
        """Bring the tables up to date; an empty database gets them all. What only reads must be so already.

        Raises:
            StoreUnavailable: It cannot be reached; or it can only be read, and an older release made it.
            LedgerDamaged: It cannot be read, or was made by a newer release.
        """
        if self._reads_only:
            async with self.reading() as wire:
                await wire.run_sync(_check_made_by, self.name)
            return
        if self.is_sqlite:
            with _ours(self.name):
                Path(self.name).parent.mkdir(parents=True, exist_ok=True)
        async with self.writing() as wire:
            await wire.run_sync(_upgrade)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that no other writer shares: all of it is kept, or nothing."""
        with _ours(self.name, writes=True):
            async with self._engine.connect() as raw:
                wire = await raw.execution_options(writes=True)
                async with wire.begin():
                    if not self.is_sqlite:
                        await wire.execute(
                            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK}
                        )
                    yield wire

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A view that does not change while it is read.

        Raises:
            StoreUnavailable: Who may write it did, while it was read as a file that nobody writes.
        """
        with _ours(self.name, reads_only=self._reads_only):
            async with self._engine.connect() as raw:
                isolation = "SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
                wire = (
                    raw
                    if self.is_sqlite
                    else await raw.execution_options(isolation_level=isolation)
                )
                async with wire.begin():
                    yield wire
        if self._immutable and _beside(Path(self.name)):
            raise StoreUnavailable(f"{self.name}: it was written while it was read; ask again")

    async def close(self) -> None:
        """Close every connection; may be called twice."""
        await self._engine.dispose()


def _server(url: URL) -> str:
    return f"PostgreSQL {url.host}/{url.database}"


def _engine(url: URL, is_sqlite: bool, *, reads_only: bool) -> AsyncEngine:  # noqa: FBT001
    if not is_sqlite:
        try:
            return create_async_engine(url, pool_pre_ping=True, pool_size=2)
        except (ModuleNotFoundError, NoSuchModuleError) as error:
            raise ConfigError(
                "service.store.postgresql: its driver is not installed;"
                " install ketenmonitor[postgres]"
            ) from error
    engine = create_async_engine(url)

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(wire: Any, _record: object) -> None:
        wire.isolation_level = None  # the driver would begin, and commit, on its own
        cursor = wire.cursor()
        for line in PRAGMAS[reads_only]:
            cursor.execute(f"PRAGMA {line}")
        cursor.close()
        # A damaged text must be read to be reported.
        wire.driver_connection._conn.text_factory = lambda raw: raw.decode("utf-8", "replace")  # noqa: SLF001

    @event.listens_for(engine.sync_engine, "begin")
    def begin(wire: Connection) -> None:
        writes = wire.get_execution_options().get("writes")
        wire.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _upgrade(wire: Connection) -> None:
    config = _config()
    config.attributes["connection"] = wire
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        head = ScriptDirectory.from_config(config).get_current_head()
        raise LedgerDamaged(_newer(error, head)) from error


def _check_made_by(wire: Connection, name: str) -> None:
    """Refuse tables of another release where they cannot be brought up to date."""
    scripts = ScriptDirectory.from_config(_config())
    context = MigrationContext.configure(wire, opts={"version_table": VERSION_TABLE})
    made, head = context.get_current_revision(), scripts.get_current_head()
    if made == head:
        return
    if made is None or made in {one.revision for one in scripts.walk_revisions()}:
        raise StoreUnavailable(
            f"{name}: it was made by an older release and can only be read here; let this release open"
            " it once where it can be written"
        )
    raise LedgerDamaged(_newer(f"{name} has {made}", head))


def _newer(said: object, head: str | None) -> str:
    return (
        f"the ledger was made by a newer release than this one ({said}; this one knows {head});"
        " install that release, or restore a backup"
    )


class _ours:  # noqa: N801  # reads as a verb where it is used
    """Puts the errors of databases and drivers into our tree."""

    def __init__(self, name: str, *, writes: bool = False, reads_only: bool = False) -> None:
        self._name, self._writes, self._reads_only = name, writes, reads_only

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, UnicodeDecodeError):  # SQLite quotes a damaged schema in its message
            self._damaged("its schema cannot be read", error)
        if isinstance(error, sqlite3.DatabaseError):  # from before a connection is SQLAlchemy's
            self._judge(str(error), error, isinstance(error, sqlite3.OperationalError))
        if isinstance(error, DBAPIError):
            away = error.connection_invalidated or _is_away(error)
            said = next(iter(str(error.orig).splitlines()), type(error.orig).__name__)
            self._judge(said, error, away)
        if isinstance(error, OSError):
            raise StoreUnavailable(f"{self._name}: {error}") from error

    def _judge(self, said: str, error: BaseException, away: bool) -> None:  # noqa: FBT001
        low = said.lower()
        cut_short = DAMAGED_IF_READING in low and not self._writes
        if cut_short or any(word in low for word in DAMAGED):
            self._damaged(said, error)
        if away:
            cure = "; make it writable, or name another with --data" if "readonly" in said else ""
            if self._reads_only and "unable to open" in said:
                cure = (
                    f"; the newest of it is in {self._name}-wal, which cannot be read without writing beside"
                    " it: copy both to a directory of yours, and name that with --data"
                )
            raise StoreUnavailable(f"{self._name}: {said}{cure}") from error

    def _damaged(self, said: str, error: BaseException) -> NoReturn:
        raise LedgerDamaged(
            f"{self._name}: {said}; restore a backup, or take the file away and fill it again from the log"
        ) from error


def _is_away(error: DBAPIError) -> bool:
    """Whether trying again may help: no connection, a lock, a full disk, a server that restarts."""
    return type(error).__name__ in ("OperationalError", "InterfaceError")
