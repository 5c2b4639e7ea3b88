"""Soft evidence as clauses: at which price an explanation may contradict it.

`down` and `los` want something to be down and are open until an explanation says so; `up` and `nolos` want
nothing of it to be down and are broken as soon as an explanation takes it. So is `spared`, by its risk.

Source: CORE.md 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from topology.rootcause.evidence import Evidence

__all__ = ["Clause", "clauses_of", "price"]


class Clause(NamedTuple):
    """Something of `parts` is down (`wanted`), or nothing of it is; else the penalty is paid."""

    parts: frozenset[str]
    penalty: int
    wanted: bool

    def is_broken(self, down: AbstractSet[str]) -> bool:
        """Whether what is down contradicts it."""
        return self.wanted == self.parts.isdisjoint(down)


def clauses_of(evidences: Sequence[Evidence]) -> tuple[Clause, ...]:
    """Turn the soft evidence of all vantage points into clauses; what costs nothing says nothing."""
    return tuple(clause for seen in evidences for clause in _of(seen) if clause.penalty)


def price(clauses: Iterable[Clause], down: AbstractSet[str]) -> int:
    """The penalties that an explanation pays, given everything that it takes down."""
    return sum(clause.penalty for clause in clauses if clause.is_broken(down))


def _of(seen: Evidence) -> Iterable[Clause]:
    for port in seen.los:
        yield Clause(frozenset((port.link, port.far)), port.penalty, wanted=True)
    for word in seen.down:
        yield Clause(frozenset((word.component,)), word.penalty, wanted=True)
    for port in seen.nolos:
        yield Clause(frozenset((port.link, port.far)), port.penalty, wanted=False)
    for word in seen.up:
        yield Clause(frozenset((word.component,)), word.penalty, wanted=False)
    for one in seen.spared:
        yield Clause(frozenset((one.risk,)), one.penalty, wanted=False)
