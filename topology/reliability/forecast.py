"""What is to be expected of a chain: its predicted availability, and what each part of it means for that.

Chains that are built alike share one diagram, and those whose parts are also equally good share the figures.

Source: CORE.md section 4.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

from topology.kappa import Cone, minimal_cuts
from topology.reliability.bounds import bounds
from topology.reliability.chances import chances, least_cost
from topology.reliability.diagram import BUDGET, Diagram, TooLarge
from topology.reliability.structure import structure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from topology.gates import ChainGate, Gates
    from topology.model import Catalogue
    from topology.reliability.structure import Part, Structure

__all__ = ["Forecast", "Forecasts", "Importance", "Pair"]

Pair = tuple[tuple[str, ...], tuple[str, ...]]
"""Items of which any one of the first and any one of the second together take the chain down."""


@dataclass(frozen=True, slots=True)
class Importance:
    """What one item means for a chain.

    Args:
        availability: Of the item itself.
        birnbaum: The chain's availability with it certain to work, minus that with it certain to fail.
        twin_gain: What the chain gains when it gets an identical, independent twin.
        worth_raw: Risk achievement worth: by what the chain's unavailability is multiplied when it fails
            for certain; None where the chain never fails.
        worth_rrw: Risk reduction worth: by what it is divided when the item never fails; None where it
            would be nothing.
    """

    availability: Fraction
    birnbaum: Fraction
    twin_gain: Fraction
    worth_raw: Fraction | None
    worth_rrw: Fraction | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is to be expected of one chain.

    Args:
        low: Its availability is at least this.
        high: And at most this; the same where the figure is exact.
        naive: The availabilities of all items multiplied, as if each of them were single.
        sum_bound: Share of time it may be down at most when nothing is independent: every item down for
            its whole share, at the worst moments. None where it was out of reach.
        spof: Items whose failure alone takes it down, its end included; sorted.
        pairs: The same of two items, none of them in `spof`; None where it was out of reach.
        importance: By item in its reach; empty where the figure is not exact.
    """

    low: Fraction
    high: Fraction
    naive: Fraction
    sum_bound: Fraction | None
    spof: tuple[str, ...]
    pairs: tuple[Pair, ...] | None
    importance: Mapping[str, Importance]

    @property
    def exact(self) -> bool:
        """Whether the availability is one figure and not a span."""
        return self.low == self.high

    @property
    def best_twin(self) -> str | None:
        """The item of which a twin gains most, of equals the first by id; None where none gains anything."""
        best = min(
            self.importance.items(), key=lambda one: (-one[1].twin_gain, one[0]), default=None
        )
        return best[0] if best is not None and best[1].twin_gain else None


@dataclass(frozen=True, slots=True)
class _Shape:
    """One way of being built: its diagram, and what depends on nothing else."""

    diagram: Diagram
    root: int
    single: tuple[int, ...]
    double: tuple[tuple[int, int], ...]


