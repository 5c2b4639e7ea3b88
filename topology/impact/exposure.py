"""What each chain rests on, and how many further failures it can take, remembered per set of failures.

Source: CORE.md 1.3 (kappa) and 7 (N-1 exposure).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.kappa import MOST, can_be_cut, single_cut
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.gates import Gates
    from topology.kappa import Cone

__all__ = ["Exposure"]

_Key = tuple[int, int, frozenset[int], frozenset[int]]


class Exposure:
    """Chains of one compiled graph, the failures an argument.

    Args:
        gates: The compiled catalogue.
        lanes: Made of the same gates, everything up; its cones are shared. None = made here.
    """

    def __init__(self, gates: Gates, lanes: Lanes | None = None) -> None:
        self._gates = gates
        self._lanes = lanes or Lanes(gates)
        self._all_up = self._lanes.copy()
        self._ids = list(gates.items)
        self._kappa: dict[_Key, int] = {}
        self._frail: dict[_Key, bool] = {}

    def items(self, ids: Iterable[str]) -> frozenset[int]:
        """Turn ids into the numbers of their items.

        Raises:
            KeyError: An id has no state in this catalogue.
        """
        return frozenset(self._gates.items[id_] for id_ in ids)

    def ids(self, items: Iterable[int]) -> list[str]:
        """Turn numbers of items into their ids, sorted."""
        return sorted(self._ids[item] for item in items)

    def cone(self, chain: str) -> Cone:
        """Everything that a chain rests on."""
        return self._lanes.cone(chain)

    def touched(self, failed: frozenset[int]) -> list[str]:
        """The chains that rest on one of these items, whether they need it or not."""
        return [id_ for id_ in self._gates.chains if not self.cone(id_).items.isdisjoint(failed)]

    def kappa(self, chain: str, failed: frozenset[int]) -> int:
        """Count the further failures that lose a chain: 0, 1, 2, or 3 for three or more."""
        return self.kappas([chain], failed)[chain]

    def kappas(self, chains: Iterable[str], failed: frozenset[int]) -> dict[str, int]:
        """Count them for many chains at once, in the order given.

        A part found to lose one chain is tried on all in one batch, and those that fall with it are done:
        chains of one site have their single points in common.
        """
        keys = {id_: self._key(id_, failed)[0] for id_ in chains}
        missing = [id_ for id_, key in keys.items() if key not in self._kappa]
        if missing:
            trial = self._all_up.copy()
            trial.set({self._ids[item]: "down" for item in failed})
            self._count(missing, keys, trial)
        return {id_: self._kappa[key] for id_, key in keys.items()}

    def is_frail(self, chain: str, failed: frozenset[int]) -> bool:
        """Tell whether one further failure, or none, loses a chain."""
        key, cone = self._key(chain, failed)
        if key not in self._frail:
            self._frail[key] = can_be_cut(cone, key[3], key[2], 1)
        return self._frail[key]

    def _count(self, chains: list[str], keys: Mapping[str, _Key], trial: Lanes) -> None:
        self._kappa.update((keys[id_], 0) for id_ in chains if trial.is_lost(id_))
        ahead = [id_ for id_ in chains if keys[id_] not in self._kappa]
        for id_ in ahead:
            key = keys[id_]
            if key in self._kappa:
                continue
            cone = self.cone(id_)
            single = single_cut(cone, key[3], key[2])
            if single is None:
                self._kappa[key] = 2 if can_be_cut(cone, key[3], key[2], 2) else MOST
                continue
            self._kappa[key] = 1
            name = self._ids[single]
            fallen = [one for one in trial.set({name: "down"}) if trial.is_lost(one)]
            trial.set({name: "up"})
            for one in fallen:
                if one in keys and single not in keys[one][2]:
                    self._kappa.setdefault(keys[one], 1)

    def _key(self, chain: str, failed: frozenset[int]) -> tuple[_Key, Cone]:
        gate, cone = self._gates.chains[chain], self.cone(chain)
        return (gate.minimum, gate.end, gate.exempt, cone.items & failed), cone
