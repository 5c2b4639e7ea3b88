"""The clashes of one scene turned into conflicts of groups, smallest first, as far as there is room.

A set of changes that fells a thousand groups is a thousand conflicts, and sets grow combinatorially: what is
listed has a limit. All are counted.

Source: CORE.md 7; DESIGN.md 7.3 (`changes`: a conflict is of changes and one group).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from topology.impact.conflicts import Cause, Clash, Ways

__all__ = ["LISTED", "Conflict", "Listing", "shares"]

LISTED = 200_000
"""Conflicts listed in one calendar: some 30 MB of JSON; no reader gets so far."""


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


class Listing:
    """The conflicts of one scene.

    Args:
        causes: By their place in a clash.
        groups: Group to its ways that fall, each with its chains.
        clashes: By the ways of a group.

    Attributes:
        counts: By size: how many there are, of the sizes that are known.
        known_to: All conflicts of up to so many causes are known; None = all are.
    """

    def __init__(
        self,
        causes: Sequence[Cause],
        groups: Mapping[str, Mapping[int, Sequence[str]]],
        clashes: Mapping[Ways, Clash],
    ) -> None:
        self._causes, self._groups, self._clashes = causes, groups, clashes
        self._alike: dict[Ways, list[str]] = {}
        for group, of in groups.items():
            self._alike.setdefault(frozenset(of), []).append(group)
        self.known_to = next((one.size for one in clashes.values() if one.size is not None), None)
        self.counts: dict[int, int] = {}
        for ways, alike in self._alike.items():
            for size, many in clashes[ways].counts().items():
                self.counts[size] = self.counts.get(size, 0) + many * len(alike)

    @property
    def total(self) -> int:
        """How many are known."""
        return sum(self.counts.values())

    def first(self, most: int) -> tuple[tuple[Conflict, ...], int | None]:
        """List the smallest, at most so many, by changes and group.

        Returns:
            The conflicts; and the size up to which these are all, None = all of every size.
        """
        listed: list[Conflict] = []
        complete_to = self.known_to
        for size, many in sorted(self.counts.items()):
            room = most - len(listed)
            listed += islice(self._of_size(size), room)
            if many > room:
                complete_to = size - 1
                break
        return tuple(sorted(listed, key=lambda one: (one.changes, one.group))), complete_to

    def _of_size(self, size: int) -> Iterator[Conflict]:
        for ways, alike in self._alike.items():
            clash = self._clashes[ways]
            for one in clash.conflicts(size):
                causes = [self._causes[place] for place in one]
                changes = tuple(sorted(cause.id for cause in causes))
                outages = tuple(sorted(cause.id for cause in causes if cause.is_outage))
                fells = clash.fells(one)
                for group in alike:
                    chains = sorted(id_ for way in fells for id_ in self._groups[group][way])
                    yield Conflict(changes, outages, group, tuple(chains))


def shares(totals: Sequence[int], room: int) -> list[int]:
    """Divide room among rows of so many conflicts: what the small ones do not need goes to the others."""
    given = [0] * len(totals)
    rising = sorted(range(len(totals)), key=totals.__getitem__)
    for rank, row in enumerate(rising):
        given[row] = min(totals[row], room // (len(totals) - rank))
        room -= given[row]
    return given
