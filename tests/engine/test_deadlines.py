"""By when an incident must be handled: service time from registration, the earliest counts (CORE.md 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.deadline import Agreed
from events.contract import Deadlines
from monitor.fold import Fold
from tests.calendar import oracle
from tests.engine.lab import LEVEL, Lab, catalogue, saw
from topology.model import Calendar, Chain, Hours, Reaction, Tier

DAILY = frozenset(range(7))
MOMENT = datetime(2026, 10, 23, 12, tzinfo=UTC)
"""Friday 14:00 local, the weekend on which the clock is set back."""

PRIORITIES = {
    "P1": Reaction(react_s=1800, solve_s=14_400),
    "P2": Reaction(react_s=3600, solve_s=28_800),
    "P3": Reaction(react_s=14_400, solve_s=57_600),
}


def calendar(id_, first, last, days=DAILY):
    end = None if last == 1440 else time(last // 60, last % 60)
    hours = Hours(days=days, start=time(first // 60, first % 60), end=end)
    return Calendar(id=id_, hours=(hours,))


def plan(first, last, days=DAILY):
    return oracle.Plan(((days, first, last),))


def with_levels(calendars, levels, chains):
    """A catalogue with chains `{id: level}`; the rest does not matter here."""
    base = catalogue({"s": Tier.ACCESS}, {"l": ("s", "app")}, groups={"g": ("s",)})
    return replace(
        base,
        calendars={one.id: one for one in calendars},
        levels={name: versions[-1] for name, versions in levels.items()},
        level_versions=levels,
        chains={
            id_: Chain(id=id_, name=id_, source="g", to="app", level=level)
            for id_, level in chains.items()
        },
    )


def slow_deadline(its, start, seconds):
    """Count service seconds from the start, one minute at a time."""
    at, left = start, seconds
    while left:
        step = min(left, 60 - at % 60)
        if oracle.is_served(its, at // 60 * 60):
            left -= step
        at += step
    return at


EDGES = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda one: one[0] < one[1])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(EDGES, st.integers(0, 4000), st.integers(0, 9000)), min_size=1, max_size=3),
    st.integers(0, 172_800),
)
def test_the_earliest_of_all_chains_counts_for_reaction_and_for_repair_apart(agreed, offset):
    calendars = [calendar(f"k{n}", *edges) for n, (edges, _, _) in enumerate(agreed)]
    levels = {
        f"l{n}": (
            replace(
                LEVEL,
                id=f"l{n}",
                calendar=f"k{n}",
                priority_times={"P1": Reaction(react_s=react, solve_s=solve)},
            ),
        )
        for n, (_, react, solve) in enumerate(agreed)
    }
    known = with_levels(calendars, levels, {f"c{n}": f"l{n}" for n in range(len(agreed))})
    opened = MOMENT + timedelta(seconds=offset)
    start = int(opened.timestamp())
    found = Agreed(known).deadlines(opened, "P1", known.chains)
    for told, which in ((found.react, 1), (found.solve, 2)):
        expected = min(slow_deadline(plan(*one[0]), start, one[which]) for one in agreed)
        assert told == datetime.fromtimestamp(expected, tz=UTC)


def agreed_for(priority, chains=("c",), levels=None, opened=MOMENT):
    office = calendar("altijd", 480, 1080, frozenset(range(5)))
    levels = levels or {"goud": (replace(LEVEL, priority_times=PRIORITIES),)}
    return Agreed(with_levels([office], levels, {"c": "goud"})).deadlines(opened, priority, chains)


def test_what_has_no_agreed_time_has_no_deadline():
    nothing = Deadlines()
    assert agreed_for("P4") == agreed_for(None) == nothing
    assert agreed_for("P1", chains=()) == nothing
    assert agreed_for("P1").react == MOMENT + timedelta(minutes=30)


def test_an_agreed_time_of_ages_is_no_deadline_and_breaks_nothing():
    ages = {"P1": Reaction(react_s=10**14, solve_s=10**14)}
    level = replace(LEVEL, priority_times=ages)
    assert agreed_for("P1", levels={"goud": (level,)}) == Deadlines()
    known = with_levels([Calendar(id="altijd", always=True)], {"goud": (level,)}, {"c": "goud"})
    assert Agreed(known).deadlines(MOMENT, "P1", ["c"]) == Deadlines()


def test_the_level_that_held_at_registration_counts():
    early = replace(LEVEL, priority_times=PRIORITIES)
    later = replace(
        LEVEL,
        priority_times={"P1": Reaction(react_s=60, solve_s=60)},
        valid_from=date(2026, 10, 26),
    )
    levels = {"goud": (early, later)}
    monday = MOMENT + timedelta(days=3)
    assert agreed_for("P1", levels=levels).react == MOMENT + timedelta(minutes=30)
    assert agreed_for("P1", levels=levels, opened=monday).react == monday + timedelta(minutes=1)
    only = {"goud": (later,)}
    assert agreed_for("P1", levels=only) == Deadlines()


# --- in the fold --------------------------------------------------------------------------------


def office(urgency=2):
    base = catalogue(
        {"a": Tier.ACCESS, "b": Tier.ACCESS, "core": Tier.CORE},
        {"l-a": ("a", "core"), "l-b": ("b", "core"), "l-app": ("core", "app")},
        groups={"g1": ("a",), "g2": ("b",)},
        unprobed=frozenset({"a", "b", "core"}),
        urgency=urgency,
    )
    level = replace(LEVEL, priority_times=PRIORITIES)
    return replace(
        base,
        calendars={"altijd": Calendar(id="altijd", always=True)},
        levels={"goud": level},
        groups={
            "g1": replace(base.groups["g1"], users=100),
            "g2": replace(base.groups["g2"], users=900),
        },
    )


def record(subject, status, seconds):
    return saw(subject, status, seconds, "recorded")


def times(incident):
    return {name: (at or "")[11:19] for name, at in incident["deadlines"].items()}


def test_deadlines_run_from_registration_not_from_the_outage():
    lab = Lab(office()).feed(record("a", "down", 0)).until(60)
    (one,) = lab.incidents
    assert (one["priority"], one["opened"]) == ("P2", "2026-06-09T12:01:00Z")
    assert times(one) == {"react": "13:01:00", "solve": "20:01:00"}


def test_a_higher_priority_recomputes_from_registration():
    lab = Lab(office()).feed(record("core", "degraded", 0)).until(60)
    first = times(lab.incidents[0])
    lab.feed(record("core", "down", 3000)).until(3060)
    (one,) = lab.incidents
    assert one["priority"] == "P1"
    assert times(one) == {"react": "12:31:00", "solve": "16:01:00"} != first


def test_deadlines_stay_when_it_is_closed_and_reopened():
    lab = Lab(office()).feed(record("a", "down", 0)).until(60)
    before = times(lab.incidents[0])
    lab.feed(record("a", "up", 100)).until(300)
    assert lab.incidents[0]["closed"] is not None
    assert times(lab.incidents[0]) == before
    lab.feed(record("a", "down", 400)).until(500)
    assert (lab.incidents[0]["reopened"], times(lab.incidents[0])) == (1, before)


def test_a_fold_cut_in_two_keeps_the_deadlines():
    lab = Lab(office()).feed(record("a", "down", 0)).until(60)
    again = Fold.thaw(lab.compiled, lab.fold.freeze())
    assert again.verdict() == lab.fold.verdict()
    assert again.verdict()["incidents"][0]["deadlines"]["react"] == "2026-06-09T13:01:00Z"
