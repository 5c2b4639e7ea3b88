"""Profiles of firewalls, power and servers: a sentinel is no value, a state is the right word."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING

import pytest

from monitor.profile_files import load_profiles
from probes.snmp.asn1 import INTEGER, OCTET_STRING, OID
from probes.snmp.ber import VarBind
from probes.snmp.facts import read_facts
from probes.snmp.oid import parse_oid
from probes.snmp.recording import RecordedEngine
from tests.probes.score import NOBODY, SHARED, shares

if TYPE_CHECKING:
    from probes.snmp.profile.model import Profile

RECORDINGS = (
    *("fortigate-*", "fortiwifi-*", "checkpoint-*", "paloalto-*", "sonicwall-*", "sophos-*"),
    *("pfsense-*", "draytek-*", "apc-*", "eaton-*", "dell-ups-*", "riello-*", "phoenixtec-*"),
    *("tripplite-*", "gude-*", "raritan-*", "servertech-*", "linux-*", "windows-*", "truenas-*"),
    *("qnap-*", "vmware-*", "axis-*", "hp-laserjet-*"),
)
FORTINET, APC = "1.3.6.1.4.1.12356", "1.3.6.1.4.1.318"
HARDWARE = f"{FORTINET}.101.4.3.2.1"
SENTRY, PX, UPS = "1.3.6.1.4.1.1718.4.1", "1.3.6.1.4.1.13742.6", "1.3.6.1.2.1.33.1"
UCD = "1.3.6.1.4.1.2021"


def row(oid: str, value: int | str | bytes) -> VarBind:
    if isinstance(value, int):
        return VarBind(parse_oid(oid), INTEGER, value)
    return VarBind(
        parse_oid(oid), OCTET_STRING, value.encode() if isinstance(value, str) else value
    )


@cache
def profiles_of_the_release() -> list[Profile]:
    return load_profiles()


def facts(*profiles: str, object_id: str = "", description: str = "", **said: dict) -> dict:
    """The facts of a device with these rows, read with these profiles alone."""
    rows = [row(oid, value) for oid, value in said.get("rows", {}).items()]
    rows.append(row("1.3.6.1.2.1.1.1.0", description))
    rows.append(VarBind(parse_oid("1.3.6.1.2.1.1.2.0"), OID, parse_oid(object_id or "1.3.6.1.4")))
    engine = RecordedEngine(sorted(rows, key=lambda each: each.oid))
    known = [each for each in profiles_of_the_release() if each.name in profiles]
    told, _, used = asyncio.run(read_facts(engine, NOBODY, known))
    assert {each.name for each in used} == set(profiles)
    return told


def sensors(told: dict) -> dict[tuple[str, str], object]:
    return {(each["class"], each["description"]): each["value"] for each in told["sensors"]}


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("CPU ON-DIE Temperature", "51.5", ("temperature", 51.5)),
        ("FAN_TMP_3", "38", ("temperature", 38)),
        ("Fan 2", "5100", ("fanspeed", 5100)),
        ("NCT +3.3VSB", "3.31", ("voltage", 3.31)),
        ("VCC 1V15", "1.136", ("voltage", 1.136)),
        ("PS1 Status", "0", None),
        ("B50182", "39", None),
    ],
)
def test_what_a_firewall_measures_follows_from_the_name(name, value, meant) -> None:
    told = sensors(
        facts(
            "fortigate",
            object_id=f"{FORTINET}.101.1.644",
            rows={f"{HARDWARE}.2.1": name, f"{HARDWARE}.3.1": value, f"{HARDWARE}.4.1": 1},
        )
    )
    assert told.pop(("state", name)) == "critical"
    assert told == ({(meant[0], name): meant[1]} if meant else {})


@pytest.mark.parametrize(
    ("model", "meant"), [("644", "FortiGate 60F"), ("626", "FortiWiFi 60D"), ("99999", None)]
)
def test_the_model_of_a_firewall_is_the_number_at_the_end_of_its_object_id(model, meant) -> None:
    told = facts("fortigate", object_id=f"{FORTINET}.101.1.{model}")
    assert told["system"]["model"] == meant


def test_a_ups_that_does_not_measure_says_minus_one_and_gives_nothing() -> None:
    output = f"{APC}.1.1.1.4.2"
    told = sensors(
        facts(
            "apc",
            object_id=f"{APC}.1.3.27",
            rows={f"{output}.1.0": 230, f"{output}.3.0": -1, f"{output}.4.0": -1},
        )
    )
    assert told == {("voltage", "Output"): 230}


@pytest.mark.parametrize(
    ("said", "meant"), [(2, "ok"), (3, "warning"), (7, "critical"), (1, "unknown"), (99, "unknown")]
)
def test_a_ups_on_battery_is_not_well_and_one_that_is_off_is_ill(said, meant) -> None:
    told = facts("apc", object_id=f"{APC}.1.3.27", rows={f"{APC}.1.1.1.4.1.1.0": said})
    assert sensors(told) == {("state", "Output"): meant}


def test_the_card_of_a_ups_is_not_its_model() -> None:
    card = "APC Web/SNMP Management Card (AF1:v7.0.8 MN:AP9631 HR:08 SN: ZA1815031283)"
    ups = facts(
        "apc",
        object_id=f"{APC}.1.3.27",
        description=card,
        rows={f"{APC}.1.1.1.1.1.1.0": "Smart-UPS X 750"},
    )
    assert ups["system"]["model"] == "Smart-UPS X 750"
    assert ups["system"]["version"] == "v7.0.8"


def test_a_battery_at_absolute_zero_has_no_sensor() -> None:
    told = facts("standard-ups", rows={f"{UPS}.2.7.0": -273, f"{UPS}.2.4.0": 100})
    assert sensors(told) == {("charge", "Battery charge"): 100}


def test_decimals_stand_in_a_column_of_their_own() -> None:
    told = facts(
        "raritan",
        object_id=PX,
        rows={
            f"{PX}.3.3.3.1.2.1.1": "I1",
            f"{PX}.3.3.4.1.7.1.1.1": 3,
            f"{PX}.3.3.4.1.7.1.1.4": 0,
            f"{PX}.5.2.3.1.4.1.1.1": 3497,
            f"{PX}.5.2.3.1.4.1.1.4": 209,
            f"{PX}.5.2.3.1.4.1.1.8": 12345,
        },
    )
    assert sensors(told) == {("current", "Inlet I1"): 3.497, ("voltage", "Inlet I1"): 209}


def test_a_probe_that_is_not_plugged_in_gives_no_temperature() -> None:
    table = f"{SENTRY}.9"
    told = facts(
        "servertech-sentry4",
        object_id=SENTRY.removesuffix(".1"),
        rows={
            f"{table}.2.1.3.1.1": "Front",
            f"{table}.2.1.3.1.2": "Rear",
            f"{table}.3.1.1.1.1": 239,
            f"{table}.3.1.1.1.2": -410,
            f"{table}.3.1.2.1.1": 0,
            f"{table}.3.1.2.1.2": 7,
        },
    )
    assert sensors(told) == {("temperature", "Front"): 23.9, ("state", "Front status"): "ok"}


def test_fahrenheit_is_made_celsius_where_the_device_is_set_to_it() -> None:
    told = facts(
        "servertech-sentry4",
        object_id=SENTRY.removesuffix(".1"),
        rows={
            f"{SENTRY}.9.1.10.0": 1,
            f"{SENTRY}.9.2.1.3.1.1": "Front",
            f"{SENTRY}.9.3.1.1.1.1": 770,
        },
    )
    assert sensors(told) == {("temperature", "Front"): 25}


def test_memory_and_load_come_of_net_snmp_where_nothing_else_tells() -> None:
    told = facts(
        "unix",
        object_id="1.3.6.1.4.1.8072.3.2.10",
        description="Linux web-1 6.1.0-18-amd64 #1 SMP Debian x86_64",
        rows={
            f"{UCD}.4.5.0": 1000,
            f"{UCD}.4.6.0": 200,
            f"{UCD}.4.14.0": 100,
            f"{UCD}.4.15.0": 300,
            f"{UCD}.11.11.0": 93,
        },
    )
    assert [each["percent"] for each in told["memory"]] == [40]
    assert [each["percent"] for each in told["processors"]] == [7]
    assert told["system"]["version"] == "6.1.0-18-amd64"


def test_the_kernel_of_an_appliance_is_not_its_version() -> None:
    told = facts(
        "unix",
        object_id="1.3.6.1.4.1.8072.3.2.10",
        description="Linux ap-1 4.4.60 #1 SMP PREEMPT Tue Jul 15 armv7l",
    )
    assert told["system"]["version"] is None


@pytest.mark.parametrize(
    ("object_id", "build", "meant"),
    [("2", "17763", "Server 2019 (1809)"), ("1", "17763", "10 (1809)"), ("2", "1", "6.3")],
)
def test_windows_is_named_by_its_build_and_by_whether_it_serves(object_id, build, meant) -> None:
    told = facts(
        "windows",
        object_id=f"1.3.6.1.4.1.311.1.1.3.1.{object_id}",
        description=f"Hardware: Intel64 - Software: Windows Version 6.3 (Build {build} Free)",
    )
    assert told["system"]["version"] == meant


@pytest.mark.parametrize(
    ("bits", "meant"), [(b"\x00", "ok"), (b"\x80", "warning"), (b"\x04", "critical")]
)
def test_a_printer_without_a_bit_has_no_error_and_one_that_jams_is_ill(bits, meant) -> None:
    told = facts("printer", rows={"1.3.6.1.2.1.25.3.5.1.2.1": bits})
    assert sensors(told) == {("state", "Printer error 1"): meant}


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/devices")
def test_the_recordings_of_firewalls_power_and_servers_say_what_they_said() -> None:
    told = shares(*RECORDINGS)
    assert min(told[each] for each in ("vendor", "model", "cpu", "memory", "neighbours")) >= 0.98
    assert told["sensors"] >= 0.96
