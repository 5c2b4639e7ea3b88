"""What one poller can see, and what can be at fault there: the unchanging half of a search.

Made once for a catalogue and asked many times: what is worked out from the arcs is kept.

Source: CORE.md 3.1; DESIGN.md 7.3 (`rootcause`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from topology.management import Edge, compile_management
from topology.rootcause.costs import COSTS, costs_of
from topology.units import order_units

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topology.management import Management
    from topology.model import Catalogue

__all__ = ["Region", "regions_of"]


@dataclass(frozen=True, kw_only=True)
class Region:
    """The management graph of one vantage point, with its suspects.

    Args:
        root: The component that the poller is attached to.
        arcs: Component to its steps away from the poller; equals step both ways.
        groups: Shared risk to its members: components, links, other shared risks.
        costs: Suspect to its prior, at least 1; what is absent cannot be at fault.
        via: The poller's own link, before the root: without it the poller sees nothing.
    """

    root: str
    arcs: Mapping[str, tuple[Edge, ...]]
    groups: Mapping[str, frozenset[str]]
    costs: Mapping[str, int]
    via: str | None

    @cached_property
    def into(self) -> dict[str, tuple[Edge, ...]]:
        """Component to its steps back toward the poller."""
        into: dict[str, list[Edge]] = {}
        for near, edges in self.arcs.items():
            for edge in edges:
                into.setdefault(edge.component, []).append(Edge(near, edge.link))
        return {component: tuple(edges) for component, edges in into.items()}

    @cached_property
    def heads(self) -> dict[str, tuple[str, ...]]:
        """Link to the components that it leads to."""
        heads: dict[str, list[str]] = {}
        for edges in self.arcs.values():
            for edge in edges:
                heads.setdefault(edge.link, []).append(edge.component)
        return {link: tuple(components) for link, components in heads.items()}

    @cached_property
    def depth(self) -> dict[str, int]:
        """Component that the poller can see when all is well, to its steps from the root."""
        depth = {self.root: 0}
        queue = [self.root]
        for near in queue:
            for edge in self.arcs.get(near, ()):
                if edge.component not in depth:
                    depth[edge.component] = depth[near] + 1
                    queue.append(edge.component)
        return depth

    @cached_property
    def rings(self) -> dict[str, str]:
        """Component that can be walked away from and back to, to the one that stands for all on its ring."""
        ids = sorted({*self.arcs, *self.into})
        number = {id_: index for index, id_ in enumerate(ids)}
        ways = [[number[e.component] for e in self.arcs.get(id_, ())] for id_ in ids]
        units = (unit for unit in order_units(ways) if len(unit) > 1)
        return {ids[one]: ids[min(unit)] for unit in units for one in unit}

    @cached_property
    def rounds(self) -> dict[str, tuple[str, ...]]:
        """The one that stands for a ring to all on it."""
        rounds: dict[str, list[str]] = {}
        for component, ring in self.rings.items():
            rounds.setdefault(ring, []).append(component)
        return {ring: tuple(components) for ring, components in rounds.items()}

    def feeders(self, ring: str) -> set[str]:
        """What leads to a ring, or to a component on none, in one step from outside: each as its ring."""
        nears = (
            near
            for component in self.rounds.get(ring, (ring,))
            for near, _ in self.into.get(component, ())
        )
        return {self.rings.get(near, near) for near in nears} - {ring}

    @cached_property
    def effects(self) -> dict[str, frozenset[str]]:
        """Shared risk to everything that fails with it, itself included."""
        return {group: self._expanded(group) for group in self.groups}

    @cached_property
    def causes(self) -> dict[str, tuple[str, ...]]:
        """Member of shared risks to what could have taken it down, itself first."""
        causes: dict[str, list[str]] = {}
        for group, effect in self.effects.items():
            for member in effect - {group}:
                causes.setdefault(member, [member]).append(group)
        return {
            member: tuple(one for one in ones if one in self.costs)
            for member, ones in causes.items()
        }

    def effect(self, suspect: str) -> frozenset[str]:
        """Everything that is down when this suspect is at fault."""
        return self.effects.get(suspect) or frozenset((suspect,))

    def suspects(self, element: str) -> tuple[str, ...]:
        """What could be at fault when this component, link or shared risk is down."""
        found = self.causes.get(element)
        if found is not None:
            return found
        return (element,) if element in self.costs else ()

    def _expanded(self, group: str) -> frozenset[str]:
        found = {group}
        todo = [group]
        while todo:
            fresh = self.groups.get(todo.pop(), frozenset()) - found
            found |= fresh
            todo.extend(fresh)
        return frozenset(found)


def regions_of(
    catalogue: Catalogue,
    costs: Mapping[str, int] = COSTS,
    management: Management | None = None,
) -> dict[str, Region]:
    """Turn a catalogue into the region of each vantage point, by its id.

    Args:
        catalogue: Checked.
        costs: All the words of COSTS; a kind of shared risk may be added.
        management: Of the catalogue, where it was compiled already.
    """
    graph = management or compile_management(catalogue)
    groups = {risk.id: frozenset(risk.members) for risk in catalogue.shared_risks.values()}
    priors = costs_of(catalogue, costs)
    return {
        point.id: Region(
            root=point.attached_to, arcs=graph.away, groups=groups, costs=priors, via=point.via
        )
        for point in catalogue.vantage_points.values()
    }
