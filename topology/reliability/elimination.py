"""The order in which the parts of a chain are worked out, those in cycles included.

Of a cycle one part is taken out and taken to be down; what is left falls apart in smaller cycles, which are
worked out in the same way, as far as that part needs them. Then it is worked out itself: as parts never hold
each other up, that is what it is worth. With it the rest is worked out anew, as far as anybody asks. This is
how unknowns are eliminated from equations, and nothing passes by but functions of ways that hardly come back;
going round until nothing changes meets far larger ones.

A part that is taken out again keeps what it was found to be worth with others taken to be down: that is
never more than its true worth, so it is as good as down.

Source: Bekić's rule for least solutions (1969); Bourdoncle, Efficient chaotic iteration strategies (1993).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.units import order_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["STEPS", "TooLong", "steps"]

STEPS = 20_000
"""Steps that are worth trying: each part that is taken out may double them."""


class TooLong(Exception):
    """More steps would be needed than are worth trying."""


def steps(needed: Sequence[Iterable[int]], wanted: int, most: int = STEPS) -> list[int]:
    """Turn what each part needs into the steps after which the wanted part is worked out.

    At first every part is down; each step works out one part from what the others are at that moment.

    Args:
        needed: By part, the parts that it needs.
        wanted: The part that is asked for.
        most: How many steps there may be.

    Raises:
        TooLong: There would be more.
    """
    elimination = _Elimination(needed, most)
    elimination.work_out(set(range(len(needed))), {wanted})
    return elimination.steps


class _Elimination:
    """The steps so far."""

    def __init__(self, needed: Sequence[Iterable[int]], most: int) -> None:
        self.needed = needed
        self.most = most
        self.steps: list[int] = []

    def work_out(self, among: set[int], wanted: set[int]) -> None:
        """Work out these parts from others that are already worked out, as far as they are wanted."""
        parts = self._reached(among, wanted)
        at = {part: place for place, part in enumerate(parts)}
        inside = [[at[one] for one in self.needed[part] if one in at] for part in parts]
        units = [[parts[place] for place in unit] for unit in order_units(inside)]
        for unit in units:
            if len(unit) > 1:
                self._cycle(unit, set(parts), wanted)
            else:
                self._add(unit[0])

    def _cycle(self, unit: list[int], parts: set[int], wanted: set[int]) -> None:
        rest = set(unit)
        asked = {one for part in parts - rest for one in self.needed[part]} | wanted
        head = self._head(unit)
        rest.remove(head)
        self.work_out(rest, rest.intersection(self.needed[head]))
        self._add(head)
        self.work_out(rest, rest & asked)

    def _add(self, part: int) -> None:
        if len(self.steps) == self.most:
            raise TooLong
        self.steps.append(part)

    def _reached(self, among: set[int], wanted: set[int]) -> list[int]:
        found, ahead = set(wanted), list(wanted)
        while ahead:
            fresh = among.intersection(self.needed[ahead.pop()]) - found
            found |= fresh
            ahead += fresh
        return sorted(found)

    def _head(self, unit: list[int]) -> int:
        """The part through which most ways go, so that little of the cycle is left without it."""
        inside = set(unit)
        into = dict.fromkeys(unit, 0)
        for part in unit:
            for one in inside.intersection(self.needed[part]):
                into[one] += 1
        ways = {part: into[part] * len(inside.intersection(self.needed[part])) for part in unit}
        return max(unit, key=lambda part: (ways[part], -part))
