"""The bad intervals of a chain turned into its interruptions: where each begins, and what of it counts.

An interruption is a maximal run of down, or of maintenance that is not excluded, on the real axis; gaps up to
the merge gap of the level in force join runs, for counting only. It is counted in the period of its first
countable second; its seconds are counted where they fall.

Source: CORE.md 4.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.spans import inside, outside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topology.accounts.intervals import Interval
    from topology.accounts.part import Part
    from topology.accounts.spans import Span

__all__ = ["Interruption", "bad_spans", "interruptions"]


class Interruption(NamedTuple):
    """One of a chain.

    Attributes:
        spans: Of the real axis, in order, apart; more than one where short gaps lie between.
        first: Its first countable second.
    """

    spans: tuple[Span, ...]
    first: int

    @property
    def start(self) -> int:
        """Epoch second at which the chain fell."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """The first second after it."""
        return self.spans[-1][1]


def interruptions(
    intervals: Iterable[Interval], parts: Sequence[Part], windows: Sequence[Span]
) -> Iterator[Interruption]:
    """Turn intervals into interruptions, in order; a run without a countable second is none.

    Args:
        intervals: Of the chain, in order.
        parts: What was agreed, sorted, apart.
        windows: What is excluded, sorted, apart.
    """
    run: list[Span] = []
    for span in bad_spans(intervals, windows):
        if run and span[0] - run[-1][1] > _merge_gap(parts, run[-1][1]):
            yield from _counted(run, parts, windows)
            run = []
        run.append(span)
    yield from _counted(run, parts, windows)


def bad_spans(intervals: Iterable[Interval], windows: Sequence[Span]) -> Iterator[Span]:
    """Turn intervals into the spans that interrupt: down, and maintenance that is not excluded."""
    for one in intervals:
        if one.state == "down":
            yield one.start, one.end
        elif one.state == "maintenance":
            yield from outside((one.start, one.end), windows)


def _counted(
    run: Sequence[Span], parts: Sequence[Part], windows: Sequence[Span]
) -> Iterator[Interruption]:
    first = _first_countable(run, parts, windows)
    if first is not None:
        yield Interruption(tuple(_joined(run)), first)


def _joined(run: Iterable[Span]) -> list[Span]:
    """Spans that touch are one: what was down differs between them, the chain does not."""
    joined: list[Span] = []
    for start, end in run:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _merge_gap(parts: Sequence[Part], at: int) -> int:
    """Of the level in force at a moment; outside all of them that of the nearest before, else the first."""
    gaps = [part.level.merge_gap_s for part in parts if part.span[0] <= at]
    return gaps[-1] if gaps else parts[0].level.merge_gap_s if parts else 0


def _first_countable(
    run: Iterable[Span], parts: Sequence[Part], windows: Sequence[Span]
) -> int | None:
    for bad in run:
        for span in outside(bad, windows):
            for part in parts:
                for both in inside(span, (part.span,)):
                    for window in part.service.windows(*both):
                        return window[0]
    return None
