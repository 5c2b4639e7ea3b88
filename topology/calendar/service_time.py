"""A calendar turned into answers in service seconds: how many, until when, since when.

A table of windows with running sums, searched by bisection; it grows by whole years when asked about more.

Source: CORE.md 4.1.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from topology.calendar.holidays import dutch_holidays
from topology.calendar.hours import day_windows, merged
from topology.calendar.localtime import day_start, local_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topology.model import Calendar, Catalogue

__all__ = ["ServiceTime"]

HORIZON_YEARS = 100
"""How far a deadline is looked for; what lies further is never."""

_CENTURY_S = HORIZON_YEARS * 366 * 86_400
_FIRST, _LAST = -62_072_000_000, 253_350_000_000
"""Moments in the years 3 and 9998: outside these nothing is served, since a day there has no neighbours."""


class ServiceTime:
    """The service time of one calendar. Moments are epoch seconds UTC, spans half-open.

    Args:
        calendar: The agreed hours; `always` ignores holidays and closed days.
        timezone: Whose wall clock the hours are read on.

    Raises:
        ValueError: There is no such time zone.
    """

    def __init__(self, calendar: Calendar, timezone: str) -> None:
        self.calendar, self.timezone = calendar, timezone
        self._days = frozenset(day for hours in calendar.hours for day in hours.days)
        self._years: dict[int, list[tuple[int, int]]] = {}
        self._covered = (0, 0)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._through: list[int] = []
        self._holidays: dict[int, Mapping[date, str]] = {}
        day_start(date(2000, 1, 1), timezone)

    @classmethod
    def of(cls, calendar: Calendar, timezone: str) -> ServiceTime:
        """Turn a calendar into its service time."""
        return cls(calendar, timezone)

    @classmethod
    def all_of(cls, catalogue: Catalogue) -> dict[str, ServiceTime]:
        """Turn a catalogue into the service time of each of its calendars, by id."""
        return {
            name: cls(calendar, catalogue.timezone)
            for name, calendar in catalogue.calendars.items()
        }

    def seconds(self, start: int, end: int) -> int:
        """Count the service seconds of a span; 0 when it ends before it starts."""
        if end <= start:
            return 0
        if self.calendar.always:
            return end - start
        self._cover(start, end)
        return self._until(end) - self._until(start)

    def windows(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Turn a span into the windows of service in it: clipped, merged, in order."""
        if end <= start:
            return
        if self.calendar.always:
            yield start, end
            return
        self._cover(start, end)
        for index in range(bisect_right(self._ends, start), bisect_left(self._starts, end)):
            yield max(start, self._starts[index]), min(end, self._ends[index])

    def is_service(self, at: int) -> bool:
        """Whether a second lies in service time."""
        return self.seconds(at, at + 1) == 1

    def deadline(self, start: int, seconds: int) -> int | None:
        """Find the smallest moment by which so many service seconds have passed.

        It falls at closing time, never at the next opening.

        Returns:
            Epoch seconds; `start` itself for 0 seconds; None when it is not reached within a century.

        Raises:
            ValueError: Fewer than 0 seconds.
        """
        if self._is_trivial(seconds):
            return start + seconds if seconds <= _CENTURY_S else None
        for years in self._reach():
            self._cover(start, _years_from(start, years))
            wanted = self._until(start) + seconds
            index = bisect_left(self._through, wanted)
            if index < len(self._through):
                return self._ends[index] - (self._through[index] - wanted)
        return None

    def back(self, end: int, seconds: int) -> int | None:
        """Find the latest moment since which so many service seconds have passed at `end`.

        Returns:
            Epoch seconds; `end` itself for 0 seconds; None when it is not reached within a century.

        Raises:
            ValueError: Fewer than 0 seconds.
        """
        if self._is_trivial(seconds):
            return end - seconds if seconds <= _CENTURY_S else None
        for years in self._reach():
            self._cover(_years_from(end, -years), end)
            wanted = self._until(end) - seconds
            if wanted >= 0:
                index = bisect_right(self._through, wanted)
                return self._ends[index] - (self._through[index] - wanted)
        return None

    def closed_by(self, day: date) -> str | None:
        """Say what closes a local day: a holiday by its Dutch name, or `gesloten`; None = nothing does."""
        if self.calendar.always:
            return None
        if day in self.calendar.closed:
            return "gesloten"
        return self._holidays_of(day.year).get(day)

    # --- the table ----------------------------------------------------------------------------

    def _is_trivial(self, seconds: int) -> bool:
        if seconds < 0:
            raise ValueError(f"{seconds} service seconds; 0 or more are wanted")
        return self.calendar.always or seconds == 0

    def _reach(self) -> Iterator[int]:
        """Years to look at, more each time; none for a calendar that serves on no day."""
        years = 1
        while self._days and years < HORIZON_YEARS:
            yield years
            years *= 4
        if self._days:
            yield HORIZON_YEARS

    def _until(self, at: int) -> int:
        """Service seconds from the start of the table to a moment in it."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return self._through[index] - max(0, self._ends[index] - at)

    def _cover(self, start: int, end: int) -> None:
        if self._covered[0] <= start and end <= self._covered[1]:
            return
        asked = [local_day(min(max(at, _FIRST), _LAST), self.timezone).year for at in (start, end)]
        first, last = min(*asked, *self._years), max(*asked, *self._years)
        for year in range(first, last + 1):
            if year not in self._years:
                self._years[year] = self._year(year)
        table = merged(window for year in range(first, last + 1) for window in self._years[year])
        self._starts = [start for start, _ in table]
        self._ends = [end for _, end in table]
        self._through = list(accumulate(end - start for start, end in table))
        self._covered = (
            day_start(date(first, 1, 1), self.timezone),
            day_start(date(last + 1, 1, 1), self.timezone),
        )

    def _year(self, year: int) -> list[tuple[int, int]]:
        days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
        return [
            window
            for day in days
            if day.year == year and day.weekday() in self._days and self.closed_by(day) is None
            for window in day_windows(self.calendar, day, self.timezone)
        ]

    def _holidays_of(self, year: int) -> Mapping[date, str]:
        known = self._holidays.get(year)
        if known is None:
            rule = self.calendar.holidays
            known = self._holidays[year] = dutch_holidays(year, rule) if rule else {}
        return known


def _years_from(at: int, years: int) -> int:
    return at + years * 366 * 86_400
