"""Component verdicts turned into what each component was, second by second, planned work left out of it.

A verdict may tell of a start before its own time: a failure is dated at the first failed observation. It then
fills the time that was open (`unknown`, `unreachable`); what had been concluded stays, because a later word
about now is no evidence about then. To change what was concluded there are corrections.

Source: CORE.md 0, 1.2, 3.3 and 4.2.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from events.span import seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from events.contract import State
    from topology.model import Catalogue

__all__ = ["BEGINNING", "OPEN", "Timeline", "state_at", "timelines", "unseen"]

Timeline = list[tuple[int, str]]
"""From which epoch second on, which state; sorted, two in a row differ, the first from `BEGINNING`."""

BEGINNING = -(1 << 62)
"""Before everything."""

OPEN = ("unknown", "unreachable")
"""States of which a later verdict may tell what they were."""


def unseen(catalogue: Catalogue) -> dict[str, str]:
    """Turn a catalogue into what everything is before its first verdict (DESIGN.md 7.1)."""
    probes = {one.id: one.probe for one in catalogue.components.values()}
    probes |= {one.id: one.probe for one in catalogue.shared_risks.values()}
    before = {id_: "unknown" if probe else "up" for id_, probe in probes.items()}
    return before | dict.fromkeys(catalogue.links, "up")


def timelines(told: Iterable[State], before: Mapping[str, str]) -> dict[str, Timeline]:
    """Turn verdicts into the timeline of every component that they are about.

    Args:
        told: Verdicts of one fold, in the order in which it told them; those on chains are passed by.
        before: What a component is before its first verdict; what is not in it is not of this catalogue.
    """
    found: dict[str, Timeline] = {}
    for event in sorted(told, key=lambda one: one.time):
        data = event.data
        if data.of != "component" or event.subject not in before:
            continue
        state, since = data.state, data.since
        if state == "maint":
            state, since = data.beneath or "unknown", data.beneath_since or since
        timeline = found.setdefault(event.subject, [(BEGINNING, before[event.subject])])
        _tell(timeline, state, seconds(event.time), seconds(since))
    return found


def _tell(timeline: Timeline, state: str, at: int, since: int) -> None:
    """Let a timeline be so from `at` on, and from `since` on as far as that was open."""
    start = at
    while start > since and timeline:
        index = len(timeline) - 1
        while timeline[index][0] >= start:
            index -= 1
        began, was = timeline[index]
        if was != state and was not in OPEN:
            break
        start = max(began, since)
    while timeline and timeline[-1][0] >= start:
        timeline.pop()
    if not timeline or timeline[-1][1] != state:
        timeline.append((start, state))


def state_at(timeline: Timeline, at: int) -> str:
    """Turn a moment into the state at it: that of the last change at or before it."""
    return timeline[bisect_right(timeline, at, key=lambda one: one[0]) - 1][1]
