"""A simulated device as the objects its agent shows: names in order, values ready to send.

Source: SNMPv2-MIB (RFC 3418), IF-MIB (RFC 2863), ENTITY-MIB (RFC 6933), ENTITY-SENSOR-MIB (RFC 3433),
HOST-RESOURCES-MIB (RFC 2790), UPS-MIB (RFC 1628).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING
from zlib import crc32

from probes.snmp.ber import (
    COUNTER32,
    COUNTER64,
    GAUGE32,
    INTEGER,
    OCTET_STRING,
    OID,
    TIME_TICKS,
    VarBind,
    encode_oid,
    encode_value,
    encode_varbind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from monitor.demo.kit import Port
    from monitor.demo.simulated import SimulatedDevice
    from probes.snmp.ber import Oid, Value

    Told = Value | Callable[[float], int]
    Entry = tuple[Oid, int, Told]

__all__ = ["ENTERPRISE", "IF_ENTRY", "SYS_UP_TIME", "MibView"]

ENTERPRISE: Oid = (1, 3, 6, 1, 4, 1, 32473)
"""The enterprise number kept for documentation (RFC 5612): nobody's products are imitated."""
MIB_2: Oid = (1, 3, 6, 1, 2, 1)
SYSTEM: Oid = (*MIB_2, 1)
SYS_UP_TIME: Oid = (*SYSTEM, 3, 0)
INTERFACES: Oid = (*MIB_2, 2)
IF_ENTRY: Oid = (*INTERFACES, 2, 1)
IF_X_ENTRY: Oid = (*MIB_2, 31, 1, 1, 1)
IF_TABLE_LAST_CHANGE: Oid = (*MIB_2, 31, 1, 5, 0)
HOST: Oid = (*MIB_2, 25)
UPS: Oid = (*MIB_2, 33, 1)
ENTITY: Oid = (*MIB_2, 47, 1, 1, 1, 1)
SENSOR: Oid = (*MIB_2, 99, 1, 1, 1)

SERVICES = {"router": 78, "firewall": 78, "server": 72}
"""sysServices: 2 a bridge, 78 a router that also offers applications, 72 a host."""
LONG = 0x80
PACKET_BYTES = 700
"""Mean size of a packet on an office LAN, headers and all."""


class MibView:
    """The objects of one device, in the order of their names.

    The set of names never changes while it runs; values do. Built at the first question, so that a
    process with many devices is ready at once.
    """

    def __init__(self, simulated: SimulatedDevice) -> None:
        entries = sorted(_objects(simulated), key=lambda entry: entry[0])
        self._names = [name for name, _, _ in entries]
        self._tags = [tag for _, tag, _ in entries]
        self._ready = [_ready(*entry) for entry in entries]

    def __len__(self) -> int:
        return len(self._names)

    def name(self, place: int) -> Oid:
        """The name at a place of the order."""
        return self._names[place]

    def tag(self, place: int) -> int:
        """The type at a place."""
        return self._tags[place]

    def find(self, name: Oid) -> int | None:
        """The place of a name, or None."""
        place = bisect_left(self._names, name)
        return place if place < len(self._names) and self._names[place] == name else None

    def after(self, name: Oid) -> int:
        """The place of the first name behind this one; the length when there is none."""
        return bisect_right(self._names, name)

    def knows(self, name: Oid) -> bool:
        """Whether some instance of this object exists: tells noSuchInstance from noSuchObject."""
        place = bisect_left(self._names, name[:-1])
        return place < len(self._names) and self._names[place][: len(name) - 1] == name[:-1]

    def varbind(self, place: int, now: float) -> bytes:
        """The bytes of the variable binding at a place, at a moment."""
        ready = self._ready[place]
        if isinstance(ready, bytes):
            return ready
        name, tag, read = ready
        value = encode_value(tag, read(now))
        size = len(name) + len(value)
        if size < LONG:
            return b"\x30" + bytes((size,)) + name + value
        return b"\x30\x81" + bytes((size,)) + name + value


def _ready(name: Oid, tag: int, told: Told) -> bytes | tuple[bytes, int, Callable[[float], int]]:
    if callable(told):
        content = encode_oid(name)
        return bytes((OID, len(content))) + content, tag, told
    return encode_varbind(VarBind(name, tag, told))


