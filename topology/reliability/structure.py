"""What one chain rests on, as the smallest system of yes-or-no parts that says the same.

A part works iff its factors work, all the parts it cannot do without work, and at least so many of the
parts it chooses among. A factor is a set of items that occur in exactly the same parts: in series for
every purpose, so that to the whole they are one. Cycles have their least solution.

Source: CORE.md sections 1.1 and 4.6; DESIGN.md 7.1 "Meaning".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from topology.gates import STANDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from topology.gates import Gates

__all__ = ["Part", "Structure", "structure_of"]

Node = tuple[int, bool]
"""A vertex, and whether it must stand by itself rather than carry towards the end."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: `factors` and `all_of` must work, and at least `at_least` of `choice` (0 = no choice)."""

    factors: tuple[int, ...]
    all_of: tuple[int, ...]
    at_least: int
    choice: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """A chain as parts and factors.

    Args:
        parts: What is needed first stands first, but for cycles; the last one is the chain itself.
            None at all = it cannot work even when everything is up.
        factors: By number, in the order in which they are to be decided: labels, sorted.
        idle: Labels in the chain's reach on which nothing depends.

    `parts` is equal for chains that are built alike, whatever their parts are called.
    """

    parts: tuple[Part, ...]
    factors: tuple[tuple[str, ...], ...]
    idle: tuple[str, ...] = ()


def structure_of(
    gates: Gates, source: int, end: int, label: Callable[[int], str | None]
) -> Structure:
    """Turn a vertex of the compiled graph into the structure of what it rests on.

    Args:
        gates: The compiled catalogue.
        source: The vertex: a gate of a group.
        end: Index of the end to which it must carry.
        label: What an item is called here; items of one name fail together, None never fails.
    """
    draft = _Draft(gates, end)
    root = draft.read((source, False))
    seen = {name for one in draft.item.values() if (name := label(one)) is not None}
    if root not in draft.order_alive():
        return Structure((), (), tuple(sorted(seen)))
    draft.inline()
    draft.merge(root)
    return _numbered(draft, root, label, seen)


