"""Which single further failures a chain cannot take: all of them told by one pass over what it rests on.

Every part is worth an integer with a bit for each item: whether the part still works when that item fails
too. Bit 0 stands for nothing more failing. What works is a least fixpoint for each bit by itself, so parts
of a cycle never hold each other up. Parts in series, a link and the device behind it, are one step.

Source: CORE.md sections 1.1, 1.3 and 2.1 (kappa; bits side by side).
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from topology.gates import LANES, STANDING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from topology.gates import Gates

__all__ = ["Node", "Singles", "nodes_under", "served_through"]

Node = tuple[int, bool]
"""A vertex, and whether it must stand by itself rather than carry towards the end."""

NOTHING = 1
"""The bit of a world in which nothing more fails."""


TOP = 0
"""The number of the part that always works; where ways end, it carries them."""


class _Part(NamedTuple):
    """One equation.

    Args:
        own: The bits of what it falls with: its item, and parts that rest on nothing else.
        ways: What it is served through: the number of a part, and the bits of the items on the way to it.
        at_least: How many ways must work.
        conditions: Parts that must work.
    """

    own: int
    ways: tuple[tuple[int, int], ...]
    at_least: int
    conditions: tuple[int, ...]


class Singles:
    """What one vertex rests on, with a bit for every item.

    Args:
        gates: The compiled graph.
        source: The vertex, a gate of a group.
        end: Index of the end to which it must carry.
        ever: By vertex, its bits when everything is up: what they exclude never matters. None = keep all.

    Attributes:
        items: Numbers of the items in it.
    """

    __slots__ = ("_all", "_bits", "_parts", "_runs", "_source", "items")

    def __init__(
        self, gates: Gates, source: int, end: int, ever: Sequence[int] | None = None
    ) -> None:
        draft = _Draft(gates, end, nodes_under(gates, source, end, ever))
        self._parts, self._runs = draft.parts, draft.runs
        self._source = draft.step[source, not end]
        self._bits = draft.bits
        self._all = (2 << len(draft.bits)) - 1
        self.items = frozenset(draft.bits)

    def outlives(self, failed: AbstractSet[int], exempt: AbstractSet[int]) -> bool:
        """Tell whether it works, and works on whichever single further item outside `exempt` fails."""
        return not self._felled(failed, exempt)

    def felling(self, failed: AbstractSet[int], exempt: AbstractSet[int]) -> set[int] | None:
        """Find every single further item outside `exempt` that fells it; None = it does not work."""
        felled = self._felled(failed, exempt)
        if felled & NOTHING:
            return None
        return {item for item, bit in self._bits.items() if felled & bit}

    def _felled(self, failed: AbstractSet[int], exempt: AbstractSet[int]) -> int:
        """The bits in which it does not work."""
        bits = self._bits
        gone = counted = 0
        for item in failed & self.items:
            gone |= bits[item]
        for item in exempt & self.items:
            counted |= bits[item]
        return self._all & ~counted & ~self._worth(gone)

    def _worth(self, gone: int) -> int:
        """The bits in which it works when these items have failed."""
        worths = [0] * len(self._parts)
        worths[TOP] = self._all
        for run, cyclic in self._runs:
            moved = self._pass(run, gone, worths)
            while cyclic and moved:
                moved = self._pass(run, gone, worths)
        number, bits = self._source
        return 0 if bits & gone else worths[number] & ~bits

    def _pass(self, run: range, gone: int, worths: list[int]) -> bool:
        """Work out the parts of a run once; tell whether any changed."""
        moved, parts = False, self._parts
        for number in run:
            own, ways, at_least, conditions = parts[number]
            if own & gone:
                continue
            if at_least == 1:
                worth = 0
                for below, bits in ways:
                    if not bits & gone:
                        worth |= worths[below] & ~bits
            else:
                worth = self._enough(at_least, ways, gone, worths)
            for one in conditions:
                worth &= worths[one]
            worth &= ~own
            if worth != worths[number]:
                worths[number] = worth
                moved = True
        return moved

    def _enough(
        self, at_least: int, ways: tuple[tuple[int, int], ...], gone: int, worths: list[int]
    ) -> int:
        """The bits set in so many ways: those missing in too many, counted in binary, are not."""
        everything = self._all
        spare = len(ways) - at_least
        if spare < 0:
            return 0
        digits = [0] * len(ways).bit_length()
        for below, bits in ways:
            carry = everything if bits & gone else everything & ~worths[below] | bits
            place = 0
            while carry:
                digits[place], carry = digits[place] ^ carry, digits[place] & carry
                place += 1
        too_many = everything
        for place, digit in enumerate(digits):
            too_many = digit & too_many if (spare + 1) >> place & 1 else digit | too_many
        return everything & ~too_many


class _Draft:
    """The parts, made in topological order.

    Attributes:
        step: Node to the part that carries it, and the bits of the items between the two: what needs nothing
            more is at the top, and what has one way only is a step further from whatever carries that.
        runs: Part numbers: one pass is enough for a plain run, a cycle is a run of its own.
    """

    def __init__(self, gates: Gates, end: int, nodes: Sequence[Node]) -> None:
        self.gates, self.end, self.nodes = gates, end, frozenset(nodes)
        self.bits: dict[int, int] = {}
        self.step: dict[Node, tuple[int, int]] = {}
        self.parts = [_Part(0, (), 1, ())]
        self.runs: list[tuple[range, bool]] = []
        for unit, members in groupby(nodes, key=lambda node: gates.unit[node[0]]):
            self._add(list(members), cyclic=gates.units[unit][0] in gates.inner)

    def _add(self, members: list[Node], *, cyclic: bool) -> None:
        """Add the nodes of one unit; forks first, so that a way round a cycle ends at one."""
        first = len(self.parts)
        parts = [node for node in members if len(self._served(node)[0]) > 1]
        self._number(parts, first)
        rest = [node for node in members if node not in self.step]
        while rest:
            left = [node for node in rest if not self._is_step(node)]
            if len(left) == len(rest):
                self._number(left, first + len(parts))
                parts += left
                break
            rest = left
        self.parts += [self._part(node) for node in parts]
        self._run(range(first, len(self.parts)), cyclic=cyclic)

    def _number(self, nodes: list[Node], first: int) -> None:
        self.step.update((node, (number, 0)) for number, node in enumerate(nodes, start=first))

    def _served(self, node: Node) -> tuple[tuple[int, ...], int]:
        return served_through(self.gates, node, self.end)

    def _run(self, run: range, *, cyclic: bool) -> None:
        if run and not cyclic and self.runs and not self.runs[-1][1]:
            self.runs[-1] = range(self.runs[-1][0].start, run.stop), False
        elif run:
            self.runs.append((run, cyclic))

    def _is_step(self, node: Node) -> bool:
        """Note a node that is a step from a part; False if it must be a part itself."""
        below, at_least = self._served(node)
        if len(below) != at_least or at_least > 1:
            return False
        steps = [self.step.get((one, True)) for one in self.gates.conditions[node[0]]]
        if not all(one is not None and one[0] == TOP for one in steps):
            return False
        steps.append(self.step.get((below[0], node[1])) if at_least else (TOP, 0))
        number, bits = TOP, self._bit(node)
        for one in steps:
            if one is None:
                return False
            number, bits = one[0], bits | one[1]
        self.step[node] = number, bits
        return True

    def _part(self, node: Node) -> _Part:
        """The equation of a node; one that needs what can never work wants a way more than it has."""
        below, at_least = self._served(node)
        able = [(one, node[1]) for one in below if (one, node[1]) in self.nodes]
        ways = tuple(self.step[one] for one in able) if at_least else ((TOP, 0),)
        needed = [(one, True) for one in self.gates.conditions[node[0]]]
        own = self._bit(node)
        if not all(one in self.nodes for one in needed):
            return _Part(own, ways, len(ways) + 1, ())
        steps = [self.step[one] for one in needed]
        for _, bits in steps:
            own |= bits
        conditions = tuple(number for number, _ in steps if number != TOP)
        return _Part(own, ways, max(1, at_least), conditions)

    def _bit(self, node: Node) -> int:
        item = self.gates.item[node[0]]
        return 0 if item < 0 else self.bits.setdefault(item, 2 << len(self.bits))


def nodes_under(
    gates: Gates, source: int, end: int, ever: Sequence[int] | None = None
) -> list[Node]:
    """The nodes that the source rests on, itself too, in topological order.

    Args:
        gates: The compiled graph.
        source: A vertex.
        end: Index of the end to which it must carry; 0 = it must stand by itself.
        ever: By vertex, its bits when everything is up: nodes that do not work then are left out.
    """
    found: set[Node] = {(source, not end)}
    ahead = list(found)
    while ahead:
        node = ahead.pop()
        below, _ = served_through(gates, node, end)
        needed = [(one, node[1]) for one in below]
        needed += [(one, True) for one in gates.conditions[node[0]]]
        for one in needed:
            if one not in found and (ever is None or _may_work(one, end, ever)):
                found.add(one)
                ahead.append(one)
    return sorted(found, key=lambda node: (gates.unit[node[0]], node))


def served_through(gates: Gates, node: Node, end: int) -> tuple[tuple[int, ...], int]:
    """The successors of a node, and how many must work: none and 0 where the way ends."""
    vertex, stands = node
    if gates.ends[vertex] & STANDING if stands else gates.sinks[end] == vertex:
        return (), 0
    return gates.successors[vertex], gates.at_least[vertex]


def _may_work(node: Node, end: int, ever: Sequence[int]) -> bool:
    vertex, stands = node
    return bool(ever[vertex] >> (0 if stands else LANES * end) & 1)
