"""Half-open spans of epoch seconds: what of one lies inside and outside others."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from topology.calendar.hours import merged

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Span", "covers", "inside", "merged", "outside"]

Span = tuple[int, int]


def inside(span: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """Turn a span into its parts that lie in sorted spans that do not overlap."""
    start, end = span
    for opens, closes in holes[bisect_right(holes, start, key=lambda one: one[1]) :]:
        if opens >= end:
            return
        yield max(start, opens), min(end, closes)


def outside(span: Span, holes: Sequence[Span]) -> Iterator[Span]:
    """Turn a span into its parts that lie in none of the sorted spans."""
    at, end = span
    for opens, closes in inside(span, holes):
        if at < opens:
            yield at, opens
        at = closes
    if at < end:
        yield at, end


def covers(holes: Sequence[Span], at: int) -> bool:
    """Whether a second lies in one of the sorted spans."""
    return any(True for _ in inside((at, at + 1), holes))