def _objects(simulated: SimulatedDevice) -> Iterator[Entry]:
    yield from _system(simulated)
    yield from _entity(simulated)
    yield (*INTERFACES, 1, 0), INTEGER, len(simulated.device.model.ports)
    yield IF_TABLE_LAST_CHANGE, TIME_TICKS, 0
    for port in simulated.device.model.ports:
        yield from _interface(simulated, port)
        yield from _counters(simulated, port)
    if simulated.device.kind == "ups":
        yield from _ups(simulated)
    if simulated.device.kind == "server":
        yield from _host(simulated)


def _system(simulated: SimulatedDevice) -> Iterator[Entry]:
    device = simulated.device
    yield (*SYSTEM, 1, 0), OCTET_STRING, device.model.described.encode()
    yield (*SYSTEM, 2, 0), OID, (*ENTERPRISE, 1, device.model.product)
    yield SYS_UP_TIME, TIME_TICKS, simulated.uptime_cs
    yield (*SYSTEM, 4, 0), OCTET_STRING, device.contact.encode()
    yield (*SYSTEM, 5, 0), OCTET_STRING, device.id.encode()
    yield (*SYSTEM, 6, 0), OCTET_STRING, device.name.encode()
    yield (*SYSTEM, 7, 0), INTEGER, SERVICES.get(device.kind, 2)


def _entity(simulated: SimulatedDevice) -> Iterator[Entry]:
    device, model = simulated.device, simulated.device.model
    texts = {2: model.described, 7: device.id, 10: model.version, 11: device.serial}
    texts |= {12: model.maker, 13: model.name}
    for column, text in texts.items():
        yield (*ENTITY, column, 1), OCTET_STRING, text.encode()
    for column, number in {4: 0, 5: 3, 6: -1, 16: 1}.items():  # in nothing, a chassis, replaceable
        yield (*ENTITY, column, 1), INTEGER, number
    for column, text in {2: "Temperature inlet", 7: "Inlet"}.items():
        yield (*ENTITY, column, 2), OCTET_STRING, text.encode()
    for column, number in {4: 1, 5: 8, 6: 1, 16: 2}.items():  # in the chassis, a sensor
        yield (*ENTITY, column, 2), INTEGER, number
    for column, number in {1: 8, 2: 9, 3: 0, 5: 1}.items():  # degrees Celsius, units, whole, ok
        yield (*SENSOR, column, 2), INTEGER, number
    yield (*SENSOR, 4, 2), INTEGER, 24 + crc32(device.id.encode()) % 9


def _interface(simulated: SimulatedDevice, port: Port) -> Iterator[Entry]:
    name, index = port.name, port.index
    mac = b"\x02" + crc32(simulated.device.id.encode()).to_bytes(4, "big") + bytes((index,))
    used = "in gebruik" if name in simulated.wired else ""

    def oper(_now: float) -> int:
        return 1 if simulated.is_up(name) else 2

    def changed(_now: float) -> int:
        return simulated.changed_cs(name)

    yield (*IF_ENTRY, 1, index), INTEGER, index
    yield (*IF_ENTRY, 2, index), OCTET_STRING, name.encode()
    yield (*IF_ENTRY, 3, index), INTEGER, port.type
    yield (*IF_ENTRY, 4, index), INTEGER, 1500
    yield (*IF_ENTRY, 5, index), GAUGE32, min(port.speed_bps, 2**32 - 1)
    yield (*IF_ENTRY, 6, index), OCTET_STRING, mac
    yield (*IF_ENTRY, 7, index), INTEGER, 1
    yield (*IF_ENTRY, 8, index), INTEGER, oper
    yield (*IF_ENTRY, 9, index), TIME_TICKS, changed
    yield (*IF_X_ENTRY, 1, index), OCTET_STRING, name.encode()
    yield (*IF_X_ENTRY, 15, index), GAUGE32, port.speed_bps // 1_000_000
    yield (*IF_X_ENTRY, 17, index), INTEGER, 1
    yield (*IF_X_ENTRY, 18, index), OCTET_STRING, used.encode()
    yield (*IF_X_ENTRY, 19, index), TIME_TICKS, 0


