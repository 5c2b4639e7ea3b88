"""What a fault does to everything around it, held against a search over all paths."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.demo.command import Command
from monitor.demo.lan import POLLER_LINK, region
from monitor.demo.world import Action, World

LAN = region()
UNDO = {"kill": "revive", "hang": "resume", "cut": "mend", "mains-off": "mains-on"}


def _names(commands: list[Command], do: str) -> set[str]:
    return {one.device for one in commands if one.do == do}


def test_a_dead_access_switch_takes_its_access_points_and_its_neighbours_signal() -> None:
    found = World(LAN).apply(Action("kill", "ptd-acc-1"))
    dark = {"ptd-acc-1", "ptd-ap-1", "ptd-ap-4"}
    assert _names(found, "kill") == _names(found, "hush") == dark
    down = {(one.device, one.port) for one in found if one.do == "port" and not one.up}
    assert {("ptd-dist-1", "Te1/0/1"), ("ptd-dist-2", "Te1/0/1")} <= down
    assert {device for device, _ in down} == dark | {"ptd-dist-1", "ptd-dist-2"}


def test_one_wan_line_of_two_silences_nobody() -> None:
    found = World(LAN).apply(Action("cut", "wan-zwd-1"))
    assert {(one.do, one.device, one.up) for one in found} == {
        ("port", "zwd-cpe-1", False),
        ("port", "dc-rtr-1", False),
    }


def test_both_wan_lines_silence_the_whole_site_though_all_of_it_runs() -> None:
    world = World(LAN)
    world.apply(Action("cut", "wan-sld-1"))
    found = world.apply(Action("cut", "wan-sld-2"))
    assert _names(found, "hush") == {one.id for one in LAN.devices.values() if one.site == "sld"}
    assert _names(found, "kill") == set()


def test_one_cable_of_two_takes_its_own_ports_and_silences_nobody() -> None:
    commands = World(LAN).apply(Action("cut", "l-ptd-dist-1-ptd-cpe-1#2"))
    assert commands == [
        Command("port", "ptd-dist-1", port="Te1/0/21", up=False),
        Command("port", "ptd-cpe-1", port="Gi0/0/3", up=False),
    ]


def test_a_hanging_access_point_keeps_its_port_up() -> None:
    assert World(LAN).apply(Action("hang", "hia-ap-2")) == [Command("hush", "hia-ap-2")]


def test_a_blind_poller_hears_nobody_and_no_port_moves() -> None:
    found = World(LAN).apply(Action("cut", POLLER_LINK))
    assert _names(found, "hush") == set(LAN.devices)
    assert {one.do for one in found} == {"hush"}


def test_mains_that_fail_leave_the_ups_and_what_it_feeds_alive() -> None:
    found = World(LAN).apply(Action("mains-off", "ddt"))
    assert found[0] == Command("battery", "ddt-ups", up=False)
    dead = _names(found, "kill")
    assert {LAN.devices[id_].kind for id_ in dead} == {"switch", "ap"}
    assert {id_.split("-")[1] for id_ in dead} == {"acc", "ap"}


def test_no_site_is_the_way_to_another() -> None:
    world = World(LAN)
    for line in ("wan-ptd-1", "wan-ptd-2"):
        world.apply(Action("cut", line))
    found = world.apply(Action("kill", "zwd-dist-1"))
    assert not {id_ for id_ in _names(found, "speak") if id_.startswith("ptd")}


def test_nothing_is_reached_upward_from_the_users_side() -> None:
    world = World(LAN)
    world.apply(Action("cut", "wan-ptd-1"))
    found = world.apply(Action("cut", "l-ptd-cpe-1-ptd-cpe-2"))
    assert _names(found, "hush") == {"ptd-cpe-1"}


def test_what_speaks_again_does_so_before_its_ports_move() -> None:
    world = World(LAN)
    world.apply(Action("kill", "ptd-acc-1"))
    order = [one.do for one in world.apply(Action("revive", "ptd-acc-1"))]
    assert order.index("port") > max(n for n, do in enumerate(order) if do in {"speak", "revive"})


BUNDLES = [wire for wire in LAN.wires.values() if len(wire.cables) > 1]
CABLES = [f"{wire.id}#{n}" for wire in BUNDLES for n in range(1, len(wire.cables) + 1)]
FAULTS = st.one_of(
    st.tuples(st.sampled_from(["kill", "hang"]), st.sampled_from(sorted(LAN.devices))),
    st.tuples(st.just("cut"), st.sampled_from([*sorted(LAN.wires), *sorted(LAN.risks)])),
    st.tuples(st.just("cut"), st.sampled_from(CABLES)),
    st.tuples(st.just("mains-off"), st.sampled_from(["ptd", "ddt", "dc-a"])),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(FAULTS, max_size=4), st.randoms(use_true_random=False))
def test_faults_that_are_all_undone_in_any_order_leave_no_trace(faults, chance) -> None:
    world, balance = World(LAN), Counter()
    actions = [Action(act, what) for act, what in faults]
    undone = [Action(UNDO[act], what) for act, what in faults]
    chance.shuffle(undone)
    sign = {"kill": 1, "revive": -1, "hush": 1, "speak": -1}
    for action in [*actions, *undone]:
        for one in world.apply(action):
            if one.do in sign:
                balance["dead" if one.do in {"kill", "revive"} else "hushed", one.device] += sign[
                    one.do
                ]
            else:
                balance[one.do, one.device, one.port] += 1 if one.up else -1
    assert not world.broken()
    assert set(balance.values()) <= {0}


@settings(max_examples=40, deadline=None)
@given(st.lists(FAULTS, max_size=4))
def test_a_device_answers_exactly_when_a_working_path_of_falling_tiers_leads_to_it(faults) -> None:
    world, hushed = World(LAN), set()
    for act, what in faults:
        for one in world.apply(Action(act, what)):
            if one.do == "hush":
                hushed.add(one.device)
            if one.do == "speak":
                hushed.remove(one.device)
    assert hushed == set(LAN.devices) - _answering(faults)


TIERS = {"ap": 1, "ups": 2, "switch": 2, "router": 5, "server": 6}
NAMED = {"distribution": 3, "datacentre": 6}


def _answering(faults: list[tuple[str, str]]) -> set[str]:
    """The definition, by rounds over all wires until nothing is added."""

    def tier(id_: str) -> int:
        device = LAN.devices[id_]
        return NAMED[device.tier] if device.tier else TIERS[device.kind]

    off = {what for act, what in faults if act == "kill"}
    for act, what in faults:
        off |= set(LAN.risks[f"power-{what}"].members) if act == "mains-off" else set()
    cut = {what for act, what in faults if act == "cut"}
    cut |= {line for risk in cut & set(LAN.risks) for line in LAN.risks[risk].members}
    cut |= {
        wire.id
        for wire in BUNDLES
        if all(f"{wire.id}#{n}" in cut for n in range(1, len(wire.cables) + 1))
    }
    for wire in LAN.wires.values():
        if (
            wire.ends[0] in LAN.devices
            and LAN.devices[wire.ends[0]].kind == "ap"
            and wire.ends[1] in off
        ):
            off = off | {wire.ends[0]}
    reached = {"dc-core-1"} - off
    before = -1
    while before != len(reached):
        before = len(reached)
        for wire in LAN.wires.values():
            if wire.cables and wire.id not in cut:
                for near, far in (wire.ends, wire.ends[::-1]):
                    if near in reached and far not in off and tier(near) >= tier(far):
                        reached.add(far)
    return reached - {what for act, what in faults if act == "hang"}


@pytest.mark.parametrize(
    "action",
    [
        Action("kill", "nobody"),
        Action("cut", "ptd-acc-1"),
        Action("mains-off", "amsterdam"),
        Action("hang", POLLER_LINK),
    ],
)
def test_an_action_on_what_does_not_exist_is_refused_before_it_changes_anything(action) -> None:
    world = World(LAN)
    with pytest.raises(ValueError, match="the region has no"):
        world.apply(action)
    assert not world.broken()
