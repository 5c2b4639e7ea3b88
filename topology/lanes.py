"""Incremental states of every chain: four lanes of bit masks over the compiled gates.

A batch of component states goes in; the chains to read again come out. Whatever the order of the batch,
every unit of the graph is evaluated at most once for it, so no chain is ever seen half-way.

Source: CORE.md sections 1.3 and 2.1.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from topology.gates import LANES, STANDING, Gates, Scope
from topology.kappa import Cone
from topology.redundancy import Redundancy
from topology.verdict import (
    COVERAGE_UNCERTAIN,
    ONLY_UP,
    PLANNED,
    POSSIBLE,
    REDUNDANCY_UNCERTAIN,
    WORKING,
    ChainVerdict,
    judged,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from topology.gates import ChainGate

__all__ = [
    "COVERAGE_UNCERTAIN",
    "POSSIBLE",
    "REDUNDANCY_UNCERTAIN",
    "STATES",
    "ChainVerdict",
    "Lanes",
]

STATES: dict[str, int] = {
    "up": ONLY_UP | WORKING | POSSIBLE | PLANNED,
    "degraded": WORKING | POSSIBLE | PLANNED,
    "unknown": POSSIBLE | PLANNED,
    "unreachable": POSSIBLE | PLANNED,
    "maint": PLANNED,
    "down": 0,
}
"""The state of a component, to the lanes in which it is available."""

Chains = set[str]
"""Ids of chains."""


class Lanes:
    """The states of all chains of one catalogue; everything starts up.

    Args:
        gates: The compiled catalogue.
        watched: `set` also returns the chains whose redundancy may have changed, which costs the cone of
            every chain that was promised some.

    Attributes:
        evaluations: Units evaluated for the last batch; never more than there are units.
    """

    def __init__(self, gates: Gates, *, watched: bool = True) -> None:
        self.gates = gates
        self.evaluations = 0
        self._spread = [lanes * gates.spread for lanes in range(STANDING + 1)]
        self._limits = _limits(gates)
        self._ends: dict[int, list[int]] = {}
        for end, vertex in enumerate(gates.sinks[1:], start=1):
            self._ends.setdefault(gates.unit[vertex], []).append(end)
        self._names = tuple(gates.items)
        self._states = bytearray([STANDING]) * len(gates.items)
        self._failed: dict[int, set[int]] = {POSSIBLE: set(), WORKING: set()}
        self._available = [self._limits[scope][STANDING] for scope in gates.scope]
        self._masks = list(gates.own)
        self._alive = [STANDING] * len(gates.sinks)
        self._settle(range(len(gates.units)))
        self._redundancy = Redundancy(gates, tuple(self._masks), watched=watched)

    def set(self, states: Mapping[str, str]) -> Chains:
        """Take a batch of states and return the ids of the chains to read again.

        Args:
            states: Component, link or shared risk to `up degraded down unknown unreachable maint`.

        Raises:
            KeyError: An id or a state is not known; then nothing of the batch is taken.
        """
        items = self.gates.items
        batch = [(items[id_], STATES[state]) for id_, state in states.items()]
        units: list[int] = []
        chains: Chains = set()
        for item, lanes in batch:
            if self._states[item] != lanes:
                chains.update(self._redundancy.watchers(item))
                units += self._take(item, lanes)
        changed, ended = self._settle(units)
        masks, sourced = self._masks, self.gates.sourced
        for vertex, before in changed.items():
            if vertex in sourced:
                moved = before ^ masks[vertex]
                chains.update([id_ for id_, at in sourced[vertex] if moved >> at & STANDING])
        for end in ended:
            chains.update(self.gates.sunk[end])
        return chains

    def supposing(
        self, id_: str, state: str, chains: Iterable[str], within: AbstractSet[str]
    ) -> dict[str, ChainVerdict]:
        """Turn one imagined state into the verdicts on some chains; everything stays as it is.

        The cost is bounded by what these chains rest on: a fault that darkens a region can be asked about one
        chain without lighting the region up.

        Args:
            id_: A component, link or shared risk.
            state: What it would be.
            chains: To read.
            within: Ids of everything that these chains rest on; nothing else is evaluated.

        Raises:
            KeyError: The id, the state or a chain is not known.
        """
        item = self.gates.items[id_]
        kept = self._states[item], self._alive[:], self.evaluations
        changed, _ = self._settle(self._take(item, STATES[state]), within)
        found = {chain: self.verdict(chain) for chain in chains}
        for vertex, before in changed.items():
            self._masks[vertex] = before
        self._take(item, kept[0])
        self._alive, self.evaluations = kept[1:]
        return found

    def verdict(
        self, chain_id: str, *, exact: bool = False, known: int | None = None
    ) -> ChainVerdict:
        """Turn the present states into the verdict on one chain.

        Args:
            chain_id: The chain.
            exact: Count `kappa` too; the live path needs only whether redundancy is lost.
            known: Its kappa with the present states, where that was counted before.

        Raises:
            KeyError: There is no such chain.
        """
        chain = self.gates.chains[chain_id]
        lanes = self._carried(chain, chain.minimum)
        verdict = judged(lanes, self._carried(chain, chain.full), chain.users)
        if verdict.state in {"up", "degraded"} and chain.redundancy > 1:
            verdict = self._spared(chain, verdict, known)
        if exact:
            verdict = replace(verdict, kappa=self._redundancy.kappa(chain, self._failed[POSSIBLE]))
        return verdict

    def is_lost(self, chain_id: str) -> bool:
        """Tell whether a chain cannot work whatever the unknowns are: down, or in planned work.

        Raises:
            KeyError: There is no such chain.
        """
        chain = self.gates.chains[chain_id]
        return not self._carried(chain, chain.minimum) & POSSIBLE

    def works(self, id_: str) -> bool:
        """Tell whether a component, link or shared risk works by itself, unknown counted as failed.

        Asked for one item, it is worked out for that one: its way up, its needs and its shared risks.

        Raises:
            KeyError: Nothing with that id has a state.
        """
        item, failed = self.gates.items[id_], self._failed[WORKING]
        if item in failed:
            return False
        cones = [Cone(self.gates, vertex, 0) for vertex in self.gates.vertices[item]]
        return not cones or any(cone.support(failed) is not None for cone in cones)

    def cone(self, chain_id: str) -> Cone:
        """Everything that one chain rests on, for counting its cuts.

        Raises:
            KeyError: There is no such chain.
        """
        return self._redundancy.cone(self.gates.chains[chain_id])

    def bits(self) -> tuple[int, ...]:
        """By vertex, its present bits."""
        return tuple(self._masks)

    def copy(self) -> Lanes:
        """Make an independent twin for a what-if; the compiled graph is shared."""
        twin = object.__new__(Lanes)
        twin.__dict__.update(self.__dict__)
        twin._states = self._states[:]
        twin._failed = {lane: failed.copy() for lane, failed in self._failed.items()}
        twin._available = self._available[:]
        twin._masks = self._masks[:]
        twin._alive = self._alive[:]
        return twin

    def agrees(self) -> bool:
        """Tell whether a full recomputation gives what the increments gave."""
        kept = self._masks, self._alive, self.evaluations
        self._masks, self._alive = list(self.gates.own), [STANDING] * len(self._alive)
        self._settle(range(len(self.gates.units)))
        same = (self._masks, self._alive) == kept[:2]
        self._masks, self._alive, self.evaluations = kept
        return same

    def _carried(self, chain: ChainGate, gate: int) -> int:
        """The lanes in which a gate of the chain's group is carried to the chain's end."""
        return self._masks[gate] >> LANES * chain.end & self._alive[chain.end]

    def _spared(self, chain: ChainGate, verdict: ChainVerdict, known: int | None) -> ChainVerdict:
        """Lower the verdict on a working chain that lost, or may have lost, its redundancy."""
        if known is None:
            lost = self._redundancy.is_lost(chain, self._failed[POSSIBLE])
        else:
            lost = known < chain.redundancy
        if lost:
            return replace(verdict, state="degraded", redundancy_lost=True)
        guessed = len(self._failed[WORKING]) > len(self._failed[POSSIBLE])
        if (
            guessed
            and verdict.state == "up"
            and self._redundancy.is_lost(chain, self._failed[WORKING])
        ):
            return replace(verdict, flags=(REDUNDANCY_UNCERTAIN,))
        return verdict

    def _take(self, item: int, lanes: int) -> list[int]:
        """Give an item the lanes in which it is available; return the units to evaluate."""
        gates = self.gates
        self._states[item] = lanes
        for lane, failed in self._failed.items():
            (failed.discard if lanes & lane else failed.add)(item)
        for vertex in gates.vertices[item]:
            self._available[vertex] = self._limits[gates.scope[vertex]][lanes]
        return [gates.unit[vertex] for vertex in gates.vertices[item]]

    def _settle(
        self, first: Iterable[int], within: AbstractSet[str] | None = None
    ) -> tuple[dict[int, int], list[int]]:
        """Evaluate these units and all that depends on what changes, or what of it lies `within`.

        Returns:
            The changed vertices, each with what it was before, and the ends whose own state changed.
        """
        gates, masks = self.gates, self._masks
        queued = set(first)
        heap = list(queued)
        heapify(heap)
        changed: dict[int, int] = {}
        last = -1
        while heap:
            unit = heappop(heap)
            assert unit > last, "a unit came up twice in one batch"
            last = unit
            members = gates.units[unit]
            if members[0] in gates.inner:
                moved = self._least_fixpoint(members)
            else:
                before, now = masks[members[0]], self._value(members[0])
                if now == before:
                    continue
                masks[members[0]] = now
                moved = [(members[0], before)]
            for vertex, before in moved:
                changed[vertex] = before
                for other in gates.dependants[vertex]:
                    if other not in queued and (within is None or self._is_within(other, within)):
                        queued.add(other)
                        heappush(heap, other)
        self.evaluations = len(queued)
        ends = self._ends
        return changed, [
            end for unit in ends.keys() & queued for end in ends[unit] if self._end_changes(end)
        ]

    def _is_within(self, unit: int, within: AbstractSet[str]) -> bool:
        """Whether a unit is of these ids; a pure gate always is, what rests on it is asked in its turn."""
        item = self.gates.item[self.gates.units[unit][0]]
        return item < 0 or self._names[item] in within

    def _least_fixpoint(self, members: tuple[int, ...]) -> list[tuple[int, int]]:
        """From nothing upward, so that parts of a cycle never hold each other up (CORE.md 1.1)."""
        masks, inner = self._masks, self.gates.inner
        before = [masks[vertex] for vertex in members]
        for vertex in members:
            masks[vertex] = 0
        ahead = deque(members)
        waiting = set(members)
        while ahead:
            vertex = ahead.popleft()
            waiting.remove(vertex)
            now = self._value(vertex)
            if now != masks[vertex]:
                masks[vertex] = now
                fresh = [one for one in inner[vertex] if one not in waiting]
                waiting.update(fresh)
                ahead.extend(fresh)
        changes = zip(members, before, strict=True)
        return [(vertex, was) for vertex, was in changes if was != masks[vertex]]

    def _value(self, vertex: int) -> int:
        """The worth of one vertex from the present masks (the equation of `topology.gates`)."""
        gates, masks = self.gates, self._masks
        successors = gates.successors[vertex]
        at_least = gates.at_least[vertex]
        worth = gates.ends[vertex]
        if at_least == 1:
            for one in successors:
                worth |= masks[one]
        else:
            worth |= self._at_least(at_least, successors)
        worth &= self._available[vertex]
        for one in gates.conditions[vertex]:
            worth &= self._spread[masks[one] & STANDING]
        return worth | gates.own[vertex]

    def _at_least(self, at_least: int, successors: tuple[int, ...]) -> int:
        """The bits set in at least so many successors, counted for all bits at once in binary.

        Successors of the same worth, as most members of a group are, are added together.
        """
        masks = self._masks
        counts: dict[int, int] = {}
        for one in successors:
            worth = masks[one]
            counts[worth] = counts.get(worth, 0) + 1
        counts.pop(0, None)
        if len(counts) < 2:  # noqa: PLR2004  # all alike, but for those that do not work at all
            return next((worth for worth, times in counts.items() if times >= at_least), 0)
        digits = [0] * max(len(successors).bit_length(), at_least.bit_length())
        for worth, times in counts.items():
            for place in range(times.bit_length()):
                carry = worth if times >> place & 1 else 0
                while carry:
                    digits[place], carry = digits[place] ^ carry, digits[place] & carry
                    place += 1  # noqa: PLW2901  # the carry runs up from here
        enough = self._spread[STANDING]
        for place, digit in enumerate(digits):
            enough = digit & enough if at_least >> place & 1 else digit | enough
        return enough

    def _end_changes(self, end: int) -> bool:
        """Work out the own state of an end, which is applied at chain level; tell whether it changed."""
        gates = self.gates
        vertex = gates.sinks[end]
        alive = self._states[gates.item[vertex]]
        for one in gates.conditions[vertex]:
            alive &= self._masks[one]
        if alive == self._alive[end]:
            return False
        self._alive[end] = alive
        return True


def _limits(gates: Gates) -> tuple[tuple[int, ...], ...]:
    """By scope and by available lanes: the bits that a vertex may have."""
    whole = [lanes * gates.spread for lanes in range(STANDING + 1)]
    by_scope = {
        Scope.CARRIES: [bits & ~STANDING for bits in whole],
        Scope.BOTH: whole,
        Scope.STANDS: [bits & STANDING for bits in whole],
    }
    return tuple(tuple(by_scope[scope]) for scope in sorted(by_scope))
