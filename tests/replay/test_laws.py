"""Laws of `keten replay`: a set of lines has one result, whatever their order, repeats and lateness."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events.codec import encode
from events.contract import Correction
from monitor.eventlines import usable
from monitor.replay import replay, run
from tests.engine.lab import at, office, saw, sweep
from tests.replay.test_late_corrections import lives
from topology.compiled import Compiled

OFFICE = Compiled.of(office())
MOMENTS = st.integers(-1, 70).map(lambda n: at(n * 15))


def of_lines(lines):
    events, refused = usable(OFFICE.catalogue, lines)
    return replay(OFFICE, events), sorted(str(one["id"]) for one in refused)


def late(events, draw):
    """The same events, recorded some time after they happened."""
    lag = [timedelta(seconds=draw(st.sampled_from([0, 1, 600, 90_000]))) for _ in events]
    return [
        replace(event, recordedtime=event.time + one)
        for event, one in zip(events, lag, strict=True)
    ]


@settings(max_examples=50, deadline=None)
@given(lives(), st.data(), st.randoms(use_true_random=False))
def test_neither_order_nor_repeats_nor_lateness_of_lines_change_the_result(events, data, random):
    lines = [encode(event) for event in late(events, data.draw)]
    again = [*lines, *random.sample(lines, len(lines) // 2)]
    random.shuffle(again)
    assert of_lines(again)[0] == of_lines(lines)[0]


@settings(max_examples=25, deadline=None)
@given(lives(), MOMENTS)
def test_until_is_the_replay_of_the_lines_up_to_and_including_that_moment(events, until):
    plain = [event for event in events if not isinstance(event, Correction)]
    early = [event for event in plain if event.time <= until]
    assert replay(OFFICE, plain, until) == replay(OFFICE, early)


@settings(max_examples=25, deadline=None)
@given(lives(), MOMENTS, st.data())
def test_as_of_is_the_replay_of_what_was_recorded_by_then_corrections_too(events, as_of, data):
    recorded = late(events, data.draw)
    known = [event for event in recorded if event.recordedtime <= as_of]
    assert replay(OFFICE, recorded, as_of=as_of) == replay(OFFICE, known)


@settings(max_examples=25, deadline=None)
@given(lives(), MOMENTS)
def test_stretches_up_to_a_moment_begin_those_of_the_whole_where_nothing_was_open(events, until):
    plain = [event for event in events if not isinstance(event, Correction)]
    part = run(OFFICE, plain, until)
    assert all(stretches == [] for stretches in part.chains.values()) == (part.end is None)
    for stretches in part.chains.values():
        assert all(one.start <= one.end <= until for one in stretches)


@settings(max_examples=25, deadline=None)
@given(lives(), st.integers(301, 10**7))
def test_a_clock_that_jumps_ahead_is_quarantined_and_moves_nothing(events, ahead_s):
    lines = [encode(event) for event in events]
    jumped = replace(saw("s1", "down", 900), time=at(900 + ahead_s))
    with_it, refused = of_lines([*lines, encode(jumped)])
    assert with_it == of_lines(lines)[0]
    assert jumped.id in refused


def test_events_of_one_moment_are_folded_by_recording_and_then_by_id():
    one, other = saw("app", "up", 60, "recorded"), saw("app", "down", 60, "recorded")
    swapped = replace(one, recordedtime=at(61))
    for events, state in (([one, other], "down"), ([swapped, other], "up")):
        for ordered in (events, events[::-1]):
            result = replay(OFFICE, [*sweep(0), *ordered])
            assert result["components"]["app"]["state"] == state
