"""The change calendar: who falls in each elementary interval, and because of which changes together.

A group falls when one of its chains does. What falls without any change, or by outages alone, is in the
rows but is no conflict of changes.

Source: CORE.md 7; DESIGN.md 7.3 (`changes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.impact.conflicts import Cause, Search, minimal
from topology.impact.declared import Planned, groups_of, users_of
from topology.impact.exposure import Exposure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from topology.gates import Gates
    from topology.impact.intervals import Interval
    from topology.model import Catalogue

__all__ = ["ChangeCalendar", "Conflict", "Row"]

Outages = frozenset[str]
"""Parts that are down and not in agreed work."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Changes and outages under which a group falls, though under no fewer of them.

    Args:
        changes: Ids of changes, and of parts that are out, sorted; twice the same where both have it.
        outages: Those of them that are outages.
        group: Who falls.
        chains: Of that group: those that fall by these and by no fewer.
    """

    changes: tuple[str, ...]
    outages: tuple[str, ...]
    group: str
    chains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One elementary interval.

    Args:
        interval: Its span and the work in it.
        outages: Parts that are out besides.
        planned: Chains that fall by the work alone, everything else up.
        fallen: Chains that fall by the work and the outages together.
        conflicts: By changes, then group.
        complete: Every conflict was found, not only the smaller ones.
    """

    interval: Interval
    outages: Outages
    planned: frozenset[str]
    fallen: frozenset[str]
    conflicts: tuple[Conflict, ...]
    complete: bool


class ChangeCalendar:
    """Planned work against one catalogue; everything that is asked twice is worked out once.

    Args:
        catalogue: The checked catalogue.
        gates: The same, compiled.
    """

    def __init__(self, catalogue: Catalogue, gates: Gates) -> None:
        self.catalogue = catalogue
        self.planned = Planned(gates)
        self.exposure = Exposure(gates)
        self._gates = gates
        self._searched: dict[object, tuple[list[frozenset[Cause]], bool]] = {}

    def rows(
        self, intervals: Iterable[Interval], outages: Callable[[int, int], Outages]
    ) -> Iterator[Row]:
        """Turn intervals into rows, in the same order.

        Args:
            intervals: Of `elementary`.
            outages: Begin and end of an interval in epoch seconds to what is out for it.

        Raises:
            KeyError: Work names a part that the catalogue does not have.
        """
        for interval in intervals:
            yield self._row(interval, outages(interval.start, interval.end))

    def groups(self, chains: Iterable[str]) -> tuple[list[str], int]:
        """Turn chains into their groups, sorted, and the users of these."""
        groups = groups_of(self.catalogue, chains)
        return groups, users_of(self.catalogue, groups)

    def least(self, chain: str, causes: Mapping[str, Iterable[str]]) -> list[frozenset[str]]:
        """Find the least sets of causes (id to parts) that take a chain down."""
        items = {Cause(id_): self.exposure.items(of) for id_, of in causes.items()}
        return [frozenset(one.id for one in least) for least in self._search(chain, items)[0]]

    def _row(self, interval: Interval, outages: Outages) -> Row:
        worked_on = frozenset().union(*(one.components for one in interval.active))
        fallen = self.planned.chains(worked_on | outages)
        conflicts, complete = self._conflicts(interval, outages, fallen)
        return Row(
            interval=interval,
            outages=outages,
            planned=self.planned.chains(worked_on),
            fallen=fallen,
            conflicts=conflicts,
            complete=complete,
        )

    def _conflicts(
        self, interval: Interval, outages: Outages, fallen: Iterable[str]
    ) -> tuple[tuple[Conflict, ...], bool]:
        """The conflicts of one interval, and whether these are all."""
        causes = {Cause(id_, is_outage=True): self.exposure.items([id_]) for id_ in outages}
        for one in interval.active:
            causes[Cause(one.id)] = self.exposure.items(one.components)
        found: dict[str, dict[frozenset[Cause], list[str]]] = {}
        complete = True
        for chain in sorted(fallen):
            sets, all_of_them = self._search(chain, causes)
            complete &= all_of_them
            by_set = found.setdefault(self.catalogue.chains[chain].source, {})
            for least in sets:
                by_set.setdefault(least, []).append(chain)
        conflicts = [
            _conflict(least, group, by_set[least])
            for group, by_set in found.items()
            for least in minimal(by_set)
            if len(least) > 1 and not all(cause.is_outage for cause in least)
        ]
        return tuple(sorted(conflicts, key=lambda one: (one.changes, one.group))), complete

    def _search(
        self, chain: str, causes: Mapping[Cause, frozenset[int]]
    ) -> tuple[list[frozenset[Cause]], bool]:
        gate, cone = self._gates.chains[chain], self.exposure.cone(chain)
        here = {one: items & cone.items for one, items in causes.items()}
        key = (gate.minimum, gate.end, frozenset((one, of) for one, of in here.items() if of))
        if key not in self._searched:
            search = Search(cone, here)
            self._searched[key] = search.sets(), search.complete
        return self._searched[key]


def _conflict(causes: frozenset[Cause], group: str, chains: Iterable[str]) -> Conflict:
    every = tuple(sorted(one.id for one in causes))
    outages = tuple(sorted(one.id for one in causes if one.is_outage))
    return Conflict(every, outages, group, tuple(sorted(chains)))
