"""The graph for people: complete, directed as service runs, and readable by other tools."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import networkx as nx
import pytest

from tests.topology.random_catalogues import catalogue_of, component, link, random_catalogue
from topology.graph import (
    articulation_points,
    management_graph,
    service_graph,
    to_graphml,
    to_node_link,
)
from topology.model import Catalogue, Chain, Group, Need, SharedRisk, Tier, VantagePoint


def small() -> Catalogue:
    """Two sites; b hangs on both lines, and its own line is no way for a."""
    app = component("app", Tier.APPLICATION, needs=(Need(at_least=1, of=("dns", "app-2")),))
    parts = [component(one, Tier.ACCESS, site=one, supplier="lan") for one in ("a", "b")]
    parts += [component(one, Tier.WAN) for one in ("w1", "w2")]
    parts += [app, component("dns", Tier.APPLICATION), component("app-2", Tier.APPLICATION)]
    lines = [link("a", "w1"), link("b", "w1"), link("w2", "b"), link("w1", "app")]
    whole = catalogue_of(
        parts,
        [*lines, link("w2", "app"), link("w2", "w1")],
        [Group(id="g", users=7, members=("a",))],
        [Chain(id="c", name="Zaken", source="g", to="app", level="r1")],
        [SharedRisk(id="feed", kind="power", members=("a", "l-a-w1"), supplier="grid")],
    )
    points = {"p": VantagePoint(id="p", attached_to="w2", via="l-p")}
    return replace(whole, vantage_points=points)


def test_arcs_run_from_users_to_applications_and_say_why() -> None:
    graph = service_graph(small())
    assert nx.has_path(graph, "c", "app")
    assert not nx.has_path(graph, "app", "a")
    assert graph.edges["a", "feed"]["why"] == "risk"
    assert graph.edges["g", "a"]["why"] == "member"
    assert graph.edges["w2", "l-w2-w1"]["why"] == graph.edges["l-w2-w1", "w2"]["why"] == "uplink"
    assert graph.nodes["a"]["tier"] == "access"
    assert (graph.nodes["a"]["site"], graph.nodes["feed"]["supplier"]) == ("a", "grid")


def test_a_choice_among_needs_is_a_node_that_says_how_many() -> None:
    graph = service_graph(small())
    assert graph.nodes["app#1"] == {"of": "need", "at_least": 1}
    assert set(graph.successors("app#1")) == {"dns", "app-2"}


@pytest.mark.parametrize("seed", range(5))
def test_graphml_and_node_link_say_the_same_as_the_graph(seed: int) -> None:
    graph = service_graph(random_catalogue(Random(seed)))
    back = nx.parse_graphml(to_graphml(graph))
    again = nx.node_link_graph(json.loads(json.dumps(to_node_link(graph))), edges="edges")
    for other in (back, again):
        assert dict(other.nodes(data=True)) == dict(graph.nodes(data=True))
        assert {(a, b): w for a, b, w in other.edges(data="why")} == {
            (a, b): w for a, b, w in graph.edges(data="why")
        }


def test_a_poller_looks_down_and_sideways_but_never_up() -> None:
    seen = management_graph(small(), "p")
    assert nx.has_path(seen, "p", "a")
    assert "app" not in seen
    assert not nx.has_path(nx.restricted_view(seen, ["w1"], []), "p", "a")


def test_articulation_points_are_what_splits_the_drawing() -> None:
    assert articulation_points(small()) == {"w1", "l-a-w1"}
