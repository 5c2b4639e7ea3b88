"""Facts turned into the report of a period: the account of every chain and supplier, with digests. Pure.

The same facts give the same bytes: nothing here reads a clock, and what changes from run to run (when it was
made, from which file) is not in it.

Source: CORE.md 4; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.span import moment, text
from monitor.fold import canonical_digest
from topology.accounts.books import Books

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from monitor.reports.facts import Facts
    from topology.accounts.account import Buckets
    from topology.accounts.books import Judged
    from topology.accounts.spans import Span
    from topology.compiled import Compiled
    from topology.model import Level

__all__ = ["Shape", "report"]

Shape = dict[str, object]


def report(compiled: Compiled, facts: Facts, period: Span, *, provisional: bool = False) -> Shape:
    """Turn facts into the report of a period.

    Args:
        compiled: The catalogue.
        facts: What is known, corrections applied.
        period: Half-open, epoch seconds.
        provisional: The period goes on after what is known.
    """
    books = Books(compiled, facts.states, facts.changes, period)
    chains = {id_: _chain(books, id_, period) for id_ in compiled.catalogue.chains}
    shape: Shape = {
        "from": text(moment(period[0])),
        "to": text(moment(period[1])),
        "provisional": provisional,
        "catalogue": compiled.catalogue.version,
        "chains": chains,
    }
    return {**shape, "digest": canonical_digest(shape), "revision": None}


def _chain(books: Books, id_: str, period: Span) -> Shape:
    judged = books.judge(id_, period)
    chain = books.catalogue.chains[id_]
    buckets = judged.account.buckets
    level = (
        judged.account.totals[-1].part.level
        if judged.account.totals
        else books.catalogue.levels[chain.level]
    )
    shape: Shape = {
        "name": chain.name,
        "level": chain.level,
        "measured_since": None
        if judged.measured_since is None
        else text(moment(judged.measured_since)),
        **buckets._asdict(),
        "agreed": buckets.agreed,
        **_figures(buckets, level),
        "interruptions": judged.account.interruptions,
        "mtrs": buckets.bad // judged.account.interruptions
        if judged.account.interruptions
        else None,
        "suppliers": _suppliers(judged),
    }
    return {**shape, "digest": canonical_digest(shape), "revision": None}


def _figures(buckets: Buckets, level: Level) -> Shape:
    ast, bad, unknown = buckets.agreed, buckets.bad, buckets.unknown

    def percent(good: int, whole: int) -> str | None:
        if not whole:
            return None
        milli = good * 100_000 // whole
        return f"{milli // 1000}.{milli % 1000:03}"

    good, whole = {
        "neutral": (ast - unknown - bad, ast - unknown),
        "down": (ast - unknown - bad, ast),
        "up": (ast - bad, ast),
    }[level.unknown]
    covered = ast and (ast - unknown) * 10**6 >= level.minimum_coverage_ppm * ast
    budget = int(ast * (10**6 - level.target_ppm) // 10**6)
    return {
        "availability": percent(good, whole),
        "availability_worst": percent(ast - unknown - bad, ast),
        "availability_best": percent(ast - bad, ast),
        "coverage": percent(ast - unknown, ast),
        "met": good * 10**6 >= level.target_ppm * whole if covered and whole else None,
        "budget": {"seconds": budget, "left": budget - bad},
    }


def _suppliers(judged: Judged) -> Shape:
    whose = judged.shares
    return {
        "seconds_by_key": whose.by_key,
        "shapley": _texts(whose.shapley),
        "first_holds": _texts(whose.first_holds),
    }


def _texts(split: Mapping[str, Fraction]) -> dict[str, str]:
    return {one: str(split[one]) for one in sorted(split)}
