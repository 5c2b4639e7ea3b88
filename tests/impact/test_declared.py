"""The impact that a change declares when it does not say so itself, against the definition."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.oracle import Definition
from tests.topology.random_catalogues import random_catalogue
from topology.gates import compile_gates
from topology.impact.declared import Planned, groups_of, users_of


@given(st.integers(min_value=0))
@settings(max_examples=40, deadline=None)
def test_the_planned_impact_is_every_chain_that_fails_with_exactly_those_parts_away(seed):
    random = Random(seed)
    catalogue = random_catalogue(random)
    rules, planned = Definition(catalogue), Planned(compile_gates(catalogue))
    for _ in range(3):
        down = set(random.sample(rules.ids, random.randint(0, min(4, len(rules.ids)))))
        by_hand = {
            chain.id
            for chain in catalogue.chains.values()
            if rules.served(chain, set(rules.ids) - down) < catalogue.groups[chain.source].min
        }
        assert planned.chains(down) == by_hand
        assert planned.chains(sorted(down)) == by_hand, "asked again, it is the same"
        groups = {catalogue.chains[one].source for one in by_hand}
        assert groups_of(catalogue, by_hand) == sorted(groups)
        assert users_of(catalogue, groups) == sum(catalogue.groups[one].users for one in groups)


def test_an_id_without_a_state_is_refused():
    catalogue = random_catalogue(Random(1))
    with pytest.raises(KeyError):
        Planned(compile_gates(catalogue)).chains(["nobody"])
