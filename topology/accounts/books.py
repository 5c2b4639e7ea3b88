"""Verdicts and changes turned into books that can be asked: about a chain and a period, or one second.

Source: CORE.md 4; DESIGN.md 7.3 (`report`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from topology.accounts.account import account, service_seconds
from topology.accounts.attribution import Owners
from topology.accounts.blindness import Sight, unknown_seconds
from topology.accounts.burn import Burn, burn, burn_rules, longest_window, service_day
from topology.accounts.exclusion import agreed_work, laid_over, windows_by
from topology.accounts.felling import NO_RISK, fallen_with, felled_by, fellings
from topology.accounts.history import BEGINNING, timelines, unseen
from topology.accounts.intervals import Sweep, between, sweep
from topology.accounts.part import Part
from topology.accounts.shares import Shares, shares
from topology.accounts.spans import outside
from topology.agreement import level_terms, served
from topology.calendar import ServiceTime, local_day, month_span
from topology.impact.declared import Planned
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from events.contract import Change, State
    from topology.accounts.account import Account
    from topology.accounts.blindness import Blind
    from topology.accounts.exclusion import AgreedWork
    from topology.accounts.felling import Felling
    from topology.accounts.history import Timeline
    from topology.accounts.intervals import Interval
    from topology.accounts.spans import Span
    from topology.compiled import Compiled
    from topology.model import Catalogue

__all__ = ["Books", "Judged", "Spending", "suppliers_of"]


class Spending(NamedTuple):
    """How fast a chain spends its budget, at the end of its account.

    Attributes:
        at: Looked back from here.
        rules: One for each rule; nothing under a target of 100 %.
    """

    at: int
    rules: list[Burn]


@dataclass(frozen=True, slots=True)
class Judged:
    """A chain over a period.

    Args:
        measured_since: Where its account begins, when that is later than the period; None when nothing of the
            period is judged, or all.
        chain: Its id.
        unknown: Seconds that count as unknown, by what made them so.
        spending: None when nothing of the period is judged.
    """

    chain: str
    account: Account
    shares: Shares
    measured_since: int | None
    unknown: Mapping[Blind, int]
    spending: Spending | None


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
        fellings: Component to the shared risks that felled it.
        work: Work with an agreed window.
        service: Calendar to its service time.
        supplier: Who must repair what.
        owners: Whose a fall is.
    """

    def __init__(
        self, compiled: Compiled, states: Sequence[State], changes: Iterable[Change], span: Span
    ) -> None:
        catalogue = compiled.catalogue
        self.catalogue, self.start, self.end = catalogue, *span
        self.lanes = Lanes(compiled.gates)
        self._names = {item: id_ for id_, item in compiled.gates.items.items()}
        self.before: Mapping[str, str] = unseen(catalogue)
        self.raw: Mapping[str, Timeline] = timelines(states, self.before)
        self.fellings: Mapping[str, Felling] = fellings(states, catalogue.shared_risks.keys())
        self.work: Sequence[AgreedWork] = agreed_work(changes, Planned(compiled.gates).chains)
        self.maintenance = windows_by(self.work, lambda one: one.components)
        self.excluded = windows_by(self.work, lambda one: one.chains)
        self.timelines = laid_over(self.raw, self.before, self.maintenance)
        self.service = ServiceTime.all_of(catalogue)
        self.supplier: Mapping[str, str] = suppliers_of(catalogue)
        self.owners = Owners(compiled.gates, self.supplier)
        self.sight = Sight(catalogue, states, self.timelines, self.before)
        self._days: dict[tuple[str, date], tuple[int, Span]] = {}
        self._look = self._back_to()

    @cached_property
    def intervals(self) -> Mapping[str, Sequence[Interval]]:
        """Of every chain: all that burn rates look at, and before it where interruptions may have begun."""
        versions = [one for some in self.catalogue.level_versions.values() for one in some]
        gap = max((one.merge_gap_s for one in versions), default=0)
        wanted = Sweep(
            self.timelines, self.before, self._look, self.end, gap, fellings=self.fellings
        )
        return sweep(self.lanes.copy(), wanted)

    @cached_property
    def fallen_with(self) -> Mapping[str, Sequence[Span]]:
        """Of every shared risk: when something was down because of it."""
        return fallen_with(self.fellings, self.timelines, self.end)

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
        spending = self._spending(chain_id, its.totals[-1].part, period) if its.totals else None
        unknown = self._unknown(chain_id, period) if its.buckets.unknown else {}
        assert sum(unknown.values()) == its.buckets.unknown, f"{chain_id}: {unknown}"
        since = began if began > period[0] else None
        return Judged(chain_id, its, whose, since, unknown, spending)

    def _unknown(self, chain_id: str, period: Span) -> dict[Blind, int]:
        """Turn a chain and a period into the seconds that count as unknown, by what made them so."""
        parts, windows = self.parts(chain_id), self.windows(chain_id)
        judged = [one for one in self.intervals[chain_id] if one.state == "unknown"]
        clipped = between(judged, *period)
        found: dict[Blind, int] = {}
        for span, blind in unknown_seconds(
            clipped, self.lanes.cone(chain_id), self._names, self.sight
        ):
            seconds = sum(service_seconds(span, part, windows) for part in parts)
            if seconds:
                found[blind] = found.get(blind, 0) + seconds
        return found

    def trigger(self, chain_id: str, interval: Interval) -> list[str]:
        """Turn the interval in which a chain fell into what failed at its start, not what had before.

        Of what a shared risk felled it is the risk that failed.
        """
        at, sight = interval.start, self.sight
        stops = ("down",) if interval.state == "down" else ("down", "maint")
        ids = (self._names[item] for item in self.lanes.cone(chain_id).items)
        failed = [id_ for id_ in ids if sight.state(id_, at) in stops and sight.worsened(id_, at)]
        return sorted({one for id_ in failed for one in self.felled(id_, at) or (id_,)})

    def felled(self, id_: str, at: int) -> frozenset[str]:
        """The shared risks that had felled something that is down at a second; none = it failed itself."""
        if id_ not in self.fellings or self.sight.state(id_, at) != "down":
            return NO_RISK
        return felled_by(self.fellings[id_], at)

    def _spending(self, chain_id: str, part: Part, period: Span) -> Spending:
        """The three rules at the end of a chain's account, by the budget of its whole month."""
        at, level, windows = part.span[1], part.level, self.windows(chain_id)
        began = self.parts(chain_id)[0].span[0]
        day, month = self._month(part.service, period[0])
        chain = self.catalogue.chains[chain_id]
        start, end = served(chain, self.catalogue.timezone, *month) or month
        budget = outside((max(start, began), end), windows)
        rules = burn_rules(sum(part.service.seconds(*one) for one in budget), day)
        low = part.service.back(at, longest_window(day))
        since = began if low is None else max(began, low)
        spent = ("down", "maintenance", *(("unknown",) if level.unknown == "down" else ()))
        bad = [
            span
            for one in between(self.intervals[chain_id], since, at)
            if one.state in spent
            for span in outside((one.start, one.end), windows)
        ]
        return Spending(at, burn(part.service, bad, at, level.target_ppm, rules))

    def _month(self, service: ServiceTime, at: int) -> tuple[int, Span]:
        """The service seconds of a day in the local month of a moment, and that month."""
        day = local_day(at, self.catalogue.timezone)
        asked = (service.calendar.id, day.replace(day=1))
        if asked not in self._days:
            month = month_span(day.year, day.month, self.catalogue.timezone)
            self._days[asked] = service_day(service, *month), month
        return self._days[asked]

    def _back_to(self) -> int:
        """From where on burn rates at or after `start` look."""
        versions = [one for some in self.catalogue.level_versions.values() for one in some]
        found = [self.start]
        for name in {one.calendar for one in versions}:
            service = self.service[name]
            back = service.back(self.start, longest_window(self._month(service, self.start)[0]))
            found.append(self.start if back is None else back)
        return min(found)

    @cached_property
    def _first(self) -> int:
        """The first moment at which anything changed: before it, nothing can have begun."""
        firsts = [one[1][0] for one in self.timelines.values() if len(one) > 1]
        return min([self._look, *(at for at in firsts if at > BEGINNING)])


def suppliers_of(catalogue: Catalogue) -> dict[str, str]:
    """Turn a catalogue into who must repair what: component, link or shared risk to its supplier."""
    known: dict[str, str | None] = {one.id: one.supplier for one in catalogue.components.values()}
    known |= {one.id: one.supplier for one in catalogue.links.values()}
    known |= {one.id: one.supplier for one in catalogue.shared_risks.values()}
    return {id_: supplier for id_, supplier in known.items() if supplier is not None}
