"""What hurts a chain: found without lighting up everything else that the fault darkened."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.oracle import Definition, grow
from tests.topology.random_catalogues import (
    catalogue_of,
    component,
    link,
    random_catalogue,
    random_states,
)
from topology.gates import compile_gates
from topology.lanes import ChainVerdict, Lanes
from topology.live.scope import Scope
from topology.model import Chain, Group, SharedRisk, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from topology.model import Catalogue

SWITCHES = 60


def built(catalogue: Catalogue, states: Mapping[str, str]) -> tuple[Scope, Lanes]:
    clean = Lanes(compile_gates(catalogue))
    now = clean.copy()
    now.set(states)
    return Scope(catalogue, now, clean), now


def told(lanes: Lanes) -> dict[str, ChainVerdict]:
    return {id_: lanes.verdict(id_) for id_ in lanes.gates.chains}


def rests_on(catalogue: Catalogue, chain: Chain) -> set[str]:
    """All that could matter to a chain, by walking the nouns until nothing is added."""
    rules = Definition(catalogue)

    def step(seen: set[str]) -> set[str]:
        more = {chain.source, chain.to, *catalogue.groups[chain.source].members}
        for id_ in seen & catalogue.components.keys():
            more.update(part for way in rules.ups[id_] for part in way)
            more.update(one for need in catalogue.components[id_].needs for one in need.of)
        more.update(
            risk.id for risk in catalogue.shared_risks.values() if not seen.isdisjoint(risk.members)
        )
        return seen | more

    return grow(step)


def hurting_by_definition(catalogue: Catalogue, states: Mapping[str, str]) -> dict[str, list[str]]:
    """Every fault that a chain rests on tried on two graphs made anew, all of them evaluated."""
    gates = compile_gates(catalogue)

    def with_states(some: Mapping[str, str]) -> dict[str, ChainVerdict]:
        fresh = Lanes(gates)
        fresh.set(some)
        return told(fresh)

    now = with_states(states)
    found: dict[str, list[str]] = {id_: [] for id_, one in now.items() if one.state != "up"}
    footing = {id_: rests_on(catalogue, catalogue.chains[id_]) for id_ in found}
    for fault in sorted(id_ for id_, state in states.items() if state in {"down", "degraded"}):
        mended, alone = with_states({**states, fault: "up"}), with_states({fault: states[fault]})
        for chain, causes in found.items():
            tells = mended[chain] != now[chain] or alone[chain].state != "up"
            if fault in footing[chain] and tells:
                causes.append(fault)
    return found


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_a_fault_hurts_a_chain_when_mending_it_would_tell_or_it_alone_would_do(seed: int) -> None:
    random = Random(seed)
    catalogue = random_catalogue(random)
    states = random_states(random, catalogue)
    scope, now = built(catalogue, states)
    before = told(now)
    bad = [id_ for id_, verdict in before.items() if verdict.state != "up"]
    faults = {id_: state for id_, state in states.items() if state in {"down", "degraded"}}
    assert scope.hurting(bad, faults) == hurting_by_definition(catalogue, states)
    assert told(now) == before
    assert now.agrees()


def hub() -> Catalogue:
    """A switch each for sixty groups, all behind one core."""
    switches = [f"sw-{n}" for n in range(SWITCHES)]
    risk = SharedRisk(id="fire", kind="site", members=("zone-0",))
    return catalogue_of(
        [component("core", Tier.CORE), component("app", Tier.APPLICATION)]
        + [component(one, Tier.ACCESS) for one in switches],
        [link("core", "app"), *(link(one, "core") for one in switches)],
        [
            Group(id=f"zone-{n}", users=9, members=(f"sw-{n}",), min=1, full=1)
            for n in range(SWITCHES)
        ],
        [
            Chain(id=f"c-{n}", name="c", source=f"zone-{n}", to="app", level="r1")
            for n in range(SWITCHES)
        ],
        [risk],
    )


def test_one_chain_of_a_dark_region_is_explained_without_evaluating_the_region(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dark = {f"sw-{n}": "unreachable" for n in range(SWITCHES)}
    scope, _ = built(hub(), {"core": "down", **dark})
    evaluated: list[int] = []
    value = Lanes._value

    def counted(self: Lanes, vertex: int) -> int:
        evaluated.append(vertex)
        return value(self, vertex)

    monkeypatch.setattr(Lanes, "_value", counted)
    assert scope.hurting(["c-7"], {"core": "down"}) == {"c-7": ["core"]}
    assert 0 < len(evaluated) < 12 < SWITCHES


def test_a_shared_risk_of_the_group_itself_hurts_its_chains_alone() -> None:
    scope, _ = built(hub(), {"fire": "down"})
    faults = {"fire": "down"}
    assert scope.hurting(["c-0", "c-1"], faults) == {"c-0": ["fire"], "c-1": []}
