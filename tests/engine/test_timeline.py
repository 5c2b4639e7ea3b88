"""Arrival out of order, repeats, late events and restarts (DESIGN.md 4)."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from events.contract import Incident, Notification, RootCause, State
from monitor.replay import replay
from monitor.timeline import Timeline
from tests.engine.lab import Lab, at, correction, office, port, saw, sweep
from tests.engine.test_fold_laws import OFFICE, histories
from topology.compiled import Compiled
from topology.model import Timing


def last_words(events):
    """What somebody who only reads what was published believes: the last word on each subject."""
    said = {}
    for event in events:
        if isinstance(event, State | RootCause | Incident):
            said[type(event), event.subject] = words(event)
    return said


def words(event):
    """What an event says of now; late symptoms are published together, some seconds after."""
    if isinstance(event, State):
        return replace(event.data, rewrites=None)
    return replace(event.data, symptoms=[]) if isinstance(event, RootCause) else event.data


def arrivals(draw, events):
    """The events in an order in which none is overtaken by one of more than four seconds later."""
    jitter = {event.id: draw(st.integers(0, 4)) for event in events}
    return sorted(events, key=lambda e: (e.time + timedelta(seconds=jitter[e.id]), e.id))


@settings(max_examples=25, deadline=None)
@given(histories(), st.data())
def test_status_agrees_with_a_replay_and_the_published_words_with_the_picture(events, data):
    timeline, told = Timeline(OFFICE), []
    for event in arrivals(data.draw, events):
        accepted = timeline.accept([event])
        assert accepted.late == []
        told += accepted.told
        timeline.settle(event.time)
    end = max(event.time for event in events)
    picture = last_words(timeline.present_all())
    for key, data_said in last_words(told).items():
        if key in picture:
            assert picture[key] == data_said
        else:
            assert data_said.status == "closed"
    timeline.settle(end + timedelta(seconds=5))
    assert timeline.status().digest == replay(OFFICE, events)["digest"]
    assert timeline.status().watermark == end


@settings(max_examples=25, deadline=None)
@given(histories(), st.data())
def test_a_restart_from_a_snapshot_gives_the_same_status(events, data):
    arrived = arrivals(data.draw, events)
    cut = data.draw(st.integers(0, len(arrived)))
    timeline = Timeline(OFFICE)
    for event in arrived[:cut]:
        timeline.accept([event])
        timeline.settle(event.time)
    timeline, offsets = Timeline.restore(OFFICE, timeline.snapshot({"observations/0": cut}))
    assert offsets == {"observations/0": cut}
    for event in [*arrived[max(0, cut - 3) : cut], *arrived[cut:]]:
        assert timeline.accept([event]).late == []
        timeline.settle(event.time)
    timeline.settle(max(event.time for event in events) + timedelta(seconds=5))
    assert timeline.status().digest == replay(OFFICE, events)["digest"]


def test_an_event_in_order_goes_out_at_once():
    timeline = Timeline(OFFICE)
    timeline.accept(sweep(0))
    told = timeline.accept([saw("a3", "down", 60)]).told
    assert [(e.subject, e.data.state) for e in told if isinstance(e, State)] == [
        ("a3", "unknown"),
        ("c-g3", "unknown"),
    ]
    assert timeline.refolds == 0


def test_what_turns_out_otherwise_is_published_as_a_difference():
    timeline = Timeline(OFFICE)
    told = timeline.accept(sweep(0)).told
    told += timeline.accept([saw("app", "down", 62, "service")]).told
    told += timeline.accept([saw("app", "up", 63, "service")]).told
    assert timeline.accept([saw("app", "up", 62.5, "service")]).told[-1].data.state == "up"
    assert timeline.refolds == 1


def test_an_incident_that_never_was_is_closed_by_the_difference():
    quick = Compiled.of(office(timing=Timing(confirm_s=0)))
    timeline = Timeline(quick)
    told = timeline.accept(sweep(0)).told
    told += timeline.accept([saw("app", "down", 62, "service")]).told
    assert [e.data.status for e in told if isinstance(e, Incident)] == ["open"]
    record = saw("app", "up", 62, "service")
    told = timeline.accept([record]).told
    assert [e.data.status for e in told if isinstance(e, Incident)] == ["closed"]
    assert not [e for e in told if isinstance(e, Notification)]


def test_a_repeat_is_counted_and_has_no_effect():
    timeline = Timeline(OFFICE)
    one = saw("s1", "down", 0)
    timeline.accept([one])
    assert timeline.accept([one]) == ([], [])
    timeline.accept([saw("s1", "up", 60)])
    timeline.settle(at(120))
    assert timeline.accept([one]) == ([], [])
    assert timeline.repeats == 2


def test_a_late_event_is_handed_back_and_a_rebuild_puts_it_in_its_place():
    events = [*sweep(0), *sweep(60), *sweep(120)]
    timeline = Timeline(OFFICE)
    early = timeline.snapshot({})
    timeline.accept(events)
    timeline.settle(at(125))
    late = saw("a3", "down", 90)
    assert timeline.accept([late]).late == [late]
    rebuilt = timeline.rebuild(early, [*events, late], at(125))
    assert rebuilt.late == []
    assert rebuilt.timeline.status().digest == replay(OFFICE, [*events, late])["digest"]
    assert ("a3", "up") in [(e.subject, e.data.state) for e in rebuilt.told if isinstance(e, State)]
    assert timeline.rebuild(early, events, at(125)).told == []


def test_a_correction_of_something_settled_is_late_and_of_something_recent_is_not():
    timeline = Timeline(OFFICE)
    old, new = saw("app", "down", 0, "recorded"), saw("app", "up", 60, "recorded")
    timeline.accept([old])
    timeline.settle(at(30))
    timeline.accept([new])
    assert timeline.accept([correction(new.id, 61, "degraded")]).late == []
    assert timeline.verdict()["components"]["app"]["state"] == "degraded"
    undo = correction(old.id, 62)
    assert timeline.accept([undo]).late == [undo]


def test_a_correction_that_arrives_before_its_event_is_kept_for_it():
    timeline = Timeline(OFFICE)
    event = saw("app", "down", 60, "recorded")
    timeline.accept([correction(event.id, 20, "up")])
    timeline.settle(at(59))
    timeline.accept([event])
    assert timeline.verdict()["components"]["app"]["state"] == "up"


def test_what_is_due_with_the_last_event_happens_without_waiting_for_the_next():
    quick = Compiled.of(office(timing=Timing(confirm_corroborated_s=0)))
    timeline = Timeline(quick)
    timeline.accept([*sweep(0), port("l-s3", "down", 60, "d1")])
    told = timeline.accept(sweep(63, ("s3", "a3"))).told
    assert [e.data.action for e in told if isinstance(e, Notification)] == ["opened"]
    lab = Lab(office())
    assert lab.fold.next_due() is None
