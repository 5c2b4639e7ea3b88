"""What falls together: the least sets of changes and outages that take a chain down between them.

The search branches on what still carries the chain, as `topology.kappa` does for single parts: whatever
takes the chain down must hit every way that carries it, so only those that touch one such way are tried.
It is exact for sets of every size.

Source: CORE.md 7 (conflict = inclusion-minimal set of overlapping changes and present outages).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from topology.kappa import Cone

__all__ = ["LIMIT", "Cause", "Search", "minimal"]

LIMIT = 20_000
"""Sets tried per chain at most: minutes of work at 0.1 ms to 1 ms each would follow, and no reader either.

Twelve changes at once on a chain that survives any five of them are 1,600 sets.
"""


class Cause(NamedTuple):
    """A change, or a part that is out; one may bear the name of the other."""

    id: str
    is_outage: bool = False


class Search:
    """The least sets of causes that take one chain down.

    Args:
        cone: Everything the chain rests on.
        causes: Change or outage to the items that it takes away.

    Attributes:
        complete: Every least set was found; else only the smaller ones, up to `LIMIT` sets tried.
    """

    def __init__(self, cone: Cone, causes: Mapping[Cause, AbstractSet[int]]) -> None:
        self._cone = cone
        self._causes = {
            one: frozenset(items & cone.items)
            for one, items in causes.items()
            if not cone.items.isdisjoint(items)
        }
        self.complete = True

    def sets(self) -> list[frozenset[Cause]]:
        """Find them, smallest first; the empty set alone when the chain is down without any cause."""
        found: list[frozenset[Cause]] = []
        if self._carrying(frozenset(self._causes)) is not None:
            return found
        level: set[frozenset[Cause]] = {frozenset()}
        tried = 0
        while level:
            branches: set[frozenset[Cause]] = set()
            for chosen in sorted(level, key=sorted):
                tried += 1
                if tried > LIMIT:
                    self.complete = False
                    return found
                way = self._carrying(chosen)
                if way is None:
                    found.append(chosen)
                else:
                    branches.update(chosen | {one} for one in self._touching(way))
            level = {one for one in branches if not any(less <= one for less in found)}
        return found

    def _carrying(self, chosen: AbstractSet[Cause]) -> AbstractSet[int] | None:
        """The items of one way that works without what the chosen take away, or None."""
        return self._cone.support(frozenset().union(*(self._causes[one] for one in chosen)))

    def _touching(self, way: AbstractSet[int]) -> Iterable[Cause]:
        return (one for one, items in self._causes.items() if not items.isdisjoint(way))


def minimal(sets: Iterable[frozenset[Cause]]) -> list[frozenset[Cause]]:
    """Keep the sets that contain no other, each once, smallest first."""
    kept: list[frozenset[Cause]] = []
    for one in sorted(set(sets), key=lambda each: (len(each), sorted(each))):
        if not any(less <= one for less in kept):
            kept.append(one)
    return kept
