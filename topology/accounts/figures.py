"""Seconds by bucket turned into the figures of a contract: availability, coverage, target, budget. Exact.

Percentages are rounded down, never up into compliance; the target is tested with whole numbers, not with the
percentage that is shown. What cannot be said is None: no agreed time, nothing measured, no interruption.

Source: CORE.md 0 and 4.4; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topology.accounts.account import Buckets
    from topology.model import Level

__all__ = [
    "MILLION",
    "MONTHS",
    "Figures",
    "Weighed",
    "figures",
    "mean_between",
    "mean_repair",
    "percent",
    "user_weighted",
    "weighed",
    "worst_month",
]

MILLION = 1_000_000
MONTHS = 12
"""Closed months among which the worst is looked for."""


class Weighed(NamedTuple):
    """What counts, under one level.

    Attributes:
        bad: What counts as down, in ppm-seconds: a degraded second may weigh less than a whole one.
        whole: The seconds it is a part of.
    """

    bad: int
    whole: int

    @property
    def share(self) -> Fraction | None:
        """The share that is good, 0 to 1; None when there is nothing it could be a share of."""
        if not self.whole:
            return None
        return 1 - Fraction(self.bad, MILLION * self.whole)


class Figures(NamedTuple):
    """The figures of an account.

    Attributes:
        exact: Availability as a share, 0 to 1, by the policy of the level for what is unknown.
        worst: The same if all that is unknown was down.
        best: The same if all that is unknown was up.
        covered: Share of agreed service time that was measured.
        met: Whether the target is met; None when too little was measured, or nothing was agreed.
        budget_s: Whole seconds that may count as down.
        left_s: What is left of it, in whole seconds, rounded down; negative when overspent.
    """

    exact: Fraction | None
    worst: Fraction | None
    best: Fraction | None
    covered: Fraction | None
    met: bool | None
    budget_s: int
    left_s: int

    def shape(self) -> dict[str, object]:
        """The figures under the names of the contract, percentages as text."""
        return {
            "availability": percent(self.exact),
            "availability_worst": percent(self.worst),
            "availability_best": percent(self.best),
            "coverage": percent(self.covered),
            "met": self.met,
            "budget": {"seconds": self.budget_s, "left": self.left_s},
        }


def figures(parts: Sequence[tuple[Buckets, Level]], *, degraded_ppm: int = 0) -> Figures:
    """Turn an account into its figures.

    Several parts (a level that changed in the period) are added up, each weighed by its own level; the
    target is then what the targets of the parts allow together.

    Args:
        parts: Seconds by bucket, with the level they are judged under.
        degraded_ppm: What a degraded second counts as down, 0 to 1,000,000.

    Raises:
        AssertionError: The buckets of a part do not add up.
    """
    for buckets, _ in parts:
        _assert_whole(buckets)
    counted = _sum(weighed(b, level.unknown, degraded_ppm) for b, level in parts)
    agreed = sum(buckets.agreed for buckets, _ in parts)
    measured = agreed - sum(buckets.unknown for buckets, _ in parts)
    allowance = sum(((MILLION - level.target_ppm) * b.agreed for b, level in parts), Fraction(0))
    return Figures(
        exact=counted.share,
        worst=_sum(weighed(b, "down", degraded_ppm) for b, _ in parts).share,
        best=_sum(weighed(b, "up", degraded_ppm) for b, _ in parts).share,
        covered=Fraction(measured, agreed) if agreed else None,
        met=_met(parts, counted, degraded_ppm) if _is_established(parts, measured) else None,
        budget_s=allowance // MILLION,
        left_s=(allowance // MILLION * MILLION - counted.bad) // MILLION,
    )


def weighed(buckets: Buckets, unknown: str, degraded_ppm: int = 0) -> Weighed:
    """Turn buckets into what counts as down, and of how many seconds.

    Args:
        buckets: Service seconds.
        unknown: `neutral` leaves unknown time out of the whole, `down` and `up` count it as such.
        degraded_ppm: What a degraded second counts as down.
    """
    bad = MILLION * (buckets.down + buckets.maintenance) + degraded_ppm * buckets.degraded
    match unknown:
        case "neutral":
            return Weighed(bad, buckets.agreed - buckets.unknown)
        case "down":
            return Weighed(bad + MILLION * buckets.unknown, buckets.agreed)
        case _:
            return Weighed(bad, buckets.agreed)


def user_weighted(
    chains: Iterable[tuple[int, Buckets, Level]], *, degraded_ppm: int = 0
) -> Fraction | None:
    """Turn chains with their users into one availability: every user's second counts the same.

    Args:
        chains: Users, seconds by bucket, level; a chain whose level changed is given once for each part.
        degraded_ppm: What a degraded second counts as down.

    Returns:
        A share, 0 to 1; None when no user has a second that counts.
    """
    bad = whole = 0
    for users, buckets, level in chains:
        its = weighed(buckets, level.unknown, degraded_ppm)
        bad, whole = bad + users * its.bad, whole + users * its.whole
    return Weighed(bad, whole).share


def mean_repair(buckets: Buckets, interruptions: int) -> int | None:
    """Turn the seconds down into whole seconds per interruption (MTRS); None without interruption."""
    return (buckets.down + buckets.maintenance) // interruptions if interruptions else None


def mean_between(buckets: Buckets, interruptions: int) -> int | None:
    """Turn the good seconds into whole seconds per interruption (MTBF); None, not for ever, without one."""
    return (buckets.up + buckets.degraded) // interruptions if interruptions else None


def worst_month(closed: Iterable[tuple[str, Fraction | None]]) -> tuple[str, Fraction] | None:
    """Find the month of least availability among the last twelve that were closed.

    Args:
        closed: Months such as `2026-05` with their availability, in any order; None = not established.

    Returns:
        The month and its availability, the latest of equals; None when none of the twelve has a figure.
    """
    last = sorted(closed, key=lambda one: one[0])[-MONTHS:]
    found = [(month, share) for month, share in reversed(last) if share is not None]
    return min(found, key=lambda one: one[1], default=None)


def percent(share: Fraction | None) -> str | None:
    """Turn a share into percent with three decimals, rounded down."""
    if share is None:
        return None
    thousandths = share * 100_000 // 1
    whole, rest = divmod(abs(thousandths), 1000)
    return f"{'-' if thousandths < 0 else ''}{whole}.{rest:03d}"


def _assert_whole(buckets: Buckets) -> None:
    parts = tuple(buckets)[1:]
    assert min(parts) >= 0, f"seconds below nothing: {buckets}"
    assert buckets.service == sum(parts), f"the seconds do not add up: {buckets}"


def _sum(all_of: Iterable[Weighed]) -> Weighed:
    listed = list(all_of)
    return Weighed(sum(one.bad for one in listed), sum(one.whole for one in listed))


def _is_established(parts: Sequence[tuple[Buckets, Level]], measured: int) -> bool:
    """Whether enough was measured to judge, by what each level asks of its own part."""
    asked = sum(level.minimum_coverage_ppm * buckets.agreed for buckets, level in parts)
    return measured > 0 and measured * MILLION >= asked


def _met(parts: Sequence[tuple[Buckets, Level]], counted: Weighed, degraded_ppm: int) -> bool:
    """Good against target, multiplied out: bad <= sum of (1 - target) x whole over the parts."""
    allowed = sum(
        (MILLION - level.target_ppm) * weighed(buckets, level.unknown, degraded_ppm).whole
        for buckets, level in parts
    )
    return counted.bad <= allowed
