"""Neighbour rows that mean no other target, each neighbour once a port (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.discovery.evidence import meant, near_port, port_text
from probes.discovery.identity import short_name

if TYPE_CHECKING:
    from probes.discovery.identity import Identities
    from probes.snmp.neighbour import Neighbour

__all__ = ["outside"]

Row = dict[str, object]


def outside(identities: Identities) -> list[Row]:
    """Turn what no target stands for into rows: device, port, and how the neighbour calls itself.

    `itself` is true where a device sees its own announcements: members of a stack, or a loop.
    """
    found: list[Row] = []
    for name, device in identities.devices.items():
        rows: dict[tuple[object, str], Row] = {}
        for told in device.neighbours:
            target = meant(identities, name, told)
            if target in (None, name):
                key = (near_port(told), short_name(_name(told) or told.chassis or told.port.id))
                port = port_text(device, near_port(told))
                rows[key] = _merged(rows.get(key), _row(told, target == name, name, port))
        found += rows.values()
    return found


def _name(told: Neighbour) -> str:
    return told.name or (told.chassis if told.protocol == "cdp" else "")


def _row(told: Neighbour, itself: bool, device: str, port: str | None) -> Row:  # noqa: FBT001
    return {
        "device": device,
        "port": port,
        "remote_name": _name(told) or None,
        "remote_id": told.chassis or None,
        "remote_port": told.port.id or told.port.description or None,
        "sources": [told.protocol],
        "itself": itself,
    }


def _merged(known: Row | None, row: Row) -> Row:
    if known is None:
        return row
    sources = {str(one) for each in (known, row) for one in _listed(each["sources"])}
    return {
        **{key: known[key] if known[key] is not None else value for key, value in row.items()},
        "sources": sorted(sources),
    }


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
