"""Traps become events; whatever is wrong with one is counted and harms no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.clock import ManualClock
from events.contract import OBSERVATIONS
from events.errors import LogUnavailable
from probes.port import SnmpCredential, Target
from probes.snmp import ber
from probes.snmp import traps as module
from probes.snmp.ber import BerError, Message, Pdu, TrapV1, VarBind
from probes.snmp.notice import LINK_DOWN, LINK_UP, SNMP_TRAP_OID, SYS_UP_TIME, read_notice
from probes.snmp.traps import TrapReceiver

START = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)
SENDER = ("127.0.0.7", 161)
IF_INDEX = (1, 3, 6, 1, 2, 1, 2, 2, 1, 1)
IF_DESCR = (1, 3, 6, 1, 2, 1, 2, 2, 1, 2)


def target(name: str, address: str, **ports: str) -> Target:
    return Target(
        component=name,
        address=address,
        credential=SnmpCredential(),
        interval_s=60,
        timeout_s=2,
        retries=2,
        ports={port.replace("_", "/"): link for port, link in ports.items()},
    )


def v2(oid: ber.Oid, *varbinds: VarBind, kind: int = ber.TRAP_V2) -> bytes:
    head = (VarBind(SYS_UP_TIME, ber.TIME_TICKS, 99), VarBind(SNMP_TRAP_OID, ber.OID, oid))
    return ber.encode_message(Message(ber.V2C, b"public", Pdu(kind, 5, varbinds=head + varbinds)))


def v1(generic: int, specific: int = 0) -> bytes:
    trap = TrapV1((1, 3, 6, 1, 4, 1, 9), b"\x0a\0\0\1", generic, specific, 99)
    return ber.encode_message(Message(ber.V1, b"public", trap))


class Wire:
    def __init__(self) -> None:
        self.sent: list[tuple[bytes, tuple[str, int]]] = []

    def sendto(self, data: bytes, addr: tuple[str, int]) -> None:
        self.sent.append((data, addr))

    def close(self) -> None: ...


class Bench:
    def __init__(self) -> None:
        self.clock = ManualClock(START)
        self.entries: list = []
        self.looked: list[str] = []
        self.away = False
        names = {("sw-1", 10): "Gi1/0/10"}
        self.receiver = TrapReceiver(
            self.clock,
            self.publish,
            self.looked.append,
            name="p1",
            port_name=lambda component, index: names.get((component, index)),
        )
        ports = {"Gi1_0_10": "l-1", "Gi1_0_11": "lag", "Gi1_0_12": "lag"}
        self.receiver.replace([target("sw-1", "127.0.0.7:161", **ports)])
        self.receiver._transport = self.wire = Wire()

    async def publish(self, topic, entries) -> None:
        assert topic == OBSERVATIONS
        if self.away:
            raise LogUnavailable("away")
        self.entries += entries

    async def receive(self, *datagrams: bytes, sender: tuple[str, int] = SENDER) -> None:
        for data in datagrams:
            self.receiver.datagram_received(data, sender)
        queue = self.receiver._queue
        await self.receiver._handle([queue.get_nowait() for _ in range(queue.qsize())])

    @property
    def events(self) -> list:
        return [entry.event for entry in self.entries]


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_link_down_is_evidence_of_the_link_and_has_the_device_looked_at(bench) -> None:
    await bench.receive(v2(LINK_DOWN, VarBind((*IF_INDEX, 10), ber.INTEGER, 10)))
    trap, port = bench.events
    assert (trap.subject, trap.source, trap.time) == ("sw-1", "probe/p1", START)
    assert trap.data.oid == "1.3.6.1.6.3.1.1.5.3"
    assert [(v.type, v.value) for v in trap.data.varbinds] == [("INTEGER", "10")]
    assert (port.subject, port.data.kind, port.data.status) == ("l-1", "port", "down")
    assert (port.data.seen_from, port.data.reason) == ("sw-1", "trap linkDown of Gi1/0/10")
    assert bench.looked == ["sw-1"]


async def test_link_up_by_the_name_in_the_trap(bench) -> None:
    await bench.receive(v2(LINK_UP, VarBind((*IF_DESCR, 3), ber.OCTET_STRING, b"gi1/0/10")))
    assert (bench.events[1].subject, bench.events[1].data.status) == ("l-1", "up")


async def test_one_port_of_several_does_not_speak_for_the_link(bench) -> None:
    await bench.receive(v2(LINK_DOWN, VarBind((*IF_DESCR, 3), ber.OCTET_STRING, b"Gi1/0/11")))
    assert len(bench.events) == 1
    assert bench.looked == ["sw-1"]


@pytest.mark.parametrize(
    ("generic", "specific", "oid"),
    [
        (0, 0, "1.3.6.1.6.3.1.1.5.1"),
        (2, 0, "1.3.6.1.6.3.1.1.5.3"),
        (6, 17, "1.3.6.1.4.1.9.0.17"),
    ],
)
async def test_a_v1_trap_gets_the_name_that_rfc_3584_gives_it(
    bench, generic, specific, oid
) -> None:
    await bench.receive(v1(generic, specific))
    assert bench.events[0].data.oid == oid
    assert bench.events[0].data.varbinds[-1].value == "10.0.0.1"
    assert bench.receiver.counts.restarts == (generic == 0)


async def test_an_unknown_sender_is_kept_under_its_address(bench) -> None:
    await bench.receive(v1(0), sender=("192.0.2.9", 5000))
    assert (bench.events[0].subject, bench.looked) == ("192.0.2.9", [])
    assert bench.receiver.counts.unknown_sender == 1


async def test_a_host_with_several_agents_is_told_apart_by_port_only(bench) -> None:
    bench.receiver.replace([target("a", "127.0.0.1:1161"), target("b", "127.0.0.1:1162")])
    await bench.receive(v1(0), sender=("127.0.0.1", 1162))
    await bench.receive(v1(1), sender=("127.0.0.1", 9999))
    assert [event.subject for event in bench.events] == ["b", "127.0.0.1"]


async def test_an_inform_is_answered(bench) -> None:
    await bench.receive(v2(LINK_UP, kind=ber.INFORM))
    ((answer, sender),) = bench.wire.sent
    assert sender == SENDER
    assert ber.decode_message(answer).pdu.type == ber.RESPONSE
    assert ber.decode_message(answer).pdu.request_id == 5


async def test_garbage_is_counted_and_the_rest_still_comes(bench) -> None:
    get = ber.encode_message(Message(ber.V2C, b"x", Pdu(ber.GET, 1)))
    nameless = ber.encode_message(Message(ber.V2C, b"x", Pdu(ber.TRAP_V2, 1)))
    await bench.receive(b"", b"\x30\x03abc", get, nameless, v1(0))
    assert bench.receiver.counts.garbage == 4
    assert len(bench.events) == 1


async def test_size_rate_and_queue_are_bounded_and_their_drops_counted(bench) -> None:
    await bench.receive(bytes(module.MAX_BYTES + 1))
    assert bench.receiver.counts.oversized == 1
    for _ in range(int(module.SENDER_BURST) + 10):
        bench.receiver.datagram_received(b"x", SENDER)
    assert bench.receiver.counts.too_often == 10
    await bench.clock.advance(1)
    bench.receiver.datagram_received(b"x", SENDER)
    assert bench.receiver.counts.too_often == 10
    bench.receiver._queue._maxsize = bench.receiver._queue.qsize()
    bench.receiver.datagram_received(b"x", ("127.0.0.9", 1))
    assert bench.receiver.counts.overflow == 1


async def test_a_mad_sender_does_not_silence_another(bench) -> None:
    for _ in range(2_000):
        bench.receiver.datagram_received(b"x", ("192.0.2.1", 1))
    await bench.receive(v1(0))
    assert bench.looked == ["sw-1"]


async def test_what_nobody_took_is_counted_and_the_device_still_looked_at(bench) -> None:
    bench.away = True
    await bench.receive(v1(0))
    assert bench.receiver.counts.unpublished == 1
    assert bench.looked == ["sw-1"]


async def test_a_trap_over_a_real_socket_arrives() -> None:
    import asyncio

    bench, arrived = Bench(), asyncio.Event()
    bench.receiver._look_now = lambda component: arrived.set()
    port = await bench.receiver.listen("127.0.0.1", 0)
    loop = asyncio.get_running_loop()
    sender, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port), local_addr=("127.0.0.7", 0)
    )
    sender.sendto(v1(0))
    await asyncio.wait_for(arrived.wait(), 2)
    sender.close()
    await bench.receiver.close()
    assert bench.events[0].subject == "sw-1"


@given(st.binary(max_size=200), st.integers(0, 80), st.integers(0, 255))
def test_a_damaged_trap_is_read_or_refused_and_nothing_else(noise, at, byte) -> None:
    wire = bytearray(v2(LINK_DOWN, VarBind((*IF_INDEX, 10), ber.INTEGER, 10)))
    wire[at % len(wire)] = byte
    for data in (bytes(wire), noise):
        try:
            notice = read_notice(ber.decode_message(data))
        except BerError:
            continue
        notice.texts()
        notice.port()


def test_an_inform_with_numbers_that_none_may_write_is_not_answered_and_does_not_break() -> None:
    bench = Bench()
    wire = v2(LINK_UP, VarBind((1, 3, 6, 1), ber.INTEGER, 1), kind=ber.INFORM)
    good = ber.decode_message(wire)
    pdu = Pdu(ber.INFORM, 5, varbinds=(*good.pdu.varbinds, VarBind((1, 3), ber.INTEGER, 2**64)))
    bench.receiver._acknowledge(Message(ber.V2C, b"x", pdu), SENDER)
    assert bench.receiver.counts.unacknowledged == 1
