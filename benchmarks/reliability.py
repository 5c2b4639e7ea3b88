"""Predicted availability: a zone of 65 variables, the demo, every chain of a region; beside a Monte Carlo.

`python -m benchmarks.reliability [--json PATH]`. Times are of the processor: nothing here waits. Exit code 1
when a goal is missed. The zone is that of CORE.md 4.6: eight access points on four switches with two ways
up, and every port line a component with an availability. The region is that of `benchmarks.region`, with an
availability on each of its 96,000 parts. The demo is taken with an availability on everything and on nothing.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import thread_time
from typing import TYPE_CHECKING

from benchmarks.region import region
from monitor.catalogue_files import load
from monitor.demo.catalogue import Wiring, write
from monitor.demo.lan import region as demo
from topology.gates import compile_gates
from topology.kappa import Cone
from topology.model import (
    Calendar,
    Catalogue,
    Chain,
    Component,
    Group,
    Level,
    Link,
    SharedRisk,
    Tier,
)
from topology.reliability.bounds import bounds
from topology.reliability.diagram import Diagram
from topology.reliability.forecast import Forecasts
from topology.reliability.structure import structure_of

if TYPE_CHECKING:
    from collections.abc import Mapping

GOAL_ZONE_MS, GOAL_DEMO_S, GOAL_REGION_S = 95, 3, 60
TRIALS, POINTS, SWITCHES, CASES = 20_000, 8, 4, 2_000
FIRST_PORT = 20_000
GOOD = {
    "ap": Fraction(998, 1000),
    "acc": Fraction(9995, 10_000),
    "cpe": Fraction(9995, 10_000),
    "app": Fraction(999, 1000),
    "power": Fraction(9997, 10_000),
}
"""By the first word of an id; others 0.9999."""


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and tell by the exit code whether the goals hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures there")
    args = parser.parse_args(argv)
    figures = {"zone": of_zone(), "demo": of_demo(), "region": of_region()}
    for name, rows in figures.items():
        print(name)
        for what, figure in rows.items():
            print(f"  {what:44} {figure:14,.6g}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    missed = [
        name
        for name, took, goal in (
            ("zone", figures["zone"]["all figures ms"], GOAL_ZONE_MS),
            ("demo", figures["demo"]["all rated: all chains s"], GOAL_DEMO_S),
            ("demo unrated", figures["demo"]["none rated: all chains s"], GOAL_DEMO_S),
            ("region", figures["region"]["5,000 chains s"], GOAL_REGION_S),
        )
        if took >= goal
    ]
    print("goals: " + (f"MISSED {', '.join(missed)}" if missed else "met"))
    return 1 if missed else 0


def good(catalogue: Catalogue) -> Catalogue:
    """The catalogue with an availability on every part."""

    def rated(kind: Mapping[str, object]) -> dict[str, object]:
        return {
            id_: replace(one, availability=GOOD.get(id_.split("-")[0], Fraction(9999, 10_000)))  # type: ignore[type-var]
            for id_, one in kind.items()
        }

    return replace(
        catalogue,
        components=rated(catalogue.components),
        links=rated(catalogue.links),
        shared_risks=rated(catalogue.shared_risks),
    )


def zone() -> Catalogue:
    """Eight access points, each with a port, a line and a port; four switches, each with two ways up."""
    components, links = [Component(id="app", kind="x", tier=Tier.APPLICATION)], []

    def line(low: str, high: str, tier: Tier) -> None:
        """A port, a line and a port between two devices."""
        port = f"port-{low}-{high}"
        components.append(Component(id=port, kind="port", tier=tier))
        links.extend(Link(id=f"l-{a}-{b}", ends=(a, b)) for a, b in ((low, port), (port, high)))

    for name, tier in (("dist-0", Tier.CORE), ("dist-1", Tier.CORE)):
        components.append(Component(id=name, kind="switch", tier=tier))
        links.append(Link(id=f"l-{name}-app", ends=(name, "app")))
    links.append(Link(id="l-dist", ends=("dist-0", "dist-1")))
    for number in range(SWITCHES):
        components.append(Component(id=f"acc-{number}", kind="switch", tier=Tier.ACCESS))
        for way in range(2):
            line(f"acc-{number}", f"dist-{way}", Tier.DISTRIBUTION)
    for number in range(POINTS):
        components.append(Component(id=f"ap-{number}", kind="ap", tier=Tier.USER))
        line(f"ap-{number}", f"acc-{number % SWITCHES}", Tier.AP)
    group = Group(
        id="g", users=1, members=tuple(f"ap-{n}" for n in range(POINTS)), min=POINTS // 2, full=7
    )
    switches = tuple(f"acc-{number}" for number in range(SWITCHES))
    level = Level(
        id="level",
        target_ppm=Fraction(995_000),
        calendar="always",
        minimum_coverage_ppm=Fraction(995_000),
    )
    return good(
        Catalogue(
            version="0" * 64,
            calendars={"always": Calendar(id="always", always=True)},
            levels={"level": level},
            components={one.id: one for one in components},
            links={one.id: one for one in links},
            shared_risks={"power": SharedRisk(id="power", kind="power", members=switches)},
            groups={"g": group},
            chains={"c": Chain(id="c", name="c", source="g", to="app", level="level")},
        )
    )


def of_zone() -> dict[str, float]:
    """One zone: exact, by bounds, and by trials."""
    catalogue = zone()
    gates = compile_gates(catalogue)
    chain = gates.chains["c"]
    names = list(gates.items)
    structure = structure_of(gates, chain.minimum, chain.end, names.__getitem__)
    diagram = Diagram(len(structure.factors))
    root = diagram.works(structure.parts)
    gc.collect()
    start = thread_time()
    told = Forecasts(catalogue, gates).of("c")
    took = thread_time() - start
    cone = Cone(gates, chain.minimum, chain.end)
    chances = {gates.items[id_]: one.availability for id_, one in told.importance.items()}
    start = thread_time()
    low, high = bounds(cone, chances, CASES)
    bounded = thread_time() - start
    start = thread_time()
    random, items = Random(1), [(item, float(chance)) for item, chance in chances.items()]
    worked = sum(
        cone.support({item for item, chance in items if random.random() > chance}) is not None
        for _ in range(TRIALS)
    )
    return {
        "items": float(len(told.importance)),
        "variables after contraction": float(len(structure.factors)),
        "nodes of the diagram": float(len(diagram.reached(root))),
        "all figures ms": took * 1e3,
        "availability": float(told.low),
        f"by bounds of {CASES:,} cases, ms": bounded * 1e3,
        "by bounds, the gap": float(high - low),
        "by bounds, off by at most": float(max(told.low - low, high - told.low)),
        f"by {TRIALS:,} trials, ms": (thread_time() - start) * 1e3,
        f"by {TRIALS:,} trials, availability": worked / TRIALS,
    }


def of_demo() -> dict[str, float]:
    """The chains of the demo: nine servers between two cores, each the way to an application."""
    lan = demo()
    agents = {id_: f"127.0.0.1:{FIRST_PORT + number}" for number, id_ in enumerate(lan.devices)}
    with TemporaryDirectory() as directory:
        write(lan, Path(directory), Wiring(agents=agents, community="public"))
        plain = load(directory)
    figures = {"chains": float(len(plain.chains))}
    for what, catalogue in (("all rated", good(plain)), ("none rated", plain)):
        gates = compile_gates(catalogue)
        forecasts = Forecasts(catalogue, gates)
        gc.collect()
        start = thread_time()
        told = [forecasts.of(id_) for id_ in catalogue.chains]
        figures[f"{what}: all chains s"] = thread_time() - start
        figures[f"{what}: exact"] = float(sum(one.exact for one in told))
    return figures


def of_region() -> dict[str, float]:
    """Every chain of a region: single points, pairs, importance of every item."""
    catalogue = good(region())
    gates = compile_gates(catalogue)
    forecasts = Forecasts(catalogue, gates)
    gc.collect()
    start = thread_time()
    first = forecasts.of("chain-0")
    once = thread_time()
    every = [forecasts.of(id_) for id_ in catalogue.chains]
    took = thread_time() - start
    return {
        "chains": float(len(every)),
        "items of the first chain": float(len(first.importance)),
        "first chain ms": (once - start) * 1e3,
        "5,000 chains s": took,
        "a chain on average ms": took / len(every) * 1e3,
        "exact": float(sum(one.exact for one in every)),
    }


if __name__ == "__main__":
    sys.exit(main())
