"""A decision diagram and the chance of each factor turned into the chance that the whole works, exactly.

Sums are kept as integers over one known denominator a level, so nothing is reduced on the way.

Source: CORE.md section 4.6 (Birnbaum: Z. W. Birnbaum, On the importance of different components, 1969).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from operator import mul
from typing import TYPE_CHECKING

from topology.reliability.diagram import FALSE, TRUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from topology.reliability.diagram import Diagram

__all__ = ["chances", "least_cost"]


def chances(
    diagram: Diagram, root: int, factors: Sequence[Fraction]
) -> tuple[Fraction, list[Fraction]]:
    """Turn the chances of the factors into that of the whole, and what it gains by each.

    Args:
        diagram: Holds the function.
        root: The function.
        factors: By factor, the chance that it works; they are independent.

    Returns:
        The chance of the whole; by factor, that chance with the factor certain to work minus that with
        it certain to fail.
    """
    table = _Table(diagram, factors)
    nodes = diagram.reached(root)
    worth = {FALSE: 0, TRUE: 1}
    for node in nodes:
        numerator, denominator = factors[diagram.level[node]].as_integer_ratio()
        low, high = table.branches(node, worth)
        worth[node] = numerator * high + (denominator - numerator) * low
    gains = _gains(table, root, nodes, worth)
    return Fraction(worth[root], table.below[diagram.level[root]]), gains


class _Table:
    """Products of denominators: of the levels from one on, and of those between two."""

    def __init__(self, diagram: Diagram, factors: Sequence[Fraction]) -> None:
        self.diagram = diagram
        self.factors = factors
        each = [one.denominator for one in factors]
        self.below = [*accumulate(reversed(each), mul, initial=1)][::-1]
        self.above = [*accumulate(each, mul, initial=1)]
        self._between: dict[tuple[int, int], int] = {}

    def between(self, first: int, last: int) -> int:
        """The product over the levels from `first` up to, not including, `last`."""
        if first == last:
            return 1
        if (first, last) not in self._between:
            self._between[first, last] = self.below[first] // self.below[last]
        return self._between[first, last]

    def branches(self, node: int, worth: dict[int, int]) -> tuple[int, int]:
        """The worth of both ways on, over the denominator of the level after the node's."""
        diagram = self.diagram
        after = diagram.level[node] + 1
        low, high = diagram.low[node], diagram.high[node]
        return (
            worth[low] * self.between(after, diagram.level[low]),
            worth[high] * self.between(after, diagram.level[high]),
        )


def _gains(table: _Table, root: int, nodes: list[int], worth: dict[int, int]) -> list[Fraction]:
    """From the root down: the chance to come by a node, times what its factor decides there."""
    diagram = table.diagram
    come = dict.fromkeys((*nodes, FALSE, TRUE), 0)
    come[root] = table.above[diagram.level[root]]
    gains = [0] * len(table.factors)
    for node in reversed(nodes):
        level = diagram.level[node]
        numerator, denominator = table.factors[level].as_integer_ratio()
        low, high = table.branches(node, worth)
        gains[level] += come[node] * (high - low)
        for one, chance in (
            (diagram.low[node], denominator - numerator),
            (diagram.high[node], numerator),
        ):
            come[one] += come[node] * chance * table.between(level + 1, diagram.level[one])
    return [
        Fraction(gain, table.above[level] * table.below[level + 1])
        for level, gain in enumerate(gains)
    ]


def least_cost(diagram: Diagram, root: int, costs: Sequence[Fraction]) -> Fraction | None:
    """Find the least sum of costs over factors that carry the whole alone; None = nothing carries it."""
    best: dict[int, Fraction | None] = {FALSE: None, TRUE: Fraction(0)}
    for node in diagram.reached(root):
        without, rest = best[diagram.low[node]], best[diagram.high[node]]
        assert rest is not None, "what works without a factor works with it too"
        cost = rest + costs[diagram.level[node]]
        best[node] = cost if without is None else min(without, cost)
    return best[root]
