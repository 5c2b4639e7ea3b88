"""Root causes named by the live engine, scored against what was broken (CORE.md 3.5).

`python -m benchmarks.rootcause` plays a first look of a minute, `--full` everything; `--json FILE` keeps
the figures. How is scored stands in `rootcause_score`, what is broken in `rootcause_plays`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.rootcause_networks import backbone, campus, drawn_wrongly, names, region
from benchmarks.rootcause_plays import LOOK, PLAYS
from benchmarks.rootcause_score import Score, Verdict
from benchmarks.rootcause_truth import Truth
from benchmarks.rootcause_world import World
from topology.compiled import Compiled

if TYPE_CHECKING:
    from benchmarks.rootcause_plays import Play
    from benchmarks.rootcause_world import Fault
    from topology.model import Catalogue

AFTER = 200.0
"""Seconds that are played on after the mending."""

QUICK = ("Gridnet.graphml", "York.graphml", "Surfnet.graphml", "sndlib-norway.json")
STEADY, NOISE = 0.1, 0.02
"""Most changes of the named cause a fault; how far the alerts a fault may be from 1 (CORE.md 3.5)."""


def measure(catalogue: Catalogue, play: Play, times: int, seed: str, score: Score) -> None:
    """Play one kind of scenario on one network so many times."""
    rng = Random(f"{seed}/{play.name}/{catalogue.version}")
    network = play.made(catalogue)
    compiled, drawn = Compiled.of(network), None
    for number in range(times):
        if play.wrong:
            compiled = Compiled.of(drawn_wrongly(network, rng, play.wrong))
            drawn = Truth(compiled.catalogue)
        faults = play.draw(network, rng)
        truth = Truth(network, _unread(network, faults, rng) if play.deaf else frozenset())
        known = {*compiled.catalogue.components, *compiled.catalogue.links}
        known |= {*compiled.catalogue.shared_risks, truth.via}
        story = World(truth, compiled, rng, faults, play.traps).play(LOOK, AFTER)
        flaps = any(fault.flaps for fault in faults)
        named = {cause for _, cause in story.opened} if flaps else story.open
        verdict = Verdict(truth, drawn, known, faults, named)
        score.add(verdict, story, f"{catalogue.version}#{number}")


def _unread(network: Catalogue, faults: list[Fault], rng: Random) -> frozenset[tuple[str, str]]:
    """One end of every faulty link, at which nobody reads the port."""
    return frozenset((rng.choice(network.links[fault.id].ends), fault.id) for fault in faults)


def run(networks: list[Catalogue], times: int, only: str, seed: str) -> dict[str, Score]:
    """Play every kind of scenario on every network that has what it breaks."""
    scores: dict[str, Score] = {}
    for play in PLAYS:
        if only not in play.name:
            continue
        score = scores[play.name] = Score()
        began = time.process_time()
        for catalogue in networks:
            if play.fits(catalogue):
                measure(catalogue, play, times, seed, score)
        _row(play, score, time.process_time() - began)
    return scores


def _row(play: Play, score: Score, took: float) -> None:
    f = score.figures()
    strict = (
        f" (strictly {f['precision_strict']:.4f} {f['recall_strict']:.4f},"
        f" hidden by the map {f['hidden_by_map']})"
    )
    print(
        f"{play.name:33} {f['cases']:5} prec {f['precision_eq']:.4f} rec {f['recall_eq']:.4f} literal "
        f"{f['literal']:.3f} missed {f['missed']:3} up {f['hidden']:3} loose {f['loose']:3} "
        f"alerts {f['alerts_per_fault']:.2f} "
        f"(raw {f['raw_per_fault']:.1f}) changes {f['changes_per_fault']:.2f} "
        f"isolate {f['median_s']:.0f}/{f['p95_s']:.0f} s left {f['left']}  [{took:.0f} s]"
        + (strict if play.wrong else ""),
        flush=True,
    )


def misses(scores: dict[str, Score]) -> list[str]:
    """The goals that are not met."""
    return [
        f"{play.name}: {line}"
        for play in PLAYS
        if play.name in scores
        for line in _short(play, scores[play.name].figures())
    ]


def _short(play: Play, figures: dict[str, float | int]) -> list[str]:
    found = [
        f"{figure} {figures[figure]} is under {play.bar}"
        for figure in ("precision_eq", "recall_eq")
        if figures[figure] < play.bar
    ]
    none = {
        "missed": "visible faults missed",
        "hidden": "devices out of reach stand as up",
        "loose": "devices that fail are neither named, nor explained, nor unknown",
        "left": "causes named after the mending",
    }
    found += [f"{figures[figure]} {words}" for figure, words in none.items() if figures[figure]]
    if figures["changes_per_fault"] > STEADY:
        found.append(f"the named cause changes {figures['changes_per_fault']} times a fault")
    if play.alerts and abs(figures["alerts_per_fault"] - 1) > NOISE:
        found.append(f"{figures['alerts_per_fault']} alerts a fault")
    return found


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rootcause", description=__doc__)
    parser.add_argument("--full", action="store_true", help="all networks, 40 times each")
    parser.add_argument("--only", default="", metavar="TEXT", help="scenarios whose name has it")
    parser.add_argument("--times", type=int, help="times each scenario is played on each network")
    parser.add_argument("--seed", default="1", help="another draw of the same scenarios")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="show N wrong answers")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args(argv)
    listed = names() if args.full else [name for name in QUICK if name in names()]
    sites = 12 if args.full else 4
    networks = [campus(sites), region(sites), *map(backbone, listed)]
    times = args.times or (40 if args.full else 6)
    scores = run(networks, times, args.only, args.seed)
    for name, score in scores.items():
        for line in score.wrong[: args.show]:
            print(f"  {name}: {line}")
    if args.json:
        figures = {name: score.figures() for name, score in scores.items()}
        args.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    short = misses(scores)
    print("\n".join(f"short of the goal: {line}" for line in short) or "all goals are met")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
