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

__all__ = ["Period", "period_of"]

LAST_MONTH = 12


class Period(NamedTuple):
    """A span of epoch seconds; `provisional`: the month goes on after it."""

    span: Span
    provisional: bool


def period_of(month: str, timezone: str, as_of: datetime | None) -> Period:
    """Turn a month into the period to judge.

    Args:
        month: `2026-06`.
        timezone: Whose months.
        as_of: A month that is not over then ends there.

    Raises:
        ConfigError: Not a month, or one that had not begun.
    """
    read = re.fullmatch(r"(\d{4})-(\d{2})", month)
    if read is None or not 1 <= int(read[2]) <= LAST_MONTH or not int(read[1]):
        raise ConfigError(f"--month {month}: write a month as 2026-06")
    start, end = month_span(int(read[1]), int(read[2]), timezone)
    if as_of is None or seconds(as_of) >= end:
        return Period((start, end), provisional=False)
    if seconds(as_of) <= start:
        raise ConfigError(f"--as-of {text(as_of)}: {month} had not begun by then; ask about later")
    return Period((start, seconds(as_of)), provisional=True)
