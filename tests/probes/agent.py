"""A small SNMP agent for tests: serves a recording in the order of its lines, as unkind as it is told."""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from probes.port import Secret, SnmpCredential
from probes.snmp import ber
from probes.snmp.ber import Message, Oid, Pdu, VarBind
from probes.snmp.engine import Agent

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMPTY = {5, 128, 129, 130}


def recording(path: Path) -> list[VarBind]:
    return [line_of(text) for text in path.read_text(encoding="utf-8").splitlines() if text]


def line_of(text: str) -> VarBind:
    oid, kind, value = text.split("|", 2)
    tag = int(kind.rstrip("x"))
    return VarBind(ber.parse_oid(oid), tag, value_of(tag, value, hexed=kind.endswith("x")))


def value_of(tag: int, text: str, *, hexed: bool) -> ber.Value:
    if tag in EMPTY:
        return None
    if hexed:
        return bytes.fromhex(text)
    if tag == ber.OID:
        return ber.parse_oid(text) if text else ()
    if tag == ber.IP_ADDRESS:
        return bytes(map(int, text.split(".")))
    if tag in (ber.OCTET_STRING, ber.OPAQUE):
        return text.encode()
    return int(text)


@dataclass
class Unkind:
    """What is wrong with the agent; each fault counts down where it is a number."""

    lose: int = 0
    garbage: int = 0
    always_garbage: bool = False
    duplicate: bool = False
    wrong_source: bool = False
    hold: int = 0
    largest: int = 65_000
    too_big: bool = False
    silent_above: int | None = None
    error_status: int = 0
    loop_at: Oid | None = None


@dataclass
class TestAgent(asyncio.DatagramProtocol):
    rows: list[VarBind]
    community: bytes = b"public"
    unkind: Unkind = field(default_factory=Unkind)
    asked: list[Pdu] = field(default_factory=list)
    held: list[tuple[bytes, tuple[str, int]]] = field(default_factory=list)
    on_ask: Callable[[Pdu], None] | None = None
    __test__ = False

    def __post_init__(self) -> None:
        self.index()

    def index(self) -> None:
        self.place = {row.oid: n for n, row in enumerate(self.rows)}
        self.sorted = sorted(self.place)

    async def listen(self) -> TestAgent:
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        self.port = self.transport.get_extra_info("sockname")[1]
        if self.unkind.wrong_source:
            self.other, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
            )
        return self

    def close(self) -> None:
        self.transport.close()
        if self.unkind.wrong_source:
            self.other.close()

    def agent(self, **more: object) -> Agent:
        community = str(more.pop("community", self.community.decode()))
        credential = SnmpCredential(community=Secret(community))
        given = {"timeout_s": 0.05, "retries": 2, **more}
        return Agent(host="127.0.0.1", port=self.port, credential=credential, **given)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = ber.decode_message(data)
        assert isinstance(message.pdu, Pdu)
        if message.community != self.community:
            return
        self.asked.append(message.pdu)
        if self.on_ask is not None:
            self.on_ask(message.pdu)
        answer = self.answer(message.pdu)
        if answer is not None:
            self.reply(answer, addr)

    def reply(self, pdu: Pdu, addr: tuple[str, int]) -> None:
        wire = ber.encode_message(Message(ber.V2C, self.community, pdu))
        unkind = self.unkind
        if unkind.lose:
            unkind.lose -= 1
            return
        if unkind.garbage or unkind.always_garbage:
            unkind.garbage = max(0, unkind.garbage - 1)
            wire = b"\x30\x05junk!"
        if unkind.hold:
            unkind.hold -= 1
            self.held.append((wire, addr))
            return
        sender = self.other if unkind.wrong_source else self.transport
        sender.sendto(wire, addr)
        if unkind.duplicate:
            sender.sendto(wire, addr)

    def answer(self, pdu: Pdu) -> Pdu | None:
        unkind = self.unkind
        if unkind.error_status:
            return Pdu(ber.RESPONSE, pdu.request_id, unkind.error_status, 0, pdu.varbinds)
        if pdu.type == ber.GET:
            found = [self.exactly(bind.oid) for bind in pdu.varbinds]
            return Pdu(ber.RESPONSE, pdu.request_id, varbinds=tuple(found))
        if unkind.silent_above is not None and pdu.max_repetitions > unkind.silent_above:
            return None
        return self.cut(pdu, self.bulk(pdu))

    def cut(self, pdu: Pdu, found: list[VarBind]) -> Pdu:
        size = 60
        for n, row in enumerate(found):
            size += len(ber.encode_varbind(row))
            if size > self.unkind.largest:
                if self.unkind.too_big:
                    return Pdu(ber.RESPONSE, pdu.request_id, ber.TOO_BIG, 0)
                found = found[:n]
                break
        return Pdu(ber.RESPONSE, pdu.request_id, varbinds=tuple(found))

    def bulk(self, pdu: Pdu) -> list[VarBind]:
        names = [bind.oid for bind in pdu.varbinds]
        found = [self.after(name) for name in names[: pdu.non_repeaters]]
        cursors = names[pdu.non_repeaters :]
        for _ in range(pdu.max_repetitions if cursors else 0):
            rows = [self.after(cursor) for cursor in cursors]
            found += rows
            cursors = [row.oid for row in rows]
        return found

    def exactly(self, oid: Oid) -> VarBind:
        n = self.place.get(oid)
        return VarBind(oid, ber.NO_SUCH_INSTANCE) if n is None else self.rows[n]

    def after(self, oid: Oid) -> VarBind:
        if self.unkind.loop_at is not None and oid >= self.unkind.loop_at:
            return self.rows[self.place[self.unkind.loop_at] - 3]
        n = self.place.get(oid)
        n = self.first_after(oid) if n is None else n + 1
        return self.rows[n] if n < len(self.rows) else VarBind(oid, ber.END_OF_MIB_VIEW)

    def first_after(self, oid: Oid) -> int:
        """Of a name between rows: the first row in file order that lies under or after it."""
        for n, row in enumerate(self.rows):
            if row.oid[: len(oid)] == oid:
                return n
        return next((n for n, row in enumerate(self.rows) if row.oid > oid), len(self.rows))


