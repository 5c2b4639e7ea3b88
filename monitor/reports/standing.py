"""What the ledger recorded turned into what stands: verdicts taken back or corrected later left out. Pure.

A correction names an observation. While the log has it, the engine folds again and says what changed. When
the log no longer has it, the correction applies to the verdict that this observation decided by itself: then
the verdict and the observation say the same. Where several observations decided, nobody can tell what the
verdict would have been, so the correction is kept and listed with the reason.

Source: CORE.md 4.2; DESIGN.md 7.2 (`correction`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast, get_args

from msgspec.structs import replace

from events.contract import (
    Change,
    Correction,
    Incident,
    Observation,
    ObservationData,
    State,
    Status,
)
from monitor.corrections import Corrections, effective
from monitor.reports.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from events.contract import AnyEvent

__all__ = ["NotApplied", "Standing", "decided", "standing"]

STATUSES = frozenset(get_args(Status))
"""States that an observation can say too; `unreachable` and `maint` are concluded."""

CONCLUDED = ("geen meting sinds", "meetpunt ", "wordt nagekeken")
"""How the reason begins of an `unknown` that no observation said (`topology.live`): silence after the last
one, a blind vantage point, a failure that is being looked into."""


class NotApplied(NamedTuple):
    """A correction that changes no figure, and why."""

    id: str
    supersedes: str
    reason: str


class Standing(NamedTuple):
    """What stands at a moment: the facts that a report counts, and the corrections that it cannot count."""

    facts: Facts
    not_applied: list[NotApplied]


def standing(recorded: Sequence[AnyEvent]) -> Standing:
    """Turn the rows of a ledger into what stands.

    Args:
        recorded: In the order of recording, cut at the moment that is asked for.
    """
    corrections = Corrections(recorded)
    states = _not_taken_back(one for one in recorded if isinstance(one, State))
    stand = [now for one in states if (now := _corrected(one, corrections)) is not None]
    facts = Facts(
        sorted(stand, key=lambda one: one.time),
        [one for one in effective(recorded) if isinstance(one, Change)],
        [one for one in recorded if isinstance(one, Incident)],
    )
    return Standing(facts, _not_applied(corrections, recorded, states))


def decided(recorded: Iterable[AnyEvent]) -> list[Observation]:
    """Turn the rows of a ledger into the observations that decided a verdict alone, as far as it tells."""
    told = (one for one in recorded if isinstance(one, State) and _is_decided_by_one(one))
    return list({one.data.evidence[0]: _observation(one) for one in told}.values())


def _not_taken_back(told: Iterable[State]) -> list[State]:
    """Leave out what a later word on the same component took back: from `rewrites` on it is told anew."""
    of: dict[str, list[State]] = {}
    for one in told:
        said = of.setdefault(one.subject, [])
        if (since := one.data.rewrites) is not None:
            said[:] = [earlier for earlier in said if earlier.time < since]
        said.append(one)
    return [one for said in of.values() for one in said]


def _corrected(state: State, corrections: Corrections) -> State | None:
    """A verdict after the corrections of the one observation that decided it; None when that is withdrawn."""
    if not _is_decided_by_one(state) or state.data.evidence[0] not in corrections:
        return state
    seen_then = _observation(state)
    _, *made = corrections.tree(seen_then)
    if all(one.recorded <= state.recorded for one in made):  # the fold that told it knew them
        return state
    seen = corrections.standing(seen_then)
    if seen is None:
        return None
    if (seen.data.status, seen.time) == (state.data.state, state.data.since):
        return state
    moved = state.time if seen.time == state.data.since else seen.time
    return replace(
        state, time=moved, data=replace(state.data, state=seen.data.status, since=seen.time)
    )


def _observation(state: State) -> Observation:
    """The observation that decided a verdict by itself: both say the same of the same moment."""
    return Observation(
        id=state.data.evidence[0],
        source=state.source,
        subject=state.subject,
        time=state.data.since,
        data=ObservationData(kind="recorded", status=cast("Status", state.data.state)),
    )


def _is_decided_by_one(state: State) -> bool:
    """Whether one observation said this, and not what was concluded from it."""
    alone = len(state.data.evidence) == 1 and state.data.state in STATUSES
    return alone and not state.data.reason.startswith(CONCLUDED)


def _not_applied(
    corrections: Corrections, recorded: Iterable[AnyEvent], states: Iterable[State]
) -> list[NotApplied]:
    decided = {id_: _is_decided_by_one(one) for one in states for id_ in one.data.evidence}
    known = {one.id for one in recorded if not isinstance(one, Correction)}
    refused = []
    for one in corrections:
        root = corrections.root(one.id)
        if root is None:
            reason = "it supersedes itself in a circle"
        elif root in known or decided.get(root):
            continue
        elif root in decided:
            reason = f"several observations decided the verdict that {root} is evidence of"
        else:
            reason = f"{root} decided no verdict that stands here"
        refused.append(NotApplied(one.id, one.data.supersedes, reason))
    return refused
