"""The agent answers as RFC 3416 says, held against bytes made by hand and against walks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.lan import region
from monitor.demo.mib import IF_ENTRY, SYS_UP_TIME, SYSTEM, MibView
from monitor.demo.reply import MAX_ANSWER_BYTES, answer
from monitor.demo.simulated import SimulatedDevice
from probes.snmp.ber import (
    COUNTER64,
    END_OF_MIB_VIEW,
    GET,
    GET_BULK,
    GET_NEXT,
    INFORM,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    RESPONSE,
    SET,
    V1,
    V2C,
    Message,
    Pdu,
    VarBind,
    decode_message,
    encode_message,
)

NOW = 1_780_000_000.0
EVERYTHING = (1, 3, 6, 1)
IF_DESCR_1 = (*IF_ENTRY, 2, 1)
HC_IN_1 = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1)


def _view(id_: str = "ptd-acc-1") -> MibView:
    return MibView(SimulatedDevice(region().devices[id_], frozenset(), NOW))


SWITCH, POINT = _view(), _view("ptd-ap-1")


def asked(kind=GET, *names, version=V2C, first=0, second=0, community=b"demo") -> bytes:
    pdu = Pdu(kind, 0x41000001, first, second, tuple(VarBind(name) for name in names))
    return encode_message(Message(version, community, pdu))


def message(question: bytes, varbind: bytes) -> bytes:
    """A response made by hand around one variable binding, all lengths in two bytes."""

    def wrap(tag: int, content: bytes) -> bytes:
        return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content

    assert question
    body = wrap(RESPONSE, b"\x02\x01\x01\x02\x01\x00\x02\x01\x00" + wrap(0x30, varbind))
    return wrap(0x30, b"\x02\x01\x01\x04\x04demo" + body)


def reply(question: bytes, view: MibView = SWITCH) -> Pdu:
    data = answer(question, b"demo", view, NOW)
    assert data is not None
    assert len(data) <= MAX_ANSWER_BYTES
    decoded = decode_message(data)
    assert decoded.community == b"demo"
    assert isinstance(decoded.pdu, Pdu)
    assert decoded.pdu.type == RESPONSE
    assert decoded.pdu.request_id == 0x41000001
    return decoded.pdu


def test_a_get_made_by_hand_gets_the_answer_made_by_hand() -> None:
    name = bytes.fromhex("06082b06010201010500")  # 1.3.6.1.2.1.1.5.0
    bare = bytes.fromhex("30") + bytes((len(name) + 2,)) + name + b"\x05\x00"
    pdu = b"\x02\x01\x01\x02\x01\x00\x02\x01\x00" + b"\x30" + bytes((len(bare),)) + bare
    inner = b"\x02\x01\x01\x04\x04demo\xa0" + bytes((len(pdu),)) + pdu
    question = b"\x30" + bytes((len(inner),)) + inner
    value = b"\x04\x09ptd-acc-1"
    found = b"\x30" + bytes((len(name) + len(value),)) + name + value
    assert answer(question, b"demo", SWITCH, NOW) == message(question, found)


def test_another_community_gets_silence_and_so_does_garbage() -> None:
    assert answer(asked(GET, SYS_UP_TIME, community=b"public"), b"demo", SWITCH, NOW) is None
    assert answer(b"\x30\x03junk", b"demo", SWITCH, NOW) is None
    assert answer(b"", b"demo", SWITCH, NOW) is None
    assert answer(asked(INFORM, SYS_UP_TIME), b"demo", SWITCH, NOW) is None


def test_what_does_not_exist_is_named_as_object_or_instance() -> None:
    found = reply(asked(GET, (*SYSTEM, 99, 0), (*SYSTEM, 5, 7), (*IF_ENTRY, 2, 999))).varbinds
    assert [one.tag for one in found] == [NO_SUCH_OBJECT, NO_SUCH_INSTANCE, NO_SUCH_INSTANCE]


def test_version_1_says_no_such_name_with_the_place_and_knows_no_64_bits() -> None:
    missing = reply(asked(GET, SYS_UP_TIME, (*SYSTEM, 99, 0), version=V1))
    assert (missing.error_status, missing.error_index) == (2, 2)
    assert len(missing.varbinds) == 2
    wide = reply(asked(GET, HC_IN_1, version=V1))
    assert (wide.error_status, wide.error_index) == (2, 1)
    step = reply(asked(GET_NEXT, HC_IN_1[:-1], version=V1)).varbinds[0]
    assert step.tag != COUNTER64
    end = reply(asked(GET_NEXT, (2, 0), version=V1))
    assert (end.error_status, end.error_index) == (2, 1)


def test_writing_is_refused() -> None:
    assert reply(asked(SET, (*SYSTEM, 5, 0))).error_status == 17
    assert reply(asked(SET, (*SYSTEM, 5, 0), version=V1)).error_status == 4


def test_a_get_that_does_not_fit_a_frame_is_too_big_and_comes_back_empty() -> None:
    refused = reply(asked(GET, *[(*SYSTEM, 1, 0)] * 40))
    assert refused.error_status == 1
    assert refused.varbinds == ()


def test_a_bulk_of_many_columns_is_cut_at_the_frame_in_the_order_asked() -> None:
    columns = [(*IF_ENTRY, column) for column in (7, 8, 9, 10, 16)]
    found = reply(asked(GET_BULK, SYS_UP_TIME[:-1], *columns, first=1, second=52)).varbinds
    assert found[0].oid == SYS_UP_TIME
    rows = [(*columns[n % 5], n // 5 + 1) for n in range(len(found) - 1)]
    assert [one.oid for one in found[1:]] == rows
    assert 40 < len(found) < 1 + 5 * 52


def test_a_bulk_past_the_end_says_so_once_per_column_and_stops() -> None:
    last = POINT.name(len(POINT) - 1)
    found = reply(asked(GET_BULK, last, (2, 5), second=50), POINT).varbinds
    assert [(one.oid, one.tag) for one in found] == [
        (last, END_OF_MIB_VIEW),
        ((2, 5), END_OF_MIB_VIEW),
    ]


@pytest.mark.parametrize(
    ("first", "second", "count"), [(0, 0, 0), (-3, 1, 2), (9, 5, 2), (1, -1, 1), (2, 9, 2)]
)
def test_odd_numbers_in_a_bulk_are_read_as_the_rfc_says(
    first: int, second: int, count: int
) -> None:
    question = asked(GET_BULK, SYSTEM, (*SYSTEM, 4), first=first, second=second)
    assert len(reply(question).varbinds) == count


def _walk(view: MibView, rows: int) -> list[VarBind]:
    found: list[VarBind] = []
    at = EVERYTHING
    while True:
        kind = GET_BULK if rows else GET_NEXT
        for one in reply(asked(kind, at, second=rows), view).varbinds:
            if one.tag == END_OF_MIB_VIEW:
                return found
            found.append(one)
        at = found[-1].oid


@pytest.mark.parametrize("rows", [1, 7, 50])
def test_a_walk_by_bulk_is_the_walk_by_getnext_and_its_names_rise(rows: int) -> None:
    slow = _walk(POINT, 0)
    assert _walk(POINT, rows) == slow
    assert len(slow) == len(POINT)
    assert [one.oid for one in slow] == sorted({one.oid for one in slow})


@given(st.binary(max_size=120), st.integers(0, 60))
def test_no_bytes_whatever_break_the_agent(noise: bytes, at: int) -> None:
    good = bytearray(asked(GET_BULK, IF_DESCR_1, second=3))
    good[at : at + len(noise) % 4] = noise[: len(noise) % 4]
    for data in (noise, bytes(good)):
        said = answer(data, b"demo", POINT, NOW)
        assert said is None or decode_message(said)
