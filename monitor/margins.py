"""How many further failures each chain can take, counted when somebody asks.

The live path only knows whether redundancy is lost, which is cheap; counting exactly is not. So the count
is made from the picture: for one chain when its page is asked for, for some chains at each scrape.

Source: CORE.md 2.1, rule 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.projector import Projector
    from topology.gates import Gates

__all__ = ["PER_SCRAPE", "Margins"]

PER_SCRAPE = 25
"""Chains counted anew at one scrape, about 1 ms each on the event loop; the others wait for the next."""


class Margins:
    """Kappa of the chains of a picture.

    Args:
        projector: The picture.
        gates: Its catalogue, compiled.
    """

    def __init__(self, projector: Projector, gates: Gates) -> None:
        self._projector = projector
        self._lanes = Lanes(gates)
        self._set: dict[str, str] = {}
        self._counted: dict[str, tuple[int, int | None]] = {}

    def kappa(self, chain: str) -> int | None:
        """Further failures to lose it, 3 = three or more; None before anything is known of it."""
        if chain not in self._projector.states:
            return None
        version = self._projector.version
        counted = self._counted.get(chain)
        if counted is None or counted[0] != version:
            self._follow()
            counted = (version, self._lanes.verdict(chain, exact=True).kappa)
            self._counted[chain] = counted
        return counted[1]

    def some(self) -> Mapping[str, int]:
        """Kappa of the chains for which it is counted for the present picture, after counting some."""
        version = self._projector.version
        chains = self._projector.catalogue.chains
        stale = [c for c in chains if self._counted.get(c, (-1, None))[0] != version]
        for chain in stale[:PER_SCRAPE]:
            self.kappa(chain)
        return {
            chain: kappa
            for chain, (seen, kappa) in self._counted.items()
            if seen == version and kappa is not None
        }

    def _follow(self) -> None:
        """Bring the lanes to the picture's component states."""
        told = self._projector.states
        now = {id_: data.state for id_, data in told.items() if data.of == "component"}
        changed = {id_: state for id_, state in now.items() if self._set.get(id_) != state}
        if changed:
            self._lanes.set(changed)
            self._set.update(changed)
