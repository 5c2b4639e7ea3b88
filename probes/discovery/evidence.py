"""Neighbour rows to evidence: who says that which port meets which (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from probes.snmp.neighbour import is_mac

if TYPE_CHECKING:
    from probes.discovery.device import Device
    from probes.discovery.identity import Identities
    from probes.snmp.neighbour import Neighbour, PortId

__all__ = ["End", "Evidence", "evidence", "far_port", "meant", "near_port", "port_text"]


class End(NamedTuple):
    """One end of a wire.

    Attributes:
        device: The target.
        port: Its ifIndex; a text, when no interface has the name told; None = not told.
    """

    device: str
    port: int | str | None


class Evidence(NamedTuple):
    """One statement.

    Attributes:
        source: `lldp`, `cdp`, `fdb` or `stp`.
        near: The end of the device that says it.
        far: The end that it says.
    """

    source: str
    near: End
    far: End


def evidence(identities: Identities) -> list[Evidence]:
    """Turn the neighbour rows of all targets into evidence about pairs of different targets."""
    found = []
    for name, device in identities.devices.items():
        for told in device.neighbours:
            target = meant(identities, name, told)
            if target is not None and target != name:
                far = End(target, far_port(identities.devices[target], told.port))
                found.append(Evidence(told.protocol, End(name, near_port(told)), far))
    return list(dict.fromkeys(found))


def meant(identities: Identities, teller: str, told: Neighbour) -> str | None:
    """The target that a row means.

    One that has the name but announces another chassis is meant only if it sees the teller at that very port:
    a stack keeps its name when another member takes over, and two boxes may bear one name.
    """
    target = identities.target_of(told)
    named = identities.candidates(told)
    if target is not None or len(named) != 1 or named[0] == teller:
        return target
    other = identities.devices[named[0]]
    port = far_port(other, told.port)
    back = (one for one in other.neighbours if identities.target_of(one) == teller)
    return other.name if port is not None and any(near_port(one) == port for one in back) else None


def near_port(told: Neighbour) -> int | str | None:
    """The local port of a row: its ifIndex, else what the agent calls it."""
    return told.local if told.interface is None else told.interface


def far_port(device: Device, told: PortId) -> int | str | None:
    """Which port of a device others mean: first as it calls the port itself, then by name, last by number."""
    own = device.lldp_ports.get(told.id.casefold()) if told.id else None
    if own is not None:
        return own
    for text in _texts(told):
        index = device.ports.find(text)
        if index is not None:
            return index
    if is_mac(told.id):
        return device.ports.with_mac(told.id) or told.description or None
    if told.id.isdecimal() and int(told.id) in device.ports:
        return int(told.id)
    return told.id or told.description or None


def _texts(told: PortId) -> list[str]:
    """A bare number is a name only where the agent says so; else the description is the better name."""
    texts = [told.id, told.description]
    if is_mac(told.id):
        texts = [told.description]
    elif told.id.isdecimal() and told.kind != "name":
        texts = [told.description, told.id]
    return [text for text in texts if text]


def port_text(device: Device, port: int | str | None) -> str | None:
    """How a port is called in results: by its name; None = not told."""
    if isinstance(port, int):
        return device.ports.name(port) or str(port)
    return port
