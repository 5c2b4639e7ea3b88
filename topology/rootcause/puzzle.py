"""A piece of the evidence that can be explained by itself, and how it falls apart into such pieces.

Two failures hang together when something could have caused both. What hangs together with nothing else is
a piece: the explanations of two pieces are combined, their costs are added.

Source: CORE.md 3.2 B (bound per independent region).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.rootcause.clauses import Clause, clauses_of, price
from topology.rootcause.effect import Effect
from topology.rootcause.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topology.rootcause.evidence import Evidence
    from topology.rootcause.region import Region

__all__ = ["Piece", "Puzzle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Failures and soft evidence that belong together.

    Args:
        failed: (index of the sight, component) of each failure, nearest to the poller first.
        clauses: The soft evidence about their suspects.
    """

    failed: tuple[tuple[int, str], ...]
    clauses: tuple[Clause, ...]


class Puzzle:
    """What all vantage points saw, ready to be explained."""

    def __init__(self, views: Sequence[tuple[Region, Evidence]]) -> None:
        self.sights = tuple(Sight(region, seen) for region, seen in views)
        self.region = views[0][0]
        spared = [one for _, seen in views for one in seen.spared]
        self._spared = frozenset(one.component for one in spared)
        self._effect = Effect(self.region, spared)
        failed = [
            (sight.region.depth.get(component, len(sight.region.depth)), component, index)
            for index, sight in enumerate(self.sights)
            for component in sight.failed
        ]
        self.whole = Piece(
            failed=tuple((index, component) for _, component, index in sorted(failed)),
            clauses=clauses_of([seen for _, seen in views]),
        )
        self._allowed: dict[str, bool] = {}

    def effect(self, suspects: Iterable[str]) -> frozenset[str]:
        """Everything that is down when these are at fault."""
        return self._effect(suspects)

    def is_cut(self, down: frozenset[str]) -> bool:
        """Whether that would cut off a component that answered, from any vantage point."""
        return any(sight.is_cut(down) for sight in self.sights)

    def is_allowed(self, suspect: str) -> bool:
        """Whether this fault alone cuts off nobody who answered."""
        known = self._allowed.get(suspect)
        if known is None:
            known = self._allowed[suspect] = not self.is_cut(self._effect.of(suspect))
        return known

    def suspects(self, parts: Iterable[str], banned: frozenset[str]) -> list[str]:
        """What could be at fault when one of these parts is down."""
        every = dict.fromkeys(one for part in parts for one in self._could_fell(part))
        return [one for one in every if one not in banned and self.is_allowed(one)]

    def _could_fell(self, part: str) -> Iterable[str]:
        found = self.region.suspects(part)
        if part not in self._spared:
            return found
        return [one for one in found if part in self._effect.of(one)]

    def cost(self, suspects: Iterable[str], clauses: Iterable[Clause]) -> int:
        """The cost of an explanation: its priors and the penalties that it pays."""
        chosen = list(suspects)
        priors = sum(self.region.costs[suspect] for suspect in chosen)
        return priors + price(clauses, self.effect(chosen))

    def reached(self, piece: Piece, down: frozenset[str]) -> list[tuple[int, str]]:
        """Its failures that are still reached: not explained."""
        lost: tuple[set[str], ...] = tuple(set() for _ in self.sights)
        return [
            (index, component)
            for index, component in piece.failed
            if self.sights[index].way_to(component, down, lost[index]) is not None
        ]

    def pieces(self, piece: Piece, banned: frozenset[str]) -> list[Piece]:
        """Cut a piece into the smallest that share no suspect.

        Where nobody answered, everything hangs together at the root.
        """
        if piece.failed and not any(sight.ok for sight in self.sights):
            return [piece]
        threads = _Threads()
        self._tie_failures(piece, banned, threads)
        keys = [self._tied(clause.parts, banned, threads) for clause in piece.clauses]
        failed: dict[str, list[tuple[int, str]]] = {}
        for index, component in piece.failed:
            failed.setdefault(threads.find(component), []).append((index, component))
        clauses: dict[str, list[Clause]] = {}
        for key, clause in zip(keys, piece.clauses, strict=True):
            clauses.setdefault(threads.find(key), []).append(clause)
        return [
            Piece(failed=tuple(failed.get(key, ())), clauses=tuple(clauses.get(key, ())))
            for key in dict.fromkeys((*failed, *clauses))
        ]

    def _tie_failures(self, piece: Piece, banned: frozenset[str], threads: _Threads) -> None:
        for index, component in piece.failed:
            sight = self.sights[index]
            self._tied((component,), banned, threads)
            for near, link, far in sight.upstream(
                component, threads.walked.setdefault(index, set())
            ):
                parts = (far, link) if sight.is_fixed(near) else (far, link, near)
                self._tied(parts, banned, threads)
            if sight.region.via is not None and not sight.ok:
                self._tied((sight.region.root, sight.region.via), banned, threads)

    def _tied(self, parts: Iterable[str], banned: frozenset[str], threads: _Threads) -> str:
        """Tie parts to each other and to what could have taken them down; return one of them."""
        first, *others = parts
        for part in (first, *others):
            threads.tie(first, part)
            for suspect in self.region.causes.get(part, ()):
                if suspect not in banned and self._may_tie(suspect):
                    threads.tie(first, suspect)
        return first

    def _may_tie(self, suspect: str) -> bool:
        """Whether it can be at fault at all, as far as that is quickly seen."""
        effect = self._effect.of(suspect)
        return not any(part in sight.ok for sight in self.sights for part in effect)


class _Threads:
    """Sets of ids that hang together (union-find), and what was walked already."""

    def __init__(self) -> None:
        self.walked: dict[int, set[str]] = {}
        self._above: dict[str, str] = {}

    def find(self, id_: str) -> str:
        above = self._above
        while (up := above.setdefault(id_, id_)) != id_:
            above[id_] = above[up]
            id_ = up
        return id_

    def tie(self, one: str, other: str) -> None:
        self._above[self.find(one)] = self.find(other)
