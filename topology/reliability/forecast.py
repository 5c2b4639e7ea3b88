"""What is to be expected of a chain: its predicted availability, and what each part of it means for that.

Chains that are built alike share one diagram, and those whose parts are also equally good share the figures.

Source: CORE.md section 4.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING

from topology.kappa import Cone, minimal_cuts
from topology.reliability.bounds import bounds
from topology.reliability.chances import chances, least_cost
from topology.reliability.diagram import BUDGET, Diagram, TooLarge
from topology.reliability.order import dissected
from topology.reliability.structure import structure_of
from topology.units import order_units

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from topology.gates import ChainGate, Gates
    from topology.model import Catalogue
    from topology.reliability.structure import Part, Structure

__all__ = ["Forecast", "Forecasts", "Importance", "Pair"]

Pair = tuple[tuple[str, ...], tuple[str, ...]]
"""Items of which any one of the first and any one of the second together take the chain down."""


KNOT = 16
"""Parts of a cycle from which it is large."""


@dataclass(frozen=True, slots=True)
class Importance:
    """What one item means for a chain; None also where the figure is out of reach.

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
    birnbaum: Fraction | None
    twin_gain: Fraction | None
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
        importance: By item in its reach.
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
        """The item of which a twin gains most, of equals the first by id.

        None where none gains anything, or where of some it is not known what they gain.
        """
        gains = {id_: one.twin_gain for id_, one in self.importance.items()}
        known = [(-gain, id_) for id_, gain in gains.items() if gain is not None]
        if len(known) < len(gains):
            return None
        least, best = min(known, default=(Fraction(0), ""))
        return best if least else None


@dataclass(frozen=True, slots=True)
class _Shape:
    """One way of being built: its diagram, and what depends on nothing else.

    `order` are the factors as the diagram asks them; `single` and `double` hold factors.
    """

    diagram: Diagram
    root: int
    order: tuple[int, ...]
    single: tuple[int, ...]
    double: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figures:
    """What a shape is worth with parts that are so good; `importance` by factor and item of it."""

    share: Fraction
    naive: Fraction
    sum_bound: Fraction
    importance: tuple[tuple[Importance, ...], ...]


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
        self._figures: dict[tuple[int, tuple[tuple[Fraction, ...], ...]], _Figures] = {}
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
        cone = Cone(self._gates, chain.minimum, chain.end)
        uncertain = self._structure(chain, self._uncertain)
        shape = self._shape(uncertain)
        if shape is None:
            told = self._between(cone, structure)
        else:
            exact = self._exact(uncertain, shape, uncertain.idle)
            told = replace(exact, spof=self._singles(cone), pairs=None)
        return self._completed(told, structure)

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
        figures = self._figured(structure, shape)
        importance = {name: self._importance(name, figures.share, Fraction(0)) for name in idle}
        naive = prod((one.availability for one in importance.values()), start=figures.naive)
        for names, told in zip(structure.factors, figures.importance, strict=True):
            importance.update(zip(names, told, strict=True))
        factors = structure.factors
        return Forecast(
            low=figures.share,
            high=figures.share,
            naive=naive,
            sum_bound=figures.sum_bound,
            spof=tuple(sorted(name for one in shape.single for name in factors[one])),
            pairs=tuple((factors[one], factors[other]) for one, other in shape.double),
            importance=dict(sorted(importance.items())),
        )

    def _figured(self, structure: Structure, shape: _Shape) -> _Figures:
        """The figures of a shape whose parts are so good, made once."""
        each = tuple(tuple(self._good[name] for name in names) for names in structure.factors)
        key = (id(shape), each)
        if key not in self._figures:
            good = [prod(own, start=Fraction(1)) for own in each]
            costs = [Fraction(sum(1 - one for one in own)) for own in each]
            asked = shape.order
            share, ordered = chances(shape.diagram, shape.root, [good[one] for one in asked])
            gains = [gain for _, gain in sorted(zip(asked, ordered, strict=True))]
            bound = least_cost(shape.diagram, shape.root, [costs[one] for one in asked])
            told = []
            for names, own, gain in zip(structure.factors, each, gains, strict=True):
                others = [prod(own[:at] + own[at + 1 :], start=gain) for at in range(len(own))]
                rows = zip(names, others, strict=True)
                told.append(tuple(self._importance(name, share, one) for name, one in rows))
            self._figures[key] = _Figures(
                share=share,
                naive=prod(good, start=Fraction(1)),
                sum_bound=Fraction(1) if bound is None else min(bound, Fraction(1)),
                importance=tuple(told),
            )
        return self._figures[key]

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

    def _between(self, cone: Cone, structure: Structure) -> Forecast:
        good = {item: self._good[self._names[item]] for item in cone.items}
        low, high = bounds(cone, {item: one for item, one in good.items() if one < 1})
        naive = prod((self._good[name] for name in _known(structure)), start=Fraction(1))
        return Forecast(low, high, naive, None, self._singles(cone), None, {})

    def _completed(self, told: Forecast, structure: Structure) -> Forecast:
        """The forecast with what can be told of the items that its diagram, if any, leaves out."""
        idle, single = set(structure.idle), set(told.spof)
        importance = dict(told.importance)
        for name in _known(structure) - importance.keys():
            own = self._good[name]
            if name in idle and told.high < 1:
                importance[name] = self._importance(name, told.low, Fraction(0))
            elif name in single and told.exact and own:  # with it failed, nothing is left
                importance[name] = self._importance(name, told.low, told.low / own)
            else:
                importance[name] = Importance(
                    availability=own,
                    birnbaum=Fraction(0) if name in idle else None,
                    twin_gain=Fraction(0) if name in idle or own == 1 else None,
                    worth_raw=None,
                    worth_rrw=Fraction(1) if own == 1 and told.high < 1 else None,
                )
        return replace(told, importance=dict(sorted(importance.items())))

    def _singles(self, cone: Cone) -> tuple[str, ...]:
        cuts = minimal_cuts(cone, frozenset(), frozenset(), size=1)
        return tuple(sorted(self._names[item] for cut in cuts for item in cut))


def _known(structure: Structure) -> set[str]:
    return set(structure.idle).union(*structure.factors)


def _shape(structure: Structure, budget: int) -> _Shape:
    """Try the order in which the parts stand, or the other one first where there is a large cycle."""
    given = list(range(len(structure.factors)))
    apart = dissected(structure.parts, len(given))
    first, second = (apart, given) if _is_knotted(structure.parts) else (given, apart)
    try:
        return _shape_in(first, structure.parts, budget)
    except TooLarge:
        return _shape_in(second, structure.parts, budget)


def _is_knotted(parts: Sequence[Part]) -> bool:
    needed = [(*part.all_of, *part.choice) for part in parts]
    return any(len(unit) > KNOT for unit in order_units(needed))


def _shape_in(order: list[int], parts: Sequence[Part], budget: int) -> _Shape:
    level = {factor: at for at, factor in enumerate(order)}
    asking = [
        replace(part, factors=tuple(sorted(level[one] for one in part.factors))) for part in parts
    ]
    diagram = Diagram(len(order), budget)
    root = diagram.works(asking)
    asked = sorted({diagram.level[node] for node in diagram.reached(root)})
    single = [one for one in asked if not diagram.holds(root, (one,))]
    rest = sorted(order[one] for one in asked if one not in single)
    double = [
        two
        for two in combinations(rest, 2)
        if not diagram.holds(root, (level[two[0]], level[two[1]]))
    ]
    return _Shape(
        diagram, root, tuple(order), tuple(sorted(order[one] for one in single)), tuple(double)
    )
