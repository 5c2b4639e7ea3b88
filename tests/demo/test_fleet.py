"""Commands change what the agents say, and the devices send the traps that real ones send."""

from __future__ import annotations

import pytest

from monitor.demo.command import Command
from monitor.demo.fleet import Fleet
from monitor.demo.lan import region
from monitor.demo.mib import IF_ENTRY, SYS_UP_TIME, UPS
from probes.snmp.ber import GET, TRAP_V2, Pdu, decode_message
from tests.demo.test_reply import asked

NOW = 1_780_000_000.0
SWITCH, BATTERY = "ptd-acc-1", "ptd-ups"
UPLINK = "Te1/1/1"


@pytest.fixture
def fleet() -> Fleet:
    return Fleet(region(), [SWITCH, BATTERY], b"demo", NOW)


def _get(fleet: Fleet, *name: int, device: str = SWITCH, now: float = NOW):
    data = fleet.answer(device, asked(GET, name), now)
    return None if data is None else decode_message(data).pdu.varbinds[0].value


def _trap(data: bytes | None) -> list[tuple[str, object]]:
    assert data is not None
    read = decode_message(data)
    assert read.community == b"demo"
    assert isinstance(read.pdu, Pdu)
    assert read.pdu.type == TRAP_V2
    return [(".".join(map(str, one.oid)), one.value) for one in read.pdu.varbinds]


def test_every_port_of_the_wires_starts_up(fleet: Fleet) -> None:
    index = region().devices[SWITCH].port(UPLINK).index
    assert _get(fleet, *IF_ENTRY, 8, index) == 1


def test_a_port_that_goes_down_shows_in_the_table_and_sends_link_down(fleet: Fleet) -> None:
    index = region().devices[SWITCH].port(UPLINK).index
    trap = _trap(fleet.apply(Command("port", SWITCH, UPLINK, up=False), NOW + 60))
    assert trap[0] == (".".join(map(str, SYS_UP_TIME)), _get(fleet, *SYS_UP_TIME, now=NOW + 60))
    assert trap[1][1] == (1, 3, 6, 1, 6, 3, 1, 1, 5, 3)
    assert [value for _, value in trap[2:]] == [index, 1, 2]
    assert _get(fleet, *IF_ENTRY, 8, index) == 2
    assert _get(fleet, *IF_ENTRY, 9, index) == trap[0][1]
    assert fleet.apply(Command("port", SWITCH, UPLINK, up=False), NOW + 61) is None
    assert _trap(fleet.apply(Command("port", SWITCH, UPLINK), NOW + 62))[1][1][-1] == 4


def test_a_silent_device_sends_no_traps_but_its_ports_follow(fleet: Fleet) -> None:
    for how, back in (("hush", "speak"), ("kill", "speak")):
        fleet.apply(Command(how, SWITCH), NOW)
        assert _get(fleet, *SYS_UP_TIME) is None
        assert fleet.apply(Command("port", SWITCH, UPLINK, up=False), NOW + 1) is None
        fleet.apply(Command("port", SWITCH, UPLINK), NOW + 2)
        fleet.apply(Command(back, SWITCH), NOW)
    assert _get(fleet, *SYS_UP_TIME) is None


def test_power_that_comes_back_is_a_cold_start(fleet: Fleet) -> None:
    fleet.apply(Command("kill", SWITCH), NOW)
    trap = _trap(fleet.apply(Command("revive", SWITCH), NOW + 40))
    assert trap[0][1] == 0
    assert trap[1][1] == (1, 3, 6, 1, 6, 3, 1, 1, 5, 1)
    assert _get(fleet, *SYS_UP_TIME, now=NOW + 42.5) == 250


def test_a_ups_on_battery_says_so_in_a_trap_and_in_its_mib(fleet: Fleet) -> None:
    trap = _trap(fleet.apply(Command("battery", BATTERY, up=False), NOW))
    assert trap[1][1] == (1, 3, 6, 1, 2, 1, 33, 2, 1)
    source, left = (*UPS, 4, 1, 0), (*UPS, 2, 4, 0)
    assert _get(fleet, *source, device=BATTERY) == 5
    assert _get(fleet, *left, device=BATTERY, now=NOW + 60) == 75
    assert fleet.apply(Command("battery", BATTERY), NOW + 61) is None
    assert _get(fleet, *source, device=BATTERY) == 3


def test_load_and_reboot_are_commands_too(fleet: Fleet) -> None:
    octets = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, region().devices[SWITCH].port(UPLINK).index)
    before = _get(fleet, *octets)
    assert fleet.apply(Command("load", SWITCH, thousandths=900), NOW) is None
    assert _get(fleet, *octets, now=NOW + 10) > before
    assert _trap(fleet.apply(Command("reboot", SWITCH), NOW + 20))[0][1] == 0
    assert _get(fleet, *octets, now=NOW + 20) == 0


def test_a_command_for_a_stranger_is_refused(fleet: Fleet) -> None:
    with pytest.raises(KeyError):
        fleet.apply(Command("kill", "sw-elsewhere"), NOW)
    with pytest.raises(KeyError):
        fleet.apply(Command("port", SWITCH, "Gi9/9/9", up=False), NOW)
