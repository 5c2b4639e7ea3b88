"""A chain turned into its hops: what carries it, tier by tier from the user to the application.

A hop shows what a chain rests on, in the order in which people think of it; whether the chain works is
decided by the lanes, never here. Only what can carry the chain is shown: a component must be reachable
upward from the group and lead upward to the end of the chain.

Source: CORE.md 1.1 (the graph); DESIGN.md 7.1 "Meaning"; UX.md 5, pages 1 and 2.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from topology.model import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from topology.model import Catalogue, Chain, Link, SharedRisk

__all__ = ["SERVICES", "Hop", "HopMap", "Part", "hops"]

SERVICES = "services"
"""Title of the hop of what the chain only needs: DNS, RADIUS, controllers."""


@dataclass(frozen=True, slots=True)
class Part:
    """Members of a hop that stand in for each other.

    Args:
        at_least: So many of them must work.
        partial: True = its loss hurts only some of the hop (power of one of two rooms).
    """

    at_least: int
    members: tuple[str, ...]
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One step of a chain.

    Args:
        title: Tier label (`access`), or `services`.
        members: Components, in catalogue order.
        links: Links that leave these members upward or sideways.
        risks: Shared risks whose first members stand here.
        suppliers: Who must repair the members, in the order of the members.
        parts: What stands in for what; all parts must work.
    """

    tier: Tier
    title: str
    members: tuple[str, ...]
    links: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def total(self) -> int:
        """How many members it has."""
        return len(self.members)

    @property
    def everything(self) -> tuple[str, ...]:
        """Members, links and shared risks."""
        return (*self.members, *self.links, *self.risks)


def hops(catalogue: Catalogue, chain: Chain) -> tuple[Hop, ...]:
    """Turn one chain into its hops; for many chains make a `HopMap` once."""
    return HopMap(catalogue).of(chain)


@dataclass(slots=True)
class _Draft:
    """A hop while it is being put together."""

    tier: Tier
    members: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    risks: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