class Forecasts:
    """Forecasts for the chains of one catalogue.

    Args:
        catalogue: The checked catalogue; an item without `availability` never fails.
        gates: The same, compiled.
        budget: Nodes that a diagram may have.
    """

    def __init__(self, catalogue: Catalogue, gates: Gates, budget: int = BUDGET) -> None:
        self._gates = gates
        self._budget = budget
        self._names = list(gates.items)
        told = {
            one.id: one.availability
            for kind in (catalogue.components, catalogue.links, catalogue.shared_risks)
            for one in kind.values()
        }
        self._good = {id_: Fraction(1) if one is None else one for id_, one in told.items()}
        self._shapes: dict[tuple[Part, ...], _Shape | None] = {}
        self._figures: dict[object, tuple[Fraction, Sequence[Fraction], Fraction | None]] = {}
        self._done: dict[tuple[int, int], Forecast] = {}

    def of(self, chain_id: str) -> Forecast:
        """Turn a chain into its forecast.

        Raises:
            KeyError: There is no such chain.
        """
        chain = self._gates.chains[chain_id]
        way = (chain.minimum, chain.end)
        if way not in self._done:
            self._done[way] = self._forecast(chain)
        return self._done[way]

    def _forecast(self, chain: ChainGate) -> Forecast:
        structure = self._structure(chain, self._names.__getitem__)
        shape = self._shape(structure)
        if shape is not None:
            return self._exact(structure, shape, structure.idle)
        # Items that never fail are many: the figure may be within reach without them.
        known = set(structure.idle).union(*structure.factors)
        cone = Cone(self._gates, chain.minimum, chain.end)
        uncertain = self._structure(chain, self._uncertain)
        shape = self._shape(uncertain)
        if shape is None:
            return self._between(cone, known)
        idle = tuple(sorted(name for name in uncertain.idle))
        exact = self._exact(uncertain, shape, idle)
        return Forecast(
            exact.low,
            exact.high,
            exact.naive,
            exact.sum_bound,
            self._singles(cone),
            None,
            exact.importance,
        )

    def _structure(self, chain: ChainGate, label: Callable[[int], str | None]) -> Structure:
        return structure_of(self._gates, chain.minimum, chain.end, label)

    def _uncertain(self, item: int) -> str | None:
        name = self._names[item]
        return name if self._good.get(name, Fraction(1)) < 1 else None

    def _shape(self, structure: Structure) -> _Shape | None:
        """The diagram of a structure, made once for all that are built alike; None = too large."""
        if structure.parts not in self._shapes:
            try:
                shape = _shape(structure, self._budget)
            except TooLarge:
                shape = None
            self._shapes[structure.parts] = shape
        return self._shapes[structure.parts]

    def _exact(self, structure: Structure, shape: _Shape, idle: Sequence[str]) -> Forecast:
        good = [prod(self._good[name] for name in names) for names in structure.factors]
        key = (id(shape), *good)
        if key not in self._figures:
            costs = [
                Fraction(sum(1 - self._good[name] for name in names)) for names in structure.factors
            ]
            share, gains = chances(shape.diagram, shape.root, good)
            self._figures[key] = share, gains, least_cost(shape.diagram, shape.root, costs)
        share, gains, bound = self._figures[key]
        factors = structure.factors
        importance = {name: self._importance(name, share, Fraction(0)) for name in idle}
        for names, gain in zip(factors, gains, strict=True):
            for name in names:
                others = prod((self._good[one] for one in names if one != name), start=Fraction(1))
                importance[name] = self._importance(name, share, gain * others)
        return Forecast(
            low=share,
            high=share,
            naive=prod((self._good[name] for name in importance), start=Fraction(1)),
            sum_bound=Fraction(1) if bound is None else min(bound, Fraction(1)),
            spof=tuple(sorted(name for one in shape.single for name in factors[one])),
            pairs=tuple((factors[one], factors[other]) for one, other in shape.double),
            importance=dict(sorted(importance.items())),
        )

    def _importance(self, name: str, share: Fraction, birnbaum: Fraction) -> Importance:
        own = self._good[name]
        down, without, with_ = 1 - share, share - birnbaum * own, share + birnbaum * (1 - own)
        return Importance(
            availability=own,
            birnbaum=birnbaum,
            twin_gain=birnbaum * own * (1 - own),
            worth_raw=(1 - without) / down if down else None,
            worth_rrw=down / (1 - with_) if with_ != 1 else None,
        )

    def _between(self, cone: Cone, known: set[str]) -> Forecast:
        good = {item: self._good[self._names[item]] for item in cone.items}
        low, high = bounds(cone, {item: one for item, one in good.items() if one < 1})
        naive = prod((self._good[name] for name in known), start=Fraction(1))
        return Forecast(low, high, naive, None, self._singles(cone), None, {})

    def _singles(self, cone: Cone) -> tuple[str, ...]:
        cuts = minimal_cuts(cone, frozenset(), frozenset(), size=1)
        return tuple(sorted(self._names[item] for cut in cuts for item in cut))


def _shape(structure: Structure, budget: int) -> _Shape:
    diagram = Diagram(len(structure.factors), budget)
    root = diagram.works(structure.parts)
    asked = sorted({diagram.level[node] for node in diagram.reached(root)})
    single = tuple(one for one in asked if not diagram.holds(root, (one,)))
    rest = [one for one in asked if one not in single]
    double = tuple(two for two in combinations(rest, 2) if not diagram.holds(root, two))
    return _Shape(diagram, root, single, double)
