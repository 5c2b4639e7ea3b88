"""A year of a region reported month by month: 5,000 chains, 200,000 verdicts, 2,000 changes.

`python -m benchmarks.report [--json PATH] [--faults N]`. From the verdicts as the ledger keeps them to twelve
reports as JSON, in one process; compiling the catalogue is in it. Beside it a walk second by second over one
chain and one day, which is what the figures mean. Times are of the processor: nothing here waits. Exit code 1
when a goal is missed. Goals: 60 s, 2 GB.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from random import Random
from time import process_time
from typing import TYPE_CHECKING

from benchmarks.region import SITES, region
from events.contract import Change, ChangeData, State, StateData
from events.span import moment
from monitor.reports.facts import Facts
from monitor.reports.month import report_of
from topology.accounts.books import Books
from topology.accounts.history import state_at
from topology.accounts.spans import covers
from topology.calendar import month_span
from topology.compiled import Compiled
from topology.lanes import Lanes
from topology.model import Calendar, Hours, Supplier

if TYPE_CHECKING:
    from topology.model import Catalogue

GOAL_S, GOAL_MB = 60.0, 2_000.0
FAULTS, CHANGES, YEAR = 100_000, 2_000, 2026
SUPPLIERS = ("lan-bv", "wan-bv", "dc-bv", "saas-bv", "facilitair")
TIMEZONE = "Europe/Amsterdam"


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and tell by the exit code whether the goals hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--json", metavar="PATH", type=Path, help="write the figures there")
    parser.add_argument("--faults", type=int, default=FAULTS, help="outages in the year")
    args = parser.parse_args(argv)
    figures = measured(args.faults)
    for name, figure in figures.items():
        print(f"  {name:52} {figure:14,.2f}")
    if args.json:
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    missed = figures["a year reported, s"] >= GOAL_S or figures["peak memory, MB"] >= GOAL_MB
    print("goals: " + ("MISSED" if missed else "met"))
    return 1 if missed else 0


def measured(faults: int) -> dict[str, float]:
    """All figures."""
    catalogue = contracted(region())
    facts = a_year(catalogue, faults)
    year = month_span(YEAR, 1, TIMEZONE)[0], month_span(YEAR, 12, TIMEZONE)[1]
    start = process_time()
    compiled = Compiled.of(catalogue)
    books = Books(compiled, facts.states, facts.changes, year)
    read = process_time()
    intervals = sum(map(len, books.intervals.values()))
    swept = process_time()
    octets = down = 0
    for month in range(1, 13):
        made = report_of(books, (), month_span(YEAR, month, TIMEZONE))
        octets += len(json.dumps(made))
        chains = made["chains"]
        assert isinstance(chains, dict)
        down += sum(one["down"] for one in chains.values())
    done = process_time()
    return {
        "verdicts": float(len(facts.states)),
        "changes": float(len(facts.changes)),
        "intervals of chains": float(intervals),
        "chain-seconds down": float(down),
        "JSON of the twelve, MB": octets / 1e6,
        "compile, timelines and planned work, s": read - start,
        "one sweep over the year, s": swept - read,
        "twelve reports, s": done - swept,
        "a year reported, s": done - start,
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "second by second, a day of one chain, s": second_walk(books, compiled),
    }


def contracted(catalogue: Catalogue) -> Catalogue:
    """The region with suppliers, office hours and two levels."""
    hours = Hours(days=frozenset(range(5)), start=time(8), end=time(18))
    office = Calendar(id="office", hours=(hours,))
    level = replace(catalogue.levels["level"], calendar="office")
    whole = replace(level, id="whole", calendar="always")
    levels = {"level": level, "whole": whole}
    kinds = {"cpe": "wan-bv", "pop": "wan-bv", "dc": "dc-bv", "app": "saas-bv"}
    chains = {
        id_: replace(one, level="whole" if number % 3 else "level")
        for number, (id_, one) in enumerate(catalogue.chains.items())
    }
    return replace(
        catalogue,
        suppliers={id_: Supplier(id=id_, name=id_) for id_ in SUPPLIERS},
        calendars={**catalogue.calendars, "office": office},
        levels=levels,
        level_versions={id_: (one,) for id_, one in levels.items()},
        components={
            id_: replace(one, supplier=kinds.get(id_.split("-")[0], "lan-bv"))
            for id_, one in catalogue.components.items()
        },
        links={id_: replace(one, supplier="lan-bv") for id_, one in catalogue.links.items()},
        shared_risks={
            id_: replace(one, supplier="facilitair") for id_, one in catalogue.shared_risks.items()
        },
        chains=chains,
    )


def a_year(catalogue: Catalogue, faults: int) -> Facts:
    """Outages anywhere, most at the edge, of minutes to hours; work on every kind of component."""
    random = Random(1)
    edge = [*catalogue.components, *catalogue.links]
    start, end = month_span(YEAR, 1, TIMEZONE)[0], month_span(YEAR, 12, TIMEZONE)[1]
    told = []
    for number in range(faults):
        id_ = struck(random, edge, number)
        at = random.randrange(start, end - 86_400)
        until = at + int(random.expovariate(1 / 2_400)) + 60
        state = "down" if number % 20 else "unknown"
        told += [(at, id_, state), (until, id_, "up")]
    told.sort()
    states = [verdict(id_, state, at) for at, id_, state in told]
    changes = [work(random, number, edge, (start, end)) for number in range(CHANGES)]
    return Facts(states, changes, [])


def struck(random: Random, edge: list[str], number: int) -> str:
    """One fault in 50 hits an access switch, one in 500 a site's router, one in 20,000 the backbone."""
    site = random.randrange(SITES)
    if number % 20_000 == 0:
        return random.choice(("pop-0", "pop-1", "dc-0", "dns", "app-1", "app-2"))
    if number % 500 == 0:
        return f"cpe-{site}"
    if number % 50 == 0:
        return f"acc-{site}-{random.randrange(12)}"
    return random.choice(edge)


