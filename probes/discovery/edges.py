"""Evidence to wires, each once, whoever told of it and from whichever end (pure).

Between two devices every statement of one side is held against those of the other:

1. both name both ports the same;
2. both see each other, and one names the port at which the other sees it: each knows its own port best;
3. they mean a port and what it consists of (an aggregate and its member);
4. each has one statement left and neither knows the other's port: it is the same wire;
5. what only one of them says.

Source: IEEE 802.1AB, 7 (a frame is never forwarded: what is heard comes from the other end of the wire).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from probes.discovery.evidence import End

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from probes.discovery.evidence import Evidence

__all__ = ["Link", "Side", "links"]

Port = int | str | None
Side = dict[tuple[Port, Port], set[str]]
"""What one device says of another: (own port, far port) to the sources."""


class Link(NamedTuple):
    """A wire.

    Attributes:
        a: The end of the device whose name sorts first.
        b: The other end.
        sources: Who tells of it, sorted.
        both_ends: Whether each end says that it sees the other.
    """

    a: End
    b: End
    sources: tuple[str, ...]
    both_ends: bool


def links(
    evidence: Iterable[Evidence], layers: Mapping[str, Mapping[int, frozenset[int]]]
) -> list[Link]:
    """Turn evidence into links, sorted; parallel wires stay apart.

    Args:
        evidence: In any order.
        layers: Device to its ports to the ports under them.
    """
    pairs: dict[tuple[str, str], tuple[Side, Side]] = {}
    for source, near, far in evidence:
        first, second = sorted((near.device, far.device))
        sides = pairs.setdefault((first, second), ({}, {}))
        sides[near.device == second].setdefault((near.port, far.port), set()).add(source)
    found: set[Link] = set()
    for (first, second), sides in sorted(pairs.items()):
        pair = _Pair(first, second, layers)
        found.update(pair.links(*sides))
    return sorted(found, key=_order)


def _order(link: Link) -> tuple[str, ...]:
    return (link.a.device, link.b.device, *(_written(end.port) for end in (link.a, link.b)))


def _written(port: Port) -> str:
    """Text that sorts: numbers by size, before names, before what is not told."""
    if port is None:
        return "~"
    return f"{port:012d}" if isinstance(port, int) else f"n{port}"


class _Pair:
    """The wires between two devices."""

    def __init__(
        self, first: str, second: str, layers: Mapping[str, Mapping[int, frozenset[int]]]
    ) -> None:
        self._names = (first, second)
        self._layers = (layers.get(first, {}), layers.get(second, {}))
        self._found: dict[tuple[Port, Port], tuple[set[str], bool]] = {}

    def links(self, ours: Side, theirs: Side) -> list[Link]:
        """Every wire of the pair, once."""
        one, other = (self._tidied(side, n) for n, side in enumerate((ours, theirs)))
        for agree in (self._same, self._own_best, self._layered):
            self._match(one, other, agree)
        self._last_ones(one, other)
        self._leftovers(one, other)
        first, second = self._names
        return [
            Link(End(first, a), End(second, b), tuple(sorted(sources)), both)
            for (a, b), (sources, both) in self._found.items()
        ]

    def _tidied(self, side: Side, n: int) -> Side:
        """Without what a fuller statement of the same port says as well."""
        kept: Side = {}
        for (near, far), sources in sorted(side.items(), key=_fullest):
            fuller = next((key for key in kept if self._adds_nothing(key, (near, far), n)), None)
            kept.setdefault(fuller or (near, far), set()).update(sources)
        return kept

    def _adds_nothing(self, kept: tuple[Port, Port], more: tuple[Port, Port], n: int) -> bool:
        near, far = more
        same_near = near is None or near == kept[0] or self._under(near, kept[0], n)
        same_far = not isinstance(far, int) or far == kept[1] or self._under(far, kept[1], 1 - n)
        return same_near and same_far

    def _under(self, upper: Port, lower: Port, n: int) -> bool:
        """Whether one port is part of the other."""
        both = isinstance(upper, int) and isinstance(lower, int)
        return both and lower in self._layers[n].get(upper, ())  # type: ignore[arg-type]

    def _near(self, one: Port, other: Port, n: int) -> bool:
        return one == other or self._under(one, other, n) or self._under(other, one, n)

    def _match(
        self,
        ours: Side,
        theirs: Side,
        agree: Callable[[tuple[Port, Port], tuple[Port, Port]], tuple[Port, Port] | None],
    ) -> None:
        for mine in sorted(ours, key=str):
            for yours in sorted(theirs, key=str):
                wire = agree(mine, yours)
                if wire is not None:
                    self._add(wire, ours.pop(mine) | theirs.pop(yours), both=True)
                    break

    def _add(self, wire: tuple[Port, Port], sources: set[str], *, both: bool) -> None:
        known, known_both = self._found.get(wire, (set(), False))
        self._found[wire] = (known | sources, known_both or both)

    def _same(self, mine: tuple[Port, Port], yours: tuple[Port, Port]) -> tuple[Port, Port] | None:
        return mine if mine == yours[::-1] and None not in mine else None

    def _own_best(
        self, mine: tuple[Port, Port], yours: tuple[Port, Port]
    ) -> tuple[Port, Port] | None:
        """One names the port at which the other sees it."""
        (near, said), (theirs, said_ours) = mine, yours
        named = theirs is not None and theirs == said
        if named and (near is None or said_ours is None or isinstance(said_ours, str)):
            return (near if near is not None else said_ours, theirs)
        if near is not None and near == said_ours and (theirs is None or not isinstance(said, int)):
            return (near, theirs if theirs is not None else said)
        return None

    def _layered(
        self, mine: tuple[Port, Port], yours: tuple[Port, Port]
    ) -> tuple[Port, Port] | None:
        """They mean a port and what it consists of, or only one of the two is wrong about the other's."""
        (near, said), (theirs, said_ours) = mine, yours
        if near is None or theirs is None:
            return None
        here, there = self._near(near, said_ours, 0), self._near(theirs, said, 1)
        exact = near == said_ours or theirs == said
        return (near, theirs) if (here and there) or exact else None

    def _last_ones(self, ours: Side, theirs: Side) -> None:
        """Statements left on both sides that do not know the other's port: one each is one wire.

        Of several it cannot be told which belong together: there are as many wires as the fuller side says.
        """
        mine = [wire for wire in ours if not isinstance(wire[1], int)]
        yours = [wire for wire in theirs if not isinstance(wire[1], int)]
        if len(mine) == len(yours) == 1:
            (near, said), (far, said_ours) = mine[0], yours[0]
            wire = (said_ours if near is None else near, said if far is None else far)
            self._add(wire, ours.pop(mine[0]) | theirs.pop(yours[0]), both=True)
        elif mine and yours:
            fewer, side = (yours, theirs) if len(mine) >= len(yours) else (mine, ours)
            for wire in fewer:
                del side[wire]

    def _leftovers(self, ours: Side, theirs: Side) -> None:
        """What one side says alone, unless it is about a port whose wire to the same device is known."""
        told = [(wire, sources) for wire, sources in ours.items()]
        told += [((far, near), sources) for (near, far), sources in theirs.items()]
        for wire, sources in sorted(told, key=_fullest):
            known = next((key for key in self._found if _overlap(key, wire)), None)
            self._add(known or wire, sources, both=False)


def _fullest(one: tuple[tuple[Port, Port], set[str]]) -> tuple[int, str]:
    """Sorts statements with two ports of the interface table before those with fewer."""
    wire = one[0]
    return sum(2 - isinstance(port, int) - (port is not None) for port in wire), str(wire)


def _overlap(known: tuple[Port, Port], wire: tuple[Port, Port]) -> bool:
    """Whether a statement is about a port of a known wire, or about no port at all."""
    shared = any(one is not None and one == other for one, other in zip(known, wire, strict=True))
    return shared or wire == (None, None)
