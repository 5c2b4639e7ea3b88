"""Laws of discovery, and what it says of the recorded networks of ../shared."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path

import pytest

from probes.discovery.device import CONTEXT_ROOTS, ROOTS, device
from probes.discovery.network import network
from probes.snmp.recording import RecordedEngine, read_recording
from tests.discovery.lan import Box, ends, wire

NETWORKS = Path(__file__).resolve().parents[3] / "shared" / "networks"
recorded = pytest.mark.skipif(not NETWORKS.is_dir(), reason="../shared/networks is absent")


@pytest.fixture
def boxes():
    return [Box("a", "020000000001"), Box("b", "020000000002"), Box("c", "020000000003")]


def result(*boxes):
    return network(box.device for box in boxes)


def test_a_wire_seen_from_both_ends_by_both_protocols_is_one_link(boxes) -> None:
    a, b, _ = boxes
    wire(a, 1, b, 2)
    a.cdp(1, "b.example", "GigabitEthernet0/2")
    b.cdp(2, "a", "GigabitEthernet0/1")
    assert result(a, b)["links"] == [
        {
            "a": {"device": "a", "port": "Gi0/1"},
            "b": {"device": "b", "port": "Gi0/2"},
            "sources": ["cdp", "lldp"],
            "both_ends": True,
        }
    ]


def test_parallel_wires_stay_apart(boxes) -> None:
    a, b, _ = boxes
    wire(a, 1, b, 1)
    wire(a, 2, b, 2)
    assert ends(result(a, b)) == {("a", "Gi0/1", "b", "Gi0/1"), ("a", "Gi0/2", "b", "Gi0/2")}


def test_the_order_of_targets_does_not_matter(boxes) -> None:
    a, b, c = boxes
    wire(a, 1, b, 2)
    wire(b, 3, c, 4)
    c.lldp(5, a, "Gi0/6")
    assert len({json.dumps(result(*one)) for one in itertools.permutations(boxes)}) == 1


def test_another_target_never_takes_away_a_link_that_both_ends_prove(boxes) -> None:
    a, b, c = boxes
    wire(a, 1, b, 2)
    before = ends(result(a, b))
    c.lldp(1, a, "Gi0/1")
    c.lldp(2, b, "Gi0/2")
    assert before <= ends(result(a, b, c))


def test_what_one_end_says_alone_is_a_link_of_one_end(boxes) -> None:
    a, b, _ = boxes
    a.lldp(1, b, "Gi0/2")
    (link,) = result(a, b)["links"]
    assert (link["both_ends"], link["b"]["port"]) == (False, "Gi0/2")


def test_each_end_knows_its_own_port_best_and_the_difference_is_told(boxes) -> None:
    a, b, _ = boxes
    a.lldp(1, b, "Gi0/7")
    b.lldp(2, a, "Gi0/1")
    found = result(a, b)
    assert ends(found) == {("a", "Gi0/1", "b", "Gi0/2")}
    assert [one["kind"] for one in found["contradictions"]] == ["ends-differ"]


def test_a_renamed_device_is_known_by_its_chassis(boxes) -> None:
    a, b, _ = boxes
    a.lldp(1, b, "Gi0/2", name="its-old-name")
    assert ends(result(a, b)) == {("a", "Gi0/1", "b", "Gi0/2")}


def test_a_stranger_with_the_name_of_a_target_is_outside(boxes) -> None:
    a, b, _ = boxes
    a.lldp(1, b, "Gi0/2", mac=bytes.fromhex("0200000000ff"))
    found = result(a, b)
    assert found["links"] == []
    assert [one["remote_name"] for one in found["outside"]] == ["b.example"]
    assert [one["kind"] for one in found["contradictions"]] == ["other-chassis"]


def test_a_name_that_two_targets_bear_means_neither(boxes) -> None:
    a, b, _ = boxes
    twin = Box("b", "020000000009")
    twin.name = "twin"
    a.cdp(1, "b.example", "Gi0/2")
    found = result(a, b, twin)
    assert found["links"] == []
    assert {one["kind"] for one in found["contradictions"]} == {"same-identity", "several-targets"}


def test_a_phone_is_outside_once_though_both_protocols_tell_of_it(boxes) -> None:
    a, b, _ = boxes
    a.lldp(3, b, "Port 1", mac=bytes.fromhex("0200000000aa"), name="SEP01")
    a.cdp(3, "SEP01", "Port 1")
    (row,) = result(a, b)["outside"]
    assert (row["port"], row["remote_name"], row["sources"]) == ("Gi0/3", "SEP01", ["cdp", "lldp"])


def test_a_device_that_sees_itself_has_no_link_to_itself(boxes) -> None:
    a, b, _ = boxes
    a.lldp(1, a, "Gi0/2")
    found = result(a, b)
    assert found["links"] == []
    assert [one["itself"] for one in found["outside"]] == [True]


HOST, OTHER_HOST = bytes.fromhex("020000001001"), bytes.fromhex("020000001002")


def test_bridge_tables_that_leave_one_answer_make_a_link(boxes) -> None:
    a, b, _ = boxes
    a.learned(1, b.mac, HOST)
    b.learned(2, a.mac, OTHER_HOST)
    (link,) = result(a, b)["links"]
    assert (link["a"]["port"], link["b"]["port"]) == ("Gi0/1", "Gi0/2")
    assert (link["sources"], link["both_ends"]) == (["fdb"], True)


@pytest.mark.parametrize("between", [HOST, bytes.fromhex("020000000003")])
def test_what_is_seen_from_both_sides_lies_between_so_there_is_no_link(boxes, between) -> None:
    a, b, c = boxes
    a.learned(1, b.mac, between)
    b.learned(2, a.mac, between)
    assert result(a, b, c)["links"] == []


def test_bridge_tables_say_nothing_of_a_port_that_has_a_neighbour(boxes) -> None:
    a, b, c = boxes
    wire(a, 1, c, 1)
    a.learned(1, b.mac)
    b.learned(2, a.mac)
    assert ends(result(a, b, c)) == {("a", "Gi0/1", "c", "Gi0/1")}


def walked(path, roots):
    with path.open(encoding="utf-8", newline="\n") as lines:
        return asyncio.run(RecordedEngine(read_recording(lines)).walk(None, roots))


def told(folder, node):
    contexts = [walked(file, CONTEXT_ROOTS) for file in sorted(folder.glob(f"{node}@*.snmprec"))]
    return device(node, walked(folder / f"{node}.snmprec", ROOTS), contexts)


@recorded
@pytest.mark.parametrize("name", ["cisco-campus-9", "cisco-site-5", "juniper-mx-6"])
def test_every_wire_of_a_recorded_network_is_found_once_and_no_other(name) -> None:
    folder = NETWORKS / name
    known = json.loads((folder / "network.json").read_text(encoding="utf-8"))
    found = network(told(folder, node) for node in known["nodes"])
    pairs = sorted(
        tuple(sorted((one["a"]["device"], one["b"]["device"]))) for one in found["links"]
    )
    assert pairs == sorted(
        tuple(sorted((one["a"]["node"], one["b"]["node"]))) for one in known["links"]
    )
    assert all(one["both_ends"] for one in found["links"])
