"""Targets to what they told: each asked for `ROOTS`, and in every context for the bridge tables.

One target that is silent costs the others nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from events.errors import DeviceRefused, DeviceSilent
from probes.discovery.device import CONTEXT_ROOTS, ROOTS, device

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.discovery.device import Device
    from probes.port import SnmpCredential
    from probes.snmp.engine import Agent, Engine, Walked

__all__ = ["AT_ONCE", "Seed", "Survey", "survey"]

AT_ONCE = 8
"""Targets asked at the same time; the engine bounds what is in flight to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A target to ask.

    Args:
        name: How it is called in the result.
        agent: Where it answers.
        contexts: Credentials of its further contexts, one a VLAN.
    """

    name: str
    agent: Agent
    contexts: tuple[SnmpCredential, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What came of asking.

    Args:
        devices: Those that answered.
        silent: Name to reason of those that did not.
        partial: Names of those that left questions unanswered.
    """

    devices: list[Device]
    silent: dict[str, str]
    partial: list[str]


async def survey(engine: Engine, seeds: Sequence[Seed], at_once: int = AT_ONCE) -> Survey:
    """Ask all targets, so many at a time."""
    found = Survey(devices=[], silent={}, partial=[])
    turn = asyncio.Semaphore(at_once)
    async with asyncio.TaskGroup() as group:
        for seed in seeds:
            group.create_task(_ask(engine, seed, turn, found))
    return found


async def _ask(engine: Engine, seed: Seed, turn: asyncio.Semaphore, found: Survey) -> None:
    async with turn:
        try:
            walked = await engine.walk(seed.agent, ROOTS)
        except (DeviceSilent, DeviceRefused) as error:
            found.silent[seed.name] = str(error)
            return
        contexts = [await _context(engine, seed.agent, one) for one in seed.contexts]
    known = [one for one in contexts if one is not None]
    found.devices.append(device(seed.name, walked, known))
    if not walked.complete or len(known) < len(contexts) or not all(c.complete for c in known):
        found.partial.append(seed.name)


async def _context(engine: Engine, agent: Agent, credential: SnmpCredential) -> Walked | None:
    try:
        return await engine.walk(replace(agent, credential=credential), CONTEXT_ROOTS)
    except (DeviceSilent, DeviceRefused):
        return None
