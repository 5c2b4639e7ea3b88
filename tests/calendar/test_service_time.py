"""Service seconds, windows, deadlines: against an oracle that reads a clock of its own (CORE.md 0, 4.1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.calendar import oracle
from topology.calendar import ServiceTime, day_start, local_day, month_span, wall_instant
from topology.model import Calendar, Holidays, Hours

AMSTERDAM = "Europe/Amsterdam"
WEEK = frozenset(range(5))
DAILY = frozenset(range(7))


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def calendar(plan: oracle.Plan) -> Calendar:
    rule = Holidays(country="NL", good_friday=plan.good_friday, liberation_day=plan.fifth_of_may)
    return Calendar(
        id="k",
        hours=tuple(
            Hours(
                days=days,
                start=time(first // 60, first % 60),
                end=None if last == 1440 else time(last // 60, last % 60),
            )
            for days, first, last in plan.hours
        ),
        holidays=rule if plan.rests else None,
        closed=plan.closed,
    )


def service(plan: oracle.Plan) -> ServiceTime:
    return ServiceTime.of(calendar(plan), AMSTERDAM)


def daily(first: str, last: str, days=DAILY, **more) -> oracle.Plan:
    def minute(clock):
        return int(clock[:2]) * 60 + int(clock[3:])

    return oracle.Plan(((days, minute(first), minute(last)),), **more)


OFFICE = daily("08:00", "18:00", WEEK, rests=True, fifth_of_may=True)

EDGES = st.one_of(
    st.integers(0, 1439), st.sampled_from([0, 60, 119, 120, 121, 150, 179, 180, 181, 240])
)
HOURS = st.tuples(
    st.one_of(st.just(DAILY), st.frozensets(st.integers(0, 6), min_size=1)),
    EDGES,
    st.one_of(EDGES, st.just(1440)),
).filter(lambda one: one[1] < one[2])
# Around what is special: both nights, the turn of a year, Easter, the King's birthday, a leap day.
DAYS = [
    date(2026, 3, 28),
    date(2026, 10, 24),
    date(2027, 3, 27),
    date(2025, 12, 30),
    date(2025, 4, 17),
    date(2026, 4, 25),
    date(2028, 2, 28),
    date(2026, 5, 3),
    date(2016, 5, 4),
]


@st.composite
def plans(draw):
    near = draw(st.sampled_from(DAYS))
    closed = draw(st.frozensets(st.integers(-1, 3), max_size=2))
    plan = oracle.Plan(
        tuple(draw(st.lists(HOURS, min_size=1, max_size=3))),
        rests=draw(st.booleans()),
        good_friday=draw(st.booleans()),
        fifth_of_may=draw(st.booleans()),
        closed=frozenset(near + timedelta(days=n) for n in closed),
    )
    base = int((datetime(near.year, near.month, near.day, tzinfo=UTC)).timestamp())
    start = base + draw(st.integers(-20_000, 60_000))
    return plan, start, start + draw(st.integers(0, 150_000))


@settings(max_examples=100, deadline=None)
@given(plans())
def test_seconds_are_those_counted_minute_by_minute(case):
    plan, start, end = case
    assert service(plan).seconds(start, end) == oracle.seconds(plan, start, end)


@settings(max_examples=50, deadline=None)
@given(plans())
def test_windows_are_in_order_apart_inside_the_span_and_hold_its_seconds(case):
    plan, start, end = case
    of = service(plan)
    windows = list(of.windows(start, end))
    edges = [edge for window in windows for edge in window]
    assert edges == sorted(set(edges))
    assert all(start <= edge <= end for edge in edges)
    assert sum(b - a for a, b in windows) == of.seconds(start, end)
    assert all(oracle.is_served(plan, a // 60 * 60) for a, _ in windows)


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(1, 30_000))
def test_a_deadline_is_the_first_moment_by_which_the_seconds_have_passed(case, wanted):
    plan, start, _ = case
    of = service(plan)
    due = of.deadline(start, wanted)
    assert due is not None
    assert of.seconds(start, due) == wanted
    assert of.seconds(start, due - 1) == wanted - 1
    if due - start < 400_000:
        assert oracle.seconds(plan, start, due) == wanted
        assert oracle.is_served(plan, (due - 1) // 60 * 60)


@settings(max_examples=60, deadline=None)
@given(plans(), st.integers(1, 30_000))
def test_looking_back_finds_the_last_moment_since_which_the_seconds_have_passed(case, wanted):
    plan, _, end = case
    of = service(plan)
    since = of.back(end, wanted)
    assert since is not None
    assert of.seconds(since, end) == wanted
    assert of.seconds(since + 1, end) == wanted - 1


@settings(max_examples=25, deadline=None)
@given(plans(), st.lists(st.integers(1_500_000_000, 1_900_000_000), min_size=1, max_size=3))
def test_what_was_asked_before_changes_no_answer(case, elsewhere):
    plan, start, end = case
    used = service(plan)
    for at in elsewhere:
        used.seconds(at, at + 86_400)
    fresh = service(plan)
    assert used.seconds(start, end) == fresh.seconds(start, end)
    assert list(used.windows(start, end)) == list(fresh.windows(start, end))
    assert used.deadline(start, 3600) == fresh.deadline(start, 3600)


@pytest.mark.parametrize(
    ("first", "last", "day", "expected"),
    [
        ("00:00", "24:00", "2027-03-28", 82_800),
        ("00:00", "24:00", "2026-10-25", 90_000),
        ("02:00", "03:00", "2027-03-28", 0),
        ("02:00", "03:00", "2026-10-25", 7200),
        ("02:15", "02:45", "2027-03-28", 1800),  # both edges shift: 03:15 to 03:45
        ("02:15", "02:45", "2026-10-25", 3600),  # twice half an hour
        ("02:30", "04:00", "2027-03-28", 1800),
        ("00:00", "02:00", "2027-03-28", 7200),
        ("00:00", "02:00", "2026-10-25", 7200),
        ("00:00", "02:30", "2026-10-25", 10_800),
        ("01:00", "04:00", "2026-10-25", 14_400),
        ("03:00", "04:00", "2026-10-25", 3600),
        ("02:15", "04:00", "2026-10-25", 9000),  # 02:15 to 03:00 by the first clock, then once more
        ("02:01", "24:00", "2026-10-25", 82_680),
        ("02:15", "24:00", "2027-03-28", 74_700),
    ],
)
def test_the_nights_on_which_the_clock_is_changed(first, last, day, expected):
    start = day_start(date.fromisoformat(day), AMSTERDAM)
    plan = daily(first, last)
    end = day_start(date.fromisoformat(day) + timedelta(days=1), AMSTERDAM)
    found = service(plan).seconds(start, end), oracle.seconds(plan, start, end)
    assert found == (expected, expected)


@settings(max_examples=100, deadline=None)
@given(st.integers(946_684_800, 2_145_916_800))
def test_a_moment_lies_in_the_local_day_that_the_clock_on_the_wall_shows(at):
    day = local_day(at, AMSTERDAM)
    assert day == oracle.wall(at).date()
    assert day_start(day, AMSTERDAM) <= at < day_start(day + timedelta(days=1), AMSTERDAM)


def test_the_figures_of_the_worked_scenarios():
    always = ServiceTime.of(
        Calendar(id="a", always=True, closed=frozenset({date(2026, 6, 9)})), AMSTERDAM
    )
    friday = oracle.Plan(OFFICE.hours, rests=True, good_friday=True, fifth_of_may=True)
    saturday = oracle.Plan(((frozenset(range(6)), 480, 1080),), rests=True, fifth_of_may=True)
    april, june = month_span(2025, 4, AMSTERDAM), month_span(2026, 6, AMSTERDAM)
    assert always.seconds(*month_span(2027, 3, AMSTERDAM)) == 2_674_800
    assert always.seconds(*june) == 2_592_000
    assert [service(plan).seconds(*april) for plan in (OFFICE, friday, saturday)] == [
        756_000,
        720_000,
        864_000,
    ]
    assert service(OFFICE).seconds(*june) == 792_000


def test_a_deadline_falls_at_closing_time_and_steps_over_weekend_and_kings_day():
    office, friday = service(OFFICE), utc("2026-04-24T15:15:00")
    assert office.deadline(friday, 2700) == utc("2026-04-24T16:00:00")
    assert office.deadline(friday, 2701) == utc("2026-04-28T06:00:01")
    assert office.deadline(friday, 14_400) == utc("2026-04-28T09:15:00")
    assert office.deadline(utc("2026-04-25T10:00:00"), 1) == utc("2026-04-28T06:00:01")
    assert office.deadline(utc("2026-04-25T10:00:00"), 0) == utc("2026-04-25T10:00:00")
    assert office.back(utc("2026-04-28T06:00:01"), 1) == utc("2026-04-28T06:00:00")
    assert office.back(utc("2026-04-28T06:00:00"), 1) == utc("2026-04-24T15:59:59")


def test_a_calendar_that_serves_on_no_day_has_no_seconds_and_no_deadline():
    nothing = ServiceTime.of(Calendar(id="k"), AMSTERDAM)
    assert nothing.seconds(0, 10**9) == 0
    assert list(nothing.windows(0, 10**9)) == []
    assert nothing.deadline(0, 1) is nothing.back(0, 1) is None
    assert nothing.deadline(0, 0) == 0


def test_time_that_nobody_lives_to_see_is_no_deadline():
    assert service(OFFICE).deadline(0, 10**11) is None
    assert service(OFFICE).back(0, 10**11) is None
    always = ServiceTime.of(Calendar(id="a", always=True), AMSTERDAM)
    assert always.deadline(0, 10**11) is always.back(0, 10**11) is None
    assert (always.deadline(7, 10**9), always.back(7, 7)) == (10**9 + 7, 0)


@pytest.mark.parametrize("at", [-62_135_596_800, 253_402_300_799])
def test_the_ends_of_the_calendar_do_not_break_it(at):
    assert service(OFFICE).seconds(at, at + 1) == 0
    assert service(OFFICE).deadline(at, 1) is None or at < 0


def test_fewer_than_no_seconds_are_refused_and_a_reversed_span_holds_none():
    with pytest.raises(ValueError, match="0 or more"):
        service(OFFICE).deadline(0, -1)
    assert service(OFFICE).seconds(10, 5) == 0
    assert list(service(OFFICE).windows(10, 5)) == []


def test_an_unknown_time_zone_is_refused_at_once():
    with pytest.raises(ValueError, match="Europe/Amsterdam"):
        ServiceTime.of(Calendar(id="k"), "Europe/Dordrecht")


def test_what_closes_a_day_has_a_name():
    office = ServiceTime.of(
        Calendar(
            id="k",
            hours=calendar(OFFICE).hours,
            holidays=Holidays(country="NL", good_friday=False, liberation_day=True),
            closed=frozenset({date(2026, 5, 15)}),
        ),
        AMSTERDAM,
    )
    named = [office.closed_by(date(2026, 5, day)) for day in (4, 5, 14, 15)]
    assert named == [None, "Bevrijdingsdag", "Hemelvaartsdag", "gesloten"]


def test_hours_that_overlap_or_touch_are_one_window():
    plan = oracle.Plan(((DAILY, 480, 720), (DAILY, 700, 780), (DAILY, 780, 1080)))
    start = day_start(date(2026, 6, 9), AMSTERDAM)
    assert list(service(plan).windows(start, start + 86_400)) == [(start + 28_800, start + 64_800)]
    whole = daily("00:00", "24:00")
    assert list(service(whole).windows(start, start + 5 * 86_400)) == [(start, start + 5 * 86_400)]


def test_a_span_from_closing_time_to_opening_time_holds_no_window():
    closing, opening = utc("2026-06-12T16:00:00"), utc("2026-06-15T06:00:00")
    assert list(service(OFFICE).windows(closing, opening)) == []
    assert list(service(OFFICE).windows(closing - 1, opening + 1)) == [
        (closing - 1, closing),
        (opening, opening + 1),
    ]


@pytest.mark.parametrize(("year", "days"), [(2027, 365), (2028, 366)])
def test_a_year_has_all_its_days(year, days):
    start, end = month_span(year, 1, AMSTERDAM)[0], month_span(year, 12, AMSTERDAM)[1]
    assert service(daily("08:00", "09:00")).seconds(start, end) == days * 3600


def test_an_ambiguous_wall_time_is_told_by_its_fold_and_a_missing_one_is_shifted_forward():
    autumn, spring, half_past = date(2026, 10, 25), date(2027, 3, 28), time(2, 30)
    assert wall_instant(autumn, half_past, AMSTERDAM) == utc("2026-10-25T00:30:00")
    assert wall_instant(autumn, half_past, AMSTERDAM, fold=1) == utc("2026-10-25T01:30:00")
    assert wall_instant(spring, half_past, AMSTERDAM) == wall_instant(
        spring, time(3, 30), AMSTERDAM
    )
