"""A device's rows to facts that read the same for every vendor (pure).

Unknown is None, never 0; what a device gets wrong is listed under `quirks`, and the rest still comes.

Source: DESIGN.md 7.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from probes.snmp import entities, interfaces, neighbours, resources, sensors, system
from probes.snmp.rows import Rows, number_of

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.engine import Walked

__all__ = ["ROOTS", "Facts", "facts"]

Facts = dict[str, object]

_POE: Oid = (1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1)
POE_BUDGET, POE_USED = (*_POE, 2), (*_POE, 4)

ROOTS: tuple[Oid, ...] = (
    *system.ROOTS,
    *interfaces.ROOTS,
    *entities.ROOTS,
    *resources.ROOTS,
    *sensors.ROOTS,
    *neighbours.ROOTS,
    POE_BUDGET,
    POE_USED,
)
"""The columns to walk."""


def facts(walked: Walked) -> Facts:
    """Turn what a walk of `ROOTS` gave into the facts; every key is always there."""
    rows = Rows(walked.rows, ROOTS)
    uptime = number_of(rows.column(system.SYS_UP_TIME).get((0,)))
    parts = entities.entities(rows)
    found: Facts = {
        "system": system.system(rows, parts),
        "interfaces": interfaces.interfaces(rows, uptime),
        "processors": resources.processors(rows),
        "memory": resources.memory(rows),
        "sensors": sensors.sensors(rows),
        "poe": _poe(rows),
        "neighbours": neighbours.neighbours(rows),
        "access_points": [],
        "entities": parts,
    }
    return {**found, "quirks": [*walked.quirks, *rows.quirks]}


def _poe(rows: Rows) -> list[dict[str, object]]:
    """POWER-ETHERNET-MIB (RFC 3621): watts a group."""
    used = rows.numbers(POE_USED)
    return [
        {"group": index[-1], "budget_w": budget, "used_w": used.get(index)}
        for index, budget in rows.numbers(POE_BUDGET).items()
    ]
