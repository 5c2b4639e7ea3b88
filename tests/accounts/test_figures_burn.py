"""How fast the budget is spent, in service seconds (CORE.md 4.4, burn)."""

from __future__ import annotations

from datetime import UTC, datetime, time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.accounts.burn import burn, burn_rate, burn_rules, service_day
from topology.calendar import ServiceTime, month_span
from topology.model import Calendar, Hours

AMSTERDAM = "Europe/Amsterdam"
HOUR = 3600
TARGET = Fraction(995_000)


def hours(first, last, days=range(5)):
    return Hours(days=frozenset(days), start=first, end=last)


OFFICE = ServiceTime.of(Calendar(id="k", hours=(hours(time(8), time(18)),)), AMSTERDAM)
ALWAYS = ServiceTime.of(Calendar(id="a", always=True), AMSTERDAM)
NIGHT = ServiceTime.of(
    Calendar(id="n", hours=(hours(time(22), None, [4]), hours(time(0), time(2), [5]))), AMSTERDAM
)


def utc(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def thresholds(agreed_h, day_h):
    return [rule.threshold for rule in burn_rules(agreed_h * HOUR, day_h * HOUR)]


def test_the_thresholds_are_those_of_the_table_for_720_hours_and_fit_for_fewer():
    assert thresholds(720, 24) == [Fraction(144, 10), 6, 1]
    assert thresholds(210, 10) == [Fraction(42, 10), Fraction(175, 100), Fraction(7, 10)]


def test_the_short_window_is_a_twelfth():
    assert [(rule.window_s, rule.short_s) for rule in burn_rules(720 * HOUR, 24 * HOUR)] == [
        (3600, 300),
        (21_600, 1800),
        (259_200, 21_600),
    ]


@pytest.mark.parametrize(
    ("service", "expected"), [(OFFICE, 10 * HOUR), (ALWAYS, 24 * HOUR), (NIGHT, 2 * HOUR)]
)
def test_a_service_day_is_what_a_local_day_with_service_has(service, expected):
    assert service_day(service, *month_span(2026, 6, AMSTERDAM)) == expected


def test_a_calendar_without_service_has_no_service_day_and_only_the_windows_in_hours():
    none = ServiceTime.of(Calendar(id="z"), AMSTERDAM)
    assert service_day(none, *month_span(2026, 6, AMSTERDAM)) == 0
    assert len(burn_rules(0, 0)) == 2


def test_a_rate_of_one_spends_exactly_the_budget():
    assert burn_rate(5, 1000, TARGET) == 1
    assert burn_rate(5, 1000, Fraction(1_000_000)) is None


def test_a_target_of_a_hundred_has_no_burn():
    monday = utc("2026-06-15T08:00:00")
    rules = burn_rules(792_000, 36_000)
    assert burn(OFFICE, [(monday, monday + 60)], monday + 600, Fraction(1_000_000), rules) == []


def test_the_window_looks_back_over_the_weekend_in_service_seconds():
    opening = utc("2026-06-15T06:00:00")  # Monday 08:00
    friday = utc("2026-06-12T15:40:00")  # 20 minutes before closing time
    (hour, *_) = burn(
        OFFICE, [(friday, friday + 60)], opening + 1800, TARGET, burn_rules(792_000, 36_000)
    )
    assert hour.long == Fraction(60, 3600) / Fraction(5, 1000)
    assert (hour.short, hour.is_too_fast) == (0, False)


def test_a_share_that_is_spent_exactly_is_too_fast():
    start = utc("2026-06-15T08:00:00")
    rules = burn_rules(720 * HOUR, 24 * HOUR)
    for seconds, expected in ((648, True), (647, False)):  # 5 % of the budget of 12,960 s is 648 s
        six_hours = burn(ALWAYS, [(start, start + seconds)], start + seconds, TARGET, rules)[1]
        assert six_hours.is_too_fast == expected


def test_what_is_lost_and_goes_on_is_too_fast_and_what_is_over_is_not():
    start = utc("2026-06-15T08:00:00")
    rules = burn_rules(720 * HOUR, 24 * HOUR)
    down = [(start, start + 300)]
    assert burn(ALWAYS, down, start + 300, TARGET, rules)[0].is_too_fast
    assert not burn(ALWAYS, down, start + 299 + 300, TARGET, rules)[0].is_too_fast
    assert not burn(ALWAYS, [(start, start + 259)], start + 259, TARGET, rules)[0].is_too_fast
    assert burn(ALWAYS, [(start, start + 260)], start + 260, TARGET, rules)[0].is_too_fast


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=2, max_size=8, unique=True), st.integers(0, 500))
def test_rates_are_those_counted_minute_by_minute_in_office_hours(edges, now):
    """Oracle: minutes from Friday 12 June 2026, 16:00 local; service until 18:00 and from Monday 08:00."""
    base = utc("2026-06-12T14:00:00")
    cut = sorted(edges)[: len(edges) // 2 * 2]
    gap = 62 * 60  # Friday 18:00 to Monday 08:00, in minutes

    def real(minute):
        return base + 60 * (minute if minute < 120 else minute + gap)

    spans = [(real(a), real(b)) for a, b in zip(cut[::2], cut[1::2], strict=True)]
    found = burn(OFFICE, spans, real(now), TARGET, burn_rules(792_000, 36_000))
    lost = {minute for a, b in zip(cut[::2], cut[1::2], strict=True) for minute in range(a, b)}
    for one in found:
        for rate, window in ((one.long, one.rule.window_s), (one.short, one.rule.short_s)):
            minutes = len(lost & set(range(now - window // 60, now)))
            assert rate == Fraction(minutes * 60, window) * 200
