"""The beat, the active re-check and what is published, on a clock that only moves when told."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clock import ManualClock
from events.contract import MEASUREMENTS, OBSERVATIONS, MeasurementData, ObservationData
from events.errors import LogUnavailable
from probes.port import Look, SnmpCredential, Target
from probes.runner import Runner
from probes.schedule import Schedule, phase

START = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


def target(name: str, **more: object) -> Target:
    given = {"interval_s": 60.0, "timeout_s": 2.0, "retries": 2, **more}
    return Target(component=name, address=f"{name}:161", credential=SnmpCredential(), **given)


class Eye:
    """A probe that sees what it is told, after as long as it is told."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.sees: dict[str, Look] = {}
        self.takes: dict[str, float] = {}
        self.looked: list[tuple[str, float]] = []
        self.at_once = self.most_at_once = 0

    async def look(self, target: Target) -> Look:
        self.looked.append((target.component, self.clock.monotonic()))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.clock.sleep(self.takes.get(target.component, 0.1))
        finally:
            self.at_once -= 1
        seen = self.sees.get(target.component, Look(status="up"))
        if isinstance(seen, Exception):
            raise seen
        return seen

    async def close(self) -> None: ...


class Bench:
    def __init__(self, **more: object) -> None:
        self.clock = ManualClock(START)
        self.eye = Eye(self.clock)
        self.published: list[tuple[str, object]] = []
        self.refuse = False
        self.runner = Runner(self.eye, self.clock, self.take, name="p1", **more)
        self.task = asyncio.ensure_future(self.runner.run())

    async def take(self, topic, entries) -> None:
        if self.refuse:
            raise LogUnavailable("away")
        self.published += [(topic, entry) for entry in entries]

    def reaches(self, component: str) -> list:
        return [
            entry.event
            for topic, entry in self.published
            if topic == OBSERVATIONS and entry.event.subject == component
        ]


@pytest.fixture
async def bench():
    made = Bench()
    yield made
    await made.runner.stop()
    await made.task


async def test_every_target_is_looked_at_once_an_interval(bench) -> None:
    bench.runner.replace([target(f"sw-{n}") for n in range(20)])
    await bench.clock.advance(600)
    counted = Counter(name for name, _ in bench.eye.looked)
    assert set(counted.values()) <= {9, 10, 11}
    assert len(counted) == 20
    assert bench.runner.counts.overruns == 0


def test_a_thousand_targets_are_spread_over_the_interval_and_none_is_late() -> None:
    schedule = Schedule()
    schedule.replace([target(f"sw-{n}") for n in range(1000)], 0.0)
    due: dict[str, list[float]] = {}
    while (at := schedule.next_due()) is not None and at < 300:
        for one, missed in schedule.take(at):
            assert missed == 0
            due.setdefault(one.component, []).append(at)
    assert all(4 <= len(moments) <= 6 for moments in due.values())
    assert all(
        later - sooner == pytest.approx(60)
        for moments in due.values()
        for sooner, later in pairwise(moments[1:])
    )
    assert all(30 <= moments[1] - moments[0] <= 90 for moments in due.values())
    assert max(moments[0] for moments in due.values()) < 12
    per_second = Counter(int(at) for moments in due.values() for at in moments[1:])
    assert max(per_second.values()) < 40


async def test_what_is_seen_is_published_under_the_probes_name_at_the_end_of_the_look(
    bench,
) -> None:
    seen = Look(
        status="up",
        ports={"l-1": ObservationData(kind="port", status="down", reason="ifOperStatus down")},
        measurement=MeasurementData(uptime_cs=5),
    )
    bench.eye.sees["sw-1"] = seen
    bench.runner.replace([target("sw-1", domain="noord")])
    await bench.clock.advance(20)
    (reach,), (port,) = bench.reaches("sw-1")[:1], bench.reaches("l-1")[:1]
    ended = bench.eye.looked[0][1] + 0.1
    assert (reach.time - START).total_seconds() == pytest.approx(ended, abs=1e-5)
    assert (reach.source, reach.data.kind, reach.data.status) == ("probe/p1", "reach", "up")
    assert (port.data.kind, port.data.seen_from, port.data.status) == ("port", "sw-1", "down")
    keys = {topic: entry.key for topic, entry in bench.published}
    assert keys == {OBSERVATIONS: "noord", MEASUREMENTS: "sw-1"}


