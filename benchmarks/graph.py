"""One event, 5,000 at once, and a blackout through the graph of a region; beside a recompute with networkx.

`python -m benchmarks.graph [--json PATH]`. Every figure includes reading the verdict of each chain that
the batch names. Times are of the processor: nothing here waits. Exit code 1 when a goal is missed.
Goals: CORE.md 2.2, DESIGN.md 9.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import sys
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import thread_time
from typing import TYPE_CHECKING

import networkx as nx

from benchmarks.region import SITES, region
from topology.gates import compile_gates
from topology.graph import service_graph
from topology.lanes import Lanes
from topology.live.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.model import Catalogue

GOAL_MEDIAN_US, GOAL_P99_US, GOAL_STORM_MS = 20, 5_000, 500
EVENTS, PER_LAYER, STORM, ROUNDS = 20_000, 400, 5_000, 5
STORM_ROW = "5,000 at once, worst ms"
BLACKOUTS, ASKED, DEVICES_A_SITE = (1_000, 5_000, 10_000, 20_000), 100, 230
LAYERS = ("port", "ap", "acc", "dist", "cpe", "pop", "dc", "app", "dns", "power")


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and tell by the exit code whether the goals hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graph", description=__doc__)
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures there")
    args = parser.parse_args(argv)
    whole = measured(1)
    figures = {"redundancy 1": whole, "redundancy 2, which no chain has": measured(2)}
    figures["redundancy 2, everything doubled"] = measured(2, doubled=True)
    figures |= {f"blackout of {dark:,} devices": blackout(dark) for dark in BLACKOUTS}
    figures["networkx"] = peer(region())
    for name, rows in figures.items():
        print(f"{name}")
        for what, figure in rows.items():
            print(f"  {what:46} {figure:12,.1f}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    storms_of = [rows[STORM_ROW] for rows in figures.values() if STORM_ROW in rows]
    missed = [
        name
        for name, worst, goal in (
            ("any event, median us", whole["any event, median us"], GOAL_MEDIAN_US),
            ("any event, p99 us", whole["any event, p99 us"], GOAL_P99_US),
            (STORM_ROW, max(storms_of), GOAL_STORM_MS),
        )
        if worst >= goal
    ]
    print("goals: " + (f"MISSED {', '.join(missed)}" if missed else "met"))
    return 1 if missed else 0


def measured(redundancy: int, *, doubled: bool = False) -> dict[str, float]:
    """All figures of our own graph; chains ask this much redundancy, and have it where all is doubled."""
    catalogue = region(redundancy, doubled=doubled)
    gc.collect()
    before = resident_mb()
    start = thread_time()
    gates = compile_gates(catalogue)
    compiled = thread_time()
    lanes = Lanes(gates)
    ready = thread_time()
    figures = {
        "vertices": float(len(gates.item)),
        "arcs": float(sum(map(len, gates.successors)) + sum(map(len, gates.conditions))),
        "chains": float(len(gates.chains)),
        "compile ms": (compiled - start) * 1e3,
        "first evaluation ms": (ready - compiled) * 1e3,
    }
    for id_ in gates.chains:
        lanes.verdict(id_)
    figures["every chain read the first time ms"] = (thread_time() - ready) * 1e3
    gc.collect()
    figures["memory MB"] = resident_mb() - before
    gc.freeze()
    figures |= single_events(lanes, catalogue)
    figures |= storms(lanes, catalogue)
    start = thread_time()
    assert lanes.agrees()
    figures["full recompute ms"] = (thread_time() - start) * 1e3
    return figures


def resident_mb() -> float:
    """Memory this process holds now, in MB, where the system tells (Linux); else 0."""
    told = Path("/proc/self/statm")
    if not told.exists():
        return 0.0
    return int(told.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6


def take(lanes: Lanes, batch: Mapping[str, str]) -> float:
    """Set a batch and read every chain it names; returns the seconds it took."""
    start = thread_time()
    for id_ in lanes.set(batch):
        lanes.verdict(id_)
    return thread_time() - start


def single_events(lanes: Lanes, catalogue: Catalogue) -> dict[str, float]:
    """One component, link or shared risk down and up again: any of all, then by layer."""
    random = Random(1)
    items = [*catalogue.components, *catalogue.links, *catalogue.shared_risks]
    rows = spread("any event", lanes, [random.choice(items) for _ in range(EVENTS // 2)])
    rows |= spread("link", lanes, random.sample(list(catalogue.links), PER_LAYER))
    for layer in LAYERS:
        named = [id_ for id_ in items if id_ == layer or id_.startswith(f"{layer}-")]
        many = PER_LAYER if len(named) > 24 else 48
        rows |= spread(layer, lanes, [random.choice(named) for _ in range(many)])
    return rows


def spread(name: str, lanes: Lanes, ids: list[str]) -> dict[str, float]:
    """Median and 99th percentile of each down and each up, in microseconds."""
    times = [take(lanes, {id_: state}) * 1e6 for id_ in ids for state in ("down", "up")]
    return {f"{name}, median us": median(times), f"{name}, p99 us": quantiles(times, n=100)[98]}


def storms(lanes: Lanes, catalogue: Catalogue) -> dict[str, float]:
    """5,000 changes in one batch: anywhere, and all in twenty sites."""
    random = Random(2)
    items = [*catalogue.components, *catalogue.links]
    anywhere, together = [], []
    for _ in range(ROUNDS):
        some = random.sample(items, STORM)
        sites = {str(site) for site in random.sample(range(SITES), 20)}
        local = [id_ for id_ in items if id_.split("-")[1:2] and id_.split("-")[1] in sites][:STORM]
        anywhere += [
            take(lanes, dict.fromkeys(some, state)) * 1e3 for state in ("down", "unknown", "up")
        ]
        together += [take(lanes, dict.fromkeys(local, state)) * 1e3 for state in ("down", "up")]
    return {
        "5,000 at once, median ms": median(anywhere),
        STORM_ROW: max(anywhere),
        "5,000 at once in twenty sites, worst ms": max(together),
    }


def blackout(dark: int) -> dict[str, float]:
    """The WAN fails; then each device behind it is told unreachable, one event at a time."""
    catalogue = region(1, -(-dark // DEVICES_A_SITE))
    clean = Lanes(compile_gates(catalogue))
    lanes = clean.copy()
    pops = dict.fromkeys((f"pop-{n}" for n in range(4)), "down")
    fell = take(lanes, pops)
    scope = Scope(catalogue, lanes, clean)
    behind = [id_ for id_ in catalogue.components if id_.count("-") > 1 or id_.startswith("cpe-")]
    random = Random(3)
    random.shuffle(behind)
    darkened = sum(take(lanes, {id_: "unreachable"}) for id_ in behind[:dark])
    chains = random.choices(list(catalogue.chains), k=ASKED)
    start = thread_time()
    for chain in chains:
        scope.hurting([chain], pops)
    explained = thread_time() - start
    start = thread_time()
    for pop in pops:
        lanes.set({pop: "up"})
        lanes.set({pop: "down"})
    relit = (thread_time() - start) / len(pops)
    start = thread_time()
    assert lanes.agrees()
    recomputed = thread_time() - start
    return {
        "the fault itself ms": fell * 1e3,
        "every device told unreachable ms": darkened * 1e3,
        "the same for one device us": darkened / dark * 1e6,
        "a full recompute for each instead ms": recomputed * dark * 1e3,
        "one dark chain explained us": explained / ASKED * 1e6,
        "the same by mending and breaking a fault us": relit * len(pops) * 1e6,
        "every device back, one by one ms": sum(
            take(lanes, {id_: "up"}) for id_ in (*pops, *behind[:dark])
        )
        * 1e3,
    }


def peer(catalogue: Catalogue) -> dict[str, float]:
    """What networkx takes to find who is served by one application, after one change."""
    graph = service_graph(catalogue)
    start = thread_time()
    served = nx.ancestors(graph, "app-0")
    took = (thread_time() - start) * 1e3
    return {
        "served by one application": float(len(served)),
        "ancestors of one application ms": took,
        "the same for 24 applications ms": 24 * took,
    }


if __name__ == "__main__":
    sys.exit(main())
