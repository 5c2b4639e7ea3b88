"""The words of SNMP on the wire: ASN.1 tags, PDU types, error names, limits (pure).

Source: RFC 3416 (PDUs and errors), RFC 2578 (types), ITU-T X.690 (tags).
"""

from __future__ import annotations

from events.errors import KetenError

__all__ = [
    "COUNTER32",
    "COUNTER64",
    "END_OF_MIB_VIEW",
    "ERROR_NAMES",
    "GAUGE32",
    "GET",
    "GET_BULK",
    "GET_NEXT",
    "INFORM",
    "INTEGER",
    "IP_ADDRESS",
    "MAX_COMMUNITY_BYTES",
    "MAX_INTEGER_BYTES",
    "MAX_MESSAGE_BYTES",
    "MAX_SUB_IDENTIFIER",
    "MAX_SUB_IDENTIFIERS",
    "NO_SUCH_INSTANCE",
    "NO_SUCH_OBJECT",
    "NULL",
    "OCTET_STRING",
    "OID",
    "OPAQUE",
    "REPORT",
    "RESPONSE",
    "SEQUENCE",
    "SET",
    "SMALLEST_BINDING",
    "TIME_TICKS",
    "TOO_BIG",
    "TRAP_V1",
    "TRAP_V2",
    "TYPE_NAMES",
    "UINTEGER32",
    "V1",
    "V2C",
    "BerError",
    "Oid",
    "Value",
]

Oid = tuple[int, ...]
Value = int | bytes | Oid | None

V1, V2C = 0, 1

INTEGER, OCTET_STRING, NULL, OID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS = 0x40, 0x41, 0x42, 0x43
OPAQUE, COUNTER64, UINTEGER32 = 0x44, 0x46, 0x47
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82

GET, GET_NEXT, RESPONSE, SET, TRAP_V1 = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4
GET_BULK, INFORM, TRAP_V2, REPORT = 0xA5, 0xA6, 0xA7, 0xA8

TOO_BIG = 1
ERROR_NAMES = (
    "noError",
    "tooBig",
    "noSuchName",
    "badValue",
    "readOnly",
    "genErr",
    "noAccess",
    "wrongType",
    "wrongLength",
    "wrongEncoding",
    "wrongValue",
    "noCreation",
    "inconsistentValue",
    "resourceUnavailable",
    "commitFailed",
    "undoFailed",
    "authorizationError",
    "notWritable",
    "inconsistentName",
)

TYPE_NAMES = {
    INTEGER: "INTEGER",
    OCTET_STRING: "OCTET STRING",
    NULL: "NULL",
    OID: "OBJECT IDENTIFIER",
    IP_ADDRESS: "IpAddress",
    COUNTER32: "Counter32",
    GAUGE32: "Gauge32",
    TIME_TICKS: "TimeTicks",
    OPAQUE: "Opaque",
    COUNTER64: "Counter64",
    UINTEGER32: "UInteger32",
    NO_SUCH_OBJECT: "noSuchObject",
    NO_SUCH_INSTANCE: "noSuchInstance",
    END_OF_MIB_VIEW: "endOfMibView",
}

MAX_MESSAGE_BYTES = 65_507
"""What one UDP datagram over IPv4 can hold."""
MAX_COMMUNITY_BYTES = 255
MAX_SUB_IDENTIFIERS = 128
MAX_SUB_IDENTIFIER = 0xFFFFFFFF
SMALLEST_BINDING = 6
"""A sequence, an empty name and an empty value."""
MAX_INTEGER_BYTES = 9
"""Counter64 with its leading zero."""


class BerError(KetenError):
    """Bytes that are no SNMP message; `position` is the byte where reading broke off."""

    def __init__(self, position: int, reason: str) -> None:
        self.position = position
        self.reason = reason
        super().__init__(f"byte {position}: {reason}")
