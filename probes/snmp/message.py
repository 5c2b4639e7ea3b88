"""What SNMP v1 and v2c agents say to each other (pure).

Source: RFC 1157 (v1), RFC 1901 and RFC 3416 (v2c).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from probes.snmp.asn1 import NULL, Oid, Value

__all__ = ["Message", "Pdu", "RawResponse", "TrapV1", "VarBind"]


class VarBind(NamedTuple):
    """One variable binding.

    Attributes:
        oid: Its name.
        tag: ASN.1 tag of the value, a constant of this module; exceptions are tags too.
        value: `int` for numbers, `bytes` for strings, Opaque and IpAddress, a tuple for an OID, else None.
    """

    oid: Oid
    tag: int = NULL
    value: Value = None


@dataclass(frozen=True, slots=True)
class Pdu:
    """Any PDU but the v1 trap. Of a GETBULK the two error fields are its two numbers."""

    type: int
    request_id: int
    error_status: int = 0
    error_index: int = 0
    varbinds: tuple[VarBind, ...] = ()

    @property
    def non_repeaters(self) -> int:
        """Of a GETBULK: how many of the names are asked once."""
        return self.error_status

    @property
    def max_repetitions(self) -> int:
        """Of a GETBULK: how many rows of the other names are asked."""
        return self.error_index


@dataclass(frozen=True, slots=True)
class TrapV1:
    """The Trap-PDU of SNMPv1.

    Args:
        agent_address: Four bytes, as the agent wrote them: behind NAT not the sender.
        timestamp: sysUpTime in hundredths of a second.
    """

    enterprise: Oid
    agent_address: bytes
    generic: int
    specific: int
    timestamp: int
    varbinds: tuple[VarBind, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A community-based message: `version` is V1 or V2C."""

    version: int
    community: bytes
    pdu: Pdu | TrapV1


class RawResponse(NamedTuple):
    """A response with names and values still in bytes, for the hot path."""

    community: bytes
    request_id: int
    error_status: int
    error_index: int
    varbinds: list[tuple[bytes, int, bytes]]
