"""The ledger as verbs open it: settings, database, closed months, and who reckons them."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from events.clock import SystemClock
from events.errors import StoreUnavailable
from monitor.bookkeeping import Bookkeeper, Terms
from monitor.catalogue_files import canonical_text, load
from monitor.cli.moments import moment
from monitor.ledger import open_store
from monitor.settings import read
from monitor.store.ledger import Ledger
from monitor.store.months import Months
from topology.compiled import Compiled

if TYPE_CHECKING:
    import argparse
    from collections.abc import AsyncIterator, Coroutine
    from datetime import datetime

    from monitor.store.database import Database

__all__ = ["Books", "closing_terms", "now", "opened", "run"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Books:
    """An open ledger."""

    database: Database
    ledger: Ledger
    months: Months
    keeper: Bookkeeper
    compiled: Compiled


@asynccontextmanager
async def opened(
    args: argparse.Namespace, *, make: bool = False, reads_only: bool = False
) -> AsyncIterator[Books]:
    """Open the ledger that the settings of a directory name.

    Args:
        args: Of the verb: `directory` and `data`.
        make: Begin one where there is none.
        reads_only: Nothing is written, so that a ledger of somebody else, or on a disk that cannot be
            written, will do.

    Raises:
        ConfigError: Catalogue or settings.
        StoreUnavailable: It cannot be reached; or there is none, and none is to be made.
        LedgerDamaged: It cannot be read.
    """
    directory = Path(args.directory)
    catalogue = load(directory)
    settings = read(catalogue, directory, os.environ, {"data": args.data}, log_only=True)
    database = open_store(settings, reads_only=reads_only)
    if not make and not database.is_there():
        raise StoreUnavailable(
            f"{database.name}: there is no ledger here; `keten run` keeps one and `keten ledger import`"
            " fills one; if it is elsewhere, name its directory with --data"
        )
    try:
        await database.upgrade()
        ledger, months = Ledger(database), Months(database)
        compiled = Compiled.of(catalogue)
        content = canonical_text(directory, catalogue.version) or b""
        keeper = Bookkeeper(ledger, months, compiled, content)
        yield Books(database, ledger, months, keeper, compiled)
    finally:
        await database.close()


def closing_terms(args: argparse.Namespace, books: Books) -> Terms:
    """Turn the arguments of `close` and `revise` into how the month is reckoned."""
    version = books.keeper.version if args.catalogue == "directory" else None
    return Terms(month=args.month, as_of=moment(args.as_of, "--as-of"), catalogue=version)


def now() -> datetime:
    """The moment of the call, in whole seconds."""
    return SystemClock().now().replace(microsecond=0)


def run(job: Coroutine[None, None, T]) -> T:
    """Run a job to its end."""
    return asyncio.run(job)
