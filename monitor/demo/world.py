"""The laws of the simulated region: what a fault does to everything around it. Pure.

An access switch that dies takes the signal from its neighbours' ports and the power from its access
points; a site without WAN lines falls silent though all its equipment runs; without the poller's own
link nothing is heard at all. `World.apply` turns an action into the commands that make the agents show it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from monitor.demo.command import Command
from monitor.demo.lan import CORE, POLLER_LINK
from topology.model import KIND_TIERS, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.demo.lan import Lan
    from monitor.demo.wire import Wire

__all__ = ["Act", "Action", "World"]

Act = Literal["kill", "revive", "hang", "resume", "cut", "mend", "mains-off", "mains-on", "load"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that happens to the region.

    Args:
        act: `kill`/`revive` a device, `hang`/`resume` its SNMP agent, `cut`/`mend` a link (the poller's
            own too) or all links of a duct, `mains-off`/`mains-on` of a site, `load` of a device.
        what: Id of the device, link, shared risk or site; `LINK#1` is the first cable of a link that has
            several.
        thousandths: Of `load`.
    """

    act: Act
    what: str
    thousandths: int = 0


@dataclass(frozen=True, slots=True)
class _Seen:
    """What can be seen from outside at one moment."""

    alive: frozenset[str]
    answering: frozenset[str]
    up: frozenset[str]
    """Links that carry."""
    lit: frozenset[str]
    """Cables with a signal."""


@dataclass(slots=True)
class World:
    """The region and what is broken in it now.

    Args:
        lan: The region; not changed.
    """

    lan: Lan
    _killed: set[str] = field(default_factory=set)
    _hung: set[str] = field(default_factory=set)
    _cut: set[str] = field(default_factory=set)
    _dark: set[str] = field(default_factory=set)

    def apply(self, action: Action) -> list[Command]:
        """Let an action happen; returns what changes at which agent, silence first, ports last.

        Raises:
            ValueError: The region has no such device, link, risk or site.
        """
        self.check(action)
        before = self._seen()
        self._take(action)
        return [*self._extra(action), *self._difference(before, self._seen())]

    def check(self, action: Action) -> None:
        """Refuse an action on something that the region does not have."""
        lan = self.lan
        legal: dict[str, set[str]] = {
            "cut": {POLLER_LINK, *lan.wires, *lan.risks, *_single_cables(lan)},
            "mains-off": {id_.removeprefix("power-") for id_ in lan.risks},
        }
        legal["mend"], legal["mains-on"] = legal["cut"], legal["mains-off"]
        if action.what not in legal.get(action.act, set(lan.devices)):
            raise ValueError(f"{action.act}: the region has no {action.what}")

    def broken(self) -> bool:
        """Whether anything is broken now."""
        return bool(self._killed or self._hung or self._cut or self._dark)

    def _take(self, action: Action) -> None:
        match action.act:
            case "kill":
                self._killed.add(action.what)
            case "revive":
                self._killed.discard(action.what)
            case "hang":
                self._hung.add(action.what)
            case "resume":
                self._hung.discard(action.what)
            case "cut":
                self._cut |= self._lines(action.what)
            case "mend":
                self._cut -= self._lines(action.what)
            case "mains-off":
                self._dark.add(action.what)
            case "mains-on":
                self._dark.discard(action.what)
            case "load":
                pass

    def _lines(self, what: str) -> set[str]:
        risk = self.lan.risks.get(what)
        every = {what} if risk is None else set(risk.members)
        wires = (self.lan.wires[id_] for id_ in every & self.lan.wires.keys())
        return every | {cable for wire in wires for cable in wire.cable_ids}

    def _extra(self, action: Action) -> Iterator[Command]:
        if action.act == "load":
            yield Command("load", action.what, thousandths=action.thousandths)
        ups = f"{action.what}-ups"
        if action.act in {"mains-off", "mains-on"} and ups in self.lan.devices:
            yield Command("battery", ups, up=action.act == "mains-on")

    def _seen(self) -> _Seen:
        alive = self._alive()
        lit = {
            wire.id: frozenset(cable for cable in wire.cable_ids if cable not in self._cut)
            for wire in self.lan.wires.values()
            if alive.issuperset(wire.ends)
        }
        up = frozenset(id_ for id_, cables in lit.items() if cables)
        heard = frozenset() if POLLER_LINK in self._cut else self._reached(alive, up)
        return _Seen(alive, heard - self._hung, up, frozenset().union(*lit.values()))

    def _alive(self) -> frozenset[str]:
        unfed = {member for site in self._dark for member in self.lan.power_of(site).members}
        off = self._killed | unfed
        fed_by = {
            wire.ends[0]: wire.ends[1]
            for wire in self.lan.wires.values()
            if wire.ends[0] in self.lan.devices and self.lan.devices[wire.ends[0]].kind == "ap"
        }
        return frozenset(
            id_ for id_ in self.lan.devices if id_ not in off and fed_by.get(id_) not in off
        )

    def _reached(self, alive: frozenset[str], up: frozenset[str]) -> frozenset[str]:
        """What the poller reaches: from its switch down in tier, both ways between equals."""
        ways = self._ways(up)
        reached = {CORE} & alive
        pending = list(reached)
        while pending:
            for far in ways.get(pending.pop(), ()):
                if far in alive and far not in reached:
                    reached.add(far)
                    pending.append(far)
        return frozenset(reached)

    def _ways(self, up: frozenset[str]) -> dict[str, list[str]]:
        ways: dict[str, list[str]] = {}
        for id_ in up:
            a, b = self.lan.wires[id_].ends
            for near, far in ((a, b), (b, a)):
                if self._tier(near) >= self._tier(far):
                    ways.setdefault(near, []).append(far)
        return ways

    def _tier(self, id_: str) -> Tier:
        device = self.lan.devices[id_]
        return Tier[device.tier.upper()] if device.tier else KIND_TIERS[device.kind]

    def _difference(self, old: _Seen, new: _Seen) -> Iterator[Command]:
        every = self.lan.devices
        for id_ in every:
            if id_ in old.alive - new.alive:
                yield Command("kill", id_)
            if id_ in old.answering - new.answering:
                yield Command("hush", id_)
        for id_ in every:
            if id_ in new.answering - old.answering:
                yield Command("speak", id_)
            if id_ in new.alive - old.alive:
                yield Command("revive", id_)
        for wire in self.lan.wires.values():
            for number, cable in enumerate(wire.cable_ids):
                if (cable in old.lit) != (cable in new.lit):
                    yield from _ports(wire, number, up=cable in new.lit)


def _single_cables(lan: Lan) -> set[str]:
    """The cables that can be cut by themselves: those of a link that has several."""
    bundles = (wire for wire in lan.wires.values() if len(wire.cables) > 1)
    return {cable for wire in bundles for cable in wire.cable_ids}


def _ports(wire: Wire, cable: int, *, up: bool) -> Iterator[Command]:
    for end, port in zip(wire.ends, wire.cables[cable], strict=True):
        yield Command("port", end, port=port, up=up)