_SHARES = (
    # ifTable column, ifXTable 32-bit column, ifXTable 64-bit column, octets per count
    (10, 0, 6, 1),
    (11, 0, 7, PACKET_BYTES),
    (0, 2, 8, 50 * PACKET_BYTES),
    (0, 3, 9, 90 * PACKET_BYTES),
    (13, 0, 0, 10**10),
    (14, 0, 0, 10**11),
)
"""What counts come of the octets in; out has the same, six columns on (four in ifXTable's 64 bits,
two in its 32 bits)."""


def _counters(simulated: SimulatedDevice, port: Port) -> Iterator[Entry]:
    for direction, (low, extra, high) in enumerate(((0, 0, 0), (6, 2, 4))):
        for plain, short, long, octets in _SHARES:
            read = _count(simulated, port.name, direction, octets)
            if plain:
                yield (*IF_ENTRY, plain + low, port.index), COUNTER32, _modulo_32(read)
            if short:
                yield (*IF_X_ENTRY, short + extra, port.index), COUNTER32, _modulo_32(read)
            if long:
                yield (*IF_X_ENTRY, long + high, port.index), COUNTER64, read


def _count(
    simulated: SimulatedDevice, port: str, direction: int, octets: int
) -> Callable[[float], int]:
    def read(now: float) -> int:
        return simulated.flows(port)[direction].at(now) // octets

    return read


def _modulo_32(read: Callable[[float], int]) -> Callable[[float], int]:
    return lambda now: read(now) % 2**32


def _ups(simulated: SimulatedDevice) -> Iterator[Entry]:
    model = simulated.device.model

    def status(now: float) -> int:
        return 2 if simulated.charge(now) > 20 else 3  # noqa: PLR2004  # normal; low at a fifth

    def source(_now: float) -> int:
        return 5 if simulated.on_battery else 3

    yield (*UPS, 1, 1, 0), OCTET_STRING, model.maker.encode()
    yield (*UPS, 1, 2, 0), OCTET_STRING, model.name.encode()
    yield (*UPS, 2, 1, 0), INTEGER, status
    yield (*UPS, 2, 2, 0), INTEGER, simulated.on_battery_s
    yield (*UPS, 2, 3, 0), INTEGER, lambda now: simulated.charge(now) * 4 // 100
    yield (*UPS, 2, 4, 0), INTEGER, simulated.charge
    yield (*UPS, 2, 5, 0), INTEGER, lambda now: 480 + 66 * simulated.charge(now) // 100
    yield (*UPS, 2, 7, 0), INTEGER, 27
    yield (*UPS, 3, 2, 0), INTEGER, 1
    yield (*UPS, 3, 3, 1, 3, 1), INTEGER, lambda _now: 0 if simulated.on_battery else 231
    yield (*UPS, 4, 1, 0), INTEGER, source
    yield (*UPS, 4, 3, 0), INTEGER, 1
    yield (*UPS, 4, 4, 1, 5, 1), INTEGER, 38


def _host(simulated: SimulatedDevice) -> Iterator[Entry]:
    seed = crc32(simulated.device.id.encode())
    processor_type = (*HOST, 3, 1, 3)
    memory_type = (*HOST, 2, 1, 2)
    for core in range(1, 5):
        yield (*HOST, 3, 2, 1, 1, core), INTEGER, core
        yield (*HOST, 3, 2, 1, 2, core), OID, processor_type
        yield (*HOST, 3, 2, 1, 3, core), OCTET_STRING, b"Rekenstaal E4 3.0 GHz"
        yield (*HOST, 3, 3, 1, 2, core), INTEGER, _busy(seed % 100 + 37 * core)
    yield (*HOST, 2, 3, 1, 1, 1), INTEGER, 1
    yield (*HOST, 2, 3, 1, 2, 1), OID, memory_type
    yield (*HOST, 2, 3, 1, 3, 1), OCTET_STRING, b"Physical memory"
    yield (*HOST, 2, 3, 1, 4, 1), INTEGER, 4096
    yield (*HOST, 2, 3, 1, 5, 1), INTEGER, 16_777_216
    yield (*HOST, 2, 3, 1, 6, 1), INTEGER, 6_000_000 + seed % 6_000_000


def _busy(phase: int) -> Callable[[float], int]:
    """Per cent of one processor: saws between 0 and 44, another tooth every 5 s."""
    return lambda now: (int(now) // 5 * 7 + phase) % 45
