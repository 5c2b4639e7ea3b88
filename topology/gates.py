"""A catalogue compiled to gates on integer vertices, for the live path.

A vertex is a component, one direction of a link, a shared risk, a gate of a group or an entry of `needs`.
What a vertex is worth is one integer, four bits for every end (a component where chains end): end 0 is
"standing", how a vertex is judged by itself. A vertex's integer is

    (k-of-n over its successors | ends) & what its state allows & its conditions | own

where conditions (shared risks and needs) are read standing, and `own` are the bits of its own end: the
state of an end is applied at chain level, so one application's event does not rewrite the whole graph.

Source: CORE.md sections 1.1 and 2.1; DESIGN.md 7.1 "Meaning".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from topology.units import order_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.model import Catalogue, Link

__all__ = ["LANES", "STANDING", "ChainGate", "Gates", "Scope", "compile_gates"]

_T = TypeVar("_T")

LANES = 4
"""Bits per end, lowest first: only up, plus degraded, plus unknown, plus maintenance."""

STANDING = (1 << LANES) - 1
"""The bits of end 0."""


class Scope:
    """Which bits of a vertex anybody reads; the others are kept at 0, so they cost nothing."""

    CARRIES = 0
    """Those of the ends of chains."""
    BOTH = 1
    """All."""
    STANDS = 2
    """Only the standing ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainGate:
    """A chain among the gates.

    Args:
        minimum: Vertex of the group's gate `min`.
        full: Vertex of the group's gate `full`; the same one where they are equal.
        end: Index of its end, from 1.
        exempt: Items that do not count for redundancy, the sink among them.
    """

    id: str
    minimum: int
    full: int
    end: int
    redundancy: int
    users: int
    exempt: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """The compiled graph; sequences are by vertex unless told otherwise.

    Args:
        items: Id of everything that has a state, to its number.
        vertices: By item: its vertices (two for a link between equals, none where nothing rests on it).
        item: The item, or -1 of a pure gate.
        successors: What it is served through.
        at_least: How many of these must work.
        conditions: Vertices that must stand for it to work.
        ends: Bits that need no successor.
        own: Bits that are always set.
        scope: One of `Scope`.
        units: By unit, in topological order, successors first: its vertices; several are a cycle.
        unit: Its unit.
        dependants: Units to evaluate anew when it changes; its own unit is not among them.
        inner: Vertices of its own cycle to evaluate anew when it changes.
        sinks: By end: the vertex; -1 for end 0.
        sourced: Vertex of a group's gate to the chains (id, shift) that start there.
        sunk: By end: the ids of its chains.
    """

    items: Mapping[str, int]
    vertices: tuple[tuple[int, ...], ...]
    item: tuple[int, ...]
    successors: tuple[tuple[int, ...], ...]
    at_least: tuple[int, ...]
    conditions: tuple[tuple[int, ...], ...]
    ends: tuple[int, ...]
    own: tuple[int, ...]
    scope: bytes
    units: tuple[tuple[int, ...], ...]
    unit: tuple[int, ...]
    dependants: tuple[tuple[int, ...], ...]
    inner: Mapping[int, tuple[int, ...]]
    sinks: tuple[int, ...]
    chains: Mapping[str, ChainGate]
    sourced: Mapping[int, tuple[tuple[str, int], ...]]
    sunk: tuple[tuple[str, ...], ...]

    @property
    def spread(self) -> int:
        """The lowest bit of every end: four lanes times this are the lanes at every end."""
        return sum(1 << (LANES * end) for end in range(len(self.sinks)))

    def served_through(self, vertex: int, end: int) -> tuple[tuple[int, ...], int]:
        """The vertices that carry one further to an end, and how many must; none and 0 where the way ends.

        Args:
            vertex: A vertex.
            end: Index of the end; 0 = it stands by itself.
        """
        is_end = self.sinks[end] == vertex if end else self.ends[vertex] & STANDING
        return ((), 0) if is_end else (self.successors[vertex], self.at_least[vertex])


def compile_gates(catalogue: Catalogue) -> Gates:
    """Turn a checked catalogue into its gates. Linear in its size."""
    draft = _Draft()
    _add_items(draft, catalogue)
    _add_links(draft, catalogue)
    _add_needs(draft, catalogue)
    _add_groups(draft, catalogue)
    _add_risks(draft, catalogue)
    _add_ends(draft, catalogue)
    return _finish(draft, catalogue)


