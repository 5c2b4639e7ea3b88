"""Event lines turned into what the ledger would hold had it been there when they were recorded. Pure.

What was recorded later than the rest, a correction or a late observation, is taken in its own turn: the
verdicts of the fold without it are taken back from where they differ, and told anew as recorded then.

Source: CORE.md 4.2; DESIGN.md 7.2.
"""

from __future__ import annotations

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
from events.span import EPOCH
from monitor.corrections import effective
from monitor.fold import Fold
from monitor.history import History, retold

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
    telling = _Telling(compiled)
    for start, end in _turns(lines):
        last = until if end == len(lines) else lines[end].recorded
        telling.tell(*_folded(compiled, lines[:end], last), lines[start].recorded)
    decided = [one for one in lines if isinstance(one, DECIDED)]
    return sorted([*decided, *telling.told], key=lambda one: one.recorded)


class _Telling:
    """What one fold after another says, each of what was known a little later than the one before."""

    def __init__(self, compiled: Compiled) -> None:
        self.told: list[AnyEvent] = []
        self._unseen = Fold(compiled).present_state
        self._standing = History(EPOCH, most=None)
        self._last: dict[str, Incident] = {}
        self._said: set[str] = set()
        self._turn = 0

    def tell(self, states: Iterable[State], incidents: Sequence[Incident], late: datetime) -> None:
        """Say what a fold says otherwise than the one before, and what it says further.

        Args:
            states: Its verdicts on components, each with when it was known.
            incidents: Its words on incidents, the same.
            late: When the line came because of which there is another fold.
        """
        self._turn += 1
        should = History(EPOCH, self._unseen, most=None)
        should.take(states)
        for one in retold(self._standing, should, self._said):
            self._standing.take([one])
            self._say(one, late)
        self._tell_incidents(incidents, late)

    def _tell_incidents(self, incidents: Sequence[Incident], late: datetime) -> None:
        for one in incidents:
            if one.id not in self._said:
                self._last[one.subject] = one
                self._say(one, late)
        last = {one.subject: one for one in incidents}
        for subject, said in list(self._last.items()):
            now = last.get(subject)
            if now is None:  # there never was one: it hurt nobody
                now = replace(said, data=replace(said.data, chains=[], status="closed"))
            if now != said:
                self._last[subject] = now
                self._say(replace(now, id=ids.derive(now.id, self._turn)), late)

    def _say(self, one: State | Incident, late: datetime) -> None:
        """Say something; what a fold says otherwise than the one before was unknown before its late line."""
        self._said.add(one.id)
        self.told.append(replace(one, recordedtime=max(one.recorded, late)))


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
) -> tuple[list[State], list[Incident]]:
    """Fold lines; every verdict and incident is recorded when the line that brought it was."""
    fold = Fold(compiled)
    told: list[State | Incident] = []
    known_to = lines[0].recorded
    for event in effective(lines):
        told += _due(fold, event.time, known_to)
        known_to = max(known_to, event.recorded)
        told += _kept(fold.step(event), known_to)
    if until is not None and until > fold.now:
        told += _due(fold, until, known_to)
        told += _kept(fold.advance(until), max(known_to, until))
    states = [one for one in told if isinstance(one, State)]
    return states, [one for one in told if isinstance(one, Incident)]


def _due(fold: Fold, until: datetime, known_to: datetime) -> list[State | Incident]:
    """What happens by itself before a moment, known when it happens: its time may be earlier than that."""
    told: list[State | Incident] = []
    while (due := fold.next_due()) is not None and due < until:
        told += _kept(fold.advance(due), max(known_to, due))
    return told


def _kept(told: Iterable[AnyEvent], known: datetime) -> list[State | Incident]:
    return [
        replace(one, recordedtime=known)
        for one in told
        if isinstance(one, Incident) or (isinstance(one, State) and one.data.of == "component")
    ]
