"""What deserves to be said about planned work before it is agreed.

Source: CORE.md 7 (no redundancy left, both redundant parts in one change, freeze or holiday) and 4.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.calendar import ServiceTime
from topology.impact.freezes import frozen, holidays_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topology.impact.changes import ChangeCalendar, Row
    from topology.impact.freezes import Freeze
    from topology.impact.work import PlannedWork

__all__ = ["Warned", "Warnings"]


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning.

    Args:
        code: Stable short name of the rule.
        changes: Which work it is about.
        message: What is wrong, and what to do, in English.
        chains: Which chains feel it.
        users: Of the groups of these chains.
        start: From when, epoch seconds; None = the whole of the work.
        end: Until when.
    """

    code: str
    changes: tuple[str, ...]
    message: str
    chains: tuple[str, ...] = ()
    users: int = 0
    start: int | None = None
    end: int | None = None


class Warnings:
    """The rules, over one calendar of changes.

    Args:
        calendar: The catalogue and what is known of it.
        freezes: Periods without changes.
        more_users_than: Redundancy that is used up is told when more users than this hang on it.
    """

    def __init__(
        self, calendar: ChangeCalendar, freezes: Sequence[Freeze] = (), more_users_than: int = 0
    ) -> None:
        self._calendar, self._freezes, self._least = calendar, freezes, more_users_than
        catalogue = calendar.catalogue
        self._service = {
            id_: ServiceTime.of(one, catalogue.timezone) for id_, one in catalogue.calendars.items()
        }

    def of_change(self, work: PlannedWork) -> Iterator[Warned]:
        """Turn one change into its warnings."""
        if work.start >= work.end:
            what = f"{work.id} ends before it begins: it is never active; correct start or end"
            yield Warned("never-active", (work.id,), what)
            return
        if not work.agreed:
            what = f"{work.id} is not agreed before its start: what it takes down counts as down"
            yield Warned("not-agreed", (work.id,), what)
        yield from self._of_its_days(work)
        yield from self._of_its_word(work)
        yield from self._of_its_parts(work)

    def of_row(self, row: Row) -> Iterator[Warned]:
        """Warn when the work of an interval leaves chains that had a spare with none."""
        exposure = self._calendar.exposure
        out = exposure.items(row.outages)
        gone = out | exposure.items(id_ for one in row.interval.active for id_ in one.components)
        standing = self._calendar.catalogue.chains.keys() - row.fallen
        spared = standing - exposure.frail(out, standing)
        bare = sorted(exposure.frail(gone, spared))
        _, users = self._calendar.groups(bare)
        if users > self._least:
            ids = tuple(one.id for one in row.interval.active)
            what = f"no redundancy left for {users} users: one more failure loses {_listed(bare)}"
            start, end, _ = row.interval
            yield Warned("no-redundancy-left", ids, what, tuple(bare), users, start, end)

    def _of_its_days(self, work: PlannedWork) -> Iterator[Warned]:
        timezone = self._calendar.catalogue.timezone
        for freeze in frozen(self._freezes, work.start, work.end, timezone):
            what = f"{work.id} lies in the freeze {freeze.name} ({freeze.first} to {freeze.last})"
            yield Warned("freeze", (work.id,), what)
        catalogue = self._calendar.catalogue
        touched = self._calendar.exposure.touched(self._calendar.exposure.items(work.components))
        levels = {catalogue.chains[id_].level for id_ in touched}
        for id_ in sorted({catalogue.levels[level].calendar for level in levels}):
            for day, name in holidays_in(self._service[id_], work.start, work.end):
                what = f"{work.id} falls on {day} ({name}), closed in calendar {id_}"
                yield Warned("holiday", (work.id,), what)

    def _of_its_word(self, work: PlannedWork) -> Iterator[Warned]:
        """What it declares, against the what-if of its parts."""
        if work.declared is None:
            return
        unknown = sorted(work.declared - self._calendar.catalogue.chains.keys())
        if unknown:
            what = f"{work.id} declares {_listed(unknown)}, which the catalogue does not have"
            yield Warned("unknown-chain", (work.id,), what)
        silent = sorted(self._calendar.planned.chains(work.components) - work.declared)
        if silent:
            _, users = self._calendar.groups(silent)
            what = f"{work.id} takes down {_listed(silent)} and does not declare it: that counts as down"
            yield Warned("undeclared-impact", (work.id,), what, tuple(silent), users)

    def _of_its_parts(self, work: PlannedWork) -> Iterator[Warned]:
        """Parts that are each other's spare, in one change; parts that no chain rests on."""
        exposure = self._calendar.exposure
        if not exposure.touched(exposure.items(work.components)):
            what = f"no chain rests on the parts of {work.id}"
            yield Warned("touches-no-chain", (work.id,), what)
        for spares, chains in sorted(self._calendar.spares(work.components).items()):
            _, users = self._calendar.groups(chains)
            what = f"{work.id} takes {_listed(spares)} together, each the other's spare: split it"
            yield Warned("redundant-parts-together", (work.id,), what, tuple(chains), users)


_SHOWN = 5


def _listed(ids: Iterable[str]) -> str:
    """A few ids for a sentence."""
    every = list(ids)
    more = f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else ""
    return ", ".join(every[:_SHOWN]) + more
