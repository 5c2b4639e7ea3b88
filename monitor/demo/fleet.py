"""The devices of one agent process: commands in, answers and traps out; no sockets here.

Source: SNMPv2-MIB (coldStart), IF-MIB (linkDown, linkUp), UPS-MIB (upsTrapOnBattery); RFC 3416 4.2.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.demo.mib import IF_ENTRY, SYS_UP_TIME, UPS, MibView
from monitor.demo.reply import answer
from monitor.demo.simulated import SimulatedDevice
from probes.snmp.ber import (
    INTEGER,
    OID,
    TIME_TICKS,
    TRAP_V2,
    V2C,
    Message,
    Pdu,
    VarBind,
    encode_message,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.demo.command import Command
    from monitor.demo.lan import Lan
    from probes.snmp.ber import Oid

__all__ = ["Fleet"]

SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
STANDARD_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START: Oid = (*STANDARD_TRAPS, 1)
LINK_DOWN: Oid = (*STANDARD_TRAPS, 3)
LINK_UP: Oid = (*STANDARD_TRAPS, 4)
UPS_ON_BATTERY: Oid = (1, 3, 6, 1, 2, 1, 33, 2, 1)
UP, DOWN = 1, 2


class Fleet:
    """Some devices of the region and what they say.

    Args:
        lan: The region.
        names: Which of its devices live here.
        community: Read community, also of the traps.
        now: The moment they begin, seconds since 1970.
    """

    def __init__(self, lan: Lan, names: Iterable[str], community: bytes, now: float) -> None:
        self._community = community
        wired = _wired(lan)
        self._devices = {
            name: SimulatedDevice(lan.devices[name], wired.get(name, frozenset()), now)
            for name in names
        }
        self._views: dict[str, MibView] = {}
        self._sent = 0

    def answer(self, name: str, data: bytes, now: float) -> bytes | None:
        """Turn a datagram for a device into its answer, or None for silence."""
        device = self._devices[name]
        if not device.answers:
            return None
        if name not in self._views:
            self._views[name] = MibView(device)
        return answer(data, self._community, self._views[name], now)

    def apply(self, command: Command, now: float) -> bytes | None:
        """Carry out one command; returns the trap that the device sends about it, if any.

        Raises:
            KeyError: The device does not live here, or has no such port.
        """
        device = self._devices[command.device]
        trap: bytes | None = None
        match command.do:
            case "kill" | "hush":
                _silence(device, command.do)
            case "revive" | "reboot":
                device.dead = False
                device.reboot(now)
                trap = self._trap(COLD_START, (), device, now)
            case "speak":
                device.hushed = False
            case "load":
                device.set_load(command.thousandths, now)
            case "battery":
                trap = self._battery(device, command, now)
            case "port":
                trap = self._port(device, command, now)
        return trap if device.answers else None

    def _battery(self, device: SimulatedDevice, command: Command, now: float) -> bytes | None:
        device.set_battery(on=not command.up, now=now)
        if command.up:
            return (
                None  # upsTrapAlarmEntryRemoved tells it on real equipment; nothing reads it here
            )
        left = VarBind((*UPS, 2, 4, 0), INTEGER, device.charge(now))
        return self._trap(UPS_ON_BATTERY, (left,), device, now)

    def _port(self, device: SimulatedDevice, command: Command, now: float) -> bytes | None:
        if not device.set_port(command.port, up=command.up, now=now):
            return None
        index = device.device.port(command.port).index
        shown = tuple(
            VarBind((*IF_ENTRY, column, index), INTEGER, number)
            for column, number in ((1, index), (7, UP), (8, UP if command.up else DOWN))
        )
        return self._trap(LINK_UP if command.up else LINK_DOWN, shown, device, now)

    def _trap(
        self, name: Oid, shown: tuple[VarBind, ...], device: SimulatedDevice, now: float
    ) -> bytes:
        self._sent += 1
        varbinds = (
            VarBind(SYS_UP_TIME, TIME_TICKS, device.uptime_cs(now)),
            VarBind(SNMP_TRAP_OID, OID, name),
            *shown,
        )
        pdu = Pdu(TRAP_V2, self._sent, varbinds=varbinds)
        return encode_message(Message(V2C, self._community, pdu))


def _silence(device: SimulatedDevice, how: str) -> None:
    if how == "kill":
        device.dead = True
    else:
        device.hushed = True


def _wired(lan: Lan) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for wire in lan.wires.values():
        for end, port in wire.sockets:
            found.setdefault(end, set()).add(port)
    return {name: frozenset(ports) for name, ports in found.items()}
