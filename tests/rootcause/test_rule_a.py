"""Where all are polled and no risk is shared, the frontier rule and the search give the same answer.

The rule, as CORE.md 3.2 A states it: from the components that answer next to one that does not, either all
its links to them are at fault, if they cost less together and all lost signal, or the component itself is.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rootcause.oracle import reached
from tests.rootcause.scenes import evidence_of, graphs, region_of
from topology.rootcause.search import search

LINK, DEVICE = 1000, 1200


def frontier(scene):
    """Each failed component next to one that answers, with the links between them."""
    found = {}
    for near, link, far in scene["arcs"]:
        if near in scene["ok"] and far in scene["failed"]:
            found.setdefault(far, set()).add(link)
    return found


def rule(scene):
    causes, cost = set(), 0
    for component, links in frontier(scene).items():
        by_links = len(links) * LINK
        causes |= links if by_links < DEVICE else {component}
        cost += min(by_links, DEVICE)
    return tuple(sorted(causes)), cost


@settings(max_examples=100, deadline=None)
@given(graphs(8), st.integers(0, 999))
def test_the_search_names_what_the_frontier_rule_names(scene, seed):
    links = set(scene["links"])
    scene["groups"] = {}
    scene["costs"] = {one: LINK if one in links else DEVICE for one in (*scene["names"], *links)}
    scene["costs"] |= {"via": 900}
    suspects = sorted(scene["costs"].keys() - {"via", scene["root"]})
    down = {suspects[seed % len(suspects)], suspects[seed // 7 % len(suspects)]}
    seen = reached(scene, [scene["root"]], down)
    scene |= {"ok": seen, "failed": set(scene["names"]) - seen}
    scene |= {"los": [], "nolos": [], "up": [], "down": [], "spared": []}
    found = search(region_of(scene), evidence_of(scene))
    causes, cost = rule(scene)
    assert found.cost == cost
    assert causes in found.explanations
    assert found.exact
