"""Storms: thousands of states at once over rings and meshes of equals give what a fresh start gives."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.oracle import Definition
from tests.topology.random_catalogues import STATES, catalogue_of, component, link
from topology.gates import compile_gates
from topology.lanes import ChainVerdict, Lanes
from topology.model import Catalogue, Chain, Group, Link, Need, SharedRisk, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

SITES, RING, POINTS, CORES = 24, 8, 24, 6
UP_TO_OPEN = {"up", "degraded", "unknown", "unreachable"}
"""States that may still work."""


def rings(seed: int, sites: int = SITES) -> Catalogue:
    """Sites that are rings of equals, on a mesh of equals: two cycles, both with shortcuts by chance."""
    random = Random(seed)
    cores = [f"core-{n}" for n in range(CORES)]
    services = ["dns-0", "dns-1"]
    parts = [component(one, Tier.CORE) for one in cores]
    parts += [component(one, Tier.APPLICATION) for one in services]
    need = Need(at_least=1, of=tuple(services))
    parts += [component("app", Tier.APPLICATION, needs=(need,))]
    links = [link(*pair) for pair in pairwise([*cores, cores[0]])]
    links += [link(cores[0], cores[3]), link(cores[1], "app"), link(cores[4], "app")]
    links += [link(cores[n], service) for n in (2, 5) for service in services]
    risks, groups = [SharedRisk(id="duct", kind="duct", members=(links[0].id, links[3].id))], []
    for site in range(sites):
        ring = [f"sw-{site}-{n}" for n in range(RING)]
        points = [f"ap-{site}-{n}" for n in range(POINTS)]
        uplinks_min = [2 if random.random() < 0.1 else 1 for _ in ring]
        parts += [
            component(one, Tier.ACCESS, uplinks_min=least)
            for one, least in zip(ring, uplinks_min, strict=True)
        ]
        parts += [component(one, Tier.AP) for one in points]
        around = [*ring, ring[0], random.choice(ring[2:5])]
        links += [Link(id=f"x-{site}-{n}", ends=ends) for n, ends in enumerate(pairwise(around))]
        links += [link(one, random.choice(cores)) for one in random.sample(ring, 3)]
        for number, one in enumerate(points):
            links += [link(one, ring[(number + step) % RING]) for step in (0, 3)]
        risks += [
            SharedRisk(id=f"power-{site}-{half}", kind="power", members=tuple(ring[half::2]))
            for half in range(2)
        ]
        for number in range(2):
            members = tuple(points[number::2])
            groups.append(Group(id=f"g-{site}-{number}", users=9, members=members, min=4, full=10))
    chains = [
        Chain(id=f"c-{one.id}", name="c", source=one.id, to="app", level=f"r{number % 3 + 1}")
        for number, one in enumerate(groups)
    ]
    return catalogue_of(parts, links, groups, chains, risks)


def told(engine: Lanes) -> dict[str, ChainVerdict]:
    return {id_: engine.verdict(id_) for id_ in engine.gates.chains}


def storm(random: Random, catalogue: Catalogue) -> dict[str, str]:
    """States for nearly everything; mostly up, or nothing would be left to judge."""
    ids = [*catalogue.components, *catalogue.links, *catalogue.shared_risks]
    calm = random.choice((0.5, 0.9, 0.99))
    return {
        id_: "up" if random.random() < calm else random.choice(STATES)
        for id_ in random.sample(ids, random.randint(len(ids) // 2, len(ids)))
    }


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=8)
def test_a_storm_gives_what_a_fresh_start_gives_and_names_every_chain_it_moved(seed: int) -> None:
    random = Random(seed)
    catalogue = rings(seed)
    gates = compile_gates(catalogue)
    assert any(len(unit) > CORES for unit in gates.units)
    engine = Lanes(gates)
    now: dict[str, str] = {}
    before = told(engine)
    for _ in range(3):
        batch = storm(random, catalogue)
        now |= batch
        named = engine.set(batch)
        assert engine.evaluations <= len(gates.units)
        assert engine.agrees()
        fresh = Lanes(gates)
        fresh.set(now)
        after = told(engine)
        assert after == told(fresh)
        assert {id_ for id_ in after if after[id_] != before[id_]} <= named
        before = after


def by_definition(rules: Definition, chain: Chain, states: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether a chain works if no unknown does, and if all do: the naive fixpoint over everything."""
    least = rules.catalogue.groups[chain.source].min
    sure = {id_ for id_ in rules.ids if states.get(id_, "up") in {"up", "degraded"}}
    best = {id_ for id_ in rules.ids if states.get(id_, "up") in UP_TO_OPEN}
    return rules.served(chain, sure) >= least, rules.served(chain, best) >= least


@pytest.mark.parametrize("seed", range(3))
def test_a_chain_works_after_storms_when_the_definition_says_so(seed: int) -> None:
    random = Random(seed)
    catalogue = rings(seed, sites=4)
    rules = Definition(catalogue)
    engine = Lanes(compile_gates(catalogue))
    now: dict[str, str] = {}
    answers = set()
    for _ in range(3):
        batch = storm(random, catalogue)
        now |= batch
        engine.set(batch)
        for chain in random.sample(list(catalogue.chains.values()), 2):
            verdict = engine.verdict(chain.id)
            answer = by_definition(rules, chain, now)
            assert (not verdict.users_possible, not verdict.users_certain) == answer
            answers.add(answer)
    assert answers
