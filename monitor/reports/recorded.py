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

from events.contract import (
    Acknowledgement,
    CatalogueLoaded,
    Change,
    Correction,
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

MOST_TURNS = 200
"""Folds of the whole; each costs as much as `keten replay` of the lines."""


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
    told: list[AnyEvent] = [one for one in lines if isinstance(one, DECIDED)]
    before: list[State] = []
    for start, end in _turns(lines):
        last = until if end == len(lines) else None
        fold, states = _folded(compiled, lines[:end], last)
        late = lines[start].recorded
        known = {one.id for one in states}
        for one in rewritten(before, states, partial(_present, fold)):
            moved = one.id not in known  # said anew because of the late line, so not before it
            told.append(replace(one, recordedtime=max(one.recorded, late)) if moved else one)
        before = states
    return sorted(told, key=lambda one: one.recorded)


def _turns(lines: Sequence[AnyEvent]) -> list[tuple[int, int]]:
    """Cut lines in the order of recording where one does not follow: from and to of each run.

    At most `MOST_TURNS`; what is later than that is taken together with the last.
    """
    cuts = [0]
    last = None
    for place, one in enumerate(lines):
        follows = not isinstance(one, Correction) and (last is None or one.order > last)
        if not follows and cuts[-1] != place - 1 and place and len(cuts) < MOST_TURNS:
            cuts.append(place)
        last = one.order if last is None else max(last, one.order)
    return list(pairwise([*cuts, len(lines)])) if lines else []


def _folded(
    compiled: Compiled, lines: Sequence[AnyEvent], until: datetime | None
) -> tuple[Fold, list[State]]:
    """Fold lines; every verdict is recorded when the line that brought it was."""
    fold = Fold(compiled)
    states: list[State] = []
    now = lines[0].recorded
    for event in effective(lines):
        now = max(now, event.recorded)
        states += _stamped(fold.step(event), now)
    if until is not None and until > fold.now:
        states += _stamped(fold.advance(until), until)
    return fold, states


def _stamped(told: Iterable[AnyEvent], now: datetime) -> list[State]:
    return [
        replace(one, recordedtime=now)
        for one in told
        if isinstance(one, State) and one.data.of == "component"
    ]


def _present(fold: Fold, told: State) -> State:
    now = fold.present(told)
    assert isinstance(now, State)
    return replace(now, recordedtime=now.time)
