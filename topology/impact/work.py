"""Change events turned into the work that is planned: the latest word on each change.

Source: DESIGN.md 7.2 (`change`); CORE.md 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.span import seconds
from topology.maintenance import agreed_window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from events.contract import Change

__all__ = ["PlannedWork", "active_at", "planned_work"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWork:
    """A change as it is planned now, agreed or not. Moments are epoch seconds UTC.

    Args:
        start: Begin of the window.
        end: Its end, or when the work was reported ready if that was earlier; never active when not after
            `start`.
        agreed: In time, so that its window is agreed maintenance.
        declared: Chains that it says may suffer; None = it leaves that to the what-if.
    """

    id: str
    components: frozenset[str]
    start: int
    end: int
    agreed: bool
    declared: frozenset[str] | None = None


def planned_work(changes: Iterable[Change]) -> list[PlannedWork]:
    """Turn change events, in any order, into the work of each change, by start and id.

    The latest event of a change (greatest `recordedtime`, then id) replaces the earlier ones.
    """
    latest: dict[str, Change] = {}
    for event in changes:
        before = latest.get(event.subject)
        if before is None or (before.recorded, before.id) < (event.recorded, event.id):
            latest[event.subject] = event
    return sorted(map(_work, latest.values()), key=lambda one: (one.start, one.id))


def _work(event: Change) -> PlannedWork:
    data = event.data
    end = data.end if data.completed_at is None else min(data.end, data.completed_at)
    return PlannedWork(
        id=event.subject,
        components=frozenset(data.components),
        start=seconds(data.start),
        end=seconds(end),
        agreed=agreed_window(data) is not None,
        declared=None if data.declared_impact is None else frozenset(data.declared_impact),
    )


def active_at(work: Iterable[PlannedWork], at: int) -> list[PlannedWork]:
    """Choose the work whose window holds a moment, in the order given."""
    return [one for one in work if one.start <= at < one.end]
