"""Bytes to SNMP v1 and v2c messages and back.

Pure and without recursion: the shape of a message is fixed, so depth is bounded by construction. What a
device may get wrong without harm is read (integers with spare bytes, Counter32 without its leading
zero, lengths in long form); what has no one meaning is a `BerError` that names the byte.

Source: ITU-T X.690; RFC 1157 (v1), RFC 1901 and RFC 3416 (v2c), RFC 2578 (types).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.asn1 import (
    COUNTER32,
    COUNTER64,
    END_OF_MIB_VIEW,
    ERROR_NAMES,
    GAUGE32,
    GET,
    GET_BULK,
    GET_NEXT,
    INFORM,
    INTEGER,
    IP_ADDRESS,
    MAX_COMMUNITY_BYTES,
    MAX_INTEGER_BYTES,
    MAX_MESSAGE_BYTES,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    NULL,
    OCTET_STRING,
    OID,
    OPAQUE,
    REPORT,
    RESPONSE,
    SEQUENCE,
    SET,
    SMALLEST_BINDING,
    TIME_TICKS,
    TOO_BIG,
    TRAP_V1,
    TRAP_V2,
    TYPE_NAMES,
    UINTEGER32,
    V1,
    V2C,
    BerError,
    Oid,
    Value,
)
from probes.snmp.message import Message, Pdu, RawResponse, TrapV1, VarBind
from probes.snmp.oid import decode_oid, dotted, encode_oid, parse_oid
from probes.snmp.opaque import opaque_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
    "MAX_INTEGER_BYTES",
    "MAX_MESSAGE_BYTES",
    "NO_SUCH_INSTANCE",
    "NO_SUCH_OBJECT",
    "NULL",
    "OCTET_STRING",
    "OID",
    "OPAQUE",
    "REPORT",
    "RESPONSE",
    "SET",
    "TIME_TICKS",
    "TOO_BIG",
    "TRAP_V1",
    "TRAP_V2",
    "TYPE_NAMES",
    "V1",
    "V2C",
    "BerError",
    "Message",
    "Oid",
    "Pdu",
    "RawResponse",
    "TrapV1",
    "Value",
    "VarBind",
    "decode_message",
    "decode_oid",
    "decode_response",
    "decode_value",
    "dotted",
    "encode_message",
    "encode_oid",
    "encode_request",
    "encode_value",
    "encode_varbind",
    "opaque_number",
    "parse_oid",
]

_UNSIGNED = frozenset({COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UINTEGER32})
_EMPTY = frozenset({NULL, NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})
_BYTES = frozenset({OCTET_STRING, OPAQUE, IP_ADDRESS})
_PLAIN_PDUS = frozenset({GET, GET_NEXT, RESPONSE, SET, GET_BULK, INFORM, TRAP_V2, REPORT})

_LONG_FORM = 0x80
_MAX_LENGTH_BYTES = 4
_IP_ADDRESS_BYTES = 4
_MORE = 0x80
_SEVEN_BITS = 0x7F
_ARC = 40


# --- reading ----------------------------------------------------------------------------------


def decode_message(data: bytes) -> Message:
    """Turn one datagram into a message.

    Raises:
        BerError: It is not one SNMP v1 or v2c message.
    """
    version, community, tag, at, end = _envelope(data)
    if tag == TRAP_V1:
        return Message(version, community, _trap_v1(data, at, end))
    if tag not in _PLAIN_PDUS:
        raise BerError(at, f"0x{tag:02x} is no PDU of SNMP v1 or v2c")
    request_id, status, index, raw = _body(data, at, end)
    return Message(version, community, Pdu(tag, request_id, status, index, _cooked(raw, at)))


def decode_response(data: bytes) -> RawResponse:
    """Turn one datagram into a response whose names and values stay bytes.

    Raises:
        BerError: It is not one Response of SNMP v1 or v2c.
    """
    _, community, tag, at, end = _envelope(data)
    if tag != RESPONSE:
        raise BerError(at, f"0x{tag:02x} where a Response was expected")
    request_id, status, index, raw = _body(data, at, end)
    return RawResponse(community, request_id, status, index, raw)


def decode_value(tag: int, raw: bytes, at: int = 0) -> Value:
    """Turn the content bytes of a value into the value.

    Args:
        tag: Its ASN.1 tag.
        raw: Content bytes, without tag and length.
        at: Byte to name in an error.
    """
    if tag == INTEGER:
        return _integer(raw, at, signed=True)
    if tag in _UNSIGNED:
        return _integer(raw, at, signed=False)
    if tag in _BYTES:
        return raw
    if tag == OID:
        return decode_oid(raw, at)
    if tag in _EMPTY:
        return None
    raise BerError(at, f"0x{tag:02x} is no type of SNMP")


def _envelope(data: bytes) -> tuple[int, bytes, int, int, int]:
    if len(data) > MAX_MESSAGE_BYTES:
        raise BerError(MAX_MESSAGE_BYTES, f"{len(data)} bytes are more than a datagram holds")
    at, end = _expect(data, 0, len(data), SEQUENCE)
    if end != len(data):
        raise BerError(end, f"{len(data) - end} bytes follow the message")
    version, at = _read_integer(data, at, end)
    if version not in (V1, V2C):
        raise BerError(at - 1, f"version {version}: only v1 (0) and v2c (1) are read here")
    start, stop = _expect(data, at, end, OCTET_STRING)
    if stop - start > MAX_COMMUNITY_BYTES:
        raise BerError(start, f"a community of more than {MAX_COMMUNITY_BYTES} bytes")
    tag, at, pdu_end = _header(data, stop, end)
    if pdu_end != end:
        raise BerError(pdu_end, f"{end - pdu_end} bytes follow the PDU")
    return version, data[start:stop], tag, at, end


def _body(data: bytes, at: int, end: int) -> tuple[int, int, int, list[tuple[bytes, int, bytes]]]:
    request_id, at = _read_integer(data, at, end)
    status, at = _read_integer(data, at, end)
    index, at = _read_integer(data, at, end)
    return request_id, status, index, _varbinds(data, at, end)


def _trap_v1(data: bytes, at: int, end: int) -> TrapV1:
    start, at = _expect(data, at, end, OID)
    enterprise = decode_oid(data[start:at], start)
    start, at = _expect(data, at, end, IP_ADDRESS)
    address = data[start:at]
    generic, at = _read_integer(data, at, end)
    specific, at = _read_integer(data, at, end)
    start, at = _expect(data, at, end, TIME_TICKS)
    timestamp = _integer(data[start:at], start, signed=False)
    varbinds = _cooked(_varbinds(data, at, end), at)
    return TrapV1(enterprise, address, generic, specific, timestamp, varbinds)


def _cooked(raw: Iterable[tuple[bytes, int, bytes]], at: int) -> tuple[VarBind, ...]:
    return tuple(
        VarBind(decode_oid(oid, at), tag, decode_value(tag, value, at)) for oid, tag, value in raw
    )


def _varbinds(data: bytes, at: int, end: int) -> list[tuple[bytes, int, bytes]]:
    at, stop = _expect(data, at, end, SEQUENCE)
    if stop != end:
        raise BerError(stop, f"{end - stop} bytes follow the variable bindings")
    found: list[tuple[bytes, int, bytes]] = []
    take = found.append
    while at < end:
        # The usual binding, written out: lengths in one byte. Four fifths of the cost of a poll is here.
        if end - at > SMALLEST_BINDING and data[at] == SEQUENCE and data[at + 2] == OID:
            size, value = data[at + 1], at + 4 + data[at + 3]
            pair_end = at + 2 + size
            if (
                size < _LONG_FORM
                and value + 1 < pair_end <= end
                and value + 2 + data[value + 1] == pair_end
            ):
                take((data[at + 4 : value], data[value], data[value + 2 : pair_end]))
                at = pair_end
                continue
        at = _binding(data, at, end, take)
    return found


def _binding(
    data: bytes, at: int, end: int, take: Callable[[tuple[bytes, int, bytes]], None]
) -> int:
    """Read one variable binding of any form; returns where it ends."""
    at, pair_end = _expect(data, at, end, SEQUENCE)
    start, name_end = _expect(data, at, pair_end, OID)
    tag, value, at = _header(data, name_end, pair_end)
    if at != pair_end:
        raise BerError(at, f"{pair_end - at} bytes follow the value of a variable binding")
    take((data[start:name_end], tag, data[value:at]))
    return at


def _expect(data: bytes, at: int, end: int, wanted: int) -> tuple[int, int]:
    tag, start, stop = _header(data, at, end)
    if tag != wanted:
        raise BerError(at, f"0x{tag:02x} where 0x{wanted:02x} was expected")
    return start, stop


def _header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Tag, first byte of the content and the byte after it."""
    if at + 2 > end:
        raise BerError(at, "the bytes end where a tag and a length were expected")
    length = data[at + 1]
    start = at + 2
    if length & _LONG_FORM:
        start, length = _long_length(data, at, end)
    if start + length > end:
        raise BerError(at, f"a length of {length} with {end - start} bytes left")
    return data[at], start, start + length


