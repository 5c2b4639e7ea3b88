"""Predicted availability from its definition: every set of failures, its chance, and whether the chain works.

Whether it works is asked of `tests.topology.oracle`, which shares nothing with the product but the nouns.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, compress, product
from typing import TYPE_CHECKING

from tests.topology.oracle import Definition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from topology.model import Catalogue, Chain


class Worlds:
    """Every set of items of a chain's catalogue that may be available, with what the chain is then."""

    def __init__(self, catalogue: Catalogue, chain: Chain, fallible: list[str]) -> None:
        rules = Definition(catalogue)
        least = catalogue.groups[chain.source].min
        self.fallible = fallible
        certain = set(rules.ids) - set(fallible)
        self.works = {
            some: rules.served(chain, certain | set(compress(fallible, some))) >= least
            for some in product((False, True), repeat=len(fallible))
        }
        self.rules, self.chain, self.least = rules, chain, least

    def availability(self, good: Mapping[str, Fraction]) -> Fraction:
        """The chances of the worlds in which the chain works, summed."""
        total = Fraction(0)
        for some, works in self.works.items():
            if works:
                chance = Fraction(1)
                for id_, is_up in zip(self.fallible, some, strict=True):
                    chance *= good[id_] if is_up else 1 - good[id_]
                total += chance
        return total

    def works_without(self, *lost: str) -> bool:
        """Whether the chain works when exactly these fail."""
        return self.rules.served(self.chain, set(self.rules.ids) - set(lost)) >= self.least

    def cuts(self, size: int) -> Iterator[frozenset[str]]:
        """Every inclusion-minimal set of so many items, of all there are, that takes the chain down."""
        for some in combinations(self.rules.ids, size):
            proper = (part for less in range(size) for part in combinations(some, less))
            if not self.works_without(*some) and all(self.works_without(*part) for part in proper):
                yield frozenset(some)
