"""Changes turned into agreed work: when a component counts as maintained, and what a chain is excused.

Only the last word on a change counts, and its agreed window: not agreed, or agreed after the start, excuses
nothing; the window ends when the work was reported ready. Inside it a component that does not work is
`maint`; a chain is excused the whole window when the declared impact names it, and nothing when it does not.

Source: CORE.md 1.2 and 4.3; DESIGN.md 7.2 (`change`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.span import seconds
from topology.accounts.history import BEGINNING, state_at
from topology.accounts.spans import covers, merged
from topology.maintenance import agreed_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from events.contract import Change
    from topology.accounts.history import Timeline
    from topology.accounts.spans import Span

__all__ = ["AgreedWork", "agreed_work", "laid_over", "last_words", "maintained", "windows_by"]

WORKING = ("up", "degraded")


@dataclass(frozen=True, slots=True)
class AgreedWork:
    """Work with an agreed window.

    Args:
        id: Of the change.
        event: Id of the event with its last word.
        span: The window, in epoch seconds.
        components: What is worked on.
        chains: The declared impact: the chains that are excused.
        declared: Whether somebody declared it; else it is the what-if of the components.
    """

    id: str
    event: str
    span: Span
    components: frozenset[str]
    chains: frozenset[str]
    declared: bool


def last_words(changes: Iterable[Change]) -> list[Change]:
    """Turn changes into the last recorded word on each, in the order of their ids."""
    last: dict[str, Change] = {}
    for change in changes:
        known = last.get(change.subject)
        if known is None or (known.recorded, known.id) < (change.recorded, change.id):
            last[change.subject] = change
    return [last[id_] for id_ in sorted(last)]


def agreed_work(
    changes: Iterable[Change], impact: Callable[[frozenset[str]], frozenset[str]]
) -> list[AgreedWork]:
    """Turn changes into the work that was agreed.

    Args:
        changes: Every word on every change, in any order.
        impact: Turns components into the chains that do not work without them, all else being up.
    """
    work = []
    for change in last_words(changes):
        data = change.data
        window = agreed_window(data)
        span = (seconds(window[0]), seconds(window[1])) if window else (0, 0)
        if span[0] == span[1]:
            continue
        components = frozenset(data.components)
        said = data.declared_impact
        chains = impact(components) if said is None else frozenset(said)
        work.append(
            AgreedWork(change.subject, change.id, span, components, chains, said is not None)
        )
    return work


def windows_by(
    work: Iterable[AgreedWork], names: Callable[[AgreedWork], Iterable[str]]
) -> dict[str, list[Span]]:
    """Turn work into the merged windows of each thing it names: its components, or its chains."""
    found: dict[str, list[Span]] = {}
    for one in work:
        for id_ in names(one):
            found.setdefault(id_, []).append(one.span)
    return {id_: merged(spans) for id_, spans in found.items()}


def maintained(timeline: Timeline, windows: Sequence[Span]) -> Timeline:
    """Lay planned work over a timeline: what does not work inside a window is `maint` there."""
    edges = {edge for window in windows for edge in window}
    starts = sorted(edges | {start for start, _ in timeline})
    laid: Timeline = []
    for start in starts:
        state = state_at(timeline, start)
        if state not in WORKING and covers(windows, start):
            state = "maint"
        if not laid or laid[-1][1] != state:
            laid.append((start, state))
    return laid


def laid_over(
    raw: Mapping[str, Timeline], before: Mapping[str, str], windows: Mapping[str, Sequence[Span]]
) -> dict[str, Timeline]:
    """Lay planned work over all timelines, those of components without a verdict too."""
    found = dict(raw)
    for id_, spans in windows.items():
        if id_ in before:
            timeline = raw.get(id_) or [(BEGINNING, before[id_])]
            found[id_] = maintained(timeline, spans)
    return found
