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

__all__ = ["from_ledger"]


def from_ledger(args: argparse.Namespace, as_of: datetime | None) -> dict[str, Any]:
    """Turn `--month` and `--as-of` into a report.

    A closed month is shown as its last revision says, digest and all; with `as_of` it is reckoned again
    from what was recorded by then, which is what somebody would have seen who asked at that moment.

    Raises:
        ConfigError: Not a month.
        StoreUnavailable, LedgerDamaged: The ledger cannot be read.
    """
    month_of(args.month)
    return run(_report(args, as_of))


async def _report(args: argparse.Namespace, as_of: datetime | None) -> dict[str, Any]:
    async with opened(args, reads_only=True) as books:
        closed = await books.keeper.closed(args.month)
        if closed and as_of is None:
            last = closed[-1]
            say(f"{last.month} is closed: revision {last.revision} of {last.made:%Y-%m-%d}")
            worst = worst_months(await books.months.all())
            shown = {"month": args.month, "worst_months": worst, "remarks": [], "deadletters": []}
            return {**last.report, **shown}
        reckoned = await books.keeper.reckon(Terms(month=args.month, as_of=as_of))
        for gap in await books.ledger.gaps():
            topic, number = gap.partition
            lost = f"{topic}/{number} had lost {gap.first} up to {gap.after}"
            say(f"note: {lost} before it was read; figures of that time may lack something")
        for one in reckoned.report["corrections_not_applied"]:
            say(
                f"note: correction {one['id']} of {one['supersedes']} changes nothing: {one['reason']}"
            )
        decided = await books.ledger.decisions(as_of)
        said = remarks(books.compiled.catalogue, decided)
        told = [one for one in said if one.code == "empty-change"]
        tell_remarks("ledger", told)
        return {
            **reckoned.report,
            "month": args.month,
            "worst_months": worst_months(await books.months.all()),
            "remarks": [one._asdict() for one in told],
            "deadletters": [],
        }
