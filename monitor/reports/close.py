"""Months closed and revised: the frozen record, the chain of hashes through all of them, the delta. Pure.

A closed figure never changes. Later evidence makes the next revision, with its reason and what differs per
chain; both stay.

Source: CORE.md 4.4 (closing); DESIGN.md 5.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from events.contract import Moment
from events.errors import MonthRefused
from events.span import text
from monitor.reports.period import month_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

__all__ = [
    "FIRST",
    "Closed",
    "beyond",
    "canonical",
    "delta",
    "is_over",
    "last_known",
    "link",
    "may_close",
    "may_revise",
    "next_month",
    "same_figures",
    "stamped",
]

FIRST = "0" * 64
"""The hash before the first record."""

SECONDS = ("service", "excluded", "agreed", "up", "degraded", "down", "unknown", "maintenance")
FIGURES = (
    "availability",
    "availability_worst",
    "availability_best",
    "coverage",
    "met",
    "interruptions",
)
BEYOND = ("suppliers", "user_weighted")
"""Figures of a report that are of no single chain."""
NO_FIGURES = ("digest", "revision")
"""What follows from the rest, or is put on it when a month is closed."""

_canonical = msgspec.json.Encoder(order="deterministic")


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """One closing or revision of one month, as it is frozen.

    Attributes:
        month: `2026-05`.
        revision: 1 = the closing itself.
        as_of: What was recorded up to here counts.
        made: When it was closed, by the clock of who closed.
        author: Who closed; empty = not said.
        reason: Of a revision why; of a closing an optional note.
        catalogue: Version of the catalogue that it was judged by.
        facts: Number of the last fact of the ledger at that moment.
        facts_hash: Hash of that fact: what stands before it cannot be changed unseen.
        digest: Of the report.
        report: The report itself.
        delta: Per chain what differs from the revision before; empty for a closing.
        beyond: Figures outside the chains that differ from the revision before.
        previous: Hash of the record before, of whatever month.
    """

    month: str
    revision: int
    as_of: Moment
    made: Moment
    author: str = ""
    reason: str = ""
    catalogue: str
    facts: int
    facts_hash: str
    digest: str
    report: dict[str, Any]
    delta: dict[str, Any] = {}
    beyond: list[str] = []
    previous: str = FIRST


def canonical(value: object) -> bytes:
    """Turn a value into its one JSON form: sorted keys, no spaces."""
    return _canonical.encode(value)


def link(body: bytes, previous: str) -> str:
    """Turn a record and the hash before it into its own hash."""
    return hashlib.sha256(previous.encode("utf-8", "replace") + body).hexdigest()


def next_month(month: str) -> str:
    """Turn `2026-12` into `2027-01`."""
    year, number = month_of(month)
    months = 12
    return f"{year + number // months:04d}-{number % months + 1:02d}"


def is_over(end: datetime, now: datetime) -> bool:
    """Tell whether a month that ends at `end` is over."""
    return now >= end


def may_close(month: str, end: datetime, as_of: datetime, known: Sequence[Closed]) -> None:
    """Let a month be closed, or say why not.

    A month is closed in its turn: once one is closed the next to be closed is the one after it, so that
    no gap can hide in a row of closed months.

    Args:
        month: Which.
        end: Its end.
        as_of: What was recorded up to here would count.
        known: Every record, in order.

    Raises:
        MonthRefused: It is not over, closed already, or not its turn.
    """
    if not is_over(end, as_of):
        raise MonthRefused(f"{month} is not over: it ends at {text(end)}; close it after that")
    done = sorted({one.month for one in known})
    if month in done:
        last = max(one.revision for one in known if one.month == month)
        raise MonthRefused(
            f"{month} is closed already, revision {last}; later evidence goes in with"
            f" `keten revise --month {month} --reason ..`"
        )
    if done and month != next_month(done[-1]):
        if month < done[0]:
            return  # history from before the first closing may be closed afterwards
        raise MonthRefused(
            f"{month} is not next: {done[-1]} is the last closed month; close"
            f" {next_month(done[-1])} first"
        )


def may_revise(month: str, as_of: datetime, reason: str, known: Iterable[Closed]) -> Closed:
    """Return the revision that a new one of a month would follow, or say why there can be none.

    Raises:
        MonthRefused: The month is not closed, no reason is given, or the moment lies before the last one.
    """
    of_month = [one for one in known if one.month == month]
    if not of_month:
        raise MonthRefused(
            f"{month} is not closed, so there is nothing to revise;"
            f" `keten close --month {month}` closes it"
        )
    if not reason.strip():
        raise MonthRefused("--reason: say why, in words that the reader of the report understands")
    last = max(of_month, key=lambda one: one.revision)
    if as_of <= last.as_of:
        raise MonthRefused(
            f"--as-of {text(as_of)} does not lie after that of revision {last.revision},"
            f" {text(last.as_of)}; a revision adds evidence, it takes none away"
        )
    return last


def last_known(of_month: Iterable[Closed], as_of: datetime) -> int | None:
    """Number of the last fact of a month that was known at a moment, as far as its closings tell.

    Whoever closed a month said what was known of it up to then. A fact that came into the ledger afterwards
    was not, whenever it says that it was recorded: an import brings its own moments, and a clock can be set
    back.

    Args:
        of_month: The closing and revisions of the month.
        as_of: The moment.

    Returns:
        None when no closing speaks of that moment: then the moments of recording alone decide.
    """
    return min((one.facts for one in of_month if one.as_of >= as_of), default=None)


def stamped(report: Mapping[str, Any], revision: int | None) -> dict[str, Any]:
    """Put the revision (None = not closed) into a report and its chains; digests do not depend on it."""
    chains = {id_: {**row, "revision": revision} for id_, row in report["chains"].items()}
    return {**report, "chains": chains, "revision": revision}


def same_figures(frozen: object, again: object) -> bool:
    """Tell whether a reckoning says everything that a frozen one says; what newer releases add is no matter.

    Digests are over everything, additions too, and so are left out.
    """
    if isinstance(frozen, dict) and isinstance(again, dict):
        return all(
            key == "digest" or (key in again and same_figures(value, again[key]))
            for key, value in frozen.items()
        )
    if isinstance(frozen, list) and isinstance(again, list):
        return len(frozen) == len(again) and all(map(same_figures, frozen, again))
    return frozen == again


def delta(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Turn two reports of one month into what differs per chain.

    Only what both say can differ: a key that one release writes and another does not is form.

    Returns:
        Chain to `seconds` (bucket to new minus old), `figures` (name to `[old, new]`) and `other` (names of
        what else differs); a chain that only one of them has is `{"only_in": "old"}` or `"new"`. Chains of
        which nothing differs are left out.
    """
    was, now = old["chains"], new["chains"]
    found: dict[str, Any] = {}
    for id_ in sorted({*was, *now}):
        if id_ not in was or id_ not in now:
            found[id_] = {"only_in": "old" if id_ in was else "new"}
        elif names := _differing(was[id_], now[id_]):
            found[id_] = _differs(was[id_], now[id_], names)
    return found


def beyond(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Turn two reports of one month into the names of the figures outside the chains that differ.

    A part of which no chain felt anything is in the figures of its supplier all the same.
    """
    return [key for key in BEYOND if key in _differing(old, new)]


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The keys that two reports, or two rows, both have and do not say the same of."""
    return [
        key
        for key in old
        if key in new and key not in NO_FIGURES and not same_figures(old[key], new[key])
    ]


def _differs(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Sequence[str]
) -> dict[str, Any]:
    return {
        "seconds": {key: new[key] - old[key] for key in SECONDS if key in names},
        "figures": {key: [old[key], new[key]] for key in FIGURES if key in names},
        "other": [key for key in names if key not in (*SECONDS, *FIGURES)],
    }
