"""Conflicts under a budget and with room for a few only, against all subsets."""

from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.impact.calendars import Worked, active
from tests.impact.test_changes import named, spares, work
from topology.gates import compile_gates
from topology.impact.changes import ChangeCalendar
from topology.impact.intervals import elementary
from topology.impact.listing import shares

SEEDS = st.integers(min_value=0)
BUSY = 8
"""Changes; with the parts that are out, up to a thousand subsets in an interval."""


def told(worked, **bounds):
    calendar = ChangeCalendar(worked.catalogue, compile_gates(worked.catalogue), **bounds)
    return calendar.rows(elementary(worked.work), lambda *_: worked.outages)


def found_by_hand(worked, row):
    return worked.conflicts(active(worked.work, row.interval.start))


def found(row):
    return [(named(one), one.group) for one in row.conflicts]


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_many_changes_at_once_conflict_exactly_as_all_subsets_say(seed):
    worked = Worked(Random(seed), most=BUSY)
    for row in told(worked):
        every = found_by_hand(worked, row)
        assert set(found(row)) == every
        assert (row.listed_to, row.counted) == (None, len(every))
        for one in row.conflicts:
            parts = worked.parts_of(named(one), active(worked.work, row.interval.start))
            falling = worked.fallen(parts)
            chains = worked.catalogue.chains
            assert set(one.chains) == {id_ for id_ in falling if chains[id_].source == one.group}


@given(SEEDS, st.integers(min_value=0, max_value=400))
@settings(max_examples=60, deadline=None)
def test_under_any_budget_what_is_said_to_be_all_is_all_and_nothing_else_is_said(seed, budget):
    worked = Worked(Random(seed), most=BUSY)
    for row in told(worked, budget=budget):
        every = found_by_hand(worked, row)
        assert set(found(row)) <= every
        assert len(found(row)) == len(set(found(row)))
        up_to = BUSY * 2 if row.listed_to is None else row.listed_to
        assert {one for one in found(row) if len(one[0]) <= up_to} == {
            one for one in every if len(one[0]) <= up_to
        }
        assert row.counted in (None, len(every))
        assert row.counted is not None or row.listed_to is not None


@given(SEEDS, st.integers(min_value=0, max_value=12))
@settings(max_examples=40, deadline=None)
def test_with_little_room_the_smallest_are_listed_and_all_are_counted(seed, room):
    worked = Worked(Random(seed), most=BUSY)
    rows = told(worked, listed=room)
    assert sum(len(row.conflicts) for row in rows) <= room
    for row in rows:
        every = found_by_hand(worked, row)
        assert set(found(row)) <= every
        assert row.counted == len(every)
        sizes = sorted(len(one[0]) for one in every)
        assert sorted(len(one[0]) for one in found(row)) == sizes[: len(row.conflicts)]
        if row.listed_to is None:
            assert len(row.conflicts) == len(every)
        else:
            missing = [len(one[0]) for one in every - set(found(row))]
            assert min(missing) == row.listed_to + 1


def test_without_any_budget_nothing_is_found_and_that_is_said():
    seeds = (Worked(Random(seed), most=BUSY) for seed in range(40))
    rows = [(worked, row) for worked in seeds for row in told(worked, budget=0)]
    cut = [(worked, row) for worked, row in rows if row.listed_to is not None]
    assert cut
    assert any(found_by_hand(worked, row) for worked, row in cut)
    assert {(row.listed_to, row.conflicts) for _, row in cut} == {(1, ())}


@given(st.lists(st.integers(min_value=0, max_value=9), max_size=6), st.integers(0, 30))
def test_room_goes_to_all_in_equal_parts_and_what_one_leaves_to_the_others(totals, room):
    given_ = shares(totals, room)
    assert sum(given_) <= room
    short = [one for one, total in zip(given_, totals, strict=True) if one < total]
    assert all(one <= total for one, total in zip(given_, totals, strict=True))
    if short:
        assert max(short) - min(short) <= 1
        assert max(given_) <= min(short) + 1
        assert room - sum(given_) < len(totals)


def test_a_clash_that_fells_two_groups_alike_is_two_conflicts():
    two = spares(2)
    group = two.groups["g"]
    other = replace(two.chains["c"], id="d", source="h")
    both = replace(
        two,
        groups={"g": group, "h": replace(group, id="h")},
        chains=two.chains | {"d": other},
    )
    calendar = ChangeCalendar(both, compile_gates(both))
    planned = [work(f"w-{n}", f"core-{n}") for n in range(2)]
    row = calendar.rows(elementary(planned), lambda *_: frozenset())[0]
    assert [(one.group, one.chains) for one in row.conflicts] == [("g", ("c",)), ("h", ("d",))]
    assert row.counted == 2
