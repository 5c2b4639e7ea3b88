"""Rows to facts: every key always there, unknown is None, and what a device gets wrong is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes.snmp import ber
from probes.snmp.ber import VarBind
from probes.snmp.engine import Walked
from probes.snmp.enterprises import vendor_of
from probes.snmp.facts import ROOTS, facts
from probes.snmp.neighbours import identifier
from tests.probes.agent import IF, IFX, recording
from tests.probes.test_ber import varbind

HERE = Path(__file__).parents[1] / "recordings"
SHARED = Path(__file__).parents[2] / ".." / "shared" / "devices"
KEYS = {
    "system",
    "interfaces",
    "processors",
    "memory",
    "sensors",
    "poe",
    "neighbours",
    "access_points",
    "entities",
    "quirks",
}
INTERFACE = (
    "index name description alias admin oper speed_bps in_octets out_octets in_errors out_errors"
    " in_discards out_discards last_change_s type"
)


def told(rows: list[VarBind]) -> dict:
    under = tuple(ROOTS)
    kept = [row for row in rows if any(row.oid[: len(root)] == root for root in under)]
    return json.loads(json.dumps(facts(Walked(kept))))


def text(oid: ber.Oid, value: str | bytes) -> VarBind:
    return VarBind(oid, ber.OCTET_STRING, value.encode() if isinstance(value, str) else value)


def number(oid: ber.Oid, value: int) -> VarBind:
    return VarBind(oid, ber.INTEGER, value)


@pytest.fixture(scope="module")
def office() -> dict:
    return told(recording(HERE / "office-switch.snmprec"))


def test_every_key_is_there_even_of_a_device_that_says_nothing() -> None:
    found = told([])
    assert set(found) == KEYS
    assert set(found["system"].values()) == {None}
    assert found["quirks"] == ["sysDescr is empty"]


def test_the_system_is_named_by_its_chassis(office) -> None:
    assert office["system"] == {
        "name": "sw-test",
        "description": "Linux access switch, 6 ports",
        "object_id": "1.3.6.1.4.1.8072.3.2.10",
        "uptime_s": 1234,
        "vendor": None,
        "model": "AS-6G",
        "version": "2.4.1",
        "serial": "SN0001",
    }


def test_interfaces_take_the_64_bit_counters(office) -> None:
    first = office["interfaces"][0]
    assert sorted(first) == sorted(INTERFACE.split())
    rows = {row.oid: row.value for row in recording(HERE / "office-switch.snmprec")}
    assert first["in_octets"] == rows[(*IFX, 6, 1)]
    assert (first["name"], first["admin"], first["oper"]) == ("Gi1/0/1", "up", "up")
    assert (first["speed_bps"], first["type"]) == (10**9, "ethernetCsmacd")
    assert first["last_change_s"] == (123_456 - 51) // 100


def test_processors_memory_poe_and_neighbours(office) -> None:
    assert [cpu["percent"] for cpu in office["processors"]] == [12, 31]
    assert office["memory"] == [
        {
            "description": "Physical memory",
            "used_bytes": (786432 - 4000) * 1024,
            "total_bytes": 1048576 * 1024,
            "percent": 74.6,
        }
    ]
    assert office["poe"] == [{"group": 1, "budget_w": 370, "used_w": 62}]
    assert office["neighbours"] == [
        {
            "protocol": "lldp",
            "local_port": "Gi1/0/1",
            "remote_name": "core-1",
            "remote_port": "ge-0/0/1",
            "remote_id": "02:42:ac:11:00:02",
        }
    ]


def test_a_sensor_that_is_unavailable_has_no_value_and_no_zero(office) -> None:
    values = {row["description"]: row["value"] for row in office["sensors"]}
    assert values == {
        "CPU temperature": 41.5,
        "Fan 1": 4200.0,
        "Receive power": -7.12,
        "Dead sensor": None,
    }


def test_odd_types_are_survived_and_told() -> None:
    found = told(recording(HERE / "odd-types.snmprec"))
    by_index = {row["index"]: row for row in found["interfaces"]}
    assert by_index[436207616]["name"] == "mgmt0"
    assert by_index[1270153216]["name"] == 'Zürich \n"x"'
    odd = by_index[436207616]
    assert (odd["speed_bps"], odd["admin"], odd["oper"]) == (None, None, None)
    assert odd["in_discards"] == 2**64 - 1
    assert "ifAdminStatus 0 is outside its enumeration" in found["quirks"]
    assert "ifSpeed -1 stands for no speed" in found["quirks"]
    assert "sysDescr is empty" in found["quirks"]


@pytest.mark.parametrize(
    ("speed", "high", "bps"),
    [
        (10**9, 1000, 10**9),
        (2**32 - 1, 10_000, 10**10),
        (2**32 - 1, None, None),
        (10**8, 10**8, 10**8),
        (10**7, 2**32 - 1, 10**7),
        (10**7, 0, 10**7),
        (0, 0, 0),
        (None, 0, 0),
        (None, None, None),
    ],
)
def test_a_speed_is_in_bits_a_second_whatever_the_device_counts_in(speed, high, bps) -> None:
    rows = [number((*IF, 1, 1), 1)]
    rows += [VarBind((*IF, 5, 1), ber.GAUGE32, speed)] if speed is not None else []
    rows += [VarBind((*IFX, 15, 1), ber.GAUGE32, high)] if high is not None else []
    assert told(rows)["interfaces"][0]["speed_bps"] == bps


def test_a_change_in_the_future_is_a_quirk_and_no_negative_age() -> None:
    rows = [
        VarBind((1, 3, 6, 1, 2, 1, 1, 3, 0), ber.TIME_TICKS, 100),
        number((*IF, 1, 1), 1),
        VarBind((*IF, 9, 1), ber.TIME_TICKS, 200),
    ]
    found = told(rows)
    assert found["interfaces"][0]["last_change_s"] is None
    assert "ifLastChange is later than sysUpTime" in found["quirks"]


def test_32_bit_counters_stand_in_where_64_bits_are_missing() -> None:
    rows = [number((*IF, 1, 1), 1), VarBind((*IF, 10, 1), ber.COUNTER32, 7)]
    first = told(rows)["interfaces"][0]
    assert (first["in_octets"], first["out_octets"]) == (7, None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (bytes.fromhex("b869f4477f41"), "b8:69:f4:47:7f:41"),
        (b"B8:69:F4:7F:41:70", "b8:69:f4:7f:41:70"),
        (b"b8 69 f4 7f 41 70", "b8:69:f4:7f:41:70"),
        (b"B8-69-F4-7F-41-70", "b8:69:f4:7f:41:70"),
        (b"b869.f47f.4170", "b8:69:f4:7f:41:70"),
        (b"\x01\xc0\x00\x02\x01", "192.0.2.1"),
        (b"core-1\0", "core-1"),
        (b"switch", "switch"),
        (b"\xff\xfe\x01", "fffe01"),
        (b"0", "0"),
        (None, ""),
    ],
)
def test_an_identifier_reads_the_same_in_every_spelling(value, text) -> None:
    assert identifier(value) == text


def test_a_local_port_that_the_device_does_not_explain_is_unknown() -> None:
    remote = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1)
    found = told([text((*remote, 9, 0, 0, 3), "far")])
    assert found["neighbours"][0]["local_port"] is None
    assert any("port 0" in quirk for quirk in found["quirks"])


@pytest.mark.parametrize(
    ("oid", "description", "vendor"),
    [
        ((1, 3, 6, 1, 4, 1, 9, 1, 1), "", "Cisco"),
        ((1, 3, 6, 1, 4, 1, 8072, 3, 2, 10), "Ubiquiti UniFi AP", "Ubiquiti"),
        ((1, 3, 6, 1, 4, 1, 8072, 3, 2, 10), "Linux box", None),
        (None, "MikroTik RouterOS", "MikroTik"),
        ((1, 3, 6, 1, 4, 1), "", None),
        ((0, 0), "", None),
    ],
)
def test_a_vendor_is_known_by_number_else_by_name(oid, description, vendor) -> None:
    assert vendor_of(oid, description) == vendor


under_roots = st.builds(
    lambda root, rest, bind: VarBind((*root, *rest), bind.tag, bind.value),
    st.sampled_from(ROOTS),
    st.lists(st.integers(0, 2**32 - 1), max_size=4),
    varbind,
)


@settings(deadline=None, max_examples=50)
@given(st.lists(under_roots, max_size=12))
def test_whatever_a_device_says_every_key_is_there(rows) -> None:
    found = json.loads(json.dumps(facts(Walked(rows))))
    assert set(found) == KEYS
    for interface in found["interfaces"]:
        assert set(interface) == set(INTERFACE.split())


@pytest.mark.parametrize("name", ["aruba-cx6300m-10.10", "fortigate-60f", "cisco-c3560-48ts"])
def test_ports_are_what_another_product_reads_from_real_devices(name) -> None:
    if not (SHARED / f"{name}.snmprec").exists():
        pytest.skip("../shared/devices is not here")
    found = {row["index"]: row for row in told(recording(SHARED / f"{name}.snmprec"))["interfaces"]}
    expected = json.loads((SHARED / f"{name}.expected.json").read_text())["ports"]
    assert expected
    for port in expected:
        row = found[port["ifIndex"]]
        assert row["oper"] == port.get("ifOperStatus", row["oper"])
        assert (row["in_octets"] or 0) == port.get("ifInOctets", 0)  # its 0 is our None
        assert row["speed_bps"] == port.get("ifSpeed", row["speed_bps"]) or not port.get("ifSpeed")
