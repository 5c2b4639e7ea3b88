"""Whether a chain still has the redundancy it was promised, remembered per set of failures."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from topology.kappa import Cone, can_be_cut, least_cut
from topology.singles import Singles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from topology.gates import ChainGate, Gates

__all__ = ["KEPT_ANSWERS", "Redundancy"]

KEPT_ANSWERS = 20_000
"""Answers kept per graph, four rounds of 5,000 chains; beyond this the one not asked for longest goes.

An answer holds what has failed among what its chain rests on: under 1 kB for a few failures.
"""


class Redundancy:
    """Answers about redundancy on one compiled graph; the present failures are an argument.

    Args:
        gates: The compiled catalogue.
        ever: By vertex, its bits when everything is up.
        watched: Make `watchers`; else there are none.
    """

    def __init__(self, gates: Gates, ever: Sequence[int], *, watched: bool = True) -> None:
        self._gates = gates
        self._ever = ever
        self._cones: dict[tuple[int, int], Cone] = {}
        self._singles: dict[tuple[int, int], Singles] = {}
        self._answers: OrderedDict[tuple[str, frozenset[int]], bool] = OrderedDict()
        self._never: set[str] = set()
        self._watchers: dict[int, list[str]] = {}
        if watched:
            for chain in gates.chains.values():
                if chain.redundancy > 1:
                    self._watch(chain)

    def _watch(self, chain: ChainGate) -> None:
        """Note what a chain's redundancy hangs on; one that has none with everything up never has it.

        Whatever fells a chain by itself fells it too when more has failed: that answer is for ever.
        """
        singles = self._of(chain)
        if not singles.outlives(frozenset(), chain.exempt):
            self._never.add(chain.id)
            return
        for item in singles.items:
            self._watchers.setdefault(item, []).append(chain.id)

    def watchers(self, item: int) -> Sequence[str]:
        """Chains whose promised redundancy may hang on an item, though they themselves go on working."""
        return self._watchers.get(item, ())

    def cone(self, chain: ChainGate) -> Cone:
        """Everything between the chain's group and its end; made once."""
        key = (chain.minimum, chain.end)
        if key not in self._cones:
            self._cones[key] = Cone(self._gates, *key, self._ever)
        return self._cones[key]

    def _of(self, chain: ChainGate) -> Singles:
        key = (chain.minimum, chain.end)
        if key not in self._singles:
            self._singles[key] = Singles(self._gates, *key, self._ever)
        return self._singles[key]

    def is_lost(self, chain: ChainGate, failed: AbstractSet[int]) -> bool:
        """Tell whether kappa is below what the chain's level asks, with these items failed already."""
        if chain.id in self._never:
            return True
        here = self._of(chain).items & failed
        key = (chain.id, here)
        known = self._answers.get(key)
        if known is None:
            self._answers[key] = known = self._is_cut(chain, here)
            if len(self._answers) > KEPT_ANSWERS:
                self._answers.popitem(last=False)
        else:
            self._answers.move_to_end(key)
        return known

    def _is_cut(self, chain: ChainGate, failed: AbstractSet[int]) -> bool:
        if not self._of(chain).outlives(failed, chain.exempt):
            return True
        further = chain.redundancy - 1
        return further > 1 and can_be_cut(self.cone(chain), failed, chain.exempt, further)

    def kappa(self, chain: ChainGate, failed: AbstractSet[int]) -> int:
        """Count the further failures that take the chain down: 0, 1, 2, or 3 for three or more."""
        cone = self.cone(chain)
        return least_cut(cone, cone.items & failed, chain.exempt)
