"""Root causes named by the live engine, scored against what was broken (CORE.md 3.5).

`python -m benchmarks.rootcause` plays a first look of half a minute, `--full` everything; `--json FILE` keeps
the figures.

A named cause counts if it was broken, or if with it in the place of what was broken everything would have
looked the same. A fault is visible if without it something would have looked otherwise.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from benchmarks.rootcause_networks import backbone, campus, drawn_wrongly, names
from benchmarks.rootcause_world import Fault, Story, Traps, Truth, World
from topology.compiled import Compiled

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from topology.model import Catalogue

BEGIN, LOOK, AFTER = 70.0, 260.0, 200.0
"""Seconds: the first fault, when the answer is read, and how long after the mending."""

BARS = {1: 0.98, 2: 0.94, 3: 0.90}
QUICK = ("Gridnet.graphml", "York.graphml", "Surfnet.graphml", "sndlib-norway.json")


@dataclass(slots=True)
class Score:
    """Sums over scenarios."""

    cases: int = 0
    named: int = 0
    right: int = 0
    visible: int = 0
    found: int = 0
    literal: int = 0
    alerts: int = 0
    raw: int = 0
    changes: int = 0
    hidden: int = 0
    left: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(
        self, truth: Truth, known: Container[str], faults: list[Fault], story: Story, label: str
    ) -> None:
        """Count one scenario; what the catalogue does not know cannot be named."""
        sets = [frozenset(fault.parts) | {fault.id} for fault in faults]
        down = frozenset().union(*sets)
        picture = truth.picture(down)
        others = (
            [down - one for one in sets]
            if len(sets) == 1
            else [frozenset().union(*(s for s in sets if s is not one)) for one in sets]
        )
        visible = [
            fault.id in known and truth.picture(rest) != picture
            for fault, rest in zip(faults, others, strict=True)
        ]

        def alike(cause: str, index: int) -> bool:
            swapped = others[index] | PARTS.get(cause, frozenset((cause,)))
            return cause == faults[index].id or truth.picture(swapped) == picture

        fits = {cause: [i for i in range(len(faults)) if alike(cause, i)] for cause in story.open}
        caught = {i for found in fits.values() for i in found}
        self.cases += 1
        self.named += len(fits)
        self.right += sum(bool(found) for found in fits.values())
        self.visible += sum(visible)
        self.found += sum(seen and i in caught for i, seen in enumerate(visible))
        self.literal += sum(seen and faults[i].id in story.open for i, seen in enumerate(visible))
        self.alerts += len({cause for _, cause in story.opened})
        self.raw += len(story.raw)
        self.changes += max(0, len({cause for _, cause in story.opened}) - len(story.open))
        self.hidden += len(story.hidden)
        self.left += len(story.left)
        for i in caught:
            moments = [at for at, cause in story.opened if i in fits.get(cause, ())]
            if visible[i] and moments:
                self.seconds.append(max(0.0, min(moments) - faults[i].at))
        if any(seen and i not in caught for i, seen in enumerate(visible)) or not all(
            fits.values()
        ):
            broken = ", ".join(f"{fault.id}@{fault.at:.0f}" for fault in faults)
            said = ", ".join(sorted(story.open)) or "nothing"
            self.wrong.append(f"{label}: broken {broken}; named {said}")

    def figures(self) -> dict[str, float | int]:
        """What is reported."""
        seconds = sorted(self.seconds) or [0.0]
        per = max(self.visible, 1)
        return {
            "cases": self.cases,
            "precision_eq": _share(self.right, self.named),
            "recall_eq": _share(self.found, self.visible),
            "literal": _share(self.literal, self.visible),
            "missed": self.visible - self.found,
            "hidden": self.hidden,
            "alerts_per_fault": round(self.alerts / per, 3),
            "raw_per_fault": round(self.raw / per, 1),
            "changes_per_fault": round(self.changes / per, 3),
            "median_s": round(seconds[len(seconds) // 2], 1),
            "p95_s": round(seconds[ceil(0.95 * len(seconds)) - 1], 1),
            "left": self.left,
        }


PARTS: dict[str, frozenset[str]] = {}
"""Shared risk to what is down by it, of the network in hand."""


def _share(part: int, of: int) -> float:
    return 1.0 if of == 0 else int(10_000 * part / of) / 10_000


@dataclass(frozen=True, slots=True)
class Play:
    """A kind of scenario: how the faults are drawn, and what happens to the evidence."""

    name: str
    draw: Callable[[Catalogue, Random], list[Fault]]
    traps: Traps = field(default_factory=Traps)
    wrong: float = 0.0
    bar: float | None = None


def _single(id_: str, at: float, flaps: float | None = None) -> Fault:
    return Fault(id=id_, at=at, parts={id_: 0.0}, until=LOOK, flaps=flaps)


def devices(count: int) -> Callable[[Catalogue, Random], list[Fault]]:
    return lambda cat, rng: [
        _single(id_, BEGIN + rng.uniform(0, 40))
        for id_ in rng.sample([c for c in cat.components if c not in _roots(cat)], count)
    ]


def links(count: int) -> Callable[[Catalogue, Random], list[Fault]]:
    return lambda cat, rng: [
        _single(id_, BEGIN + rng.uniform(0, 40)) for id_ in rng.sample(sorted(cat.links), count)
    ]


def mixed(count: int) -> Callable[[Catalogue, Random], list[Fault]]:
    def draw(cat: Catalogue, rng: Random) -> list[Fault]:
        pool = [c for c in cat.components if c not in _roots(cat)] + sorted(cat.links)
        return [_single(id_, BEGIN + rng.uniform(0, 40)) for id_ in rng.sample(pool, count)]

    return draw


def poller(cat: Catalogue, rng: Random) -> list[Fault]:
    via = next(iter(cat.vantage_points.values())).via
    return [_single(via, BEGIN + rng.uniform(0, 40))]


def flapping(cat: Catalogue, rng: Random) -> list[Fault]:
    return [_single(mixed(1)(cat, rng)[0].id, BEGIN, flaps=45.0)]


def site_power(*, told: bool) -> Callable[[Catalogue, Random], list[Fault]]:
    """A site's power goes; what its UPSes feed goes later, one by one, within 110 seconds."""
    return lambda cat, rng: [_staircase(cat, rng, told=told)]


