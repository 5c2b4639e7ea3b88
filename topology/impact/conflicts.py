"""What falls together: the least sets of changes and outages that take a group down between them.

Every way that can fall becomes the family of the least sets of causes that fell it: exact, whatever their
size, and equal parts of different chains are worked out once. The least sets of a moment are those of all
times of which every cause is active then; so all scenes are worked out together, and where that takes too
much work the first half of them and then the second. A single scene that still takes too much is worked out
with sets of two at most, then of three, and so on as far as it goes: all conflicts up to that size are exact
then too, and of larger ones nothing is said.

Source: CORE.md 7 (conflict = inclusion-minimal set of overlapping changes and present outages).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from topology.impact.falling import ALWAYS, NEVER
from topology.impact.families import EMPTY, NONE, Families, TooMuch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from topology.impact.falling import Fall, Falling

__all__ = ["BUDGET", "Cause", "Clash", "Clashes", "Ways"]

BUDGET = 3_000_000
"""Steps for one calendar: some twenty seconds.

Each halving has its equal part; what the first half does not need goes to the second.
"""

LEAST = 300
"""Each scene may take this part of the budget even when nothing is left: a twentieth of a second."""


class Cause(NamedTuple):
    """A change, or a part that is out; one may bear the name of the other."""

    id: str
    is_outage: bool = False


Ways = frozenset[int]
"""Numbers of falls: any of them fells the group."""


class Clash:
    """The least sets of causes that fell some ways, in one scene; a set is its places in the list of causes.

    Args:
        families: Where the sets are.
        outages: The places of the causes that are outages.
        of: Way to the sets that fell it, at any time.
        together: Those that fell any of the ways in this scene.
        size: All sets up to this size are known; None = all sets.
    """

    def __init__(
        self,
        families: Families,
        outages: frozenset[int],
        of: Mapping[int, int],
        together: int,
        size: int | None,
    ) -> None:
        self.size = size
        self._families, self._outages, self._of, self._together = families, outages, of, together

    def counts(self) -> dict[int, int]:
        """Count the conflicts by size: two causes or more, and a change among them."""
        every = self._families.counts(self._together)
        calm = self._families.counts(self._together, self._outages)
        calm += (0,) * (len(every) - len(calm))
        return {
            size: many - same
            for size, (many, same) in enumerate(zip(every, calm, strict=True))
            if size > 1 and many > same
        }

    def conflicts(self, size: int) -> Iterator[tuple[int, ...]]:
        """List the conflicts of one size."""
        for one in self._families.sets(self._together, size):
            if not self._outages.issuperset(one):
                yield one

    def fells(self, conflict: Collection[int]) -> list[int]:
        """Tell which of the ways fall by a conflict."""
        if len(self._of) == 1:
            return list(self._of)
        return [way for way, sets in self._of.items() if self._families.happens(sets, conflict)]


class Clashes:
    """The conflicts in the scenes of one calendar.

    Args:
        falling: What can fall by the parts of the causes.
        causes: Every cause of every scene, each to the parts that it takes away; the order is kept.
        wanted: The ways that are asked for together.
        budget: Steps for all of it.
    """

    def __init__(
        self,
        falling: Falling,
        causes: Mapping[Cause, frozenset[int]],
        wanted: Iterable[Ways],
        budget: int = BUDGET,
    ) -> None:
        self._falling, self._wanted, self._left = falling, list(wanted), budget
        self._least = budget // LEAST
        self._parts = list(causes.values())
        self._outages = frozenset(n for n, one in enumerate(causes) if one.is_outage)

    def of(self, scenes: Sequence[frozenset[int]]) -> list[dict[Ways, Clash]]:
        """Turn scenes, each the places of the causes that are active in it, into their clashes."""
        return self._found(scenes, self._left) if scenes else []

    def _found(self, scenes: Sequence[frozenset[int]], share: int) -> list[dict[Ways, Clash]]:
        allowed = max(self._least, share // len(scenes).bit_length())
        before = self._left
        found = self._tried(scenes, allowed, None)
        if found is not None:
            return found
        if len(scenes) == 1:
            return [self._bounded(scenes[0], allowed)]
        half = len(scenes) // 2
        first = self._found(scenes[:half], (share - allowed) // 2)
        return first + self._found(scenes[half:], share - (before - self._left))

    def _bounded(self, scene: frozenset[int], allowed: int) -> dict[Ways, Clash]:
        """The clashes of a scene up to the largest size that fits."""
        nothing = Clash(Families(1), self._outages, {}, NONE, 1)
        found = dict.fromkeys(self._wanted, nothing)
        for size in range(2, len(scene)):
            more = self._tried([scene], allowed, size)
            if more is None:
                break
            found = more[0]
        return found

    def _tried(
        self, scenes: Sequence[frozenset[int]], allowed: int, size: int | None
    ) -> list[dict[Ways, Clash]] | None:
        """The clashes with sets up to a size; None when it takes more steps than are allowed."""
        active = frozenset().union(*scenes)
        families = Families(size, allowed)
        try:
            worked = _Worked(self._falling, families, self._blamed(active))
            sets = {ways: worked.sets(ways) for ways in self._wanted}
        except TooMuch:
            return None
        finally:
            self._left -= families.steps
        return [self._clashes(families, sets, scene, size) for scene in scenes]

    def _clashes(
        self,
        families: Families,
        sets: Mapping[Ways, tuple[dict[int, int], int]],
        scene: frozenset[int],
        size: int | None,
    ) -> dict[Ways, Clash]:
        here = families.within(scene, [together for _, together in sets.values()])
        return {
            ways: Clash(families, self._outages, of, here[together], size)
            for ways, (of, together) in sets.items()
        }

    def _blamed(self, active: Iterable[int]) -> dict[int, list[int]]:
        """Part to the places of the active causes that take it away."""
        blamed: dict[int, list[int]] = {}
        for place in sorted(active):
            for part in self._parts[place]:
                blamed.setdefault(part, []).append(place)
        return blamed


class _Worked:
    """What fells each way.

    Args:
        falling: What can fall.
        families: Where the sets are made.
        blamed: Part to the causes that take it away.

    Raises:
        TooMuch: It takes more steps than the families are allowed.
    """

    def __init__(
        self, falling: Falling, families: Families, blamed: Mapping[int, Sequence[int]]
    ) -> None:
        self._families, self._blamed = families, blamed
        self._values: dict[int, int] = {NEVER: NONE, ALWAYS: EMPTY}
        for run in falling.runs:
            if len(run) == 1:
                self._values[run[0]] = self._fells(falling.falls[run[0]])
            else:
                self._go_round(run, falling.falls)

    def sets(self, ways: Ways) -> tuple[dict[int, int], int]:
        """The families that fell each of these ways, and that of any of them."""
        of = {one: self._values[one] for one in sorted(ways)}
        return of, self._any(of.values())

    def _go_round(self, run: Sequence[int], falls: Sequence[Fall]) -> None:
        """What holds each other up in a cycle falls: from all fallen, until nothing changes."""
        values = self._values
        values.update(dict.fromkeys(run, EMPTY))
        changed = True
        while changed:
            changed = False
            for one in run:
                before, values[one] = values[one], self._fells(falls[one])
                changed |= values[one] != before

    def _fells(self, fall: Fall) -> int:
        causes = {one for part in fall.parts for one in self._blamed.get(part, ())}
        sets = self._any(self._families.single(one) for one in sorted(causes))
        sets = self._families.either(sets, self._any(self._values[one] for one in fall.any_of))
        if not fall.choice:
            return sets
        some = [self._values[one] for one in fall.choice if self._values[one] != NONE]
        if len(some) < fall.at_least:
            return sets
        return self._families.either(sets, self._families.at_least(fall.at_least, some))

    def _any(self, families: Iterable[int]) -> int:
        value = NONE
        for one in families:
            value = self._families.either(value, one)
        return value
