"""Random scenes for the search of root causes: small graphs with what may be wrong with them."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.rootcause.oracle import reached, taken_down
from topology.management import Edge
from topology.rootcause.evidence import Evidence, Los, Spared, Word
from topology.rootcause.region import Region

PRIORS = st.integers(2, 6).map(lambda hundreds: hundreds * 100)
PENALTIES = st.sampled_from([0, 100, 300, 500, 900, 2000])


def region_of(scene):
    arcs = {}
    for near, link, far in scene["arcs"]:
        arcs.setdefault(near, []).append(Edge(far, link))
    return Region(
        root=scene["root"],
        arcs={near: tuple(edges) for near, edges in arcs.items()},
        groups={risk: frozenset(members) for risk, members in scene["groups"].items()},
        costs=scene["costs"],
        via=scene["via"],
    )


def evidence_of(scene):
    return Evidence(
        ok=frozenset(scene["ok"]),
        failed=frozenset(scene["failed"]),
        los=tuple(Los(*one) for one in scene["los"]),
        nolos=tuple(Los(*one) for one in scene["nolos"]),
        up=tuple(Word(*one) for one in scene["up"]),
        down=tuple(Word(*one) for one in scene["down"]),
        spared=tuple(Spared(*one) for one in scene["spared"]),
    )


@st.composite
def graphs(draw, most=6):
    """Layers with dual homing, cross-links both ways, parallel links; shared risks of anything."""
    count = draw(st.integers(3, most))
    names = [f"c{number}" for number in range(count)]
    arcs, links = [], []
    for far in range(1, count):
        for near in draw(st.sets(st.integers(0, far - 1), min_size=1, max_size=2)):
            for _ in range(draw(st.sampled_from([1, 1, 1, 1, 2]))):
                link = f"l{len(links)}"
                links.append(link)
                arcs.append((names[near], link, names[far]))
                if draw(st.sampled_from([False, False, True])):
                    arcs.append((names[far], link, names[near]))
    everything = [*names, *links, "via"]
    groups = {}
    for risk in ["r0", "r1"][: draw(st.integers(0, 2))]:
        members = draw(st.sets(st.sampled_from([*everything, *groups]), min_size=1, max_size=4))
        groups[risk] = sorted(members)
    costs = {one: draw(PRIORS) for one in [*everything, *groups]}
    return {
        "root": names[0],
        "via": "via",
        "arcs": arcs,
        "groups": groups,
        "costs": costs,
        "names": names,
        "links": links,
    }


@st.composite
def scenes(draw, most=6):
    """What a poller sees after some faults: four in five polled, some of it contradicting the graph."""
    scene = draw(graphs(most))
    suspects = sorted(scene["costs"])
    faults = draw(st.sets(st.sampled_from(suspects), max_size=3))
    seen = reached(scene, [scene["root"]], taken_down(scene, faults))
    scene |= {"ok": set(), "failed": set(), "los": [], "nolos": [], "up": [], "down": []}
    scene["spared"] = []
    for name in scene["names"]:
        luck = draw(st.integers(0, 29))
        if luck < 24:
            scene["ok" if name in seen else "failed"].add(name)
        elif luck == 24:
            scene["failed" if name in seen else "ok"].add(name)
    for kind in ("los", "nolos"):
        for _ in range(draw(st.integers(0, 2))):
            _, link, far = draw(st.sampled_from(scene["arcs"]))
            scene[kind].append((link, far, draw(PENALTIES)))
    for kind in ("up", "down"):
        for _ in range(draw(st.integers(0, 2))):
            scene[kind].append((draw(st.sampled_from(suspects)), draw(PENALTIES)))
    scene["spared"] = draw(spared_in(scene))
    return scene


def spared_in(scene):
    """Some members of shared risks that may outlive them, those that answer more often than not."""
    pairs = [(risk, member) for risk, members in scene["groups"].items() for member in members]
    pairs += [pair for pair in pairs if pair[1] in scene["ok"]] * 3
    if not pairs:
        return st.just([])
    priced = st.tuples(st.sampled_from(pairs), PENALTIES)
    few = st.lists(priced, max_size=3, unique_by=lambda one: one[0])
    return few.map(lambda found: [(*pair, penalty) for pair, penalty in found])
