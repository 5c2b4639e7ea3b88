"""The kinds of scenario that root causes are measured in: every fault class of CORE.md 3.5, with its bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.rootcause_networks import bundled
from benchmarks.rootcause_truth import PROCESS
from benchmarks.rootcause_world import Fault, Traps
from topology.model import Tier

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from topology.model import Catalogue

__all__ = ["LOOK", "PLAYS", "Play"]

BEGIN, LOOK = 70.0, 260.0
"""Seconds: the first fault, and when the answer is read."""

SINGLE, DOUBLE, TRIPLE = 0.98, 0.94, 0.90
"""Bars of precision and recall for so many faults at once; CORE.md 3.5 gives the first and the last."""


@dataclass(frozen=True, slots=True)
class Play:
    """A kind of scenario.

    Args:
        draw: Turns a network and chance into faults; empty where the network has nothing of the kind.
        bar: Least precision and recall.
        alerts: Whether the causes named for a fault are held to 1.00 +- 0.02 (CORE.md 3.5: single faults).
        traps: What becomes of them.
        wrong: Share of the links that the map misses or has wrong.
        made: Changes the network first.
        deaf: One end of the faulty link has nobody to read its port.
    """

    name: str
    draw: Callable[[Catalogue, Random], list[Fault]]
    bar: float = SINGLE
    alerts: bool = True
    traps: Traps = field(default_factory=Traps)
    wrong: float = 0.0
    made: Callable[[Catalogue], Catalogue] = lambda catalogue: catalogue
    deaf: bool = False

    def fits(self, catalogue: Catalogue) -> bool:
        """Whether a network has what this play breaks."""
        needs = {"site power": "power", "PoP": "pop", "WAN line": "pop"}
        kind = next((kind for word, kind in needs.items() if word in self.name), None)
        if kind is not None:
            return any(risk.kind == kind for risk in catalogue.shared_risks.values())
        if self.name == "1 access point":
            return any(one.tier is Tier.AP for one in catalogue.components.values())
        return True


def single(id_: str, at: float, **more: object) -> Fault:
    """A fault of one part."""
    return Fault(id=id_, at=at, parts={id_: 0.0}, until=LOOK, **more)  # type: ignore[arg-type]


def devices(count: int) -> Callable[[Catalogue, Random], list[Fault]]:
    return lambda cat, rng: _some(rng, _breakable(cat), count)


def links(count: int) -> Callable[[Catalogue, Random], list[Fault]]:
    return lambda cat, rng: _some(rng, sorted(cat.links), count)


def mixed(count: int) -> Callable[[Catalogue, Random], list[Fault]]:
    return lambda cat, rng: _some(rng, [*_breakable(cat), *sorted(cat.links)], count)


def access_point(cat: Catalogue, rng: Random) -> list[Fault]:
    return _some(rng, [id_ for id_, one in cat.components.items() if one.tier is Tier.AP], 1)


def line(cat: Catalogue, rng: Random) -> list[Fault]:
    """One line of a link aggregation; the link is to be named."""
    (fault,) = links(1)(cat, rng)
    return [Fault(id=fault.id, at=fault.at, parts={f"{fault.id}#1": 0.0}, until=LOOK)]


def wan_line(cat: Catalogue, rng: Random) -> list[Fault]:
    return _some(
        rng, sorted({one for risk in cat.shared_risks.values() for one in risk.members}), 1
    )


def pop(cat: Catalogue, rng: Random) -> list[Fault]:
    risk = rng.choice(sorted(cat.shared_risks))
    members = dict.fromkeys(cat.shared_risks[risk].members, 0.0)
    return [Fault(id=risk, at=_moment(rng), parts=members, until=LOOK)]


def poller(cat: Catalogue, rng: Random) -> list[Fault]:
    return [single(_via(cat), _moment(rng))]


def process(cat: Catalogue, rng: Random) -> list[Fault]:
    """The poller's program stops: no failures are told, nothing is."""
    return [Fault(id=_via(cat), at=_moment(rng), parts={PROCESS: 0.0}, until=LOOK)]


def flapping(cat: Catalogue, rng: Random) -> list[Fault]:
    (fault,) = mixed(1)(cat, rng)
    return [single(fault.id, BEGIN, flaps=45.0)]


def misled(cat: Catalogue, rng: Random) -> list[Fault]:
    """A fault, and an untrue word of a supplier: that it works, or that another does not."""
    (fault,) = mixed(1)(cat, rng)
    others = [id_ for id_ in (*_breakable(cat), *sorted(cat.links)) if id_ != fault.id]
    word = (fault.id, "up") if rng.random() < 0.5 else (rng.choice(others), "down")
    return [single(fault.id, fault.at, said=((*word, rng.uniform(-20.0, 40.0)),))]


def site_power(*, told: bool) -> Callable[[Catalogue, Random], list[Fault]]:
    """A site's power goes; what its UPSes feed goes later, one by one, within 110 seconds."""

    def draw(cat: Catalogue, rng: Random) -> list[Fault]:
        risk = rng.choice(sorted(cat.shared_risks))
        members = cat.shared_risks[risk].members
        staggered = {one: rng.choice([0.0, 0.0, rng.uniform(0, 110)]) for one in members}
        return [Fault(id=risk, at=BEGIN, parts=staggered, until=LOOK, told=told)]

    return draw


def _some(rng: Random, pool: list[str], count: int) -> list[Fault]:
    return [single(id_, _moment(rng)) for id_ in rng.sample(pool, count)]


def _moment(rng: Random) -> float:
    return BEGIN + rng.uniform(0, 40)


def _breakable(cat: Catalogue) -> list[str]:
    roots = {point.attached_to for point in cat.vantage_points.values()}
    return [id_ for id_ in cat.components if id_ not in roots]


def _via(cat: Catalogue) -> str:
    return next(iter(cat.vantage_points.values())).via


PLAYS = (
    Play("1 device", devices(1)),
    Play("1 link", links(1)),
    Play("1 port, the other end unread", links(1), deaf=True),
    Play("1 access point", access_point),
    Play("1 of 2 lines, one needed", line, made=lambda cat: bundled(cat, 1)),
    Play("1 of 2 lines, both needed", line, made=lambda cat: bundled(cat, 2)),
    Play("1 mixed", mixed(1)),
    Play("1 mixed, traps 20 % lost", mixed(1), traps=Traps(0.2)),
    Play("1 mixed, traps 50 % lost", mixed(1), traps=Traps(0.5)),
    Play("1 mixed, all traps lost", mixed(1), traps=Traps(1.0)),
    Play("1 mixed, a dark port asks nobody", mixed(1), traps=Traps(ask=False)),
    Play("2 mixed", mixed(2), bar=DOUBLE, alerts=False),
    Play("3 mixed", mixed(3), bar=TRIPLE, alerts=False),
    Play("3 mixed, traps 50 % lost", mixed(3), bar=TRIPLE, alerts=False, traps=Traps(0.5)),
    Play("WAN line", wan_line),
    Play("PoP", pop),
    Play("site power, UPS on battery told", site_power(told=True)),
    Play("site power, silent UPS staircase", site_power(told=False)),
    Play("poller's own link", poller),
    Play("poller's process", process),
    Play("1 mixed, a supplier is wrong", misled),
    Play("flapping", flapping),
    Play("1 mixed, catalogue 5 % wrong", mixed(1), alerts=False, wrong=0.05),
    Play("3 mixed, catalogue 5 % wrong", mixed(3), bar=TRIPLE, alerts=False, wrong=0.05),
)
