"""How long one search takes on a large campus, against working the reach out anew with networkx.

`python -m benchmarks.rootcause_speed`. The cases of CORE.md 3.2 on 22,000 vertices (devices and links).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import networkx as nx

from benchmarks.rootcause_networks import campus
from topology.rootcause.evidence import Evidence
from topology.rootcause.meaning import meaning_of
from topology.rootcause.region import Region, regions_of
from topology.rootcause.search import search

if TYPE_CHECKING:
    from collections.abc import Iterable

SITES, ACCESS, POINTS = 120, 12, 6
GOAL_MS, BLIND_GOAL_MS, ROUNDS = 10.0, 500.0, 9

CASES = {
    "access switch": ("s7/a3",),
    "both distribution switches": ("s7/d1", "s7/d2"),
    "site power": ("power/s7",),
    "two sites' power": ("power/s7", "power/s8"),
    "ten sites' power": tuple(f"power/s{number}" for number in range(10)),
    "six access switches of a site": tuple(f"s7/a{number}" for number in range(6)),
    "poller blind": ("l-poller",),
}


def evidence(region: Region, faults: Iterable[str]) -> Evidence:
    """What a poller sees that looks at every device."""
    down = frozenset().union(*(region.effect(fault) for fault in faults))
    lost = meaning_of(region, Evidence(), faults).unknown
    gone = frozenset(lost) | (down & region.depth.keys())
    return Evidence(ok=frozenset(region.depth) - gone, failed=gone)


def with_networkx(region: Region) -> float:
    """Milliseconds to work out who is reached without one suspect, plainly: one of thousands to try."""
    graph = nx.DiGraph(
        (near, edge.component) for near, edges in region.arcs.items() for edge in edges
    )
    began = time.perf_counter()
    rest = graph.copy()
    rest.remove_node("s7/a3")
    nx.descendants(rest, region.root)
    return (time.perf_counter() - began) * 1000


def main(argv: list[str]) -> int:
    catalogue = campus(SITES, ACCESS, POINTS)
    count = len(catalogue.components) + len(catalogue.links)
    began = time.perf_counter()
    region = regions_of(catalogue)["p1"]
    assert region.into
    assert region.heads
    assert region.causes
    assert region.depth
    print(f"{count:,} vertices, compiled in {(time.perf_counter() - began) * 1000:.0f} ms")
    figures: dict[str, float] = {}
    worst = 0
    for name, faults in CASES.items():
        seen = evidence(region, faults)
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            found = search(region, seen)
            took.append((time.perf_counter() - began) * 1000)
        figures[name] = median(took)
        goal = BLIND_GOAL_MS if len(seen.failed) > 1000 else GOAL_MS * max(1, len(faults))
        worst |= figures[name] > goal or not found.exact
        named = f"{len(found.explanations)} x {' + '.join(found.explanations[0])[:60]}"
        print(
            f"{name:30} {len(seen.failed):6} fail {figures[name]:9.2f} ms (worst {max(took):.2f}, "
            f"goal {goal:.0f})  {named}  margin {found.margin}"
        )
    plain = median(with_networkx(region) for _ in range(3))
    figures["networkx, one suspect"] = plain
    print(
        f"networkx: {plain:.0f} ms a suspect; all {count:,} of them {plain * count / 1000:,.0f} s"
    )
    if "--json" in argv:
        Path(argv[argv.index("--json") + 1]).write_text(json.dumps(figures, indent=2) + "\n")
    return int(worst)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
