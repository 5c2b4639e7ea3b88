"""On the shapes of real networks the lanes agree with a plain recompute in networkx."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import networkx as nx
import pytest

from tests.topology.random_catalogues import STATES, catalogue_of, component
from topology.gates import compile_gates
from topology.lanes import Lanes
from topology.model import Catalogue, Chain, Group, Link, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED = Path(__file__).parents[2].parent / "shared" / "topologies"
NAMES = (
    "Ai3.graphml",
    "Gridnet.graphml",
    "Surfnet.graphml",
    "Uninett2011.graphml",
    "sndlib-giul39.json",
    "sndlib-norway.json",
    "sndlib-nobel-us.json",
)
ALLOWED = {
    "up": {"up", "degraded"},
    "unknown": {"up", "degraded", "unknown", "unreachable"},
    "maintenance": {"up", "degraded", "unknown", "unreachable", "maint"},
}
"""The best chain state that these component states can give, best first."""


def read(name: str) -> nx.Graph[str]:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"no {name} beside this checkout")
    if path.suffix == ".json":
        told = json.loads(path.read_text(encoding="utf-8"))
        drawn = nx.node_link_graph(told, edges="edges")
    else:
        drawn = nx.read_graphml(path, force_multigraph=True)
    plain = nx.Graph(drawn)
    plain.remove_edges_from(list(nx.selfloop_edges(plain)))
    largest = max(nx.connected_components(plain), key=len)
    return nx.relabel_nodes(plain.subgraph(largest), lambda node: f"n{node}")


def laid_out(drawn: nx.Graph[str]) -> Catalogue:
    """An application at one node; tiers by distance to it, so equal distances are cross-links."""
    root = min(drawn)
    far = nx.single_source_shortest_path_length(drawn, root)
    tier = {one: Tier(max(Tier.APPLICATION - steps, Tier.AP)) for one, steps in far.items()}
    return catalogue_of(
        [component(one, tier[one]) for one in drawn],
        [Link(id=f"{one}/{other}", ends=(one, other)) for one, other in drawn.edges],
        [Group(id=f"g{one}", users=1, members=(one,)) for one in drawn if one != root],
        [
            Chain(id=f"c{one}", name=one, source=f"g{one}", to=root, level="r1")
            for one in drawn
            if one != root
        ],
    )


def served(catalogue: Catalogue, states: dict[str, str], allowed: set[str]) -> set[str]:
    """Components with a path to the application over what is allowed, upward or between equals."""
    ways: nx.DiGraph[str] = nx.DiGraph()
    for link in catalogue.links.values():
        for low, high in (link.ends, link.ends[::-1]):
            here, there = catalogue.components[low], catalogue.components[high]
            if here.tier <= there.tier and here.tier < Tier.APPLICATION:
                nx.add_path(ways, (low, f"{link.id}>{high}", high))
    lost = {node for node in ways if states.get(node.partition(">")[0], "up") not in allowed}
    ways.remove_nodes_from(lost)
    end = next(iter(catalogue.chains.values())).to
    return nx.ancestors(ways, end) if end in ways else set()


def expected(catalogue: Catalogue, states: dict[str, str]) -> dict[str, str]:
    found = dict.fromkeys(catalogue.chains, "down")
    for verdict in reversed(ALLOWED):
        found |= {f"c{one}": verdict for one in served(catalogue, states, ALLOWED[verdict])}
    found = {id_: verdict for id_, verdict in found.items() if id_ in catalogue.chains}
    whole = {f"c{one}" for one in served(catalogue, states, {"up"})}
    return {
        id_: "degraded" if verdict == "up" and id_ not in whole else verdict
        for id_, verdict in found.items()
    }


def batches(catalogue: Catalogue, random: Random) -> Iterable[dict[str, str]]:
    ids = [*catalogue.components, *catalogue.links]
    for size in (1, 1, 2, 4, 8, 1):
        yield {id_: random.choice(STATES) for id_ in random.sample(ids, min(size, len(ids)))}


@pytest.mark.parametrize("name", NAMES)
def test_states_on_a_real_network_are_those_of_a_plain_recompute(name: str) -> None:
    catalogue = laid_out(read(name))
    lanes = Lanes(compile_gates(catalogue))
    now: dict[str, str] = {}
    for batch in batches(catalogue, Random(name)):
        lanes.set(batch)
        now |= batch
        assert {id_: lanes.verdict(id_).state for id_ in catalogue.chains} == expected(
            catalogue, now
        )
        assert lanes.evaluations <= len(lanes.gates.units)
        assert lanes.agrees()
