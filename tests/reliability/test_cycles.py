"""Chains through meshes, rings and data centres: the exact figure against every subset, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations, compress
from random import Random

import pytest

from tests.reliability.oracle import Worlds
from tests.topology.random_catalogues import catalogue_of, component, link
from topology.gates import compile_gates
from topology.model import Catalogue, Chain, Component, Group, Link, Need, SharedRisk, Tier
from topology.reliability import forecast
from topology.reliability.chances import chances
from topology.reliability.diagram import BUDGET
from topology.reliability.elimination import TooLong, steps
from topology.reliability.forecast import Forecasts
from topology.reliability.order import dissected
from topology.reliability.structure import structure_of

FALLIBLE = 7
CHANCES = (Fraction(1, 2), Fraction(9, 10), Fraction(2, 3), Fraction(1, 3))


def knotted(random: Random) -> Catalogue:
    """Equals in a ring or a mesh, servers hanging between them, and what makes that hard.

    That is: services that need one of two servers and are ends themselves, a feed under opposite sides,
    a core that wants two ways up, a group of which two must work.
    """
    cores = [f"core-{n}" for n in range(random.randint(2, 5))]
    servers = [f"srv-{n}" for n in range(random.randint(1, 4))]
    ring = list(zip(cores, cores[1:] + cores[:1], strict=True)) if len(cores) > 2 else []
    pairs = ring if random.random() < 0.5 else list(combinations(cores, 2))
    lines = [link(one, other) for one, other in pairs if random.random() < 0.85]
    for server in servers:
        homes = random.sample(cores, min(len(cores), random.choice((1, 2, 2, 3))))
        lines += [link(server, home) for home in homes]
    tops = ["app", "other"]
    for top in tops:
        feet = random.sample([*cores, *servers], random.randint(1, 2))
        lines += [link(foot, top) for foot in feet]
    points = [f"acc-{n}" for n in range(random.randint(1, 3))]
    for point in points:
        lines += [link(point, core) for core in random.sample(cores, random.randint(1, 2))]
    return catalogue_of(
        _components(random, cores, servers, points),
        lines,
        [Group(id="g", users=1, members=tuple(points), min=random.randint(1, len(points)))],
        [Chain(id="c", name="c", source="g", to="app", level="r1")],
        _feeds(random, [*cores, *servers], lines),
    )


def _components(
    random: Random, cores: list[str], servers: list[str], points: list[str]
) -> list[Component]:
    needs = Need(at_least=1, of=tuple(random.sample(servers, min(2, len(servers)))))
    return [
        *(component(one, Tier.ACCESS) for one in points),
        *(
            component(one, Tier.DATACENTRE, uplinks_min=2 if random.random() < 0.1 else 1)
            for one in (*cores, *servers)
        ),
        component("app", Tier.APPLICATION, needs=(needs,) if random.random() < 0.6 else ()),
        component("other", Tier.APPLICATION, needs=(needs,) if random.random() < 0.6 else ()),
    ]


def _feeds(random: Random, devices: list[str], lines: list[Link]) -> list[SharedRisk]:
    ids = [*devices, *(one.id for one in lines)]
    return [
        SharedRisk(id=f"feed-{n}", kind="power", members=tuple(random.sample(ids, 2)))
        for n in range(random.randint(0, 2))
    ]


def rated(random: Random, catalogue: Catalogue) -> tuple[Catalogue, dict[str, Fraction]]:
    """The catalogue with a chance on a few items, those of the mesh rather than others."""
    ids = [*catalogue.components, *catalogue.links, *catalogue.shared_risks]
    good = {id_: random.choice(CHANCES) for id_ in random.sample(ids, min(FALLIBLE, len(ids)))}
    kinds = {
        kind: {
            id_: replace(one, availability=good.get(id_))
            for id_, one in getattr(catalogue, kind).items()
        }
        for kind in ("components", "links", "shared_risks")
    }
    return replace(catalogue, **kinds), good


def least_sum(worlds: Worlds, good: dict[str, Fraction]) -> Fraction:
    """The least share that a set of items which carries the chain alone can be down together."""
    sums = [
        sum((1 - good[id_] for id_ in compress(worlds.fallible, some)), Fraction(0))
        for some, works in worlds.works.items()
        if works
    ]
    return min([*sums, Fraction(1)])


@pytest.mark.parametrize("seed", range(75))
def test_a_chain_through_a_mesh_is_predicted_as_the_sum_over_every_subset(seed: int) -> None:
    random = Random(seed)
    catalogue, good = rated(random, knotted(random))
    worlds = Worlds(catalogue, catalogue.chains["c"], sorted(good))
    told = Forecasts(catalogue, compile_gates(catalogue)).of("c")
    assert (told.exact, told.low) == (True, worlds.availability(good))
    assert told.sum_bound == least_sum(worlds, good)
    for id_, own in good.items():
        with_, without = (worlds.availability(good | {id_: Fraction(n)}) for n in (1, 0))
        if id_ not in told.importance:
            assert with_ == without, "out of its reach"
            continue
        one, down = told.importance[id_], 1 - told.low
        assert one.birnbaum == with_ - without
        assert one.twin_gain == worlds.availability(good | {id_: 1 - (1 - own) ** 2}) - told.low
        assert one.worth_raw == ((1 - without) / down if down else None)
        assert one.worth_rrw == (down / (1 - with_) if with_ != 1 else None)


@pytest.mark.parametrize("seed", range(120, 140))
def test_single_points_and_pairs_of_a_mesh_are_found_by_trying_all(seed: int) -> None:
    random = Random(seed)
    catalogue = knotted(random)
    worlds = Worlds(catalogue, catalogue.chains["c"], [])
    told = Forecasts(catalogue, compile_gates(catalogue)).of("c")
    if not worlds.works_without():
        assert (told.low, told.spof) == (0, ())
        return
    assert set(told.spof) == {id_ for cut in worlds.cuts(1) for id_ in cut}
    assert told.pairs is not None
    pairs = {frozenset({a, b}) for first, second in told.pairs for a in first for b in second}
    assert pairs == set(worlds.cuts(2))


@pytest.mark.parametrize("seed", range(140, 165))
def test_the_order_in_which_factors_are_asked_does_not_matter_to_the_figures(seed: int) -> None:
    random = Random(seed)
    gates = compile_gates(knotted(random))
    chain = gates.chains["c"]
    structure = structure_of(gates, chain.minimum, chain.end, list(gates.items).__getitem__)
    if not structure.parts:
        return
    good = [random.choice(CHANCES) for _ in structure.factors]
    given = list(range(len(good)))
    told = []
    for order in (given, dissected(structure.parts, len(good)), random.sample(given, len(good))):
        shape = forecast._shape_in(order, structure.parts, BUDGET)
        share, gains = chances(shape.diagram, shape.root, [good[one] for one in order])
        told.append((share, dict(zip(order, gains, strict=True)), shape.single, shape.double))
    assert told[0] == told[1] == told[2]


# --- large ones -----------------------------------------------------------------------------------


def data_centre(servers: int) -> Catalogue:
    """Two cores and so many servers between them, each the way to an end that needs one of two."""
    names = [f"srv-{n}" for n in range(servers)]
    good = Fraction(99, 100)
    needs = (Need(at_least=1, of=("dns-0", "dns-1")),)
    components = [
        component("acc", Tier.ACCESS, availability=good),
        *(component(one, Tier.DATACENTRE, availability=good) for one in ("c-0", "c-1", *names)),
        *(component(f"lan-{n}", Tier.APPLICATION) for n in range(2)),
        *(
            component(f"dns-{n}", Tier.APPLICATION, needs=(Need(at_least=1, of=(names[n],)),))
            for n in range(2)
        ),
        *(
            component(f"app-{n}", Tier.APPLICATION, needs=needs, availability=good)
            for n in range(2, servers)
        ),
    ]
    ways = [(one, core) for one in ("acc", *names) for core in ("c-0", "c-1")]
    ways += [("c-0", "c-1"), ("c-0", "lan-0"), ("c-1", "lan-1")]
    ways += [(f"srv-{n}", f"app-{n}") for n in range(2, servers)]
    lines = [replace(link(*way), availability=good) for way in ways]
    return catalogue_of(
        components,
        lines,
        [Group(id="g", users=1, members=("acc",))],
        [Chain(id="c", name="c", source="g", to="app-2", level="r1")],
    )


def test_a_data_centre_with_servers_between_two_cores_has_an_exact_figure() -> None:
    catalogue = data_centre(20)
    told = Forecasts(catalogue, compile_gates(catalogue)).of("c")
    assert told.exact
    assert told.pairs is not None
    assert {"srv-2", "app-2", "acc", "l-srv-2-app-2"} == set(told.spof)
    assert {"c-0", "c-1", "l-c-0-c-1", "srv-19", "l-srv-19-c-0"} <= told.importance.keys()


def test_parts_that_nobody_asks_for_are_not_worked_out_anew() -> None:
    """0 is asked; 1 is a cycle with 2, and 3 hangs from them without being needed."""
    needed = [(1,), (2,), (1,), (1, 2)]
    order = steps(needed, 0)
    assert 3 not in order
    assert order[-1] == 0


def test_a_mesh_that_is_all_cycles_is_given_up_before_it_takes_for_ever() -> None:
    many = 24
    needed = [[other for other in range(many) if other != one] for one in range(many)]
    with pytest.raises(TooLong):
        steps(needed, 0, most=1_000)


def test_what_is_given_up_has_bounds_instead() -> None:
    names = [f"c-{n}" for n in range(18)]
    lines = [link(*ends) for ends in (*combinations(names, 2), ("acc", "c-0"), ("c-17", "app"))]
    catalogue = catalogue_of(
        [
            component("acc", Tier.ACCESS, availability=Fraction(9, 10)),
            *(component(one, Tier.CORE, availability=Fraction(9, 10)) for one in names),
            component("app", Tier.APPLICATION),
        ],
        [replace(one, availability=Fraction(9, 10)) for one in lines],
        [Group(id="g", users=1, members=("acc",))],
        [Chain(id="c", name="c", source="g", to="app", level="r1")],
    )
    told = Forecasts(catalogue, compile_gates(catalogue)).of("c")
    assert not told.exact
    assert 0 < told.low < told.high < 1
    assert told.spof == ("acc", "app", "c-0", "c-17", "l-acc-c-0", "l-c-17-app")
