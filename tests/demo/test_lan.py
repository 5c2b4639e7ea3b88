"""The region is as big and as redundant as it claims to be."""

from __future__ import annotations

from collections import Counter

from monitor.demo.lan import SITES, region


def test_the_region_has_seven_municipalities_sixty_devices_and_150_components() -> None:
    lan = region()
    assert len(SITES) == 7
    assert len(lan.devices) >= 60
    assert lan.size >= 150
    assert 14 <= len(lan.chains) <= 20


def test_no_id_is_used_twice() -> None:
    lan = region()
    kinds = (lan.devices, lan.wires, lan.services, lan.risks, lan.groups, lan.chains)
    assert sum(map(len, kinds)) == len(set().union(*kinds))


def test_every_wire_ends_on_ports_that_exist_and_no_port_has_two_wires() -> None:
    lan = region()
    used: Counter[tuple[str, str]] = Counter()
    for wire in lan.wires.values():
        for end, port in wire.sockets:
            assert lan.devices[end].port(port).name == port
            used[end, port] += 1
    assert set(used.values()) == {1}


def test_every_access_switch_hangs_on_two_distribution_switches_and_every_site_on_two_suppliers() -> (
    None
):
    lan = region()
    for site in SITES:
        lines = [wire for id_, wire in lan.wires.items() if id_.startswith(f"wan-{site.key}-")]
        assert {wire.supplier for wire in lines} == {"glaspartner", "kabelpartner"}
        assert {wire.ends[1] for wire in lines} == {"dc-rtr-1", "dc-rtr-2"}
        for n in range(site.access):
            up = [w.ends[1] for w in lan.wires.values() if w.ends[0] == f"{site.key}-acc-{n + 1}"]
            assert up == [f"{site.key}-dist-1", f"{site.key}-dist-2"]


def test_serial_numbers_are_as_unique_as_the_devices() -> None:
    lan = region()
    assert len({device.serial for device in lan.devices.values()}) == len(lan.devices)


def test_nothing_imitates_a_real_maker() -> None:
    real = ("cisco", "aruba", "hpe", "juniper", "fortinet", "huawei", "ubiquiti", "apc", "dell")
    text = " ".join(device.model.described.lower() for device in region().devices.values())
    assert not [name for name in real if name in text.split()]
