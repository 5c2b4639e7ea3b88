"""Bridge tables to evidence, only where they leave one answer (pure).

Two ports meet when each has learned an address of the other's device, on one port only, and no address at all
was learned at both: whatever lay between them would be seen from both sides. Spanning tree names the bridge
and the port that lead a segment: whose port is named by one other bridge alone meets that bridge's port.
Nothing is said of ports where LLDP or CDP tells who is there.

Source: the condition of Breitbart et al. (2000), topology discovery in IP networks; IEEE 802.1D.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from probes.discovery.evidence import End, Evidence, near_port

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from probes.discovery.device import Device
    from probes.discovery.edges import Link
    from probes.discovery.identity import Identities

__all__ = ["forwarding"]

_Wire = tuple[End, End]


def forwarding(identities: Identities, links: Iterable[Link]) -> list[Evidence]:
    """Turn the bridge tables of all targets into evidence that agrees with what LLDP and CDP told.

    Args:
        identities: All targets.
        links: What the neighbour tables told.
    """
    known = {frozenset((link.a, link.b)) for link in links}
    joined = {frozenset(end.device for end in wire) for wire in known}
    taken = _taken(identities) | {end for wire in known for end in wire}

    def fits(wire: _Wire) -> bool:
        apart = frozenset(end.device for end in wire) not in joined
        return frozenset(wire) in known or (apart and not taken & set(wire))

    learned = _alone([wire for wire in _learned(identities) if fits(wire)])
    led = _alone([wire for wire in _led(identities) if fits(wire)])
    both_ways = (wire for one in learned for wire in (one, one[::-1]))
    return [
        *(Evidence("fdb", *wire) for wire in both_ways),
        *(Evidence("stp", *wire) for wire in led),
    ]


def _taken(identities: Identities) -> set[End]:
    """Ports with a neighbour by LLDP or CDP, with what they consist of and are part of."""
    found: set[End] = set()
    for name, device in identities.devices.items():
        ports = {near_port(told) for told in device.neighbours}
        for upper, lower in device.layers.items():
            if ports & {upper, *lower}:
                ports |= {upper, *lower}
        found.update(End(name, port) for port in ports)
    return found


def _alone(wires: list[_Wire]) -> list[_Wire]:
    """Those whose ports no other wire claims: a segment that three devices share has no two ends."""
    count = Counter(end for wire in set(wires) for end in wire)
    return [wire for wire in wires if all(count[end] == 1 for end in wire)]


def _learned(identities: Identities) -> Iterator[_Wire]:
    seen = {name: _seen(identities, device) for name, device in identities.devices.items()}
    for one, other in combinations(identities.devices.values(), 2):
        near, far = seen[one.name].get(other.name, set()), seen[other.name].get(one.name, set())
        if len(near) == len(far) == 1:
            (here,), (there,) = near, far
            apart = not one.bridge.macs[here] & other.bridge.macs[there]
            leads = _leaders(one, here) | _leaders(other, there)
            if apart and leads <= one.bridge.addresses | other.bridge.addresses:
                yield End(one.name, here), End(other.name, there)


def _seen(identities: Identities, device: Device) -> Mapping[str, set[int]]:
    """Other targets to the ports at which the device has learned an address of theirs."""
    found: dict[str, set[int]] = {}
    for port, macs in device.bridge.macs.items():
        for owner in {identities.owner_of(mac) for mac in macs}:
            if owner is not None and owner != device.name:
                found.setdefault(owner, set()).add(port)
    return found


def _leaders(device: Device, port: int) -> set[str]:
    return {one.bridge for one in device.bridge.designated.get(port, ())}


def _led(identities: Identities) -> Iterator[_Wire]:
    """Ports on a segment that the port of one other target leads."""
    for name, device in identities.devices.items():
        for port, told in device.bridge.designated.items():
            others = {one for one in told if one.bridge not in device.bridge.addresses}
            if len(others) != 1:
                continue
            (leader,) = others
            owner = identities.owner_of(leader.bridge)
            if owner is None or owner == name:
                continue
            far = identities.devices[owner].bridge
            index = far.ports.get(leader.port)
            if index is not None and leader in far.designated.get(index, ()):
                yield End(name, port), End(owner, index)
