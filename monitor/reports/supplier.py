"""A supplier over a period turned into its entry in the report: its own components, and its share. Pure.

The share of what chains were down, and the availability of its own components under its OLA, are two figures:
neither follows from the other.

Source: CORE.md 4.5; DESIGN.md 7.1 (`suppliers[].olas`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from events.span import moment, text
from monitor.reports.chain import split_texts, target_text
from topology.accounts.figures import percent, weighed
from topology.accounts.own_parts import own_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topology.accounts.account import Buckets
    from topology.accounts.books import Books
    from topology.accounts.own_parts import OwnTerm
    from topology.accounts.shares import Shares
    from topology.accounts.spans import Span

__all__ = ["supplier_shapes"]

Shape = dict[str, object]

MILLION = 1_000_000


def supplier_shapes(books: Books, period: Span, shares: Iterable[Shares]) -> dict[str, Shape]:
    """Turn the books of a period into the entry of every supplier.

    Args:
        books: The books of the period.
        period: Half-open, epoch seconds.
        shares: Of every chain.
    """
    own: dict[str, list[str]] = {}
    for id_, supplier in books.supplier.items():
        own.setdefault(supplier, []).append(id_)
    split = _summed(shares)
    return {
        id_: {
            "name": one.name,
            "parent": one.parent,
            "terms": [_term(term) for term in own_terms(books, id_, own.get(id_, ()), period)],
            "chain_seconds": split_texts({k: v.get(id_, Fraction(0)) for k, v in split.items()}),
        }
        for id_, one in books.catalogue.suppliers.items()
    }


def _summed(shares: Iterable[Shares]) -> dict[str, dict[str, Fraction]]:
    split: dict[str, dict[str, Fraction]] = {"shapley": {}, "first_holds": {}}
    for one in shares:
        for name, its in (("shapley", one.shapley), ("first_holds", one.first_holds)):
            for supplier, seconds in its.items():
                split[name][supplier] = split[name].get(supplier, Fraction(0)) + seconds
    return split


def _term(term: OwnTerm) -> Shape:
    ola, whole = term.ola, term.together
    target = ola.target_ppm if ola else None
    return {
        "from": text(moment(term.span[0])),
        "to": text(moment(term.span[1])),
        "valid_from": ola.valid_from.isoformat() if ola and ola.valid_from else None,
        "calendar": ola.calendar if ola else None,
        "target": None if target is None else target_text(target),
        **_figures(whole),
        "met": None if target is None else _met(whole, target),
        "below_target": [] if target is None else _below(term.components, target),
        "count": term.own,
        "components": {id_: _figures(its) for id_, its in term.components.items()},
    }


def _figures(buckets: Buckets) -> Shape:
    return {
        "agreed": buckets.agreed,
        "excluded": buckets.excluded,
        "down": buckets.down,
        "degraded": buckets.degraded,
        "unknown": buckets.unknown,
        "availability": percent(weighed(buckets, "neutral").share),
    }


def _met(buckets: Buckets, target: Fraction) -> bool | None:
    share = weighed(buckets, "neutral").share
    return None if share is None else share * MILLION >= target


def _below(components: Mapping[str, Buckets], target: Fraction) -> Sequence[str]:
    return [id_ for id_, its in components.items() if _met(its, target) is False]
