"""Bytes to messages and back: laws by property, known bytes by hand, and never a foreign error."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.snmp import ber
from probes.snmp.ber import BerError, Message, Pdu, TrapV1, VarBind

if TYPE_CHECKING:
    from collections.abc import Callable

oids = st.one_of(
    st.just(()),
    st.builds(
        lambda a, b, rest: (a, b, *rest),
        st.integers(0, 1),
        st.integers(0, 39),
        st.lists(st.integers(0, 2**32 - 1), max_size=20),
    ),
    st.builds(
        lambda b, rest: (2, b, *rest),
        st.integers(0, 2**32 - 1),
        st.lists(st.integers(0, 2**32 - 1), max_size=4),
    ),
)
unsigned = st.integers(0, 2**32 - 1)
integers = st.integers(-(2**31), 2**31 - 1)


def bind(tag: int, values: st.SearchStrategy[object]) -> st.SearchStrategy[VarBind]:
    return st.builds(VarBind, oids, st.just(tag), values)


varbind = st.one_of(
    bind(ber.INTEGER, integers),
    bind(ber.OCTET_STRING, st.binary(max_size=300)),
    bind(ber.NULL, st.none()),
    bind(ber.OID, oids),
    bind(ber.IP_ADDRESS, st.binary(min_size=4, max_size=4)),
    bind(ber.COUNTER32, unsigned),
    bind(ber.GAUGE32, unsigned),
    bind(ber.TIME_TICKS, unsigned),
    bind(ber.OPAQUE, st.binary(max_size=20)),
    bind(ber.COUNTER64, st.integers(0, 2**64 - 1)),
    bind(ber.NO_SUCH_OBJECT, st.none()),
    bind(ber.NO_SUCH_INSTANCE, st.none()),
    bind(ber.END_OF_MIB_VIEW, st.none()),
)
varbinds = st.lists(varbind, max_size=8).map(tuple)
kinds = st.sampled_from(
    [ber.GET, ber.GET_NEXT, ber.GET_BULK, ber.RESPONSE, ber.SET, ber.INFORM, ber.TRAP_V2]
)
pdus = st.builds(Pdu, kinds, integers, integers, integers, varbinds)
traps = st.builds(
    TrapV1, oids, st.binary(min_size=4, max_size=4), st.integers(0, 6), integers, unsigned, varbinds
)
messages = st.builds(
    Message, st.sampled_from([ber.V1, ber.V2C]), st.binary(max_size=40), st.one_of(pdus, traps)
)


@given(messages)
def test_every_message_comes_back_as_it_was_written(message: Message) -> None:
    assert ber.decode_message(ber.encode_message(message)) == message


def broke_off_at(read: Callable[[bytes], object], data: bytes) -> int:
    try:
        read(data)
    except BerError as error:
        return error.position
    return 0


@given(st.binary(max_size=400))
def test_any_bytes_give_a_message_or_its_own_error(data: bytes) -> None:
    for read in (ber.decode_message, ber.decode_response):
        assert 0 <= broke_off_at(read, data) <= len(data)


@given(messages, st.data())
def test_a_message_with_damaged_bytes_gives_a_message_or_its_own_error(
    message: Message, data: st.DataObject
) -> None:
    wire = bytearray(ber.encode_message(message))
    for _ in range(data.draw(st.integers(1, 3))):
        wire[data.draw(st.integers(0, len(wire) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(wire)))
    for broken in (bytes(wire), bytes(wire[:cut])):
        assert 0 <= broke_off_at(ber.decode_message, broken) <= len(broken)


def test_a_get_of_sysuptime_is_the_bytes_of_the_standard() -> None:
    wire = bytes.fromhex(
        "302602010104067075626c6963a019020101020100020100300e300c06082b060102010103000500"
    )
    asked = Pdu(ber.GET, 1, varbinds=(VarBind((1, 3, 6, 1, 2, 1, 1, 3, 0)),))
    assert ber.encode_message(Message(ber.V2C, b"public", asked)) == wire


def test_getbulk_numbers_stand_where_the_errors_stand() -> None:
    pdu = Pdu(ber.GET_BULK, 7, 1, 25)
    assert (pdu.non_repeaters, pdu.max_repetitions) == (1, 25)


def _with_value(tlv: bytes) -> bytes:
    pair = b"\x06\x02\x2b\x06" + tlv
    pairs = b"\x30" + bytes([len(pair)]) + pair
    pdu = b"\x02\x01\x01\x02\x01\x00\x02\x01\x00\x30" + bytes([len(pairs)]) + pairs
    body = b"\x02\x01\x01\x04\x00\xa2" + bytes([len(pdu)]) + pdu
    return b"\x30" + bytes([len(body)]) + body


@pytest.mark.parametrize(
    ("tlv", "value"),
    [
        ("4104ffffffff", 2**32 - 1),  # Counter32 without its leading zero: unsigned all the same
        ("410500ffffffff", 2**32 - 1),
        ("460900ffffffffffffffff", 2**64 - 1),
        ("4608ffffffffffffffff", 2**64 - 1),
        ("0201ff", -1),
        ("020400000005", 5),  # spare leading zeros
        ("0600", ()),
        ("060100", (0, 0)),
        ("0402 4142".replace(" ", ""), b"AB"),
        ("04820002 4142".replace(" ", ""), b"AB"),  # long form where short would do
        ("8000", None),
        ("8200", None),
    ],
)
def test_what_devices_write_loosely_is_read(tlv: str, value: object) -> None:
    pdu = ber.decode_message(_with_value(bytes.fromhex(tlv))).pdu
    assert pdu.varbinds[0].value == value


@pytest.mark.parametrize(
    ("tlv", "words"),
    [
        ("4100", "integer of 0 bytes"),
        ("460a00000000000000000000", "integer of 10 bytes"),
        ("1f0100", "0x1f is no type"),
        ("06012b80".replace("012b80", "022b80"), "ends inside a number"),
        ("06072b90808080800100"[:18], "above 4294967295"),
        ("0480", "length in 0 bytes"),
        ("0485000000000141", "length in 5 bytes"),
        ("0405 41".replace(" ", ""), "length of 5 with 1 bytes left"),
    ],
)
def test_what_has_no_meaning_names_its_byte(tlv: str, words: str) -> None:
    with pytest.raises(BerError, match=r"^byte \d+: ") as caught:
        ber.decode_message(_with_value(bytes.fromhex(tlv)))
    assert words in str(caught.value)


def test_version_three_and_trailing_bytes_are_refused() -> None:
    good = ber.encode_message(Message(ber.V2C, b"x", Pdu(ber.GET, 1)))
    with pytest.raises(BerError, match="1 bytes follow"):
        ber.decode_message(good + b"\0")
    with pytest.raises(BerError, match="version 3"):
        ber.decode_message(good.replace(b"\x02\x01\x01", b"\x02\x01\x03", 1))


def test_opaque_floats_are_numbers_and_other_opaques_are_not() -> None:
    assert ber.opaque_number(b"\x9f\x78\x04" + struct.pack(">f", 1.5)) == 1.5
    assert ber.opaque_number(b"\x9f\x79\x08" + struct.pack(">d", -2.25)) == -2.25
    assert ber.opaque_number(b"\x04\x01a") is None


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (ber.COUNTER32, -1),
        (ber.COUNTER32, 2**32),
        (ber.INTEGER, 2**31),
        (ber.OCTET_STRING, 5),
        (ber.OID, (1,)),
        (ber.OID, (1, 40)),
        (ber.OID, (3, 1)),
        (ber.OID, (1, 3, -1)),
    ],
)
def test_a_value_outside_its_type_is_never_written(tag: int, value: ber.Value) -> None:
    with pytest.raises(ValueError):
        ber.encode_value(tag, value)


def test_a_message_larger_than_a_datagram_is_never_written() -> None:
    big = VarBind((1, 3, 6), ber.OCTET_STRING, b"x" * 65_500)
    with pytest.raises(ValueError, match="ask for fewer"):
        ber.encode_message(Message(ber.V2C, b"x", Pdu(ber.RESPONSE, 1, varbinds=(big,))))


def test_text_of_an_oid_goes_both_ways() -> None:
    assert ber.parse_oid(".1.3.6.1") == (1, 3, 6, 1)
    assert ber.dotted((1, 3, 6, 1)) == "1.3.6.1"


def slowly(data: bytes, at: int, end: int) -> list[tuple[bytes, int, bytes]]:
    at, _ = ber._expect(data, at, end, ber.SEQUENCE)
    found: list[tuple[bytes, int, bytes]] = []
    while at < end:
        at = ber._binding(data, at, end, found.append)
    return found


@given(varbinds, st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=3))
def test_the_written_out_reading_of_bindings_equals_the_plain_one(some, damage) -> None:
    wire = bytearray(ber._encode_varbinds(some))
    for at, byte in damage:
        wire[at % len(wire)] = byte
    results = []
    for read in (ber._varbinds, slowly):
        try:
            results.append(read(bytes(wire), 0, len(wire)))
        except BerError as error:
            results.append(error.reason)
    assert results[0] == results[1] or "bytes follow the variable bindings" in str(results[0])


def test_a_long_length_that_looks_like_a_short_binding_is_read_as_what_it_is() -> None:
    content = bytearray(0x608)
    content[9] = 110  # stands where the length of the value would be, were the binding a short one
    name_and_value = b"\x06\x02\x2b\x06\x04\x82\x06\x08" + content
    pair = b"\x30\x82\x06\x10" + name_and_value
    assert len(name_and_value) == 0x610
    data = b"\x30\x82" + len(pair).to_bytes(2, "big") + pair
    assert ber._varbinds(data, 0, len(data)) == [(b"\x2b\x06", ber.OCTET_STRING, bytes(content))]
