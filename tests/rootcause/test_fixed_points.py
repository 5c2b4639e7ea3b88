"""Who must be reached though nobody asked: by every explanation, and the search finds the same."""

from __future__ import annotations

from itertools import combinations

from hypothesis import HealthCheck, given, settings

from tests.rootcause.oracle import entries_of, price, reached, taken_down
from tests.rootcause.scenes import evidence_of, region_of, scenes
from topology.rootcause.search import search
from topology.rootcause.sight import Sight

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
MOST = 3


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(scenes(7))
def test_whoever_is_fixed_is_reached_under_every_explanation(scene):
    sight = Sight(region_of(scene), evidence_of(scene))
    fixed = {name for name in scene["names"] if sight.is_fixed(name)}
    assert scene["ok"] <= fixed
    entries = entries_of(scene)
    for size in range(MOST + 1):
        for faults in combinations(sorted(scene["costs"]), size):
            if fixed - scene["ok"] and price(scene, faults) is not None:
                assert fixed <= reached(scene, entries, taken_down(scene, faults))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(scenes(8))
def test_the_search_says_the_same_where_only_who_answered_is_fixed(scene):
    one = search(region_of(scene), evidence_of(scene), most_faults=9)
    plain = Sight.is_fixed
    Sight.is_fixed = lambda self, component: component in self.ok
    try:
        other = search(region_of(scene), evidence_of(scene), most_faults=9)
    finally:
        Sight.is_fixed = plain
    assert (one.explanations, one.cost) == (other.explanations, other.cost)
    assert (one.runner_up, one.doubtful) == (other.runner_up, other.doubtful)
    assert one.unexplained == other.unexplained
