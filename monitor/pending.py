"""Events that arrived turned into what can still be folded in its place, and what is late for that. Pure.

Pending is what is not settled yet. A correction is pending as long as the event that it ends at; one whose
event has not arrived waits for it. Of what is settled the id is remembered, with how far back a correction of
it would reach. When ids have been forgotten, a correction of something unknown may belong to one of them: it
is late, and whoever has the log looks it up.

Source: DESIGN.md 4 (order of arrival must not matter) and 7.2 (corrections may be superseded).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from events.contract import AnyEvent, Correction
from monitor.corrections import Corrections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["REMEMBERED", "WAITING", "Pending"]

REMEMBERED = 50_000
"""Settled events whose ids are kept, so that a repeat is not taken for a late event (and folded in vain)."""

WAITING = 1_000
"""Corrections that may wait for what they correct; the next one is late, and looked up in the log."""

Order = tuple[datetime, datetime, str]


class Pending:
    """What arrived and is not settled, and what is remembered of the settled.

    Args:
        remembered: Settled events whose ids are kept.

    Attributes:
        last: Place of the last settled event in the one order; None = nothing is settled.
        now: How far the settled fold has come.
        reach: Id of a settled event or correction to the earliest moment that a correction of it changes.
        forgot: Whether ids of settled events were forgotten.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self.last: Order | None = None
        self.now = datetime.min.replace(tzinfo=UTC)
        self.reach: dict[str, datetime] = {}
        self.forgot = False
        self._remembered = remembered
        self._events: dict[str, AnyEvent] = {}
        self._corrections = Corrections()

    def __len__(self) -> int:
        return len(self._events)

    def __contains__(self, id_: object) -> bool:
        """Whether an event arrived before, as far as is remembered."""
        return id_ in self._events or id_ in self.reach

    @property
    def events(self) -> list[AnyEvent]:
        """Everything pending, corrections included, in the one order."""
        return sorted(self._events.values(), key=lambda one: one.order)

    @property
    def waiting(self) -> int:
        """Corrections that wait for what they correct; never more than `WAITING`."""
        return sum(self._is_unknown(self._corrections.root(one.id)) for one in self._corrections)

    def take(self, event: AnyEvent) -> None:
        """Keep an event that is not late."""
        self._events[event.id] = event
        if isinstance(event, Correction):
            self._corrections.add(event)

    def is_late(self, event: AnyEvent) -> bool:
        """Whether it changes what is settled, by itself or by a correction that waited for it."""
        if isinstance(event, Correction):
            self._corrections.add(event)
            late = self._reaches_back(event)
            self._corrections.drop(event)
            return late
        if self._is_past(event) or event.id not in self._corrections:
            return self._is_past(event)
        now = self._corrections.standing(event)
        return now is not None and self._is_past(now)

    def is_corrected(self, event: AnyEvent) -> bool:
        """Whether it is a correction, or has one."""
        return isinstance(event, Correction) or event.id in self._corrections

    def is_ready(self, horizon: datetime) -> bool:
        """Whether anything is due to be settled; corrections go with what they correct."""
        return any(
            event.time <= horizon and not isinstance(event, Correction)
            for event in self._events.values()
        )

    def settle(self, standing: Iterable[AnyEvent], horizon: datetime) -> None:
        """Let go of what is settled up to a moment.

        Args:
            standing: What stands of the pending events, as their corrections have it.
            horizon: Everything of it up to and including this moment has been folded.
        """
        done = self._done({event.id: event for event in standing}, horizon)
        for id_ in done:
            event = self._events.pop(id_)
            if isinstance(event, Correction):
                self._corrections.drop(event)
        self.reach.update(done)
        while len(self.reach) > self._remembered:
            self.forgot = True
            del self.reach[next(iter(self.reach))]

    def strangers(self, late: Iterable[AnyEvent]) -> dict[str, str]:
        """Late corrections of what is not known here: its id by theirs. It is to be looked up in the log."""
        events = list(late)
        corrections = Corrections([*self._corrections, *events])
        known = {event.id for event in events}
        roots = {c.id: corrections.root(c.id) for c in events if isinstance(c, Correction)}
        return {
            id_: root
            for id_, root in roots.items()
            if root is not None and root not in known and self._is_unknown(root)
        }

    def since(self, late: Iterable[AnyEvent], found: Mapping[str, datetime]) -> datetime:
        """From when everything must be folded again for late events; corrections reach further back.

        Args:
            late: At least one.
            found: Of each stranger, the earliest moment that a correction of it changes.
        """
        events = list(late)
        corrections = Corrections([*self._corrections, *events])
        known = {**self._events, **{event.id: event for event in events}}
        moments = []
        for event in events:
            root = corrections.root(event.id)
            if root in known:
                moments.append(corrections.reach(known[root]))
            elif root is not None:
                moments.append(self.reach.get(root) or found.get(root, event.time))
            if isinstance(event, Correction) and event.data.at is not None:
                moments.append(event.data.at)
        return min(moments, default=events[0].time)

    def _is_unknown(self, root: str | None) -> bool:
        """Whether an event that corrections end at is neither here nor remembered; a circle ends at none."""
        return root is not None and root not in self

    def _reaches_back(self, correction: Correction) -> bool:
        root = self._corrections.root(correction.id)
        if root is None:
            return False
        if self._is_unknown(root):
            return self.forgot or self.waiting > WAITING
        if root in self.reach:
            return True
        now = self._corrections.standing(self._events[root])
        return now is not None and self._is_past(now)

    def _is_past(self, event: AnyEvent) -> bool:
        return self.last is not None and (event.order < self.last or event.time < self.now)

    def _done(self, standing: Mapping[str, AnyEvent], horizon: datetime) -> dict[str, datetime]:
        """What is settled now, each with from when a correction of it would matter."""
        done: dict[str, datetime] = {}
        for event in self._events.values():
            now = standing.get(event.id, event)  # of one that is withdrawn, its own time counts
            if isinstance(event, Correction):
                if event.time <= horizon and self._corrections.root(event.id) is None:
                    done[event.id] = event.time
            elif now.time <= horizon:
                reach = self._corrections.reach(event)
                done.update((one.id, reach) for one in self._corrections.tree(event))
        return done
