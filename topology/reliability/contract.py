"""What the agreements with suppliers promise together, whatever happens at the same time.

An OLA allows its supplier's part, taken as a whole, to be down for so many seconds of a month. Whoever is
on one way from users to service can, together, take the chain down no longer than their allowances summed:
while none of them is down that way works. The way with the least sum is the bound; nothing is taken to be
independent.

Agreements for other hours are turned into seconds of the month first, of which at most those count that
fall in the chain's own service time.

Source: CORE.md section 4.6 (contract bound), 4.5 (an OLA is on the supplier's own components).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from topology.agreement import in_order
from topology.calendar import ServiceTime, month_span
from topology.kappa import Cone, minimal_cuts
from topology.reliability.chances import least_cost
from topology.reliability.diagram import Diagram, TooLarge
from topology.reliability.structure import structure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from topology.gates import ChainGate, Gates
    from topology.model import Catalogue, Chain, Level, Ola

    Down = Callable[[Mapping[str, Fraction]], Fraction]
    """What each supplier may be down, to what the chain may be."""

__all__ = ["Allowance", "Contracts", "Promise"]

MILLION = 1_000_000
MONTHS = 12
"""Months looked ahead; the one that leaves least counts, so that a short month turns no answer."""

Month = tuple[int, int]
"""Year and month, in the catalogue's time zone."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an OLA allows in the service time of a chain, in one month.

    Args:
        seconds: Down for so long its part still meets its target.
        outside: Seconds of the chain's service time in which the OLA promises nothing.
    """

    seconds: Fraction
    outside: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What the OLAs behind a chain leave of its service time, in the month in which they leave least.

    Args:
        month: That month.
        service: The chain's service seconds in it.
        down: Seconds that the chain may be down although every supplier meets its OLA.
        target: What the chain's own level promises, as a share.
        allowances: By supplier with an OLA.
    """

    month: Month
    service: int
    down: Fraction
    target: Fraction
    allowances: dict[str, Allowance]

    @property
    def share(self) -> Fraction:
        """The availability that can be counted on."""
        return 1 - min(Fraction(1), self.down / self.service)

    @property
    def is_kept(self) -> bool:
        """Whether the chain's target is met when every supplier meets its own."""
        return self.share >= self.target


@dataclass(frozen=True, slots=True)
class _System:
    """What a chain asks of suppliers: sets of them that count as one, and the function they carry."""

    suppliers: tuple[tuple[str, ...], ...]
    carried: tuple[Diagram, int] | None

    def down(self, seconds: Mapping[str, Fraction]) -> Fraction:
        """Turn what each may be down into what the chain may be: the least sum over one way."""
        costs = [sum((seconds[one] for one in names), Fraction(0)) for names in self.suppliers]
        found = None if self.carried is None else least_cost(*self.carried, costs)
        return sum(costs, Fraction(0)) if found is None else found