IF = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)


def switch(rows: int = 52, *, uptime: int = 123_456, seed: int = 7) -> list[VarBind]:
    """The lines of a made-up switch: system, ifTable, ifXTable."""
    text, number, c32, c64 = ber.OCTET_STRING, ber.INTEGER, ber.COUNTER32, ber.COUNTER64
    lines: dict[Oid, VarBind] = {}

    def put(oid: Oid, tag: int, value: ber.Value) -> None:
        lines[oid] = VarBind(oid, tag, value)

    system = (1, 3, 6, 1, 2, 1, 1)
    put((*system, 1, 0), text, b"Test switch")
    put((*system, 2, 0), ber.OID, (1, 3, 6, 1, 4, 1, 8072, 3, 2, 10))
    put((*system, 3, 0), ber.TIME_TICKS, uptime)
    put((*system, 5, 0), text, b"sw-test")
    put((1, 3, 6, 1, 2, 1, 31, 1, 5, 0), ber.TIME_TICKS, 100)
    for n in range(1, rows + 1):
        put((*IF, 1, n), number, n)
        put((*IF, 2, n), text, f"GigabitEthernet1/0/{n}".encode())
        put((*IF, 3, n), number, 6)
        put((*IF, 5, n), ber.GAUGE32, 1_000_000_000)
        put((*IF, 7, n), number, 1)
        put((*IF, 8, n), number, 1 if n % 5 else 2)
        put((*IF, 9, n), ber.TIME_TICKS, 50 + n)
        for column in (10, 11, 13, 14, 16, 17, 19, 20):
            put((*IF, column, n), c32, (seed * n * column * 104_729) % 2**32)
        put((*IFX, 1, n), text, f"Gi1/0/{n}".encode())
        for column in (6, 7, 10, 11):
            put((*IFX, column, n), c64, (seed * n * column * 15_485_863 * 179_424_673) % 2**64)
        put((*IFX, 15, n), ber.GAUGE32, 1000)
        put((*IFX, 18, n), text, f"desk {n}".encode() if n % 2 else b"")
    return [lines[oid] for oid in sorted(lines)]


def opaque_float(value: float) -> bytes:
    return b"\x9f\x78\x04" + struct.pack(">f", value)
