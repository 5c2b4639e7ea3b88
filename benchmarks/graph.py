"""One event, and 5,000 at once, through the graph of a region; beside a recompute with networkx.

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

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.model import Catalogue

GOAL_MEDIAN_US, GOAL_P99_US, GOAL_STORM_MS = 20, 5_000, 500
EVENTS, PER_LAYER, STORM, ROUNDS = 20_000, 400, 5_000, 5
LAYERS = ("port", "ap", "acc", "dist", "cpe", "pop", "dc", "app", "dns", "power")


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and tell by the exit code whether the goals hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graph", description=__doc__)
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures there")
    args = parser.parse_args(argv)
    figures = {"redundancy 1": measured(1), "redundancy 2": measured(2)}
    whole = figures["redundancy 1"]
    figures["networkx"] = peer(region())
    for name, rows in figures.items():
        print(f"{name}")
        for what, figure in rows.items():
            print(f"  {what:46} {figure:12,.1f}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    missed = [
        name
        for name, goal in (
            ("any event, median us", GOAL_MEDIAN_US),
            ("any event, p99 us", GOAL_P99_US),
            ("5,000 at once, worst ms", GOAL_STORM_MS),
        )
        if whole[name] >= goal
    ]
    print("goals: " + (f"MISSED {', '.join(missed)}" if missed else "met"))
    return 1 if missed else 0


def measured(redundancy: int) -> dict[str, float]:
    """All figures of our own graph; chains ask this much redundancy."""
    catalogue = region(redundancy)
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
        "5,000 at once, worst ms": max(anywhere),
        "5,000 at once in twenty sites, worst ms": max(together),
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
