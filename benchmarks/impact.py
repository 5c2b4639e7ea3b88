"""What would happen if, and a change calendar under load, on a region of 46,000 components.

`python -m benchmarks.impact [--json PATH]`. Times are of the processor: nothing here waits. Exit code 1
when a goal is missed. The region is that of `benchmarks.region` with redundancy 2 on every chain: as it is,
and with a second router at every site and no shared power, so that a chain on Wi-Fi survives any single
failure. The changes are drawn around real minimal cuts: of each cut every part in another change, and now and
then one of them out already.

Naive is what would be written first, on a slice of two sites: kappa by trying every part and then every pair
of what a chain rests on, conflicts by trying every set of up to three changes on all chains.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path
from random import Random
from time import thread_time
from typing import TYPE_CHECKING, Any, TypeVar

from benchmarks import region as regions
from topology.gates import compile_gates
from topology.impact.changes import ChangeCalendar
from topology.impact.intervals import elementary
from topology.impact.warnings import Warnings
from topology.impact.whatif import whatif
from topology.impact.work import PlannedWork
from topology.kappa import minimal_cuts
from topology.lanes import Lanes
from topology.model import Link, Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from topology.impact.changes import Row
    from topology.model import Catalogue

GOAL_WHATIF_S, GOAL_CALENDAR_S = 3.0, 30.0
STARTS, CALENDAR_SITES = 400, 40
SPREAD, CROWDED = (60, 40, 0.03), (100, 4_000, 0.12)
"""Changes, the longest window of one, and how many parts of their cuts are out already."""
CUTS_A_CHAIN = 10
SLICE, NAIVE_CHAINS, NAIVE_CHANGES, NAIVE_SIZE = 2, 10, 100, 3
CALENDARS = ("calendar", "calendar, nearly all at once")
T = TypeVar("T")
DOWN = {
    "an access switch": ("acc-3-1",),
    "a router": ("cpe-7",),
    "two points of presence": ("pop-0", "pop-1"),
    "half a data centre": ("dc-0",),
}

SOME = {what: DOWN[what] for what in ("a router", "half a data centre")}


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and tell by the exit code whether the goals hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.impact", description=__doc__)
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures there")
    args = parser.parse_args(argv)
    measured: dict[str, Callable[[], dict[str, float]]] = {
        "naive, on a slice": of_slice,
        "whatif": lambda: of_whatif(regions.region(2), DOWN),
        "whatif, two routers a site": lambda: of_whatif(
            spared(regions.region(2), regions.SITES), SOME
        ),
        "calendar": lambda: of_calendar(
            spared(regions.region(2, CALENDAR_SITES), CALENDAR_SITES), SPREAD
        ),
        "calendar, nearly all at once": lambda: of_calendar(
            spared(regions.region(2), regions.SITES), CROWDED
        ),
    }
    figures: dict[str, dict[str, float]] = {}
    for name, run in measured.items():
        figures[name] = run()
        print(name)
        for what, figure in figures[name].items():
            print(f"  {what:44} {figure:14,.6g}", flush=True)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    scenes = [("whatif", what) for what in DOWN]
    scenes += [("whatif, two routers a site", what) for what in SOME]
    slowest = max(figures[name][f"{what}, s"] for name, what in scenes)
    missed = [
        name
        for name, took, goal in (
            ("whatif", slowest, GOAL_WHATIF_S),
            *(
                (name, figures[name]["rows with conflicts, s"], GOAL_CALENDAR_S)
                for name in CALENDARS
            ),
        )
        if took >= goal
    ]
    print("goals: " + (f"MISSED {', '.join(missed)}" if missed else "met"))
    return 1 if missed else 0


def timed(run: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and the processor seconds it took."""
    gc.collect()
    start = thread_time()
    told = run()
    return told, thread_time() - start


