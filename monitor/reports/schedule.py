"""Which month is to be closed next and when, and which closed month is reckoned again in which night. Pure.

Everything follows from the date, the catalogue and what is closed: two processes, and one that was killed,
come to the same.

Source: CORE.md 4.4 (closing, re-computation audit).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import TYPE_CHECKING

from events.span import moment, seconds
from monitor.reports.close import next_month
from monitor.reports.period import month_of
from topology.calendar import ServiceTime, day_start, local_day, month_span, wall_instant
from topology.model import Calendar, Holidays, Hours

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from topology.model import Catalogue

__all__ = ["ClosingRule", "Schedule", "audited", "closing_moment"]

NIGHT = time(3)
"""Local time at which a closed month is reckoned again; every night has it once."""
TWO_MONTHS = 62
"""Days in which the working day is looked for after a month."""

WORKDAYS = Calendar(
    id="werkdagen",
    hours=(Hours(days=frozenset(range(5)), start=time(0), end=None),),
    holidays=Holidays(country="NL", good_friday=False, liberation_day=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingRule:
    """When a month closes by itself.

    Attributes:
        day: The how manieth working day after the month.
        at: Local time of that day.
        calendar: Whose days with service are the working days; None = Monday to Friday without the Dutch
            public holidays.
    """

    day: int = 3
    at: time = time(9)
    calendar: str | None = None


class Schedule:
    """The dates of a catalogue.

    Args:
        catalogue: Its time zone and calendars.
        rule: None = months are closed by hand.
    """

    def __init__(self, catalogue: Catalogue, rule: ClosingRule | None) -> None:
        self._zone = catalogue.timezone
        self._rule = rule
        named = (
            None if rule is None or rule.calendar is None else catalogue.calendars[rule.calendar]
        )
        self._working = ServiceTime(named or WORKDAYS, self._zone)

    def next(self, closed: Iterable[str], begun: datetime | None) -> str | None:
        """Turn what is closed into the month that is to be closed by itself next, over or not.

        Args:
            closed: Months that are closed.
            begun: When the first fact of the ledger was recorded. The month in which that was is left to
                people: of its beginning nobody knows.

        Returns:
            None when there is nothing to go by, or months are closed by hand.
        """
        if self._rule is None:
            return None
        last = max(closed, default=None)
        if last is not None:
            return next_month(last)
        if begun is None:
            return None
        first = f"{local_day(seconds(begun), self._zone):%Y-%m}"
        return first if begun <= moment(self._span(first)[0]) else next_month(first)

    def moment(self, month: str) -> datetime | None:
        """When a month closes by itself; None = by hand, or there are too few working days after it."""
        if self._rule is None:
            return None
        return closing_moment(self._span(month)[1], self._working, self._rule)

    def end(self, month: str) -> datetime:
        """When a month is over."""
        return moment(self._span(month)[1])

    def night(self, now: datetime) -> date:
        """The local day in whose night the last audit was due."""
        today = local_day(seconds(now), self._zone)
        due = wall_instant(today, NIGHT, self._zone)
        return today if seconds(now) >= due else today - timedelta(days=1)

    def _span(self, month: str) -> tuple[int, int]:
        return month_span(*month_of(month), self._zone)


def audited(closed: Iterable[str], night: date) -> str | None:
    """Turn closed months and a night into the month to reckon again: each has its turn."""
    months = sorted(set(closed))
    return months[night.toordinal() % len(months)] if months else None


def closing_moment(end: int, working: ServiceTime, rule: ClosingRule) -> datetime | None:
    """Turn the end of a month into when that month is closed by itself.

    Args:
        end: Epoch seconds.
        working: A local day with a second of service in it is a working day.
        rule: Which working day, and when on it.

    Returns:
        None when there are too few working days in the two months that follow.
    """
    day, found = local_day(end, working.timezone), 0
    for _ in range(TWO_MONTHS):
        tomorrow = day + timedelta(days=1)
        start, after = (day_start(one, working.timezone) for one in (day, tomorrow))
        found += working.seconds(start, after) > 0
        if found == rule.day:
            return moment(wall_instant(day, rule.at, working.timezone))
        day = tomorrow
    return None
