"""What each chain rests on, and how many further failures it can take, with any failures given.

Source: CORE.md 1.3 (kappa) and 7 (N-1 exposure).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.impact.resting import Resting
from topology.impact.singles import Singles
from topology.kappa import MOST, can_be_cut, single_cut
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.gates import ChainGate, Gates

__all__ = ["Exposure"]

KEPT = 6
"""Sets of failures whose single points are kept; of 5,000 chains some 20 MB each."""

KEPT_TOUCHED = 2_000
"""Sets of items for which it is kept which chains rest on them: 40 kB where these are 5,000, mostly few."""

FEW = 100
"""Chains that are sooner asked one by one than a batch is tried on all."""


class Exposure:
    """Chains of one compiled graph, the failures an argument.

    Args:
        gates: The compiled catalogue.
        lanes: Made of the same gates, everything up; its cones are shared. None = made here.
    """

    def __init__(self, gates: Gates, lanes: Lanes | None = None) -> None:
        self._gates = gates
        self._lanes = lanes or Lanes(gates, watched=False)
        self._all_up = self._lanes.copy()
        self._ever = self._all_up.bits()
        self._ids = list(gates.items)
        self._singles = [Singles(gates)]
        self._touched: dict[frozenset[int], list[str]] = {}

    def items(self, ids: Iterable[str]) -> frozenset[int]:
        """Turn ids into the numbers of their items.

        Raises:
            KeyError: An id has no state in this catalogue.
        """
        return frozenset(self._gates.items[id_] for id_ in ids)

    def ids(self, items: Iterable[int]) -> list[str]:
        """Turn numbers of items into their ids, sorted."""
        return sorted(self._ids[item] for item in items)

    def touched(self, items: frozenset[int]) -> list[str]:
        """The chains that rest on one of these items, whether they need it or not."""
        if items not in self._touched:
            resting = Resting(self._gates, self._ever, items)
            chains = self._gates.chains.items()
            if len(self._touched) >= KEPT_TOUCHED:
                del self._touched[next(iter(self._touched))]
            self._touched[items] = [
                id_ for id_, chain in chains if resting.has(chain.minimum, chain.end)
            ]
        return list(self._touched[items])

    def kappas(self, chains: Iterable[str], failed: frozenset[int]) -> dict[str, int]:
        """Count the further failures that lose each chain: 0, 1, 2, or 3 for three or more; in this order."""
        kappas = dict.fromkeys(chains, 0)
        trial = self._all_up.copy()
        trial.set({self._ids[item]: "down" for item in failed})
        standing = [id_ for id_ in kappas if not trial.is_lost(id_)]
        # What loses a chain alone with nothing failed does so with anything failed.
        frail = self.frail(frozenset(), standing)
        frail |= self.frail(failed, [id_ for id_ in standing if id_ not in frail])
        spared = [id_ for id_ in standing if id_ not in frail]
        kappas.update(dict.fromkeys(frail, 1) | dict.fromkeys(spared, MOST))
        kappas.update(dict.fromkeys(self._lost_by_two(spared, failed, trial), 2))
        return kappas

    def frail(self, failed: frozenset[int], among: Iterable[str]) -> set[str]:
        """Choose the chains that one further failure loses, or none."""
        frail, among = set[str](), list(among)
        if not among:
            return frail
        singles = self._with(failed)
        for id_ in among:
            chain = self._gates.chains[id_]
            fells = singles.of(chain.minimum, chain.end)
            if fells is None or not fells <= chain.exempt:
                frail.add(id_)
        return frail

    def _with(self, failed: frozenset[int]) -> Singles:
        """The single points with these failures; the ones asked for last are at the end."""
        for place, one in enumerate(self._singles):
            if one.failed == failed:
                self._singles.append(self._singles.pop(place))
                return one
        singles = min(self._singles, key=lambda one: self._weight(one.failed ^ failed)).copy()
        if len(self._singles) >= KEPT:
            del self._singles[0]
        singles.go_to(failed, Resting(self._gates, self._ever, singles.failed ^ failed))
        self._singles.append(singles)
        return singles

    def _weight(self, items: Iterable[int]) -> int:
        """How much rests on items: a router at a site weighs little, and half a data centre everything."""
        return sum(1 + len(self.touched(frozenset((item,)))) for item in items)

    def _lost_by_two(self, chains: Iterable[str], failed: frozenset[int], trial: Lanes) -> set[str]:
        """Choose the chains, without a single point of failure, that two further failures lose.

        Two parts found to lose one chain are tried on all in one batch, and those that fall with it are done:
        chains of one site have their routers in common. `trial` has the failures.
        """
        ahead, lost = dict.fromkeys(chains), set[str]()
        while ahead:
            id_ = next(iter(ahead))
            del ahead[id_]
            pair = self._pair(self._gates.chains[id_], failed)
            if pair is None:
                continue
            lost.add(id_)
            if len(ahead) < FEW:
                continue
            names = [self._ids[item] for item in pair]
            for one in trial.set(dict.fromkeys(names, "down")):
                exempt = self._gates.chains[one].exempt
                if one in ahead and trial.is_lost(one) and exempt.isdisjoint(pair):
                    lost.add(one)
                    del ahead[one]
            trial.set(dict.fromkeys(names, "up"))
        return lost

    def _pair(self, chain: ChainGate, failed: frozenset[int]) -> tuple[int, int] | None:
        """Find two further failures that lose a chain which no single one loses; None = there are none."""
        cone = self._lanes.cone(chain.id)
        here = cone.items & failed
        if not can_be_cut(cone, here, chain.exempt, 2):
            return None
        support = cone.support(here) or set()
        for one in sorted(support - chain.exempt):
            other = single_cut(cone, here | {one}, chain.exempt)
            if other is not None:
                return one, other
        return None