@dataclass(slots=True)
class _Draft:
    """The gates while they are being built."""

    items: dict[str, int] = field(default_factory=dict)
    vertices: list[list[int]] = field(default_factory=list)
    item: list[int] = field(default_factory=list)
    successors: list[list[int]] = field(default_factory=list)
    at_least: list[int] = field(default_factory=list)
    conditions: list[list[int]] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    own: list[int] = field(default_factory=list)
    pure: set[int] = field(default_factory=set)
    at: dict[str, int] = field(default_factory=dict)
    """Id of a component or shared risk to its vertex."""
    gates: dict[str, dict[int, int]] = field(default_factory=dict)
    """Id of a group to its gates: at least so many, the vertex."""
    sinks: dict[str, int] = field(default_factory=dict)

    def name(self, id_: str) -> int:
        """Give an id an item number."""
        if id_ not in self.items:
            self.items[id_] = len(self.vertices)
            self.vertices.append([])
        return self.items[id_]

    def vertex(self, id_: str | None, successors: Iterable[int] = (), at_least: int = 1) -> int:
        """Add a vertex, of an item or a pure gate."""
        new = len(self.item)
        self.item.append(-1 if id_ is None else self.name(id_))
        self.successors.append(list(successors))
        self.at_least.append(at_least)
        self.conditions.append([])
        self.ends.append(0)
        self.own.append(0)
        if id_ is not None:
            self.vertices[self.item[new]].append(new)
        return new


def _add_items(draft: _Draft, catalogue: Catalogue) -> None:
    for component in catalogue.components.values():
        draft.at[component.id] = draft.vertex(component.id, at_least=max(1, component.uplinks_min))
    for risk in catalogue.shared_risks.values():
        draft.at[risk.id] = new = draft.vertex(risk.id)
        draft.ends[new] = STANDING
        draft.pure.add(new)
    for link in catalogue.links.values():
        draft.name(link.id)
    for vantage in catalogue.vantage_points.values():
        # The poller and its link have a state but carry no chain.
        draft.name(vantage.id)
        draft.name(vantage.via)


def _rises(catalogue: Catalogue, link: Link) -> int:
    """Below 0, 0 or above 0: the second end stands lower, equal or higher than the first."""
    first, second = link.ends
    return catalogue.components[second].tier - catalogue.components[first].tier


def _add_links(draft: _Draft, catalogue: Catalogue) -> None:
    """Links carry upward, both ways between equals; a component that cannot go up is an end."""
    beside: dict[str, list[str]] = {}
    rising: set[str] = set()
    for link in catalogue.links.values():
        first, second = link.ends
        rise = _rises(catalogue, link)
        ways = [(first, second)] if rise > 0 else [(second, first)]
        if rise == 0:
            ways.append((first, second))
            beside.setdefault(first, []).append(second)
            beside.setdefault(second, []).append(first)
        else:
            rising.add(ways[0][0])
        for low, high in ways:
            draft.successors[draft.at[low]].append(draft.vertex(link.id, [draft.at[high]]))
    for id_ in catalogue.components.keys() - _leading_up(rising, beside):
        draft.ends[draft.at[id_]] = STANDING


def _leading_up(rising: set[str], beside: Mapping[str, list[str]]) -> set[str]:
    """Components with a way up, their own or through equals.

    Two servers with only a link between them lead nowhere: each is judged without it. Read as an uplink,
    that link would keep both from ever standing.
    """
    found, ahead = set(rising), list(rising)
    while ahead:
        fresh = [other for other in beside.get(ahead.pop(), ()) if other not in found]
        found.update(fresh)
        ahead.extend(fresh)
    return found


def _add_needs(draft: _Draft, catalogue: Catalogue) -> None:
    for component in catalogue.components.values():
        conditions = draft.conditions[draft.at[component.id]]
        for need in component.needs:
            entries = [_alone(draft, id_) for id_ in need.of]
            if need.at_least == len(entries):
                conditions += entries
            else:
                conditions.append(draft.vertex(None, entries, need.at_least))
                draft.pure.add(conditions[-1])


def _alone(draft: _Draft, id_: str) -> int:
    """The vertex that tells how an item is judged by itself; a link's is made when first asked."""
    if id_ not in draft.at:
        draft.at[id_] = new = draft.vertex(id_)
        draft.ends[new] = STANDING
        draft.pure.add(new)
    return draft.at[id_]


def _add_groups(draft: _Draft, catalogue: Catalogue) -> None:
    for group in catalogue.groups.values():
        members = [draft.at[id_] for id_ in group.members]
        draft.gates[group.id] = {
            least: draft.vertex(None, members, least)
            for least in {max(1, group.min), max(1, group.full)}
        }