class HopMap:
    """The neighbours of every component of a catalogue, ready to cut chains into hops."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._order = {id_: place for place, id_ in enumerate(catalogue.components)}
        self._ways_up: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._ways_down: dict[str, list[str]] = defaultdict(list)
        self._risks: dict[str, list[SharedRisk]] = defaultdict(list)
        for link in catalogue.links.values():
            for low, high in _directions(catalogue, link):
                self._ways_up[low].append((high, link.id))
                self._ways_down[high].append(low)
        for risk in catalogue.shared_risks.values():
            for member in risk.members:
                self._risks[member].append(risk)

    def of(self, chain: Chain) -> tuple[Hop, ...]:
        """Turn a chain into its hops, users' side first; hops without members are left out."""
        group = self._catalogue.groups[chain.source]
        carrying = self._carrying(group.members, chain.to)
        needed = self._needed(carrying)
        drafts = self._tiers(carrying, chain.to, min(group.min, len(group.members)))
        if needed:
            drafts.insert(-1, (SERVICES, self._services(carrying, needed)))
        self._add_links(drafts, carrying | needed)
        self._add_risks(drafts, carrying | needed)
        return tuple(self._finish(title, draft) for title, draft in drafts)

    def _carrying(self, members: Iterable[str], end: str) -> set[str]:
        """Everything on a way up from the group to the end; both are in it, whatever the ways."""
        steps = self._distances(end, _closure(members, self._above))

        def onward(id_: str) -> Iterator[str]:
            return (
                high
                for high, _ in self._ways_up[id_]
                if high in steps and (steps[high] < steps[id_] or self._is_way_round(id_, high))
            )

        known = self._catalogue.components.keys() & set(members)
        return _closure(known & steps.keys(), onward) | known | {end}

    def _is_way_round(self, one: str, other: str) -> bool:
        """Tell whether a step away from the end can be meant: upward, or along a ring of like kinds.

        A dual-homed server hangs between two switches and could carry from one to the other; nobody
        builds it for that, and every chain would show every server.
        """
        a, b = self._catalogue.components[one], self._catalogue.components[other]
        return a.tier < b.tier or a.kind == b.kind

    def _above(self, component: str) -> Iterator[str]:
        return (high for high, _ in self._ways_up[component])

    def _distances(self, end: str, within: set[str]) -> dict[str, int]:
        """Steps from each of some components to the end, of those that lead there."""
        steps, waiting = {end: 0}, deque([end])
        while waiting:
            high = waiting.popleft()
            for low in self._ways_down[high]:
                if low in within and low not in steps:
                    steps[low] = steps[high] + 1
                    waiting.append(low)
        return steps

    def _needed(self, carrying: set[str]) -> set[str]:
        def needs_of(id_: str) -> Iterator[str]:
            component = self._catalogue.components.get(id_)
            for need in component.needs if component else ():
                yield from need.of

        first = [target for id_ in carrying for target in needs_of(id_)]
        return (_closure(first, needs_of) & self._catalogue.components.keys()) - carrying

    def _tiers(self, carrying: set[str], end: str, minimum: int) -> list[tuple[str, _Draft]]:
        drafts: dict[Tier, _Draft] = {}
        for id_ in sorted(carrying - {end}, key=self._order.__getitem__):
            tier = self._catalogue.components[id_].tier
            drafts.setdefault(tier, _Draft(tier)).members.append(id_)
        listed = [(tier.label, drafts[tier]) for tier in sorted(drafts)]
        for place, (_, draft) in enumerate(listed):
            wanted = minimum if place == 0 else 1
            draft.parts.append(Part(min(wanted, len(draft.members)), tuple(draft.members)))
        tier = self._catalogue.components[end].tier
        last = _Draft(tier, [end], parts=[Part(1, (end,))])
        return [*listed, (tier.label, last)]

    def _services(self, carrying: set[str], needed: set[str]) -> _Draft:
        draft = _Draft(Tier.APPLICATION, sorted(needed, key=self._order.__getitem__))
        told: set[tuple[int, tuple[str, ...]]] = set()
        for id_ in sorted(carrying | needed, key=self._order.__getitem__):
            for need in self._catalogue.components[id_].needs:
                of = tuple(target for target in need.of if target in needed)
                if of and (need.at_least, of) not in told:
                    told.add((need.at_least, of))
                    # What one of several services needs for itself is the loss of that one only.
                    draft.parts.append(Part(min(need.at_least, len(of)), of, id_ in needed))
        named = {member for part in draft.parts for member in part.members}
        rest = tuple(member for member in draft.members if member not in named)
        if rest:
            draft.parts.append(Part(1, rest))
        return draft

    def _add_links(self, drafts: list[tuple[str, _Draft]], shown: set[str]) -> None:
        placed: set[str] = set()
        for _, draft in drafts:
            for member in draft.members:
                for high, link in self._ways_up[member]:
                    if high in shown and link not in placed:
                        placed.add(link)
                        draft.links.append(link)
            if draft.links:
                draft.parts.append(Part(1, tuple(draft.links)))

    def _add_risks(self, drafts: list[tuple[str, _Draft]], shown: set[str]) -> None:
        placed: set[str] = set()
        for _, draft in drafts:
            touching = {
                risk.id: risk
                for id_ in (*draft.members, *draft.links)
                for risk in self._risks.get(id_, ())
            }
            for risk in touching.values():
                if risk.id not in placed:
                    placed.add(risk.id)
                    draft.risks.append(risk.id)
                    partial = not (set(draft.members) & shown <= set(risk.members))
                    draft.parts.append(Part(1, (risk.id,), partial))

    def _finish(self, title: str, draft: _Draft) -> Hop:
        suppliers = (self._catalogue.components[id_].supplier for id_ in draft.members)
        return Hop(
            tier=draft.tier,
            title=title,
            members=tuple(draft.members),
            links=tuple(draft.links),
            risks=tuple(draft.risks),
            suppliers=tuple(dict.fromkeys(supplier for supplier in suppliers if supplier)),
            parts=tuple(draft.parts),
        )


def _directions(catalogue: Catalogue, link: Link) -> Iterator[tuple[str, str]]:
    """Give the ways (from, to) in which a link carries: upward, or both between equals."""
    a, b = link.ends
    tiers: Mapping[str, Tier] = {end: catalogue.components[end].tier for end in link.ends}
    if tiers[a] <= tiers[b]:
        yield a, b
    if tiers[b] <= tiers[a]:
        yield b, a


def _closure(start: Iterable[str], onward: Callable[[str], Iterable[str]]) -> set[str]:
    """Everything that can be come to, the start included; without recursion."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        id_ = waiting.pop()
        if id_ not in found:
            found.add(id_)
            waiting.extend(onward(id_))
    return found
