"""Service time minute by minute, with its own rule for the clock and with the holidays of a library.

Shares no code with the product: no zoneinfo, no tables. Hours are whole minutes, so a minute is all or
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # naive on purpose: the oracle has its own clock


@lru_cache(maxsize=256)
def last_sunday(year: int, month: int) -> int:
    """01:00 UTC of the last Sunday of a month of 31 days."""
    day = datetime(year, month, 31, 1)  # noqa: DTZ001
    while day.isoweekday() != 7:
        day -= timedelta(days=1)
    return int((day - EPOCH).total_seconds())


def wall(at: int) -> datetime:
    """What the clock on the wall shows in Amsterdam: the rule of the European Union since 1996."""
    year = (EPOCH + timedelta(seconds=at)).year
    summer = last_sunday(year, 3) <= at < last_sunday(year, 10)
    return EPOCH + timedelta(seconds=at + (7200 if summer else 3600))


@dataclass(frozen=True)
class Plan:
    """Hours as (weekdays from 0, first minute of the day, last + 1), and what closes days."""

    hours: tuple[tuple[frozenset[int], int, int], ...]
    rests: bool = False
    good_friday: bool = False
    fifth_of_may: bool = False
    closed: frozenset[date] = frozenset()


@lru_cache(maxsize=256)
def resting(year: int, *, good_friday: bool, fifth_of_may: bool) -> frozenset[date]:
    """The library's days without the two that a contract decides on, and those as it decides."""
    known = holidays.country_holidays(
        "NL", years=year, language="nl", categories=("public", "optional")
    )
    fixed = {
        day: name.replace("Bevrijdingsdag", "").replace("Goede vrijdag", "").strip("; ")
        for day, name in known.items()
    }
    days = {day for day, name in fixed.items() if name}
    if good_friday:
        days |= {day for day, name in known.items() if "Goede vrijdag" in name}
    if fifth_of_may:
        days |= {date(year, 5, 5)}
    return frozenset(days)


def is_served(plan: Plan, at: int) -> bool:
    """Whether the minute that begins at `at` is served."""
    clock = wall(at)
    day = clock.date()
    if day in plan.closed:
        return False
    if plan.rests and day in resting(
        day.year, good_friday=plan.good_friday, fifth_of_may=plan.fifth_of_may
    ):
        return False
    minute = clock.hour * 60 + clock.minute
    is_gap_day = day.month == 3 and day.isoweekday() == 7 and day.day >= 25

    def edge(which: int) -> int:
        return which + 60 if is_gap_day and 120 <= which < 180 else which

    return any(
        day.weekday() in days and edge(first) <= minute < edge(last)
        for days, first, last in plan.hours
    )


def seconds(plan: Plan, start: int, end: int) -> int:
    """Service seconds of a span."""
    total = 0
    for cell in range(start // 60 * 60, end, 60):
        if is_served(plan, cell):
            total += max(0, min(end, cell + 60) - max(start, cell))
    return total
