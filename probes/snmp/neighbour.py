"""One row of a neighbour table, of whatever protocol, and the spellings of identifiers (pure).

Source: IEEE 802.1AB (LldpChassisIdSubtype, LldpPortIdSubtype); devices/QUIRKS.md, Neighbours and bridge.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, NamedTuple

from probes.snmp.inventory import text_of

if TYPE_CHECKING:
    from probes.snmp.ber import Value

__all__ = ["Neighbour", "PortId", "address_of", "identifier", "is_mac", "mac_of", "telling"]

MAC_BYTES = 6
_IPV4_BYTES = 5
_IPV4, _IPV6 = 4, 16
_MAC_TEXT = re.compile(r"(?:[0-9a-f]{2}[:\- ]?){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}")
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
_NOBODY = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})


class PortId(NamedTuple):
    """How an agent calls a port.

    Attributes:
        kind: `name`, `alias`, `mac`, `local` (a number or word of its own), or `other`.
        id: The identifier; empty = not told.
        description: The text beside it; empty = not told.
    """

    kind: str
    id: str
    description: str = ""


class Neighbour(NamedTuple):
    """What a device says is at the other end of one of its ports.

    Attributes:
        protocol: `lldp` or `cdp`.
        interface: ifIndex of the local port; None = cannot be told.
        local: What the agent calls the local port; None = nothing.
        chassis: Identifier of the far device as text, a MAC address as aa:bb:..; empty = not told.
        name: System name of the far device; empty = not told.
        port: Its port.
        addresses: Addresses at which it says it is managed.
    """

    protocol: str
    interface: int | None
    local: str | None
    chassis: str
    name: str
    port: PortId
    addresses: tuple[str, ...] = ()


def identifier(value: Value) -> str:
    """Turn a chassis or port ID of any subtype and spelling into text; MAC addresses as aa:bb:.."""
    if not isinstance(value, bytes):
        return ""
    if len(value) == MAC_BYTES and not (value.isascii() and value.decode().isprintable()):
        return value.hex(":")
    if len(value) == _IPV4_BYTES and value[0] == 1:  # address family IPv4, then the address
        return ".".join(map(str, value[1:]))
    text = text_of(value)
    if _MAC_TEXT.fullmatch(text.lower()):
        return bytes.fromhex(re.sub(r"[^0-9a-f]", "", text.lower())).hex(":")
    return text if text.isprintable() else value.hex()


def is_mac(text: str) -> bool:
    """Whether an identifier is a MAC address."""
    return _MAC.fullmatch(text) is not None


def mac_of(value: Value) -> str | None:
    """Turn a value that holds a MAC address, in bytes or text, into aa:bb:..; nobody's is None."""
    text = (
        value.hex(":")
        if isinstance(value, bytes) and len(value) == MAC_BYTES
        else identifier(value)
    )
    return text if is_mac(text) and text not in _NOBODY else None


def address_of(raw: bytes) -> str | None:
    """Turn the bytes of an address into text; one that stands for no single device is None."""
    if len(raw) not in (_IPV4, _IPV6):
        return None
    return telling(str(ipaddress.ip_address(raw)))


def telling(text: str) -> str | None:
    """The address, if it tells devices apart: loopback, link-local and unspecified ones do not."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    empty = address.is_loopback or address.is_link_local or address.is_unspecified
    return None if empty or address.is_multicast else str(address)
