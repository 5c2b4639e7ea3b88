"""A month closes by itself on the third working day after it, at nine in the morning, local time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from monitor.reports.close import closing_moment

ZONE = "Europe/Amsterdam"


def windows(*days, hour=8):
    start = [datetime(*day, hour, tzinfo=ZoneInfo(ZONE)) for day in days]
    return [(int(one.timestamp()), int(one.timestamp()) + 36_000) for one in start]


@pytest.mark.parametrize(
    ("month", "days", "moment"),
    [
        # 1 May 2026 is a Friday, 5 May is closed here: 1, 4 and 6 May.
        ("2026-04", [(2026, 5, 1), (2026, 5, 4), (2026, 5, 6)], (2026, 5, 6, 7)),
        # Days of the month itself do not count; winter time is an hour less.
        ("2026-12", [(2026, 12, 31), (2027, 1, 4), (2027, 1, 5), (2027, 1, 6)], (2027, 1, 6, 8)),
    ],
)
def test_it_is_the_third_working_day_at_nine_local_time(month, days, moment):
    assert closing_moment(month, windows(*days), ZONE) == datetime(*moment, tzinfo=UTC)


def test_two_windows_of_one_day_are_one_working_day():
    days = [(2026, 5, 1), (2026, 5, 1), (2026, 5, 4), (2026, 5, 5)]
    assert closing_moment("2026-04", windows(*days), ZONE) == datetime(2026, 5, 5, 7, tzinfo=UTC)


def test_without_three_working_days_there_is_no_moment():
    assert closing_moment("2026-04", windows((2026, 5, 1)), ZONE) is None