@dataclass(slots=True)
class _Draft:
    """The parts while they are being contracted, all by node number."""

    gates: Gates
    end: int
    at: dict[Node, int] = field(default_factory=dict)
    item: dict[int, int] = field(default_factory=dict)
    items: dict[int, set[int]] = field(default_factory=dict)
    all_of: dict[int, list[int]] = field(default_factory=dict)
    at_least: dict[int, int] = field(default_factory=dict)
    choice: dict[int, list[int]] = field(default_factory=dict)
    alive: list[int] = field(default_factory=list)
    """Those that work when everything is up, each after all that it cannot do without."""

    def read(self, source: Node) -> int:
        """Read all that the source rests on from the graph; return the source's number."""
        ahead = [source]
        self.at[source] = 0
        while ahead:
            node = ahead.pop()
            number = self.at[node]
            vertex, stands = node
            ends = self.gates.ends[vertex] & STANDING if stands else self._is_sink(vertex)
            below = [] if ends else [(one, stands) for one in self.gates.successors[vertex]]
            least = 0 if ends else self.gates.at_least[vertex]
            needs = [(one, True) for one in self.gates.conditions[vertex]]
            for one in (*below, *needs):
                if one not in self.at:
                    self.at[one] = len(self.at)
                    ahead.append(one)
            if (item := self.gates.item[vertex]) >= 0:
                self.item[number] = item
            self.items[number] = {item} - {-1}
            self.all_of[number] = [self.at[one] for one in dict.fromkeys(needs)]
            self.at_least[number] = least
            self.choice[number] = [self.at[one] for one in below]
        return 0

    def _is_sink(self, vertex: int) -> bool:
        return self.gates.sinks[self.end] == vertex

    def order_alive(self) -> set[int]:
        """Find what works when everything is up, and forget the rest: it never matters."""
        users: dict[int, list[int]] = {}
        for number in self.at.values():
            for one in (*self.all_of[number], *self.choice[number]):
                users.setdefault(one, []).append(number)
        alive: set[int] = set()
        ahead = [one for one in self.at.values() if not self.at_least[one] + len(self.all_of[one])]
        while ahead:
            number = ahead.pop()
            if number in alive or not self._is_ready(number, alive):
                continue
            alive.add(number)
            self.alive.append(number)
            ahead += users.get(number, ())
        for number in self.alive:
            self.choice[number] = [one for one in self.choice[number] if one in alive]
        return alive

    def _is_ready(self, number: int, alive: set[int]) -> bool:
        enough = sum(one in alive for one in self.choice[number]) >= self.at_least[number]
        return enough and alive.issuperset(self.all_of[number])

    def inline(self) -> None:
        """Read a choice of all as "all of", and a part without a choice into those who need it."""
        for number in self.alive:
            if self.at_least[number] == len(self.choice[number]):
                self.all_of[number] += self.choice[number]
                self.at_least[number], self.choice[number] = 0, []
        done: set[int] = set()
        for number in self.alive:
            self._absorb_all(number, done)

    def _absorb_all(self, number: int, done: set[int]) -> None:
        """Absorb what a part needs, that part's needs first; without recursion, as chains are deep."""
        path = [number]
        while path:
            here = path[-1]
            fresh = [one for one in self.all_of[here] if one not in done and one != here]
            if here not in done and fresh:
                path += fresh
                continue
            path.pop()
            if here in done:
                continue
            done.add(here)
            kept: dict[int, None] = {}
            for one in self.all_of[here]:
                if self.at_least[one]:
                    kept[one] = None
                else:
                    self.items[here] |= self.items[one]
                    kept.update(dict.fromkeys(self.all_of[one]))
            self.all_of[here] = list(kept)

    def merge(self, root: int) -> None:
        """Read a part with a choice into its only user, if that one has no choice of its own."""
        users: dict[int, int] = {}
        for number in self.reached(root):
            for one in (*self.all_of[number], *self.choice[number]):
                users[one] = users.get(one, 0) + 1
        for number in self.reached(root):
            only = [one for one in self.all_of[number] if users[one] == 1]
            if self.at_least[number] or not only:
                continue
            one = only[0]
            self.items[number] |= self.items[one]
            rest = [other for other in self.all_of[number] if other != one]
            self.all_of[number] = [*dict.fromkeys((*rest, *self.all_of[one]))]
            self.at_least[number], self.choice[number] = self.at_least[one], self.choice[one]

    def reached(self, root: int) -> list[int]:
        """What the root rests on, each after what it rests on (but for cycles), the root last.

        Members of a choice that lean on the same parts come one after another: that keeps diagrams small.
        """
        found: list[int] = []
        seen = {root}
        path = [(root, iter(self._below(root)))]
        while path:
            fresh = next((one for one in path[-1][1] if one not in seen), None)
            if fresh is None:
                found.append(path.pop()[0])
            else:
                seen.add(fresh)
                path.append((fresh, iter(self._below(fresh))))
        return found

    def _below(self, number: int) -> list[int]:
        self.choice[number].sort(key=lambda one: (self.all_of[one], self.choice[one], one))
        return [*self.all_of[number], *self.choice[number]]


def _numbered(
    draft: _Draft, root: int, label: Callable[[int], str | None], seen: set[str]
) -> Structure:
    """Group items into factors and number everything in the order of need."""
    order = draft.reached(root)
    at = {number: place for place, number in enumerate(order)}
    labels = [_names(draft.items[number], label) for number in order]
    occurs: dict[str, list[int]] = {}
    for place, names in enumerate(labels):
        for name in names:
            occurs.setdefault(name, []).append(place)
    together: dict[tuple[int, ...], list[str]] = {}
    for name in sorted(occurs, key=lambda name: (occurs[name][0], occurs[name], name)):
        together.setdefault(tuple(occurs[name]), []).append(name)
    factors: list[list[int]] = [[] for _ in order]
    for factor, places in enumerate(together):
        for place in places:
            factors[place].append(factor)
    parts = tuple(
        Part(
            tuple(factors[place]),
            tuple(at[one] for one in draft.all_of[number]),
            draft.at_least[number],
            tuple(at[one] for one in draft.choice[number]),
        )
        for place, number in enumerate(order)
    )
    named = tuple(tuple(names) for names in together.values())
    return Structure(parts, named, tuple(sorted(seen - occurs.keys())))


def _names(items: Iterable[int], label: Callable[[int], str | None]) -> Sequence[str]:
    return sorted({name for item in items if (name := label(item)) is not None})
