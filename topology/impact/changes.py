"""The change calendar: who falls in each elementary interval, and because of which changes together.

A group falls when one of its chains does. What falls without any change, or by outages alone, is in the
rows but is no conflict of changes.

Source: CORE.md 7; DESIGN.md 7.3 (`changes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.impact.conflicts import BUDGET, Cause, Clashes
from topology.impact.declared import Planned, groups_of, users_of
from topology.impact.exposure import Exposure
from topology.impact.falling import Falling
from topology.impact.listing import LISTED, Listing, shares
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from topology.gates import Gates
    from topology.impact.intervals import Interval
    from topology.impact.listing import Conflict
    from topology.model import Catalogue

__all__ = ["ChangeCalendar", "Row"]

Outages = frozenset[str]
"""Parts that are down and not in agreed work."""

PARTS_BUDGET, PARTS_LISTED = 10_000, 200
"""The same two bounds for the parts of one change that are each other's spare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One elementary interval.

    Args:
        interval: Its span and the work in it.
        outages: Parts that are out besides.
        planned: Chains that fall by the work alone, everything else up.
        fallen: Chains that fall by the work and the outages together.
        conflicts: By changes, then group.
        listed_to: All conflicts of up to so many causes are listed; None = all conflicts are.
        counted: How many conflicts there are; None = not known.
    """

    interval: Interval
    outages: Outages
    planned: frozenset[str]
    fallen: frozenset[str]
    conflicts: tuple[Conflict, ...]
    listed_to: int | None
    counted: int | None


@dataclass(frozen=True, slots=True)
class _Scene:
    """An interval, and the items that each of its causes takes away."""

    interval: Interval
    outages: Outages
    causes: Mapping[Cause, frozenset[int]]

    def away(self, *, planned: bool) -> frozenset[int]:
        """What the work takes away, or all causes do."""
        items = (of for one, of in self.causes.items() if not (planned and one.is_outage))
        return frozenset().union(*items)


class ChangeCalendar:
    """Planned work against one catalogue; everything that is asked twice is worked out once.

    Args:
        catalogue: The checked catalogue.
        gates: The same, compiled.
        listed: Conflicts that are listed at most; more are only counted.
        budget: Steps for finding them, as of `Clashes`.

    Attributes:
        all_up: The states of all chains with everything up; they stay so.
    """

    def __init__(
        self, catalogue: Catalogue, gates: Gates, listed: int = LISTED, budget: int = BUDGET
    ) -> None:
        self.catalogue = catalogue
        self.all_up = Lanes(gates, watched=False)
        self.planned = Planned(gates, self.all_up.copy())
        self.exposure = Exposure(gates, self.all_up)
        self._gates, self._listed, self._budget = gates, listed, budget

    def rows(
        self, intervals: Iterable[Interval], outages: Callable[[int, int], Outages]
    ) -> list[Row]:
        """Turn intervals into rows, in the same order.

        Args:
            intervals: Of `elementary`.
            outages: Begin and end of an interval in epoch seconds to what is out for it.

        Raises:
            KeyError: Work names a part that the catalogue does not have.
        """
        scenes = [self._scene(one, outages(one.start, one.end)) for one in intervals]
        ways, falling = self._falling(scene.away(planned=False) for scene in scenes)
        causes = _in_order(falling, (scene.causes for scene in scenes))
        found = _listings(
            falling,
            causes,
            self._by_group(ways),
            [one.causes.keys() for one in scenes],
            self._budget,
        )
        fallen = [_fallen(ways, falling, scene.away(planned=False)) for scene in scenes]
        planned = [_fallen(ways, falling, scene.away(planned=True)) for scene in scenes]
        shared = shares([one.total for one in found], self._listed)
        every = zip(scenes, planned, fallen, found, shared, strict=True)
        return [_row(*one) for one in every]

    def groups(self, chains: Iterable[str]) -> tuple[list[str], int]:
        """Turn chains into their groups, sorted, and the users of these."""
        groups = groups_of(self.catalogue, chains)
        return groups, users_of(self.catalogue, groups)

    def spares(self, parts: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
        """Find parts among these that fell a chain together though not with one less: to its chains.

        The smallest sets, at most `PARTS_LISTED` of a set and a chain, found within `PARTS_BUDGET`.
        """
        causes = {Cause(id_): self.exposure.items([id_]) for id_ in parts}
        ways, falling = self._falling(causes.values())
        causes = _in_order(falling, [causes])
        alone = {id_: {way: [id_]} for id_, way in ways.items()}
        found = _listings(falling, causes, alone, [causes.keys()], PARTS_BUDGET)
        together: dict[tuple[str, ...], list[str]] = {}
        for one in found[0].first(PARTS_LISTED)[0]:
            together.setdefault(one.changes, []).extend(one.chains)
        return together

    def _scene(self, interval: Interval, outages: Outages) -> _Scene:
        causes = {Cause(id_, is_outage=True): self.exposure.items([id_]) for id_ in outages}
        for one in interval.active:
            causes[Cause(one.id)] = self.exposure.items(one.components)
        return _Scene(interval, outages, causes)

    def _falling(self, items: Iterable[frozenset[int]]) -> tuple[dict[str, int], Falling]:
        """What falls at worst, when all of these fail; and of each such chain its way in it."""
        away = frozenset().union(*items)
        chains = sorted(self.planned.chains(self.exposure.ids(away)))
        gates = [self._gates.chains[id_] for id_ in chains]
        falling = Falling(self._gates, ((one.minimum, one.end) for one in gates), away)
        return {one.id: falling.roots[one.minimum, one.end] for one in gates}, falling

    def _by_group(self, ways: Mapping[str, int]) -> dict[str, dict[int, list[str]]]:
        """Group to its ways that can fall, each with its chains."""
        groups: dict[str, dict[int, list[str]]] = {}
        for id_, way in ways.items():
            of = groups.setdefault(self.catalogue.chains[id_].source, {})
            of.setdefault(way, []).append(id_)
        return groups


def _fallen(ways: Mapping[str, int], falling: Falling, away: frozenset[int]) -> frozenset[str]:
    fallen = falling.fallen(away)
    return frozenset(id_ for id_, way in ways.items() if way in fallen)


def _row(
    scene: _Scene, planned: frozenset[str], fallen: frozenset[str], listing: Listing, share: int
) -> Row:
    conflicts, listed_to = listing.first(share)
    return Row(
        interval=scene.interval,
        outages=scene.outages,
        planned=planned,
        fallen=fallen,
        conflicts=conflicts,
        listed_to=listed_to,
        counted=listing.total if listing.known_to is None else None,
    )


def _listings(
    falling: Falling,
    causes: Mapping[Cause, frozenset[int]],
    groups: Mapping[str, Mapping[int, list[str]]],
    scenes: Iterable[Iterable[Cause]],
    budget: int,
) -> list[Listing]:
    """The conflicts of groups in scenes of these causes."""
    place = {one: at for at, one in enumerate(causes)}
    wanted = dict.fromkeys(frozenset(ways) for ways in groups.values())
    clashes = Clashes(falling, causes, wanted, budget)
    active = [frozenset(place[one] for one in scene) for scene in scenes]
    return [Listing(list(causes), groups, one) for one in clashes.of(active)]


def _in_order(
    falling: Falling, scenes: Iterable[Mapping[Cause, frozenset[int]]]
) -> dict[Cause, frozenset[int]]:
    """Every cause once; those of parts near the service first, which keeps families small."""
    near: dict[int, int] = {}
    for fall in falling.falls:
        for part in sorted(fall.parts):
            near.setdefault(part, len(near))
    causes = {one: items for scene in scenes for one, items in scene.items()}
    first = {
        one: min((near[item] for item in items if item in near), default=len(near))
        for one, items in causes.items()
    }
    return {one: causes[one] for one in sorted(causes, key=lambda each: (first[each], each))}
