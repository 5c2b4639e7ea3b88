"""One simulated device over time: what it is, since when it runs, which ports are up, what they moved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from monitor.demo.flow import Flow

if TYPE_CHECKING:
    from monitor.demo.kit import Device, Port

__all__ = ["BATTERY_S", "SimulatedDevice"]

LIFE_S = 400 * 86_400
"""A device restarts by itself every 400 days: its uptime needs no memory and is the same after a restart
of the demo."""
TICKS_WRAP = 2**32
BATTERY_S = 240
"""How long a full battery keeps its site alive."""
RADIO = 71
USED_IN_EIGHT = 5
"""Of the ports without a wire of the region, so many in eight have somebody's PC or server on it."""


class SimulatedDevice:
    """The state of one device; time is told to every call, in seconds since 1970.

    Args:
        device: What it is.
        wired: Names of the ports on which links of the region end; they start up.
        now: The moment it begins.
    """

    def __init__(self, device: Device, wired: frozenset[str], now: float) -> None:
        self.device = device
        self.wired = wired
        self.dead = False
        self.hushed = False
        self._boot = now - (now + crc32(device.id.encode())) % LIFE_S
        self._battery_since: float | None = None
        self._load = device.load
        self._up = {port.name: self._starts_up(port) for port in device.model.ports}
        self._changed: dict[str, float] = {}
        self._flows: dict[str, tuple[Flow, Flow]] = {}
        self._fill(self._boot)

    @property
    def answers(self) -> bool:
        """True when a question reaches it and it has the power to answer."""
        return not (self.dead or self.hushed)

    def uptime_cs(self, now: float) -> int:
        """Its sysUpTime in hundredths of a second, modulo 2**32."""
        return int((now - self._boot) * 100) % TICKS_WRAP

    def is_up(self, port: str) -> bool:
        """Whether the port has a signal."""
        return self._up[port]

    def changed_cs(self, port: str) -> int:
        """ifLastChange: sysUpTime when the port took its present state; 0 when it began with it."""
        moment = self._changed.get(port)
        return 0 if moment is None else self.uptime_cs(moment)

    def flows(self, port: str) -> tuple[Flow, Flow]:
        """What came in and what went out."""
        return self._flows[port]

    def set_port(self, port: str, *, up: bool, now: float) -> bool:
        """Give a port a signal or take it away; returns whether that changed it."""
        if self._up[port] == up:
            return False
        self._up[port] = up
        self._changed[port] = now
        self._retune(now)
        return True

    def set_load(self, thousandths: int, now: float) -> None:
        """Make its ports busier or quieter: thousandths of their speed."""
        self._load = thousandths
        self._retune(now)

    def set_battery(self, *, on: bool, now: float) -> None:
        """Of a UPS: the mains go, or come back and the battery is full again."""
        self._battery_since = now if on else None

    def on_battery_s(self, now: float) -> int:
        """Of a UPS: seconds on battery, 0 on mains."""
        return 0 if self._battery_since is None else int(now - self._battery_since)

    @property
    def on_battery(self) -> bool:
        """Of a UPS: whether the mains are gone."""
        return self._battery_since is not None

    def charge(self, now: float) -> int:
        """Of a UPS: what is left in the battery, percent; it goes down step by step."""
        return max(0, 100 - 100 * self.on_battery_s(now) // BATTERY_S)

    def reboot(self, now: float) -> None:
        """Start anew: uptime and counters from 0."""
        self._boot = now
        self._changed.clear()
        self._fill(now)

    def _starts_up(self, port: Port) -> bool:
        if port.name in self.wired or port.type == RADIO:
            return True
        return crc32(f"{self.device.id} {port.name}".encode()) % 8 < USED_IN_EIGHT

    def _fill(self, since: float) -> None:
        self._flows = {
            port.name: (
                Flow(self._rate(port, 0), crc32(port.name.encode()) % 600, since),
                Flow(self._rate(port, 1), crc32(port.name.encode()) % 577, since),
            )
            for port in self.device.model.ports
        }

    def _rate(self, port: Port, direction: int) -> float:
        if not self._up[port.name]:
            return 0.0
        share = 1 + crc32(f"{self.device.id} {port.name} {direction}".encode()) % 4
        return port.speed_bps / 8 * self._load / 1000 * share / 4

    def _retune(self, now: float) -> None:
        for port in self.device.model.ports:
            for direction, flow in enumerate(self._flows[port.name]):
                flow.change(self._rate(port, direction), now)