async def test_a_first_failure_has_itself_and_its_path_looked_at_at_once(bench) -> None:
    names = ["sw-1", "core", "dist", "other"]
    bench.runner.replace([target(n, recheck=("core", "dist", "gone")) for n in names])
    await bench.clock.advance(61)
    bench.eye.looked.clear()
    bench.published.clear()
    bench.eye.sees["sw-1"] = Look(status="down", reason="timeout")
    await bench.clock.advance(60)
    first = next(at for name, at in bench.eye.looked if name == "sw-1")
    soon = [name for name, at in bench.eye.looked if first < at <= first + 0.2]
    assert sorted(soon) == ["core", "dist", "sw-1"]
    again = bench.reaches("sw-1")
    assert [event.data.confirms for event in again[:2]] == [False, True]
    assert bench.reaches("core")[0].data.status == "up"


async def test_a_look_under_way_serves_as_the_re_check(bench) -> None:
    bench.runner.replace([target("sw-1", recheck=("core",)), target("core")])
    await bench.clock.advance(61)
    bench.eye.sees["sw-1"] = Look(status="down", reason="timeout")
    bench.eye.takes["core"] = 5.0
    bench.runner.look_now("core")
    bench.runner.look_now("sw-1")
    bench.eye.looked.clear()
    await bench.clock.advance(1)
    assert [name for name, _ in bench.eye.looked if name == "core"] == ["core"]
    assert bench.runner.counts.rechecks == 0


async def test_a_port_that_goes_dark_has_the_far_end_looked_at_once(bench) -> None:
    dark = Look(status="up", ports={"l-1": ObservationData(kind="port", status="down", reason="x")})
    lit = Look(status="up", ports={"l-1": ObservationData(kind="port", status="up")})
    bench.runner.replace(
        [target("core", beyond={"l-1": "sw-1"}), target("sw-1", interval_s=6000.0)]
    )
    bench.eye.sees["core"] = lit
    await bench.clock.advance(6001)
    bench.eye.looked.clear()
    bench.eye.sees["core"] = dark
    bench.runner.look_now("core")
    await bench.clock.advance(1)
    assert [name for name, _ in bench.eye.looked].count("sw-1") == 1
    await bench.clock.advance(300)
    assert [name for name, _ in bench.eye.looked].count("sw-1") == 1, "it is dark still, not anew"
    bench.eye.sees["core"] = lit
    await bench.clock.advance(61)
    bench.eye.sees["core"] = dark
    await bench.clock.advance(61)
    assert [name for name, _ in bench.eye.looked].count("sw-1") == 2


async def test_a_failure_that_goes_on_is_not_checked_again_and_again(bench) -> None:
    bench.eye.sees["sw-1"] = Look(status="down", reason="timeout")
    bench.runner.replace([target("sw-1", recheck=("core",)), target("core")])
    await bench.clock.advance(600)
    confirming = [event for event in bench.reaches("sw-1") if event.data.confirms]
    assert len(confirming) == 1


async def test_a_hundred_that_fail_together_check_their_core_a_few_times_only(bench) -> None:
    names = [f"sw-{n}" for n in range(100)]
    bench.runner.replace([*(target(n, recheck=("core",)) for n in names), target("core")])
    await bench.clock.advance(61)
    bench.eye.looked.clear()
    bench.eye.sees.update({n: Look(status="down", reason="timeout") for n in (*names, "core")})
    await bench.clock.advance(61)
    assert Counter(name for name, _ in bench.eye.looked)["core"] < 110
    assert max(Counter(name for name, _ in bench.eye.looked if name != "core").values()) <= 3


async def test_a_look_longer_than_its_interval_is_an_overrun_and_never_queued(bench) -> None:
    bench.eye.takes["sw-1"] = 150.0
    bench.runner.replace([target("sw-1")])
    await bench.clock.advance(601)
    assert bench.runner.counts.overruns >= 5
    assert bench.eye.most_at_once == 1