def _long_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    count = data[at + 1] & _SEVEN_BITS
    if not 1 <= count <= _MAX_LENGTH_BYTES:
        raise BerError(at + 1, f"a length in {count} bytes: 1 to {_MAX_LENGTH_BYTES} are allowed")
    start = at + 2 + count
    if start > end:
        raise BerError(at + 1, "the bytes end inside a length")
    return start, int.from_bytes(data[at + 2 : start], "big")


def _read_integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    start, stop = _expect(data, at, end, INTEGER)
    return _integer(data[start:stop], start, signed=True), stop


def _integer(raw: bytes, at: int, *, signed: bool) -> int:
    if not 1 <= len(raw) <= MAX_INTEGER_BYTES:
        raise BerError(at, f"an integer of {len(raw)} bytes: 1 to {MAX_INTEGER_BYTES} are allowed")
    return int.from_bytes(raw, "big", signed=signed)


# --- writing ----------------------------------------------------------------------------------


def encode_message(message: Message) -> bytes:
    """Turn a message into one datagram.

    Raises:
        ValueError: A value does not fit its type, or the message does not fit a datagram.
    """
    pdu = message.pdu
    body = _encode_trap_v1(pdu) if isinstance(pdu, TrapV1) else _encode_pdu(pdu)
    tag = TRAP_V1 if isinstance(pdu, TrapV1) else pdu.type
    head = _encode_integer(message.version) + _wrap(OCTET_STRING, message.community)
    data = _wrap(SEQUENCE, head + _wrap(tag, body))
    if len(data) > MAX_MESSAGE_BYTES:
        raise ValueError(f"{len(data)} bytes are more than a datagram holds; ask for fewer values")
    return data


