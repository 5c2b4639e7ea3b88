"""What each chain rests on, and how many further failures it can take, remembered per set of failures.

Source: CORE.md 1.3 (kappa) and 7 (N-1 exposure).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.kappa import can_be_cut, least_cut
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.gates import Gates
    from topology.kappa import Cone

__all__ = ["Exposure"]

_Key = tuple[int, int, frozenset[int], frozenset[int]]


class Exposure:
    """Chains of one compiled graph, the failures an argument.

    Args:
        gates: The compiled catalogue.
        lanes: Anything made of the same gates; its way cones are shared. None = made here.
    """

    def __init__(self, gates: Gates, lanes: Lanes | None = None) -> None:
        self._gates = gates
        self._lanes = lanes or Lanes(gates)
        self._kappa: dict[_Key, int] = {}
        self._frail: dict[_Key, bool] = {}

    def items(self, ids: Iterable[str]) -> frozenset[int]:
        """Turn ids into the numbers of their items.

        Raises:
            KeyError: An id has no state in this catalogue.
        """
        return frozenset(self._gates.items[id_] for id_ in ids)

    def cone(self, chain: str) -> Cone:
        """Everything that a chain rests on."""
        return self._lanes.cone(chain)

    def touched(self, failed: frozenset[int]) -> list[str]:
        """The chains that rest on one of these items, whether they need it or not."""
        return [id_ for id_ in self._gates.chains if not self.cone(id_).items.isdisjoint(failed)]

    def kappa(self, chain: str, failed: frozenset[int]) -> int:
        """Count the further failures that lose a chain: 0, 1, 2, or 3 for three or more."""
        key, cone = self._key(chain, failed)
        if key not in self._kappa:
            self._kappa[key] = least_cut(cone, key[3], key[2])
        return self._kappa[key]

    def is_frail(self, chain: str, failed: frozenset[int]) -> bool:
        """Tell whether one further failure, or none, loses a chain."""
        key, cone = self._key(chain, failed)
        if key not in self._frail:
            self._frail[key] = can_be_cut(cone, key[3], key[2], 1)
        return self._frail[key]

    def _key(self, chain: str, failed: frozenset[int]) -> tuple[_Key, Cone]:
        gate, cone = self._gates.chains[chain], self.cone(chain)
        return (gate.minimum, gate.end, gate.exempt, cone.items & failed), cone
