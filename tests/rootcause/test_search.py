"""The search against all subsets: the same explanations, the same cost, the same runner-up."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from tests.rootcause.oracle import answer, price
from tests.rootcause.scenes import evidence_of, region_of, scenes
from topology.rootcause.search import search

MOST = 3
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def within(scene, cost):
    """Whether no set of more faults than the oracle tried can be as cheap as that."""
    return cost is not None and cost < sum(sorted(scene["costs"].values())[: MOST + 1])


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(scenes())
def test_the_search_finds_exactly_the_sets_that_trying_all_finds(scene):
    found = search(region_of(scene), evidence_of(scene), most_faults=9)
    best, cost, second = answer(scene, MOST)
    for faults in found.explanations:
        assert price(scene, faults) == found.cost
    assert found.exact
    assert found.explanations
    if within(scene, cost):
        assert (found.cost, list(found.explanations)) == (cost, best)
    else:
        assert cost is None or found.cost <= cost
    if within(scene, second):
        assert found.runner_up == second
        assert found.margin == second - cost
    else:
        assert second is None or found.runner_up <= second
    if found.second is not None:
        assert price(scene, found.second) == found.runner_up
