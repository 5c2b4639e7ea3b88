"""All targets to the wires between them, what lies outside, and what does not fit (pure).

Source: DESIGN.md 7.3, `discover --targets`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.discovery.contradictions import contradictions
from probes.discovery.edges import links
from probes.discovery.evidence import evidence, port_text
from probes.discovery.forwarding import forwarding
from probes.discovery.identity import Identities
from probes.discovery.outside import outside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from probes.discovery.device import Device
    from probes.discovery.edges import Link
    from probes.discovery.evidence import End

__all__ = ["Network", "network"]

Network = dict[str, object]


def network(devices: Iterable[Device]) -> Network:
    """Turn what the targets told into the network; the order of the targets plays no part."""
    identities = Identities(devices)
    layers = {name: device.layers for name, device in identities.devices.items()}
    told = evidence(identities)
    proven = links(told, layers)
    wires = links([*told, *forwarding(identities, proven)], layers)
    return {
        "devices": [_device(one) for one in identities.devices.values()],
        "links": [_link(identities, one) for one in wires],
        "outside": outside(identities),
        "contradictions": contradictions(identities, told, wires),
    }


def _device(one: Device) -> dict[str, object]:
    return {
        "name": one.name,
        "system_name": one.system_name,
        "chassis_ids": list(one.chassis_ids),
    }


def _link(identities: Identities, one: Link) -> dict[str, object]:
    return {
        "a": _end(identities, one.a),
        "b": _end(identities, one.b),
        "sources": list(one.sources),
        "both_ends": one.both_ends,
    }


def _end(identities: Identities, end: End) -> dict[str, object]:
    return {
        "device": end.device,
        "port": port_text(identities.devices[end.device], end.port),
    }
