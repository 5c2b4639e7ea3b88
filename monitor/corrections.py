"""Events and their corrections turned into the events as they stand, in the one order of folding. Pure.

A correction supersedes one event or one earlier correction, so the corrections of an event are a tree with
the event at its root. Corrections that supersede each other in a circle hang on no event and have no effect.

Source: DESIGN.md 4 (order) and 7.2 (corrections); CORE.md 4.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec.structs import replace

from events.contract import AnyEvent, Correction, CorrectionData, Observation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

__all__ = ["Corrections", "effective"]

E = TypeVar("E", bound=AnyEvent)


class Corrections:
    """Corrections by what they supersede.

    Args:
        events: Of which the corrections are taken; repeats have been left out.
    """

    def __init__(self, events: Iterable[AnyEvent] = ()) -> None:
        self._by_id: dict[str, Correction] = {}
        self._of: dict[str, list[Correction]] = {}
        for event in events:
            if isinstance(event, Correction):
                self.add(event)

    def __iter__(self) -> Iterator[Correction]:
        return iter(self._by_id.values())

    def __contains__(self, id_: object) -> bool:
        """Whether something supersedes the event of this id."""
        return id_ in self._of

    def add(self, correction: Correction) -> None:
        """Take one in; one that was taken before has no effect."""
        if correction.id not in self._by_id:
            self._by_id[correction.id] = correction
            self._of.setdefault(correction.data.supersedes, []).append(correction)

    def drop(self, correction: Correction) -> None:
        """Forget one that was taken in."""
        del self._by_id[correction.id]
        left = self._of[correction.data.supersedes]
        left.remove(correction)
        if not left:
            del self._of[correction.data.supersedes]

    def root(self, id_: str) -> str | None:
        """Follow what supersedes what to the id of the event at the end; None in a circle."""
        passed: set[str] = set()
        while (correction := self._by_id.get(id_)) is not None:
            if id_ in passed:
                return None
            passed.add(id_)
            id_ = correction.data.supersedes
        return id_

    def tree(self, event: AnyEvent) -> list[AnyEvent]:
        """The event and all that supersede it, each after what it supersedes."""
        found: list[AnyEvent] = [event]
        for one in found:  # grows while it is walked
            found.extend(self._of.get(one.id, ()))
        return found

    def standing(self, event: E) -> E | None:
        """Turn an event into what its corrections make of it; None when it is withdrawn.

        Of several corrections of one event the last recorded one that was not withdrawn counts.
        """
        now: dict[str, AnyEvent | None] = {}
        for one in reversed(self.tree(event)):
            now[one.id] = self._superseded(one, now)
        return now[event.id]  # type: ignore[return-value]  # of the kind that it had

    def reach(self, event: AnyEvent) -> datetime:
        """The earliest moment that any of its corrections, standing or not, gives or could give the event."""
        tree = self.tree(event)
        moved = [c.data.at for c in tree if isinstance(c, Correction) and c.data.at is not None]
        return min([event.time, *moved])

    def _superseded(self, event: E, now: dict[str, AnyEvent | None]) -> E | None:
        """The event after the last of its corrections that stands."""
        its = self._of.get(event.id, ())
        for one in sorted(its, key=lambda c: (c.recorded, c.id), reverse=True):
            last = now[one.id]
            if isinstance(last, Correction):
                return _apply(event, last.data)
        return event


def effective(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """Apply the corrections of a set of events, and put the rest in the order of folding.

    A null keeps the superseded value, two nulls withdraw the event. A repeat of an event has no effect.
    """
    once = _once(events)
    corrections = Corrections(once)
    kept = []
    for event in once:
        if isinstance(event, Correction):
            continue
        now = corrections.standing(event) if event.id in corrections else event
        kept.extend([now] if now is not None else [])
    return sorted(kept, key=lambda one: one.order)


def _once(events: Iterable[AnyEvent]) -> Iterable[AnyEvent]:
    """Leave repeats out. Of different events with the same id the first in the one order counts."""
    once: dict[str, AnyEvent] = {}
    for event in events:
        other = once.setdefault(event.id, event)
        if other is not event and other != event and _rank(event) < _rank(other):
            once[event.id] = event
    return once.values()


def _rank(event: AnyEvent) -> tuple[object, ...]:
    return (*event.order, msgspec.json.encode(event))


def _apply(event: E, data: CorrectionData) -> E | None:
    if data.status is None and data.at is None:
        return None
    if isinstance(event, Correction):
        merged = replace(
            event.data,
            status=data.status if data.status is not None else event.data.status,
            at=data.at if data.at is not None else event.data.at,
        )
        return replace(event, data=merged)
    if isinstance(event, Observation) and data.status is not None:
        event = replace(event, data=replace(event.data, status=data.status))
    return event if data.at is None else replace(event, time=data.at)
