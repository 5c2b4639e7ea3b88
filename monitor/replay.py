"""A set of events turned into the one sequence that is folded, and that into a picture. Pure.

Source: DESIGN.md 4 (order) and 7.2 (corrections).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.contract import AnyEvent, Notification
from events.span import text
from monitor.corrections import effective
from monitor.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from topology.compiled import Compiled

__all__ = ["effective", "replay"]


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
