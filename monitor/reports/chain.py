"""The account of one chain turned into its figures as a contract names them. Pure.

Source: CORE.md 4.3 to 4.5; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from events.span import moment, text
from monitor.fold import canonical_digest
from monitor.reports.blindness import blindness_shapes
from monitor.reports.interruptions import interruption_shapes
from monitor.reports.spending import burn_shape
from topology.accounts.figures import figures, mean_between, mean_repair
from topology.accounts.shares import rolled_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from events.contract import Incident
    from topology.accounts.account import Account, Total
    from topology.accounts.books import Books, Judged
    from topology.accounts.shares import Shares
    from topology.accounts.spans import Span

__all__ = ["Shape", "chain_shape", "split_texts", "target_text"]

Shape = dict[str, object]

FIGURES = (
    *("availability", "availability_worst", "availability_best"),
    *("coverage", "met", "budget"),
)
"""Of a whole that has one part they are those of the part."""


def chain_shape(books: Books, its: Judged, incidents: Iterable[Incident], period: Span) -> Shape:
    """Turn a judged chain into its entry in the report, with its digest.

    Args:
        books: The books of the period.
        its: Its account, from the books.
        incidents: The last word on each incident that hurt the chain in the period.
        period: Half-open, epoch seconds.
    """
    chain = books.catalogue.chains[its.chain]
    account = its.account
    buckets, interruptions = account.buckets, account.interruptions
    parts = [_part(total) for total in account.totals]
    shape: Shape = {
        "name": chain.name,
        "level": chain.level,
        "users": books.catalogue.groups[chain.source].users,
        "measured_since": None if its.measured_since is None else text(moment(its.measured_since)),
        **buckets._asdict(),
        "agreed": buckets.agreed,
        **({name: parts[0][name] for name in FIGURES} if len(parts) == 1 else _whole(account)),
        "interruptions": interruptions,
        "mtrs": mean_repair(buckets, interruptions),
        "mtbf": mean_between(buckets, interruptions),
        "burn": burn_shape(its.spending),
        **interruption_shapes(books, chain.id, account, period),
        "unknown_causes": blindness_shapes(its.unknown),
        "suppliers": _suppliers(books, its.shares),
        "incidents": [_incident(one) for one in incidents],
        "parts": parts,
    }
    return {**shape, "digest": canonical_digest(shape), "revision": None}


def _whole(account: Account) -> Shape:
    return figures([(total.buckets, total.part.level) for total in account.totals]).shape()


def target_text(ppm: Fraction) -> str:
    """Turn a target in parts per million into percent as a contract writes it: `99.5`, exact."""
    digits = len(str(ppm.denominator)) + 4
    written = f"{Decimal(ppm.numerator) / Decimal(ppm.denominator * 10_000):.{digits}f}"
    return written.rstrip("0").rstrip(".")


def _part(total: Total) -> Shape:
    level, buckets = total.part.level, total.buckets
    start, end = total.part.span
    return {
        "from": text(moment(start)),
        "to": text(moment(end)),
        "valid_from": level.valid_from.isoformat() if level.valid_from else None,
        "target": target_text(level.target_ppm),
        "calendar": level.calendar,
        **buckets._asdict(),
        "agreed": buckets.agreed,
        **figures([(buckets, level)]).shape(),
        "interruptions": total.interruptions,
        "mtrs": mean_repair(buckets, total.interruptions),
    }


def _suppliers(books: Books, whose: Shares) -> Shape:
    parent = {one.id: one.parent for one in books.catalogue.suppliers.values() if one.parent}
    return {
        "seconds_by_key": dict(sorted(whose.by_key.items())),
        "shapley": split_texts(whose.shapley),
        "first_holds": split_texts(whose.first_holds),
        "with_sub_suppliers": {
            "shapley": split_texts(rolled_up(whose.shapley, parent)),
            "first_holds": split_texts(rolled_up(whose.first_holds, parent)),
        },
        "exact": whose.exact,
    }


def split_texts(split: Mapping[str, Fraction]) -> dict[str, str]:
    """Turn shares into text, exact: `1200`, `22167/2`."""
    return {one: str(split[one]) for one in sorted(split)}


def _incident(one: Incident) -> Shape:
    data = one.data
    return {
        "id": one.subject,
        "cause": data.cause,
        "supplier": data.supplier,
        "priority": data.priority,
        "since": text(data.since),
        "opened": text(data.opened),
        "closed": None if data.closed is None else text(data.closed),
    }
