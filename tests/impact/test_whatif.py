"""`keten whatif` against the definition, with and without states."""

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from events.errors import ConfigError
from tests.topology.oracle import Definition, judge
from tests.topology.random_catalogues import (
    catalogue_of,
    component,
    link,
    random_catalogue,
    random_states,
)
from topology.impact.whatif import whatif
from topology.model import Chain, Group, Tier

FALLEN = {"down", "maintenance"}
LARGE = 26
"""Parts from which on trying all subsets for kappa takes too long for a test."""


@given(st.integers(min_value=0), st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_whatif_is_the_verdict_on_the_states_with_those_parts_down(seed, among_states):
    random = Random(seed)
    catalogue = random_catalogue(random)
    rules = Definition(catalogue)
    assume(len(rules.ids) < LARGE)
    states = random_states(random, catalogue, 3) if among_states else {}
    down = random.sample(rules.ids, random.randint(1, 3))
    told = whatif(catalogue, down, states)
    before = {id_: judge(rules, states, chain) for id_, chain in catalogue.chains.items()}
    worse = states | dict.fromkeys(down, "down")
    after = {id_: judge(rules, worse, chain) for id_, chain in catalogue.chains.items()}
    fallen = {id_ for id_, one in after.items() if one.state in FALLEN}
    groups = {catalogue.chains[id_].source for id_ in fallen}
    assert told["chains_down"] == sorted(fallen)
    assert told["groups_down"] == sorted(groups)
    assert told["users"] == sum(catalogue.groups[id_].users for id_ in groups)
    assert told["redundancy_left"] == {id_: one.kappa for id_, one in after.items()}
    changed = {id_ for id_ in after if before[id_][:3] != after[id_][:3]}  # state, flags, kappa
    assert set(told["chains"]) == changed
    assert set(told["fallen"]) == {id_ for id_ in fallen if before[id_].state not in FALLEN}
    for word in ("degraded", "unknown"):
        came = {id_ for id_ in after if after[id_].state == word != before[id_].state}
        assert set(told[word]) == came


def test_single_points_of_other_chains_do_not_add_up_to_one_of_a_chain_with_a_spare():
    cores = [component(f"core-{n}", Tier.CORE) for n in range(2)]
    switches = [component(f"sw-{n}", Tier.ACCESS) for n in range(3)]
    ups = [("sw-0", "core-0"), ("sw-1", "core-1"), ("sw-2", "core-0"), ("sw-2", "core-1")]
    links = [link(*ends) for ends in (*ups, ("core-0", "app"), ("core-1", "app"))]
    exempt = frozenset({"sw-0", "sw-1", "sw-2"})
    groups = [Group(id=f"g-{n}", users=1, members=(f"sw-{n}",)) for n in range(3)]
    chains = [
        Chain(id=f"c-{n}", name="c", source=f"g-{n}", to="app", level="r1", exempt=exempt)
        for n in range(3)
    ]
    parts = [*cores, *switches, component("app", Tier.APPLICATION), component("x", Tier.CORE)]
    told = whatif(catalogue_of(parts, links, groups, chains), ["x"])
    assert told["redundancy_left"] == {"c-0": 1, "c-1": 1, "c-2": 2}


def test_an_unknown_part_is_refused_with_the_one_that_was_meant():
    catalogue = random_catalogue(Random(1))
    known = next(iter(catalogue.components))
    with pytest.raises(ConfigError, match=f"did you mean `{known}`") as refused:
        whatif(catalogue, [known + "x", "nobody", known])
    assert len(refused.value.problems) == 2
