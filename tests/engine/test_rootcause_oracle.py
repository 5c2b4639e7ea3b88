"""The named causes against all subsets of faults: nothing cheaper explains what was seen (CORE.md 3, ORACLE).

The oracle shares no code with the product: a network is a set of directed steps, faults are tried by walking.
"""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.lab import Lab, catalogue, port, sweep
from topology.model import Tier

TIERS = (Tier.ACCESS, Tier.DISTRIBUTION, Tier.CORE)
LINK, DEVICE, CORE = 1000, 1200, 1500


@st.composite
def networks(draw):
    """Up to seven devices under a root, at most ten links, one or two faults that spare the root."""
    size = draw(st.integers(2, 6))
    tiers = {"root": Tier.CORE} | {f"n{i}": draw(st.sampled_from(TIERS)) for i in range(size)}
    names = list(tiers)
    links = {}
    for i, name in enumerate(names[1:], start=1):
        for other in draw(
            st.lists(st.sampled_from(names[:i]), min_size=1, max_size=2, unique=True)
        ):
            links[f"l{len(links)}"] = (name, other)
    suspects = [*names[1:], *links]
    faults = draw(st.lists(st.sampled_from(suspects), min_size=1, max_size=2, unique=True))
    return tiers, links, frozenset(faults)


def steps_of(tiers, links):
    for link, (one, other) in links.items():
        for near, far in ((one, other), (other, one)):
            if tiers[near] >= tiers[far]:
                yield near, link, far


def walk(steps, faults):
    reached, ahead = {"root"}, ["root"]
    while ahead:
        here = ahead.pop()
        for near, link, far in steps:
            if near == here and link not in faults and far not in faults and far not in reached:
                reached.add(far)
                ahead.append(far)
    return reached


def signals(steps, reached, faults):
    """Dark or lit, at every port of a device that answers, as the physics of light has it."""
    return {
        (near, link): link in faults or far in faults
        for near, link, far in steps
        if near in reached
    }


def cheapest(tiers, steps, links, reached, seen):
    every = [n for n in tiers if n != "root"] + list(links)
    best = None
    for size in range(4):
        for faults in combinations(every, size):
            if walk(steps, set(faults)) == reached and signals(steps, reached, set(faults)) == seen:
                worth = cost(tiers, faults)
                best = worth if best is None else min(best, worth)
    return best


def cost(tiers, faults):
    return sum((CORE if tiers[f] is Tier.CORE else DEVICE) if f in tiers else LINK for f in faults)


@settings(max_examples=60, deadline=None)
@given(networks())
def test_nothing_cheaper_explains_what_was_seen(network):
    tiers, links, faults = network
    steps = list(steps_of(tiers, links))
    graph = walk(steps, set())
    inside = [link for link in links if any(s[1] == link and s[0] in graph for s in steps)]
    steps = [step for step in steps if step[0] in graph]
    reached = walk(steps, faults)
    seen = signals(steps, reached, faults)
    devices = tuple(sorted(graph))
    dead = tuple(d for d in devices if d not in reached)
    lab = Lab(catalogue(tiers, links | {"l-app": ("root", "app")}, root="root"))
    lit = [
        port(link, "down" if dark else "up", 61, near)
        for (near, link), dark in sorted(seen.items())
    ]
    lab.feed(sweep(0, (), devices), sweep(60, dead, devices), lit, sweep(63, dead, devices))
    best = cheapest({n: tiers[n] for n in devices}, steps, inside, reached, seen)
    if best is None:
        return  # more than three faults would be needed: cannot happen with at most two
    named = set(lab.causes)
    assert walk(steps, named) == reached
    assert signals(steps, reached, named) == seen
    assert cost(tiers, named) == best