async def test_no_more_than_the_bound_look_at_once() -> None:
    bench = Bench(concurrent=5)
    for n in range(50):
        bench.eye.takes[f"sw-{n}"] = 3.0
    bench.runner.replace([target(f"sw-{n}") for n in range(50)])
    await bench.clock.advance(120)
    assert bench.eye.most_at_once == 5
    assert len({name for name, _ in bench.eye.looked}) == 50
    await bench.runner.stop()
    await bench.task


async def test_a_trap_has_its_device_looked_at_at_once_even_while_it_is_looked_at(bench) -> None:
    bench.runner.replace([target("sw-1", interval_s=600.0)])
    await bench.clock.advance(125)
    bench.eye.looked.clear()
    assert bench.runner.look_now("sw-1")
    assert bench.runner.look_now("sw-1")
    await bench.clock.advance(1)
    assert len(bench.eye.looked) == 2
    assert not bench.runner.look_now("nobody")


async def test_the_set_may_change_while_it_runs(bench) -> None:
    bench.runner.replace([target("sw-1"), target("sw-2")])
    await bench.clock.advance(60)
    bench.eye.takes["sw-1"] = 5.0
    bench.runner.look_now("sw-1")
    await bench.clock.advance(1)
    bench.runner.replace([target("sw-2"), target("sw-3")])
    bench.published.clear()
    bench.eye.looked.clear()
    await bench.clock.advance(120)
    assert {name for name, _ in bench.eye.looked} == {"sw-2", "sw-3"}
    assert not bench.reaches("sw-1")


async def test_an_error_of_ours_is_unknown_and_harms_no_other(bench) -> None:
    bench.eye.sees["sw-1"] = ZeroDivisionError("oops")
    bench.runner.replace([target("sw-1"), target("sw-2")])
    await bench.clock.advance(60)
    assert bench.reaches("sw-1")[0].data.status == "unknown"
    assert "oops" in bench.reaches("sw-1")[0].data.reason
    assert bench.reaches("sw-2")[0].data.status == "up"
    assert bench.runner.counts.broken >= 1


async def test_what_nobody_took_is_counted(bench) -> None:
    bench.refuse = True
    bench.runner.replace([target("sw-1")])
    await bench.clock.advance(30)
    assert bench.runner.counts.unpublished == 1


async def test_it_stops_at_once_whatever_is_under_way(bench) -> None:
    bench.eye.takes["sw-1"] = 1e9
    bench.runner.replace([target("sw-1")])
    await bench.clock.advance(30)
    assert bench.runner.under_way == 1
    await bench.runner.stop()
    await bench.task
    assert bench.runner.under_way == 0


@pytest.mark.parametrize("turns", range(8))
async def test_cancelled_at_any_turn_of_the_loop_it_ends(turns) -> None:
    bench = Bench()
    await asyncio.sleep(0)
    bench.runner.replace([target("sw-1")])  # wakes it from its sleep
    for _ in range(turns):
        await asyncio.sleep(0)
    bench.task.cancel()
    await bench.clock.advance(0)
    assert bench.task.cancelled(), "a swallowed cancellation keeps the service from stopping"
    await bench.runner.stop()


@given(st.text(max_size=40))
def test_a_phase_is_a_share_and_always_the_same(name) -> None:
    assert 0 <= phase(name) < 1
    assert phase(name) == phase(name)


def test_a_target_that_stays_keeps_its_beat_and_a_new_interval_starts_a_new_one() -> None:
    schedule = Schedule()
    schedule.replace([target("a"), target("b")], 0.0)
    schedule.take(12.0)
    before = schedule.next_due()
    schedule.replace([target("a"), target("b")], 20.0)
    assert schedule.next_due() == before
    schedule.replace([replace(target("a"), interval_s=10.0)], 35.0)
    assert 35.0 <= schedule.next_due() < 37.0


def test_beats_that_were_slept_through_are_counted_not_made_up_for() -> None:
    schedule = Schedule()
    schedule.replace([target("a")], 0.0)
    schedule.take(schedule.next_due())
    due = schedule.next_due()
    assert [missed for _, missed in schedule.take(due + 185)] == [3]
    assert schedule.next_due() == pytest.approx(due + 240)
