"""Dutch holidays against the library that many rely on, and the rules it does not know (CORE.md 4.1)."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from topology.calendar import dutch_holidays, easter_sunday
from topology.model import Holidays

YEARS = range(2015, 2041)


def rule(*, friday=False, may=False):
    return Holidays(country="NL", good_friday=friday, liberation_day=may)


@pytest.mark.parametrize("year", YEARS)
def test_holidays_are_those_of_the_library(year):
    theirs = holidays.country_holidays("NL", years=year, categories=("public", "optional"))
    both = dutch_holidays(year, rule(friday=True, may=True))
    assert set(both) == set(theirs) | {date(year, 5, 5)}
    assert set(dutch_holidays(year, rule(friday=True, may=year % 5 == 0))) == set(
        holidays.country_holidays("NL", years=year)
    ) | {easter_sunday(year) - timedelta(days=2)}


@pytest.mark.parametrize("year", YEARS)
def test_each_switch_adds_its_own_day_and_nothing_else(year):
    plain = set(dutch_holidays(year, rule()))
    friday = easter_sunday(year) - timedelta(days=2)
    assert set(dutch_holidays(year, rule(friday=True))) - plain == {friday}
    assert set(dutch_holidays(year, rule(may=True))) - plain <= {date(year, 5, 5)}


def test_ascension_on_the_fifth_of_may_rests_whatever_the_contract_says_of_that_day():
    assert dutch_holidays(2016, rule())[date(2016, 5, 5)] == "Hemelvaartsdag"
    assert dutch_holidays(2016, rule(may=True))[date(2016, 5, 5)] == "Hemelvaartsdag"
    assert date(2027, 5, 5) not in dutch_holidays(2027, rule())


def test_kings_day_is_a_day_earlier_when_it_would_be_a_sunday():
    assert date(2025, 4, 26) in dutch_holidays(2025, rule())
    assert date(2025, 4, 27) not in dutch_holidays(2025, rule())
    assert date(2026, 4, 27) in dutch_holidays(2026, rule())


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1818, 3, 22), (1943, 4, 25), (1961, 4, 2), (2000, 4, 23), (2038, 4, 25), (2285, 3, 22)],
)
def test_easter_at_its_extremes(year, month, day):
    assert easter_sunday(year) == date(year, month, day)
