"""Components turned into the chains and groups that do not work with exactly these down, all else up.

It is what a change declares when it does not say so itself (`declared_impact: null`).

Source: CORE.md 4.3 and 7; DESIGN.md 7.2 (`change`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.gates import Gates
    from topology.model import Catalogue

__all__ = ["KEPT", "Planned", "groups_of", "users_of"]

KEPT = 4096
"""Sets of components whose answer is kept; a calendar of a year holds fewer. An answer is a few ids."""


class Planned:
    """The planned impact of sets of components on one compiled graph; each is worked out once.

    Args:
        gates: The compiled catalogue.
        lanes: Made of the same gates, everything up; from now on for this alone. None = made here.
    """

    def __init__(self, gates: Gates, lanes: Lanes | None = None) -> None:
        self._lanes = lanes or Lanes(gates, watched=False)
        self._known: dict[frozenset[str], frozenset[str]] = {}
        self._never = {id_ for id_ in gates.chains if self._lanes.is_lost(id_)}

    def chains(self, components: Iterable[str]) -> frozenset[str]:
        """Turn components into the chains that do not work with exactly these down.

        Args:
            components: Ids of components, links and shared risks; the order means nothing.

        Raises:
            KeyError: An id has no state in this catalogue.
        """
        down = frozenset(components)
        if down not in self._known:
            if len(self._known) >= KEPT:
                del self._known[next(iter(self._known))]
            self._known[down] = self._work_out(down)
        return self._known[down]

    def _work_out(self, down: frozenset[str]) -> frozenset[str]:
        reached = self._lanes.set(dict.fromkeys(down, "down"))
        fallen = {id_ for id_ in reached | self._never if self._lanes.is_lost(id_)}
        self._lanes.set(dict.fromkeys(down, "up"))
        return frozenset(fallen)


def groups_of(catalogue: Catalogue, chains: Iterable[str]) -> list[str]:
    """Turn chains into the groups they start from, sorted: a group falls when one of its chains does."""
    return sorted({catalogue.chains[id_].source for id_ in chains})


def users_of(catalogue: Catalogue, groups: Iterable[str]) -> int:
    """Count the users of groups, each group once however many of its chains are hit."""
    return sum(catalogue.groups[id_].users for id_ in set(groups))
