"""Whether a chain still has the redundancy it was promised, remembered per set of failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.kappa import Cone, can_be_cut, least_cut

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
        self._answers: dict[tuple[object, ...], bool] = {}
        self._watchers: dict[int, list[str]] = {}
        for chain in gates.chains.values():
            if watched and chain.redundancy > 1:
                for item in self.cone(chain).items:
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

    def is_lost(self, chain: ChainGate, failed: AbstractSet[int]) -> bool:
        """Tell whether kappa is below what the chain's level asks, with these items failed already."""
        here = self.cone(chain).items & failed
        key = (chain.minimum, chain.end, chain.exempt, chain.redundancy, here)
        known = self._answers.pop(key, None)
        if known is None:
            known = can_be_cut(self.cone(chain), here, chain.exempt, chain.redundancy - 1)
            if len(self._answers) >= KEPT_ANSWERS:
                del self._answers[next(iter(self._answers))]
        self._answers[key] = known
        return known

    def kappa(self, chain: ChainGate, failed: AbstractSet[int]) -> int:
        """Count the further failures that take the chain down: 0, 1, 2, or 3 for three or more."""
        cone = self.cone(chain)
        return least_cut(cone, cone.items & failed, chain.exempt)
