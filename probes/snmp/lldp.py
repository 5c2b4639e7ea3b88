"""LLDP-MIB and LLDP-V2-MIB rows to neighbours, and to how the device calls itself (pure).

Source: IEEE 802.1AB-2005 (LLDP-MIB), IEEE 802.1AB-2009 (LLDP-V2-MIB).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from probes.snmp.neighbour import Neighbour, PortId, address_of, identifier, mac_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from probes.snmp.ber import Oid
    from probes.snmp.port_names import PortNames
    from probes.snmp.rows import Rows

__all__ = [
    "LOCAL_CHASSIS",
    "LOCAL_NAME",
    "ROOTS",
    "chassis_of",
    "lldp_neighbours",
    "local_ports",
]


class _Mib(NamedTuple):
    """The columns of one of the two MIBs; the newer one counts ports by ifIndex."""

    remote: tuple[Oid, ...]
    management: Oid
    local: tuple[Oid, ...]
    after_port: int
    by_index: bool


_V1: Oid = (1, 0, 8802, 1, 1, 2, 1)
_V2: Oid = (1, 3, 111, 2, 802, 1, 1, 13, 1)
_MIBS = (
    _Mib(
        tuple((*_V1, 4, 1, 1, n) for n in (4, 5, 6, 7, 8, 9)),
        (*_V1, 4, 2, 1, 3),
        tuple((*_V1, 3, 7, 1, n) for n in (2, 3, 4)),
        after_port=1,
        by_index=False,
    ),
    _Mib(
        tuple((*_V2, 4, 1, 1, n) for n in (5, 6, 7, 8, 9, 10)),
        (*_V2, 4, 2, 1, 3),
        tuple((*_V2, 3, 7, 1, n) for n in (2, 3, 4)),
        after_port=2,
        by_index=True,
    ),
)
LOCAL_CHASSIS: tuple[Oid, ...] = ((*_V1, 3, 2), (*_V2, 3, 2))
LOCAL_NAME: tuple[Oid, ...] = ((*_V1, 3, 3), (*_V2, 3, 3))
ROOTS: tuple[Oid, ...] = (
    *(root for mib in _MIBS for root in (*mib.remote, mib.management, *mib.local)),
    *LOCAL_CHASSIS,
    *LOCAL_NAME,
)

_KINDS = {1: "alias", 3: "mac", 5: "name", 7: "local"}
_MAC_CHASSIS = 4
_MAC_PORT = 3
_LOCAL = "local"


def lldp_neighbours(rows: Rows, ports: PortNames) -> list[Neighbour]:
    """Turn the remote tables into neighbours, each once, though both MIBs may hold it."""
    found: dict[tuple[object, ...], Neighbour] = {}
    for mib in _MIBS:
        for one in _remote(rows, ports, mib):
            key = (one.interface, one.local, one.chassis, one.name, one.port)
            known = found.get(key)
            addresses = (*(known.addresses if known else ()), *one.addresses)
            found[key] = one._replace(addresses=tuple(dict.fromkeys(addresses)))
    return list(found.values())


def _remote(rows: Rows, ports: PortNames, mib: _Mib) -> Iterator[Neighbour]:
    chassis_kind, chassis, port_kind, port, description, name = mib.remote
    addresses = _addresses(rows, mib)
    table = _local_table(rows, mib)
    for index in rows.indexes(chassis, port, name):
        number = index[1] if len(index) > 1 else 0
        near = _near(rows, ports, mib, table.get(number), number)
        yield Neighbour(
            "lldp",
            *near,
            _chassis(rows, chassis_kind, chassis, index),
            rows.texts(name).get(index, ""),
            PortId(
                _KINDS.get(rows.numbers(port_kind).get(index) or 0, "other"),
                _port_id(rows, port_kind, port, index),
                rows.texts(description).get(index, ""),
            ),
            tuple(addresses.get(index, ())),
        )


def _chassis(rows: Rows, kind: Oid, root: Oid, index: Oid) -> str:
    value = rows.column(root).get(index)
    if rows.numbers(kind).get(index) == _MAC_CHASSIS and (mac := mac_of(value)):
        return mac
    return identifier(value)


def _port_id(rows: Rows, kind: Oid, root: Oid, index: Oid) -> str:
    value = rows.column(root).get(index)
    if rows.numbers(kind).get(index) == _MAC_PORT and (mac := mac_of(value)):
        return mac
    return identifier(value)


def _addresses(rows: Rows, mib: _Mib) -> dict[Oid, list[str]]:
    """The address is in the index: subtype, length, its bytes."""
    found: dict[Oid, list[str]] = {}
    size = 2 + mib.after_port
    for index in rows.column(mib.management):
        raw = index[size + 2 :]
        if len(index) > size + 2 and all(0 <= part < 256 for part in raw):  # noqa: PLR2004
            address = address_of(bytes(raw))
            if address is not None:
                found.setdefault(index[:size], []).append(address)
    return found


def _local_table(rows: Rows, mib: _Mib) -> dict[int, PortId]:
    kind, own, description = mib.local
    return {
        index[-1]: PortId(
            _KINDS.get(rows.numbers(kind).get(index) or 0, "other"),
            _port_id(rows, kind, own, index),
            rows.texts(description).get(index, ""),
        )
        for index in rows.indexes(own, description)
        if index
    }


def _near(
    rows: Rows, ports: PortNames, mib: _Mib, told: PortId | None, number: int
) -> tuple[int | None, str | None]:
    """Which local port a number means: its row in the local table, else what the standard says of it."""
    index = own_port(ports, told) if told is not None else None
    if index is None and mib.by_index and number in ports:
        index = number
    elif index is None and told is None:
        index = _by_number(ports, number)
    text = _local_text(ports, told) or (ports.name(index) if index is not None else None)
    if not text:
        rows.quirk(f"LLDP neighbours on port {number}, which the local port table lacks")
    return index, text


def _local_text(ports: PortNames, told: PortId | None) -> str | None:
    """What the agent calls a port of its own; a name that the interface table has comes first."""
    texts = [text for text in ((told.id, told.description) if told else ()) if text]
    known = (text for text in texts if ports.is_name(text))
    return next(known, texts[-1] if texts else None)


def _by_number(ports: PortNames, number: int) -> int | None:
    """The number of a bridge is dot1dBasePort, that of any other device ifIndex (LldpPortNumber)."""
    if ports.bridge:
        return ports.bridge.get(number)
    return number if number in ports else None


def own_port(ports: PortNames, told: PortId) -> int | None:
    """The port that a device means by an identifier of its own."""
    counted = told.kind == _LOCAL and told.id.isdecimal()
    if told.kind == "mac":
        found = ports.with_mac(told.id)
    else:
        found = None if counted or not told.id else ports.find(told.id)
    if found is None and told.description:
        found = ports.find(told.description)
    if found is None and counted:
        found = ports.find(told.id)
        found = int(told.id) if found is None and int(told.id) in ports else found
    return found


def local_ports(rows: Rows, ports: PortNames) -> dict[str, int]:
    """How the device calls its ports towards others, to ifIndex; what two ports are called is left out."""
    found: dict[str, int | None] = {}
    for mib in _MIBS:
        for number, told in _local_table(rows, mib).items():
            index = number if mib.by_index and number in ports else own_port(ports, told)
            key = told.id.casefold()
            if key and index is not None:
                found[key] = index if found.get(key, index) == index else None
    return {key: index for key, index in found.items() if index is not None}


def chassis_of(rows: Rows) -> list[str]:
    """The chassis identifiers under which the device announces itself."""
    values = [value for root in LOCAL_CHASSIS for value in rows.column(root).values()]
    return [text for value in values if (text := mac_of(value) or identifier(value))]
