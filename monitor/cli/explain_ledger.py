"""One second explained from the ledger, where the log no longer reaches back to it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from events.errors import ConfigError, LogUnavailable, StoreUnavailable
from events.span import seconds
from monitor.bookkeeping import Terms
from monitor.cli.books import opened, run
from monitor.cli.chain_named import check_chain
from monitor.cli.log_lines import logged
from monitor.cli.verb import say
from monitor.reports.minute import minute_of_ledger
from topology.calendar import local_day

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Found", "from_ledger"]


class Found(NamedTuple):
    """The account of a second, and the zone of its catalogue."""

    told: dict[str, object]
    timezone: str


def from_ledger(directory: str, chain: str, at: datetime, as_of: datetime | None) -> Found | None:
    """Turn a second into its account by the verdicts that the ledger keeps.

    Returns:
        None where the log is whole, and so tells more, or where no ledger knows that second.

    Raises:
        ConfigError: Settings.
        LedgerDamaged: The ledger cannot be read.
    """
    trimmed = True
    try:
        if logged(Path(directory)).whole:
            return None
    except LogUnavailable:
        trimmed = False  # then the ledger is all there is
    try:
        found = run(_told(directory, chain, at, as_of))
    except (ConfigError, StoreUnavailable):
        found = None  # there is no ledger; what else is wrong, reading the log says too
    if found is None and trimmed:
        say(
            "note: the log lost its beginning and no ledger knows that second: this may lack something"
        )
    return found


async def _told(directory: str, chain: str, at: datetime, as_of: datetime | None) -> Found | None:
    asked = argparse.Namespace(directory=directory, data=None)
    async with opened(asked, reads_only=True) as books:
        check_chain(books.compiled.catalogue, directory, chain)
        reached = (await books.ledger.progress()).reached
        month = f"{local_day(seconds(at), books.compiled.catalogue.timezone):%Y-%m}"
        known = await books.keeper.as_known(Terms(month=month, as_of=as_of))
        recorded = await books.ledger.facts(known.as_of, known.up_to)
        if reached is None or reached < at or not recorded:
            return None
        told = minute_of_ledger(books.compiled, recorded, chain, seconds(at))
        return Found(told, books.compiled.catalogue.timezone)
