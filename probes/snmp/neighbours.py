"""LLDP and CDP rows to who is on the other end of which port, as facts (pure).

Source: IEEE 802.1AB; CISCO-CDP-MIB; devices/QUIRKS.md, Neighbours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp import cdp, lldp, port_names
from probes.snmp.neighbour import identifier
from probes.snmp.port_names import PortNames

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.neighbour import Neighbour
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "identifier", "neighbours"]

ROOTS: tuple[Oid, ...] = (*port_names.ROOTS, *lldp.ROOTS, *cdp.ROOTS)


def neighbours(rows: Rows) -> list[dict[str, object]]:
    """Turn the remote tables into one record a neighbour; a local port that cannot be told is None."""
    ports = PortNames(rows)
    told = (*lldp.lldp_neighbours(rows, ports), *cdp.cdp_neighbours(rows, ports))
    return [_fact(one) for one in told]


def _fact(one: Neighbour) -> dict[str, object]:
    name = one.name or (one.chassis if one.protocol == "cdp" else "")
    return {
        "protocol": one.protocol,
        "local_port": one.local,
        "remote_name": name or None,
        "remote_port": one.port.id or one.port.description or None,
        "remote_id": one.chassis or None,
    }
