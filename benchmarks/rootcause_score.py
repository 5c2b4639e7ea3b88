"""What the engine named, held against what was broken (CORE.md 3.5).

A named cause counts if it was broken, or if with it in the place of what was broken everything would have
looked the same; so do several together in the place of one (all links of a router and the router). A fault
is visible if without it something would have looked otherwise.

Where the map is wrong, nobody can do better than the map lets him. There a cause counts too if the map
needs it for what was really seen, and no one part could stand for two that were named. A fault that was
not named is hidden by the map only if what was named accounts, on the map, for everything that was seen,
and the map either refutes the truth (it would cut off somebody who answers, or leave something
unexplained) or holds it for no likelier. How often the strict score differs is reported beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from math import ceil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

    from benchmarks.rootcause_truth import Truth
    from benchmarks.rootcause_world import Fault, Story

__all__ = ["Score", "Verdict"]


class Verdict:
    """One scenario judged.

    Args:
        truth: The network.
        drawn: The network as the wrong map has it; None where the map is right.
        known: What can be named.
    """

    def __init__(
        self,
        truth: Truth,
        drawn: Truth | None,
        known: Container[str],
        faults: list[Fault],
        named: set[str],
    ) -> None:
        self.truth, self.drawn, self.faults, self.named = truth, drawn, faults, named
        sets = [frozenset(fault.parts) | {fault.id} for fault in faults]
        self.down = frozenset().union(*sets)
        self.picture = truth.picture(self.down)
        self.rest = [
            frozenset().union(*(other for other in sets if other is not one)) for one in sets
        ]
        self.visible = [
            fault.id in known and truth.picture(rest) != self.picture
            for fault, rest in zip(faults, self.rest, strict=True)
        ]
        self.fits = {
            cause: [i for i in range(len(faults)) if self._alike(cause, i)] for cause in named
        }
        self.caught = {i for found in self.fits.values() for i in found}
        for i in range(len(faults)):
            if i not in self.caught:
                self._together(i)
        self.strictly_right = {cause for cause, found in self.fits.items() if found}
        self.strictly_seen = list(self.visible)
        self.right = set(self.strictly_right)
        if drawn is not None:
            self._on_the_map(drawn)

    @property
    def is_clean(self) -> bool:
        """Whether all that was named is right and all that is visible is found."""
        missed = any(seen and i not in self.caught for i, seen in enumerate(self.visible))
        return not missed and self.right == self.named

    def _alike(self, cause: str, index: int) -> bool:
        if cause == self.faults[index].id:
            return True
        return self.truth.picture(self.rest[index] | self.truth.falls([cause])) == self.picture

    def _together(self, index: int) -> None:
        """Several named causes in the place of one fault, none of them idle."""
        own = {fault.id for i, fault in enumerate(self.faults) if i != index}
        some = sorted(cause for cause in self.named if cause not in own)
        rest, falls = self.rest[index], self.truth.falls
        if self.truth.picture(rest | falls(some)) != self.picture:
            return
        for cause in some:
            if self.truth.picture(rest | falls(set(some) - {cause})) != self.picture:
                self.fits[cause].append(index)
                self.caught.add(index)

    # --- a wrong map ----------------------------------------------------------------------------

    def _on_the_map(self, drawn: Truth) -> None:
        for cause, found in self.fits.items():
            known = cause in drawn.ports or cause in drawn.lines or cause in drawn.parts
            if known and not found:
                found += [i for i in range(len(self.faults)) if self._alike_drawn(drawn, cause, i)]
        self.caught |= {i for found in self.fits.values() for i in found}
        self.right |= {cause for cause, found in self.fits.items() if found}
        covers = not self._unexplained(drawn, self.named)
        if covers and self._is_thrifty(drawn):
            self.right |= {
                one for one in self.named if self._unexplained(drawn, self.named - {one})
            }
        broken = {fault.id for fault in self.faults}
        refuted = bool(self._unexplained(drawn, broken)) or self._contradicts(drawn, broken)
        if covers and (refuted or drawn.cost(self.named) <= drawn.cost(broken)):
            self.visible = [seen and i in self.caught for i, seen in enumerate(self.visible)]

    def _alike_drawn(self, drawn: Truth, cause: str, index: int) -> bool:
        """Whether the map, too, has the cause and the fault look the same."""
        swapped = drawn.picture(self.rest[index] | drawn.falls([cause]))
        return swapped == drawn.picture(self.down)

    @cached_property
    def _answering(self) -> set[str]:
        return self.truth.reached(self.down)

    def _unexplained(self, drawn: Truth, causes: set[str]) -> set[object]:
        """What was really seen to be wrong and would be well, by the map, if just these were down."""
        down = drawn.falls(causes)
        reached = drawn.reached(down)
        silent = {one for one in reached if one not in self._answering}
        strangers = set(self.truth.ports) - self._answering - drawn.reached(frozenset())
        dark = {
            (near, link)
            for near, link, _ in self.truth.odd_ports(self._answering, self.down)
            if any(link == one for one, _ in drawn.ports[near])
        }
        lit = {
            (near, link)
            for near, link in dark
            if all(
                drawn.port(link, far, down) == "up" for one, far in drawn.ports[near] if one == link
            )
        }
        return silent | (strangers - causes) | lit

    def _contradicts(self, drawn: Truth, causes: set[str]) -> bool:
        """Whether somebody answers whom, by the map, these would cut off."""
        reached = drawn.reached(drawn.falls(causes))
        return bool((self._answering & drawn.reached(frozenset())) - reached)

    def _is_thrifty(self, drawn: Truth) -> bool:
        """Whether no one part of the map could stand for two that were named, at a lower cost."""
        parts = [*drawn.ports, *drawn.lines, *drawn.parts]
        for pair in combinations(sorted(self.named), 2):
            others = self.named - set(pair)
            for part in parts:
                cheaper = drawn.cost([part]) < drawn.cost(pair) and part not in self.named
                if cheaper and self._suffices(drawn, others | {part}):
                    return False
        return True

    def _suffices(self, drawn: Truth, causes: set[str]) -> bool:
        return not self._contradicts(drawn, causes) and not self._unexplained(drawn, causes)


@dataclass(slots=True)
class Score:
    """Sums over scenarios."""

    cases: int = 0
    named: int = 0
    right: int = 0
    strictly_right: int = 0
    visible: int = 0
    found: int = 0
    strictly_visible: int = 0
    strictly_found: int = 0
    literal: int = 0
    alerts: int = 0
    raw: int = 0
    changes: int = 0
    hidden: int = 0
    loose: int = 0
    left: int = 0
    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, verdict: Verdict, story: Story, label: str) -> None:
        """Count one scenario; what the catalogue does not know cannot be named."""
        faults, distinct = verdict.faults, {cause for _, cause in story.opened}
        strict = {i for one in verdict.strictly_right for i in verdict.fits[one]}
        self.cases += 1
        self.named += len(verdict.named)
        self.right += len(verdict.right)
        self.strictly_right += len(verdict.strictly_right)
        self.visible += sum(verdict.visible)
        self.found += sum(seen and i in verdict.caught for i, seen in enumerate(verdict.visible))
        self.strictly_visible += sum(verdict.strictly_seen)
        self.strictly_found += sum(
            seen and i in strict for i, seen in enumerate(verdict.strictly_seen)
        )
        self.literal += sum(
            seen and faults[i].id in verdict.named for i, seen in enumerate(verdict.strictly_seen)
        )
        self.alerts += len(distinct)
        self.raw += len(story.raw)
        self.changes += max(0, len(distinct) - max(1, len(story.open)))
        self.hidden += len(story.hidden)
        self.loose += len(story.loose)
        self.left += len(story.left)
        self._isolated(verdict, story)
        if not verdict.is_clean or story.loose or story.hidden or len(distinct) > len(faults):
            self.wrong.append(_told(label, verdict, story))

    def _isolated(self, verdict: Verdict, story: Story) -> None:
        for i in verdict.caught:
            moments = [at for at, cause in story.opened if i in verdict.fits.get(cause, ())]
            if verdict.visible[i] and moments:
                self.seconds.append(max(0.0, min(moments) - verdict.faults[i].at))

    def figures(self) -> dict[str, float | int]:
        """What is reported."""
        seconds = sorted(self.seconds) or [0.0]
        per = max(self.strictly_visible, 1)
        return {
            "cases": self.cases,
            "precision_eq": _share(self.right, self.named),
            "recall_eq": _share(self.found, self.visible),
            "precision_strict": _share(self.strictly_right, self.named),
            "recall_strict": _share(self.strictly_found, self.strictly_visible),
            "literal": _share(self.literal, self.strictly_visible),
            "missed": self.visible - self.found,
            "hidden_by_map": self.strictly_visible - self.visible,
            "hidden": self.hidden,
            "loose": self.loose,
            "alerts_per_fault": round(self.alerts / per, 3),
            "raw_per_fault": round(self.raw / per, 1),
            "changes_per_fault": round(self.changes / per, 3),
            "median_s": round(seconds[len(seconds) // 2], 1),
            "p95_s": round(seconds[ceil(0.95 * len(seconds)) - 1], 1),
            "left": self.left,
        }


def _told(label: str, verdict: Verdict, story: Story) -> str:
    broken = ", ".join(f"{fault.id}@{fault.at:.0f}" for fault in verdict.faults)
    ever = sorted({cause for _, cause in story.opened} - verdict.named)
    bad = sorted(verdict.named - verdict.right)
    missed = [
        f.id for i, f in enumerate(verdict.faults) if verdict.visible[i] and i not in verdict.caught
    ]
    return (
        f"{label}: broken {broken}; named {sorted(verdict.named)} wrong {bad} missed {missed}"
        f" earlier {ever} loose {sorted(story.loose)} hidden {sorted(story.hidden)}"
    )


def _share(part: int, of: int) -> float:
    return 1.0 if of == 0 else int(10_000 * part / of) / 10_000
