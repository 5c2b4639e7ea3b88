"""Component verdicts turned into which shared risks had felled a component, second by second.

A component that is down because of a shared risk that is named (a site power of which others live on, by
battery) was brought down by that risk: its seconds are those of whose the risk is. A verdict that names the
risk counts from the start that it tells of, but not from before the risk itself failed: the first failures
stood as faults of their own until there were enough of them to name their power. A verdict that names none
counts from when it was told: what stays down after its power came back is itself from then on, not before.

Source: CORE.md 3.3 (site power) and 4.5.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from events.span import seconds
from topology.accounts.history import state_at
from topology.accounts.spans import merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from events.contract import State, StateData
    from topology.accounts.history import Timeline
    from topology.accounts.spans import Span

__all__ = ["NO_RISK", "Felling", "fallen_with", "felled_by", "fellings"]

Felling = list[tuple[int, frozenset[str]]]
"""From which epoch second on, felled by which shared risks; sorted, two in a row differ. It says whose the
seconds are in which the component is down, and nothing of the others."""

NO_RISK: frozenset[str] = frozenset()

FELLED = ("down", "unreachable")
BROKEN = ("down", "degraded")
"""States of a shared risk that is named; degraded while members outlive it."""


def fellings(told: Iterable[State], risks: AbstractSet[str]) -> dict[str, Felling]:
    """Turn verdicts into what felled each component; those that nothing felled are not in it.

    Args:
        told: Verdicts of one fold, in the order in which it told them; those on chains are passed by.
        risks: Ids of the shared risks.
    """
    words = [one for one in told if one.data.of == "component"]
    named = {one.subject for one in words if not risks.isdisjoint(one.data.causes)}
    if not named:
        return {}
    found: dict[str, Felling] = {id_: [] for id_ in named}
    failed: dict[str, int] = {}
    words.sort(key=lambda one: one.time)
    for _, together in groupby(words, key=lambda one: one.time):
        listed = list(together)
        for one in listed:
            if one.subject in risks:
                failed.pop(one.subject, None)
                failed |= _failing(one)
        for one in listed:
            if one.subject in found:
                _take(found[one.subject], one, risks, failed)
    return {id_: felling for id_, felling in found.items() if felling}


def felled_by(felling: Felling, at: int) -> frozenset[str]:
    """Turn a moment into the shared risks that had felled a component that is down at it."""
    place = bisect_right(felling, at, key=lambda one: one[0])
    return felling[place - 1][1] if place else NO_RISK


def fallen_with(
    fellings: Mapping[str, Felling], timelines: Mapping[str, Timeline], end: int
) -> dict[str, list[Span]]:
    """Turn what felled components into the spans in which something was down because of each risk.

    Args:
        fellings: Component to the shared risks that felled it.
        timelines: Component, link or shared risk to its states, planned work laid over them.
        end: Where to stop.
    """
    found: dict[str, list[Span]] = {}
    for id_, felling in fellings.items():
        edges = sorted({at for at, _ in (*felling, *timelines[id_])} | {end})
        for start, stop in pairwise(one for one in edges if one <= end):
            if state_at(timelines[id_], start) == "down":
                for risk in felled_by(felling, start):
                    found.setdefault(risk, []).append((start, stop))
    return {risk: merged(spans) for risk, spans in found.items()}


def _failing(told: State) -> dict[str, int]:
    """From when on a shared risk failed, as one verdict on it says; nothing where it says that it works."""
    return {told.subject: seconds(told.data.since)} if told.data.state in BROKEN else {}


def _take(
    felling: Felling, told: State, risks: AbstractSet[str], failed: Mapping[str, int]
) -> None:
    """Let a verdict say who felled the component, from where on it says so."""
    data, at = told.data, seconds(told.time)
    by = _named(data, risks, felling[-1][1] if felling else NO_RISK)
    if data.state == "down":
        since = seconds(data.since)
        starts = {risk: min(at, max(since, failed.get(risk, at))) for risk in by}
    else:
        starts = dict.fromkeys(by, at)
    edges = sorted(set(starts.values())) or [at]
    while felling and felling[-1][0] >= edges[0]:
        felling.pop()
    for edge in edges:
        now = frozenset(risk for risk, start in starts.items() if start <= edge)
        if now != (felling[-1][1] if felling else NO_RISK):
            felling.append((edge, now))


def _named(data: StateData, risks: AbstractSet[str], before: frozenset[str]) -> frozenset[str]:
    """The shared risks that a verdict names; one that tells of planned work leaves it at what was said."""
    if data.state == "maint":
        return before if data.beneath in FELLED else NO_RISK
    return frozenset(risks & set(data.causes)) if data.state in FELLED else NO_RISK
