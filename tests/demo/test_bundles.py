"""A cable of two is pulled in the simulated region: real SNMP from the agents' tables up to the verdict."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from events import ids
from events.clock import ManualClock, SystemClock
from events.contract import Observation, ObservationData, RootCause
from events.span import moment
from monitor.demo.fleet import Fleet
from monitor.demo.lan import POLLER, region
from monitor.demo.world import Action, World
from monitor.fold import Fold
from monitor.targets import targets
from probes.port import Secret, SnmpCredential
from probes.snmp.fast import FastEngine
from probes.snmp.poll import SnmpProbe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from topology.model import Catalogue

START = moment(1_780_000_000)
COMMUNITY = "demo"
LINK, SPARE = "l-ptd-dist-1-ptd-cpe-1", "l-ptd-dist-2-ptd-cpe-2"
ENDS = ("ptd-dist-1", "ptd-cpe-1")


class _Listener(asyncio.DatagramProtocol):
    """One device of the fleet at a port of its own."""

    def __init__(self, fleet: Fleet, device: str) -> None:
        self._fleet, self._device = fleet, device

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._fleet.answer(self._device, data, START.timestamp())
        if answer is not None:
            self._transport.sendto(answer, addr)


class Bench:
    """The two ends of the link answer real questions; everything else is said to answer."""

    def __init__(self, catalogue: Catalogue, *, needed: int) -> None:
        links = {**catalogue.links, LINK: replace(catalogue.links[LINK], min_links=needed)}
        self._catalogue = replace(catalogue, links=links)
        self._world, self._fleet = (
            World(region()),
            Fleet(region(), ENDS, b"demo", START.timestamp()),
        )
        self._probe = SnmpProbe({"2c": FastEngine(SystemClock())}, ManualClock(START))
        self.fold = Fold.start(self._catalogue)
        self._now, self._open = START, dict[str, RootCause]()
        self._sockets: list[asyncio.BaseTransport] = []

    async def start(self) -> Bench:
        loop = asyncio.get_running_loop()
        key = SnmpCredential(community=Secret(COMMUNITY))
        every = {one.component: one for one in targets(self._catalogue, {"lan-ro": key})}
        self._targets = []
        for end in ENDS:
            socket, _ = await loop.create_datagram_endpoint(
                lambda device=end: _Listener(self._fleet, device), local_addr=("127.0.0.1", 0)
            )
            self._sockets.append(socket)
            address = "{}:{}".format(*socket.get_extra_info("sockname"))
            self._targets.append(replace(every[end], address=address))
        return self

    async def close(self) -> None:
        await self._probe.close()
        for socket in self._sockets:
            socket.close()

    def act(self, act: str, what: str) -> None:
        for command in self._world.apply(Action(act, what)):
            if command.device in ENDS:
                self._fleet.apply(command, START.timestamp())

    async def look(self) -> dict[str, str]:
        """Look at everything; return what each end says of the link."""
        self._now += timedelta(seconds=5)
        said = {}
        for device in region().devices:
            self._hear(device, ObservationData(kind="reach", status="up", vantage=POLLER))
        for target in self._targets:
            seen = await self._probe.look(target)
            assert seen.status == "up"
            for link, port in seen.ports.items():
                self._hear(link, port)
            said[target.component] = seen.ports[LINK].status
        return said

    def _hear(self, subject: str, data: ObservationData) -> None:
        event = ids.event(
            Observation, source="probe/p1", subject=subject, time=self._now, data=data
        )
        for told in self.fold.step(event):
            if isinstance(told, RootCause):
                self._open[told.subject] = told

    @property
    def causes(self) -> set[str]:
        return {id_ for id_, one in self._open.items() if one.data.status == "open"}

    def states(self, kind: str) -> dict[str, str]:
        """What is not up."""
        every = self.fold.verdict()[kind]
        return {id_: one["state"] for id_, one in every.items() if one["state"] != "up"}


@pytest.fixture(params=[1, 2], ids=["one line is enough", "both lines are needed"])
async def bench(request, catalogue: Catalogue) -> AsyncIterator[Bench]:
    made = await Bench(catalogue, needed=request.param).start()
    assert set((await made.look()).values()) == {"up"}
    made.least = request.param
    yield made
    await made.close()


async def test_a_pulled_cable_of_two_is_told_of_the_link_by_both_ends_and_fells_no_chain(
    bench: Bench,
) -> None:
    bench.act("cut", f"{LINK}#2")
    word = "degraded" if bench.least == 1 else "down"
    assert set((await bench.look()).values()) == {word}
    assert bench.states("components") == {LINK: word}
    assert bench.causes == (set() if bench.least == 1 else {LINK})
    assert "down" not in bench.states("chains").values()
    bench.act("mend", f"{LINK}#2")
    assert set((await bench.look()).values()) == {"up"}
    assert (bench.states("components"), bench.causes) == ({}, set())


async def test_both_cables_pulled_are_a_lost_spare_that_only_ports_show(bench: Bench) -> None:
    bench.act("cut", LINK)
    assert set((await bench.look()).values()) == {"down"}
    assert bench.causes == {LINK}
    assert bench.states("components") == {LINK: "down"}
    assert set(bench.states("chains").values()) <= {"degraded"}
