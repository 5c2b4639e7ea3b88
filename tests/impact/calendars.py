"""Small random change calendars over random catalogues, and the answers by definition.

The answers try every subset and look at every second; of the product they use the nouns only.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from tests.topology.oracle import Definition, kappa
from tests.topology.random_catalogues import random_catalogue
from topology.impact.work import PlannedWork

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from random import Random

    from topology.model import Catalogue, Chain

LAST = 12
Named = tuple[str, str]


def random_work(random: Random, ids: list[str], most: int = 5) -> list[PlannedWork]:
    """Changes within a few seconds, so that they overlap, touch, and sometimes never are."""
    work = []
    for number in range(random.randint(1, most)):
        start = random.choice((0, 1, 1, 2, 3, random.randint(0, LAST - 1)))
        work.append(
            PlannedWork(
                id=f"w-{number}",
                components=frozenset(random.sample(ids, min(random.choice((1, 1, 2)), len(ids)))),
                start=start,
                end=start + random.randint(-1, 8),
                agreed=random.random() < 0.7,
                declared=None,
            )
        )
    return work


def active(work: list[PlannedWork], second: int) -> dict[str, frozenset[str]]:
    """Which changes hold a second, with their parts."""
    return {one.id: one.components for one in work if one.start <= second < one.end}


class Remembering(Definition):
    """The definition, asked the same again and again: what stands, and kappa, are worked out once."""

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._stands: dict[frozenset[str], set[str]] = {}
        self._spare: dict[tuple[str, frozenset[str]], int] = {}

    def standing(self, available: AbstractSet[str]) -> set[str]:
        key = frozenset(available)
        if key not in self._stands:
            self._stands[key] = super().standing(available)
        return self._stands[key]

    def kappa(self, chain: Chain, available: AbstractSet[str]) -> int:
        key = chain.id, frozenset(available)
        if key not in self._spare:
            self._spare[key] = kappa(self, chain, available)
        return self._spare[key]


class Worked:
    """A random catalogue with work and outages."""

    def __init__(self, random: Random, most: int = 5) -> None:
        self.catalogue: Catalogue = random_catalogue(random)
        self.rules = Remembering(self.catalogue)
        self._fallen: dict[frozenset[str], set[str]] = {}
        pool = [*self.cut(random), *self.cut(random), *random.sample(self.rules.ids, 1)]
        self.work = random_work(random, pool, most)
        out = random.sample(pool, min(len(pool), random.choice((0, 0, 1, 2))))
        self.outages = frozenset(out)
        if out and random.random() < 0.3:  # a change that bears the name of a part that is out
            self.work[0] = replace(self.work[0], id=out[0])

    def cut(self, random: Random) -> list[str]:
        """Parts that fell something together though with one less they would not."""
        alone = [id_ for id_ in self.rules.ids if self.fallen(frozenset({id_}))]
        parts = [id_ for id_ in self.rules.ids if id_ not in alone]
        random.shuffle(parts)
        if not self.fallen(frozenset(parts)):
            return parts[:3]
        for id_ in tuple(parts):
            if self.fallen(frozenset(parts) - {id_}):
                parts.remove(id_)
        return parts

    def fallen(self, down: frozenset[str]) -> set[str]:
        """The chains that do not work with exactly these down."""
        if down not in self._fallen:
            up = set(self.rules.ids) - down
            self._fallen[down] = {
                chain.id
                for chain in self.catalogue.chains.values()
                if self.rules.served(chain, up) < self.catalogue.groups[chain.source].min
            }
        return self._fallen[down]

    def groups(self, down: frozenset[str]) -> set[str]:
        return {self.catalogue.chains[id_].source for id_ in self.fallen(down)}

    def parts_of(
        self, causes: AbstractSet[Named], active: dict[str, frozenset[str]]
    ) -> frozenset[str]:
        """What some changes and outages take away together."""
        taken = (active[id_] if kind == "change" else {id_} for id_, kind in causes)
        return frozenset().union(*taken)

    def conflicts(self, active: dict[str, frozenset[str]]) -> set[tuple[frozenset[Named], str]]:
        """Least sets by trying all: a set under which a group falls, though under no proper subset."""
        changes = {(id_, "change"): parts for id_, parts in active.items()}
        causes = changes | {(id_, "outage"): frozenset({id_}) for id_ in self.outages}
        by_set = {
            frozenset(some): self.groups(frozenset().union(*(causes[one] for one in some)))
            for size in range(len(causes) + 1)
            for some in combinations(sorted(causes), size)
        }
        return {
            (some, group)
            for some, groups in by_set.items()
            for group in groups
            if len(some) > 1
            and some & changes.keys()
            and not any(group in by_set[less] for less in by_set if less < some)
        }
