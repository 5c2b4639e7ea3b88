"""Corrections that come early, late, of each other, of what was forgotten: live says what a replay says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.corrections import Corrections
from monitor.pending import WAITING
from monitor.replay import replay
from monitor.timeline import Timeline
from tests.engine.lab import at, correction, office, saw, sweep
from tests.engine.test_fold_laws import histories
from topology.compiled import Compiled

OFFICE = Compiled.of(office())


class Live:
    """A timeline with the log and the snapshots that the engine has beside it."""

    def __init__(self, remembered):
        self.timeline = Timeline(OFFICE, remembered=remembered)
        self.log, self.dead = [], []
        self.snapshots = [(None, 0, self.timeline.snapshot({}))]
        self.clock = at(0)

    def hear(self, event):
        self.log.append(event)
        self.clock = max(self.clock, event.time)
        late = self.timeline.accept([event]).late
        self.timeline.settle(self.clock)
        if late:
            self.place(late)

    def place(self, late):
        found = self.look_up(self.timeline.strangers(late))
        if None in found.values():
            self.dead += late
            self.log = [event for event in self.log if event not in late]
            return
        since = self.timeline.since(late, found)
        fit = [one for one in self.snapshots if one[0] is None or one[0] < since]
        for _, place, frozen in reversed(fit):
            rebuilt = self.timeline.rebuild(frozen, self.log[place:], self.clock)
            if not rebuilt.late:
                break
        assert rebuilt.late == []
        self.timeline, self.snapshots = rebuilt.timeline, fit

    def look_up(self, strangers):
        known = {event.id: event for event in self.log}
        corrections = Corrections(self.log)
        return {
            root: corrections.reach(known[end]) if end in known else None
            for root in strangers.values()
            for end in [corrections.root(root)]
        }

    def save(self):
        self.snapshots.append((self.timeline.watermark, len(self.log), self.timeline.snapshot({})))

    def restart(self):
        _, place, frozen = self.snapshots[-1]
        self.timeline, _ = Timeline.restore(
            OFFICE, frozen, remembered=self.timeline._pending._remembered
        )
        for event in self.log[place:]:
            late = self.timeline.accept([event]).late
            self.timeline.settle(self.clock)
            if late:
                self.place(late)

    def status(self):
        end = max(event.time for event in self.log)
        self.timeline.settle(end + timedelta(days=1))
        return self.timeline.status()


@st.composite
def lives(draw):
    """Events and corrections of them, of each other and of nothing, in order of arrival."""
    events = draw(histories())
    ids = [event.id for event in events]
    corrections = [
        correction("-", draw(st.integers(0, 1000))) for _ in range(draw(st.integers(1, 6)))
    ]
    for one in corrections:
        others = [c.id for c in corrections if c.id != one.id]
        of = draw(st.sampled_from([*ids, *others, *others, "never-seen"]))
        status = draw(st.sampled_from(["up", "down", None]))
        moved = draw(st.none() | st.integers(0, 60).map(lambda n: at(n * 15)))
        data = replace(one.data, supersedes=of, status=status, at=moved)
        events.append(replace(one, data=data))
    delay = {event.id: draw(st.sampled_from([0, 0, 0, 3, 40, 400])) for event in events}
    return sorted(events, key=lambda e: (e.time + timedelta(seconds=delay[e.id]), e.id))


@settings(max_examples=25, deadline=None)
@given(lives(), st.data(), st.sampled_from([50_000, 4]))
def test_live_says_what_a_replay_of_the_same_set_says(events, data, remembered):
    live = Live(remembered)
    for event in events:
        live.hear(event)
        what = data.draw(st.sampled_from(["go on", "go on", "save", "restart"]))
        if what == "save":
            live.save()
        elif what == "restart":
            live.restart()
    if remembered == 50_000:
        assert live.dead == []
    status = live.status()
    until = status.watermark
    assert status.digest == replay(OFFICE, live.log, until)["digest"]


def recorded(status, seconds):
    return saw("app", status, seconds, "recorded")


def settled(remembered=50_000):
    """A fault that was recorded, its correction, and a day after it; all settled."""
    live = Live(remembered)
    down = recorded("down", 60)
    first = correction(down.id, 100, "up")
    for event in (*sweep(0), down, first, *sweep(3000)):
        live.hear(event)
    live.timeline.settle(at(4000))
    live.save()
    return live, down, first


@pytest.mark.parametrize("remembered", [50_000, 3])
def test_a_correction_of_a_settled_correction_is_late_and_takes_effect(remembered):
    live, _, first = settled(remembered)
    assert live.timeline.verdict()["components"]["app"]["state"] == "up"
    live.hear(correction(first.id, 4100))
    assert live.timeline.verdict()["components"]["app"]["state"] == "down"
    assert live.timeline.waiting == 0


@pytest.mark.parametrize("remembered", [50_000, 3])
def test_a_correction_of_what_was_forgotten_is_looked_up_and_takes_effect(remembered):
    live, down, _ = settled(remembered)
    live.hear(correction(down.id, 4100, "degraded"))
    assert live.timeline.verdict()["components"]["app"]["state"] == "degraded"


def test_a_correction_of_nothing_waits_while_nothing_was_forgotten_and_then_is_set_aside():
    live, _, _ = settled()
    live.hear(correction("never-seen", 4100, "up"))
    assert (live.timeline.waiting, live.dead) == (1, [])
    assert live.timeline.status().waiting == 1
    live, _, _ = settled(3)
    nothing = correction("never-seen", 4100, "up")
    live.hear(nothing)
    assert (live.timeline.waiting, live.dead) == (0, [nothing])


def test_no_more_than_so_many_corrections_wait():
    timeline = Timeline(OFFICE)
    corrections = [correction(f"x-{n}", n, "up") for n in range(WAITING + 2)]
    late = timeline.accept(corrections).late
    assert late == corrections[-2:]
    assert timeline.waiting == WAITING


def test_a_correction_of_a_waiting_correction_waits_with_it():
    live = Live(50_000)
    event = recorded("down", 500)
    first = correction(event.id, 10, "degraded")
    for one in (*sweep(0), first, correction(first.id, 20, "up"), *sweep(300)):
        live.hear(one)
    live.timeline.settle(at(400))
    live.hear(event)
    assert live.timeline.verdict()["components"]["app"]["state"] == "up"


def test_an_event_that_its_waiting_correction_moves_into_the_past_is_late():
    live = Live(50_000)
    event = recorded("down", 5000)
    for one in (*sweep(0), correction(event.id, 10, moved=60), *sweep(3000), event, *sweep(6000)):
        live.hear(one)
    assert live.timeline.verdict()["components"]["app"]["since"] == "2026-06-09T12:01:00Z"


def test_taking_back_what_moved_an_event_ahead_is_late_when_its_own_time_has_passed():
    live = Live(50_000)
    event = recorded("down", 100)
    ahead = correction(event.id, 100, moved=9000)
    for one in (*sweep(0), event, ahead, *sweep(3000), correction(ahead.id, 3001), *sweep(3060)):
        live.hear(one)
    assert live.timeline.verdict()["components"]["app"]["since"] == "2026-06-09T12:01:40Z"
