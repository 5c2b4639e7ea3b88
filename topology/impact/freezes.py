"""Periods in which nothing may be changed, and the holidays that planned work falls on.

Source: CORE.md 7 (warn when a freeze or holiday applies).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from topology.calendar.localtime import day_start, local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from topology.calendar import ServiceTime

__all__ = ["Freeze", "frozen", "holidays_in"]

_DAY = timedelta(days=1)
_LONGEST = 366
"""Days of one change that are looked at; a longer one falls on every holiday there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A period without changes, both local days included."""

    id: str
    name: str
    first: date
    last: date

    def span(self, timezone: str) -> tuple[int, int]:
        """Turn it into its half-open span of epoch seconds."""
        return day_start(self.first, timezone), day_start(self.last + _DAY, timezone)


def frozen(freezes: Iterable[Freeze], start: int, end: int, timezone: str) -> list[Freeze]:
    """Choose the freezes that a window, in epoch seconds, touches."""
    spans = ((one, one.span(timezone)) for one in freezes)
    return [one for one, (begin, until) in spans if begin < end and start < until]


def holidays_in(service: ServiceTime, start: int, end: int) -> Iterator[tuple[date, str]]:
    """Find the local days of a window that are closed in a calendar, each with what closes it."""
    if start >= end:
        return
    day, last = local_day(start, service.timezone), local_day(end - 1, service.timezone)
    for _ in range(_LONGEST):
        closed_by = service.closed_by(day)
        if closed_by is not None:
            yield day, closed_by
        if day == last:
            return
        day += _DAY
