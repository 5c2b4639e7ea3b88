"""The ledger of one process, put together: its database, the roles that fill it and close its months.

Part of the composition root (`monitor/app.py`), in a file of its own for its size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import ConfigError
from monitor.catalogue_files import canonical_text
from monitor.clerk import VerbClerk
from monitor.reports.schedule import Schedule
from monitor.roles.closing import ClosingRole
from monitor.roles.ledger import LedgerRole
from monitor.store.database import (
    Database,
    can_be_written,
    postgresql,
    sqlite,
    sqlite_to_read,
)
from monitor.store.ledger import Ledger
from monitor.store.months import Months

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from events.clock import Clock
    from events.log import Log
    from monitor.metrics import Metrics
    from monitor.settings import Settings
    from topology.model import Catalogue

__all__ = ["Keeping", "open_store"]


def open_store(settings: Settings, *, reads_only: bool = False) -> Database:
    """Open the database of the ledger that the settings name; `upgrade` it before use.

    Args:
        settings: Where it is.
        reads_only: Nothing will be written: a file that this process may only read will do.

    Raises:
        ConfigError: The address is none, or the driver of PostgreSQL is not installed.
    """
    if settings.store is not None:
        return Database(postgresql(settings.store.reveal()))
    path = settings.data / "ledger.db"
    if reads_only and not can_be_written(path):
        return Database(sqlite_to_read(path), path)
    return Database(sqlite(path))


class Keeping:
    """The ledger beside the engine of a process.

    Args:
        log: The event log.
        clock: For waits.
        settings: Where the ledger is.
        catalogue: In force from now on.
        judged: Up to when the engine has judged; None = not known.
    """

    def __init__(
        self,
        log: Log,
        clock: Clock,
        settings: Settings,
        catalogue: Catalogue,
        judged: Callable[[], datetime | None],
    ) -> None:
        self._settings = settings
        self._version = catalogue.version
        self._database = open_store(settings)
        self._ledger = Ledger(self._database)
        self.role = LedgerRole(log, clock, self._ledger, judged)
        self.closing = ClosingRole(
            clock,
            self._ledger,
            Months(self._database),
            VerbClerk(settings.directory, settings.data),
            Schedule(catalogue, settings.closing),
            lambda: self.role.reached,
        )
        self.close = self._database.close

    async def run(self) -> None:
        """Bring the database up to date, keep the catalogue in force, then fill until cancelled."""
        await self.role.persist(self._database.upgrade)
        version = self._version
        content = canonical_text(self._settings.directory, version)
        if content is None:
            raise ConfigError(
                f"{self._settings.directory}: its files changed while the service started; start it again"
            )
        await self.role.persist(lambda: self._ledger.keep_catalogue(version, content))
        await self.role.run()

    def show(self, metrics: Metrics) -> None:
        """Put what it does among the metrics."""
        role = self.role
        self.closing.show(metrics)
        metrics.total("keten_ledger_facts", "Facts added to the ledger.", lambda: role.facts)
        metrics.total(
            "keten_ledger_gaps", "Times the log had lost what was to be kept.", lambda: role.gaps
        )
        metrics.total(
            "keten_ledger_failures", "Writes the database did not take.", lambda: role.failures
        )
        metrics.gauge(
            "keten_ledger_lag_records", "Records not in the ledger yet.", lambda: role.lag
        )
        metrics.gauge(
            "keten_ledger_reached_timestamp_seconds",
            "Everything judged before this moment is in the ledger.",
            lambda: role.reached.timestamp() if role.reached else float("nan"),
        )
