"""How many further failures a chain can take: least cuts, by branching on what now carries it.

A support is a set of items that carries the chain alone. Every cut hits every support, so the search
branches on the items of one support only; supports that share nothing bound it from below.

Source: CORE.md section 1.3 (kappa); DESIGN.md 7.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.singles import Node, Singles, nodes_under, served_through

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from topology.gates import Gates

__all__ = ["MOST", "Cone", "can_be_cut", "least_cut", "minimal_cuts", "single_cut"]

MOST = 3
"""Kappa is counted up to here: three or more."""

NEVER = -1
"""Stands for a node that works under no circumstances."""


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

    __slots__ = (
        "_at_least",
        "_below",
        "_conditions",
        "_item",
        "_made_of",
        "_runs",
        "_singles",
        "_source",
        "items",
    )

    def __init__(
        self, gates: Gates, source: int, end: int, ever: Sequence[int] | None = None
    ) -> None:
        self._made_of = gates, source, end, ever
        self._singles: Singles | None = None
        nodes = nodes_under(gates, source, end, ever)
        at = {node: number for number, node in enumerate(nodes)}
        self._source = at[source, not end]
        self._item = [gates.item[vertex] for vertex, _ in nodes]
        ways = [served_through(gates, node, end) for node in nodes]
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

    @property
    def singles(self) -> Singles:
        """The same, made to tell single failures; made once."""
        if self._singles is None:
            self._singles = Singles(*self._made_of)
        return self._singles

    def support(self, failed: AbstractSet[int]) -> set[int] | None:
        """Turn failed items into the items of one way that still works, or None if there is none."""
        chosen: dict[int, tuple[int, ...]] = {}
        for nodes, cyclic in self._runs:
            waiting = self._settle(nodes, failed, chosen)
            before = len(nodes)
            # Inside a cycle, what works may let others work: up to the least fixpoint.
            while cyclic and len(waiting) < before:
                before = len(waiting)
                waiting = self._settle(waiting, failed, chosen)
        return self._used(chosen) if self._source in chosen else None

    def _settle(
        self, nodes: Iterable[int], failed: AbstractSet[int], chosen: dict[int, tuple[int, ...]]
    ) -> list[int]:
        """Choose a way for each node that has one among the nodes chosen before; return the others."""
        waiting = []
        for node in nodes:
            way = None if self._item[node] in failed else self._way(node, chosen)
            if way is None:
                waiting.append(node)
            else:
                chosen[node] = way
        return waiting

    def _way(self, node: int, chosen: dict[int, tuple[int, ...]]) -> tuple[int, ...] | None:
        conditions = self._conditions[node]
        for one in conditions:
            if one not in chosen:
                return None
        enough = self._at_least[node]
        if not enough:
            return conditions
        working = [one for one in self._below[node] if one in chosen]
        return None if len(working) < enough else (*working[:enough], *conditions)

    def _used(self, chosen: dict[int, tuple[int, ...]]) -> set[int]:
        seen, ahead = {self._source}, [self._source]
        while ahead:
            fresh = [one for one in chosen[ahead.pop()] if one not in seen]
            seen.update(fresh)
            ahead.extend(fresh)
        return {self._item[node] for node in seen} - {-1}


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
    if budget == 1:
        return not cone.singles.outlives(failed, exempt)
    support = cone.support(failed)
    if support is None:
        return True
    if budget <= 0:
        return False
    suspects = support - exempt
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


def single_cut(cone: Cone, failed: AbstractSet[int], exempt: AbstractSet[int]) -> int | None:
    """Find one further failure outside `exempt` that takes a working chain down; None = there is none."""
    return min(cone.singles.felling(failed, exempt) or (), default=None)


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