def _add_risks(draft: _Draft, catalogue: Catalogue) -> None:
    for risk in catalogue.shared_risks.values():
        at = draft.at[risk.id]
        for id_ in dict.fromkeys(risk.members):
            members = (
                draft.gates[id_].values()
                if id_ in draft.gates
                else draft.vertices[draft.items[id_]]
            )
            for member in members:
                draft.conditions[member].append(at)


def _add_ends(draft: _Draft, catalogue: Catalogue) -> None:
    for chain in catalogue.chains.values():
        if chain.to not in draft.sinks:
            draft.sinks[chain.to] = end = len(draft.sinks) + 1
            draft.own[draft.at[chain.to]] = STANDING << (LANES * end)


def _finish(draft: _Draft, catalogue: Catalogue) -> Gates:
    needed = [[*s, *c] for s, c in zip(draft.successors, draft.conditions, strict=True)]
    units = order_units(needed)
    unit = [0] * len(needed)
    for number, members in enumerate(units):
        for vertex in members:
            unit[vertex] = number
    dependants, inner = _dependants(needed, unit)
    chains = {id_: _chain_gate(draft, catalogue, id_) for id_ in catalogue.chains}
    sourced: dict[int, list[tuple[str, int]]] = {}
    sunk: list[list[str]] = [[] for _ in range(len(draft.sinks) + 1)]
    for chain in chains.values():
        sunk[chain.end].append(chain.id)
        for gate in {chain.minimum, chain.full}:
            sourced.setdefault(gate, []).append((chain.id, LANES * chain.end))
    return Gates(
        items=draft.items,
        vertices=_frozen(draft.vertices),
        item=tuple(draft.item),
        successors=_frozen(draft.successors),
        at_least=tuple(draft.at_least),
        conditions=_frozen(draft.conditions),
        ends=tuple(draft.ends),
        own=tuple(draft.own),
        scope=_scopes(draft, needed),
        units=_frozen(units),
        unit=tuple(unit),
        dependants=dependants,
        inner=inner,
        sinks=(-1, *(draft.at[id_] for id_ in draft.sinks)),
        chains=chains,
        sourced={gate: tuple(starts) for gate, starts in sourced.items()},
        sunk=_frozen(sunk),
    )


def _frozen(lists: Iterable[Iterable[_T]]) -> tuple[tuple[_T, ...], ...]:
    return tuple(tuple(one) for one in lists)


def _dependants(
    needed: list[list[int]], unit: list[int]
) -> tuple[tuple[tuple[int, ...], ...], dict[int, tuple[int, ...]]]:
    """Whom to evaluate anew when a vertex changes: units elsewhere, vertices in the same cycle."""
    outer: list[list[int]] = [[] for _ in needed]
    inner: dict[int, list[int]] = {}
    for vertex, below in enumerate(needed):
        for successor in below:
            if unit[successor] == unit[vertex]:
                inner.setdefault(successor, []).append(vertex)
            else:
                outer[successor].append(unit[vertex])
    return (
        tuple(tuple(dict.fromkeys(one)) for one in outer),
        {vertex: tuple(dict.fromkeys(one)) for vertex, one in inner.items()},
    )


def _scopes(draft: _Draft, needed: list[list[int]]) -> bytes:
    """Standing bits only where a condition reads them, directly or further up."""
    ahead = list({c for conditions in draft.conditions for c in conditions})
    standing = set(ahead)
    while ahead:
        fresh = [below for below in needed[ahead.pop()] if below not in standing]
        standing.update(fresh)
        ahead.extend(fresh)
    return bytes(
        Scope.STANDS
        if vertex in draft.pure
        else Scope.BOTH
        if vertex in standing
        else Scope.CARRIES
        for vertex in range(len(needed))
    )


def _chain_gate(draft: _Draft, catalogue: Catalogue, id_: str) -> ChainGate:
    chain = catalogue.chains[id_]
    group = catalogue.groups[chain.source]
    named = (draft.items[one] for one in chain.exempt if one in draft.items)
    return ChainGate(
        id=id_,
        minimum=draft.gates[group.id][max(1, group.min)],
        full=draft.gates[group.id][max(1, group.full)],
        end=draft.sinks[chain.to],
        redundancy=catalogue.levels[chain.level].redundancy,
        users=group.users,
        exempt=frozenset((*named, draft.items[chain.to])),
    )
