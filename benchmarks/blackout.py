"""Thousands of devices going dark behind one point of presence, and coming back, through the whole fold.

`python -m benchmarks.blackout [--json PATH]`. Sites of 230 devices hang on one point of presence each; two
more sites live on. Every device is polled once a minute at a time of its own. Measured is the processor time
of all events of two dark sweeps and of the sweep in which all answer again; beside it, what networkx needs to
work out once whom the poller reaches: the naive way does so for each event. Exit code 1: a goal missed.
Goals: DESIGN.md 9 (10,000 devices going dark give one cause).
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from time import process_time
from typing import TYPE_CHECKING

import networkx as nx

from benchmarks.region import region
from benchmarks.rootcause_networks import PROBE
from events.contract import Observation, ObservationData, RootCause
from monitor.fold import Fold
from topology.compiled import Compiled
from topology.model import Link, Tier, VantagePoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.model import Catalogue

DARK_SITES = (4, 22, 44, 88)
GOAL_AT, GOAL_S, GOAL_GROWTH = 44, 5.0, 2.6
NOON, CAUSE = datetime(2026, 6, 9, 12, tzinfo=UTC), "pop-0"


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and tell by the exit code whether the goals hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blackout", description=__doc__)
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures there")
    parser.add_argument("--sites", type=int, nargs="*", default=DARK_SITES, help="dark sites")
    args = parser.parse_args(argv)
    rows = [measured(sites) for sites in args.sites]
    for row in rows:
        print(
            f"{row['dark']:7,.0f} dark: going {row['going']:6.2f} s, staying {row['staying']:6.2f} s, "
            f"back {row['back']:6.2f} s; {row['causes']:.0f} cause(s) ever; "
            f"naive {row['naive']:8,.0f} s a sweep"
        )
    if args.json:
        args.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    missed = [f"{row['causes']:.0f} causes" for row in rows if row["causes"] != 1]
    missed += list(_too_slow(dict(zip(args.sites, rows, strict=True))))
    print("goals: " + (f"MISSED {', '.join(missed)}" if missed else "met"))
    return 1 if missed else 0


def _too_slow(rows: dict[int, dict[str, float]]) -> Iterable[str]:
    whole = rows.get(GOAL_AT)
    twice = rows.get(2 * GOAL_AT)
    for phase in ("going", "staying", "back"):
        if whole is not None and whole[phase] > GOAL_S:
            yield f"{phase}: {whole[phase]:.1f} s"
        if whole is not None and twice is not None and twice[phase] > GOAL_GROWTH * whole[phase]:
            yield f"{phase}: twice the devices take {twice[phase] / whole[phase]:.1f} times as long"


def measured(sites: int) -> dict[str, float]:
    """Processor time of each phase, in seconds, with so many sites going dark."""
    catalogue = world(sites)
    compiled = Compiled.of(catalogue)
    watched = [id_ for id_ in compiled.management.nearer if catalogue.components[id_].probe]
    dark = {id_ for id_ in watched if _site(id_) in range(sites)} | {CAUSE}
    phase = {id_: Random(id_).randrange(60) for id_ in watched}
    fold = Fold(compiled)
    for minute in (0, 1):
        _take(fold, sweep(minute, phase, frozenset()))
    gc.collect()
    gc.freeze()
    going, first = _take(fold, sweep(2, phase, dark))
    staying, second = _take(fold, sweep(3, phase, dark))
    back, last = _take(fold, sweep(4, phase, frozenset()))
    gc.unfreeze()
    return {
        "dark": float(len(dark)),
        "going": going,
        "staying": staying,
        "back": back,
        "causes": float(len(first | second | last)),
        "naive": recompute(compiled) * len(watched),
    }


def world(sites: int) -> Catalogue:
    """The region with each site on one point of presence only: the first ones on the one that fails."""
    plain = region(1, sites + 2)
    links = {id_: link for id_, link in plain.links.items() if not _is_uplink(link)}
    for site in range(sites + 2):
        id_ = f"l/cpe-{site}/up"
        links[id_] = Link(id=id_, ends=(f"cpe-{site}", CAUSE if site < sites else "pop-1"))
    components = {
        id_: one if one.tier is Tier.APPLICATION else replace(one, probe=PROBE)
        for id_, one in plain.components.items()
    }
    poller = VantagePoint(id="p1", attached_to="dc-0", via="l-poller")
    return replace(plain, components=components, links=links, vantage_points={"p1": poller})


def _is_uplink(link: Link) -> bool:
    low, high = link.ends
    return low.startswith("cpe-") and high.startswith("pop-")


def _site(id_: str) -> int:
    kind, _, rest = id_.partition("-")
    return int(rest.split("-")[0]) if kind in ("cpe", "dist", "acc", "ap", "port") else -1


def sweep(minute: int, phase: dict[str, int], dark: Iterable[str]) -> list[Observation]:
    """One look at every device, in order of time."""
    events = []
    for id_, second in phase.items():
        time = NOON + timedelta(minutes=minute, seconds=second)
        data = ObservationData(kind="reach", status="down" if id_ in dark else "up")
        name = f"o-{minute}-{id_}"
        events.append(
            Observation(
                id=name, source="probe/p1", subject=id_, time=time, recordedtime=time, data=data
            )
        )
    return sorted(events, key=lambda event: (event.time, event.id))


def _take(fold: Fold, events: list[Observation]) -> tuple[float, set[str]]:
    """Fold events in; return the seconds of processor time and the causes that were named."""
    named: set[str] = set()
    start = process_time()
    for event in events:
        told = fold.step(event)
        named.update(one.subject for one in told if isinstance(one, RootCause))
    return process_time() - start, named


def recompute(compiled: Compiled) -> float:
    """Seconds that networkx needs to work out once whom the poller reaches."""
    away = compiled.management.away.items()
    graph = nx.DiGraph((near, edge.component) for near, edges in away for edge in edges)
    start = process_time()
    nx.descendants(graph, compiled.management.roots["p1"])
    return process_time() - start


if __name__ == "__main__":
    sys.exit(main())
