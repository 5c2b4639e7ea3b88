"""Cuts: against every subset."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from tests.topology.oracle import Definition
from tests.topology.random_catalogues import (
    catalogue_of,
    component,
    link,
    random_catalogue,
    random_states,
)
from topology.gates import compile_gates
from topology.graph import chain_cuts
from topology.kappa import least_cut, minimal_cuts
from topology.lanes import Lanes
from topology.model import Catalogue, Chain, Group, Tier
from topology.singles import Singles


def every_minimal_cut(
    catalogue: Catalogue, chain: Chain, available: set[str], size: int
) -> set[frozenset[str]]:
    """By trying all subsets, small ones first."""
    rules = Definition(catalogue)
    group = catalogue.groups[chain.source]
    found: set[frozenset[str]] = set()
    for many in range(size + 1):
        for lost in map(frozenset, combinations(available - chain.exempt - {chain.to}, many)):
            if any(cut <= lost for cut in found):
                continue
            if rules.served(chain, available - lost) < group.min:
                found.add(lost)
    return found


@pytest.mark.parametrize("seed", range(30))
def test_minimal_cuts_are_those_found_by_trying_every_subset(seed: int) -> None:
    random = Random(seed)
    catalogue = random_catalogue(random)
    chain = random.choice(list(catalogue.chains.values()))
    gates = compile_gates(catalogue)
    states = random_states(random, catalogue)
    failed = {id_ for id_, state in states.items() if state in {"down", "maint"}}
    names = list(gates.items)
    lanes = Lanes(gates)
    gone = frozenset(gates.items[id_] for id_ in failed)
    exempt = gates.chains[chain.id].exempt
    size = 2 if len(names) < 22 else 1  # all pairs of a larger one take a second
    cuts = minimal_cuts(lanes.cone(chain.id), gone, exempt, size)
    wanted = every_minimal_cut(catalogue, chain, set(names) - failed, size)
    assert {frozenset(names[one] for one in cut) for cut in cuts} == wanted
    least = least_cut(lanes.cone(chain.id), gone, exempt)
    assert least == min(map(len, wanted), default=max(least, size + 1))


def points_on_switches(points: int, least: int, exempt: frozenset[str]) -> Catalogue:
    """Access points with a line each straight to the application."""
    names = [f"ap-{n}" for n in range(points)]
    return catalogue_of(
        [component(one, Tier.AP) for one in names] + [component("app", Tier.APPLICATION)],
        [link(one, "app") for one in names],
        [Group(id="zone", users=9, members=tuple(names), min=least, full=least)],
        [Chain(id="c", name="c", source="zone", to="app", level="r2", exempt=exempt)],
    )


@pytest.mark.parametrize(("least", "kappa"), [(5, 1), (4, 2), (3, 3), (1, 3)])
def test_a_group_of_five_survives_as_many_losses_as_it_can_miss(least: int, kappa: int) -> None:
    lanes = Lanes(compile_gates(points_on_switches(5, least, frozenset())))
    assert lanes.verdict("c", exact=True).kappa == kappa


def test_a_chain_whose_parts_are_all_exempt_counts_as_three_or_more() -> None:
    lanes = Lanes(compile_gates(points_on_switches(1, 1, frozenset({"ap-0", "l-ap-0-app"}))))
    verdict = lanes.verdict("c", exact=True)
    assert (verdict.state, verdict.kappa) == ("up", 3)


def test_an_unknown_end_is_not_counted_but_a_failed_one_is_the_end() -> None:
    lanes = Lanes(compile_gates(points_on_switches(2, 1, frozenset())))
    lanes.set({"app": "unknown"})
    assert lanes.verdict("c", exact=True).kappa == 2
    lanes.set({"app": "down"})
    assert lanes.verdict("c", exact=True).kappa == 0


def test_the_single_points_of_failure_of_a_chain_are_its_cuts_of_one() -> None:
    catalogue = points_on_switches(1, 1, frozenset())
    assert chain_cuts(catalogue, "c", 1) == [frozenset({"ap-0"}), frozenset({"l-ap-0-app"})]


def test_redundancy_of_a_hundred_members_is_judged_without_trying_them_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passes = 0
    one_pass = Singles._pass

    def counted(self: Singles, *args: object) -> bool:
        nonlocal passes
        passes += 1
        return one_pass(self, *args)  # type: ignore[arg-type]

    lanes = Lanes(compile_gates(points_on_switches(100, 50, frozenset())))
    monkeypatch.setattr(Singles, "_pass", counted)
    lanes.set({"ap-0": "down"})
    assert lanes.verdict("c").state == "up"
    assert 0 < passes < 5
