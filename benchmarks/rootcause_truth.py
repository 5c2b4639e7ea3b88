"""What is really there, and what can be seen of it when some parts are down: worked out without the product.

A part is a component, a link, a shared risk, the poller's own link, one line of a link aggregation
(`LINK#1`), or `PROCESS`, the poller's program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from topology.model import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from topology.model import Catalogue

__all__ = ["PROCESS", "Truth"]

PROCESS = "the poller's process"

LINK, DEVICE, OTHER, VIA = 1000, 1200, 1500, 900
"""Priors of CORE.md 3.1, written down here anew."""


class Truth:
    """A network as it is, or as a map has it.

    Args:
        catalogue: The network.
        unread: Ports, as (device, link), that nobody reads.
    """

    def __init__(
        self, catalogue: Catalogue, unread: AbstractSet[tuple[str, str]] = frozenset()
    ) -> None:
        point = next(iter(catalogue.vantage_points.values()))
        self.root, self.via = point.attached_to, point.via
        self.ports: dict[str, list[tuple[str, str]]] = {one: [] for one in catalogue.components}
        self.steps: dict[str, list[tuple[str, str]]] = {one: [] for one in catalogue.components}
        self.spare = {link.id: link.members - link.min_links for link in catalogue.links.values()}
        self.lines = {link.id: link.members for link in catalogue.links.values()}
        self.unread = unread
        self.parts = {
            risk.id: frozenset((risk.id, *risk.members)) for risk in catalogue.shared_risks.values()
        }
        self._costs = dict.fromkeys(catalogue.links, LINK) | dict.fromkeys(self.parts, OTHER)
        for one in catalogue.components.values():
            self._costs[one.id] = OTHER if one.tier is Tier.CORE else DEVICE
        for link in catalogue.links.values():
            for near, far in (link.ends, link.ends[::-1]):
                self.ports[near].append((link.id, far))
                if catalogue.components[near].tier >= catalogue.components[far].tier:
                    self.steps[near].append((link.id, far))

    def falls(self, causes: Iterable[str]) -> frozenset[str]:
        """Everything that is down when these are."""
        return frozenset().union(*(self.parts.get(one, {one}) for one in causes))

    def cost(self, causes: Iterable[str]) -> int:
        """How unlikely these are together."""
        return sum(self._costs.get(one, VIA) for one in causes)

    def reached(self, down: AbstractSet[str]) -> set[str]:
        """Who answers."""
        if self.via in down or self.root in down or PROCESS in down:
            return set()
        seen, todo = {self.root}, [self.root]
        while todo:
            for link, far in self.steps[todo.pop()]:
                if far not in seen and far not in down and not self.is_cut(link, down):
                    seen.add(far)
                    todo.append(far)
        return seen

    def is_cut(self, link: str, down: AbstractSet[str]) -> bool:
        """Whether a link carries nothing."""
        return link in down or (self.lines[link] > 1 and self._lost(link, down) > self.spare[link])

    def _lost(self, link: str, down: AbstractSet[str]) -> int:
        return sum(f"{link}#{number}" in down for number in range(1, self.lines[link] + 1))

    def port(self, link: str, far: str, down: AbstractSet[str]) -> str:
        """What a port says of its link."""
        if far in down or self.is_cut(link, down):
            return "down"
        return "degraded" if self.lines[link] > 1 and self._lost(link, down) else "up"

    def picture(self, down: AbstractSet[str]) -> frozenset[object]:
        """Everything that can be seen: who answers, and the ports of those that are not as they should be."""
        if PROCESS in down:
            return frozenset((PROCESS,))
        seen = self.reached(down)
        odd = {(near, link, said) for near, link, said in self.odd_ports(seen, down)}
        return frozenset(seen | odd)

    def odd_ports(
        self, seen: Iterable[str], down: AbstractSet[str]
    ) -> Iterable[tuple[str, str, str]]:
        """The ports of these devices that are not up: (device, link, what it says)."""
        for near in seen:
            for link, far in self.ports[near]:
                said = self.port(link, far, down)
                if said != "up" and (near, link) not in self.unread:
                    yield near, link, said
