"""A question in bytes to the answer in bytes, as an agent of SNMP v1 and v2c gives it.

Answers are cut at what one Ethernet frame carries, as on real equipment: a GETBULK gives fewer rows than
it was asked. A wrong community gets silence.

Source: RFC 1157 (v1), RFC 3416 (v2c), RFC 3584 4.2 (64-bit counters do not exist in v1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp.ber import (
    COUNTER64,
    END_OF_MIB_VIEW,
    GET,
    GET_BULK,
    GET_NEXT,
    INTEGER,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    OCTET_STRING,
    RESPONSE,
    SET,
    TOO_BIG,
    V1,
    BerError,
    Pdu,
    VarBind,
    decode_message,
    encode_value,
    encode_varbind,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.demo.mib import MibView
    from probes.snmp.ber import Message, Oid

__all__ = ["MAX_ANSWER_BYTES", "answer"]

MAX_ANSWER_BYTES = 1472
"""1,500 of an Ethernet frame without the headers of IPv4 and UDP."""
HEAD_BYTES = 40
"""At most: sequence, version, community's tag, PDU and three numbers in front of the bindings."""
NO_SUCH_NAME, READ_ONLY, NOT_WRITABLE = 2, 4, 17
SEQUENCE = 0x30


class _Refused(Exception):
    """The answer is an error: its number and the place of the binding that caused it."""

    def __init__(self, status: int, index: int) -> None:
        self.status = status
        self.index = index
        super().__init__(status, index)


def answer(data: bytes, community: bytes, view: MibView, now: float) -> bytes | None:
    """Turn one datagram into the answer, or into None where an agent keeps silent.

    Counters and uptime are of the moment `now`, in seconds since 1970.
    """
    try:
        message = decode_message(data)
    except BerError:
        return None
    pdu = message.pdu
    if message.community != community or not isinstance(pdu, Pdu):
        return None
    try:
        bindings = _bindings(
            message.version, pdu, view, now, MAX_ANSWER_BYTES - HEAD_BYTES - len(community)
        )
    except _Refused as refused:
        return _refusal(message, pdu, refused)
    return None if bindings is None else _pack(message, pdu, (0, 0), bindings)


def _bindings(version: int, pdu: Pdu, view: MibView, now: float, room: int) -> bytes | None:
    names = [varbind.oid for varbind in pdu.varbinds]
    if pdu.type == GET_BULK and version != V1:
        return b"".join(_fitting(_bulk(pdu, names, view, now), room))
    if pdu.type == SET:
        raise _Refused(READ_ONLY if version == V1 else NOT_WRITABLE, 1)
    if pdu.type not in {GET, GET_NEXT}:
        return None
    one = _get if pdu.type == GET else _next
    found = b"".join(one(version, view, name, now, at) for at, name in enumerate(names, start=1))
    if len(found) > room:
        raise _Refused(TOO_BIG, 0)
    return found


def _get(version: int, view: MibView, name: Oid, now: float, at: int) -> bytes:
    place = view.find(name)
    if version == V1:
        if place is None or view.tag(place) == COUNTER64:
            raise _Refused(NO_SUCH_NAME, at)
    elif place is None:
        missing = NO_SUCH_INSTANCE if view.knows(name) else NO_SUCH_OBJECT
        return encode_varbind(VarBind(name, missing))
    return view.varbind(place, now)


def _next(version: int, view: MibView, name: Oid, now: float, at: int) -> bytes:
    place = view.after(name)
    if version == V1:
        while place < len(view) and view.tag(place) == COUNTER64:
            place += 1
        if place == len(view):
            raise _Refused(NO_SUCH_NAME, at)
    elif place == len(view):
        return encode_varbind(VarBind(name, END_OF_MIB_VIEW))
    return view.varbind(place, now)


def _bulk(pdu: Pdu, names: Sequence[Oid], view: MibView, now: float) -> Iterator[bytes]:
    once = min(max(pdu.non_repeaters, 0), len(names))
    for name in names[:once]:
        yield _next(pdu.type, view, name, now, 0)
    last = list(names[once:])
    places = [view.after(name) for name in last]
    end = len(view)
    for _ in range(pdu.max_repetitions if places else 0):
        for column, place in enumerate(places):
            if place >= end:
                yield encode_varbind(VarBind(last[column], END_OF_MIB_VIEW))
                continue
            yield view.varbind(place, now)
            last[column] = view.name(place)
            places[column] = place + 1
        if min(places) >= end:
            return  # RFC 3416 4.2.3: a row of nothing but ends is enough


def _fitting(varbinds: Iterator[bytes], room: int) -> Iterator[bytes]:
    for varbind in varbinds:
        room -= len(varbind)
        if room < 0:
            return
        yield varbind


def _refusal(message: Message, pdu: Pdu, refused: _Refused) -> bytes:
    echoed = b"" if refused.status == TOO_BIG else b"".join(map(encode_varbind, pdu.varbinds))
    return _pack(message, pdu, (refused.status, refused.index), echoed)


def _pack(message: Message, pdu: Pdu, error: tuple[int, int], bindings: bytes) -> bytes:
    numbers = b"".join(encode_value(INTEGER, number) for number in (pdu.request_id, *error))
    body = _wrap(RESPONSE, numbers + _wrap(SEQUENCE, bindings))
    head = encode_value(INTEGER, message.version) + encode_value(OCTET_STRING, message.community)
    return _wrap(SEQUENCE, head + body)


def _wrap(tag: int, content: bytes) -> bytes:
    """Tag and length in front, the length always in three bytes: legal, and of known size."""
    return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content
