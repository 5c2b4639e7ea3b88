"""Every chain turned into its single points of failure, all chains at once.

A vertex falls by one further failure when it is that of itself, of a condition, or of so many of those it is
served through: so what fells it alone follows from what fells these, and is worked out once for all that
rest on it. A set of failures changes only what rests on them.

Source: CORE.md 1.3 (kappa), 4.6 (single points of failure) and 7 (N-1 exposure).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topology.gates import Gates
    from topology.impact.resting import Resting

__all__ = ["Singles"]

_Node = tuple[int, int]
"""A vertex and the end to which it must carry; end 0 = it must stand by itself."""

_Fells = frozenset[int] | None
"""The items that fell a node alone; None = it is down already."""

_NOTHING: frozenset[int] = frozenset()


class Singles:
    """The single points of failure of one compiled graph, with some failures, which may change.

    Args:
        gates: The compiled catalogue.

    Attributes:
        failed: Items that do not work; at first none.
    """

    def __init__(self, gates: Gates) -> None:
        self.failed: frozenset[int] = _NOTHING
        self._gates = gates
        self._known: dict[_Node, _Fells] = {}

    def copy(self) -> Singles:
        """Make an independent twin."""
        twin = Singles(self._gates)
        twin.failed, twin._known = self.failed, self._known.copy()
        return twin

    def go_to(self, failed: frozenset[int], resting: Resting) -> None:
        """Go on to other failures: only what rests on those that differ is worked out anew."""
        self.failed = failed
        for node in resting:
            self._known.pop(node, None)

    def of(self, vertex: int, end: int) -> frozenset[int] | None:
        """Find the items that fell a node alone; None = it is down already."""
        node = (vertex, end)
        if node not in self._known:
            self._work_out(node)
        return self._known[node]

    def _work_out(self, goal: _Node) -> None:
        units: dict[tuple[int, int], list[_Node]] = {}
        found, ahead = {goal}, [goal]
        while ahead:
            node = ahead.pop()
            units.setdefault((self._gates.unit[node[0]], node[1]), []).append(node)
            fresh = [
                one for one in self._needed(node) if one not in found and one not in self._known
            ]
            found.update(fresh)
            ahead += fresh
        for one in sorted(units):
            nodes = units[one]
            if nodes[0][0] in self._gates.inner:
                self._go_round(nodes)
            else:
                self._known[nodes[0]] = self._fells(nodes[0])

    def _needed(self, node: _Node) -> list[_Node]:
        vertex, end = node
        below = [(one, end) for one in self._gates.served_through(vertex, end)[0]]
        return below + [(one, 0) for one in self._gates.conditions[vertex]]

    def _go_round(self, nodes: Sequence[_Node]) -> None:
        """What holds each other up in a cycle falls: from all down, until nothing changes."""
        known = self._known
        known.update(dict.fromkeys(nodes))
        changed = True
        while changed:
            changed = False
            for node in nodes:
                before, known[node] = known[node], self._fells(node)
                changed |= known[node] != before

    def _fells(self, node: _Node) -> _Fells:
        vertex, end = node
        item, known = self._gates.item[vertex], self._known
        if item in self.failed:
            return None
        own = frozenset((item,)) if item >= 0 else _NOTHING
        below, enough = self._gates.served_through(vertex, end)
        conditions = self._gates.conditions[vertex]
        if len(below) == 1 and not conditions:  # as most are: an access point, a link
            only = known[below[0], end]
            return None if only is None or enough > 1 else only | own
        fells = set(own)
        for one in conditions:
            condition = known[one, 0]
            if condition is None:
                return None
            fells |= condition
        carrying = [of for of in (known[one, end] for one in below) if of is not None]
        if len(carrying) < enough:
            return None
        return frozenset(fells.union(_more_than(len(carrying) - enough, carrying)))


def _more_than(spare: int, sets: Sequence[frozenset[int]]) -> Iterable[int]:
    """What is in more than so many of the sets."""
    if len(sets) <= spare:
        return ()
    if spare == len(sets) - 1:
        return frozenset.intersection(*sets)
    if spare == 0:
        return frozenset().union(*sets)
    times = Counter(item for one in sets for item in one)
    return [item for item, many in times.items() if many > spare]
