"""CISCO-CDP-MIB rows to neighbours, and to how the device calls itself (pure).

Source: CISCO-CDP-MIB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.neighbour import Neighbour, PortId, address_of, identifier

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.port_names import PortNames
    from probes.snmp.rows import Rows

__all__ = ["DEVICE", "OWN_ID", "PORT", "ROOTS", "cdp_neighbours"]

_CDP: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1)
_CACHE: Oid = (*_CDP, 2, 1, 1)
ADDRESS_KIND, ADDRESS, DEVICE, PORT, NAME = ((*_CACHE, n) for n in (3, 4, 6, 7, 17))
PRIMARY_KIND, PRIMARY = ((*_CACHE, n) for n in (19, 20))
OWN_ID: Oid = (*_CDP, 3, 4)
ROOTS: tuple[Oid, ...] = (
    ADDRESS_KIND,
    ADDRESS,
    DEVICE,
    PORT,
    NAME,
    PRIMARY_KIND,
    PRIMARY,
    OWN_ID,
)

_IP, _IPV6 = 1, 20
"""CiscoNetworkProtocol."""


def cdp_neighbours(rows: Rows, ports: PortNames) -> list[Neighbour]:
    """Turn the cache into neighbours; its index begins with the ifIndex of the local port."""
    names, far = rows.texts(NAME), rows.texts(PORT)
    return [
        Neighbour(
            "cdp",
            index[0] if index[0] in ports else None,
            ports.name(index[0]),
            identifier(device),
            names.get(index, ""),
            PortId("name", far.get(index, "")),
            _addresses(rows, index),
        )
        for index, device in rows.column(DEVICE).items()
        if index
    ]


def _addresses(rows: Rows, index: Oid) -> tuple[str, ...]:
    found = []
    for kind, root in ((PRIMARY_KIND, PRIMARY), (ADDRESS_KIND, ADDRESS)):
        raw = rows.column(root).get(index)
        if rows.numbers(kind).get(index) in (_IP, _IPV6) and isinstance(raw, bytes):
            found.append(address_of(raw))
    return tuple(dict.fromkeys(one for one in found if one is not None))
