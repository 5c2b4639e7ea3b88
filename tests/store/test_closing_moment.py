"""Which month closes by itself, and when; which closed month is reckoned again in which night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reports.schedule import ClosingRule, Schedule, audited
from topology.catalogue import build

HOURS = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}]
DUTCH = {"country": "NL", "good_friday": "open", "liberation_day": "closed"}
CATALOGUE = build(
    {
        "version": "1",
        "timezone": "Europe/Amsterdam",
        "calendars": [
            {"id": "kantoor", "hours": HOURS, "holidays": DUTCH},
            {"id": "altijd", "always": True},
            {"id": "dicht", "hours": HOURS, "holidays": DUTCH, "closed": []},
            {
                "id": "dag-en-nacht",
                "hours": [{"days": ["mon", "tue", "wed"], "from": "00:00", "to": "24:00"}],
                "holidays": "none",
            },
        ],
    }
)


def schedule(**rule):
    return Schedule(CATALOGUE, ClosingRule(**rule))


def at(*when):
    return datetime(*when, tzinfo=UTC)


@pytest.mark.parametrize(
    ("month", "rule", "moment"),
    [
        # 1 May 2026 is a Friday: 1, 4 and 5 May; 5 May is no public holiday unless the calendar says so.
        ("2026-04", {}, at(2026, 5, 5, 7)),
        ("2026-04", {"calendar": "kantoor"}, at(2026, 5, 6, 7)),
        # New Year is closed; winter time is an hour less.
        ("2026-12", {}, at(2027, 1, 6, 8)),
        # Good Friday is open, Easter Monday is not: 1, 2, 3 April 2026 and 7 April.
        ("2026-03", {"day": 4}, at(2026, 4, 7, 7)),
        ("2026-05", {"day": 1, "at": time(0)}, at(2026, 5, 31, 22)),
        ("2026-05", {"calendar": "altijd"}, at(2026, 6, 3, 7)),
        # Days that follow each other without a break are days all the same.
        ("2026-05", {"calendar": "dag-en-nacht"}, at(2026, 6, 3, 7)),
        # 02:30 does not exist in that night.
        ("2026-02", {"calendar": "altijd", "day": 29, "at": time(2, 30)}, at(2026, 3, 29, 1, 30)),
    ],
)
def test_it_is_the_third_working_day_at_nine_local_time_or_as_agreed(month, rule, moment):
    assert schedule(**rule).moment(month) == moment


def test_by_hand_there_is_no_month_and_no_moment():
    by_hand = Schedule(CATALOGUE, None)
    assert by_hand.next(["2026-04"], at(2026, 1, 1)) is None
    assert by_hand.moment("2026-05") is None


def test_what_is_next_is_the_month_after_the_last_closed_one_whatever_was_closed_afterwards():
    assert schedule().next(["2026-11", "2026-12", "2026-04"], None) == "2027-01"


@pytest.mark.parametrize(
    ("begun", "first"),
    [
        (at(2026, 4, 30, 21, 59, 59), "2026-05"),
        (at(2026, 4, 30, 22), "2026-05"),
        (at(2026, 4, 30, 22, 0, 1), "2026-06"),
        (None, None),
    ],
)
def test_the_month_in_which_the_ledger_begins_is_left_to_people(begun, first):
    assert schedule().next([], begun) == first


def test_the_night_begins_at_three_local_time():
    nights = [schedule().night(one) for one in (at(2026, 6, 9, 0, 59, 59), at(2026, 6, 9, 1))]
    assert nights == [date(2026, 6, 8), date(2026, 6, 9)]


@given(st.integers(1, 40), st.integers(0, 4000))
def test_of_so_many_closed_months_each_has_its_turn_within_so_many_nights(count, since):
    months = [f"{2020 + n // 12}-{n % 12 + 1:02d}" for n in range(count)]
    nights = [date(2020, 1, 1) + timedelta(days=since + n) for n in range(count)]
    assert sorted(audited(months, night) for night in nights) == months


def test_without_a_closed_month_there_is_nothing_to_reckon_again():
    assert audited([], date(2026, 6, 9)) is None
