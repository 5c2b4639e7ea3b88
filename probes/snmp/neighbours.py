"""LLDP and CDP rows to who is on the other end of which port (pure).

Source: IEEE 802.1AB (LLDP-MIB); CISCO-CDP-MIB; devices/QUIRKS.md, Neighbours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from probes.snmp.inventory import IF_DESCR, IF_NAME, text_of

if TYPE_CHECKING:
    from probes.snmp.ber import Oid, Value
    from probes.snmp.rows import Rows

__all__ = ["ROOTS", "identifier", "neighbours"]

_LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
_REMOTE: Oid = (*_LLDP, 4, 1, 1)
CHASSIS_KIND, CHASSIS, PORT_KIND, PORT, PORT_DESCR, NAME = (
    (*_REMOTE, n) for n in (4, 5, 6, 7, 8, 9)
)
LOCAL_PORT, LOCAL_DESCR = ((*_LLDP, 3, 7, 1, n) for n in (3, 4))
_CDP: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1)
CDP_DEVICE, CDP_PORT = ((*_CDP, n) for n in (6, 7))
ROOTS: tuple[Oid, ...] = (
    CHASSIS_KIND,
    CHASSIS,
    PORT_KIND,
    PORT,
    PORT_DESCR,
    NAME,
    LOCAL_PORT,
    LOCAL_DESCR,
    CDP_DEVICE,
    CDP_PORT,
)

_MAC_BYTES = 6
_IPV4_BYTES = 5
_MAC_TEXT = re.compile(r"(?:[0-9a-f]{2}[:\- ]?){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")


def neighbours(rows: Rows) -> list[dict[str, object]]:
    """Turn the remote tables into one record a neighbour; a local port that cannot be told is None."""
    return [*_lldp(rows), *_cdp(rows)]


def identifier(value: Value) -> str:
    """Turn a chassis or port ID of any subtype and spelling into text; MAC addresses as aa:bb:.."""
    if not isinstance(value, bytes):
        return ""
    if len(value) == _MAC_BYTES and not (value.isascii() and value.decode().isprintable()):
        return value.hex(":")
    if len(value) == _IPV4_BYTES and value[0] == 1:  # address family IPv4, then the address
        return ".".join(map(str, value[1:]))
    text = text_of(value)
    if _MAC_TEXT.fullmatch(text.lower()):
        return bytes.fromhex(re.sub(r"[^0-9a-f]", "", text.lower())).hex(":")
    return text if text.isprintable() else value.hex()


def _lldp(rows: Rows) -> list[dict[str, object]]:
    names, ports = rows.texts(NAME), rows.column(PORT)
    descriptions = rows.texts(PORT_DESCR)
    return [
        {
            "protocol": "lldp",
            "local_port": _local(rows, index[1]) if len(index) > 1 else None,
            "remote_name": names.get(index) or None,
            "remote_port": identifier(ports.get(index)) or descriptions.get(index) or None,
            "remote_id": identifier(rows.column(CHASSIS).get(index)) or None,
        }
        for index in rows.indexes(CHASSIS, PORT, NAME)
    ]


def _local(rows: Rows, number: int) -> str | None:
    """LldpRemLocalPortNum is no ifIndex: the local port table says which port it is."""
    local = [identifier(rows.column(LOCAL_PORT).get((number,)))]
    local.append(rows.texts(LOCAL_DESCR).get((number,), ""))
    known = {*rows.texts(IF_NAME).values(), *rows.texts(IF_DESCR).values()}
    for text in local:
        if text and text in known:
            return text
    found = next((text for text in reversed(local) if text), None)
    if found is None:
        rows.quirk(f"LLDP neighbours on port {number}, which the local port table lacks")
    return found


def _cdp(rows: Rows) -> list[dict[str, object]]:
    ports = rows.texts(CDP_PORT)
    names = {**rows.texts(IF_DESCR), **{k: v for k, v in rows.texts(IF_NAME).items() if v}}
    found: list[dict[str, object]] = []
    for index, device in rows.column(CDP_DEVICE).items():
        name = identifier(device) or None
        found.append(
            {
                "protocol": "cdp",
                "local_port": names.get(index[:1]) or None,
                "remote_name": name,
                "remote_port": ports.get(index) or None,
                "remote_id": name,
            }
        )
    return found
