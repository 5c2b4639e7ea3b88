"""What many chains have in common is counted once, and as if each had been counted alone."""

from dataclasses import replace

from tests.impact.test_changes import spares
from tests.topology.random_catalogues import catalogue_of, component, link
from topology.gates import compile_gates
from topology.impact.exposure import FEW, Exposure
from topology.model import Chain, Group, Tier


def test_two_parts_that_lose_one_chain_lose_only_those_others_that_count_both():
    two = spares(2)
    exempt = frozenset({"sw", "core-0"})
    chains = {}
    for number in range(2 * FEW + 1):
        name = f"c-{number}"
        own = exempt if number % 2 else frozenset({"sw"})
        chains[name] = replace(two.chains["c"], id=name, exempt=own)
    catalogue = replace(two, chains=chains)
    exposure = Exposure(compile_gates(catalogue))
    kappas = exposure.kappas(chains, frozenset())
    assert set(kappas.values()) == {2}, "where core-0 is exempt its links are not"
    links = frozenset(id_ for id_ in catalogue.links if "core-0" in id_)
    bare = {id_: replace(one, exempt=one.exempt | links) for id_, one in chains.items()}
    catalogue = replace(two, chains=bare)
    kappas = Exposure(compile_gates(catalogue)).kappas(bare, frozenset())
    assert {id_: kappa for id_, kappa in kappas.items() if "core-0" in bare[id_].exempt} == {
        f"c-{number}": 3 for number in range(1, 2 * FEW + 1, 2)
    }
    assert {kappas[f"c-{number}"] for number in range(0, 2 * FEW + 1, 2)} == {2}


def test_what_lies_beyond_the_end_of_a_chain_is_nothing_it_rests_on():
    parts = [component("sw", Tier.ACCESS), component("dc", Tier.DATACENTRE)]
    parts += [component("beside", Tier.DATACENTRE), component("app", Tier.APPLICATION)]
    group = Group(id="g", users=1, members=("sw",))
    near, far = (Chain(id=to, name=to, source="g", to=to, level="r1") for to in ("dc", "app"))
    ends = [("sw", "dc"), ("dc", "app"), ("dc", "beside"), ("beside", "app")]
    links = [link(*two) for two in ends]
    catalogue = catalogue_of(parts, links, [group], [near, far])
    exposure = Exposure(compile_gates(catalogue))
    assert exposure.touched(exposure.items(["app"])) == ["app"]
    assert exposure.touched(exposure.items(["beside"])) == ["app"]
    assert exposure.touched(exposure.items(["dc"])) == ["dc", "app"]
