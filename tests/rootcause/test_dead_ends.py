"""Where a search need not walk: it finds the same without walking there, and what is kept is what is so."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.rootcause.oracle import entries_of, reached
from tests.rootcause.scenes import evidence_of, graphs, region_of, scenes
from topology.live.deadends import DeadEnds
from topology.rootcause.meaning import meaning_of
from topology.rootcause.search import search
from topology.rootcause.sight import Sight

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


def dead_ends(scene, answering):
    """Who leads to nobody that answers: one walk for each, over the arcs as they are written."""
    return {name for name in scene["names"] if not leads_to(scene, name) & answering}


def leads_to(scene, name):
    found, ahead = {name}, [name]
    while ahead:
        here = ahead.pop()
        steps = {far for near, _, far in scene["arcs"] if near == here}
        ahead += steps - found
        found |= steps
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(graphs(9), st.data())
def test_what_is_known_of_dead_ends_is_what_walking_from_each_finds(scene, data):
    ends, answering = DeadEnds(region_of(scene)), set()
    for _ in range(data.draw(st.integers(1, 20))):
        name, answers = data.draw(st.sampled_from(scene["names"])), data.draw(st.booleans())
        ends.note(name, answers=answers)
        (answering.add if answers else answering.discard)(name)
        assert {one for one in scene["names"] if one in ends} == dead_ends(scene, answering)


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(scenes(7), st.data())
def test_sight_that_walks_into_no_dead_end_sees_what_trying_everything_sees(scene, data):
    everything = [*scene["names"], *scene["links"], "via"]
    ends = dead_ends(scene, scene["ok"])
    sight = Sight(region_of(scene), replace(evidence_of(scene), ends=ends))
    entries = entries_of(scene)
    assert sight.doubtful == set(entries[1:]) & reached_from_root(scene)
    for down in data.draw(st.lists(st.sets(st.sampled_from(everything), max_size=3), max_size=6)):
        left = reached(scene, entries, down | scene["failed"])
        assert sight.is_cut(down) == (not scene["ok"] <= left)


def reached_from_root(scene):
    return reached(scene, [scene["root"]], set())


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(scenes(7))
def test_a_search_finds_the_same_with_and_without_knowing_where_nobody_answers(scene):
    region, plain = region_of(scene), evidence_of(scene)
    helped = replace(plain, ends=dead_ends(scene, scene["ok"]))
    found = search(region, plain)
    assert search(region, helped) == found
    for faults in found.explanations[:3]:
        assert meaning_of(region, helped, faults) == meaning_of(region, plain, faults)


class Walked(dict):
    """Arcs that know of whom it was asked where they lead."""

    def __init__(self, arcs):
        super().__init__(arcs)
        self.asked = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


def line(*ways, ok, failed=()):
    """A scene of ways written `near far`, all polled that are named."""
    arcs = [(*way.split()[:1], f"l-{way.split()[1]}", way.split()[1]) for way in ways]
    names = sorted({end for near, _, far in arcs for end in (near, far)})
    scene = {"root": "c0", "via": "via", "arcs": arcs, "groups": {}, "names": names}
    scene["costs"] = dict.fromkeys([*names, *(link for _, link, _ in arcs)], 100)
    return (
        scene
        | {"ok": set(ok), "failed": set(failed)}
        | {kind: [] for kind in ("los", "nolos", "up", "down", "spared")}
    )


def test_whoever_answers_is_met_behind_several_who_were_not_asked():
    scene = line("c0 c1", "c1 c2", "c2 c3", "c3 c4", ok=("c0", "c4"))
    ends = dead_ends(scene, scene["ok"])
    sight = Sight(region_of(scene), replace(evidence_of(scene), ends=ends))
    assert all(sight.is_cut(frozenset({part})) for part in ("c1", "l-c1", "c3"))


def test_what_is_dark_behind_a_failure_is_not_walked():
    ways = ("c0 c1", "c1 c2", "c2 x", "c0 x", "c2 d1", "d1 d2", "d2 d3")
    scene = line(*ways, ok=("c0", "x"), failed=("c1",))
    region = region_of(scene)
    assert all((region.into, region.heads, region.depth))  # worked out before it is watched
    walked = Walked(region.arcs)
    object.__setattr__(region, "arcs", walked)
    ends = dead_ends(scene, scene["ok"])
    assert not Sight(region, replace(evidence_of(scene), ends=ends)).is_cut(frozenset({"c1"}))
    assert walked.asked == {"c1", "c2"}
