"""Profiles of the makers of switches and access points: rows of their MIBs to facts, and the recordings."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from typing import TYPE_CHECKING

import pytest

from monitor.profile_files import BUILT_IN, load_profiles
from probes.port import SnmpCredential
from probes.snmp import ber
from probes.snmp.ber import VarBind
from probes.snmp.engine import Agent
from probes.snmp.facts import read_facts
from probes.snmp.oid import parse_oid
from probes.snmp.recording import RecordedEngine, read_recording

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = Agent(host="recording", credential=SnmpCredential())
ENTERPRISES = "1.3.6.1.4.1"
DEVICES = BUILT_IN.parents[3] / "shared" / "devices"
MAKERS = (
    *("ale-*", "allied-*", "avaya-*", "extreme-*", "dell-[epsz]*", "edgecore-*", "ruijie-*"),
    *("dlink-*", "tplink-*", "netgear-*", "linksys-*", "zyxel-*", "mikrotik-*", "unifi-*"),
    *("fortiswitch-*", "fortiap-*", "grandstream-*", "planet-*", "alta-*", "aerohive-*"),
)
SHARES = ("buffers", "cached", "shared")
"""Parts of the physical memory, no pools."""
profiles = cache(load_profiles)


def row(name: str, value: object) -> VarBind:
    oid = parse_oid(name if name.startswith("1.3.6.1.2") else f"{ENTERPRISES}.{name}")
    if isinstance(value, int):
        return VarBind(oid, ber.INTEGER, value)
    if isinstance(value, tuple):
        return VarBind(oid, ber.OID, value)
    return VarBind(oid, ber.OCTET_STRING, str(value).encode())


def facts(object_id: str, told: dict[str, object], description: str = "a switch") -> dict:
    rows = [
        row("1.3.6.1.2.1.1.1.0", description),
        row("1.3.6.1.2.1.1.2.0", parse_oid(f"{ENTERPRISES}.{object_id}")),
        *(row(name, value) for name, value in told.items()),
    ]
    rows.sort(key=lambda each: each.oid)
    return asyncio.run(read_facts(RecordedEngine(rows), NOBODY, profiles()))[0]


def sensors(found: dict, kind: str) -> dict[str, object]:
    return {
        each["description"]: each["value"] for each in found["sensors"] if each["class"] == kind
    }


def test_a_fan_that_is_not_there_is_no_sensor_and_one_that_failed_is_critical() -> None:
    box = "4526.10.43.1.6.1.3"
    found = facts("4526.100.4.32", {f"{box}.1.0": 1, f"{box}.1.1": 2, f"{box}.1.2": 3})
    assert sensors(found, "state") == {"Fan 1.1": "ok", "Fan 1.2": "critical"}


def test_an_empty_cage_of_a_router_has_no_readings() -> None:
    cage = "14988.1.1.19.1.1"
    empty = {
        f"{cage}.2.5": "sfp1",
        **{f"{cage}.{column}.5": 0 for column in (3, 4, 6, 7, 8, 9, 10)},
    }
    full = {f"{cage}.2.6": "sfp2", f"{cage}.7.6": 3300, f"{cage}.9.6": -4879}
    found = facts("14988.1", {**empty, **full})
    assert sensors(found, "dbm") == {"sfp2 transmit": -4.879}
    assert sensors(found, "voltage") == {"sfp2": 3.3}
    assert sensors(found, "state") == {}


def test_the_load_of_a_minute_is_told_and_101_is_not_measured() -> None:
    found = facts("674.10895.3028", {"89.1.7.0": 89, "89.1.8.0": 101, "89.1.9.0": 17})
    assert [each["percent"] for each in found["processors"]] == [17]


def test_a_chassis_of_one_product_is_read_under_the_number_of_that_product() -> None:
    told = {
        "259.10.1.45.1.1.3.1.10.1": "EC-1",
        "259.10.1.45.1.1.5.1.0": "ECS4120-28P",
        "259.10.1.45.1.1.11.1.3.1.1": 41,
        "259.10.1.45.1.39.3.1.0": 1000,
        "259.10.1.45.1.39.3.2.0": 250,
        "259.10.1.99.1.1.11.1.3.1.1": 99,
    }
    found = facts("259.10.1.45.101", told)
    assert (found["system"]["model"], found["system"]["serial"]) == ("ECS4120-28P", "EC-1")
    assert sensors(found, "temperature") == {"Unit 1, sensor 1": 41}
    assert [each["percent"] for each in found["memory"]] == [25]


def test_half_degrees_become_degrees_and_texts_with_units_numbers() -> None:
    told = {
        "1991.1.1.2.13.1.1.3.1.1": "Line module 1",
        "1991.1.1.2.13.1.1.4.1.1": 81,
        "1991.1.1.3.3.6.1.4.65": "6.582 mA: Normal",
        "1991.1.1.3.3.6.1.4.66": "N/A",
        "1.3.6.1.2.1.31.1.1.1.1.65": "2/1",
    }
    found = facts("1991.1.3.51", told)
    assert sensors(found, "temperature") == {"Line module 1": 40.5}
    assert sum(each["class"] == "temperature" for each in found["sensors"]) == 1
    assert sensors(found, "current") == {"2/1 bias": 0.006582}


def test_an_access_point_tells_its_radios_with_the_clients_of_all_their_networks() -> None:
    base = "41112.1.6.1"
    told = {
        **{f"{base}.1.1.3.{place}": radio for place, radio in ((1, "ng"), (2, "na"))},
        **{f"{base}.2.1.9.{place}": radio for place, radio in ((1, "ng"), (2, "na"), (3, "na"))},
        **{f"{base}.2.1.8.{place}": clients for place, clients in ((1, 4), (2, 5), (3, 6))},
        **{f"{base}.2.1.4.{place}": channel for place, channel in ((1, 6), (2, 36), (3, 36))},
    }
    point = facts("41112", told, "U6-Pro 6.6.77.15402")["access_points"][0]
    assert point["clients"] == 15
    assert [(each["name"], each["channel"], each["clients"]) for each in point["radios"]] == [
        ("ng", 6, 4),
        ("na", 36, 11),
    ]


def test_a_router_without_radio_is_no_access_point() -> None:
    assert facts("14988.1", {"14988.1.1.7.3.0": "S-1"})["access_points"] == []


# --- recordings -----------------------------------------------------------------------------------


def recorded(expected: Path) -> dict:
    name = expected.name.removesuffix(".expected.json")
    with (expected.parent / f"{name}.snmprec").open(encoding="utf-8", newline="\n") as lines:
        rows = read_recording(lines)
    return asyncio.run(read_facts(RecordedEngine(rows), NOBODY, profiles()))[0]


def near(said: float, wanted: float) -> bool:
    return abs(said - wanted) <= max(abs(wanted) / 100, 0.5)


def hits(wanted: list[float], said: list[float]) -> int:
    """How many of the wanted find a value of their own."""
    free, found = list(said), 0
    for value in wanted:
        place = next((place for place, each in enumerate(free) if near(each, value)), None)
        if place is not None:
            free.pop(place)
            found += 1
    return found


def pair(kind: str, wanted: dict, said: dict) -> tuple[list[float], list[float]]:
    """What is known of a recording and what is said of it, of one kind."""
    if kind == "processors":
        known = [each["processor_usage"] for each in wanted.get("processors", [])]
        return known, [each["percent"] for each in said["processors"]]
    if kind == "memory":
        pools = (each for each in wanted.get("mempools", []) if each["mempool_class"] not in SHARES)
        return [each["mempool_perc"] for each in pools], [
            each["percent"] for each in said["memory"]
        ]
    known = [
        each["sensor_current"] for each in wanted.get("sensors", []) if each["sensor_class"] == kind
    ]
    return known, [each["value"] for each in said["sensors"] if each["class"] == kind]


@pytest.mark.skipif(not DEVICES.is_dir(), reason="the recordings of devices are not here")
def test_the_recordings_give_most_of_what_is_known_of_them() -> None:
    right = dict.fromkeys(("processors", "memory", "temperature", "voltage", "dbm", "fanspeed"), 0)
    known = dict(right)
    for path in sorted(
        {path for maker in MAKERS for path in DEVICES.glob(f"{maker}.expected.json")}
    ):
        wanted, said = json.loads(path.read_text(encoding="utf-8")), recorded(path)
        for kind in known:
            there, here = pair(kind, wanted, said)
            known[kind] += len(there)
            right[kind] += hits(there, [each for each in here if each is not None])
    share = {kind: right[kind] / known[kind] for kind in known}
    assert all(part >= 0.9 for part in share.values()), share
