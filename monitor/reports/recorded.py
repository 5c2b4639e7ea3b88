"""Event lines turned into what the ledger would hold had it been there when they were recorded. Pure.

What was recorded later than the rest, a correction or a late observation, is taken in its own turn: the
verdicts of the fold without it are taken back from where they differ, and told anew as recorded then.

Source: CORE.md 4.2; DESIGN.md 7.2.
"""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec.structs import replace

from events import ids
from events.contract import (
    Acknowledgement,
    CatalogueLoaded,
    Change,
    Correction,
    Incident,
    State,
)
from monitor.corrections import effective
from monitor.fold import Fold
from monitor.rewriting import rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from events.contract import AnyEvent
    from topology.compiled import Compiled

__all__ = ["recorded"]

DECIDED = (Change, Correction, Acknowledgement, CatalogueLoaded)
"""What people decided, and which catalogue: facts as they are."""

MOST_FOLDED = 2_000_000
LEAST_TURNS = 8
"""Lines folded in all: a minute or two."""


def recorded(
    compiled: Compiled, events: Iterable[AnyEvent], until: datetime | None
) -> list[AnyEvent]:
    """Turn event lines into facts in the order of recording.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections.
        until: The lines are complete up to here, and time goes on to it; None = to the last event.
    """
    once: dict[str, AnyEvent] = {}
    for one in sorted(events, key=lambda event: event.order):
        once.setdefault(one.id, one)
    lines = sorted(once.values(), key=lambda event: (event.recorded, *event.order))
    telling = _Telling()
    for start, end in _turns(lines):
        last = until if end == len(lines) else lines[end].recorded
        telling.tell(*_folded(compiled, lines[:end], last), lines[start].recorded)
    decided = [one for one in lines if isinstance(one, DECIDED)]
    return sorted([*decided, *telling.told], key=lambda one: one.recorded)


class _Telling:
    """What one fold after another says, each of what was known a little later than the one before."""

    def __init__(self) -> None:
        self.told: list[AnyEvent] = []
        self._states: list[State] = []
        self._last: dict[str, Incident] = {}
        self._said: set[str] = set()
        self._turn = 0

    def tell(
        self, fold: Fold, states: list[State], incidents: Sequence[Incident], late: datetime
    ) -> None:
        """Say what a fold says otherwise than the one before, and what it says further.

        Args:
            fold: As far as it came.
            states: Its verdicts on components, each with when it was known.
            incidents: Its words on incidents, the same.
            late: When the line came because of which there is another fold.
        """
        self._turn += 1
        known = {one.id for one in states}
        for one in rewritten(self._states, states, partial(_present, fold), self._turn):
            self._say(one, late, anew=one.id not in known or one.id in self._said)
        self._states = states
        self._tell_incidents(incidents, late)

    def _tell_incidents(self, incidents: Sequence[Incident], late: datetime) -> None:
        for one in incidents:
            if one.id not in self._said:
                self._last[one.subject] = one
                self._say(one, late, anew=False)
        last = {one.subject: one for one in incidents}
        for subject, said in list(self._last.items()):
            now = last.get(subject)
            if now is None:  # there never was one: it hurt nobody
                now = replace(said, data=replace(said.data, chains=[], status="closed"))
            if now != said:
                self._last[subject] = now
                self._say(now, late, anew=True)

    def _say(self, one: State | Incident, late: datetime, *, anew: bool) -> None:
        """Say something; what a fold says otherwise than the one before was unknown before its late line."""
        own = ids.derive(one.id, self._turn) if anew else one.id
        self._said.add(own)
        self.told.append(replace(one, id=own, recordedtime=max(one.recorded, late)))


def _turns(lines: Sequence[AnyEvent]) -> list[tuple[int, int]]:
    """Cut lines in the order of recording where one does not follow those before: from and to of each run.

    Each run costs a fold of everything up to its end, so there are fewer the more lines there are; what
    comes after the last cut is known only at the end of it.
    """
    cuts = [0]
    last = None
    most = max(LEAST_TURNS, MOST_FOLDED // max(1, len(lines)))
    for place, one in enumerate(lines):
        follows = not isinstance(one, Correction) and (last is None or one.order > last)
        together = place > 0 and lines[place - 1].recorded == one.recorded and place - 1 in cuts
        if not follows and place and not together and len(cuts) < most:
            cuts.append(place)
        last = one.order if last is None else max(last, one.order)
    return list(pairwise([*cuts, len(lines)])) if lines else []


def _folded(
    compiled: Compiled, lines: Sequence[AnyEvent], until: datetime | None
) -> tuple[Fold, list[State], list[Incident]]:
    """Fold lines; every verdict and incident is recorded when the line that brought it was."""
    fold = Fold(compiled)
    told: list[State | Incident] = []
    known_to = lines[0].recorded
    for event in effective(lines):
        after = max(known_to, event.recorded)
        for one in _kept(fold.step(event)):
            # What happened by itself before the line was known when it happened.
            known = after if one.time >= event.time else max(known_to, one.time)
            told.append(replace(one, recordedtime=known))
        known_to = after
    if until is not None and until > fold.now:
        told += [
            replace(one, recordedtime=max(known_to, one.time)) for one in _kept(fold.advance(until))
        ]
    states = [one for one in told if isinstance(one, State)]
    return fold, states, [one for one in told if isinstance(one, Incident)]


def _kept(told: Iterable[AnyEvent]) -> list[State | Incident]:
    return [
        one
        for one in told
        if isinstance(one, Incident) or (isinstance(one, State) and one.data.of == "component")
    ]


def _present(fold: Fold, told: State) -> State:
    now = fold.present(told)
    assert isinstance(now, State)
    return replace(now, recordedtime=now.time)
