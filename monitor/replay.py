"""A set of events turned into the one sequence that is folded, and that into a picture. Pure.

Source: DESIGN.md 4 (order) and 7.2 (corrections).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from events.contract import AnyEvent, Correction, CorrectionData, Notification, Observation
from events.span import text
from monitor.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from topology.compiled import Compiled

__all__ = ["effective", "replay"]

E = TypeVar("E", bound=AnyEvent)


def effective(events: Iterable[AnyEvent]) -> list[AnyEvent]:
    """Apply the corrections of a set of events, and put the rest in the order of folding.

    Of several corrections of one event the last recorded one that was not withdrawn counts. A null keeps
    the superseded value, two nulls withdraw the event. A repeat of an event has no effect.
    """
    once: dict[str, AnyEvent] = {}
    for event in sorted(events, key=lambda one: one.order):
        once.setdefault(event.id, event)
    corrections: dict[str, list[Correction]] = {}
    for event in once.values():
        if isinstance(event, Correction):
            corrections.setdefault(event.data.supersedes, []).append(event)
    kept = []
    for event in once.values():
        if not isinstance(event, Correction):
            now = _corrected(event, corrections, frozenset())
            kept.extend([now] if now is not None else [])
    return sorted(kept, key=lambda one: one.order)


def _corrected(
    event: E, corrections: Mapping[str, list[Correction]], above: frozenset[str]
) -> E | None:
    """The event after the last correction of it that stands; None when that one withdraws it."""
    its = corrections.get(event.id, [])
    for one in sorted(its, key=lambda c: (c.recorded, c.id), reverse=True):
        if one.id in above:
            continue  # corrections that supersede each other in a circle: each is taken as it is
        standing = _corrected(one, corrections, above | {event.id})
        if standing is not None:
            return _apply(event, standing.data)
    return event


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


def replay(
    compiled: Compiled, events: Iterable[AnyEvent], until: datetime | None = None
) -> dict[str, object]:
    """Fold a set of events and return the picture at the end.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections.
        until: Events later than this are left out; time stops there or at the last event before it.
    """
    fold = Fold(compiled)
    notices: list[Notification] = []
    last = None
    for event in effective(events):
        if until is not None and event.time > until:
            break
        notices.extend(one for one in fold.step(event) if isinstance(one, Notification))
        last = event.time
    if last is not None:
        notices.extend(one for one in fold.advance(last) if isinstance(one, Notification))
    return {
        **fold.verdict(),
        "notifications": [_notice(one) for one in notices],
        "watermark": None if last is None else text(last),
    }


def _notice(notice: Notification) -> dict[str, object]:
    data = notice.data
    return {
        "id": notice.id,
        "time": text(notice.time),
        "incident": data.incident,
        "action": data.action,
        "decision": data.decision,
        "reason": data.reason,
        "title": data.title,
    }
