"""Local days, months and wall times turned into epoch seconds, UTC.

A wall time that does not exist (the night in spring) is shifted forward by the length of the gap. One that
exists twice (the night in autumn) is told by `fold`: 0 = the first, 1 = the second.

Source: CORE.md 0.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["day_start", "is_timezone", "local_day", "month_span", "wall_instant", "zone_of"]

_DECEMBER = 12


@lru_cache(maxsize=16)
def zone_of(timezone: str) -> ZoneInfo:
    """Turn the name of a time zone into its rules.

    Raises:
        ValueError: There is no time zone of that name.
    """
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a directory
        raise ValueError(f"no time zone {timezone!r}; write it as Europe/Amsterdam") from None


def is_timezone(timezone: str) -> bool:
    """Whether there is a time zone of this name."""
    try:
        zone_of(timezone)
    except ValueError:
        return False
    return True


def wall_instant(day: date, clock: time, timezone: str, *, fold: int = 0) -> int:
    """Turn a local wall time into its moment.

    Args:
        day: Local day.
        clock: Time of day; its own fold is not read.
        timezone: Such as `Europe/Amsterdam`.
        fold: Which of the two when the wall time exists twice.

    Returns:
        Epoch seconds.
    """
    wall = datetime.combine(day, clock.replace(fold=fold), tzinfo=zone_of(timezone))
    return int(wall.timestamp())


def day_start(day: date, timezone: str) -> int:
    """Turn a local day into the epoch second at which it begins; the next day's is where it ends."""
    return wall_instant(day, time.min, timezone)


def month_span(year: int, month: int, timezone: str) -> tuple[int, int]:
    """Turn a local month into its half-open span of epoch seconds."""
    following = date(year + 1, 1, 1) if month == _DECEMBER else date(year, month + 1, 1)
    return day_start(date(year, month, 1), timezone), day_start(following, timezone)


def local_day(at: int, timezone: str) -> date:
    """Turn a moment in epoch seconds into the local day it lies in."""
    return datetime.fromtimestamp(at, tz=zone_of(timezone)).date()
