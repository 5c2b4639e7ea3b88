"""What one device told about itself and its neighbours (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from probes.snmp import bridge, cdp, lag, lldp, neighbours, system
from probes.snmp.neighbour import address_of, is_mac
from probes.snmp.port_names import PortNames
from probes.snmp.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from probes.snmp.ber import Oid
    from probes.snmp.bridge import Bridge
    from probes.snmp.engine import Walked
    from probes.snmp.neighbour import Neighbour

__all__ = ["CONTEXT_ROOTS", "ROOTS", "Device", "device"]

ADDRESS_INDEX: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1, 2)
ANY_ADDRESS_INDEX: Oid = (1, 3, 6, 1, 2, 1, 4, 34, 1, 3)
SYS_NAME: Oid = (1, 3, 6, 1, 2, 1, 1, 5)
SERIAL: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 11)
PHYSICAL_CLASS: Oid = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 5)

CONTEXT_ROOTS = bridge.CONTEXT_ROOTS
ROOTS: tuple[Oid, ...] = tuple(
    dict.fromkeys(
        (
            SYS_NAME,
            system.SYS_DESCR,
            *neighbours.ROOTS,
            *bridge.ROOTS,
            *lag.ROOTS,
            ADDRESS_INDEX,
            ANY_ADDRESS_INDEX,
            PHYSICAL_CLASS,
            SERIAL,
        )
    )
)
"""The columns to walk."""

_CHASSIS, _STACK = 3, 11
_IP_KINDS = frozenset({1, 2})
"""InetAddressType ipv4, ipv6; zoned ones are link-local."""
_PREFIXED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A target as it told of itself.

    Args:
        name: The target's name.
        system_name: sysName, or None.
        chassis_ids: How it announces itself and its bridge, most telling first; MAC addresses as aa:bb:..
        announced: Those of them that it announces in LLDP.
        names: Every name it goes by towards others: sysName, LLDP system name, CDP device ID.
        serials: Of its chassis; some go by them in CDP.
        macs: Its own addresses: of its chassis, bridge and ports.
        addresses: Its IP addresses that tell devices apart.
        ports: Its ports.
        lldp_ports: What it calls its ports in LLDP, case folded, to ifIndex.
        layers: A port to the ports under it.
        neighbours: What it says of others.
        bridge: Its forwarding and spanning-tree tables.
        quirks: What it got wrong.
    """

    name: str
    system_name: str | None
    chassis_ids: tuple[str, ...]
    announced: tuple[str, ...]
    names: tuple[str, ...]
    serials: frozenset[str]
    macs: frozenset[str]
    addresses: frozenset[str]
    ports: PortNames
    lldp_ports: Mapping[str, int]
    layers: Mapping[int, frozenset[int]]
    neighbours: tuple[Neighbour, ...]
    bridge: Bridge
    quirks: tuple[str, ...] = field(default=())


def device(name: str, walked: Walked, contexts: Sequence[Walked] = ()) -> Device:
    """Turn a walk of `ROOTS`, and of `CONTEXT_ROOTS` for each context, into what the device told."""
    rows = Rows(walked.rows, ROOTS)
    further = [Rows(one.rows, CONTEXT_ROOTS) for one in contexts]
    ports, bridged = PortNames(rows), bridge.bridge(rows, further)
    told = (*lldp.lldp_neighbours(rows, ports), *cdp.cdp_neighbours(rows, ports))
    announced = tuple(lldp.chassis_of(rows))
    chassis = tuple(dict.fromkeys((*announced, *sorted(bridged.addresses))))
    system_name = next((text for text in rows.texts(SYS_NAME).values() if text), None)
    return Device(
        name=name,
        system_name=system_name,
        chassis_ids=chassis,
        announced=announced,
        names=_names(rows, system_name),
        serials=_serials(rows),
        macs=frozenset((*ports.macs, *(one for one in chassis if is_mac(one)))),
        addresses=_addresses(rows),
        ports=ports,
        lldp_ports=lldp.local_ports(rows, ports),
        layers=lag.layers(rows),
        neighbours=told,
        bridge=bridged,
        quirks=(*walked.quirks, *rows.quirks),
    )


def _names(rows: Rows, system_name: str | None) -> tuple[str, ...]:
    told = [
        system_name,
        *(text for root in (*lldp.LOCAL_NAME, cdp.OWN_ID) for text in rows.texts(root).values()),
    ]
    return tuple(dict.fromkeys(text.casefold() for text in told if text))


def _serials(rows: Rows) -> frozenset[str]:
    kinds = rows.numbers(PHYSICAL_CLASS)
    return frozenset(
        text.casefold()
        for index, text in rows.texts(SERIAL).items()
        if text and kinds.get(index) in (_CHASSIS, _STACK)
    )


def _addresses(rows: Rows) -> frozenset[str]:
    """IpAddrTable is indexed by the address, ipAddressTable by its type, length and bytes."""
    raw = list(rows.column(ADDRESS_INDEX))
    raw += [
        index[_PREFIXED:]
        for index in rows.column(ANY_ADDRESS_INDEX)
        if len(index) > _PREFIXED and index[0] in _IP_KINDS
    ]
    found = (address_of(bytes(one)) for one in raw if all(0 <= part < 256 for part in one))  # noqa: PLR2004
    return frozenset(one for one in found if one is not None)
