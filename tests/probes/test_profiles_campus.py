"""HPE, Aruba, Huawei and Juniper: what their own tables mean, and what share of real recordings is read."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path

import pytest

from monitor.profile_files import load_profiles
from probes.port import SnmpCredential
from probes.snmp import ber
from probes.snmp.ber import VarBind
from probes.snmp.engine import Agent
from probes.snmp.facts import read_facts
from probes.snmp.oid import parse_oid
from probes.snmp.recording import RecordedEngine, read_recording

RECORDINGS = Path(__file__).parents[2].parent / "shared" / "devices"
NOBODY = Agent(host="recording", credential=SnmpCredential())
CX = "1.3.6.1.4.1.47196.4.1"
HUAWEI = "1.3.6.1.4.1.2011.5.25.31.1.1"
JUNIPER = "1.3.6.1.4.1.2636.3"
ARUBA = "1.3.6.1.4.1.14823"


@cache
def profiles():
    return tuple(load_profiles())


def facts(object_id: str, description: str, values: dict[str, object]) -> dict[str, object]:
    told = {"1.3.6.1.2.1.1.1.0": description, "1.3.6.1.2.1.1.2.0": parse_oid(object_id), **values}
    rows = [
        VarBind(parse_oid(oid), ber.OID, value)
        if isinstance(value, tuple)
        else VarBind(parse_oid(oid), ber.INTEGER, value)
        if isinstance(value, int)
        else VarBind(parse_oid(oid), ber.OCTET_STRING, str(value).encode())
        for oid, value in told.items()
    ]
    return asyncio.run(read_facts(RecordedEngine(rows), NOBODY, profiles()))[0]


def values_of(found: dict[str, object], kind: str) -> list[object]:
    return [each["value"] for each in found["sensors"] if each["class"] == kind]


def test_an_absent_power_supply_is_no_state_and_a_fault_of_its_input_is_critical() -> None:
    table = f"{CX}.1.3.11.2.1.1"
    states = {f"{table}.11.1.{slot}": state for slot, state in enumerate((1, 2, 3, 12), 1)}
    found = facts(f"{CX}.1.1.1", "Aruba JL727A 6200F 48G CL4 4SFP+370W Swch ML.10.07.0005", states)
    assert values_of(found, "state") == ["ok", "critical"]
    assert found["system"]["model"] == "JL727A 6200F 48G CL4 4SFP+370W"
    assert found["system"]["version"] == "ML.10.07.0005"


def test_light_in_milliwatts_is_decibels_and_a_port_without_light_has_none() -> None:
    lane = f"{CX}.1.3.27.1.2.2.1.12.27"
    found = facts(
        f"{CX}.1.1.1", "", {f"{lane}.1": "0.5000", f"{lane}.2": "0.0000", f"{lane}.3": "n/a"}
    )
    assert values_of(found, "dbm") == [-3.01]


@pytest.mark.parametrize(("said", "meant"), [(536, -2.708), (-849, -8.49), (-1, None), (0, None)])
def test_huawei_tells_light_in_microwatts_or_in_hundredths_of_decibels(said, meant) -> None:
    rows = {f"{HUAWEI}.3.1.6.5": 3300, f"{HUAWEI}.3.1.8.5": said}
    found = facts("1.3.6.1.4.1.2011.2.23.291", "S5720", rows)
    assert values_of(found, "dbm") == ([] if meant is None else [meant])


def test_only_boards_with_memory_have_a_processor_and_a_size_of_32_bits_has_no_sign() -> None:
    rows = {f"{HUAWEI}.1.1.{column}.{board}": value for column, board, value in (
        (5, 9, 7), (7, 9, 36), (9, 9, -1535721472), (5, 10, 0), (7, 10, 0), (11, 10, 2147483647),
    )}  # fmt: skip
    found = facts("1.3.6.1.4.1.2011.2.240.6", "Huawei AC6605", rows)
    assert [each["percent"] for each in found["processors"]] == [7]
    assert [each["total_bytes"] for each in found["memory"]] == [2759245824]
    assert found["sensors"] == []


def test_an_empty_slot_is_no_part_and_one_that_is_offline_is_critical() -> None:
    rows = {f"{JUNIPER}.1.15.1.8.7.{slot}.0.0": state for slot, state in enumerate((6, 2, 8, 1), 1)}
    found = facts("1.3.6.1.4.1.2636.1.1.1.4.82.5", "Juniper Networks, Inc. qfx5100-48s-6q", rows)
    assert values_of(found, "state") == ["ok", "critical"]
    assert found["system"]["model"] == "qfx5100-48s-6q"


def test_an_access_point_of_a_controller_has_the_clients_of_its_radios() -> None:
    point, radio = f"{ARUBA}.2.2.1.5.2.1.4.1", f"{ARUBA}.2.2.1.5.2.1.5.1"
    mac = "0.11.134.129.78.168"
    rows = {
        **{
            f"{point}.{column}.{mac}": value for column, value in ((3, "ap-1"), (6, "BN1"), (19, 1))
        },
        **{f"{radio}.{column}.{mac}.1": value for column, value in ((3, 36), (6, 5), (7, 4))},
        **{f"{radio}.{column}.{mac}.2": value for column, value in ((3, 11), (6, 9), (7, 2))},
    }
    found = facts(f"{ARUBA}.1.1.32", "ArubaOS (MODEL: Aruba7210), Version 8.2.0.2 (62929)", rows)
    (told,) = found["access_points"]
    assert (told["mac"], told["state"], told["clients"]) == ("00:0b:86:81:4e:a8", "up", 6)
    assert [each["channel"] for each in told["radios"]] == [36, 11]


def test_an_access_point_on_its_own_is_one_with_its_radios() -> None:
    ruckus = "1.3.6.1.4.1.25053.1.1"
    rows = {
        "1.3.6.1.2.1.1.5.0": "ap-hall",
        f"{ruckus}.2.1.1.1.1.0": "R510",
        f"{ruckus}.2.1.1.1.2.0": "S1",
        **{f"{ruckus}.12.1.1.1.3.1.2.{radio}": clients for radio, clients in ((1, 3), (2, 8))},
    }
    found = facts("1.3.6.1.4.1.25053.3.1.4.99", "Ruckus Wireless Inc (C) 2006", rows)
    (told,) = found["access_points"]
    assert (told["name"], told["serial"], told["clients"]) == ("ap-hall", "S1", 11)
    assert [each["clients"] for each in told["radios"]] == [3, 8]
    assert found["system"]["model"] == "R510"


# --- recordings -----------------------------------------------------------------------------------


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="no recordings of devices here")
@pytest.mark.parametrize(
    "name",
    [
        "aruba-cx6300-10.16",
        "huawei-s5720-56c",
        "hpe-ff5700",
        "juniper-qfx5100-48s",
        "hp-e2910al-24g-poe",
    ],
)
def test_what_is_known_of_real_devices_is_read(name: str) -> None:
    expected = json.loads((RECORDINGS / f"{name}.expected.json").read_text(encoding="utf-8"))
    with (RECORDINGS / f"{name}.snmprec").open(encoding="utf-8", newline="\n") as lines:
        engine = RecordedEngine(read_recording(lines))
    found = asyncio.run(read_facts(engine, NOBODY, profiles()))[0]
    loads = [each["processor_usage"] for each in expected["processors"]]
    assert sorted(each["percent"] for each in found["processors"]) == sorted(loads)
    told = [each["value"] for each in found["sensors"] if isinstance(each["value"], (int, float))]
    wanted = [
        each["sensor_current"]
        for each in expected["sensors"]
        if each["sensor_class"] not in ("state", "count", "delay", "loss")
    ]
    read = [
        value
        for value in wanted
        if any(abs(value - each) <= abs(value) / 100 + 0.001 for each in told)
    ]
    assert len(read) >= 0.95 * len(wanted)
    assert all(found["system"][key] for key in ("vendor", "model", "version"))
