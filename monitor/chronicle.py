"""Event lines folded once, and then asked what was so at any moment. Pure.

Up to the last event: what the fold made of it, planned work left out. Later: what was so then goes on.

Source: CORE.md 0 (state at t = last event with time <= t) and 7 (present outages).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.contract import Change, State
from events.span import seconds
from monitor.corrections import effective
from monitor.fold import Fold
from topology.accounts.history import state_at, timelines, unseen
from topology.impact.work import active_at, planned_work

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from events.contract import AnyEvent
    from topology.accounts.history import Timeline
    from topology.compiled import Compiled

__all__ = ["Chronicle"]

_WORKING = ("up", "degraded")


class Chronicle:
    """What is known of every part, from a set of events.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections.

    Attributes:
        work: What is planned, agreed or not.
        last: Time of the last event in epoch seconds; None without events.
    """

    def __init__(self, compiled: Compiled, events: Iterable[AnyEvent]) -> None:
        every = effective(events)
        fold = Fold(compiled)
        told = [one for event in every for one in fold.step(event)]
        if every:
            told += fold.advance(every[-1].time)
        self.work = planned_work(one for one in every if isinstance(one, Change))
        self.last = seconds(every[-1].time) if every else None
        self._before = unseen(compiled.catalogue)
        verdicts = (one for one in told if isinstance(one, State))
        self._timelines: Mapping[str, Timeline] = timelines(verdicts, self._before)

    def bare(self, at: int) -> dict[str, str]:
        """Turn a moment into the state of every part, planned work left out."""
        return self._before | {id_: state_at(line, at) for id_, line in self._timelines.items()}

    def states(self, at: int) -> dict[str, str]:
        """Turn a moment into the state of every part, agreed work laid over it.

        After the last event the parts of agreed work are taken to be away: nobody can have seen them yet.
        """
        to_come = self.last is None or at > self.last
        agreed = self._agreed_parts(at)
        return {
            id_: "maint" if id_ in agreed and (to_come or state not in _WORKING) else state
            for id_, state in self.bare(at).items()
        }

    def outages(self, start: int, end: int) -> frozenset[str]:
        """Turn a span into the parts that are out for it: down and not in agreed work.

        Of a span that is past: at its begin. Of one that runs or is still to come: at the last event, so
        that an outage is seen from the moment it is known.
        """
        seen = start if self.last is None or end <= self.last else self.last
        down = {id_ for id_, line in self._timelines.items() if state_at(line, seen) == "down"}
        return frozenset(down - self._agreed_parts(seen))

    def steps(self, after: int, until: int) -> Iterator[dict[str, str]]:
        """What changed later than `after` and before `until`, a batch a moment, in order of time."""
        batches: dict[int, dict[str, str]] = {}
        for id_, line in self._timelines.items():
            for at, state in line:
                if after < at < until:
                    batches.setdefault(at, {})[id_] = state
        return (batches[at] for at in sorted(batches))

    def _agreed_parts(self, at: int) -> frozenset[str]:
        agreed = [one.components for one in active_at(self.work, at) if one.agreed]
        return frozenset().union(*agreed)
