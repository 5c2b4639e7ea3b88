"""Facts turned into the report of a period: chains, suppliers, organisations, with digests. Pure.

The same facts give the same bytes: nothing here reads a clock, and what changes from run to run (when it was
made, from which file) is not in it.

Source: CORE.md 4; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.span import moment, seconds, text
from monitor.fold import canonical_digest
from monitor.reports.chain import chain_shape
from monitor.reports.supplier import supplier_shapes
from topology.accounts.books import Books
from topology.accounts.figures import percent, user_weighted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from events.contract import Incident
    from monitor.reports.facts import Facts
    from topology.accounts.account import Buckets
    from topology.accounts.books import Judged
    from topology.accounts.spans import Span
    from topology.compiled import Compiled
    from topology.model import Catalogue, Level

    Counted = tuple[int, Buckets, Level]

__all__ = ["Shape", "report", "report_of"]

Shape = dict[str, object]


def report(compiled: Compiled, facts: Facts, period: Span, *, provisional: bool = False) -> Shape:
    """Turn facts into the report of a period.

    Args:
        compiled: The catalogue.
        facts: What is known, corrections applied.
        period: Half-open, epoch seconds.
        provisional: The month goes on after the period.

    Returns:
        Plain values, ready for JSON; `revision` is null: a month that is closed has one.
    """
    books = Books(compiled, facts.states, facts.changes, period)
    return report_of(books, facts.incidents, period, provisional=provisional)


def report_of(
    books: Books, incidents: Iterable[Incident], period: Span, *, provisional: bool = False
) -> Shape:
    """Turn books that may hold more than one period into the report of one."""
    catalogue = books.catalogue
    hurt = _incidents(incidents, period)
    judged = {id_: books.judge(id_, period) for id_ in catalogue.chains}
    shape: Shape = {
        "from": text(moment(period[0])),
        "to": text(moment(period[1])),
        "provisional": provisional,
        "catalogue": catalogue.version,
        "chains": {
            id_: chain_shape(books, its, hurt.get(id_, ()), period) for id_, its in judged.items()
        },
        "suppliers": supplier_shapes(books, period, (one.shares for one in judged.values())),
        "user_weighted": _weighted(catalogue, judged),
        "notes": _notes(books, period),
    }
    return {**shape, "digest": canonical_digest(shape), "revision": None}


def _incidents(told: Iterable[Incident], period: Span) -> dict[str, list[Incident]]:
    """Chain to the last word on each incident that hurt it in the period, in the order of opening."""
    last = {one.subject: one for one in told}
    hurt: dict[str, list[Incident]] = {}
    for one in sorted(last.values(), key=lambda i: (i.data.opened, i.subject)):
        closed = one.data.closed
        begun = seconds(one.data.since) < period[1]
        if begun and (closed is None or seconds(closed) > period[0]):
            for chain in one.data.chains:
                hurt.setdefault(chain, []).append(one)
    return hurt


def _notes(books: Books, period: Span) -> list[Shape]:
    """What the reader must know: agreed work of the period that names chains which nobody knows."""
    return [
        {
            "code": "unknown-chain",
            "change": work.id,
            "event": work.event,
            "chains": unknown,
            "reason": f"the declared impact of {work.id} names {', '.join(unknown)}, which the catalogue does"
            " not have: that excuses nothing",
        }
        for work in books.work
        if work.span[0] < period[1]
        and work.span[1] > period[0]
        and (unknown := sorted(work.chains - set(books.catalogue.chains)))
    ]


def _weighted(catalogue: Catalogue, judged: Mapping[str, Judged]) -> Shape:
    """User-weighted availability: of everybody, and by organisation; a chain counts with its users."""
    everybody: list[Counted] = []
    by_organisation: dict[str, list[Counted]] = {id_: [] for id_ in catalogue.organisations}
    for id_, its in judged.items():
        group = catalogue.groups[catalogue.chains[id_].source]
        counted = [(group.users, one.buckets, one.part.level) for one in its.account.totals]
        everybody += counted
        site = catalogue.sites.get(group.site or "")
        if site is not None and site.organisation is not None:
            by_organisation[site.organisation] += counted
    return {
        "availability": percent(user_weighted(everybody)),
        "organisations": {id_: percent(user_weighted(its)) for id_, its in by_organisation.items()},
    }
