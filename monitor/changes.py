"""What is known of the parts and what is planned turned into the change calendar: `keten changes`. Pure.

Source: CORE.md 7; DESIGN.md 7.3 (`changes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.span import moment, text
from topology.impact.changes import ChangeCalendar
from topology.impact.intervals import elementary
from topology.impact.observed import fallen_during, reviewed
from topology.impact.overview import declared_by, told_change, told_row, told_warning
from topology.impact.warnings import Warnings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.chronicle import Chronicle
    from topology.compiled import Compiled
    from topology.impact.freezes import Freeze
    from topology.impact.observed import Review
    from topology.impact.work import PlannedWork

__all__ = ["Span", "change_calendar"]

Span = tuple[int | None, int | None]
"""From and to in epoch seconds, half-open; None = no bound."""


def change_calendar(
    compiled: Compiled,
    chronicle: Chronicle,
    span: Span = (None, None),
    freezes: Sequence[Freeze] = (),
    more_users_than: int = 0,
) -> dict[str, object]:
    """Turn planned work into who falls in each interval, the conflicts, the warnings and the reviews.

    Args:
        compiled: The catalogue.
        chronicle: The states, outages and work.
        span: What to show.
        freezes: Periods without changes.
        more_users_than: Used-up redundancy is told when more users than this hang on it.
    """
    calendar = ChangeCalendar(compiled.catalogue, compiled.gates)
    warnings = Warnings(calendar, freezes, more_users_than)
    work = [one for one in chronicle.work if _is_within(one, span)]
    rows = calendar.rows(elementary(work, *span), chronicle.outages)
    warned = [one for each in work for one in warnings.of_change(each)]
    warned += [one for row in rows for one in warnings.of_row(row)]
    return {
        "intervals": [told_row(calendar, row) for row in rows],
        "complete": all(row.listed_to is None for row in rows),
        "changes": [told_change(calendar, one, _review(calendar, chronicle, one)) for one in work],
        "warnings": [told_warning(one) for one in warned],
        "watermark": None if chronicle.last is None else text(moment(chronicle.last)),
    }


def _is_within(work: PlannedWork, span: Span) -> bool:
    """Whether work is active in the span; what never is would else be seen nowhere, and is shown."""
    since, until = span
    if work.start >= work.end:
        return True
    return (since is None or since < work.end) and (until is None or work.start < until)


def _review(calendar: ChangeCalendar, chronicle: Chronicle, work: PlannedWork) -> Review | None:
    """What fell in a window that is over; None while it is not."""
    if chronicle.last is None or not work.start < work.end <= chronicle.last:
        return None
    steps = chronicle.steps(work.start, work.end)
    fallen = fallen_during(calendar.all_up, chronicle.bare(work.start), steps)
    before = fallen_during(calendar.all_up, chronicle.bare(work.start - 1), ())
    return reviewed(declared_by(calendar, work), before, fallen)
