"""Everything that was seen, turned into the least that can be wrong, with what comes second.

    Region + Evidence -> Puzzle -> pieces -> the cheapest sets of each -> Found

Source: CORE.md 3.1, 3.2 B; DESIGN.md 7.3 (`rootcause`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import TYPE_CHECKING

from topology.rootcause.exact import Bounds, Solved, solve_exactly
from topology.rootcause.greedy import solve_greedily
from topology.rootcause.puzzle import Piece, Puzzle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topology.rootcause.evidence import Evidence
    from topology.rootcause.region import Region

__all__ = ["Found", "Part", "search", "search_together"]

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An independent part of the answer: failures that share no suspect with the rest.

    Args:
        failed: The components that did not answer, sorted.
        explanations: All the cheapest explanations of this part, each sorted, sorted.
        cost: Of each of them.
        runner_up: Cost of the next best; None = there is none, or the part is not exact.
        second: One explanation at that cost, for what to look at next.
        exact: False = the search was cut short: explanations may be missing or not the cheapest.
    """

    failed: tuple[str, ...]
    explanations: tuple[tuple[str, ...], ...]
    cost: int
    runner_up: int | None
    second: tuple[str, ...] | None
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The least that can be wrong.

    Args:
        explanations: All sets of least cost that fit, each sorted, sorted; `()` as a member = nothing is at
            fault. No explanation at all = what was seen cannot be true of this catalogue.
        cost: Their priors and the penalties that they pay.
        runner_up: Equal to `cost` when there are several; else the cost of the cheapest set that contains no
            cheapest one; None = there is none.
        margin: `runner_up - cost`.
        exact: False = the search was cut short somewhere.
        parts: The independent parts; explanations are their combinations.
        second: One explanation at the cost of the runner-up.
        doubtful: Components that answered though the catalogue knows no way to them past those that failed.
        unexplained: Components that did not answer though no suspect can have caused it.
    """

    explanations: tuple[tuple[str, ...], ...]
    cost: int
    runner_up: int | None
    margin: int | None
    exact: bool
    parts: tuple[Part, ...] = ()
    second: tuple[str, ...] | None = None
    doubtful: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()


def search(
    region: Region,
    evidence: Evidence,
    *,
    most_faults: int = Bounds().faults,
    most_sets: int = Bounds().sets,
    most_listed: int = Bounds().listed,
) -> Found:
    """Find all cheapest explanations of what one poller saw, and the cost of the next best.

    Args:
        region: What the poller can see, and the suspects.
        evidence: What was seen.
        most_faults: Of one independent part; a part that needs more is explained greedily.
        most_sets: Sets of faults taken up for one part before it is explained greedily.
        most_listed: Explanations listed; past it `exact` is false.
    """
    return search_together([(region, evidence)], Bounds(most_faults, most_sets, most_listed))


def search_together(
    views: Sequence[tuple[Region, Evidence]], bounds: Bounds | None = None
) -> Found:
    """Find the explanations that fit what several pollers saw at once.

    What is soft counts once for each time that it is given; costs and shared risks are those of the first
    region.

    Args:
        bounds: How far to search.
        views: At least one; each its own graph and its own observations.
    """
    return _Answer(Puzzle(views), bounds or Bounds()).found()


class _Answer:
    def __init__(self, puzzle: Puzzle, bounds: Bounds) -> None:
        self.puzzle = puzzle
        self.bounds = bounds

    def found(self) -> Found:
        pieces, solved = self._least(self.puzzle.whole, _NOTHING)
        unexplained: tuple[str, ...] = ()
        if not all(one.sets for one in solved):
            explainable, unexplained = self._explainable()
            pieces, solved = self._least(explainable, _NOTHING)
        if not all(one.sets for one in solved):
            pieces = [explainable]
            solved = [solve_greedily(self.puzzle, explainable, _NOTHING)]
        parts = tuple(self._part(*pair) for pair in zip(pieces, solved, strict=True))
        nearest = _nearest(parts)
        if nearest is not None and not self._stands(_with_second(parts, nearest)):
            parts = (self._part(_joined(pieces), _together(solved)),)
            nearest = _nearest(parts)
        listed = _combinations([part.explanations for part in parts], self.bounds.listed)
        count = prod(len(part.explanations) for part in parts)
        cost = sum(part.cost for part in parts)
        margin = None if nearest is None else _margin(nearest)
        return Found(
            explanations=tuple(sorted(listed)),
            cost=cost,
            runner_up=None if margin is None else cost + margin,
            margin=margin,
            exact=count == len(listed) and all(part.exact for part in parts),
            parts=parts,
            second=None if nearest is None else _with_second(parts, nearest),
            doubtful=tuple(sorted(set().union(*(one.doubtful for one in self.puzzle.sights)))),
            unexplained=unexplained,
        )

    def _stands(self, faults: tuple[str, ...]) -> bool:
        """Whether what comes second in one part, with the rest as it is, cuts off nobody who answered."""
        return not self.puzzle.is_cut(self.puzzle.effect(faults))

    def _explainable(self) -> tuple[Piece, tuple[str, ...]]:
        """The whole without the failures that nothing can have caused, and those."""
        whole = self.puzzle.whole
        fit = solve_greedily(self.puzzle, whole, _NOTHING).sets[0]
        left = self.puzzle.reached(whole, self.puzzle.effect(fit))
        failed = tuple(one for one in whole.failed if one not in left)
        unexplained = tuple(sorted({component for _, component in left}))
        return Piece(failed=failed, clauses=whole.clauses), unexplained

    def _part(self, piece: Piece, solved: Solved) -> Part:
        cost, second, exact = self._second(piece, solved)
        return Part(
            failed=tuple(sorted({component for _, component in piece.failed})),
            explanations=solved.sets,
            cost=solved.cost,
            runner_up=cost,
            second=second,
            exact=solved.exact and exact,
        )

    def _second(
        self, piece: Piece, solved: Solved
    ) -> tuple[int | None, tuple[str, ...] | None, bool]:
        """The next best: the cheapest that lacks at least one fault of the only cheapest.

        Of an explanation that is not proven it is not looked for.
        """
        if len(solved.sets) > 1:
            return solved.cost, solved.sets[1], True
        if (
            not solved.exact
        ):  # of many faults each would be searched without: as long again for each
            return None, None, False
        others = [self._combined(piece, frozenset((fault,))) for fault in solved.sets[0]]
        possible = [one for one in others if one.sets]
        if not possible:
            return None, None, all(one.exact for one in others)
        best = min(possible, key=lambda one: (one.cost, one.sets))
        return best.cost, best.sets[0], all(one.exact for one in others)

    def _combined(self, piece: Piece, banned: frozenset[str]) -> Solved:
        """One cheapest explanation of a piece that uses nothing banned."""
        _, solved = self._least(piece, banned)
        if not all(one.sets for one in solved):
            return Solved((), 0, all(one.exact for one in solved))
        faults = sorted(fault for one in solved for fault in one.sets[0])
        cost = sum(one.cost for one in solved)
        return Solved((tuple(faults),), cost, all(one.exact for one in solved))

    def _least(self, piece: Piece, banned: frozenset[str]) -> tuple[list[Piece], list[Solved]]:
        """Explain the independent pieces of a piece; together if they get in each other's way."""
        pieces = self.puzzle.pieces(piece, banned)
        solved = [self._solve(one, banned, self.bounds) for one in pieces]
        if self._fit(solved):
            return pieces, solved
        wider = self.bounds._replace(faults=self.bounds.faults * len(pieces))
        return [piece], [self._solve(piece, banned, wider)]

    def _solve(self, piece: Piece, banned: frozenset[str], bounds: Bounds) -> Solved:
        solved = solve_exactly(self.puzzle, piece, banned, bounds)
        if solved.exact:
            return solved
        greedy = solve_greedily(self.puzzle, piece, banned)
        if self.puzzle.reached(piece, self.puzzle.effect(greedy.sets[0])):
            return solved
        return greedy if not solved.sets or greedy.cost < solved.cost else solved

    def _fit(self, solved: Sequence[Solved]) -> bool:
        """Whether no combination of the explanations of the pieces cuts off anybody who answered."""
        choices = [one.sets for one in solved if any(one.sets)]
        every = {fault for sets in choices for faults in sets for fault in faults}
        if len(choices) < 2 or not self.puzzle.is_cut(self.puzzle.effect(every)):  # noqa: PLR2004 - alone nothing is in the way
            return True
        return not any(
            self.puzzle.is_cut(self.puzzle.effect(faults))
            for faults in _combinations(choices, self.bounds.listed)
        )


