"""Incidents turned into what deserves to be looked into for good.

Source: CORE.md 6 (problem candidate).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from alerting.incident import IncidentRecord
    from topology.model import Catalogue

__all__ = ["problems"]

RECURRENCES = 3
WINDOW = timedelta(days=30)
SITES = 3
GRAVE = ("P1", "P2")


def problems(catalogue: Catalogue, incidents: Iterable[IncidentRecord]) -> list[dict[str, str]]:
    """List the causes that came back, were grave, or share a model over several sites.

    Returns:
        Cause (or model) and reason: `recurrence`, `priority` or `model`; sorted.
    """
    found: set[tuple[str, str]] = set()
    by_cause: dict[str, list[IncidentRecord]] = {}
    sites: dict[tuple[str, str], set[str]] = {}
    for one in incidents:
        by_cause.setdefault(one.cause, []).append(one)
        if one.priority in GRAVE:
            found.add((one.cause, "priority"))
        component = catalogue.components.get(one.cause)
        if component is not None and component.model and component.site:
            sites.setdefault((component.model, one.fault), set()).add(component.site)
    for cause, its in by_cause.items():
        opened = sorted(one.opened for one in its)
        pairs = zip(opened, opened[RECURRENCES - 1 :], strict=False)
        if any(last - first <= WINDOW for first, last in pairs):
            found.add((cause, "recurrence"))
    found |= {(model, "model") for (model, _), where in sites.items() if len(where) >= SITES}
    return [{"cause": cause, "reason": reason} for cause, reason in sorted(found)]
