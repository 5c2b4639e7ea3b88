"""A year turned into the days on which Dutch contracts rest.

Source: CORE.md 4.1; Algemene termijnenwet, article 3.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topology.model import Holidays

__all__ = ["dutch_holidays", "easter_sunday"]

_SUNDAY = 6


def dutch_holidays(year: int, rule: Holidays) -> dict[date, str]:
    """Turn a year into its holidays, each with its Dutch name.

    Days that a decree adds for one year are data, not rule: they stand under `closed` of the calendar.

    Args:
        year: Calendar year; the King's birthday is a holiday in the present rule since 2014.
        rule: Whether the contract rests on Good Friday and on 5 May.
    """
    easter = easter_sunday(year)
    found = {
        date(year, 1, 1): "Nieuwjaarsdag",
        easter: "Eerste paasdag",
        easter + timedelta(days=1): "Tweede paasdag",
        _kings_day(year): "Koningsdag",
        easter + timedelta(days=39): "Hemelvaartsdag",
        easter + timedelta(days=49): "Eerste pinksterdag",
        easter + timedelta(days=50): "Tweede pinksterdag",
        date(year, 12, 25): "Eerste kerstdag",
        date(year, 12, 26): "Tweede kerstdag",
    }
    if rule.good_friday:
        found[easter - timedelta(days=2)] = "Goede Vrijdag"
    if rule.liberation_day:
        found.setdefault(date(year, 5, 5), "Bevrijdingsdag")
    return found


def easter_sunday(year: int) -> date:
    """Turn a year into its Easter Sunday, Gregorian.

    Source: the anonymous algorithm of Nature, 20 April 1876, in the form of Meeus, Astronomical Algorithms.
    """
    century, of_century = divmod(year, 100)
    golden = year % 19
    lunar = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - lunar + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _kings_day(year: int) -> date:
    """27 April; the Saturday before when that is a Sunday."""
    day = date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == _SUNDAY else day
