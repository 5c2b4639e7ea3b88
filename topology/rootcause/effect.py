"""What goes down with a suspect, given who may outlive the shared risk above him.

Source: CORE.md 3.1 (eff), 3.3 (site power).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.rootcause.evidence import Spared
    from topology.rootcause.region import Region

__all__ = ["Effect"]


class Effect:
    """Turns suspects into everything that is down when these are at fault; what was worked out is kept.

    Args:
        region: Whose groups count.
        spared: Where a risk stops; all other members of it fail.
    """

    def __init__(self, region: Region, spared: Iterable[Spared]) -> None:
        self._region = region
        self._spared: dict[str, set[str]] = {}
        for one in spared:
            self._spared.setdefault(one.risk, set()).add(one.component)
        self._known: dict[str, frozenset[str]] = {}

    def __call__(self, suspects: Iterable[str]) -> frozenset[str]:
        """Everything that is down when all of these are at fault."""
        return frozenset().union(*(self.of(suspect) for suspect in suspects))

    def of(self, suspect: str) -> frozenset[str]:
        """Everything that is down when this one is at fault."""
        whole = self._region.effect(suspect)
        if self._spared.keys().isdisjoint(whole):
            return whole
        known = self._known.get(suspect)
        if known is None:
            known = self._known[suspect] = self._stopped(suspect)
        return known

    def _stopped(self, suspect: str) -> frozenset[str]:
        found, todo = {suspect}, [suspect]
        while todo:
            risk = todo.pop()
            members = self._region.groups.get(risk, frozenset()) - self._spared.get(risk, set())
            todo.extend(members - found)
            found |= members
        return frozenset(found)