class Contracts:
    """The OLAs that hold on a day, against the chains of one catalogue.

    Args:
        catalogue: The checked catalogue.
        gates: The same, compiled.
        day: The local day; a level or a chain that begins later is judged on its first day.
    """

    def __init__(self, catalogue: Catalogue, gates: Gates, day: date) -> None:
        self._catalogue = catalogue
        self._gates = gates
        self._day = day
        self._times = ServiceTime.all_of(catalogue)
        self._names = list(gates.items)
        kinds = (catalogue.components, catalogue.links, catalogue.shared_risks)
        self._supplier = {one.id: one.supplier for kind in kinds for one in kind.values()}
        self._singles: dict[tuple[int, int], frozenset[str]] = {}
        self._systems: dict[tuple[int, int, date], _System] = {}
        self._kept: dict[tuple[str, str, date, Month], Allowance] = {}

    def bound(self, chain_id: str) -> Promise | None:
        """Turn a chain into what its OLAs promise together; None where no OLA is behind it.

        Raises:
            KeyError: There is no such chain.
        """
        if not any(one.olas for one in self._catalogue.suppliers.values()):
            return None
        level, day = self._judged(self._catalogue.chains[chain_id])
        system = self._system(self._gates.chains[chain_id], day)
        suppliers = {one for names in system.suppliers for one in names}
        return self._least(level, day, suppliers, system.down)

    def single(self, chain_id: str) -> Promise | None:
        """The same for what takes the chain down alone: so long it may be down, twins or no twins.

        Raises:
            KeyError: There is no such chain.
        """
        level, day = self._judged(self._catalogue.chains[chain_id])
        found = {self._bound_by(name, day) for name in self._single(self._gates.chains[chain_id])}
        suppliers = {one for one in found if one is not None}
        return self._least(level, day, suppliers, lambda each: sum(each.values(), Fraction(0)))

    def _judged(self, chain: Chain) -> tuple[Level, date]:
        """The version of the chain's level that holds, and the day on which it and the chain do."""
        versions = self._catalogue.level_versions.get(chain.level)
        level, *later = versions or (self._catalogue.levels[chain.level],)
        for one in later:
            if one.valid_from is None or one.valid_from <= self._day:
                level = one
        begins = [day for day in (level.valid_from, chain.from_date) if day is not None]
        return level, max([self._day, *begins])

    def _bound_by(self, item: str, day: date) -> str | None:
        """The supplier whose OLA is on an item: its own, or else that of whom it works for."""
        supplier = self._supplier.get(item)
        while supplier is not None:
            if self._ola(supplier, day) is not None:
                return supplier
            supplier = self._catalogue.suppliers[supplier].parent
        return None

    def _ola(self, supplier: str, day: date) -> Ola | None:
        """The OLA with a target that holds on a day: the one that began last."""
        olas = [
            ola
            for ola in in_order(self._catalogue.suppliers[supplier].olas)
            if ola.target_ppm is not None and (ola.valid_from is None or ola.valid_from <= day)
        ]
        return olas[-1] if olas else None

    def _single(self, chain: ChainGate) -> frozenset[str]:
        way = (chain.minimum, chain.end)
        if way not in self._singles:
            cuts = minimal_cuts(Cone(self._gates, *way), frozenset(), frozenset(), size=1)
            self._singles[way] = frozenset(self._names[one] for cut in cuts for one in cut)
        return self._singles[way]

    def _system(self, chain: ChainGate, day: date) -> _System:
        way = (chain.minimum, chain.end, day)
        if way not in self._systems:
            structure = structure_of(
                self._gates, *way[:2], lambda item: self._bound_by(self._names[item], day)
            )
            diagram = Diagram(len(structure.factors))
            try:
                carried = diagram, diagram.works(structure.parts)
            except TooLarge:
                carried = None  # then all of them together: more than the least, so still a bound
            self._systems[way] = _System(structure.factors, carried)
        return self._systems[way]

    def _least(
        self, level: Level, day: date, suppliers: Iterable[str], down: Down
    ) -> Promise | None:
        """The promise in the month in which it leaves least, of equals the first."""
        names = sorted(suppliers)
        if not names:
            return None
        promises = []
        for month in _months(day):
            service = self._times[level.calendar].seconds(*self._span(month))
            if service:
                kept = {one: self._allowance(one, level.calendar, day, month) for one in names}
                lost = down({one: allowance.seconds for one, allowance in kept.items()})
                target = level.target_ppm / MILLION
                promises.append(Promise(month, service, lost, target, kept))
        return min(promises, key=lambda one: one.share, default=None)

    def _span(self, month: Month) -> tuple[int, int]:
        return month_span(*month, self._catalogue.timezone)

    def _allowance(self, supplier: str, calendar: str, day: date, month: Month) -> Allowance:
        key = (supplier, calendar, day, month)
        if key not in self._kept:
            ola = self._ola(supplier, day)
            assert ola is not None
            assert ola.target_ppm is not None
            theirs, ours = self._times[ola.calendar or calendar], self._times[calendar]
            span = self._span(month)
            both = sum(ours.seconds(*window) for window in theirs.windows(*span))
            allowed = (1 - ola.target_ppm / MILLION) * theirs.seconds(*span)
            outside = ours.seconds(*span) - both
            self._kept[key] = Allowance(min(allowed, Fraction(both)), outside)
        return self._kept[key]


def _months(day: date) -> list[Month]:
    first = day.year * MONTHS + day.month - 1
    return [(at // MONTHS, at % MONTHS + 1) for at in range(first, first + MONTHS)]
