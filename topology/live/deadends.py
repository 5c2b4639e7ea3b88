"""From whom a way leads on to somebody who answers: kept up to date one answer at a time.

Behind a large failure nearly nobody answers. Whoever looks there for somebody who does need not walk into the
dark: it is known beforehand where no way out of it is. Components that lead to each other form a ring, and
count as one: otherwise the dead ones on it would keep each other up.

Source: CORE.md 3.2 B (work near the failure only).
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topology.rootcause.region import Region

__all__ = ["DeadEnds"]


class DeadEnds(Container[str]):
    """The components that do not answer, and from which no way on leads to anybody who does.

    Args:
        region: Of any vantage point: all have the same arcs.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._answering: set[str] = set()
        self._open: dict[str, int] = {}

    def __contains__(self, id_: object) -> bool:
        return self._region.rings.get(id_, id_) not in self._open  # type: ignore[call-overload]

    def answers(self, id_: str) -> bool:
        """Whether a component itself answers anybody."""
        return id_ in self._answering

    def note(self, id_: str, *, answers: bool) -> None:
        """Take note of whether a component answers anybody at all."""
        if answers == (id_ in self._answering):
            return
        (self._answering.add if answers else self._answering.discard)(id_)
        changed = [self._region.rings.get(id_, id_)]
        for ring in changed:
            if self._count(ring, 1 if answers else -1):
                changed += self._region.feeders(ring)

    def _count(self, ring: str, by: int) -> bool:
        """Count one way on from a ring more or less; tell whether it is the first or was the last."""
        before = self._open.get(ring, 0)
        if before + by:
            self._open[ring] = before + by
        else:
            del self._open[ring]
        return not before or not before + by