def encode_varbind(varbind: VarBind) -> bytes:
    """Turn one variable binding into its bytes."""
    value = encode_value(varbind.tag, varbind.value)
    return _wrap(SEQUENCE, _wrap(OID, encode_oid(varbind.oid)) + value)


def encode_request(community: bytes, pdu: Pdu) -> tuple[bytes, int]:
    """Turn a v2c request into its bytes and the place of its four bytes of request-id.

    A request-id of 0x40000000 to 0x7fffffff always takes four bytes, so another of that range may be
    patched in without moving anything.
    """
    data = encode_message(Message(V2C, community, pdu))
    return data, len(data) - len(_encode_pdu(pdu)) + 2


def encode_value(tag: int, value: Value) -> bytes:
    """Turn a value into tag, length and content.

    Raises:
        ValueError: The value is not of the tag's type, or outside its range.
    """
    if tag in _EMPTY:
        return bytes((tag, 0))
    if isinstance(value, int) and (tag == INTEGER or tag in _UNSIGNED):
        return _encode_integer(value, tag)
    if isinstance(value, bytes) and tag in _BYTES:
        return _wrap(tag, value)
    if isinstance(value, tuple) and tag == OID:
        return _wrap(tag, encode_oid(value))
    raise ValueError(f"{value!r} is no {TYPE_NAMES.get(tag, hex(tag))}")


def _encode_pdu(pdu: Pdu) -> bytes:
    if pdu.type not in _PLAIN_PDUS:
        raise ValueError(f"0x{pdu.type:02x} is no PDU of SNMP v1 or v2c")
    numbers = (pdu.request_id, pdu.error_status, pdu.error_index)
    return b"".join(map(_encode_integer, numbers)) + _encode_varbinds(pdu.varbinds)


def _encode_trap_v1(trap: TrapV1) -> bytes:
    return b"".join(
        (
            _wrap(OID, encode_oid(trap.enterprise)),
            _wrap(IP_ADDRESS, trap.agent_address),
            _encode_integer(trap.generic),
            _encode_integer(trap.specific),
            _encode_integer(trap.timestamp, TIME_TICKS),
            _encode_varbinds(trap.varbinds),
        )
    )


def _encode_varbinds(varbinds: Iterable[VarBind]) -> bytes:
    return _wrap(SEQUENCE, b"".join(map(encode_varbind, varbinds)))


def _encode_integer(value: int, tag: int = INTEGER) -> bytes:
    low, high = _RANGES[tag]
    if not low <= value <= high:
        raise ValueError(f"{value} is no {TYPE_NAMES[tag]}: {low} to {high}")
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return bytes((tag, size)) + value.to_bytes(size, "big", signed=True)


_RANGES = {
    INTEGER: (-(2**31), 2**31 - 1),
    COUNTER32: (0, 2**32 - 1),
    GAUGE32: (0, 2**32 - 1),
    TIME_TICKS: (0, 2**32 - 1),
    UINTEGER32: (0, 2**32 - 1),
    COUNTER64: (0, 2**64 - 1),
}


def _wrap(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < _LONG_FORM:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, _LONG_FORM | len(length))) + length + content
