"""Uniform-cost hitting-set search: a piece of evidence turned into all its cheapest explanations.

The cheapest unfinished set of faults is taken up first. If somebody who did not answer is still reached,
one part of the way there must be down: a branch for each suspect. If soft evidence is not met, it is met, a
branch for each suspect, or its penalty is paid. A set that cuts off somebody who answered is dropped, and so
is everything that contains it. The first set that explains everything is a cheapest one.

Source: CORE.md 3.2 B (Reiter's hitting-set tree, uniform cost).
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from topology.rootcause.clauses import price

if TYPE_CHECKING:
    from topology.rootcause.puzzle import Piece, Puzzle

__all__ = ["Bounds", "Solved", "solve_exactly"]


class Bounds(NamedTuple):
    """How far a search goes before it says that it is not exact.

    Args:
        faults: Most faults in one piece.
        sets: Most sets of faults that are taken up for one piece.
        listed: Most explanations that are listed.
    """

    faults: int = 6
    sets: int = 1500
    listed: int = 64


class Solved(NamedTuple):
    """The cheapest explanations of a piece, each sorted; none of them = nothing found.

    `exact` = no cheaper one exists and none of the same cost is missing.
    """

    sets: tuple[tuple[str, ...], ...]
    cost: int
    exact: bool


@dataclass(frozen=True, slots=True, order=True)
class _Node:
    """An unfinished set: cost so far, faults, clauses it pays for, how many failures it explains."""

    cost: int
    faults: tuple[str, ...]
    paid: tuple[int, ...]
    explained: int


def solve_exactly(puzzle: Puzzle, piece: Piece, banned: frozenset[str], bounds: Bounds) -> Solved:
    """Find all cheapest explanations of a piece that use nothing banned."""
    return _Search(puzzle, piece, banned, bounds).run()


class _Search:
    def __init__(
        self, puzzle: Puzzle, piece: Piece, banned: frozenset[str], bounds: Bounds
    ) -> None:
        self.puzzle = puzzle
        self.piece = piece
        self.banned = banned
        self.bounds = bounds
        self.broken = [clause for clause in piece.clauses if not clause.wanted]
        self.wanted = [clause for clause in piece.clauses if clause.wanted]
        self.heap: list[_Node] = []
        self.known: set[tuple[tuple[str, ...], tuple[int, ...]]] = set()
        self.dropped: int | None = None

    def run(self) -> Solved:
        """Take up the cheapest set until nothing as cheap as the best is left."""
        found: dict[tuple[str, ...], None] = {}
        best: int | None = None
        taken = 0
        self._push((), (), 0)
        while self.heap and (best is None or self.heap[0].cost <= best):
            if taken == self.bounds.sets:
                self._drop(self.heap[0].cost)
                break
            taken += 1
            node = heappop(self.heap)
            if self._is_finished(node):
                best = node.cost
                found[node.faults] = None
        exact = self.dropped is None or (best is not None and self.dropped > best)
        return Solved(tuple(sorted(found)), best or 0, exact)

    def _is_finished(self, node: _Node) -> bool:
        """Whether a set explains everything; if not, push what could complete it."""
        down = self.puzzle.effect(node.faults)
        if len(node.faults) > 1 and self.puzzle.is_cut(down):
            return False
        explained, way = self._first_reached(node.explained, down)
        if way is not None:
            self._branch(node, self.puzzle.suspects(way, self.banned), explained)
            return False
        for index, clause in enumerate(self.wanted):
            if index not in node.paid and clause.is_broken(down):
                suspects = self.puzzle.suspects(sorted(clause.parts), self.banned)
                self._branch(node, suspects, explained)
                self._push(node.faults, (*node.paid, index), explained)
                return False
        return True

    def _first_reached(
        self, explained: int, down: frozenset[str]
    ) -> tuple[int, tuple[str, ...] | None]:
        """The first failure that is not explained, and the way by which it is still reached."""
        lost: tuple[set[str], ...] = tuple(set() for _ in self.puzzle.sights)
        failed = self.piece.failed
        for position in range(explained, len(failed)):
            index, component = failed[position]
            way = self.puzzle.sights[index].way_to(component, down, lost[index])
            if way is not None:
                return position, way
        return len(failed), None

    def _branch(self, node: _Node, suspects: list[str], explained: int) -> None:
        for suspect in suspects:
            if len(node.faults) == self.bounds.faults:
                self._drop(node.cost + self.puzzle.region.costs[suspect])
            else:
                self._push(tuple(sorted((*node.faults, suspect))), node.paid, explained)

    def _push(self, faults: tuple[str, ...], paid: tuple[int, ...], explained: int) -> None:
        if (faults, paid) in self.known:
            return
        self.known.add((faults, paid))
        cost = sum(self.puzzle.region.costs[fault] for fault in faults)
        if self.broken:
            cost += price(self.broken, self.puzzle.effect(faults))
        cost += sum(self.wanted[index].penalty for index in paid)
        heappush(self.heap, _Node(cost, faults, paid, explained))

    def _drop(self, cost: int) -> None:
        """Remember the cheapest set that was not looked at."""
        self.dropped = cost if self.dropped is None else min(self.dropped, cost)