def _combinations(
    choices: Sequence[tuple[tuple[str, ...], ...]], most: int
) -> list[tuple[str, ...]]:
    return [
        tuple(sorted(fault for faults in chosen for fault in faults))
        for chosen in islice(product(*choices), most)
    ]


def _joined(pieces: Sequence[Piece]) -> Piece:
    """Pieces that get in each other's way, as one."""
    return Piece(
        failed=tuple(one for piece in pieces for one in piece.failed),
        clauses=tuple(one for piece in pieces for one in piece.clauses),
    )


def _together(solved: Sequence[Solved]) -> Solved:
    """The only cheapest explanation of each piece, as one of all."""
    faults = sorted(fault for one in solved for fault in one.sets[0])
    cost = sum(one.cost for one in solved)
    return Solved((tuple(faults),), cost, all(one.exact for one in solved))


def _nearest(parts: Sequence[Part]) -> Part | None:
    """The part whose next best is the nearest."""
    return min((part for part in parts if part.runner_up is not None), key=_margin, default=None)


def _margin(part: Part) -> int:
    assert part.runner_up is not None
    return part.runner_up - part.cost


def _with_second(parts: Sequence[Part], nearest: Part) -> tuple[str, ...]:
    """The first explanation of each part, with the next best of one."""
    chosen = [
        part.second if part is nearest and part.second is not None else part.explanations[0]
        for part in parts
    ]
    return tuple(sorted(fault for faults in chosen for fault in faults))
