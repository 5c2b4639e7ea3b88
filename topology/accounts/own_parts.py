"""A supplier's own components turned into their availability under its OLA, with the OLA's own calendar.

It stands beside the split of chains and is not that figure: a supplier may keep its OLA while chains fall,
and the other way round. Agreed work on a component is excluded for that component, the whole window.

What somebody else's shared risk brought down is not measured in that time, like what is unreachable: its
own supplier could not have kept it up, and nobody knows whether it was sound. The risk was down in that
time, also where it was called degraded because others lived on, by battery.

Source: CORE.md 4.5 ("Supplier OLA"); DESIGN.md 7.1 (`suppliers[].olas`).
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.account import Buckets
from topology.accounts.felling import felled_by
from topology.accounts.spans import covers, inside
from topology.agreement import ola_terms
from topology.calendar import ServiceTime
from topology.model import Calendar, Ola

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topology.accounts.books import Books
    from topology.accounts.spans import Span

__all__ = ["OwnTerm", "own_terms"]

AROUND_THE_CLOCK = Calendar(id="", always=True)

BUCKET = {"unreachable": "unknown", "maint": "maintenance"}


class OwnTerm(NamedTuple):
    """What a supplier's components came to while one OLA, or none, was in force.

    Attributes:
        service: Service seconds of one component.
        own: Components in all.
        components: Id to its buckets, of those that were not up and free of work all the time; `maintenance`
            is always 0, for agreed work is excluded.
    """

    span: Span
    ola: Ola | None
    service: int
    own: int
    components: dict[str, Buckets]

    @property
    def together(self) -> Buckets:
        """Component-seconds of all of them."""
        up = self.service * (self.own - len(self.components))
        whole = Buckets(service=up, up=up)
        for buckets in self.components.values():
            whole = whole.plus(buckets)
        return whole


def own_terms(books: Books, supplier: str, own: Sequence[str], period: Span) -> list[OwnTerm]:
    """Turn a supplier and a period into the terms of its OLAs, in order; without OLA one term of all.

    Args:
        books: The books of the period.
        supplier: Its id.
        period: Half-open, epoch seconds.
        own: Ids of its components, links and shared risks.
    """
    catalogue = books.catalogue
    its = catalogue.suppliers[supplier]
    terms: list[tuple[Span, Ola | None]] = [(period, None)]
    if its.olas:
        listed = ola_terms(its, catalogue.timezone, *period)
        terms = [((term.start, term.end), term.ola) for term in listed]
    found = []
    for span, ola in terms:
        name = ola.calendar if ola else None
        service = books.service[name] if name else _always(catalogue.timezone)
        whole = service.seconds(*span)
        lively = [id_ for id_ in own if id_ in books.timelines or books.before[id_] != "up"]
        parts = {id_: _one(books, id_, span, service, whole) for id_ in lively}
        told = {id_: its for id_, its in parts.items() if its.up != whole}
        found.append(OwnTerm(span, ola, whole, len(own), told))
    return found


def _always(timezone: str) -> ServiceTime:
    return ServiceTime.of(AROUND_THE_CLOCK, timezone)


def _one(books: Books, id_: str, span: Span, service: ServiceTime, whole: int) -> Buckets:
    timeline = books.timelines.get(id_)
    windows = books.maintenance.get(id_, ())
    if timeline is None:
        return Buckets(service=whole, **{books.before[id_]: whole})
    count: Counter[str] = Counter()
    for start, end, state in _judged(books, id_, _stretches(timeline, span)):
        excluded = sum(service.seconds(*hole) for hole in inside((start, end), windows))
        count["excluded"] += excluded
        count[BUCKET.get(state, state)] += service.seconds(start, end) - excluded
    buckets = Buckets(service=whole, **count)
    assert buckets.service == sum(buckets[1:]), f"the seconds of {id_} do not add up: {buckets}"
    return buckets


def _judged(
    books: Books, id_: str, stretches: Iterable[tuple[int, int, str]]
) -> Iterator[tuple[int, int, str]]:
    """Stretches of one state turned into what its supplier answers for in them."""
    felling, felled = books.fellings.get(id_, []), books.fallen_with.get(id_, ())
    turns = {at for at, _ in felling} | {at for span in felled for at in span}
    for start, end, state in stretches:
        edges = sorted({start, end} | {at for at in turns if start < at < end})
        for first, last in pairwise(edges):
            if state == "down" and _is_foreign(books, id_, felled_by(felling, first)):
                yield first, last, "unreachable"
            elif state != "maint" and covers(felled, first):
                yield first, last, "down"
            else:
                yield first, last, state


def _is_foreign(books: Books, id_: str, risks: Iterable[str]) -> bool:
    """Whether something was felled, and by nothing that its own supplier answers for."""
    parties = {books.owners.party(one) for one in risks}
    return bool(parties) and books.owners.party(id_) not in parties


def _stretches(timeline: Sequence[tuple[int, str]], span: Span) -> Iterator[tuple[int, int, str]]:
    ends = [*timeline, (max(span[1], timeline[-1][0]), "")]
    for (start, state), (end, _) in pairwise(ends):
        first, last = max(start, span[0]), min(end, span[1])
        if first < last:
            yield first, last, state
