"""Seconds down in the last hours of service turned into how fast the budget is being spent.

A rate of 1 spends exactly the budget by the end of the period. Windows are service seconds, looked at
backwards from a moment, so that a weekend is no recovery.

Source: CORE.md 4.4 (burn; the table of the SRE workbook for 720 hours, made fit for fewer service hours).
"""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.spans import inside
from topology.calendar import day_start, local_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topology.accounts.spans import Span
    from topology.calendar import ServiceTime

__all__ = ["Burn", "BurnRule", "burn", "burn_rate", "burn_rules", "longest_window", "service_day"]

MILLION = 1_000_000
HOUR = 3600
SHORT = 12
"""The short window is one twelfth: what is being spent must still go on."""

TABLE = ((Fraction(2, 100), HOUR, 0), (Fraction(5, 100), 6 * HOUR, 0), (Fraction(1, 10), 0, 3))
"""Share of the budget, spent within so many service seconds or so many service days."""


class BurnRule(NamedTuple):
    """When spending is too fast.

    Attributes:
        share: Of the budget of the period, spent within the window.
        window_s: In service seconds.
        short_s: The window in which it must still go on.
        threshold: The rate at which that share is spent in that window.
    """

    share: Fraction
    window_s: int
    short_s: int
    threshold: Fraction


class Burn(NamedTuple):
    """How fast the budget is spent by one rule.

    Attributes:
        long: Rate over the window.
        short: Rate over the short one.
    """

    rule: BurnRule
    long: Fraction
    short: Fraction

    @property
    def is_too_fast(self) -> bool:
        """Whether both windows reach the threshold."""
        return min(self.long, self.short) >= self.rule.threshold


def burn_rules(agreed_s: int, day_s: int) -> list[BurnRule]:
    """Turn the agreed service time of a period into its three rules.

    Args:
        agreed_s: Service seconds that the budget is for.
        day_s: Service seconds of a day, from `service_day`.
    """
    rules = []
    for share, seconds, days in TABLE:
        window = seconds or days * day_s
        if window:
            rules.append(BurnRule(share, window, window // SHORT, share * agreed_s / window))
    return rules


def longest_window(day_s: int) -> int:
    """Turn the service seconds of a day into how many service seconds the rules look back at most."""
    return max(seconds or days * day_s for _, seconds, days in TABLE)


def service_day(service: ServiceTime, start: int, end: int) -> int:
    """Turn a span into the mean service seconds of its local days with service; 0 when there are none."""
    if service.calendar.always:
        return 24 * HOUR
    served: set[int] = set()
    for opens, closes in service.windows(start, end):
        day = local_day(opens, service.timezone)
        while (at := day_start(day, service.timezone)) < closes:
            served.add(at)
            day += timedelta(days=1)
    return service.seconds(start, end) // len(served) if served else 0


def burn_rate(bad_s: int, window_s: int, target_ppm: Fraction) -> Fraction | None:
    """Turn seconds down in a window into a rate; None when the target leaves no budget to spend."""
    if target_ppm >= MILLION:
        return None
    return Fraction(bad_s, window_s) / (1 - target_ppm / MILLION)


def burn(
    service: ServiceTime,
    bad: Sequence[Span],
    at: int,
    target_ppm: Fraction,
    rules: Sequence[BurnRule],
) -> list[Burn]:
    """Turn what counted as down up to a moment into a rate for each rule.

    Args:
        service: Of the level's calendar.
        bad: Spans of epoch seconds that count as down, sorted, apart; agreed work left out.
        at: The moment looked back from.
        target_ppm: Of the level, in parts per million.
        rules: From `burn_rules`.

    Returns:
        Nothing when the target is 100 %: there is no budget, and every second down is a miss.
    """
    found = []
    for rule in rules:
        rates = [
            burn_rate(_lost(service, bad, at, window), window, target_ppm)
            for window in (rule.window_s, rule.short_s)
        ]
        if rates[0] is not None and rates[1] is not None:
            found.append(Burn(rule, rates[0], rates[1]))
    return found


def _lost(service: ServiceTime, bad: Sequence[Span], at: int, window: int) -> int:
    since = service.back(at, window)
    if since is None:
        return 0
    return sum(service.seconds(*span) for span in inside((since, at), bad))
