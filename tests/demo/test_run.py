"""Real agent processes on loopback: they answer, they trap, they stop, they never outlive the demo."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    bulk_walk_cmd,
)

from events.clock import ManualClock, SystemClock
from events.errors import ConfigError
from events.span import EPOCH
from monitor.catalogue_files import load
from monitor.demo.agents import AgentEnded
from monitor.demo.lan import region
from monitor.demo.mib import SYS_UP_TIME, MibView
from monitor.demo.run import COMMUNITY, Listen, Region, addresses, home
from monitor.demo.simulated import SimulatedDevice
from monitor.demo.world import Action, World
from probes.snmp.ber import GET, decode_message
from tests.demo.test_reply import asked

slow = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.42.1.1" if sys.platform == "linux" else "127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def snmp_port() -> int:
    return _free_port()


def _ask(address: str, wait_s: float = 1.0) -> bytes | None:
    host, port = address.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.settimeout(wait_s)
        asker.sendto(asked(GET, SYS_UP_TIME, community=COMMUNITY.encode()), (host, int(port)))
        try:
            return asker.recv(2000)
        except TimeoutError:
            return None


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


# --- without processes ------------------------------------------------------------------------


def test_on_linux_every_device_has_an_address_of_its_own_and_all_share_a_port() -> None:
    places = addresses(16161, "linux")
    assert set(places) == set(region().devices)
    assert len(set(places.values())) == len(places)
    assert {place.rsplit(":", 1)[1] for place in places.values()} == {"16161"}
    assert all(place.startswith("127.42.") for place in places.values())


def test_elsewhere_every_device_has_a_port_of_its_own() -> None:
    places = addresses(20000, "darwin")
    assert len(set(places.values())) == len(places)
    assert {place.rsplit(":", 1)[0] for place in places.values()} == {"127.0.0.1"}


def test_the_home_of_the_demo_is_fixed_per_user() -> None:
    assert home({"XDG_DATA_HOME": "/srv/x"}) == Path("/srv/x/ketenmonitor/demo")
    assert home({}) == Path.home() / ".local" / "share" / "ketenmonitor" / "demo"


# --- with processes ---------------------------------------------------------------------------


@slow
async def test_a_region_starts_within_seconds_answers_at_every_address_and_leaves_nothing(
    tmp_path: Path, snmp_port: int
) -> None:
    begin = time.monotonic()
    place = Region(tmp_path, SystemClock(), print, Listen(snmp=snmp_port))
    async with place:
        assert time.monotonic() - begin < 4
        assert len(place.pids) == 2
        pids = place.pids
        assert load(place.catalogue).components["ptd-acc-1"].address
        for address in addresses(snmp_port).values():
            assert await asyncio.to_thread(_ask, address)
        begin = time.monotonic()
    assert time.monotonic() - begin < 2.5
    assert not any(map(_runs, pids))
    await place.stop()


@slow
async def test_pysnmp_walks_a_switch_and_finds_what_the_mib_has(
    tmp_path: Path, snmp_port: int
) -> None:
    switch, engine = "ptd-acc-1", SnmpEngine()
    found = []
    async with Region(tmp_path, SystemClock(), print, Listen(snmp=snmp_port)):
        host, port = addresses(snmp_port)[switch].rsplit(":", 1)
        target = await UdpTransportTarget.create((host, int(port)), timeout=2, retries=1)
        walk = bulk_walk_cmd(
            engine,
            CommunityData(COMMUNITY, mpModel=1),
            target,
            ContextData(),
            0,
            40,
            ObjectType(ObjectIdentity("1.3.6.1")),
            lookupMib=False,
        )
        async for error, status, _, varbinds in walk:
            assert not error
            assert not status
            found += [(tuple(name), value.__class__.__name__, value) for name, value in varbinds]
        engine.close_dispatcher()
    view = MibView(SimulatedDevice(region().devices[switch], frozenset(), 1_780_000_000.0))
    assert [name for name, _, _ in found] == [view.name(n) for n in range(len(view))]
    values = {name: value for name, _, value in found}
    assert str(values[1, 3, 6, 1, 2, 1, 1, 5, 0]) == switch
    kinds = {name: kind for name, kind, _ in found}
    assert kinds[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1] == "Counter64"
    assert kinds[1, 3, 6, 1, 2, 1, 2, 2, 1, 10, 1] == "Counter32"
    assert kinds[SYS_UP_TIME] == "TimeTicks"


@slow
async def test_commands_reach_the_agents_and_traps_come_from_the_devices_own_address(
    tmp_path: Path, snmp_port: int
) -> None:
    receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(2)
    traps = f"127.0.0.1:{receiver.getsockname()[1]}"
    places = addresses(snmp_port)
    with receiver:
        async with Region(
            tmp_path, SystemClock(), print, Listen(snmp=snmp_port, traps=traps)
        ) as place:
            place._agents.send(World(region()).apply(Action("kill", "ptd-acc-1")))
            senders = set()
            for _ in range(2):
                data, sender = await asyncio.to_thread(receiver.recvfrom, 2000)
                assert decode_message(data).pdu.varbinds[1].value[-1] == 3
                senders.add(f"{sender[0]}:{sender[1]}")
            assert senders == {places["ptd-dist-1"], places["ptd-dist-2"]}
            assert await asyncio.to_thread(_ask, places["ptd-acc-1"], 0.2) is None
            assert await asyncio.to_thread(_ask, places["ptd-dist-1"])


@slow
async def test_a_second_demo_is_told_which_address_is_taken_and_touches_nothing(
    tmp_path: Path, snmp_port: int
) -> None:
    async with Region(tmp_path / "one", SystemClock(), print, Listen(snmp=snmp_port)) as first:
        second = Region(tmp_path / "two", SystemClock(), print, Listen(snmp=snmp_port))
        with pytest.raises(
            ConfigError, match=rf"UDP address 127.*:{snmp_port} .*in use.*other demo"
        ):
            await second.start()
        assert second.pids == ()
        assert not (tmp_path / "two").exists()
        assert all(map(_runs, first.pids))


@slow
async def test_a_directory_that_cannot_be_written_leaves_no_agents(
    tmp_path: Path, snmp_port: int
) -> None:
    (tmp_path / "file").write_text("in the way")
    place = Region(tmp_path / "file", SystemClock(), print, Listen(snmp=snmp_port))
    with pytest.raises(ConfigError, match="choose a directory with --data"):
        await place.start()
    assert place.pids == ()


@slow
async def test_an_agent_process_that_dies_ends_the_play_with_its_number(
    tmp_path: Path, snmp_port: int
) -> None:
    clock = ManualClock(EPOCH)
    async with Region(tmp_path, clock, print, Listen(snmp=snmp_port)) as place:
        playing = asyncio.ensure_future(place.play())
        victim = place.pids[0]
        os.kill(victim, signal.SIGKILL)
        with pytest.raises(ExceptionGroup) as caught:
            await asyncio.wait_for(playing, 3)
        assert caught.group_contains(AgentEnded, match=str(victim))


@slow
async def test_a_play_that_is_cancelled_leaves_the_agents_to_stop(
    tmp_path: Path, snmp_port: int
) -> None:
    async with Region(tmp_path, ManualClock(EPOCH), print, Listen(snmp=snmp_port)) as place:
        playing = asyncio.ensure_future(place.play())
        await asyncio.sleep(0)
        playing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await playing
        assert all(map(_runs, place.pids))


PARENT = """
import asyncio, signal, sys
from pathlib import Path
from events.clock import SystemClock
from monitor.demo.run import Listen, Region

async def main():
    async with Region(Path(sys.argv[1]), SystemClock(), print, Listen(snmp=int(sys.argv[2]))) as place:
        print(*place.pids, flush=True)
        await asyncio.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
asyncio.run(main())
"""


@slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_agents_end_with_their_parent_however_it_ends(
    tmp_path: Path, snmp_port: int, how: signal.Signals
) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path), str(snmp_port)]
    parent = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, text=True
    )
    with parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(how)
        parent.wait(5)
    deadline = time.monotonic() + 3
    while any(map(_runs, pids)) and time.monotonic() < deadline:
        os.sched_yield()
    assert not any(map(_runs, pids))
    assert _ask(addresses(snmp_port)["dc-core-1"], 0.1) is None
