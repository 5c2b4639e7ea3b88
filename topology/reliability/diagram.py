"""A decision diagram: a yes-or-no function of factors, each asked at most once and in a fixed order.

Two functions are equal iff they are the same node, so a diagram grows with what a function tells apart and
not with the number of its cases.

Source: Bryant, Graph-based algorithms for boolean function manipulation (1986); CORE.md section 4.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.reliability.elimination import TooLong, steps

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from topology.reliability.structure import Part

__all__ = ["BUDGET", "FALSE", "TRUE", "Diagram", "TooLarge"]

FALSE, TRUE = 0, 1
"""The two functions that ask nothing."""

BUDGET = 150_000
"""Nodes a diagram may have: some 45 MB and a second or two. Beyond, there are bounds instead."""

STEPS = 4
"""Steps of work allowed for each node of the budget: a diagram can be small and its making long."""

Choice = tuple[int, int, int]
"""If the first function then the second, else the third."""


class TooLarge(Exception):
    """The diagram would need more nodes or steps than the budget allows."""


class Diagram:
    """The diagrams of functions over one order of factors; grows as they are made.

    Args:
        factors: How many there are to ask; 0 is asked first.
        budget: Nodes allowed.

    Attributes:
        level: By node: the factor it asks; of the two constants, one past the last.
        low: By node: what is left when that factor does not work.
        high: By node: what is left when it does.
    """

    def __init__(self, factors: int, budget: int = BUDGET) -> None:
        self.factors = factors
        self.level = [factors, factors]
        self.low = [FALSE, TRUE]
        self.high = [FALSE, TRUE]
        self._budget = budget
        self._nodes: dict[Choice, int] = {}
        self._known: dict[Choice, int] = {}

    def works(self, parts: Sequence[Part]) -> int:
        """Turn the parts of a chain into the function that tells whether the last one works.

        Raises:
            TooLarge: It does not fit the budget.
        """
        if not parts:
            return FALSE
        values = [FALSE] * len(parts)
        needed = [(*part.all_of, *part.choice) for part in parts]
        try:
            order = steps(needed, len(parts) - 1)
        except TooLong:
            raise TooLarge from None
        for one in order:
            values[one] = self._part(parts[one], values)
        return values[-1]

    def _part(self, part: Part, values: Sequence[int]) -> int:
        value = TRUE
        if part.at_least:
            value = self.at_least(part.at_least, [values[one] for one in part.choice])
        for one in reversed(part.all_of):
            value = self.choose(values[one], value, FALSE)
        for factor in reversed(part.factors):
            value = self.choose(self.factor(factor), value, FALSE)
        return value

    def at_least(self, enough: int, functions: Sequence[int]) -> int:
        """The function that at least so many of these hold.

        From the last to the first: the counts of the rest lie below the one that is asked, so that each
        step walks through that one only.
        """
        counts = [TRUE] + [FALSE] * enough
        for function in reversed(functions):
            for many in range(enough, 0, -1):
                counts[many] = self.choose(function, counts[many - 1], counts[many])
        return counts[enough]

    def factor(self, number: int) -> int:
        """The function that a factor works."""
        return self._node(number, FALSE, TRUE)

    def choose(self, when: int, then: int, other: int) -> int:
        """If `when` then `then` else `other`. Without recursion: a diagram may be deep."""
        goal = (when, then, other)
        ahead = [goal]
        while ahead:
            ask = ahead[-1]
            if self._told(ask) is not None:
                ahead.pop()
                continue
            level = min(self.level[one] for one in ask)
            lows, highs = self._halves(ask, level)
            low, high = self._told(lows), self._told(highs)
            if low is None:
                ahead.append(lows)
            if high is None:
                ahead.append(highs)
            if low is not None and high is not None:
                self._known[ask] = self._node(level, low, high)
                if len(self._known) > STEPS * self._budget:
                    raise TooLarge
        told = self._told(goal)
        assert told is not None
        return told

    def _told(self, ask: Choice) -> int | None:
        when, then, other = ask
        if when == TRUE or then == other:
            return then
        if when == FALSE:
            return other
        if then == TRUE and other == FALSE:
            return when
        return self._known.get(ask)

    def _halves(self, ask: Choice, level: int) -> tuple[Choice, Choice]:
        """The same question with the factor of that level failed, and with it working."""
        first, second, third = ask
        here = self.level
        low = (
            self.low[first] if here[first] == level else first,
            self.low[second] if here[second] == level else second,
            self.low[third] if here[third] == level else third,
        )
        high = (
            self.high[first] if here[first] == level else first,
            self.high[second] if here[second] == level else second,
            self.high[third] if here[third] == level else third,
        )
        return low, high

    def _node(self, level: int, low: int, high: int) -> int:
        if low == high:
            return low
        key = (level, low, high)
        if key not in self._nodes:
            if len(self.level) >= self._budget:
                raise TooLarge
            self._nodes[key] = len(self.level)
            self.level.append(level)
            self.low.append(low)
            self.high.append(high)
        return self._nodes[key]

    def reached(self, root: int) -> list[int]:
        """The nodes of one function without the constants, each after those it leads to."""
        found, ahead = {root} - {FALSE, TRUE}, [root]
        while ahead:
            node = ahead.pop()
            fresh = {self.low[node], self.high[node]} - found - {FALSE, TRUE}
            found |= fresh
            ahead += fresh
        return sorted(found)  # a node is made after those it leads to

    def holds(self, root: int, failed: Collection[int]) -> bool:
        """Tell whether a function holds when exactly these factors fail."""
        while root > TRUE:
            root = (self.low if self.level[root] in failed else self.high)[root]
        return root == TRUE
