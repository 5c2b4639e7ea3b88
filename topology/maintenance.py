"""Planned work turned into the windows in which a component that does not work counts as maintained.

Source: CORE.md 1.2 and 4.3; DESIGN.md 7.2 (`change`).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from events.contract import Change, ChangeData

__all__ = ["Windows", "Work", "agreed_window"]


def agreed_window(data: ChangeData) -> tuple[datetime, datetime] | None:
    """Turn a change into its agreed window, or None: not agreed, agreed after the start, or empty.

    The window ends when the work was reported ready, if that is earlier.
    """
    if data.agreed_at is None or data.agreed_at > data.start:
        return None
    end = data.end if data.completed_at is None else min(data.end, data.completed_at)
    return (data.start, end) if data.start < end else None


class Work(Struct, frozen=True):
    """The latest word on one change: its components and its agreed window, None when not agreed."""

    recorded: datetime
    event: str
    components: list[str]
    start: datetime | None = None
    end: datetime | None = None


class Windows:
    """The agreed windows by component.

    Args:
        work: Change id to its latest word; written here, frozen with the state.
    """

    def __init__(self, work: dict[str, Work]) -> None:
        self._work = work
        self._by_component: dict[str, set[str]] = {}
        for id_, one in work.items():
            self._index(id_, one)

    def take(self, event: Change) -> Iterable[str]:
        """Take the latest word on a change; return the components that it concerns, old and new."""
        before = self._work.get(event.subject)
        if before is not None and (before.recorded, before.event) >= (event.recorded, event.id):
            return ()
        data = event.data
        start, end = agreed_window(data) or (None, None)
        now = Work(event.recorded, event.id, sorted(set(data.components)), start, end)
        for component in before.components if before else ():
            self._by_component[component].discard(event.subject)
        self._work[event.subject] = now
        self._index(event.subject, now)
        return sorted({*(before.components if before else ()), *now.components})

    def components(self, change: str) -> list[str]:
        """The components of a change."""
        return self._work[change].components

    def next_edge(self, change: str, after: datetime) -> datetime | None:
        """When the window of a change next begins or ends, later than `after`."""
        work = self._work[change]
        edges = [edge for edge in (work.start, work.end) if edge is not None and edge > after]
        return min(edges, default=None)

    def active(self, component: str, now: datetime) -> tuple[datetime, str] | None:
        """Start and change of the window that a component lies in; the earliest when there are several."""
        found = []
        for id_ in self._by_component.get(component, ()):
            work = self._work[id_]
            if work.start is not None and work.end is not None and work.start <= now < work.end:
                found.append((work.start, id_))
        return min(found, default=None)

    def left(self, component: str, now: datetime) -> datetime | None:
        """When the last window of a component ended, if one has."""
        ends = [self._work[id_].end for id_ in self._by_component.get(component, ())]
        return max((end for end in ends if end is not None and end <= now), default=None)

    def _index(self, id_: str, work: Work) -> None:
        for component in work.components:
            self._by_component.setdefault(component, set()).add(id_)
