"""Planned work turned into elementary intervals: between two edges of windows nothing begins or ends.

Source: CORE.md 7.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from topology.impact.work import PlannedWork

__all__ = ["Interval", "elementary"]


class Interval(NamedTuple):
    """A half-open span of epoch seconds, and the work that is active all through it, by id."""

    start: int
    end: int
    active: tuple[PlannedWork, ...]


def elementary(
    work: Iterable[PlannedWork], since: int | None = None, until: int | None = None
) -> Iterator[Interval]:
    """Turn work into the elementary intervals in which at least one change is active, in order of time.

    Args:
        work: In any order; work that ends before it begins is never active.
        since: Cut off what lies before; None = nothing.
        until: Cut off what lies at or after; None = nothing.
    """
    clipped = [
        (
            one.start if since is None else max(one.start, since),
            one.end if until is None else min(one.end, until),
            one,
        )
        for one in work
    ]
    begins: dict[int, list[PlannedWork]] = {}
    ends: dict[int, list[PlannedWork]] = {}
    for start, end, one in clipped:
        if start < end:
            begins.setdefault(start, []).append(one)
            ends.setdefault(end, []).append(one)
    active: dict[str, PlannedWork] = {}
    for start, end in pairwise(sorted({*begins, *ends})):
        for one in ends.get(start, ()):
            del active[one.id]
        active.update((one.id, one) for one in begins.get(start, ()))
        if active:
            yield Interval(start, end, tuple(active[id_] for id_ in sorted(active)))
