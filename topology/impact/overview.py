"""The change calendar as plain values: the result of `keten changes`.

Source: CORE.md 7; DESIGN.md 7.3 (`changes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.span import moment, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.impact.changes import ChangeCalendar, Row
    from topology.impact.observed import Review
    from topology.impact.warnings import Warned
    from topology.impact.work import PlannedWork

__all__ = ["declared_by", "told_change", "told_row", "told_warning"]


def declared_by(calendar: ChangeCalendar, work: PlannedWork) -> frozenset[str]:
    """The chains that a change may take down: what it says, or else the what-if of its parts."""
    return calendar.planned.chains(work.components) if work.declared is None else work.declared


def told_row(calendar: ChangeCalendar, row: Row) -> dict[str, object]:
    """Turn a row into plain values."""
    start, end, active = row.interval
    return {
        "from": _at(start),
        "to": _at(end),
        "changes": [one.id for one in active],
        "outages": sorted(row.outages),
        **_hit(calendar, row.fallen),
        "planned": _hit(calendar, row.planned),
        "conflicts": [
            {
                "changes": list(one.changes),
                "outages": list(one.outages),
                "group": one.group,
                "chains": list(one.chains),
            }
            for one in row.conflicts
        ],
        "complete": row.listed_to is None,
        "exhausted_to": row.listed_to,
        "conflicts_counted": row.counted,
    }


def told_change(
    calendar: ChangeCalendar, work: PlannedWork, review: Review | None
) -> dict[str, object]:
    """Turn a change into plain values: its own impact, and what really fell if that is known."""
    exposure = calendar.exposure
    failed = exposure.items(work.components)
    return {
        "id": work.id,
        "from": _at(work.start),
        "to": _at(work.end),
        "agreed": work.agreed,
        "components": sorted(work.components),
        "declared_impact": sorted(declared_by(calendar, work)),
        "declared_by": "what-if" if work.declared is None else "change",
        **_hit(calendar, calendar.planned.chains(work.components)),
        "redundancy_left": exposure.kappas(exposure.touched(failed), failed),
        "observed": None if review is None else _reviewed(review),
    }


def told_warning(warned: Warned) -> dict[str, object]:
    """Turn a warning into plain values."""
    return {
        "code": warned.code,
        "changes": list(warned.changes),
        "from": None if warned.start is None else _at(warned.start),
        "to": None if warned.end is None else _at(warned.end),
        "chains": list(warned.chains),
        "users": warned.users,
        "message": warned.message,
    }


def _reviewed(review: Review) -> dict[str, object]:
    return {
        "chains_down": list(review.fallen),
        "already_down": list(review.already),
        "undeclared": list(review.undeclared),
        "spared": list(review.spared),
    }


def _hit(calendar: ChangeCalendar, chains: Iterable[str]) -> dict[str, object]:
    fallen = sorted(chains)
    groups, users = calendar.groups(fallen)
    return {"groups_down": groups, "chains_down": fallen, "users": users}


def _at(seconds: int) -> str:
    return text(moment(seconds))
