"""Bridge tables to which MAC addresses lie behind which port, and whose segment a port is on (pure).

Cisco IOS gives the tables of one VLAN only, to a community with `@VLAN`: these further walks are contexts.

Source: RFC 4188 (BRIDGE-MIB), RFC 4363 (Q-BRIDGE-MIB); IEEE 802.1D-2004, 9.2.5 and 9.2.7 (identifiers).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from probes.snmp.neighbour import mac_of
from probes.snmp.port_names import BASE_PORT, bridge_ports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from probes.snmp.ber import Oid, Value
    from probes.snmp.rows import Rows

__all__ = ["CONTEXT_ROOTS", "ROOTS", "Bridge", "Designated", "bridge"]

_BRIDGE: Oid = (1, 3, 6, 1, 2, 1, 17)
ADDRESS: Oid = (*_BRIDGE, 1, 1)
STP_STATE, DESIGNATED_BRIDGE, DESIGNATED_PORT = ((*_BRIDGE, 2, 15, 1, n) for n in (3, 8, 9))
FDB_PORT, FDB_STATUS = ((*_BRIDGE, 4, 3, 1, n) for n in (2, 3))
VLAN_FDB_PORT, VLAN_FDB_STATUS = ((*_BRIDGE, 7, 1, 2, 2, 1, n) for n in (2, 3))
CONTEXT_ROOTS: tuple[Oid, ...] = (
    ADDRESS,
    BASE_PORT,
    STP_STATE,
    DESIGNATED_BRIDGE,
    DESIGNATED_PORT,
    FDB_PORT,
    FDB_STATUS,
)
ROOTS: tuple[Oid, ...] = (*CONTEXT_ROOTS, VLAN_FDB_PORT, VLAN_FDB_STATUS)

_MAC_BYTES = 6
_ID_BYTES = 8
_FIXED = frozenset({2, 4, 5})
"""dot1dTpFdbStatus invalid, self, mgmt: not learned from the wire."""
_TAKES_PART = frozenset({2, 3, 4, 5})
"""dot1dStpPortState blocking, listening, learning, forwarding."""
_PORT_BITS = 0x0FFF
"""The number in a port identifier; the four bits before it are priority."""


class Designated(NamedTuple):
    """What spanning tree says of the segment at a port.

    Attributes:
        bridge: MAC address in the identifier of the bridge that leads there.
        port: Number of that bridge's port.
    """

    bridge: str
    port: int


class Bridge(NamedTuple):
    """What a device says as a bridge, over all its contexts.

    Attributes:
        addresses: Its own addresses as a bridge.
        macs: ifIndex to the addresses learned there.
        designated: ifIndex to whose segments it is on.
        ports: Bridge port number to ifIndex.
    """

    addresses: frozenset[str]
    macs: Mapping[int, frozenset[str]]
    designated: Mapping[int, frozenset[Designated]]
    ports: Mapping[int, int]


def bridge(rows: Rows, contexts: Sequence[Rows] = ()) -> Bridge:
    """Turn the bridge tables of a device and of its contexts into one.

    Args:
        rows: A walk of `ROOTS`.
        contexts: Walks of `CONTEXT_ROOTS`, one a VLAN.
    """
    ports: dict[int, int] = {}
    macs: dict[int, set[str]] = {}
    designated: dict[int, set[Designated]] = {}
    for told in (rows, *contexts):
        ports |= bridge_ports(told)
    for told in (rows, *contexts):
        own = {**ports, **bridge_ports(told)}
        for number, mac in _learned(told):
            if number in own:
                macs.setdefault(own[number], set()).add(mac)
            elif number:
                rows.quirk("forwarding rows on bridge ports that dot1dBasePortTable lacks")
        for number, leader in _leaders(told):
            if number in own:
                designated.setdefault(own[number], set()).add(leader)
    addresses = {mac_of(value) for told in (rows, *contexts) for value in _values(told, ADDRESS)}
    return Bridge(
        frozenset(mac for mac in addresses if mac is not None),
        {index: frozenset(found) for index, found in macs.items()},
        {index: frozenset(found) for index, found in designated.items()},
        ports,
    )


def _values(rows: Rows, root: Oid) -> list[Value]:
    return list(rows.column(root).values())


def _learned(rows: Rows) -> set[tuple[int, str]]:
    """Bridge port and address of every row that was learned from the wire."""
    found: set[tuple[int, str]] = set()
    for port, status in ((FDB_PORT, FDB_STATUS), (VLAN_FDB_PORT, VLAN_FDB_STATUS)):
        states = rows.numbers(status)
        for index, number in rows.numbers(port).items():
            raw = index[-_MAC_BYTES:]
            if number is None or len(raw) < _MAC_BYTES or states.get(index) in _FIXED:
                continue
            mac = mac_of(bytes(raw)) if max(raw) < 256 else None  # noqa: PLR2004
            if mac is not None:
                found.add((number, mac))
    return found


def _leaders(rows: Rows) -> list[tuple[int, Designated]]:
    """Bridge port to the bridge and port that lead its segment."""
    numbers, states = rows.column(DESIGNATED_PORT), rows.numbers(STP_STATE)
    found = []
    for index, value in rows.column(DESIGNATED_BRIDGE).items():
        raw = numbers.get(index)
        if states.get(index, 5) not in _TAKES_PART or not isinstance(value, bytes):
            continue
        mac = mac_of(value[2:]) if len(value) == _ID_BYTES else None
        if mac is not None and isinstance(raw, bytes) and len(raw) == 2:  # noqa: PLR2004
            number = int.from_bytes(raw, "big") & _PORT_BITS
            found.append((index[-1], Designated(mac, number)))
    return found
