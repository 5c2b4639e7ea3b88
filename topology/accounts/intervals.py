"""Timelines of components turned into the elementary intervals of every chain, in one sweep over time.

All changes of one second are one batch for the lanes, so no chain is seen half-way; only the chains that a
batch reaches are read. A chain that is down is read again too when another component in its cone goes down or
comes back, or is found to be down because of another: it stays down, but it may be another's.

Source: CORE.md 1.3, 2.1 and 4.5.
"""

from __future__ import annotations

from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.history import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from topology.accounts.felling import Felling
    from topology.accounts.history import Timeline
    from topology.lanes import Lanes

__all__ = ["Interval", "Sweep", "sweep"]

NOBODY: frozenset[str] = frozenset()
NOTHING: frozenset[tuple[str, str]] = frozenset()
NONE_FELLED: Mapping[str, Felling] = MappingProxyType({})


class Interval(NamedTuple):
    """A span in which nothing about a chain changes.

    Attributes:
        start: Epoch second.
        end: The first that is no longer in it.
        state: `up degraded down unknown maintenance`.
        flags: As in `topology.lanes`.
        redundancy_lost: It works, with fewer failures to spare than its level promises.
        down: Of a chain that is down: everything in its cone that is.
        felled: Of what is in `down` because of a shared risk: both, as a pair.
    """

    start: int
    end: int
    state: str
    flags: tuple[str, ...] = ()
    redundancy_lost: bool = False
    down: frozenset[str] = NOBODY
    felled: frozenset[tuple[str, str]] = NOTHING

    @property
    def is_bad(self) -> bool:
        """Whether it counts as down where it is not excluded."""
        return self.state in ("down", "maintenance")


class Sweep(NamedTuple):
    """What to sweep over.

    Attributes:
        timelines: Component, link or shared risk to its states, planned work laid over them.
        before: What everything else is all the time.
        start: Epoch second from which on every interval is kept.
        end: Where to stop.
        gap: Longest time of not being bad, in seconds, over which an interruption may go on: what lies
            before `start` is kept as far as an interruption that reaches `start` may have begun in it.
        fellings: Component to the shared risks that felled it.
    """

    timelines: Mapping[str, Timeline]
    before: Mapping[str, str]
    start: int
    end: int
    gap: int = 0
    fellings: Mapping[str, Felling] = NONE_FELLED


def sweep(lanes: Lanes, wanted: Sweep) -> dict[str, list[Interval]]:
    """Turn timelines into the intervals of every chain, in order, without holes, up to the end.

    Args:
        lanes: Everything up; it is used up.
        wanted: What to sweep over.
    """
    run = _Run(lanes, wanted)
    for batch in _batches(wanted):
        run.take(batch)
    return run.close()


class _Batch(NamedTuple):
    """What is so from one second on: states, and the risks that felled something."""

    at: int
    states: Mapping[str, str]
    felled: Mapping[str, frozenset[str]]


def _batches(wanted: Sweep) -> Iterator[_Batch]:
    """All changes by their second, the states that hold from the beginning first."""
    held = {id_: state for id_, state in wanted.before.items() if id_ not in wanted.timelines}
    changes: list[tuple[int, str, str]] = []
    for id_, timeline in wanted.timelines.items():
        held[id_] = timeline[0][1]
        changes += [(start, id_, state) for start, state in timeline[1:] if start < wanted.end]
    yield _Batch(BEGINNING, held, {})
    felled: dict[int, dict[str, frozenset[str]]] = {}
    for id_, felling in wanted.fellings.items():
        for start, risks in (one for one in felling if one[0] < wanted.end):
            felled.setdefault(start, {})[id_] = risks
            changes.append((start, "", ""))
    changes.sort()
    for at, some in groupby(changes, key=lambda one: one[0]):
        yield _Batch(at, {id_: state for _, id_, state in some if id_}, felled.get(at, {}))


class _Run:
    """The sweep under way."""

    def __init__(self, lanes: Lanes, wanted: Sweep) -> None:
        self._wanted, self._lanes, gates = wanted, lanes, lanes.gates
        self._items = gates.items
        self._names = {item: id_ for id_, item in gates.items.items()}
        self._fallen: set[int] = set()
        self._felled: dict[int, frozenset[str]] = {}
        self._sets: dict[frozenset[int], frozenset[str]] = {}
        self._open = {id_: self._read(id_, BEGINNING) for id_ in gates.chains}
        self._down_chains = {id_ for id_, one in self._open.items() if one.state == "down"}
        self._kept: dict[str, list[Interval]] = {id_: [] for id_ in gates.chains}

    def take(self, batch: _Batch) -> None:
        """Let states be so from a second on."""
        known = {id_: state for id_, state in batch.states.items() if id_ in self._items}
        touched = self._lanes.set(known)
        moved = self._note(known) | self._note_felled(batch.felled)
        if moved:
            cones = ((id_, self._lanes.cone(id_).items) for id_ in self._down_chains - touched)
            touched |= {id_ for id_, items in cones if not items.isdisjoint(moved)}
        for id_ in touched:
            self._reread(id_, batch.at)

    def close(self) -> dict[str, list[Interval]]:
        """End everything, and return it."""
        for id_, last in self._open.items():
            self._keep(id_, last._replace(end=self._wanted.end))
        return self._kept

    def _note(self, batch: Mapping[str, str]) -> set[int]:
        """Note what went down and what came back; return it."""
        moved = set()
        for id_, state in batch.items():
            item = self._items[id_]
            if (state == "down") != (item in self._fallen):
                moved.add(item)
        self._fallen ^= moved
        return moved

    def _note_felled(self, felled: Mapping[str, frozenset[str]]) -> set[int]:
        """Note what felled things; return those of them that are down."""
        items = {self._items[id_]: risks for id_, risks in felled.items() if id_ in self._items}
        self._felled |= items
        return items.keys() & self._fallen

    def _reread(self, id_: str, at: int) -> None:
        last, now = self._open[id_], self._read(id_, at)
        if last[2:] == now[2:]:
            return
        if at > last.start:
            self._keep(id_, last._replace(end=at))
        self._open[id_] = now
        (self._down_chains.add if now.state == "down" else self._down_chains.discard)(id_)

    def _read(self, id_: str, at: int) -> Interval:
        verdict = self._lanes.verdict(id_)
        read = Interval(at, at, verdict.state, verdict.flags, verdict.redundancy_lost)
        if verdict.state != "down":
            return read
        items = self._lanes.cone(id_).items & self._fallen
        return read._replace(down=self._down_in(items), felled=self._felled_in(items))

    def _down_in(self, items: frozenset[int]) -> frozenset[str]:
        if items not in self._sets:
            self._sets[items] = frozenset(self._names[item] for item in items)
        return self._sets[items]

    def _felled_in(self, items: frozenset[int]) -> frozenset[tuple[str, str]]:
        felled = items & self._felled.keys() if self._felled else ()
        pairs = ((item, risk) for item in felled for risk in self._felled[item])
        return frozenset((self._names[item], risk) for item, risk in pairs)

    def _keep(self, id_: str, interval: Interval) -> None:
        kept, wanted = self._kept[id_], self._wanted
        if interval.end <= wanted.start and not interval.is_bad:
            apart = interval.end - interval.start > wanted.gap
            if apart:
                kept.clear()
                return
        kept.append(interval)


def between(intervals: Sequence[Interval], start: int, end: int) -> Iterable[Interval]:
    """The parts of intervals that lie in a span."""
    for one in intervals:
        if one.end > start and one.start < end:
            yield one._replace(start=max(one.start, start), end=min(one.end, end))
