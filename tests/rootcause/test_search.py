"""The search against all subsets: the same explanations, the same cost, the same runner-up."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rootcause.oracle import answer, price
from tests.rootcause.scenes import PRIORS, evidence_of, region_of, scenes
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


@st.composite
def branches(draw):
    """Branches with a failing end each, and somebody who answers behind most of them."""
    arcs, names, ok = [], ["core", "x"], {"core", "x"}
    numbers = range(draw(st.sampled_from([2, 2, 3])))
    for number in numbers:
        middle, end = f"m{number}", f"w{number}"
        arcs += [("core", f"u{number}", middle), (middle, f"d{number}", end)]
        names += [middle, end]
        if draw(st.sampled_from([True, True, True, False])):
            arcs.append((middle, f"t{number}", "x"))
        if draw(st.sampled_from([True, False, False, False])):
            ok.add(middle)
    links = [link for _, link, _ in arcs]
    scene = {"root": "core", "via": "via", "arcs": arcs, "groups": {}, "names": names}
    scene |= {kind: [] for kind in ("los", "nolos", "up", "down", "spared")}
    scene["costs"] = {one: draw(PRIORS) for one in [*names, *links, "via"]}
    return scene | {"links": links, "ok": ok, "failed": {f"w{number}" for number in numbers}}


def fits_second(scene):
    found = search(region_of(scene), evidence_of(scene), most_faults=9)
    best, cost, second = answer(scene, len(scene["failed"]) + 1)
    assert (found.cost, list(found.explanations)) == (cost, best)
    assert found.runner_up == second
    assert found.second is None or price(scene, found.second) == second


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(branches())
def test_what_comes_second_in_a_part_cuts_off_nobody_together_with_the_other_parts(scene):
    fits_second(scene)


def test_two_middles_that_each_could_have_failed_did_not_both():
    arcs = [("core", "u0", "m0"), ("m0", "d0", "w0"), ("m0", "t0", "x")]
    arcs += [("core", "u1", "m1"), ("m1", "d1", "w1"), ("m1", "t1", "x")]
    names = ["core", "x", "m0", "w0", "m1", "w1"]
    costs = dict.fromkeys([*names, "via", *(link for _, link, _ in arcs)], 900)
    costs |= {"m0": 200, "w1": 300, "m1": 350, "d1": 400}
    soft = {kind: [] for kind in ("los", "nolos", "up", "down", "spared")}
    scene = {"root": "core", "via": "via", "arcs": arcs, "groups": {}, "costs": costs, **soft}
    scene |= {"names": names, "ok": {"core", "x"}, "failed": {"w0", "w1"}}
    found = search(region_of(scene), evidence_of(scene))
    assert (found.cost, found.runner_up, found.second) == (500, 600, ("d1", "m0"))
    fits_second(scene)
