"""What a component was, second by second, from verdicts that may reach back."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from events.contract import State, StateData
from events.span import moment
from tests.accounts.world import told
from topology.accounts.exclusion import maintained
from topology.accounts.history import BEGINNING, state_at, timelines
from topology.accounts.spans import covers, merged, outside

NOON = 1_781_000_000
states = st.sampled_from(("up", "degraded", "down", "unknown", "unreachable"))
verdicts = st.lists(st.tuples(st.integers(0, 30), states, st.integers(0, 30)), max_size=8)
spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: (one[0], one[0] + one[1])),
    max_size=5,
)


def timeline(events, before="up"):
    return timelines(events, {"sw": before}).get("sw", [(BEGINNING, before)])


@given(verdicts, st.sampled_from(("up", "unknown")))
def test_a_verdict_holds_from_its_time_and_fills_what_was_open_before(listed, before):
    ordered = sorted(listed, key=lambda one: one[0])
    events = [told("sw", state, NOON + at, NOON + max(0, at - back)) for at, state, back in ordered]
    every = [before] * 60
    for at, state, back in ordered:
        every[at:] = [state] * (60 - at)
        for second in reversed(range(max(0, at - back), at)):
            if every[second] != state and every[second] not in ("unknown", "unreachable"):
                break
            every[second] = state
    found = timeline(events, before)
    assert [state_at(found, NOON + second) for second in range(60)] == every
    assert all(one[1] != two[1] for one, two in pairwise(found))


def test_a_failure_counts_from_the_first_failed_look():
    found = timeline([told("sw", "unknown", NOON), told("sw", "down", NOON + 30, NOON)])
    assert found == [(BEGINNING, "up"), (NOON, "down")]


def test_a_word_that_it_was_up_all_along_takes_no_outage_back():
    events = [told("sw", "down", NOON), told("sw", "up", NOON + 600, NOON - 3600)]
    assert timeline(events) == [(BEGINNING, "up"), (NOON, "down"), (NOON + 600, "up")]


def test_planned_work_shows_what_is_beneath_it():
    data = StateData(
        of="component",
        state="maint",
        since=moment(NOON),
        beneath="down",
        beneath_since=moment(NOON - 60),
    )
    events = [
        told("sw", "unknown", NOON - 60),
        State(id="m", source="t", subject="sw", time=moment(NOON), data=data),
    ]
    assert timeline(events) == [(BEGINNING, "up"), (NOON - 60, "down")]


@given(verdicts, spans)
def test_what_does_not_work_inside_a_window_is_maintained_and_nothing_else(listed, windows):
    ordered = sorted(listed, key=lambda one: one[0])
    raw = timeline([told("sw", state, NOON + at) for at, state, _ in ordered])
    laid = maintained(raw, merged((NOON + a, NOON + b) for a, b in windows))
    for second in range(60):
        state = state_at(raw, NOON + second)
        inside = any(a <= second < b for a, b in windows)
        wanted = "maint" if inside and state not in ("up", "degraded") else state
        assert state_at(laid, NOON + second) == wanted


@given(spans, st.integers(0, 40), st.integers(0, 40))
def test_inside_and_outside_share_out_every_second(windows, start, end):
    holes = merged(windows)
    left = {second for a, b in outside((start, end), holes) for second in range(a, b)}
    assert left == {s for s in range(start, end) if not any(a <= s < b for a, b in windows)}
    assert all(covers(holes, s) == any(a <= s < b for a, b in windows) for s in range(60))
