"""Items turned into everything that rests on one of them, whether it needs it or not.

Source: CORE.md 7 (only what lies in the chain's ancestors and descendants).
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from topology.gates import LANES, STANDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topology.gates import Gates

__all__ = ["Resting"]


class Resting:
    """The nodes of a compiled graph that rest on some items; a node is a vertex and an end, 0 = by itself.

    Args:
        gates: The compiled catalogue.
        ever: By vertex, its bits when everything is up: a way that never works is none.
        items: Numbers of items.
    """

    def __init__(self, gates: Gates, ever: Sequence[int], items: Iterable[int]) -> None:
        self._gates, self._ever = gates, ever
        self._every = gates.spread
        self._bits: dict[int, int] = {}
        self._own: dict[int, int] = {}
        for end, vertex in enumerate(gates.sinks[1:], start=1):
            self._own[vertex] = self._own.get(vertex, 0) | 1 << LANES * end
        first = [vertex for item in items for vertex in gates.vertices[item]]
        self._bits.update(dict.fromkeys(first, self._every))
        self._climb({gates.unit[vertex] for vertex in first})

    def has(self, vertex: int, end: int) -> bool:
        """Tell whether a node rests on one of the items."""
        return bool(self._bits.get(vertex, 0) >> LANES * end & 1)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Go through these nodes."""
        for vertex, bits in self._bits.items():
            ends = bits
            while ends:
                yield vertex, (ends & -ends).bit_length() // LANES
                ends &= ends - 1

    def _climb(self, units: set[int]) -> None:
        gates, heap = self._gates, list(units)
        heapify(heap)
        while heap:
            members = gates.units[heappop(heap)]
            changed = True
            while changed:  # once, but in a cycle
                changed = False
                for vertex in members:
                    bits = self._bits.get(vertex, 0)
                    now = bits | self._through(vertex)
                    if now != bits:
                        self._bits[vertex] = now
                        changed = vertex in gates.inner
            for vertex in members:
                if vertex in self._bits:
                    for unit in gates.dependants[vertex]:
                        if unit not in units:
                            units.add(unit)
                            heappush(heap, unit)

    def _through(self, vertex: int) -> int:
        """The ends for which what carries a vertex, or a condition, rests on one of the items."""
        gates, bits = self._gates, 0
        for one in gates.successors[vertex]:
            bits |= self._bits.get(one, 0) & self._ever[one]
        bits &= ~self._own.get(vertex, 0)
        if gates.ends[vertex] & STANDING:
            bits &= ~1
        for one in gates.conditions[vertex]:
            if self._bits.get(one, 0) & self._ever[one] & 1:
                return self._every
        return bits
