"""Corrections of corrections, withdrawals, circles: what stands (DESIGN.md 7.2)."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events.contract import Correction
from monitor.corrections import Corrections, effective
from tests.engine.lab import at, correction, saw
from tests.replay.corrections import stands

STATUS = st.sampled_from(["up", "down", "degraded", "unknown", None])


@st.composite
def corrected(draw):
    """A few records and corrections of anything, each other included."""
    events = [
        saw("s1", draw(st.sampled_from(["up", "down"])), 10 * n, "recorded") for n in range(3)
    ]
    corrections = [correction("-", draw(st.integers(0, 5))) for _ in range(draw(st.integers(0, 7)))]
    ids = [one.id for one in (*events, *corrections)] + ["never-seen"]
    for one in corrections:
        of = draw(st.sampled_from([id_ for id_ in ids if id_ != one.id]))
        moved = draw(st.none() | st.integers(0, 30))
        data = replace(
            one.data,
            supersedes=of,
            status=draw(STATUS),
            at=None if moved is None else at(moved),
        )
        events.append(replace(one, data=data))
    return events


def said(events):
    return {one.id: (one.time, one.data.status) for one in effective(events)}


@settings(max_examples=100, deadline=None)
@given(corrected())
def test_what_stands_is_what_the_words_of_the_contract_say(events):
    assert said(events) == stands(events)


@settings(max_examples=50, deadline=None)
@given(corrected(), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_matter(events, random):
    shuffled = [*events, *events[::2]]
    random.shuffle(shuffled)
    assert effective(shuffled) == effective(events)


def test_two_events_with_one_id_are_told_apart_in_any_order():
    one = saw("s1", "down", 0, "recorded")
    other = replace(one, data=replace(one.data, status="up"))
    assert effective([one, other]) == effective([other, one])


def test_of_two_corrections_of_one_event_the_last_recorded_counts_and_not_the_last_dated():
    event = saw("s1", "down", 0, "recorded")
    early = replace(correction(event.id, 50, "up"), recordedtime=at(900))
    late = replace(correction(event.id, 800, "degraded"), recordedtime=at(850))
    assert said([event, early, late])[event.id][1] == "up"


def test_the_withdrawal_of_a_withdrawal_brings_the_event_back():
    event = saw("s1", "down", 0, "recorded")
    gone = correction(event.id, 10)
    assert said([event, gone]) == {}
    assert said([event, gone, correction(gone.id, 20)]) == {event.id: (at(0), "down")}


def test_a_withdrawal_that_is_put_right_is_a_correction():
    event = saw("s1", "down", 0, "recorded")
    gone = correction(event.id, 10)
    assert said([event, gone, correction(gone.id, 20, "degraded")]) == {
        event.id: (at(0), "degraded")
    }


def test_corrections_in_a_circle_hang_on_no_event():
    one, other = correction("x", 10, "up"), correction("y", 20, "up")
    one = replace(one, data=replace(one.data, supersedes=other.id))
    other = replace(other, data=replace(other.data, supersedes=one.id))
    event = saw("s1", "down", 0, "recorded")
    assert Corrections([one, other]).root(one.id) is None
    assert said([event, one, other]) == {event.id: (at(0), "down")}


def test_thousands_of_corrections_of_corrections_are_no_burden():
    chain = [saw("s1", "down", 0, "recorded")]
    for n in range(3000):
        chain.append(correction(chain[-1].id, n, moved=n))
    assert said(chain)[chain[0].id] == (at(2999), "down")


@settings(max_examples=50, deadline=None)
@given(corrected())
def test_no_version_of_an_event_is_older_than_its_reach(events):
    corrections = Corrections(events)
    times = {}
    for cut in range(len(events) + 1):  # whatever of it has been recorded so far
        for id_, (time, _) in said(events[:cut]).items():
            times.setdefault(id_, []).append(time)
    for event in events:
        if not isinstance(event, Correction):
            assert corrections.reach(event) <= min(times.get(event.id, [event.time]))
