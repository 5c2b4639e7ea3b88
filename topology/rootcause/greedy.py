"""An explanation of a piece that is too large to be searched: good, not proven the best.

Source: CORE.md 3.2 B (greedy beyond the bound, with a flag).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topology.rootcause.exact import Solved

if TYPE_CHECKING:
    from topology.rootcause.puzzle import Piece, Puzzle

__all__ = ["solve_greedily"]


def solve_greedily(puzzle: Puzzle, piece: Piece, banned: frozenset[str]) -> Solved:
    """Explain one failure after the other by what explains most for its cost, then leave out what is spare.

    Failures that nothing can explain are passed over.
    """
    chosen: list[str] = []
    for index, component in piece.failed:
        sight = puzzle.sights[index]
        while (way := sight.way_to(component, puzzle.effect(chosen), set())) is not None:
            suspects = [
                suspect
                for suspect in puzzle.suspects(way, banned)
                if not puzzle.is_cut(puzzle.effect((*chosen, suspect)))
            ]
            if not suspects:
                break
            chosen.append(min(suspects, key=lambda one: _rank(puzzle, piece, chosen, one)))
    kept = tuple(sorted(_without_spare(puzzle, piece, chosen)))
    return Solved((kept,), puzzle.cost(kept, piece.clauses), exact=False)


def _rank(puzzle: Puzzle, piece: Piece, chosen: list[str], suspect: str) -> tuple[Fraction, str]:
    """Cost for each failure that it explains, penalties included; the name decides between equals."""
    left = puzzle.reached(piece, puzzle.effect((*chosen, suspect)))
    explained = len(piece.failed) - len(left)
    return Fraction(puzzle.cost((*chosen, suspect), piece.clauses), max(explained, 1)), suspect


def _without_spare(puzzle: Puzzle, piece: Piece, chosen: list[str]) -> list[str]:
    """Leave out, dearest first, what the rest explains as well at no higher price."""
    kept = list(chosen)
    left = len(puzzle.reached(piece, puzzle.effect(kept)))
    for suspect in sorted(chosen, key=lambda one: (-puzzle.region.costs[one], one)):
        rest = [one for one in kept if one != suspect]
        cheaper = puzzle.cost(rest, piece.clauses) < puzzle.cost(kept, piece.clauses)
        if cheaper and len(puzzle.reached(piece, puzzle.effect(rest))) <= left:
            kept = rest
    return kept
