"""The interruptions of a judged chain turned into a list: when, how long, what made it fall, whose. Pure.

Source: CORE.md 4.4 and 4.5 (trigger).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from events.span import moment, text
from topology.accounts.account import service_seconds
from topology.accounts.attribution import key_text
from topology.accounts.history import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from topology.accounts.account import Account
    from topology.accounts.books import Books
    from topology.accounts.interruptions import Interruption
    from topology.accounts.intervals import Interval
    from topology.accounts.spans import Span

__all__ = ["MOST", "interruption_shapes"]

Shape = dict[str, object]

MOST = 100
"""Interruptions listed of a chain: the longest ones. A chain that flaps all month has thousands."""


class _Row(NamedTuple):
    run: Interruption
    seconds: int
    counted: bool


def interruption_shapes(books: Books, chain: str, account: Account, period: Span) -> Shape:
    """Turn an account into the list of its interruptions, in order of time.

    Args:
        books: The books of the period.
        chain: Whose account it is.
        account: Its account.
        period: Half-open, epoch seconds.

    Returns:
        `interruption_list`, the longest `MOST` of those that have a second or begin to count in the period,
        and `interruptions_not_listed`, how many more there are and their seconds. All seconds together are
        the seconds that count as down.
    """
    rows = list(_rows(books, chain, account))
    longest = sorted(rows, key=lambda one: (-one.seconds, one.run.first))
    listed = sorted(longest[:MOST], key=lambda one: one.run.first)
    return {
        "interruption_list": [_shape(books, chain, account, one, period) for one in listed],
        "interruptions_not_listed": {
            "count": len(longest[MOST:]),
            "seconds": sum(one.seconds for one in longest[MOST:]),
        },
    }


def _rows(books: Books, chain: str, account: Account) -> Iterator[_Row]:
    parts = [total.part for total in account.totals]
    windows = books.windows(chain)
    for run in account.runs:
        seconds = sum(service_seconds(span, part, windows) for span in run.spans for part in parts)
        counted = any(part.span[0] <= run.first < part.span[1] for part in parts)
        if seconds or counted:
            yield _Row(run, seconds, counted)


def _shape(books: Books, chain: str, account: Account, row: _Row, period: Span) -> Shape:
    run = row.run
    cone = books.lanes.cone(chain)
    falls = [
        (books.owners.key(cone, one.down, one.felled), seconds)
        for one, seconds in account.down
        if run.start <= one.start < min(run.end, period[1])
    ]
    by_key: dict[str, int] = {}
    for key, seconds in falls:
        if seconds:
            by_key[key_text(key)] = by_key.get(key_text(key), 0) + seconds
    began = _first(books.intervals[chain], run.start)
    ends = [min(end, period[1]) for start, end in run.spans if start < period[1]]
    return {
        "from": None if run.start == BEGINNING else text(moment(run.start)),
        "to": text(moment(ends[-1])),
        "goes_on": ends[-1] == period[1],
        "seconds": row.seconds,
        "counted": row.counted,
        "state": began.state,
        "trigger": books.trigger(chain, began),
        "key": key_text(falls[0][0]) if falls else None,
        "seconds_by_key": dict(sorted(by_key.items())),
    }


def _first(intervals: Sequence[Interval], at: int) -> Interval:
    """The interval that an interruption begins in; agreed work may have covered a first part of it."""
    began = intervals[bisect_right(intervals, at, key=lambda one: one.start) - 1]
    return began._replace(start=at)
