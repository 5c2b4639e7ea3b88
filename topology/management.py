"""What the pollers can see, and through what: the management graph compiled for the live path.

It runs from each vantage point's `attached_to` down in tier, and both ways between equal tiers: what is
never a way for users is never a way for the poller either.

Source: CORE.md 3.1; DESIGN.md 7.3 (`rootcause`).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.model import Catalogue, Link

__all__ = ["Edge", "Management", "compile_management"]


class Edge(NamedTuple):
    """A step of the graph: the component at the other side, and the link that leads to it."""

    component: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Management:
    """The management graph of all vantage points together.

    Args:
        roots: Vantage point to the component it is attached to.
        vias: Vantage point to its own link.
        toward: Component to its neighbours on the poller's side (equals included).
        away: Component to its neighbours on the far side (equals included).
        nearer: Component to the next one on its shortest path to a poller; a root to None.
        links: Link of the graph to its two components, the poller's side first where there is one.
        risks: Member to the shared risks it stands under.
    """

    roots: Mapping[str, str]
    vias: Mapping[str, str]
    toward: Mapping[str, tuple[Edge, ...]]
    away: Mapping[str, tuple[Edge, ...]]
    nearer: Mapping[str, str | None]
    links: Mapping[str, tuple[str, str]]
    risks: Mapping[str, tuple[str, ...]]
    _near: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def path(self, component: str) -> list[str]:
        """The shortest path from a component to the poller, itself first."""
        path = []
        step: str | None = component
        while step is not None:
            path.append(step)
            step = self.nearer[step]
        return path

    def around(self, component: str) -> tuple[str, ...]:
        """A component and its neighbours, each once."""
        found = self._near.get(component)
        if found is None:
            edges = (*self.toward[component], *self.away[component])
            found = tuple(dict.fromkeys((component, *(edge.component for edge in edges))))
            self._near[component] = found
        return found

    def recheck(self, component: str) -> tuple[str, ...]:
        """What to look at at once after a first failure: the path to the poller and its neighbours.

        Source: CORE.md 3.3.
        """
        return tuple(dict.fromkeys(c for step in self.path(component) for c in self.around(step)))


def compile_management(catalogue: Catalogue) -> Management:
    """Turn a catalogue into the management graph. Linear in its size."""
    points = catalogue.vantage_points
    steps = _steps(catalogue)
    nearer = _nearer([point.attached_to for point in points.values()], steps)
    toward: dict[str, list[Edge]] = {id_: [] for id_ in nearer}
    away: dict[str, list[Edge]] = {id_: [] for id_ in nearer}
    links: dict[str, tuple[str, str]] = {}
    for near in nearer:
        for edge in steps.get(near, ()):
            away[near].append(edge)
            toward[edge.component].append(Edge(near, edge.link))
            links.setdefault(edge.link, (near, edge.component))
    return Management(
        roots={point.id: point.attached_to for point in points.values()},
        vias={point.id: point.via for point in points.values()},
        toward={id_: tuple(edges) for id_, edges in toward.items()},
        away={id_: tuple(edges) for id_, edges in away.items()},
        nearer=nearer,
        links=links,
        risks=_risks(catalogue, nearer),
    )


def _steps(catalogue: Catalogue) -> dict[str, list[Edge]]:
    steps: dict[str, list[Edge]] = {}
    for link in catalogue.links.values():
        for near, far in _ways(catalogue, link):
            steps.setdefault(near, []).append(Edge(far, link.id))
    return steps


def _ways(catalogue: Catalogue, link: Link) -> Iterable[tuple[str, str]]:
    one, other = link.ends
    tiers = catalogue.components[one].tier, catalogue.components[other].tier
    if tiers[0] >= tiers[1]:
        yield one, other
    if tiers[1] >= tiers[0]:
        yield other, one


def _nearer(roots: Iterable[str], steps: Mapping[str, list[Edge]]) -> dict[str, str | None]:
    """Breadth first from all roots at once: everything in the graph, with its next step back."""
    nearer: dict[str, str | None] = dict.fromkeys(roots)
    queue = deque(nearer)
    while queue:
        near = queue.popleft()
        for edge in steps.get(near, ()):
            if edge.component not in nearer:
                nearer[edge.component] = near
                queue.append(edge.component)
    return nearer


def _risks(catalogue: Catalogue, nearer: Mapping[str, str | None]) -> dict[str, tuple[str, ...]]:
    risks: dict[str, list[str]] = {}
    for risk in catalogue.shared_risks.values():
        for member in risk.members:
            if member in nearer:
                risks.setdefault(member, []).append(risk.id)
    return {member: tuple(ids) for member, ids in risks.items()}
