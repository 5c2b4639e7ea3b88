"""Events turned into the facts that a report counts: what was known at a moment, corrections applied. Pure.

Source: DESIGN.md 4, 5 and 7.3 (`report`); CORE.md 4.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from events.contract import Change, Incident, State
from events.span import moment
from monitor.corrections import effective
from monitor.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from events.contract import AnyEvent
    from topology.compiled import Compiled

__all__ = ["Facts", "facts_of", "known_at"]


@dataclass(slots=True)
class Facts:
    """What is known about a time.

    Attributes:
        states: Verdicts on components, in the order in which one fold told them.
        changes: Every word on every change.
        incidents: Every word on every incident, the last of each at the end.
    """

    states: list[State] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)


def known_at(events: Iterable[AnyEvent], as_of: datetime | None) -> list[AnyEvent]:
    """Turn events into those that were recorded at or before a moment; None = all."""
    return [one for one in events if as_of is None or one.recorded <= as_of]


def facts_of(
    compiled: Compiled, events: Iterable[AnyEvent], end: int, as_of: datetime | None = None
) -> Facts:
    """Fold events into facts.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections and changes.
        end: End of the period, epoch seconds; time goes on until every failure in it has its verdict.
        as_of: Only what was recorded by then counts, and time stops there; None = all there is.
    """
    fold, facts = Fold(compiled), Facts()
    last = datetime.min.replace(tzinfo=UTC)
    for event in effective(known_at(events, as_of)):
        if isinstance(event, Change):
            facts.changes.append(event)
        _take(facts, fold.step(event))
        last = event.time
    stop = as_of if as_of is not None else moment(end) + _longest_wait(compiled)
    _take(facts, fold.advance(max(last, stop)))
    return facts


def _take(facts: Facts, told: Iterable[AnyEvent]) -> None:
    for event in told:
        if isinstance(event, State) and event.data.of == "component":
            facts.states.append(event)
        elif isinstance(event, Incident):
            facts.incidents.append(event)


def _longest_wait(compiled: Compiled) -> timedelta:
    """How long a verdict on a failure can take (CORE.md 3.3)."""
    catalogue = compiled.catalogue
    probes = [one.probe for one in catalogue.components.values()]
    probes += [one.probe for one in catalogue.shared_risks.values()]
    waits = [probe.verdict_s for probe in probes if probe]
    return timedelta(seconds=float(max(waits, default=0)))
