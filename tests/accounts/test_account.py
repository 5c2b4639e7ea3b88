"""The account of a chain from its intervals: interruptions, merge gap, exclusion, parts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from topology.accounts.account import Buckets, account
from topology.accounts.intervals import Interval
from topology.accounts.part import Part
from topology.calendar import ServiceTime
from topology.model import Calendar, Level

ALWAYS = ServiceTime.of(Calendar(id="altijd", always=True), "Europe/Amsterdam")
LEVEL = Level(
    id="goud",
    target_ppm=Fraction(995_000),
    calendar="altijd",
    minimum_coverage_ppm=Fraction(900_000),
    merge_gap_s=60,
)
PERIOD = (1_000, 2_000)


def intervals(*listed: tuple[int, str]) -> list[Interval]:
    """From which second on, which state; to the end of the period."""
    ends = [*(start for start, _ in listed[1:]), PERIOD[1]]
    return [Interval(a, b, s) for (a, s), b in zip(listed, ends, strict=True)]


def part(start: int = 0, end: int = PERIOD[1], **more: object) -> Part:
    return Part((start, end), replace(LEVEL, **more), ALWAYS)  # type: ignore[arg-type]


def counted(listed, windows=(), parts=None) -> tuple[Buckets, int]:
    found = account(intervals(*listed), parts or [part()], list(windows), PERIOD)
    return found.buckets, found.interruptions


@pytest.mark.parametrize(("gap", "times"), [(59, 1), (60, 1), (61, 2)])
def test_a_gap_up_to_the_merge_gap_joins_two_falls_for_counting_only(gap: int, times: int):
    falls = [(0, "up"), (1_100, "down"), (1_200, "up"), (1_200 + gap, "down"), (1_300 + gap, "up")]
    buckets, interruptions = counted(falls)
    assert (buckets.down, interruptions) == (200, times)


def test_maintenance_that_is_not_excluded_interrupts_and_goes_on_from_a_fall():
    buckets, interruptions = counted([(0, "up"), (1_100, "maintenance"), (1_200, "up")])
    assert (buckets.maintenance, interruptions) == (100, 1)
    joined = counted([(0, "up"), (1_100, "down"), (1_200, "maintenance"), (1_400, "up")])
    assert joined[1] == 1


def test_a_fall_inside_an_excluded_window_is_no_interruption():
    buckets, interruptions = counted([(0, "up"), (1_100, "down"), (1_200, "up")], [(1_050, 1_300)])
    assert (buckets.excluded, buckets.down, interruptions) == (250, 0, 0)


def test_a_window_excludes_what_worked_in_it_too():
    buckets, _ = counted([(0, "up")], [(1_900, 2_500)])
    assert (buckets.service, buckets.excluded, buckets.up) == (1_000, 100, 900)


def test_a_fall_belongs_to_the_period_of_its_first_second_that_counts():
    from_before = [(0, "up"), (900, "down"), (1_100, "up")]
    assert counted(from_before)[1] == 0
    assert counted(from_before, [(900, 1_050)])[1] == 1
    assert counted(from_before, parts=[part(1_000)])[1] == 1


def test_each_part_counts_the_interruptions_that_begin_in_it():
    parts = [part(0, 1_500), part(1_500, merge_gap_s=0)]
    falls = [(0, "up"), (1_400, "down"), (1_600, "up"), (1_630, "down"), (1_640, "up")]
    found = account(intervals(*falls), parts, [], PERIOD)
    assert [(one.buckets.down, one.interruptions) for one in found.totals] == [(100, 1), (110, 1)]


def test_nothing_is_judged_before_anything_was_agreed():
    found = account(intervals((0, "down")), [], [], PERIOD)
    assert (found.buckets, found.interruptions, found.totals) == (Buckets(), 0, [])
