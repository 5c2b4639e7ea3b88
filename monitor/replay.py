"""A set of events turned into the picture at their end, and into how every chain fared on the way. Pure.

Source: DESIGN.md 4 (order) and 7.2 (corrections).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from events.contract import AnyEvent, Notification, State
from events.span import text
from monitor.corrections import effective
from monitor.fold import Fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from topology.compiled import Compiled

__all__ = ["Run", "Stretch", "effective", "replay", "run"]


class Stretch(NamedTuple):
    """A chain in one state, from a moment up to another."""

    start: datetime
    end: datetime
    state: str


class Run(NamedTuple):
    """What a fold of a set of events came to.

    Attributes:
        picture: What `keten replay --json` shows.
        chains: Chain to its stretches from the first event to the last, without a gap.
        end: Time of the last event that was folded; None without one.
    """

    picture: dict[str, object]
    chains: Mapping[str, list[Stretch]]
    end: datetime | None


def replay(
    compiled: Compiled,
    events: Iterable[AnyEvent],
    until: datetime | None = None,
    as_of: datetime | None = None,
) -> dict[str, object]:
    """Fold a set of events and return the picture at the end; the arguments are those of `run`."""
    return run(compiled, events, until, as_of).picture


def run(
    compiled: Compiled,
    events: Iterable[AnyEvent],
    until: datetime | None = None,
    as_of: datetime | None = None,
) -> Run:
    """Fold a set of events.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections.
        until: Events later than this, by their corrected time, are left out; time stops there or at the last
            event before it.
        as_of: Events and corrections recorded later than this are left out.
    """
    fold = Fold(compiled)
    begun = _states(fold.verdict()["chains"])
    kept = [one for one in events if as_of is None or one.recorded <= as_of]
    folded = [one for one in effective(kept) if until is None or one.time <= until]
    told = [one for event in folded for one in fold.step(event)]
    end = folded[-1].time if folded else None
    if end is not None:
        told += fold.advance(end)
    notices = [one for one in told if isinstance(one, Notification)]
    picture = {
        **fold.verdict(),
        "notifications": [_notice(one) for one in notices],
        "watermark": None if end is None else text(end),
    }
    if end is None:
        return Run(picture, {id_: [] for id_ in begun}, None)
    return Run(picture, _stretches(begun, told, folded[0].time, end), end)


def _states(chains: object) -> dict[str, str]:
    assert isinstance(chains, dict)
    return {id_: str(one["state"]) for id_, one in chains.items()}


def _stretches(
    begun: Mapping[str, str], told: Iterable[AnyEvent], start: datetime, end: datetime
) -> dict[str, list[Stretch]]:
    """How chains fared: a verdict counts from its `since`, also where that rewrites an earlier one."""
    turns: dict[str, list[tuple[datetime, str]]] = {id_: [(start, s)] for id_, s in begun.items()}
    for one in told:
        if isinstance(one, State) and one.data.of == "chain":
            since, mine = max(one.data.since, start), turns[one.subject]
            while mine and mine[-1][0] >= since:
                mine.pop()
            if not mine or mine[-1][1] != one.data.state:
                mine.append((since, one.data.state))
    return {
        id_: [
            Stretch(begin, until, state)
            for (begin, state), until in zip(
                mine, [*(moment for moment, _ in mine[1:]), end], strict=True
            )
        ]
        for id_, mine in turns.items()
    }


def _notice(notice: Notification) -> dict[str, object]:
    data = notice.data
    return {
        "id": notice.id,
        "time": text(notice.time),
        "incident": data.incident,
        "action": data.action,
        "decision": data.decision,
        "reason": data.reason,
        "title": data.title,
    }
