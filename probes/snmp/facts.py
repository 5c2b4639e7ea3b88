"""A device's rows to facts that read the same for every vendor (pure).

Unknown is None, never 0; what a device gets wrong is listed under `quirks`, and the rest still comes.

Source: DESIGN.md 7.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import DeviceSilent
from probes.snmp import entities, interfaces, neighbours, poe, resources, sensors, system
from probes.snmp.engine import Walked
from probes.snmp.oid import placed
from probes.snmp.profile.apply import apply, chosen, questions
from probes.snmp.rows import Rows, number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.snmp.ber import Oid
    from probes.snmp.engine import Agent, Engine
    from probes.snmp.profile.model import Profile

__all__ = ["ROOTS", "Facts", "facts", "read_facts"]

Facts = dict[str, object]

ROOTS: tuple[Oid, ...] = (
    *system.ROOTS,
    *interfaces.ROOTS,
    *entities.ROOTS,
    *resources.ROOTS,
    *sensors.ROOTS,
    *neighbours.ROOTS,
    *poe.ROOTS,
)
"""The columns to walk."""


async def read_facts(
    engine: Engine, agent: Agent, profiles: Sequence[Profile]
) -> tuple[Facts, bool, list[Profile]]:
    """Ask a device who it is, then what the standard MIBs and the profiles of its kind can tell.

    Returns:
        The facts; whether every question was answered; the profiles that were used.

    Raises:
        DeviceSilent: Nothing came back.
        DeviceRefused: It answered with a refusal.
    """
    first = await engine.walk(agent, system.ROOTS)
    object_id, description = system.identity_of(Rows(first.rows, system.ROOTS))
    asked = questions(profiles, object_id, description)
    present = await _further(engine, agent, asked)

    def has(name: Oid) -> bool:
        return any(row.oid[: len(name)] == name for row in present.rows)

    used = chosen(profiles, object_id, description, has)
    walked = await _further(engine, agent, _names(used, object_id))
    if not walked.complete:
        walked.rows[:0] = first.rows
    return facts(walked, used), walked.complete, used


async def _further(engine: Engine, agent: Agent, names: Sequence[Oid]) -> Walked:
    """Walk on; a device that answered before and falls silent now keeps what it said."""
    try:
        return await engine.walk(agent, names) if names else Walked()
    except DeviceSilent as silence:
        return Walked(quirks=[f"no answer any more: {silence}"], complete=False)


def facts(walked: Walked, profiles: Sequence[Profile] = ()) -> Facts:
    """Turn what a walk of `ROOTS` and of the profiles' roots gave into the facts; every key is always there.

    Args:
        walked: The rows.
        profiles: The most particular first.
    """
    own, _ = system.identity_of(Rows(walked.rows, system.ROOTS))
    rows = Rows(walked.rows, _names(profiles, own), own)
    added = apply(profiles, rows)
    uptime = number_of(rows.column(system.SYS_UP_TIME).get((0,)))
    parts = entities.entities(rows)
    found: Facts = {
        "system": {**system.system(rows, parts), **added.identity},
        "interfaces": interfaces.interfaces(rows, uptime),
        "processors": added.over("processors", resources.processors(rows)),
        "memory": added.over("memory", resources.memory(rows)),
        "sensors": added.over("sensors", sensors.sensors(rows)),
        "poe": added.over("poe", poe.supplies(rows)),
        "neighbours": added.over("neighbours", neighbours.neighbours(rows)),
        "access_points": added.over("access_points", []),
        "entities": parts,
    }
    return {**found, "quirks": [*walked.quirks, *rows.quirks]}


def _names(profiles: Sequence[Profile], own: Oid) -> tuple[Oid, ...]:
    """Every column to walk, those under the sysObjectID at their place."""
    told = (placed(root, own) for profile in profiles for root in profile.roots)
    return tuple(dict.fromkeys((*ROOTS, *(root for root in told if root is not None))))
