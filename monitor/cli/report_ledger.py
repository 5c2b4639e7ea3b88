"""The report of a month from the ledger: the closed one as it was frozen, an open one as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.bookkeeping import Terms
from monitor.cli.books import opened, run
from monitor.cli.given import tell_remarks
from monitor.cli.verb import say
from monitor.remarks import remarks
from monitor.reports.period import month_of
from monitor.reports.worst import worst_months

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from monitor.cli.books import Books
    from monitor.remarks import Remark

__all__ = ["from_ledger"]


def from_ledger(args: argparse.Namespace, as_of: datetime | None) -> tuple[dict[str, Any], str]:
    """Turn `--month` and `--as-of` into a report, and the zone of its catalogue.

    A closed month is shown as its last revision says, digest and all; with `as_of` it is reckoned again
    from what was recorded by then, which is what somebody would have seen who asked at that moment.

    Raises:
        ConfigError: Not a month.
        StoreUnavailable, LedgerDamaged: The ledger cannot be read.
    """
    month_of(args.month)
    return run(_report(args, as_of))


async def _report(args: argparse.Namespace, as_of: datetime | None) -> tuple[dict[str, Any], str]:
    async with opened(args, reads_only=True) as books:
        timezone = books.compiled.catalogue.timezone
        closed = await books.keeper.closed(args.month)
        if closed and as_of is None:
            last = closed[-1]
            say(f"{last.month} is closed: revision {last.revision} of {last.made:%Y-%m-%d}")
            worst = worst_months(await books.months.all())
            shown = {"month": args.month, "worst_months": worst, "remarks": [], "deadletters": []}
            return {**last.report, **shown}, timezone
        reckoned = await books.keeper.reckon(Terms(month=args.month, as_of=as_of))
        for gap in await books.ledger.gaps():
            topic, number = gap.partition
            lost = f"{topic}/{number} had lost {gap.first} up to {gap.after}"
            say(f"note: {lost} before it was read; figures of that time may lack something")
        told = await _remarked(books, reckoned.report, as_of)
        beside = {
            "month": args.month,
            "worst_months": worst_months(await books.months.all()),
            "remarks": [one._asdict() for one in told],
            "deadletters": [],
        }
        return {**reckoned.report, **beside}, timezone


async def _remarked(books: Books, report: dict[str, Any], as_of: datetime | None) -> list[Remark]:
    """Say what of the ledger does nothing, and return what of it the report itself does not tell."""
    for one in report["corrections_not_applied"]:
        say(f"note: correction {one['id']} of {one['supersedes']} changes nothing: {one['reason']}")
    for one in report["notes"]:
        say(f"note: {one['reason']}")
    said = remarks(books.compiled.catalogue, await books.ledger.decisions(as_of))
    told = [one for one in said if one.code == "empty-change"]
    tell_remarks("ledger", told)
    return told
