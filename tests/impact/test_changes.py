"""The change calendar against all subsets and every second."""

from itertools import pairwise
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.impact.calendars import LAST, Worked, active, random_work
from tests.topology.random_catalogues import catalogue_of, component, link
from topology.gates import compile_gates
from topology.impact.changes import ChangeCalendar
from topology.impact.intervals import elementary
from topology.impact.warnings import Warnings
from topology.impact.work import PlannedWork
from topology.model import Chain, Group, Tier

SEEDS = st.integers(min_value=0)


def rows_of(worked, since=None, until=None):
    calendar = ChangeCalendar(worked.catalogue, compile_gates(worked.catalogue))
    intervals = elementary(worked.work, since, until)
    return calendar, calendar.rows(intervals, lambda *_: worked.outages)


@given(SEEDS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_intervals_tell_of_every_second_which_work_is_active(seed, clipped):
    random = Random(seed)
    planned = random_work(random, ["a", "b", "c"])
    bounds = (random.randint(0, 6), random.randint(6, 20)) if clipped else (None, None)
    found = list(elementary(planned, *bounds))
    for second in range(-2, LAST + 10):
        inside = not clipped or bounds[0] <= second < bounds[1]
        expected = sorted(active(planned, second)) if inside else []
        told = [one for one in found if one.start <= second < one.end]
        assert [work.id for one in told for work in one.active] == expected
        assert len(told) <= 1
    for one, other in pairwise(found):
        assert one.end <= other.start
        assert one.end < other.start or one.active != other.active, "an edge where nothing changes"


def named(conflict):
    """Its causes, each with its kind, for a change may bear the name of a part."""
    changes = list(conflict.changes)
    for one in conflict.outages:
        changes.remove(one)
    return frozenset(
        [(one, "change") for one in changes] + [(one, "outage") for one in conflict.outages]
    )


@given(SEEDS)
@settings(max_examples=40, deadline=None)
def test_conflicts_are_the_least_sets_under_which_a_group_falls(seed):
    worked = Worked(Random(seed))
    _, rows = rows_of(worked)
    for row in rows:
        here = active(worked.work, row.interval.start)
        planned = frozenset().union(*here.values())
        assert row.planned == worked.fallen(planned)
        assert row.fallen == worked.fallen(planned | worked.outages)
        told = [(named(one), one.group) for one in row.conflicts]
        assert len(told) == len(set(told))
        assert set(told) == worked.conflicts(here)
        assert row.listed_to is None
        assert row.counted == len(row.conflicts)
        for one in row.conflicts:
            assert list(one.changes) == sorted(one.changes)
            assert one.chains
            assert {worked.catalogue.chains[id_].source for id_ in one.chains} == {one.group}


@given(SEEDS)
@settings(max_examples=15, deadline=None)
def test_redundancy_is_told_to_be_used_up_exactly_when_kappa_drops_to_one(seed):
    worked = Worked(Random(seed))
    assume(len(worked.rules.ids) < 30)  # all subsets for kappa
    calendar, rows = rows_of(worked)
    rules, chains = worked.rules, worked.catalogue.chains
    everything = set(rules.ids)
    for row in rows:
        planned = frozenset().union(*(one.components for one in row.interval.active))
        bare = {
            id_
            for id_, chain in chains.items()
            if id_ not in worked.fallen(planned | worked.outages)
            and rules.kappa(chain, everything - worked.outages - planned) == 1
            and rules.kappa(chain, everything - worked.outages) > 1
        }
        told = [set(one.chains) for one in Warnings(calendar).of_row(row)]
        assert told == ([bare] if bare else [])
        users = calendar.groups(bare)[1]
        assert not list(Warnings(calendar, more_users_than=users).of_row(row))


def spares(number):
    """A switch with so many spare uplinks, each through a core of its own, to one application."""
    cores = [f"core-{n}" for n in range(number)]
    components = [component("sw", Tier.ACCESS), component("app", Tier.APPLICATION)]
    components += [component(id_, Tier.CORE) for id_ in cores]
    links = [link("sw", id_) for id_ in cores] + [link(id_, "app") for id_ in cores]
    group = Group(id="g", users=10, members=("sw",))
    chain = Chain(id="c", name="c", source="g", to="app", level="r1")
    return catalogue_of(components, links, [group], [chain])


def beside(catalogue):
    """The same with a part that no chain rests on."""
    return catalogue_of(
        [*catalogue.components.values(), component("lone", Tier.CORE)],
        catalogue.links.values(),
        catalogue.groups.values(),
        catalogue.chains.values(),
    )


def work(id_, *components, start=0, end=10, **more):
    agreed = more.pop("agreed", True)
    return PlannedWork(
        id=id_, components=frozenset(components), start=start, end=end, agreed=agreed, **more
    )


def conflicts(catalogue, *planned, out=()):
    calendar = ChangeCalendar(catalogue, compile_gates(catalogue))
    rows = calendar.rows(elementary(planned), lambda *_: frozenset(out))
    return [(row.interval[:2], [one.changes for one in row.conflicts]) for row in rows]


def test_a_conflict_of_five_changes_is_found_as_surely_as_one_of_two():
    planned = [work(f"w-{n}", f"core-{n}") for n in range(5)]
    assert conflicts(spares(5), *planned) == [((0, 10), [tuple(f"w-{n}" for n in range(5))])]


def test_a_change_that_takes_a_group_down_alone_conflicts_with_nothing():
    assert conflicts(spares(2), work("w-0", "core-0", "core-1"), work("w-1", "sw")) == [
        ((0, 10), [])
    ]


def test_only_what_overlaps_conflicts():
    before, after = work("w-0", "core-0", end=5), work("w-1", "core-1", start=5)
    assert conflicts(spares(2), before, after) == [((0, 5), []), ((5, 10), [])]
    longer = work("w-0", "core-0", end=6)
    assert conflicts(spares(2), longer, after)[1] == ((5, 6), [("w-0", "w-1")])


def test_a_change_conflicts_with_what_is_out_already():
    assert conflicts(spares(2), work("w-1", "core-1"), out=["core-0"]) == [
        ((0, 10), [("core-0", "w-1")])
    ]
    assert conflicts(spares(2), work("w-1", "core-1"), out=["sw"]) == [((0, 10), [])]


def test_a_change_that_bears_the_name_of_a_part_that_is_out_conflicts_with_it():
    assert conflicts(spares(2), work("core-0", "core-1"), out=["core-0"]) == [
        ((0, 10), [("core-0", "core-0")])
    ]


def codes(catalogue, one, **more):
    calendar = ChangeCalendar(catalogue, compile_gates(catalogue))
    return [warned.code for warned in Warnings(calendar, **more).of_change(one)]


def test_each_fault_of_a_change_has_its_warning():
    two = spares(2)
    assert codes(two, work("w", "core-0")) == []
    assert codes(two, work("w", "core-0", agreed=False)) == ["not-agreed"]
    assert codes(two, work("w", "core-0", start=10)) == ["never-active"]
    assert codes(two, work("w", "core-0", "core-1")) == ["redundant-parts-together"]
    assert codes(two, work("w", "core-0", "sw")) == []
    assert codes(two, work("w", "sw", declared=frozenset())) == ["undeclared-impact"]
    assert codes(two, work("w", "sw", declared=frozenset({"c", "x"}))) == ["unknown-chain"]
    assert codes(beside(two), work("w", "lone")) == ["touches-no-chain"]


def test_outages_that_fell_a_group_between_them_are_no_conflict_of_changes():
    calm = conflicts(beside(spares(2)), work("w", "lone"), out=["core-0", "core-1"])
    assert calm == [((0, 10), [])]
