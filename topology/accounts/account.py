"""The intervals of one chain turned into its account: seconds by bucket, interruptions, what was down.

Seconds are service seconds of the calendar in force; a second inside an excluded window is excluded, whatever
the chain was; every other second is in the bucket of the chain's state. An account may have parts, each under
a level of its own.

Source: CORE.md 4.2 to 4.4.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.interruptions import interruptions
from topology.accounts.part import Part
from topology.accounts.spans import inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topology.accounts.interruptions import Interruption
    from topology.accounts.intervals import Interval
    from topology.accounts.spans import Span

__all__ = ["Account", "Buckets", "Total", "account", "service_seconds"]


class Buckets(NamedTuple):
    """Service seconds; `service` is the sum of the others."""

    service: int = 0
    excluded: int = 0
    up: int = 0
    degraded: int = 0
    down: int = 0
    unknown: int = 0
    maintenance: int = 0

    @property
    def agreed(self) -> int:
        """Agreed service time: what is judged."""
        return self.service - self.excluded

    @property
    def bad(self) -> int:
        """What counts as down: down, and maintenance that is not excluded."""
        return self.down + self.maintenance

    def plus(self, other: Buckets) -> Buckets:
        """Add up bucket by bucket."""
        return Buckets(*(mine + its for mine, its in zip(self, other, strict=True)))


class Total(NamedTuple):
    """What one part came to.

    Attributes:
        interruptions: That have their first countable second in it.
    """

    part: Part
    buckets: Buckets
    interruptions: int


class Account(NamedTuple):
    """The account of one chain over one period.

    Attributes:
        totals: Part by part, in order.
        down: The intervals of the falls that reach into the period, with the seconds of each that count in
            it; those from before are there, for they tell who made the chain fall.
        runs: Every interruption that the intervals tell of, those that began before or count elsewhere too.
    """

    totals: list[Total]
    down: list[tuple[Interval, int]]
    runs: list[Interruption]

    @property
    def buckets(self) -> Buckets:
        """Of all parts together."""
        whole = Buckets()
        for total in self.totals:
            whole = whole.plus(total.buckets)
        return whole

    @property
    def interruptions(self) -> int:
        """Of all parts together."""
        return sum(total.interruptions for total in self.totals)


def account(
    intervals: Sequence[Interval], parts: Sequence[Part], windows: Sequence[Span], period: Span
) -> Account:
    """Turn the intervals of a chain into its account over a period.

    Args:
        intervals: From `sweep`: all of the period, and of before it what an interruption may have begun in.
        parts: All that was agreed from the first interval on, sorted, apart; the period's are judged.
        windows: What is excluded, sorted, apart.
        period: Half-open.
    """
    judged = [part for part in (_clipped(one, period) for one in parts) if part]
    runs = list(interruptions(intervals, parts, windows))
    totals = [
        Total(
            part,
            _buckets(intervals, part, windows),
            sum(part.span[0] <= run.first < part.span[1] for run in runs),
        )
        for part in judged
    ]
    return Account(totals, _falls(intervals, judged, windows), runs)


def _clipped(part: Part, period: Span) -> Part | None:
    start, end = max(part.span[0], period[0]), min(part.span[1], period[1])
    return Part((start, end), part.level, part.service) if start < end else None


def service_seconds(span: Span, part: Part, windows: Sequence[Span]) -> int:
    """Count the service seconds of a span that lie in a part and in no excluded window."""
    start, end = max(span[0], part.span[0]), min(span[1], part.span[1])
    if start >= end:
        return 0
    seconds = part.service.seconds
    return seconds(start, end) - sum(seconds(*hole) for hole in inside((start, end), windows))


def _buckets(intervals: Sequence[Interval], part: Part, windows: Sequence[Span]) -> Buckets:
    count: Counter[str] = Counter()
    for one in intervals:
        count[one.state] += service_seconds((one.start, one.end), part, windows)
    seconds = part.service.seconds
    excluded = sum(seconds(*hole) for hole in inside(part.span, windows))
    buckets = Buckets(service=seconds(*part.span), excluded=excluded, **count)
    assert buckets.service == sum(buckets[1:]), f"the seconds do not add up: {buckets}"
    return buckets


# --- whose it is --------------------------------------------------------------------------------


def _falls(
    intervals: Sequence[Interval], parts: Sequence[Part], windows: Sequence[Span]
) -> list[tuple[Interval, int]]:
    """Every down interval, each with the seconds of it that count in these parts."""
    return [
        (one, sum(service_seconds((one.start, one.end), part, windows) for part in parts))
        for one in intervals
        if one.state == "down"
    ]
