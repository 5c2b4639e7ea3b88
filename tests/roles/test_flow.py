"""Observation to channel, through engine and notify over one log: one fault, one call, its cause in it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from events import ids
from events.clock import ManualClock
from events.contract import OBSERVATIONS, Observation, ObservationData
from events.log import Entry
from events.memory import MemoryLog
from monitor.projector import Projector
from monitor.roles.engine import Engine
from monitor.roles.follow import Follow
from monitor.roles.notify import Notify
from monitor.snapshot import Snapshots
from topology.catalogue import build
from topology.compiled import Compiled

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)
PROBE = {"snmp": {"interval": "60s", "timeout": "2s", "retries": "2"}}

CATALOGUE = {
    "version": "1",
    "suppliers": [{"id": "lan-bv", "contact": {"email": "noc@lan.example"}}],
    "calendars": [{"id": "altijd", "always": True}],
    "levels": [{"id": "goud", "target": "99.5", "calendar": "altijd"}],
    "components": [
        {"id": name, "kind": kind, "tier": tier, "supplier": "lan-bv", "probe": PROBE}
        for name, kind, tier in (
            ("ap-1", "ap", "ap"),
            ("sw-1", "switch", "access"),
            ("core-1", "switch", "core"),
        )
    ]
    + [{"id": "zaak", "kind": "service"}],
    "links": [
        {"id": "l-ap", "between": ["ap-1", "sw-1"]},
        {"id": "l-sw-a", "between": ["sw-1", "core-1"]},
        {"id": "l-sw-b", "between": ["sw-1", "core-1"]},
        {"id": "l-zaak", "between": ["core-1", "zaak"]},
    ],
    "groups": [{"id": "balie", "users": "40", "members": ["ap-1"]}],
    "chains": [
        {"id": "zaak-balie", "from": "balie", "to": "zaak", "level": "goud", "urgency": "1"}
    ],
    "vantage_points": [{"id": "poller-1", "attached_to": "core-1", "via": "l-poller"}],
}


class Pager:
    name = "wacht"

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, list[str]]] = []

    async def send(self, notification, incident) -> None:
        self.calls.append((notification.data.action, incident.data.cause, incident.data.chains))

    async def close(self) -> None:
        pass


class Site:
    """A small office, its log and its roles, on a clock that only moves when told."""

    def __init__(self, directory) -> None:
        self.clock = ManualClock(NOW)
        self.log = MemoryLog(self.clock)
        self.compiled = Compiled.of(build(CATALOGUE))
        self.projector = Projector(self.compiled.catalogue)
        self.pager = Pager()
        self._snapshots = Snapshots(directory)

    @asynccontextmanager
    async def running(self):
        jobs = [
            Engine(self.log, self.clock, self.compiled, self._snapshots).run(),
            Notify(self.log, self.clock, self.pager).run(),
            Follow(self.log, self.clock, self.projector).run(),
        ]
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def polls(self, seconds: int, *silent: str) -> None:
        """Every device is looked at every ten seconds for so long; these do not answer."""
        for _ in range(seconds // 10):
            entries = [
                Entry("default", self._seen(id_, "down" if id_ in silent else "up"))
                for id_ in ("core-1", "sw-1", "ap-1")
            ]
            await self.log.publish(OBSERVATIONS, entries)
            await self.clock.advance(10)

    def _seen(self, subject: str, status: str) -> Observation:
        data = ObservationData(kind="reach", status=status, vantage="poller-1")
        return ids.event(
            Observation, source="probe/p1", subject=subject, time=self.clock.now(), data=data
        )

    def states(self) -> dict[str, str]:
        return {id_: data.state for id_, data in self.projector.states.items()}


@pytest.fixture
def site(tmp_path) -> Site:
    return Site(tmp_path)


async def test_a_dead_switch_is_one_call_that_names_it_and_one_that_says_it_is_over(site):
    async with site.running():
        await site.polls(30)
        await site.polls(120, "sw-1", "ap-1")
        assert site.states()["sw-1"] == "down"
        assert site.states()["ap-1"] == "unreachable"
        assert site.states()["zaak-balie"] == "down"
        await site.polls(200)
    assert site.pager.calls == [
        ("opened", "sw-1", ["zaak-balie"]),
        ("closed", "sw-1", ["zaak-balie"]),
    ]
    assert site.states()["zaak-balie"] == "up"


async def test_a_restart_in_the_middle_of_a_fault_calls_nobody_twice(site):
    async with site.running():
        await site.polls(30)
        await site.polls(120, "sw-1", "ap-1")
    async with site.running():
        await site.polls(60, "sw-1", "ap-1")
        await site.polls(200)
    assert [action for action, _, _ in site.pager.calls] == ["opened", "closed"]


async def test_silence_of_the_probe_turns_everything_unknown_and_nothing_green(site):
    async with site.running():
        await site.polls(30)
        assert site.states()["zaak-balie"] == "up"
        for _ in range(20):
            await site.clock.advance(10)
        states = site.states()
    assert {states[id_] for id_ in ("core-1", "sw-1", "ap-1", "zaak-balie")} == {"unknown"}


async def test_a_blind_poller_is_one_monitoring_fault_and_no_outage(site):
    async with site.running():
        await site.polls(30)
        await site.polls(150, "core-1", "sw-1", "ap-1")
        assert site.states()["zaak-balie"] == "unknown"
    assert [(action, cause) for action, cause, _ in site.pager.calls] == [("opened", "l-poller")]


async def test_what_the_engine_knows_is_what_the_log_replays_to(site):
    async with site.running():
        await site.polls(60)
        await site.polls(60, "ap-1")
        await site.polls(60)
    engine = Engine(site.log, site.clock, site.compiled, Snapshots(site._snapshots._directory))
    fresh = Engine(site.log, site.clock, site.compiled, Snapshots(site._snapshots._directory / "x"))
    digests = []
    for one in (engine, fresh):
        task = asyncio.create_task(one.run())
        await site.clock.advance(timedelta(seconds=30).total_seconds())
        digests.append(one.status())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert digests[0].watermark is not None
    assert digests[0].digest == digests[1].digest
