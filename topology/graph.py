"""The graph people and analyses see, as networkx graphs; the live path runs on `topology.gates`.

An arc v -> w says "v is served through w": from users towards applications. Everything that can fail is a
node, links and shared risks too, so that an analysis counts them.

Source: CORE.md sections 1.1 and 3.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from topology.gates import compile_gates
from topology.kappa import MOST, minimal_cuts
from topology.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topology.model import Catalogue, Component, Link

__all__ = [
    "articulation_points",
    "chain_cuts",
    "management_graph",
    "service_graph",
    "to_graphml",
    "to_node_link",
]


def service_graph(catalogue: Catalogue) -> nx.DiGraph[str]:
    """Turn a catalogue into one directed graph of chains, groups, components, links and shared risks.

    Nodes have `of` (what they are) and what the catalogue tells of them; arcs have `why`: `from`,
    `member`, `uplink`, `need`, `risk`. An entry of `needs` with a choice is a node `component#n`.
    """
    graph: nx.DiGraph[str] = nx.DiGraph(version=catalogue.version)
    for component in catalogue.components.values():
        graph.add_node(component.id, **_component(component))
    for risk in catalogue.shared_risks.values():
        graph.add_node(risk.id, **_told(of="shared_risk", kind=risk.kind, supplier=risk.supplier))
        graph.add_edges_from(((member, risk.id) for member in risk.members), why="risk")
    for link in catalogue.links.values():
        graph.add_node(link.id, **_told(of="link", name=link.name, supplier=link.supplier))
        for low, high in _ways(catalogue, link):
            graph.add_edges_from(((low, link.id), (link.id, high)), why="uplink")
    for component in catalogue.components.values():
        _add_needs(graph, component)
    _add_users(graph, catalogue)
    return graph


def _told(**facts: object) -> dict[str, object]:
    """What is told; GraphML has no null."""
    return {name: fact for name, fact in facts.items() if fact is not None}


def _component(component: Component) -> dict[str, object]:
    return _told(
        of="component",
        kind=component.kind,
        tier=component.tier.label,
        site=component.site,
        supplier=component.supplier,
        name=component.name,
        domain=component.domain,
        at_least=component.uplinks_min,
    )


def _ways(catalogue: Catalogue, link: Link) -> Iterator[tuple[str, str]]:
    """The directions in which a link carries: upward in tier, both between equals."""
    for low, high in (link.ends, link.ends[::-1]):
        if catalogue.components[low].tier <= catalogue.components[high].tier:
            yield low, high


def _add_needs(graph: nx.DiGraph[str], component: Component) -> None:
    for number, need in enumerate(component.needs, start=1):
        if need.at_least == len(need.of):
            graph.add_edges_from(((component.id, one) for one in need.of), why="need")
            continue
        choice = f"{component.id}#{number}"
        graph.add_node(choice, of="need", at_least=need.at_least)
        graph.add_edge(component.id, choice, why="need")
        graph.add_edges_from(((choice, one) for one in need.of), why="need")


def _add_users(graph: nx.DiGraph[str], catalogue: Catalogue) -> None:
    for group in catalogue.groups.values():
        facts = _told(site=group.site, users=group.users, at_least=group.min, full=group.full)
        graph.add_node(group.id, of="group", **facts)
        graph.add_edges_from(((group.id, member) for member in group.members), why="member")
    for chain in catalogue.chains.values():
        # A chain may have the id of something else: its node is marked, as ids have no `#`.
        node = f"#{chain.id}" if chain.id in graph else chain.id
        facts = _told(name=chain.name, to=chain.to, level=chain.level, urgency=chain.urgency)
        graph.add_node(node, of="chain", **facts)
        graph.add_edge(node, chain.source, why="from")


def management_graph(catalogue: Catalogue, vantage_id: str) -> nx.DiGraph[str]:
    """Turn a vantage point into the graph of what it can look at: away from it, links as nodes.

    The arcs run down in tier, and both ways between equals: a site with two lines is no way to another.

    Raises:
        KeyError: There is no such vantage point.
    """
    vantage = catalogue.vantage_points[vantage_id]
    carries: nx.DiGraph[str] = nx.DiGraph()
    carries.add_nodes_from(catalogue.components)
    for link in catalogue.links.values():
        for low, high in _ways(catalogue, link):
            nx.add_path(carries, (high, link.id, low))
    if vantage.via not in catalogue.links:
        nx.add_path(carries, (vantage.id, vantage.via, vantage.attached_to))
    root = vantage.id if vantage.id in carries else vantage.attached_to
    return carries.subgraph({root, *nx.descendants(carries, root)}).copy()


def articulation_points(catalogue: Catalogue) -> set[str]:
    """Find the components and links whose loss splits the network in two, direction left aside.

    A first look at the drawing. What a chain loses is told by `chain_cuts`, which knows directions,
    needs, shared risks and how many of something must work.
    """
    lines: nx.Graph[str] = nx.Graph()
    for link in catalogue.links.values():
        nx.add_path(lines, (link.ends[0], link.id, link.ends[1]))
    return set(nx.articulation_points(lines))


def chain_cuts(catalogue: Catalogue, chain_id: str, size: int = MOST) -> list[frozenset[str]]:
    """Find every inclusion-minimal set of at most `size` failures that takes a chain down.

    The chain's end and what it declares exempt are not in them. Sets of one are its single points of
    failure.

    Raises:
        KeyError: There is no such chain.
    """
    gates = compile_gates(catalogue)
    names = list(gates.items)
    exempt = gates.chains[chain_id].exempt
    cuts = minimal_cuts(Lanes(gates).cone(chain_id), frozenset(), exempt, size)
    return [frozenset(names[item] for item in cut) for cut in cuts]


def to_graphml(graph: nx.DiGraph[str]) -> str:
    """Turn a graph into GraphML."""
    return "\n".join(nx.generate_graphml(graph)) + "\n"


def to_node_link(graph: nx.DiGraph[str]) -> dict[str, Any]:
    """Turn a graph into node-link JSON: `nodes`, `edges`, `graph`, `directed`, `multigraph`."""
    return dict(nx.node_link_data(graph, edges="edges"))
