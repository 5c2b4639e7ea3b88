"""One look at a device: reachability, ports of links, numbers, and what happens between two looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clock import ManualClock, SystemClock
from probes.port import Secret, SnmpCredential, Target
from probes.snmp import ber
from probes.snmp.ber import VarBind
from probes.snmp.fast import FastEngine
from probes.snmp.inventory import read_inventory, text_of
from probes.snmp.poll import COUNTERS, NARROW, SnmpProbe
from probes.snmp.ports import combine, port_status
from probes.snmp.uptime import MODULUS, restarted
from tests.probes.agent import IF, IFX, TestAgent, switch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
CHANGED = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)


class Bench:
    """An agent, a probe over the fast engine, and a clock for the time between looks."""

    def __init__(self, rows: list[VarBind]) -> None:
        self.clock = ManualClock(datetime(2026, 6, 9, tzinfo=UTC))
        self.engine = FastEngine(SystemClock())
        self.probe = SnmpProbe({"2c": self.engine}, self.clock)
        self.device = TestAgent(rows)

    async def start(self, **ports: str) -> Bench:
        await self.device.listen()
        self.target = Target(
            component="sw-1",
            address=f"127.0.0.1:{self.device.port}",
            credential=SnmpCredential(community=Secret("public")),
            interval_s=60,
            timeout_s=0.02,
            retries=1,
            ports=ports,
        )
        return self

    def put(self, oid: ber.Oid, value: ber.Value) -> None:
        n = self.device.place[oid]
        self.device.rows[n] = VarBind(oid, self.device.rows[n].tag, value)

    async def look(self, **ports: str):
        target = replace(self.target, ports=ports) if ports else self.target
        return await self.probe.look(target)


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    made = await Bench(switch(6)).start()
    yield made
    await made.probe.close()
    made.device.close()


async def test_a_look_reads_reach_ports_and_the_twelve_columns(bench) -> None:
    ports = {"Gi1/0/1": "l-1", "GigabitEthernet1/0/5": "l-2", "desk 3": "l-3", "Gi9/9": "l-4"}
    look = await bench.look(**ports)
    assert look.status == "up"
    assert {link: seen.status for link, seen in look.ports.items()} == {
        "l-1": "up",
        "l-2": "down",
        "l-3": "up",
        "l-4": "unknown",
    }
    assert look.ports["l-2"].reason == "GigabitEthernet1/0/5: ifOperStatus down"
    assert look.ports["l-4"].reason == "Gi9/9: the device has no port of this name"
    numbers = look.measurement
    assert (numbers.uptime_cs, numbers.rows) == (123_456, [1, 2, 3, 4, 5, 6])
    assert list(numbers.columns) == list(COUNTERS)
    values = {row.oid: row.value for row in bench.device.rows}
    for name, oid in COUNTERS.items():
        assert numbers.columns[name] == [values[(*oid, n)] for n in range(1, 7)]


async def test_the_index_is_read_once_and_every_look_after_is_one_round(bench) -> None:
    await bench.look()
    bench.device.asked.clear()
    await bench.clock.advance(60)
    look = await bench.look()
    assert len(bench.device.asked) == 2  # 6 rows of 12 columns, 5 rows an answer
    assert look.measurement.interval_s == 60.0


async def test_silence_is_down_and_garbage_is_unknown(bench) -> None:
    bench.device.unkind.lose = 99
    look = await bench.look()
    assert (look.status, look.reason) == ("down", "timeout: 2 x 0.02 s without an answer")
    bench.device.unkind.lose, bench.device.unkind.always_garbage = 0, True
    look = await bench.look()
    assert look.status == "unknown"
    assert "not SNMP" in look.reason
    assert not look.ports


async def test_a_restart_reads_the_index_again_and_is_told(bench) -> None:
    await bench.look()
    await bench.clock.advance(60)
    bench.put(UPTIME, 500)
    bench.put((*IFX, 1, 1), b"Te1/1/1")
    look = await bench.look(**{"Te1/1/1": "l-1"})
    assert look.ports["l-1"].status == "up"
    assert any("restarted" in quirk for quirk in look.quirks)


async def test_an_index_that_came_only_in_part_is_read_again_in_the_next_look(bench) -> None:
    alias = (*IFX, 18)
    bench.device.on_ask = lambda pdu: setattr(
        bench.device.unkind, "lose", int(pdu.varbinds[0].oid[:11] == alias)
    )
    first = await bench.look(**{"desk 1": "l-1"})
    assert any("no answer" in quirk for quirk in first.quirks)
    assert first.ports["l-1"].status == "unknown"
    bench.device.on_ask, bench.device.unkind.lose = None, 0
    again = await bench.look(**{"desk 1": "l-1"})
    assert again.quirks == ()
    assert again.ports["l-1"].status == "up"


async def test_a_changed_table_reads_the_index_again_without_a_restart(bench) -> None:
    await bench.look()
    await bench.clock.advance(60)
    bench.put(UPTIME, 123_456 + 6000)
    bench.put(CHANGED, 129_000)
    bench.put((*IFX, 1, 1), b"Te1/1/1")
    look = await bench.look(**{"Te1/1/1": "l-1"})
    assert look.ports["l-1"].status == "up"
    assert look.quirks == ()


async def test_a_new_row_joins_the_numbers_in_the_same_look(bench) -> None:
    bench.device.rows = [r for r in switch(6) if r.oid[-1] != 4 or r.oid[:10] != IF[:10]]
    bench.device.rows = [r for r in switch(6) if not (len(r.oid) > 10 and r.oid[-1] == 4)]
    bench.device.index()
    assert (await bench.look()).measurement.rows == [1, 2, 3, 5, 6]
    bench.device.rows = switch(6)
    bench.device.index()
    assert (await bench.look()).measurement.rows == [1, 2, 3, 4, 5, 6]


async def test_without_64_bit_counters_the_32_bit_ones_are_read(bench) -> None:
    bench.device.rows = [r for r in switch(6) if r.oid[:10] != IFX[:10]]
    bench.device.index()
    look = await bench.look(**{"GigabitEthernet1/0/2": "l-1"})
    assert list(look.measurement.columns) == list(NARROW)
    assert look.ports["l-1"].status == "up"
    values = {row.oid: row.value for row in bench.device.rows}
    assert look.measurement.columns["ifInOctets"] == [values[(*IF, 10, n)] for n in range(1, 7)]


async def test_members_of_one_link_are_combined(bench) -> None:
    look = await bench.look(**{"Gi1/0/4": "lag", "Gi1/0/5": "lag"})
    assert look.ports["lag"].status == "degraded"
    assert look.ports["lag"].reason == "1 of 2 ports up (Gi1/0/5: ifOperStatus down)"


async def test_a_link_with_fewer_ports_up_than_it_needs_is_down(bench) -> None:
    ports = {"Gi1/0/3": "lag", "Gi1/0/4": "lag", "Gi1/0/5": "lag"}
    target = replace(bench.target, ports=ports)
    seen = {
        least: (await bench.probe.look(replace(target, least={"lag": least}))).ports["lag"]
        for least in (2, 3)
    }
    assert seen[2].status == "degraded"
    assert seen[3].status == "down"
    assert seen[3].reason == "2 of 3 ports up, 3 needed (Gi1/0/5: ifOperStatus down)"


async def test_an_address_that_is_none_is_unknown_with_the_cure(bench) -> None:
    look = await bench.probe.look(replace(bench.target, address="sw:port"))
    assert (look.status, "HOST:PORT" in look.reason) == ("unknown", True)


async def test_a_version_that_is_not_spoken_is_unknown(bench) -> None:
    look = await bench.probe.look(
        replace(bench.target, credential=SnmpCredential(version="3", user="mon"))
    )
    assert look.status == "unknown"


@pytest.mark.parametrize(
    ("admin", "oper", "status"),
    [
        (1, 1, "up"),
        (1, 2, "down"),
        (1, 7, "down"),
        (1, 3, "down"),
        (1, 6, "down"),
        (1, 5, "unknown"),
        (1, 4, "unknown"),
        (1, 0, "unknown"),
        (1, None, "unknown"),
        (2, 1, "down"),
        (2, None, "down"),
        (None, 1, "up"),
        (0, 1, "up"),
    ],
)
def test_a_port_is_what_rfc_2863_says(admin, oper, status) -> None:
    found, reason = port_status(admin, oper)
    assert found == status
    assert bool(reason) == (status != "up")


statuses = st.sampled_from(["up", "down", "unknown"])


@given(st.lists(statuses, min_size=1, max_size=6))
def test_a_link_is_up_only_when_all_its_ports_are(members) -> None:
    status, reason = combine([(f"p{n}", each, "why") for n, each in enumerate(members)])
    assert (status == "up") == all(each == "up" for each in members)
    assert (status == "down") == all(each == "down" for each in members)
    assert bool(reason) == (status != "up")


@given(st.lists(statuses, min_size=2, max_size=5), st.data())
def test_a_link_is_down_or_unknown_exactly_when_what_cannot_be_told_leaves_it_so(
    members, data
) -> None:
    least = data.draw(st.integers(1, len(members)))
    choices = [("up", "down") if each == "unknown" else (each,) for each in members]
    carries = {whole.count("up") >= least for whole in product(*choices)}
    status, _ = combine([(f"p{n}", each, "why") for n, each in enumerate(members)], least)
    if carries == {False}:
        assert status == "down"
    elif members.count("up") >= least:
        assert status == ("up" if members.count("up") == len(members) else "degraded")
    else:
        assert status == "unknown"


@given(st.integers(0, MODULUS - 1), st.floats(0, 86_400))
def test_the_497_day_wrap_is_no_restart(before, elapsed) -> None:
    assert not restarted(before, int(before + elapsed * 100) % MODULUS, elapsed)


@given(st.integers(100_000, MODULUS - 1_000_000), st.integers(0, 6000))
def test_a_restart_far_from_the_wrap_is_seen(before, after) -> None:
    assert restarted(before, after, 60.0)


def test_a_restart_near_the_wrap_is_seen_when_the_time_does_not_fit() -> None:
    assert restarted(MODULUS - 100, 90_000, 60.0)


def test_names_that_two_rows_share_find_nothing_and_say_so() -> None:
    rows = [
        VarBind((*IF, 1, 1), ber.INTEGER, 1),
        VarBind((*IF, 1, 2), ber.INTEGER, 2),
        VarBind((*IF, 2, 1), ber.OCTET_STRING, b"Ethernet"),
        VarBind((*IF, 2, 2), ber.OCTET_STRING, b"Ethernet"),
        VarBind((*IFX, 1, 2), ber.OCTET_STRING, b"e2\0"),
    ]
    inventory = read_inventory(rows)
    assert inventory.names == ("Ethernet", "e2")
    assert inventory.find("ethernet") == (None, "several ports of the device have this name")
    assert inventory.find(" E2 ") == (1, "")


def test_text_loses_its_nuls_and_keeps_its_letters() -> None:
    assert text_of(b" Z\xc3\xbcrich\0\0") == "Zürich"
    assert text_of(b"Z\xfcrich") == "Zürich"
    assert text_of(7) == ""
