"""Two folds of the same time turned into what must be said so that the first one's past is put right. Pure.

A verdict that was published is not unsent. When something came late or was corrected, the verdicts of each
component are taken back from the first one that differs, and told anew from there on; `rewrites` on the first
of them says from when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from events import ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from events.contract import State

__all__ = ["rewritten"]


def rewritten(
    before: Iterable[State],
    after: Iterable[State],
    present: Callable[[State], State],
    turn: object,
) -> list[State]:
    """Turn what was told and what should have been told into what is to be told now.

    Args:
        before: Verdicts on components, in the order of telling.
        after: The same of the fold that counts.
        present: Turns a verdict into what that fold says of its component now; asked where nothing
            stands in the place of what is taken back.
        turn: Tells this rewriting from others of the same time.

    Returns:
        Verdicts in the order of telling: what goes on where `before` ended, as it is; what takes back,
        with ids of its own, because a reader knows a word by its id.
    """
    was, now = _by_component(before), _by_component(after)
    told: list[State] = []
    for id_ in (*now, *(id_ for id_ in was if id_ not in now)):
        told += _of_one(was.get(id_, []), now.get(id_, []), present, turn)
    return told


def _of_one(
    was: list[State], now: list[State], present: Callable[[State], State], turn: object
) -> list[State]:
    same = 0
    while same < min(len(was), len(now)) and was[same].id == now[same].id:
        same += 1
    if same == len(was):
        return now[same:]
    anew = now[same:] or [present(was[same])]
    since = min(was[same].time, anew[0].time)
    first, *rest = [replace(one, id=ids.derive(one.id, turn)) for one in anew]
    return [replace(first, data=replace(first.data, rewrites=since)), *rest]


def _by_component(told: Iterable[State]) -> dict[str, list[State]]:
    of: dict[str, list[State]] = {}
    for one in told:
        if one.data.of == "component":
            of.setdefault(one.subject, []).append(one)
    return of
