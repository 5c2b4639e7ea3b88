"""One look at a device over SNMP: does it answer, what do its ports say of their links, what do they count.

The rows of the interface table are kept between looks and read again when the device says that they
changed (ifTableLastChange), when it restarted, when an unknown row turns up, and every hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.contract import MeasurementData, ObservationData
from events.errors import ConfigError, DeviceRefused, DeviceSilent
from probes.port import Look
from probes.snmp.engine import Question, Table, agent_of
from probes.snmp.inventory import (
    IF_ALIAS,
    IF_DESCR,
    IF_INDEX,
    IF_NAME,
    Inventory,
    read_inventory,
)
from probes.snmp.ports import combine, port_status
from probes.snmp.uptime import restarted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from events.clock import Clock
    from events.contract import Status
    from probes.port import Target
    from probes.snmp.ber import Oid, Value
    from probes.snmp.engine import Agent, Engine

__all__ = ["COUNTERS", "NARROW", "SnmpProbe"]

IF_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IFX_ENTRY: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
SYS_UP_TIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
IF_TABLE_LAST_CHANGE: Oid = (1, 3, 6, 1, 2, 1, 31, 1, 5, 0)
SCALARS = (SYS_UP_TIME, IF_TABLE_LAST_CHANGE)

STATUS: dict[str, Oid] = {
    "ifAdminStatus": (*IF_ENTRY, 7),
    "ifOperStatus": (*IF_ENTRY, 8),
    "ifLastChange": (*IF_ENTRY, 9),
}
ERRORS: dict[str, Oid] = {
    "ifInDiscards": (*IF_ENTRY, 13),
    "ifInErrors": (*IF_ENTRY, 14),
    "ifOutDiscards": (*IF_ENTRY, 19),
    "ifOutErrors": (*IF_ENTRY, 20),
}
COUNTERS: dict[str, Oid] = {
    **STATUS,
    **ERRORS,
    "ifHCInOctets": (*IFX_ENTRY, 6),
    "ifHCInUcastPkts": (*IFX_ENTRY, 7),
    "ifHCOutOctets": (*IFX_ENTRY, 10),
    "ifHCOutUcastPkts": (*IFX_ENTRY, 11),
    "ifHighSpeed": (*IFX_ENTRY, 15),
}
"""The columns of every cycle (SNMP.md 3)."""
NARROW: dict[str, Oid] = {
    **STATUS,
    **ERRORS,
    "ifInOctets": (*IF_ENTRY, 10),
    "ifInUcastPkts": (*IF_ENTRY, 11),
    "ifOutOctets": (*IF_ENTRY, 16),
    "ifOutUcastPkts": (*IF_ENTRY, 17),
    "ifSpeed": (*IF_ENTRY, 5),
}
"""The columns of a device that has no 64-bit counters."""

KEEP_S = 3600.0
"""Names are read again after this long: ifAlias may change without a word."""


@dataclass(slots=True)
class _Known:
    """What is kept of a device between looks."""

    inventory: Inventory
    read_at: float
    columns: dict[str, Oid]
    uptime: int | None = None
    table_change: Value = None
    looked_at: float | None = None
    quirks: tuple[str, ...] = ()
    shows_others: bool = False
    """Its tables hold rows that its index does not: no sign of a change."""


class SnmpProbe:
    """Looks at devices over SNMP.

    Args:
        engines: The engine for each SNMP version, `2c` and `3`.
        clock: For the time between two looks.
    """

    def __init__(self, engines: Mapping[str, Engine], clock: Clock) -> None:
        self._engines = engines
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}

    async def look(self, target: Target) -> Look:
        """Look once; a device's fault is a `Look`."""
        try:
            agent = agent_of(target)
            engine = self._engine(target)
            known, table, quirks = await self._read(engine, agent, target)
        except DeviceSilent:
            reason = f"timeout: {target.retries + 1} x {target.timeout_s:g} s without an answer"
            return Look(status="down", reason=reason)
        except (DeviceRefused, ConfigError, ValueError) as refusal:
            return Look(status="unknown", reason=str(refusal))
        return Look(
            status="up",
            ports=_ports(target, known.inventory, table),
            measurement=self._measured(known, table),
            quirks=tuple(dict.fromkeys((*known.quirks, *quirks, *table.quirks))),
        )

    def port_name(self, component: str, index: int) -> str | None:
        """The name of a port by its ifIndex, as the last reading of the index had it."""
        for (known_component, _), known in self._known.items():
            rows = known.inventory.rows
            if known_component == component and index in rows:
                return known.inventory.names[rows.index(index)]
        return None

    async def close(self) -> None:
        """Close the engines."""
        for engine in self._engines.values():
            await engine.close()

    def _engine(self, target: Target) -> Engine:
        version = target.credential.version
        if version not in self._engines:
            raise ConfigError(f"SNMP version {version!r} is not spoken here; write 2c or 3")
        return self._engines[version]

    async def _read(
        self, engine: Engine, agent: Agent, target: Target
    ) -> tuple[_Known, Table, list[str]]:
        """Read the table; if the device has other rows by now, read the index and the table again."""
        key = (target.component, target.address)
        known = self._known.get(key)
        quirks: list[str] = []
        if known is None or self._clock.monotonic() - known.read_at > KEEP_S:
            known = self._known[key] = await self._learn(engine, agent, known)
        table = await _ask(engine, agent, known)
        if self._stale(known, table, quirks):
            same = known.inventory.rows
            known = self._known[key] = await self._learn(engine, agent, known)
            known.shows_others = table.changed and known.inventory.rows == same
            table = await _ask(engine, agent, known)
        if _lacks_wide(known, table):
            known.columns = NARROW
            table = await _ask(engine, agent, known)
        return known, table, quirks

    async def _learn(self, engine: Engine, agent: Agent, before: _Known | None) -> _Known:
        walked = await engine.walk(agent, (IF_INDEX, IF_DESCR, IF_NAME, IF_ALIAS))
        known = _Known(
            read_inventory(walked.rows),
            self._clock.monotonic() if walked.complete else float("-inf"),
            COUNTERS,
            quirks=tuple(walked.quirks),
        )
        if before is not None:
            known.uptime, known.looked_at = before.uptime, before.looked_at
        return known

    def _stale(self, known: _Known, table: Table, quirks: list[str]) -> bool:
        uptime, change = table.scalars
        again = table.changed and not known.shows_others
        if known.looked_at is not None:
            elapsed = self._clock.monotonic() - known.looked_at
            before = known.uptime
            if (
                isinstance(uptime, int)
                and before is not None
                and restarted(before, uptime, elapsed)
            ):
                quirks.append(f"restarted: sysUpTime went from {before} back to {uptime}")
                again = True
            if known.table_change is not None and change != known.table_change:
                again = True
        return again

    def _measured(self, known: _Known, table: Table) -> MeasurementData:
        now = self._clock.monotonic()
        interval = None if known.looked_at is None else round(now - known.looked_at, 3)
        uptime, known.table_change = table.scalars
        known.uptime = uptime if isinstance(uptime, int) else None
        known.looked_at = now
        return MeasurementData(
            interval_s=interval,
            uptime_cs=known.uptime,
            rows=list(known.inventory.rows),
            names=list(known.inventory.names),
            columns={
                name: [value if isinstance(value, int) else None for value in column]
                for name, column in zip(known.columns, table.columns, strict=True)
            },
        )


async def _ask(engine: Engine, agent: Agent, known: _Known) -> Table:
    columns = tuple(known.columns.values())
    return await engine.table(agent, Question(SCALARS, columns, known.inventory.rows))


def _lacks_wide(known: _Known, table: Table) -> bool:
    if known.columns is not COUNTERS or not known.inventory.rows:
        return False
    wide = table.columns[list(COUNTERS).index("ifHCInOctets")]
    return all(value is None for value in wide)


def _ports(target: Target, inventory: Inventory, table: Table) -> dict[str, ObservationData]:
    members: dict[str, list[tuple[str, Status, str]]] = {}
    for name, link in target.ports.items():
        status, reason = _port(inventory, table, name)
        members.setdefault(link, []).append((name, status, reason))
    found = {}
    for link, ports in members.items():
        status, reason = combine(ports, target.least.get(link, 1))
        found[link] = ObservationData(
            kind="port", status=status, reason=reason, seen_from=target.component
        )
    return found


def _port(inventory: Inventory, table: Table, name: str) -> tuple[Status, str]:
    place, why = inventory.find(name)
    if place is None:
        return "unknown", why
    return port_status(table.columns[0][place], table.columns[1][place])
