"""Several pollers: one explanation that fits what each of them saw, against trying all sets."""

from __future__ import annotations

from itertools import combinations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.rootcause.oracle import price_together, reached, taken_down
from tests.rootcause.scenes import evidence_of, region_of, scenes
from topology.rootcause.search import search_together

MOST = 3


@st.composite
def two_pollers(draw):
    """A scene, and what a second poller with a line of its own sees of the same faults from elsewhere."""
    first = draw(scenes(5))
    first["costs"]["via-2"] = 500
    root = draw(st.sampled_from(first["names"]))
    second = first | {"root": root, "via": "via-2"}
    faults = draw(st.sets(st.sampled_from(sorted(first["costs"])), max_size=2))
    for scene in (first, second):
        seen = reached(scene, [scene["root"]], taken_down(scene, faults))
        polled = {name for name in scene["names"] if draw(st.integers(0, 4))}
        scene |= {
            "ok": polled & seen,
            "failed": polled & reached(scene, [scene["root"]], set()) - seen,
        }
    return first, second | {kind: [] for kind in ("los", "nolos", "up", "down", "spared")}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(two_pollers())
def test_what_two_pollers_saw_is_explained_by_exactly_the_sets_that_trying_all_finds(pair):
    found = search_together([(region_of(scene), evidence_of(scene)) for scene in pair])
    assert not found.unexplained
    suspects = pair[0]["costs"]
    priced = {
        faults: cost
        for size in range(MOST + 1)
        for faults in combinations(sorted(suspects), size)
        if (cost := price_together(pair, faults)) is not None
    }
    assert all(price_together(pair, faults) == found.cost for faults in found.explanations)
    least = min(priced.values(), default=None)
    assume(least is not None and least < sum(sorted(suspects.values())[: MOST + 1]))
    assert found.cost == least
    assert list(found.explanations) == sorted(one for one, cost in priced.items() if cost == least)
