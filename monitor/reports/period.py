"""A month as it is asked for turned into its span, cut off at what is known. Pure.

Source: CORE.md 0; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from events.errors import ConfigError
from events.span import seconds, text
from topology.calendar import month_span

if TYPE_CHECKING:
    from datetime import datetime

    from topology.accounts.spans import Span

__all__ = ["Period", "month_of", "period_of"]

LAST_MONTH = 12
YEARS = range(1970, 3000)
"""Years whose months have calendars and are worth a report; others are slips of the hand."""


class Period(NamedTuple):
    """A span of epoch seconds; `provisional`: the month goes on after it."""

    span: Span
    provisional: bool


def month_of(month: str) -> tuple[int, int]:
    """Turn `2026-06` into its year and month.

    Raises:
        ConfigError: Not a month.
    """
    read = re.fullmatch(r"([0-9]{4})-([0-9]{2})", month)
    if read is None or not 1 <= int(read[2]) <= LAST_MONTH or int(read[1]) not in YEARS:
        raise ConfigError(
            f"--month {month}: write a month as 2026-06, of {YEARS.start} to {YEARS.stop - 1}"
        )
    return int(read[1]), int(read[2])


def period_of(month: str, timezone: str, as_of: datetime | None) -> Period:
    """Turn a month into the period to judge.

    Args:
        month: `2026-06`.
        timezone: Whose months.
        as_of: A month that is not over then ends there.

    Raises:
        ConfigError: Not a month, or one that had not begun.
    """
    start, end = month_span(*month_of(month), timezone)
    if as_of is None or seconds(as_of) >= end:
        return Period((start, end), provisional=False)
    if seconds(as_of) <= start:
        raise ConfigError(f"--as-of {text(as_of)}: {month} had not begun by then; ask about later")
    return Period((start, seconds(as_of)), provisional=True)
