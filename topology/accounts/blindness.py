"""Unknown seconds of a chain turned into what made them unknown: which parts, whose, and why.

It is the split of down time asked of what is unknown: given everything that is known to fail, which failures
of unknown parts would stop the chain? The smallest groups of parties that suffice are the cause of a second.
A party is a supplier and a reason, so that a probe that went blind is told from a line that fell silent.

Source: CORE.md 4.4 (the cause of unknown time is reported beside it, so that blindness never pays unseen).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.attribution import NOBODY_KNOWN, least_coalitions
from topology.accounts.history import OPEN, state_at
from topology.lanes import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from events.contract import State
    from topology.accounts.history import Timeline
    from topology.accounts.intervals import Interval
    from topology.accounts.spans import Span
    from topology.kappa import Cone
    from topology.model import Catalogue

__all__ = ["Blind", "Party", "Sight", "unknown_seconds"]


class Party(NamedTuple):
    """Whose it is, and why nothing is known.

    Attributes:
        supplier: Who must repair the part, or `onbekend`.
        reason: `never-seen`; `silent`: its probe got no valid answer; `vantage-blind`: the vantage point saw
            nothing at all; `unreachable`: it is behind something that is down; `told`: somebody said so.
        probe: How the part is looked at; None = by no probe.
        vantage: The vantage point that was blind; None = another reason, or it is not in the catalogue.
    """

    supplier: str
    reason: str
    probe: str | None = None
    vantage: str | None = None


class Blind(NamedTuple):
    """What made a span unknown.

    Attributes:
        key: The minimal groups of parties whose unknown parts together could stop the chain.
        parts: Ids of the unknown parts of these parties in the cone, sorted.
    """

    key: tuple[frozenset[Party], ...]
    parts: tuple[str, ...]


class Sight:
    """What was not seen, and why, of everything in a catalogue.

    Args:
        catalogue: Whose parts, probes and vantage points.
        told: Verdicts, in the order of one fold.
        timelines: Component, link or shared risk to its states, planned work laid over them.
        before: What everything else is all the time.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        told: Iterable[State],
        timelines: Mapping[str, Timeline],
        before: Mapping[str, str],
    ) -> None:
        self._timelines, self._before = timelines, before
        nouns = (catalogue.components, catalogue.links, catalogue.shared_risks)
        self._nouns = {id_: one for some in nouns for id_, one in some.items()}
        self._vantage = {one.via: one.id for one in catalogue.vantage_points.values()}
        self._said: dict[str, list[tuple[int, Sequence[str]]]] = {}
        for one in sorted(told, key=lambda state: state.data.since):
            if one.data.of == "component" and (one.data.beneath or one.data.state) in OPEN:
                listed = self._said.setdefault(one.subject, [])
                listed.append((int(one.data.since.timestamp()), one.data.causes))

    def state(self, id_: str, at: int) -> str:
        """What something is at a second."""
        timeline = self._timelines.get(id_)
        return state_at(timeline, at) if timeline else self._before[id_]

    def changes(self, ids: Iterable[str], span: Span) -> list[int]:
        """The seconds inside a span at which any of these changes, sorted."""
        found: set[int] = set()
        for id_ in ids:
            timeline = self._timelines.get(id_, ())
            first = bisect_right(timeline, span[0], key=lambda one: one[0])
            last = bisect_left(timeline, span[1], key=lambda one: one[0])
            found.update(start for start, _ in timeline[first:last])
        return sorted(found)

    def worsened(self, id_: str, at: int) -> bool:
        """Whether something became worse in this very second."""
        return self._rank(id_, at) < self._rank(id_, at - 1)

    def _rank(self, id_: str, at: int) -> int:
        return STATES[self.state(id_, at)]

    def party(self, id_: str, at: int) -> Party:
        """Whose an unknown part is at a second, and why nothing is known of it."""
        noun = self._nouns[id_]
        probe = getattr(noun, "probe", None)
        way = probe.way if probe else None
        said = self._said.get(id_, [])
        index = bisect_right(said, at, key=lambda one: one[0]) - 1
        owner = noun.supplier or NOBODY_KNOWN
        if self.state(id_, at) == "unreachable":
            return Party(owner, "unreachable", way)
        if index < 0:
            return Party(owner, "never-seen", way)
        if causes := said[index][1]:
            blind = next((self._vantage[one] for one in causes if one in self._vantage), None)
            return Party(owner, "vantage-blind", way, blind)
        return Party(owner, "silent" if probe else "told", way)


def unknown_seconds(
    intervals: Iterable[Interval], cone: Cone, names: Mapping[int, str], sight: Sight
) -> Iterator[tuple[Span, Blind]]:
    """Turn the intervals of a chain into spans that were unknown, each with what made it so.

    Args:
        intervals: Of the chain, in order; other states are passed by.
        cone: Of the chain.
        names: Number of an item to its id.
        sight: What was not seen.
    """
    ids = sorted(names[item] for item in cone.items)
    items = {names[item]: item for item in cone.items}
    known: dict[tuple[object, ...], Blind] = {}
    for one in intervals:
        if one.state != "unknown":
            continue
        edges = [one.start, *sight.changes(ids, (one.start, one.end)), one.end]
        for start, end in pairwise(edges):
            states = {id_: sight.state(id_, start) for id_ in ids}
            failed = frozenset(id_ for id_ in ids if states[id_] in ("down", "maint"))
            parties = {id_: sight.party(id_, start) for id_ in ids if states[id_] in OPEN}
            asked = (failed, tuple(parties.items()))
            if asked not in known:
                known[asked] = _blind(cone, items, failed, parties)
            yield (start, end), known[asked]


def _blind(
    cone: Cone, items: Mapping[str, int], failed: Iterable[str], parties: Mapping[str, Party]
) -> Blind:
    unknown = {items[id_]: frozenset((party,)) for id_, party in parties.items()}
    key = tuple(least_coalitions(cone, unknown, frozenset(items[id_] for id_ in failed)))
    named = frozenset().union(*key)
    return Blind(
        tuple(sorted(key, key=lambda one: sorted(map(str, one)))),
        tuple(sorted(id_ for id_, party in parties.items() if party in named)),
    )
