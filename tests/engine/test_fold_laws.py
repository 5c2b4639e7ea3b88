"""Laws of the fold: order of arrival, cuts, ticks and repeats change nothing (DESIGN.md 4)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.contract import Tick
from monitor.fold import Fold, SnapshotRefused
from monitor.replay import effective, replay
from tests.engine.lab import (
    DEVICES,
    Lab,
    at,
    catalogue,
    change,
    correction,
    office,
    port,
    saw,
    tick,
)
from topology.compiled import Compiled
from topology.model import Tier

OFFICE = Compiled.of(office(risks={"power-plek": ("s1", "s2")}))
LINKS = [(link, end) for link, (end, _) in OFFICE.management.links.items()]
STATUS = st.sampled_from(["up", "up", "down", "down", "degraded", "unknown"])


@st.composite
def histories(draw):
    """Half an hour of an office in which anything may happen."""
    events = []
    for _ in range(draw(st.integers(1, 25))):
        when = draw(st.integers(0, 60)) * 15
        what = draw(
            st.sampled_from(["reach", "reach", "sweep", "port", "self", "recorded", "work", "tick"])
        )
        device = draw(st.sampled_from(DEVICES))
        if what == "sweep":
            down = draw(st.sets(st.sampled_from(DEVICES), max_size=4))
            events += [saw(d, "down" if d in down else "up", when) for d in DEVICES]
        elif what == "port":
            link, end = draw(st.sampled_from(LINKS))
            events.append(port(link, draw(STATUS), when, end))
        elif what == "work":
            window = (when + 30, when + 30 + draw(st.integers(1, 20)) * 15)
            events.append(change(f"w-{device}", [device], window, when))
        elif what == "tick":
            events.append(tick(when))
        else:
            events.append(saw(device, draw(STATUS), when, what))
    return events


def fold_of(events):
    fold, told = Fold(OFFICE), []
    for event in effective(events):
        told += fold.step(event)
    return fold, told


@settings(max_examples=25, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(events, random):
    shuffled = events[:]
    random.shuffle(shuffled)
    one, other = fold_of(events), fold_of(shuffled)
    assert one[0].freeze() == other[0].freeze()
    assert one[1] == other[1]


@settings(max_examples=25, deadline=None)
@given(histories(), st.data())
def test_a_fold_cut_anywhere_says_and_keeps_the_same_bytes(events, data):
    whole, told = fold_of(events)
    ordered = effective(events)
    cut = data.draw(st.integers(0, len(ordered)))
    fold, said = Fold(OFFICE), []
    for event in ordered[:cut]:
        said += fold.step(event)
    frozen = fold.freeze()
    fold = Fold.thaw(OFFICE, frozen)
    assert fold.freeze() == frozen
    for event in ordered[cut:]:
        said += fold.step(event)
    assert said == told
    assert fold.freeze() == whole.freeze()
    assert fold.next_due() == whole.next_due()


def test_a_dark_link_that_is_judged_twice_while_its_end_fails_keeps_the_same_bytes():
    events = [
        *(saw("core", "up", 0) for _ in range(4)),
        port("l-d1", "down", 15, "core"),
        saw("s2", "up", 375),
        saw("d1", "down", 540, "recorded"),
        saw("core", "down", 540),
        saw("core", "up", 780, "self"),
    ]
    whole, _ = fold_of(events)
    ordered = effective(events)
    for cut in range(len(ordered) + 1):
        fold = Fold(OFFICE)
        for event in ordered[:cut]:
            fold.step(event)
        fold = Fold.thaw(OFFICE, fold.freeze())
        for event in ordered[cut:]:
            fold.step(event)
        assert fold.freeze() == whole.freeze()


@settings(max_examples=25, deadline=None)
@given(histories(), st.lists(st.integers(0, 1000), max_size=20))
def test_ticks_let_time_pass_and_nothing_else(events, ticks):
    plain = [event for event in events if not isinstance(event, Tick)]
    one, told = fold_of([*plain, tick(1000)])
    other, said = fold_of([*plain, *map(tick, ticks), tick(1000)])
    one.advance(at(1000))
    other.advance(at(1000))
    assert one.verdict() == other.verdict()
    assert [e.id for e in told] == [e.id for e in said]


@settings(max_examples=15, deadline=None)
@given(histories())
def test_a_repeated_event_has_no_effect(events):
    assert replay(OFFICE, events) == replay(OFFICE, [*events, *events])
    fold, told = Fold(OFFICE), []
    for event in effective(events):
        told += fold.step(event)
        assert fold.step(event) == []
    assert told == fold_of(events)[1]


@settings(max_examples=25, deadline=None)
@given(histories())
def test_chains_kept_step_by_step_are_those_of_the_states(events):
    fold, _ = fold_of(events)
    from topology.lanes import Lanes

    lanes = Lanes(OFFICE.gates)
    verdict = fold.verdict()
    lanes.set({id_: one["state"] for id_, one in verdict["components"].items()})
    for id_, chain in verdict["chains"].items():
        assert chain["state"] == lanes.verdict(id_).state


@settings(max_examples=25, deadline=None)
@given(histories())
def test_what_is_down_is_a_cause_and_what_only_suffers_never_has_an_incident(events):
    lab = Lab(office(risks={"power-plek": ("s1", "s2")}))
    for event in effective(events):
        lab.feed(event)
    assert {cause for cause in lab.causes if cause != "l-poller"} == lab.faults
    faulty = {e.subject for e in lab.told if getattr(e.data, "state", "") in ("down", "degraded")}
    assert {one["cause"] for one in lab.incidents} <= faulty | {"l-poller"}


def test_an_event_older_than_the_fold_is_refused():
    fold = Fold(OFFICE)
    fold.step(saw("s1", "up", 60))
    with pytest.raises(ValueError, match="the fold is at"):
        fold.step(saw("s1", "up", 0))


def test_a_snapshot_of_another_catalogue_is_refused():
    other = Compiled.of(catalogue({"s": Tier.ACCESS}, {}))
    frozen = Fold(OFFICE).freeze().replace(b'"v1"', b'"v0"')
    with pytest.raises(SnapshotRefused):
        Fold.thaw(other, frozen)
    with pytest.raises(SnapshotRefused):
        Fold.thaw(other, b"{")


def test_next_due_is_none_when_nothing_will_happen_by_itself():
    assert Fold(OFFICE).next_due() is None
    fold = Fold(OFFICE)
    fold.step(saw("s1", "up", 0))
    assert fold.next_due() == at(122)


# --- corrections ------------------------------------------------------------------------------


def recorded(status, seconds):
    return saw("s1", status, seconds, "recorded")


def test_a_correction_moves_the_event_and_keeps_what_is_null():
    down, up = recorded("down", 0), recorded("up", 1200)
    moved = correction(up.id, 5000, moved=840)
    assert [e.time for e in effective([down, up, moved])] == [at(0), at(840)]
    assert [e.data.status for e in effective([down, up, moved])] == ["down", "up"]


def test_two_nulls_withdraw_the_event():
    down, up = recorded("down", 0), recorded("up", 1200)
    assert effective([down, up, correction(down.id, 5000)]) == [up]


def test_the_last_recorded_correction_counts():
    down = recorded("down", 0)
    late, later = correction(down.id, 100, "up"), correction(down.id, 200, "degraded")
    assert [e.data.status for e in effective([later, late, down])] == ["degraded"]


def test_a_withdrawn_correction_gives_way_to_the_one_before_it():
    down = recorded("down", 0)
    late, later = correction(down.id, 100, "up"), correction(down.id, 200, "degraded")
    assert [e.data.status for e in effective([later, late, down, correction(later.id, 300)])] == [
        "up"
    ]


def test_a_correction_of_a_correction_keeps_what_it_does_not_name():
    down = recorded("down", 0)
    moved = correction(down.id, 100, "up", moved=60)
    again = correction(moved.id, 200, moved=90)
    (event,) = effective([down, moved, again])
    assert (event.time, event.data.status) == (at(90), "up")


def test_corrections_in_a_circle_end():
    down = recorded("down", 0)
    one = correction("x", 100, "up")
    from msgspec.structs import replace

    one = replace(one, data=replace(one.data, supersedes=down.id))
    other = correction(one.id, 200, "degraded")
    loop = correction(other.id, 300, "unknown")
    loop = replace(loop, data=replace(loop.data, supersedes=other.id))
    other = replace(other, data=replace(other.data, supersedes=loop.id))
    assert len(effective([down, one, other, loop])) == 1
