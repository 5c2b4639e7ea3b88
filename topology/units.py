"""A directed graph put in the order of evaluation: what is needed first, cycles as one unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["order_units"]


def order_units(needed: Sequence[Sequence[int]]) -> list[list[int]]:
    """Group vertices into strongly connected units, each after every unit that it needs.

    Without recursion: a graph may be deeper than the interpreter's stack.

    Args:
        needed: By vertex, the vertices that it needs.

    Returns:
        Units in topological order; a unit of several vertices is a cycle.

    Source: Tarjan, Depth-first search and linear graph algorithms (1972).
    """
    search = _Search(needed)
    for root in range(len(needed)):
        if not search.index[root]:
            search.visit(root)
    return search.units


class _Search:
    """One depth-first search; `index` 0 = not seen yet."""

    def __init__(self, needed: Sequence[Sequence[int]]) -> None:
        self.needed = needed
        self.index = [0] * len(needed)
        self.low = [0] * len(needed)
        self.open: list[int] = []
        self.is_open = bytearray(len(needed))
        self.units: list[list[int]] = []
        self.seen = 0

    def visit(self, root: int) -> None:
        path = [(root, iter(self.needed[root]))]
        self._enter(root)
        while path:
            vertex, rest = path[-1]
            for below in rest:
                if not self.index[below]:
                    self._enter(below)
                    path.append((below, iter(self.needed[below])))
                    break
                if self.is_open[below]:
                    self.low[vertex] = min(self.low[vertex], self.index[below])
            else:
                path.pop()
                self._leave(vertex)
                if path:
                    above = path[-1][0]
                    self.low[above] = min(self.low[above], self.low[vertex])

    def _enter(self, vertex: int) -> None:
        self.seen += 1
        self.index[vertex] = self.low[vertex] = self.seen
        self.open.append(vertex)
        self.is_open[vertex] = 1

    def _leave(self, vertex: int) -> None:
        if self.low[vertex] != self.index[vertex]:
            return
        at = len(self.open) - 1
        while self.open[at] != vertex:
            at -= 1
        unit = self.open[at:]
        del self.open[at:]
        for member in unit:
            self.is_open[member] = 0
        self.units.append(unit)
