"""The engine role: cut anywhere it says what an uncut one says, and nothing breaks it for good."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from events import codec
from events.clock import ManualClock
from events.contract import (
    COMMANDS,
    DEADLETTERS,
    INCIDENTS,
    NOTIFICATIONS,
    OBSERVATIONS,
    STATES,
    CatalogueLoaded,
    Correction,
    Incident,
    Notification,
    Observation,
    State,
    Tick,
)
from events.errors import LogFull, LogUnavailable
from events.log import Entry, Partition
from events.memory import MemoryLog
from monitor import fold as fold_module
from monitor.replay import replay
from monitor.roles import engine as engine_module
from monitor.roles.engine import Engine
from monitor.snapshot import Snapshots
from tests.engine.lab import NOON, at, correction, office, saw, sweep
from topology.compiled import Compiled
from topology.model import Timing

OFFICE = Compiled.of(office(timing=Timing(confirm_s=30, clear_s=30)))
ONE = {OBSERVATIONS: 1}


class Lab:
    """A log, a clock, a directory; engines come and go."""

    def __init__(self, directory, partitions=None) -> None:
        self.clock = ManualClock(NOON)
        self.log = MemoryLog(self.clock, partitions or ONE)
        self.directory = directory
        self.keep_snapshots = True

    def engine(self, compiled: Compiled = OFFICE) -> Engine:
        return Engine(self.log, self.clock, compiled, Snapshots(self.directory))

    @asynccontextmanager
    async def running(self, compiled: Compiled = OFFICE):
        engine = self.engine(compiled)
        task = asyncio.create_task(engine.run())
        try:
            for _ in range(200):
                await self.clock.advance(0.05)
                if engine.is_ready or task.done():
                    break
                await asyncio.sleep(0.001)
            yield engine
        finally:
            ended = task.done()
            task.cancel()
            results = await asyncio.gather(task, return_exceptions=True)
            if ended:
                raise results[0]

    async def until(self, seconds: float) -> None:
        """Let time pass up to so many seconds after noon."""
        while (left := seconds - self.clock.monotonic()) > 0:
            await self.clock.advance(min(left, 1.0))
            await settle_down()

    async def say(self, *events) -> None:
        """Put events on the log as they are, accepted now."""
        for event in events:
            topic = OBSERVATIONS if isinstance(event, Observation) else COMMANDS
            await self.log.publish(topic, [Entry("default", event)])
        await settle_down()

    async def read(self, *topics):
        reader = await self.log.subscribe(topics)
        records = await reader.read(limit=100_000, wait_s=0.0)
        return [codec.decode(record.value) for record in records]

    async def inputs(self):
        return await self.read(OBSERVATIONS, COMMANDS)

    async def notices(self) -> list[tuple[str, str]]:
        told = await self.read(NOTIFICATIONS)
        return [(n.data.action, n.data.title) for n in told if isinstance(n, Notification)]

    async def last_states(self) -> dict[str, str]:
        return {s.subject: s.data.state for s in await self.read(STATES) if isinstance(s, State)}

    async def open_incidents(self) -> list[str]:
        last = {i.subject: i.data for i in await self.read(INCIDENTS) if isinstance(i, Incident)}
        return sorted(data.cause for data in last.values() if data.status == "open")


async def settle_down() -> None:
    """Give a thread that writes a snapshot the moment it needs."""
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture
def lab(tmp_path) -> Lab:
    return Lab(tmp_path)


async def outage(lab: Lab, seconds: float) -> None:
    """The switch s3 dies; it is confirmed 30 s later."""
    await lab.until(seconds)
    await lab.say(*sweep(seconds))
    await lab.until(seconds + 60)
    await lab.say(*sweep(seconds + 60, ("s3", "a3")))
    await lab.until(seconds + 64)
    await lab.say(*sweep(seconds + 64, ("s3", "a3")))
    await lab.until(seconds + 120)


async def test_a_fault_becomes_states_an_incident_and_one_notice(lab):
    async with lab.running():
        await outage(lab, 0)
    assert (await lab.last_states())["s3"] == "down"
    assert await lab.open_incidents() == ["s3"]
    assert [action for action, _ in await lab.notices()] == ["opened"]


async def test_status_is_what_a_replay_of_the_log_gives(lab):
    async with lab.running() as engine:
        await outage(lab, 0)
        await lab.until(140)
        status = engine.status()
    again = replay(OFFICE, await lab.inputs(), status.watermark)
    assert (status.digest, status.watermark) == (again["digest"], at_or_none(again["watermark"]))


def at_or_none(text):
    from datetime import datetime

    return None if text is None else datetime.fromisoformat(text)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes and little off
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(cuts=[6, 193], lose=False, parts=1)
@given(
    cuts=st.lists(st.integers(1, 260), min_size=1, max_size=3, unique=True),
    lose=st.booleans(),
    parts=st.sampled_from([1, 3]),
)
def test_cut_anywhere_and_restarted_it_says_what_an_uncut_one_says(
    tmp_path_factory, cuts, lose, parts
):
    async def story() -> None:
        lab = Lab(tmp_path_factory.mktemp("engine"), {OBSERVATIONS: parts})
        feed = {t: sweep(t, ("s3", "a3") if 60 <= t < 150 else ()) for t in range(0, 240, 30)}
        moments = sorted({*feed, *cuts, 300})
        running = lab.running()
        engine = await running.__aenter__()
        for moment in moments:
            await lab.until(moment)
            if moment in cuts:
                await running.__aexit__(None, None, None)
                if lose:
                    for path in lab.directory.glob("*.snapshot"):
                        path.unlink()
                running = lab.running()
                engine = await running.__aenter__()
            await lab.say(*feed.get(moment, []))
        status, verdict = engine.status(), engine._timeline.verdict()
        await running.__aexit__(None, None, None)
        again = replay(OFFICE, await lab.inputs(), status.watermark)
        assert status.digest == again["digest"]
        assert [action for action, _ in await lab.notices()] == ["opened", "closed"]
        ids = [event.id for event in await lab.read(NOTIFICATIONS)]
        assert len(ids) == len(set(ids)), "a restart publishes no notice twice"
        said = await lab.last_states()
        known = {**verdict["components"], **verdict["chains"]}
        assert {id_: said[id_] for id_ in known} == {i: one["state"] for i, one in known.items()}

    asyncio.run(story())


async def test_a_restart_says_nothing_when_nothing_is_new(lab):
    async with lab.running():
        await outage(lab, 0)
    before = await lab.read(STATES, INCIDENTS, NOTIFICATIONS, COMMANDS)
    async with lab.running():
        await lab.until(121)
    after = await lab.read(STATES, INCIDENTS, NOTIFICATIONS, COMMANDS)
    assert [e for e in after[len(before) :] if not isinstance(e, Tick)] == []


async def test_a_notice_that_a_crash_kept_back_is_sent_after_the_restart(lab):
    async with lab.running():
        await outage(lab, 0)
    kept = lab.log._records[Partition(NOTIFICATIONS, 0)]
    assert len(kept) == 1
    kept.clear()
    for path in lab.directory.glob("*.snapshot"):
        snapshot = Snapshots(lab.directory)._read(path)
        if snapshot.taken > at(60):
            path.unlink()
    async with lab.running():
        await lab.until(150)  # the reader waits for what is missing at the end
    assert [action for action, _ in await lab.notices()] == ["opened"]


async def test_a_new_catalogue_tells_no_old_alarm_anew_and_no_history_of_states(lab):
    async with lab.running():
        await outage(lab, 0)
    notices = await lab.notices()
    states = len(await lab.read(STATES))
    other = Compiled.of(replace(OFFICE.catalogue, version="v2", groups=_more_users()))
    async with lab.running(other):
        told = (await lab.read(STATES))[states:]
        s3 = [s.data.state for s in told if isinstance(s, State) and s.subject == "s3"]
        assert set(s3) <= {"down"}
        await lab.until(130)
    assert await lab.notices() == notices
    assert await lab.open_incidents() == ["s3"]


def _more_users():
    return {id_: replace(g, users=g.users * 2) for id_, g in OFFICE.catalogue.groups.items()}


async def test_an_incident_of_a_component_that_left_the_catalogue_does_not_stay_open(lab):
    async with lab.running():
        await outage(lab, 0)
    assert await lab.open_incidents() == ["s3"]
    without = office(timing=Timing(confirm_s=30, clear_s=30))
    components = {k: c for k, c in without.components.items() if k not in ("s3", "a3")}
    links = {k: one for k, one in without.links.items() if k not in ("l-s3", "l-a3")}
    groups = {k: g for k, g in without.groups.items() if k != "g3"}
    chains = {k: c for k, c in without.chains.items() if k != "c-g3"}
    smaller = replace(
        without, version="v2", components=components, links=links, groups=groups, chains=chains
    )
    async with lab.running(Compiled.of(smaller)):
        await lab.until(125)
    assert await lab.open_incidents() == []
    letters = await lab.read(DEADLETTERS)
    assert letters == [], "what the catalogue of then could use is no dead letter"


async def test_the_catalogue_is_announced_once_and_not_at_every_restart(lab):
    for seconds in (1, 2, 3):
        async with lab.running():
            await lab.until(seconds)
    loaded = [e for e in await lab.read(COMMANDS) if isinstance(e, CatalogueLoaded)]
    assert len(loaded) == 1


# --- late ----------------------------------------------------------------------------------------


async def test_late_events_are_folded_in_their_place_together(lab):
    async with lab.running() as engine:
        await lab.until(1)
        await lab.say(*sweep(1))
        await lab.until(61)
        await lab.say(*sweep(61))
        await lab.until(90)
        await lab.say(*sweep(31), *sweep(32, ("s1",)), *sweep(33))
        await lab.until(100)
        status = engine.status()
        assert engine.counts.rebuilds <= 3
    assert status.digest == replay(OFFICE, await lab.inputs(), status.watermark)["digest"]


async def test_a_correction_of_something_settled_long_ago_is_applied(lab):
    wrong = saw("app", "down", 1, "recorded")
    async with lab.running() as engine:
        await lab.until(1)
        await lab.say(*sweep(1), wrong)
        await lab.until(200)
        await lab.say(*sweep(200))
        await lab.until(260)
        assert (await lab.last_states())["app"] == "down"
        undo = correction(wrong.id, 260)
        await lab.say(undo)
        await lab.until(275)
        status = engine.status()
    inputs = await lab.inputs()
    assert any(isinstance(event, Correction) for event in inputs)
    assert (await lab.last_states())["app"] == "up"
    assert status.digest == replay(OFFICE, inputs, status.watermark)["digest"]


async def test_an_engine_that_is_behind_takes_nothing_for_late(lab, monkeypatch):
    monkeypatch.setattr(engine_module, "LIMIT", 4)
    events = [event for t in range(0, 60, 10) for event in sweep(t)]
    for event in events:
        await lab.until((event.time - NOON).total_seconds())
        lab.log.put(Partition(OBSERVATIONS, 0), "default", codec.encode(event))
    await lab.until(300)
    async with lab.running() as engine:
        await lab.until(301)
        assert engine.counts.rebuilds == 0
        assert engine.counts.events["observation"] == len(events)


async def test_a_snapshot_whose_place_the_log_lost_is_passed_over(lab):
    async with lab.running():
        await lab.until(1)
        await lab.say(*sweep(1))
        await lab.until(70)
    partition = Partition(OBSERVATIONS, 0)
    await lab.say(*sweep(70), *sweep(71))
    lab.log.forget(partition, 20)
    async with lab.running() as engine:
        await lab.until(80)
        assert engine.status().watermark is not None
    assert (await lab.last_states())["s3"] == "up"


async def test_a_snapshot_of_another_log_is_passed_over_and_not_tried_for_ever(lab):
    async with lab.running():
        await lab.until(1)
        await lab.say(*sweep(1), *sweep(2))
        await lab.until(70)
    lab.log = MemoryLog(lab.clock)
    async with lab.running() as engine:
        await lab.until(80)
        await lab.say(*sweep(80), *sweep(81))
        await lab.until(90)
        assert engine.status().watermark is not None
        assert engine.counts.events["observation"] == len(sweep(80)) + len(sweep(81))
    assert (await lab.last_states())["s3"] == "up"


async def test_a_place_that_is_lost_while_it_runs_is_said_and_gone_on_from(lab):
    async with lab.running():
        await lab.until(1)
        await lab.say(*sweep(1))
        for event in sweep(2):
            lab.log.put(Partition(OBSERVATIONS, 0), "default", codec.encode(event))
        lab.log.forget(Partition(OBSERVATIONS, 0), 15)
        await lab.until(5)
        await lab.say(*sweep(5))
        await lab.until(15)
    assert (await lab.last_states())["s1"] == "up"


# --- what breaks -----------------------------------------------------------------------------------


@pytest.fixture
def poison(monkeypatch):
    """A subject whose observations break the fold."""
    step = fold_module.Fold.step

    def broken(self, event):
        if event.subject == "d2" and getattr(event.data, "reason", "") == "poison":
            raise KeyError("boom")
        return step(self, event)

    monkeypatch.setattr(fold_module.Fold, "step", broken)
    return lambda seconds: saw("d2", "up", seconds, reason="poison")


async def dead(lab) -> list[str]:
    return [letter.data.reason for letter in await lab.read(DEADLETTERS)]


async def test_an_event_that_breaks_the_fold_is_set_aside_and_the_rest_goes_on(lab, poison):
    async with lab.running() as engine:
        await lab.until(1)
        await lab.say(*sweep(1), poison(1), *sweep(2))
        await lab.until(10)
        await lab.say(saw("s1", "down", 10))
        await lab.until(20)
        assert engine._careful is False
    assert await dead(lab) == ["breaks the fold: KeyError: 'boom'"]
    states = await lab.read(STATES)
    assert len({s.id for s in states}) == len(states), "nothing is published twice on the way"


async def test_a_poisonous_event_that_comes_late_does_not_stop_the_engine(lab, poison):
    async with lab.running():
        await lab.until(1)
        await lab.say(*sweep(1))
        await lab.until(60)
        await lab.say(*sweep(60), poison(20), saw("s1", "down", 21))
        await lab.until(75)
    assert await dead(lab) == ["breaks the fold: KeyError: 'boom'"]


async def test_poison_of_an_earlier_life_does_not_break_the_refold_of_a_late_event(lab, poison):
    async with lab.running():
        await lab.until(1)
        await lab.say(*sweep(1))
        await lab.until(30)
        await lab.say(poison(30))
        await lab.until(40)
        await lab.say(*sweep(40))
        await lab.until(70)
    async with lab.running() as engine:
        await lab.say(saw("s1", "degraded", 20))
        await lab.until(90)
        assert engine.counts.rebuilds == 1
    assert set(await dead(lab)) == {"breaks the fold: KeyError: 'boom'"}


async def test_what_the_catalogue_does_not_know_is_set_aside_once_and_not_at_every_refold(lab):
    async with lab.running() as engine:
        await lab.until(1)
        await lab.say(*sweep(1), saw("stranger", "up", 1))
        lab.log.put(Partition(OBSERVATIONS, 0), "default", b"not json")
        await lab.until(40)
        await lab.say(*sweep(40))
        await lab.until(60)
        await lab.say(saw("s1", "up", 20))
        await lab.until(70)
        assert engine.counts.rebuilds == 1
    assert len(await dead(lab)) == 2
    async with lab.running():
        await lab.until(75)
    assert len(await dead(lab)) == 2


@pytest.mark.parametrize("failure", [LogFull("no space"), LogUnavailable("away")])
async def test_a_log_that_takes_nothing_is_waited_for_and_nothing_is_lost(lab, failure):
    async with lab.running():
        await lab.until(1)
        await lab.say(*sweep(1))
        await lab.until(60)
        await lab.say(*sweep(60, ("s3", "a3")), *sweep(64, ("s3", "a3")))
        lab.log.failure = failure
        await lab.until(110)
        lab.log.failure = None
        await lab.until(130)
    assert [action for action, _ in await lab.notices()] == ["opened"]


async def test_a_disk_that_takes_no_snapshot_does_not_stop_the_engine(lab, monkeypatch):
    def full(_self, _snapshot):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Snapshots, "save", full)
    async with lab.running() as engine:
        await outage(lab, 0)
        assert engine.counts.unsaved > 0
    assert [action for action, _ in await lab.notices()] == ["opened"]


# --- ticks -----------------------------------------------------------------------------------------


async def test_ticks_come_when_something_is_due_and_at_most_one_a_second(lab):
    async with lab.running():
        await outage(lab, 0)
    ticks = [e.time for e in await lab.read(COMMANDS) if isinstance(e, Tick)]
    assert ticks
    assert all((b - a).total_seconds() >= 1 for a, b in pairwise(ticks))


async def test_a_due_moment_that_stays_in_the_past_makes_no_storm_of_ticks(lab, monkeypatch):
    monkeypatch.setattr(engine_module.Timeline, "next_due", lambda _self: NOON)
    async with lab.running():
        await lab.until(10)
    ticks = [e for e in await lab.read(COMMANDS) if isinstance(e, Tick)]
    assert len(ticks) <= 11
