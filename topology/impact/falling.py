"""Chains turned into what of them can fall when certain parts fail, equal things being one.

Most of what a chain rests on never matters for a question about a few parts: what cannot fall by them is
left out, a gate that hangs on one thing only is that thing, and the same gate of a thousand chains is made
once. A region of 100,000 vertices comes down to some hundreds.

Source: CORE.md 1.1 (gates, least fixpoint) and 7.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from topology.gates import Gates

__all__ = ["ALWAYS", "NEVER", "Fall", "Falling"]

NEVER, ALWAYS = 0, 1
"""What stands whichever of the parts fail, and what is down though none of them does."""

_Node = tuple[int, int]
"""A vertex and the end to which it must carry; end 0 = it must stand by itself."""


class Fall(NamedTuple):
    """Falls when any of the parts fails, or any of the others falls, or so many of a choice fall.

    Outside cycles it is either a choice or the rest, so that what several have in common is seen.

    Args:
        parts: Numbers of items.
        any_of: Numbers of other falls.
        choice: The same, as often as they count.
        at_least: How many of the choice; 0 = there is no choice.
    """

    parts: frozenset[int]
    any_of: frozenset[int]
    choice: tuple[int, ...] = ()
    at_least: int = 0


_NOTHING = Fall(frozenset(), frozenset())


class Falling:
    """What can fall of some ways when parts among some fail.

    Args:
        gates: The compiled catalogue.
        ways: Vertex of a group's gate and end, as of `ChainGate`.
        parts: Numbers of the items that may fail; all others are up.

    Attributes:
        roots: Way to its number in `falls`; `NEVER` and `ALWAYS` are numbers too.
        falls: By number; those of a cycle name each other, all others only smaller ones.
        runs: Numbers in the order in which they are worked out; several together are a cycle.
    """

    def __init__(self, gates: Gates, ways: Iterable[_Node], parts: AbstractSet[int]) -> None:
        self._gates, self._parts = gates, parts
        self.falls: list[Fall] = [_NOTHING, _NOTHING]
        self.runs: list[tuple[int, ...]] = []
        self._known: dict[Fall, int] = {}
        self._cycles: dict[tuple[Fall, ...], tuple[int, ...]] = {}
        self._at: dict[_Node, int] = {}
        self._cyclic: set[int] = set()
        wanted = list(dict.fromkeys(ways))
        for nodes in self._ordered(wanted):
            if nodes[0][0] in gates.inner:
                self._add_cycle(nodes)
            else:
                self._at[nodes[0]] = self._number(self._fall(nodes[0]))
        self.roots: Mapping[_Node, int] = {way: self._at[way] for way in wanted}

    def fallen(self, failed: AbstractSet[int]) -> frozenset[int]:
        """Turn failed parts into the numbers of all that falls."""
        fallen = {ALWAYS}
        for run in self.runs:
            if len(run) > 1:
                fallen |= self._fallen_in(run, failed, fallen)
            elif self._falls(self.falls[run[0]], failed, fallen):
                fallen.add(run[0])
        return frozenset(fallen)

    def _fallen_in(
        self, run: Sequence[int], failed: AbstractSet[int], fallen: AbstractSet[int]
    ) -> set[int]:
        """What falls of a cycle: what does not come to stand, from all fallen upward."""
        down = set(run)
        before = -1
        while before != len(down):
            before = len(down)
            down = {one for one in down if self._falls(self.falls[one], failed, fallen | down)}
        return down

    def _falls(self, fall: Fall, failed: AbstractSet[int], fallen: AbstractSet[int]) -> bool:
        return (
            not failed.isdisjoint(fall.parts)
            or not fallen.isdisjoint(fall.any_of)
            or (bool(fall.choice) and sum(one in fallen for one in fall.choice) >= fall.at_least)
        )

    def _ordered(self, wanted: Iterable[_Node]) -> Iterable[list[_Node]]:
        """All nodes that the ways rest on, successors first; a cycle together."""
        found = dict.fromkeys(wanted)
        ahead = list(found)
        while ahead:
            node = ahead.pop()
            needed = [(one, node[1]) for one in self._gates.served_through(*node)[0]]
            needed += [(one, 0) for one in self._gates.conditions[node[0]]]
            fresh = [one for one in needed if one not in found]
            found.update(dict.fromkeys(fresh))
            ahead += fresh
        units: dict[tuple[int, int], list[_Node]] = {}
        for node in found:
            units.setdefault((self._gates.unit[node[0]], node[1]), []).append(node)
        return (sorted(units[one]) for one in sorted(units))

    def _fall(self, node: _Node) -> Fall | int:
        """What fells a node, or a constant; everything that it rests on has its number."""
        item = self._gates.item[node[0]]
        conditions = [self._at[one, 0] for one in self._gates.conditions[node[0]]]
        below, enough = self._gates.served_through(*node)
        carrying = [self._at[one, node[1]] for one in below]
        falling = [one for one in carrying if one > ALWAYS]
        enough -= carrying.count(NEVER)
        if ALWAYS in conditions or enough > len(falling):
            return ALWAYS
        any_of = {one for one in conditions if one != NEVER}
        parts = frozenset((item,)) & self._parts
        if enough <= 0:
            return Fall(parts, frozenset(any_of))
        alone, choice, at_least = self._chosen(falling, len(falling) - enough + 1)
        return Fall(parts, frozenset(any_of | alone), choice, at_least)

    def _chosen(
        self, falling: Sequence[int], at_least: int
    ) -> tuple[set[int], tuple[int, ...], int]:
        """Turn so many of these into those that are enough alone, and so many of the others.

        What all have in common is enough alone; so is one that counts as often as is needed. Where all must
        fall, each counts once.
        """
        common = frozenset.intersection(*(self._all_that_fells(one) for one in falling))
        if common:
            rest = [self._but(one, common) for one in falling]
            falling = [one for one in rest if one != NEVER]
            if len(falling) < at_least:
                return set(common), (), 0
        times = Counter(falling)
        if at_least == len(falling):
            times, at_least = Counter(times.keys()), len(times)
        alone = {one for one, many in times.items() if many >= at_least}
        others = tuple(sorted(one for one in times.elements() if one not in alone))
        alone |= common
        return (alone, others, at_least) if len(others) >= at_least else (alone, (), 0)

    def _all_that_fells(self, number: int) -> frozenset[int]:
        """The numbers that fell it, each alone, as far as they are seen."""
        fall = self.falls[number] if number < len(self.falls) else None
        if fall is None or fall.choice or number in self._cyclic:
            return frozenset((number,))
        return fall.any_of

    def _but(self, number: int, common: frozenset[int]) -> int:
        """What fells it besides."""
        if number in common:
            return NEVER
        fall = self.falls[number]
        return self._number(Fall(fall.parts, fall.any_of - common))

    def _number(self, fall: Fall | int) -> int:
        """Give a fall its number: that of its equal, of the only thing it hangs on, or a new one."""
        if isinstance(fall, int):
            return fall
        parts, any_of = set(fall.parts), set()
        if fall.choice:
            chosen = Fall(frozenset(), frozenset(), fall.choice, fall.at_least)
            any_of.add(self._interned(chosen))
        for one in fall.any_of:
            within = self.falls[one]
            if within.choice or one in self._cyclic:
                any_of.add(one)
            else:
                parts |= within.parts
                any_of |= within.any_of
        if not parts and len(any_of) <= 1:
            return any_of.pop() if any_of else NEVER
        return self._interned(Fall(frozenset(parts), frozenset(any_of)))

    def _interned(self, fall: Fall) -> int:
        if fall not in self._known:
            self._known[fall] = len(self.falls)
            self.falls.append(fall)
            self.runs.append((self._known[fall],))
        return self._known[fall]

    def _add_cycle(self, nodes: Sequence[_Node]) -> None:
        """Add nodes that rest on each other; no two of them hold each other up (CORE.md 1.1)."""
        standing = self._working(nodes, self._parts, (NEVER,))
        self._at.update(dict.fromkeys(standing, NEVER))
        rest = [node for node in nodes if node not in standing]
        at_times = self._working(rest, frozenset(), range(len(self.falls)), but=ALWAYS)
        self._at.update((node, ALWAYS) for node in rest if node not in at_times)
        first = len(self.falls)
        numbers = tuple(range(first, first + len(at_times)))
        self._at.update(zip(at_times, numbers, strict=True))
        falls = [self._fall(node) for node in at_times]
        inside = [one for one in falls if isinstance(one, Fall)]
        assert len(inside) == len(numbers), "a constant was left in a cycle"
        alike = tuple(_from(first, one) for one in inside)
        if alike in self._cycles:
            self._at.update(zip(at_times, self._cycles[alike], strict=True))
            return
        self._cycles[alike] = numbers
        self._cyclic.update(numbers)
        self.falls += inside
        if numbers:
            self.runs.append(numbers)

    def _working(
        self,
        nodes: Sequence[_Node],
        failed: AbstractSet[int],
        carrying: Container[int],
        but: int | None = None,
    ) -> dict[_Node, None]:
        """The nodes of a cycle that work, from nothing upward.

        Args:
            nodes: Of the cycle; what else they rest on has its number.
            failed: Items that do not work.
            carrying: Numbers that work.
            but: A number that does not, all the same.
        """
        working: dict[_Node, None] = {}

        def works(node: _Node) -> bool:
            number = self._at.get(node)
            if number is None:
                return node in working
            return number != but and number in carrying

        before = -1
        while before < len(working):
            before = len(working)
            for node in nodes:
                vertex, end = node
                below, enough = self._gates.served_through(*node)
                if (
                    node not in working
                    and self._gates.item[vertex] not in failed
                    and all(works((one, 0)) for one in self._gates.conditions[vertex])
                    and sum(works((one, end)) for one in below) >= enough
                ):
                    working[node] = None
        return working


def _from(first: int, fall: Fall) -> Fall:
    """The same with the numbers of its own cycle counted from -1 down, to see whether two are alike."""

    def own(number: int) -> int:
        return number if number < first else first - number - 1

    any_of = frozenset(own(one) for one in fall.any_of)
    return Fall(fall.parts, any_of, tuple(sorted(map(own, fall.choice))), fall.at_least)