def verdict(id_: str, state: str, at: int) -> State:
    data = StateData(of="component", state=state, since=moment(at))
    return State(id=f"{id_}-{at}", source="bench", subject=id_, time=moment(at), data=data)


def work(random: Random, number: int, edge: list[str], year: tuple[int, int]) -> Change:
    """Two hours, agreed the day before; its impact is the what-if of the components."""
    start = moment(random.randrange(*year))
    site = random.randrange(SITES)
    components = [f"cpe-{site}"] if number % 10 == 0 else random.sample(edge, 2)
    data = ChangeData(
        components=components,
        start=start,
        end=start + timedelta(hours=2),
        agreed_at=start - timedelta(days=1),
    )
    return Change(id=f"c-{number}", source="bench", subject=f"w-{number}", time=start, data=data)


def second_walk(books: Books, compiled: Compiled) -> float:
    """What the figures mean: every second of a day, the state of one chain and whether it counts."""
    chain = next(iter(books.catalogue.chains))
    lanes = Lanes(compiled.gates)
    items = lanes.cone(chain).items
    names = [id_ for id_, item in compiled.gates.items.items() if item in items]
    (part, *_), windows = books.parts(chain), books.windows(chain)
    began = month_span(YEAR, 6, TIMEZONE)[0] + 8 * 86_400
    start, down = process_time(), 0
    for at in range(began, began + 86_400):
        lanes.set({i: state_at(books.timelines[i], at) for i in names if i in books.timelines})
        bad = lanes.verdict(chain).state == "down"
        down += bad and part.service.is_service(at) and not covers(windows, at)
    took = process_time() - start
    counted = sum(
        max(0, min(one.end, began + 86_400) - max(one.start, began))
        for one in books.intervals[chain]
        if one.state == "down"
    )
    assert down <= counted
    return took


if __name__ == "__main__":
    sys.exit(main())
