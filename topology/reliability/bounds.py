"""Bounds on the chance that a chain works, where the exact figure is out of reach.

The cases are split along ways that carry the chain: all of a way works, or its first failing item is this
one, or that one. What is settled is certain, what is left lies between; the likeliest case goes first.

Source: Dotson and Gobien, A new analysis technique for probabilistic graphs (1979); CORE.md section 4.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.kappa import Cone

__all__ = ["CASES", "bounds"]

CASES = 2_000
"""Cases that are split before the rest is left between the bounds."""

BITS = 256
"""Chances are kept in 2**-256ths, so that numbers stay short; each cut down, which keeps both bounds true."""


@dataclass(frozen=True, slots=True, order=True)
class _Case:
    """So likely (negated: the likeliest comes first), these have failed, these work."""

    minus: int
    order: int
    failed: frozenset[int]
    works: frozenset[int]


def bounds(
    cone: Cone, chances: Mapping[int, Fraction], cases: int = CASES
) -> tuple[Fraction, Fraction]:
    """Turn the chances of items into what the chance of the whole is at least and at most.

    Args:
        cone: What the chain rests on.
        chances: By item, the chance that it works; absent = certain. They are independent.
        cases: How many to split; enough of them make both bounds the same but for the last bit.
    """
    one = 1 << BITS
    holds = {item: int(chance * one) for item, chance in chances.items()}
    fails = {item: int((1 - chance) * one) for item, chance in chances.items()}
    up = down = 0
    open_cases = [_Case(-one, 0, frozenset(), frozenset())]
    heapify(open_cases)
    made = 0
    while open_cases and made < cases:
        case = heappop(open_cases)
        made += 1
        way = cone.support(case.failed)
        if way is None:
            down -= case.minus
            continue
        mass, works = -case.minus, case.works
        for item in sorted(way - works):
            if item not in holds:
                continue
            lost = mass * fails[item] >> BITS
            if lost:
                order = made * len(holds) + len(works)
                heappush(open_cases, _Case(-lost, order, case.failed | {item}, works))
            mass = mass * holds[item] >> BITS
            works = works | {item}
        up += mass
    return Fraction(up, one), Fraction(one - down, one)