def spared(catalogue: Catalogue, sites: int) -> Catalogue:
    """The region with a second router at every site, on the two other points of presence."""
    components, links = dict(catalogue.components), dict(catalogue.links)
    for site in range(sites):
        name = f"cpe-{site}-b"
        components[name] = replace(components[f"cpe-{site}"], id=name)
        lows = [f"dist-{site}-{n}" for n in range(2)]
        highs = [f"pop-{(site + n) % 4}" for n in (2, 3)]
        for ends in (*((low, name) for low in lows), *((name, high) for high in highs)):
            id_ = "l/" + "/".join(ends)
            links[id_] = Link(id=id_, ends=ends)
    risks = {id_: one for id_, one in catalogue.shared_risks.items() if id_[:6] != "power-"}
    apps = frozenset(id_ for id_, one in components.items() if one.tier is Tier.APPLICATION)
    chains = {id_: replace(one, exempt=apps) for id_, one in catalogue.chains.items()}
    return replace(catalogue, components=components, links=links, shared_risks=risks, chains=chains)


def asked(catalogue: Catalogue, down: Iterable[str]) -> dict[str, Any]:
    """The result of a what-if, as plain values."""
    return whatif(catalogue, down)


def of_whatif(catalogue: Catalogue, scenes: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
    """Some parts down, each question from nothing: compiling is in it, reading files is not."""
    figures = {"components": float(len(catalogue.components))}
    figures["compiling and lanes, s"] = timed(lambda: Lanes(compile_gates(catalogue)))[1]
    for what, down in scenes.items():
        told, took = timed(partial(asked, catalogue, down))
        left = told["redundancy_left"].values()
        figures[f"{what}, s"] = took
        figures[f"{what}, chains touched"] = float(len(told["touched"]))
        figures[f"{what}, kappa on average"] = sum(left) / len(left)
    return figures


def changes_on(
    catalogue: Catalogue, random: Random, shape: tuple[int, int, float] = SPREAD
) -> tuple[list[PlannedWork], frozenset[str]]:
    """Changes around real minimal cuts: every part of a cut in another one; and what is out already."""
    many, window, out_already = shape
    gates = compile_gates(catalogue)
    lanes, names = Lanes(gates), list(gates.items)
    ids = list(gates.chains)
    cuts: list[frozenset[int]] = []
    while len(cuts) < many:
        chain = gates.chains[random.choice(ids)]
        found = minimal_cuts(lanes.cone(chain.id), frozenset(), chain.exempt, 2)
        pairs = [cut for cut in found if len(cut) > 1]
        cuts += random.sample(pairs, min(len(pairs), CUTS_A_CHAIN))
    parts: list[str] = []
    out: set[str] = set()
    for cut in cuts:
        held = sorted(names[item] for item in cut)
        if random.random() < out_already:
            out.add(held.pop())
        parts += held
    random.shuffle(parts)
    work = []
    for number in range(many):
        start = random.randrange(STARTS)
        mine = parts[number::many]
        work.append(
            PlannedWork(
                id=f"w-{number}",
                components=frozenset(mine),
                start=start,
                end=start + random.randint(1, window),
                agreed=True,
            )
        )
    return work, frozenset(out)


def of_calendar(catalogue: Catalogue, shape: tuple[int, int, float]) -> dict[str, float]:
    """The rows, conflicts and warnings of a few hundred changes."""
    work, out = changes_on(catalogue, Random(7), shape)
    calendar = ChangeCalendar(catalogue, compile_gates(catalogue))
    rows, took = timed(lambda: list(calendar.rows(elementary(work), lambda *_: out)))
    warnings = Warnings(calendar)
    warned, warning = timed(lambda: [one for row in rows for one in warnings.of_row(row)])
    return {
        "changes": float(len(work)),
        "parts that are out": float(len(out)),
        "rows": float(len(rows)),
        "most changes at once": float(max(len(row.interval.active) for row in rows)),
        "chains that fall, a row": sum(len(row.fallen) for row in rows) / len(rows),
        "conflicts": float(sum(row.counted or 0 for row in rows)),
        "of them listed": float(sum(len(row.conflicts) for row in rows)),
        "of them with an outage": float(sum(bool(c.outages) for r in rows for c in r.conflicts)),
        "most causes in one": float(max(len(c.changes) for r in rows for c in r.conflicts)),
        "rows cut short": float(sum(row.counted is None for row in rows)),
        "rows with conflicts, s": took,
        "a row on average, ms": took / len(rows) * 1e3,
        "warnings of redundancy": float(len(warned)),
        "warnings of redundancy, s": warning,
    }


class Naive:
    """What would be written first: set parts down one set after another, and look at everything."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.lanes = Lanes(compile_gates(catalogue))

    def fallen(self, down: Iterable[str], chains: Iterable[str]) -> set[str]:
        """The chains of these that do not work with exactly these parts down."""
        down = list(down)
        self.lanes.set(dict.fromkeys(down, "down"))
        fallen = {id_ for id_ in chains if self.lanes.verdict(id_).state == "down"}
        self.lanes.set(dict.fromkeys(down, "up"))
        return fallen

    def kappa(self, chain: str, down: frozenset[str]) -> int:
        """The size of the least further set that loses a chain, of everything that it rests on."""
        names, gate = list(self.lanes.gates.items), self.lanes.gates.chains[chain]
        rests_on = self.lanes.cone(chain).items - gate.exempt
        parts = sorted({names[item] for item in rests_on} - down)
        for size in range(3):
            if any(self.fallen({*down, *some}, [chain]) for some in combinations(parts, size)):
                return size
        return 3

    def conflicts(self, row: Row) -> set[tuple[tuple[str, ...], str]]:
        """Sets of up to three changes under which a group falls, though under none within them."""
        chains = self.catalogue.chains
        found: set[tuple[tuple[str, ...], str]] = set()
        for size in range(1, 4):
            for some in combinations(row.interval.active, size):
                down = {part for one in some for part in one.components}
                ids = tuple(one.id for one in some)
                groups = {chains[id_].source for id_ in self.fallen(down, chains)}
                within = {group for less, group in found if set(less) < set(ids)}
                found |= {(ids, group) for group in groups - within}
        return {(ids, group) for ids, group in found if len(ids) > 1}


def of_slice() -> dict[str, float]:
    """The same questions the naive way, on a few sites; the answers must be equal."""
    catalogue = spared(regions.region(2, SLICE), SLICE)
    naive, random = Naive(catalogue), Random(7)
    told, took = timed(lambda: asked(catalogue, ["acc-0-1"]))
    chains = random.sample(list(catalogue.chains), NAIVE_CHAINS)
    left, slow = timed(lambda: {id_: naive.kappa(id_, frozenset({"acc-0-1"})) for id_ in chains})
    ours = told["redundancy_left"]
    work = changes_on(catalogue, random)[0][:NAIVE_CHANGES]
    calendar = ChangeCalendar(catalogue, compile_gates(catalogue))
    rows, fast = timed(lambda: list(calendar.rows(elementary(work), lambda *_: frozenset())))
    tried, tries = timed(lambda: [naive.conflicts(row) for row in rows])
    found = [{(one.changes, one.group) for one in row.conflicts} for row in rows]
    few = [{one for one in some if len(one[0]) <= NAIVE_SIZE} for some in found]
    return {
        "components": float(len(catalogue.components)),
        "chains": float(len(catalogue.chains)),
        "whatif, all chains, ms": took * 1e3,
        f"naive kappa of {NAIVE_CHAINS} chains, ms": slow * 1e3,
        "kappas that differ": float(sum(ours[id_] != kappa for id_, kappa in left.items())),
        "rows": float(len(rows)),
        "most changes at once": float(max(len(row.interval.active) for row in rows)),
        "conflicts": float(sum(map(len, found))),
        "rows with conflicts, ms": fast * 1e3,
        "naive, sets of three at most, ms": tries * 1e3,
        "rows that differ": float(sum(a != b for a, b in zip(few, tried, strict=True))),
    }


if __name__ == "__main__":
    sys.exit(main())
