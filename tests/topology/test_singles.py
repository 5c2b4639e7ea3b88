"""Single failures: one pass tells what trying each failure tells."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.oracle import Definition
from tests.topology.random_catalogues import (
    catalogue_of,
    component,
    link,
    random_catalogue,
    random_states,
)
from topology import singles
from topology.gates import compile_gates
from topology.kappa import Cone, can_be_cut
from topology.lanes import Lanes
from topology.model import Catalogue, Chain, Group, SharedRisk, Tier
from topology.redundancy import Redundancy
from topology.singles import Node, Singles

if TYPE_CHECKING:
    import pytest

SEEDS = st.integers(0, 10**6)


def felling_by_definition(catalogue: Catalogue, chain: Chain, gone: set[str]) -> set[str] | None:
    """Take each item that is left away, one at a time."""
    rules = Definition(catalogue)
    least = catalogue.groups[chain.source].min
    left = set(rules.ids) - gone
    if rules.served(chain, left) < least:
        return None
    counted = left - chain.exempt - {chain.to}
    return {id_ for id_ in counted if rules.served(chain, left - {id_}) < least}


def felling(catalogue: Catalogue, chain: Chain, gone: set[str], *, pruned: bool) -> object:
    """What the pass says; pruned of what never works, and not."""
    gates = compile_gates(catalogue)
    names = list(gates.items)
    gate = gates.chains[chain.id]
    ever = Lanes(gates)._masks if pruned else None
    made = Singles(gates, gate.minimum, gate.end, ever)
    failed = {gates.items[id_] for id_ in gone}
    found = made.felling(failed, gate.exempt)
    assert made.outlives(failed, gate.exempt) == (found == set())
    return None if found is None else {names[item] for item in found}


def wrong(seed: int, *, pruned: bool = True) -> bool:
    random = Random(seed)
    catalogue = random_catalogue(random)
    chain = random.choice(list(catalogue.chains.values()))
    states = random_states(random, catalogue)
    gone = {id_ for id_, state in states.items() if state in {"down", "maint"}}
    wanted = felling_by_definition(catalogue, chain, gone)
    return felling(catalogue, chain, gone, pruned=pruned) != wanted


@given(SEEDS, st.booleans())
@settings(deadline=None, max_examples=80)
def test_one_pass_names_what_taking_each_item_away_names(seed: int, pruned: bool) -> None:
    assert not wrong(seed, pruned=pruned)


def test_a_cycle_left_after_one_pass_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    one_pass = Singles._pass
    monkeypatch.setattr(Singles, "_pass", lambda *args: one_pass(*args) and False)
    assert any(wrong(seed) for seed in range(120))


def test_a_way_whose_own_items_are_forgotten_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    bit = singles._Draft._bit

    def only_devices(self: singles._Draft, node: Node) -> int:
        return 0 if len(self.gates.successors[node[0]]) == 1 else bit(self, node)

    monkeypatch.setattr(singles._Draft, "_bit", only_devices)
    assert any(wrong(seed) for seed in range(40))


@given(SEEDS)
@settings(deadline=None, max_examples=60)
def test_it_rests_on_the_items_that_a_support_is_chosen_from(seed: int) -> None:
    random = Random(seed)
    gates = compile_gates(random_catalogue(random))
    gate = random.choice(list(gates.chains.values()))
    way = (gates, gate.minimum, gate.end, tuple(Lanes(gates)._masks))
    assert Singles(*way).items == Cone(*way).items


def line(redundancy: int) -> Catalogue:
    """Two access points on two switches, one power for all."""
    return catalogue_of(
        [component(f"ap-{n}", Tier.AP) for n in range(2)]
        + [component(f"sw-{n}", Tier.ACCESS) for n in range(2)]
        + [component("app", Tier.APPLICATION)],
        [link(f"ap-{n}", f"sw-{n}") for n in range(2)] + [link(f"sw-{n}", "app") for n in range(2)],
        [Group(id="zone", users=9, members=("ap-0", "ap-1"), min=1, full=1)],
        [Chain(id="c", name="c", source="zone", to="app", level=f"r{redundancy}")],
        [SharedRisk(id="power", kind="power", members=("sw-0", "sw-1"))],
    )


def test_a_chain_that_one_failure_fells_when_all_is_well_is_never_asked_again() -> None:
    """Whatever else fails, that one failure still fells it; so nothing of it need be watched."""
    gates = compile_gates(line(2))
    lanes = Lanes(gates)
    redundancy = Redundancy(gates, tuple(lanes._masks))
    assert not any(redundancy.watchers(item) for item in gates.items.values())
    assert lanes.verdict("c").redundancy_lost
    lanes.set({"ap-0": "down"})
    assert lanes.verdict("c").redundancy_lost


@given(SEEDS)
@settings(deadline=None, max_examples=60)
def test_an_answer_about_redundancy_is_the_search_s(seed: int) -> None:
    """With answers kept, and with those given for ever, it is what a search from nothing says."""
    random = Random(seed)
    catalogue = random_catalogue(random)
    gates = compile_gates(catalogue)
    ever = tuple(Lanes(gates)._masks)
    kept = Redundancy(gates, ever)
    for _ in range(4):
        gone = random_states(random, catalogue)
        failed = frozenset(gates.items[id_] for id_, state in gone.items() if state == "down")
        for gate in gates.chains.values():
            if gate.redundancy > 1:
                cone = Cone(gates, gate.minimum, gate.end)
                wanted = can_be_cut(cone, failed, gate.exempt, gate.redundancy - 1)
                assert kept.is_lost(gate, failed) == wanted


def test_what_rests_on_powers_that_feed_each_other_never_works() -> None:
    whole = line(2)
    feeds = [
        SharedRisk(id="feed-a", kind="power", members=("zone", "feed-b")),
        SharedRisk(id="feed-b", kind="power", members=("feed-a",)),
    ]
    catalogue = catalogue_of(
        whole.components.values(),
        whole.links.values(),
        whole.groups.values(),
        whole.chains.values(),
        feeds,
    )
    chain = catalogue.chains["c"]
    assert felling(catalogue, chain, set(), pruned=True) is None
    assert felling(catalogue, chain, set(), pruned=False) is None
