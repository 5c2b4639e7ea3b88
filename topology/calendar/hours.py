"""The agreed hours of one local day turned into windows of epoch seconds.

On the night in spring an edge that does not exist is shifted forward by the gap, so a window that begins
and ends with the gap has no seconds. On the night in autumn the clock on the wall decides: an hour that it
shows twice is served twice.

Source: CORE.md 0 and 4.1.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from topology.calendar.localtime import day_start, wall_instant, zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topology.model import Calendar, Hours

__all__ = ["day_windows", "merged"]

_DAY_S = 86_400

Window = tuple[int, int]
"""Half-open, epoch seconds."""


def day_windows(calendar: Calendar, day: date, timezone: str) -> list[Window]:
    """Turn the hours of a calendar on one local day into windows, as they are written: unmerged.

    Holidays and closed days are not looked at here.
    """
    today = [hours for hours in calendar.hours if day.weekday() in hours.days]
    if not today:
        return []
    start, end = day_start(day, timezone), day_start(day + timedelta(days=1), timezone)
    if end - start == _DAY_S:
        whole = [(start + _of_day(h.start), start + _of_day(h.end)) for h in today]
    elif end - start > _DAY_S:
        turn = _turn(start, end, timezone)
        whole = [window for hours in today for window in _twice(hours, day, turn, timezone)]
    else:
        whole = [_edges(hours, day, timezone, fold=0) for hours in today]
    return [window for window in whole if window[0] < window[1]]


def merged(windows: Iterable[Window]) -> list[Window]:
    """Turn windows in any order into the least sorted list that covers the same seconds."""
    out: list[Window] = []
    for start, end in sorted(windows):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


def _of_day(clock: time | None) -> int:
    return _DAY_S if clock is None else clock.hour * 3600 + clock.minute * 60 + clock.second


def _edges(hours: Hours, day: date, timezone: str, *, fold: int) -> Window:
    last = (day + timedelta(days=1), time.min) if hours.end is None else (day, hours.end)
    return (
        wall_instant(day, hours.start, timezone, fold=fold),
        wall_instant(*last, timezone, fold=fold),
    )


def _twice(hours: Hours, day: date, turn: int, timezone: str) -> Iterator[Window]:
    """Read the hours by the clock before it is set back, and by the clock after it."""
    start, end = _edges(hours, day, timezone, fold=0)
    yield start, min(end, turn)
    start, end = _edges(hours, day, timezone, fold=1)
    yield max(start, turn), end


def _turn(start: int, end: int, timezone: str) -> int:
    """Find the moment at which the clock is set back: the first second with the later offset."""
    zone = zone_of(timezone)
    before = datetime.fromtimestamp(start, tz=zone).utcoffset()
    low, high = start, end
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, tz=zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