def _staircase(cat: Catalogue, rng: Random, *, told: bool) -> Fault:
    risk = rng.choice(sorted(cat.shared_risks))
    members = cat.shared_risks[risk].members
    staggered = {one: rng.choice([0.0, 0.0, rng.uniform(0, 110)]) for one in members}
    return Fault(id=risk, at=BEGIN, parts=staggered, until=LOOK, told=told)


def _roots(cat: Catalogue) -> set[str]:
    return {point.attached_to for point in cat.vantage_points.values()}


PLAYS = (
    Play("1 device", devices(1), bar=0.98),
    Play("1 link", links(1), bar=0.98),
    Play("1 mixed", mixed(1), bar=0.98),
    Play("1 mixed, traps 20 % lost", mixed(1), traps=Traps(0.2), bar=0.98),
    Play("1 mixed, traps 50 % lost", mixed(1), traps=Traps(0.5), bar=0.98),
    Play("1 mixed, all traps lost", mixed(1), traps=Traps(1.0), bar=0.98),
    Play("1 mixed, a trap asks the far end", mixed(1), traps=Traps(ask_far=True), bar=0.98),
    Play("2 mixed", mixed(2), bar=0.94),
    Play("3 mixed", mixed(3), bar=0.90),
    Play("3 mixed, traps 50 % lost", mixed(3), traps=Traps(0.5), bar=0.90),
    Play("poller's own link", poller, bar=0.98),
    Play("flapping", flapping),
    Play("1 mixed, catalogue 5 % wrong", mixed(1), wrong=0.05),
    Play("3 mixed, catalogue 5 % wrong", mixed(3), wrong=0.05),
)
POWER = (
    Play("site power, UPS on battery told", site_power(told=True), bar=0.98),
    Play("site power, silent UPS staircase", site_power(told=False), bar=0.98),
)


def measure(catalogue: Catalogue, play: Play, times: int, seed: str, score: Score) -> None:
    """Play one kind of scenario on one network so many times."""
    rng = Random(f"{seed}/{play.name}/{catalogue.version}")
    truth = Truth(catalogue)
    PARTS.clear()
    PARTS.update(
        {id_: frozenset((id_, *risk.members)) for id_, risk in catalogue.shared_risks.items()}
    )
    compiled = Compiled.of(catalogue)
    for number in range(times):
        if play.wrong:
            compiled = Compiled.of(drawn_wrongly(catalogue, rng, play.wrong))
        drawn = compiled.catalogue
        known = {*drawn.components, *drawn.links, *drawn.shared_risks, truth.via}
        faults = play.draw(catalogue, rng)
        story = World(truth, compiled, rng, faults, play.traps).play(LOOK, AFTER)
        if any(fault.flaps for fault in faults):
            story.open = {cause for _, cause in story.opened}
        score.add(truth, known, faults, story, f"{catalogue.version}#{number}")


def run(networks: list[Catalogue], times: int, only: str, seed: str) -> dict[str, Score]:
    """Play every kind of scenario on every network."""
    scores: dict[str, Score] = {}
    for play in (*PLAYS, *POWER):
        if only not in play.name:
            continue
        score = scores[play.name] = Score()
        began = time.perf_counter()
        for catalogue in networks:
            if play not in POWER or catalogue.shared_risks:
                measure(catalogue, play, times, seed, score)
        _row(play.name, score, time.perf_counter() - began)
    return scores


def _row(name: str, score: Score, took: float) -> None:
    f = score.figures()
    print(
        f"{name:33} {f['cases']:5} prec {f['precision_eq']:.4f} rec {f['recall_eq']:.4f} literal "
        f"{f['literal']:.3f} missed {f['missed']:3} hidden {f['hidden']:3} "
        f"alerts {f['alerts_per_fault']:.2f} "
        f"(raw {f['raw_per_fault']:.1f}) changes {f['changes_per_fault']:.2f} "
        f"isolate {f['median_s']:.0f}/{f['p95_s']:.0f} s left {f['left']}  [{took:.0f} s]",
        flush=True,
    )


def misses(scores: dict[str, Score]) -> list[str]:
    """The goals that are not met."""
    found = []
    for play in (*PLAYS, *POWER):
        if play.name not in scores:
            continue
        figures = scores[play.name].figures()
        if figures["hidden"]:
            found.append(f"{play.name}: {figures['hidden']} devices out of reach stand as up")
        if play.bar is None:
            continue
        if min(figures["precision_eq"], figures["recall_eq"]) < play.bar:
            found.append(f"{play.name}: precision or recall under {play.bar}")
        if figures["missed"]:
            found.append(f"{play.name}: {figures['missed']} visible faults missed")
        if figures["changes_per_fault"] > 0.1:
            found.append(
                f"{play.name}: the named cause changes {figures['changes_per_fault']} times"
            )
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
    networks = [campus(12 if args.full else 4), *map(backbone, listed)]
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
