"""Verdicts and changes turned into books that can be asked: about a chain and a period, or one second.

Source: CORE.md 4; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from topology.accounts.account import Part, account
from topology.accounts.attribution import Owners
from topology.accounts.exclusion import agreed_work, laid_over, windows_by
from topology.accounts.history import BEGINNING, timelines, unseen
from topology.accounts.intervals import Sweep, sweep
from topology.accounts.shares import Shares, shares
from topology.agreement import level_terms, served
from topology.calendar import ServiceTime
from topology.impact.declared import Planned
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from events.contract import Change, State
    from topology.accounts.account import Account
    from topology.accounts.exclusion import AgreedWork
    from topology.accounts.history import Timeline
    from topology.accounts.intervals import Interval
    from topology.accounts.spans import Span
    from topology.compiled import Compiled
    from topology.model import Catalogue

__all__ = ["Books", "Judged", "suppliers_of"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A chain over a period.

    Args:
        measured_since: Where its account begins, when that is later than the period; None when nothing of the
            period is judged, or all.
    """

    account: Account
    shares: Shares
    measured_since: int | None


class Books:
    """The books of a catalogue over a time; everything is worked out once, when first asked for.

    Args:
        compiled: The catalogue.
        states: Verdicts on components, in the order in which one fold told them.
        changes: Every word on every change.
        span: What will be asked about, in epoch seconds.

    Attributes:
        raw: Component, link or shared risk to its timeline without planned work; those without a verdict are
            not in it: all the time they are what `before` says.
        timelines: The same with planned work laid over them.
        work: Work with an agreed window.
        service: Calendar to its service time.
        supplier: Who must repair what.
        owners: Whose a fall is.
    """

    def __init__(
        self, compiled: Compiled, states: Iterable[State], changes: Iterable[Change], span: Span
    ) -> None:
        catalogue = compiled.catalogue
        self.catalogue, self.start, self.end = catalogue, *span
        self.lanes = Lanes(compiled.gates)
        self.before: Mapping[str, str] = unseen(catalogue)
        self.raw: Mapping[str, Timeline] = timelines(states, self.before)
        self.work: Sequence[AgreedWork] = agreed_work(changes, Planned(compiled.gates).chains)
        self.maintenance = windows_by(self.work, lambda one: one.components)
        self.excluded = windows_by(self.work, lambda one: one.chains)
        self.timelines = laid_over(self.raw, self.before, self.maintenance)
        self.service = ServiceTime.all_of(catalogue)
        self.supplier: Mapping[str, str] = suppliers_of(catalogue)
        self.owners = Owners(compiled.gates, self.supplier)

    @cached_property
    def intervals(self) -> Mapping[str, Sequence[Interval]]:
        """Of every chain, all from `start` to `end`, and of before what an interruption may have begun in."""
        versions = [one for some in self.catalogue.level_versions.values() for one in some]
        gap = max((one.merge_gap_s for one in versions), default=0)
        wanted = Sweep(self.timelines, self.before, self.start, self.end, gap)
        return sweep(self.lanes.copy(), wanted)

    def parts(self, chain_id: str) -> list[Part]:
        """What was agreed about a chain from the first change of anything on, under which level."""
        chain = self.catalogue.chains[chain_id]
        span = served(chain, self.catalogue.timezone, self._first, self.end)
        if span is None:
            return []
        return [
            Part((term.start, term.end), term.level, self.service[term.level.calendar])
            for term in level_terms(self.catalogue, chain.level, *span)
        ]

    def windows(self, chain_id: str) -> Sequence[Span]:
        """The windows of agreed work that a chain is excused."""
        return self.excluded.get(chain_id, ())

    def judge(self, chain_id: str, period: Span) -> Judged:
        """Turn a chain and a period into its account."""
        parts, windows = self.parts(chain_id), self.windows(chain_id)
        its = account(self.intervals[chain_id], parts, windows, period)
        began = its.totals[0].part.span[0] if its.totals else period[0]
        whose = shares(its.down, self.lanes.cone(chain_id), self.owners) if its.down else Shares()
        return Judged(its, whose, began if began > period[0] else None)

    @cached_property
    def _first(self) -> int:
        """The first moment at which anything changed: before it, nothing can have begun."""
        firsts = [one[1][0] for one in self.timelines.values() if len(one) > 1]
        return min([self.start, *(at for at in firsts if at > BEGINNING)])


def suppliers_of(catalogue: Catalogue) -> dict[str, str]:
    """Turn a catalogue into who must repair what: component, link or shared risk to its supplier."""
    known: dict[str, str | None] = {one.id: one.supplier for one in catalogue.components.values()}
    known |= {one.id: one.supplier for one in catalogue.links.values()}
    known |= {one.id: one.supplier for one in catalogue.shared_risks.values()}
    return {id_: supplier for id_, supplier in known.items() if supplier is not None}
