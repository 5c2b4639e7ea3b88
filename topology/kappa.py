"""How many further failures a chain can take: least cuts, by branching on what now carries it.

A support is a set of items that carries the chain alone. Every cut hits every support, so the search
branches on the items of one support only; supports that share nothing bound it from below.

Source: CORE.md section 1.3 (kappa); DESIGN.md 7.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from topology.gates import LANES, STANDING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from topology.gates import Gates

__all__ = ["MOST", "Cone", "can_be_cut", "least_cut", "minimal_cuts", "single_cut"]

MOST = 3
"""Kappa is counted up to here: three or more."""

NEVER = -1
"""Stands for a node that works under no circumstances."""

Node = tuple[int, bool]
"""A vertex, and whether it must stand by itself rather than carry towards the end."""


@dataclass(slots=True)
class _Ways:
    """The search for one support: what is chosen so far, and what of it uses a shunned item."""

    failed: AbstractSet[int]
    shunned: AbstractSet[int]
    chosen: dict[int, tuple[int, ...]] = field(default_factory=dict)
    tainted: set[int] = field(default_factory=set)


class Cone:
    """Everything that one vertex rests on, as plain yes-or-no gates.

    Args:
        gates: The compiled graph.
        source: The vertex: a gate of a group, or an item's.
        end: Index of the end to which it must carry; 0 = it must stand by itself.
        ever: By vertex, its bits when everything is up: what they exclude never matters. None = keep all.

    Attributes:
        items: Numbers of the items in it.
    """

    __slots__ = ("_at_least", "_below", "_conditions", "_item", "_runs", "_source", "items")

    def __init__(
        self, gates: Gates, source: int, end: int, ever: Sequence[int] | None = None
    ) -> None:
        nodes = _nodes(gates, source, end, ever)
        at = {node: number for number, node in enumerate(nodes)}
        self._source = at[source, not end]
        self._item = [gates.item[vertex] for vertex, _ in nodes]
        ways = [_served_through(gates, node, end) for node in nodes]
        self._at_least = [at_least for _, at_least in ways]
        self._below = [
            tuple(at[one, stands] for one in below if (one, stands) in at)
            for (_, stands), (below, _) in zip(nodes, ways, strict=True)
        ]
        self._conditions = [
            tuple(at.get((one, True), NEVER) for one in gates.conditions[vertex])
            for vertex, _ in nodes
        ]
        self._runs = _runs(gates, nodes)
        self.items = frozenset(self._item) - {-1}

    def support(
        self, failed: AbstractSet[int], shunned: AbstractSet[int] = frozenset()
    ) -> set[int] | None:
        """Turn failed items into the items of one way that still works, or None if there is none.

        Args:
            failed: Items that do not work.
            shunned: Items to go round where there is a choice.
        """
        ways = _Ways(failed, shunned)
        for nodes, cyclic in self._runs:
            waiting = self._settle(nodes, ways)
            before = len(nodes)
            # Inside a cycle, what works may let others work: up to the least fixpoint.
            while cyclic and len(waiting) < before:
                before = len(waiting)
                waiting = self._settle(waiting, ways)
        return self._used(ways.chosen) if self._source in ways.chosen else None

    def _settle(self, nodes: Iterable[int], ways: _Ways) -> list[int]:
        """Choose a way for each node that has one among the nodes chosen before; return the others."""
        waiting = []
        for node in nodes:
            item = self._item[node]
            way = None if item in ways.failed else self._way(node, ways)
            if way is None:
                waiting.append(node)
                continue
            ways.chosen[node] = way
            if item in ways.shunned or not ways.tainted.isdisjoint(way):
                ways.tainted.add(node)
        return waiting

    def _way(self, node: int, ways: _Ways) -> tuple[int, ...] | None:
        chosen = ways.chosen
        conditions = self._conditions[node]
        for one in conditions:
            if one not in chosen:
                return None
        enough = self._at_least[node]
        if not enough:
            return conditions
        working = [one for one in self._below[node] if one in chosen]
        if len(working) < enough:
            return None
        if ways.tainted and len(working) > enough:
            working.sort(key=ways.tainted.__contains__)
        return (*working[:enough], *conditions)

    def _used(self, chosen: dict[int, tuple[int, ...]]) -> set[int]:
        seen, ahead = {self._source}, [self._source]
        while ahead:
            fresh = [one for one in chosen[ahead.pop()] if one not in seen]
            seen.update(fresh)
            ahead.extend(fresh)
        return {self._item[node] for node in seen} - {-1}


def _served_through(gates: Gates, node: Node, end: int) -> tuple[tuple[int, ...], int]:
    """The successors of a node, and how many must work: none and 0 where the way ends."""
    vertex, stands = node
    if gates.ends[vertex] & STANDING if stands else gates.sinks[end] == vertex:
        return (), 0
    return gates.successors[vertex], gates.at_least[vertex]


def _nodes(gates: Gates, source: int, end: int, ever: Sequence[int] | None) -> list[Node]:
    """The nodes that the source rests on, itself too, in topological order."""
    found: set[Node] = {(source, not end)}
    ahead = list(found)
    while ahead:
        node = ahead.pop()
        below, _ = _served_through(gates, node, end)
        needed = [(one, node[1]) for one in below]
        needed += [(one, True) for one in gates.conditions[node[0]]]
        for one in needed:
            if one not in found and (ever is None or _may_work(one, end, ever)):
                found.add(one)
                ahead.append(one)
    return sorted(found, key=lambda node: (gates.unit[node[0]], node))


def _may_work(node: Node, end: int, ever: Sequence[int]) -> bool:
    vertex, stands = node
    return bool(ever[vertex] >> (0 if stands else LANES * end) & 1)


def _runs(gates: Gates, nodes: list[Node]) -> list[tuple[list[int], bool]]:
    """Node numbers in runs: one pass is enough for a plain run, a cycle is a run of its own."""
    runs: list[tuple[list[int], bool]] = []
    last = -1
    for number, (vertex, _) in enumerate(nodes):
        cyclic = vertex in gates.inner
        unit = gates.unit[vertex] if cyclic else -1
        if not runs or unit != last:
            runs.append(([], cyclic))
        runs[-1][0].append(number)
        last = unit
    return runs


def can_be_cut(cone: Cone, failed: AbstractSet[int], exempt: AbstractSet[int], budget: int) -> bool:
    """Tell whether at most `budget` further failures outside `exempt` take the chain down."""
    support = cone.support(failed)
    if support is None:
        return True
    if budget <= 0:
        return False
    suspects = support - exempt
    if budget == 1:
        return _has_single(cone, failed, suspects)
    if _has_spares(cone, failed | suspects, exempt, budget):
        return False
    return any(can_be_cut(cone, failed | {one}, exempt, budget - 1) for one in sorted(suspects))


def _has_spares(cone: Cone, taken: AbstractSet[int], exempt: AbstractSet[int], budget: int) -> bool:
    """Quick accept: so many more supports that share nothing outlive so many failures."""
    for _ in range(budget):
        spare = cone.support(taken)
        if spare is None:
            return False
        taken = taken | (spare - exempt)
    return True


def _has_single(cone: Cone, failed: AbstractSet[int], suspects: AbstractSet[int]) -> bool:
    return _single(cone, failed, suspects) is not None


def single_cut(cone: Cone, failed: AbstractSet[int], exempt: AbstractSet[int]) -> int | None:
    """Find one further failure outside `exempt` that takes a working chain down; None = there is none."""
    return _single(cone, failed, cone.items - failed - exempt)


def _single(cone: Cone, failed: AbstractSet[int], suspects: AbstractSet[int]) -> int | None:
    """Find one of the suspects that is on every way; each way found clears those it goes round."""
    tried = None
    way = cone.support(failed, suspects)
    while way is not None:
        suspects = suspects & way
        if not suspects:
            return None
        tried = min(suspects)
        way = cone.support(failed | {tried}, suspects)
    return tried


def least_cut(cone: Cone, failed: AbstractSet[int], exempt: AbstractSet[int]) -> int:
    """Count the further failures that take the chain down: 0, 1, 2, or 3 for three or more."""
    for size in range(MOST):
        if can_be_cut(cone, failed, exempt, size):
            return size
    return MOST


def minimal_cuts(
    cone: Cone, failed: AbstractSet[int], exempt: AbstractSet[int], size: int = MOST
) -> list[frozenset[int]]:
    """Find every inclusion-minimal set of at most `size` further failures that takes the chain down.

    Returns:
        Smallest first; the empty set alone when the chain is down already.
    """
    found: set[frozenset[int]] = set()
    level: set[frozenset[int]] = {frozenset()}
    for _ in range(size + 1):
        branches: set[frozenset[int]] = set()
        for cut in level:
            support = cone.support(failed | cut)
            if support is None:
                found.add(cut)
            else:
                branches.update(cut | {one} for one in support - exempt)
        level = {one for one in branches if not any(cut <= one for cut in found)}
    return sorted(found, key=lambda cut: (len(cut), sorted(cut)))
