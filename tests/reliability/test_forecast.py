"""Predicted availability and importance, against every subset."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from tests.reliability.oracle import Worlds
from tests.topology.random_catalogues import catalogue_of, component, link, random_catalogue
from topology.gates import compile_gates
from topology.kappa import Cone
from topology.model import Catalogue, Chain, Group, Tier
from topology.reliability.bounds import bounds
from topology.reliability.diagram import BUDGET, Diagram, TooLarge
from topology.reliability.forecast import Forecast, Forecasts

FALLIBLE = 7
CHANCES = (Fraction(1, 2), Fraction(9, 10), Fraction(2, 3), Fraction(1, 10), Fraction(0))


def with_chances(random: Random, catalogue: Catalogue) -> tuple[Catalogue, dict[str, Fraction]]:
    """The catalogue with chances on a few of its items, links and shared risks among them."""
    kinds = ("components", "links", "shared_risks")
    ids = [id_ for kind in kinds for id_ in getattr(catalogue, kind)]
    few = random.sample(ids, min(FALLIBLE, len(ids)))
    good = {id_: random.choice(CHANCES) for id_ in few}
    changed = {
        kind: {
            id_: replace(one, availability=good.get(id_))
            for id_, one in getattr(catalogue, kind).items()
        }
        for kind in kinds
    }
    return replace(catalogue, **changed), good


def forecast(catalogue: Catalogue, chain: str, budget: int = BUDGET) -> Forecast:
    return Forecasts(catalogue, compile_gates(catalogue), budget).of(chain)


def drawn(seed: int) -> tuple[Catalogue, Chain, dict[str, Fraction]]:
    random = Random(seed)
    catalogue, good = with_chances(random, random_catalogue(random))
    return catalogue, random.choice(list(catalogue.chains.values())), good


@pytest.mark.parametrize("seed", range(40))
def test_predicted_availability_is_the_sum_over_every_subset(seed: int) -> None:
    catalogue, chain, good = drawn(seed)
    worlds = Worlds(catalogue, chain, sorted(good))
    told = forecast(catalogue, chain.id)
    assert told.exact
    assert told.low == worlds.availability(good)
    for id_, own in good.items():
        if id_ not in told.importance:
            assert worlds.availability(good | {id_: Fraction(0)}) == told.low, "out of its reach"
            continue
        one = told.importance[id_]
        with_, without = (worlds.availability(good | {id_: Fraction(n)}) for n in (1, 0))
        assert one.birnbaum == with_ - without
        twin = worlds.availability(good | {id_: 1 - (1 - own) ** 2})
        assert one.twin_gain == twin - told.low
        down = 1 - told.low
        assert one.worth_raw == ((1 - without) / down if down else None)
        assert one.worth_rrw == (down / (1 - with_) if with_ != 1 else None)


@pytest.mark.parametrize("seed", range(30))
def test_single_points_and_pairs_are_the_cuts_found_by_trying_all(seed: int) -> None:
    catalogue, chain, _ = drawn(seed)
    worlds = Worlds(catalogue, chain, [])
    told = forecast(catalogue, chain.id)
    assert set(told.spof) == {id_ for cut in worlds.cuts(1) for id_ in cut}
    assert told.pairs is not None
    if len(worlds.rules.ids) < 24:  # all pairs of a larger one take a second
        pairs = {frozenset({a, b}) for first, second in told.pairs for a in first for b in second}
        assert pairs == set(worlds.cuts(2))


@pytest.mark.parametrize("seed", range(60, 75))
def test_an_item_that_never_fails_has_its_birnbaum_too(seed: int) -> None:
    catalogue, chain, good = drawn(seed)
    told = forecast(catalogue, chain.id)
    sure = [id_ for id_, one in told.importance.items() if one.availability == 1]
    if not sure:
        return
    id_ = Random(seed).choice(sure)
    worlds = Worlds(catalogue, chain, sorted({*good, id_}))
    with_, without = (worlds.availability(good | {id_: Fraction(n)}) for n in (1, 0))
    assert told.importance[id_].birnbaum == with_ - without
    assert told.importance[id_].twin_gain == 0


# --- where the exact figure is out of reach -------------------------------------------------------


@pytest.mark.parametrize("seed", range(25))
def test_bounds_hold_the_true_figure_and_more_cases_bring_them_together(seed: int) -> None:
    catalogue, chain, good = drawn(seed)
    true = forecast(catalogue, chain.id).low
    gates = compile_gates(catalogue)
    gate = gates.chains[chain.id]
    cone = Cone(gates, gate.minimum, gate.end)
    chances = {gates.items[id_]: own for id_, own in good.items()}
    spans = [bounds(cone, chances, cases) for cases in (1, 3, 10, 10_000)]
    for (low, high), (less, more) in pairwise(spans):
        assert 0 <= low <= less <= true <= more <= high <= 1
    low, high = spans[-1]
    assert high - low < Fraction(1, 2**200)


@pytest.mark.parametrize("seed", range(25))
def test_a_diagram_without_room_gives_bounds_that_are_not_shown_as_exact(seed: int) -> None:
    catalogue, chain, _ = drawn(seed)
    true, told = forecast(catalogue, chain.id), forecast(catalogue, chain.id, budget=3)
    assert told.low <= true.low <= told.high
    assert told.naive == true.naive
    assert told.spof == true.spof
    if not told.exact:
        assert (told.pairs, told.sum_bound, told.best_twin) == (None, None, None)
    assert told.importance.keys() == true.importance.keys()
    for id_, one in told.importance.items():
        other = true.importance[id_]
        for figure in ("availability", "birnbaum", "twin_gain", "worth_raw", "worth_rrw"):
            assert getattr(one, figure) in (None, getattr(other, figure)), figure


def test_without_room_for_all_what_never_fails_is_left_out_and_the_figure_stays_exact() -> None:
    """Of the ladder only the first rung is uncertain, so two nodes are enough for the figure."""
    catalogue = ladder(6)
    whole, small = forecast(catalogue, "c"), forecast(catalogue, "c", budget=16)
    assert whole.low == small.low == Fraction(9, 10)
    assert small.exact
    assert small.pairs is None
    assert small.spof == whole.spof
    assert small.importance["acc"] == whole.importance["acc"]
    assert small.importance["app"] == whole.importance["app"], "a single point that never fails"
    assert small.best_twin == whole.best_twin == "acc"
    assert small.naive == whole.naive


def ladder(rungs: int) -> Catalogue:
    """An access switch that may fail under pairs of switches that do not, each joined to both above."""
    names = [[f"d-{rung}-{side}" for side in range(2)] for rung in range(rungs)]
    tiers = [Tier.DISTRIBUTION, Tier.CORE, Tier.WAN, Tier.DATACENTRE]
    rows = [["acc"], *names[: len(tiers)], ["app"]]
    parts = [
        component(id_, tier, availability=Fraction(9, 10) if id_ == "acc" else None)
        for tier, row in zip([Tier.ACCESS, *tiers, Tier.APPLICATION], rows, strict=True)
        for id_ in row
    ]
    lines = [link(low, high) for one, other in pairwise(rows) for low in one for high in other]
    group = Group(id="g", users=1, members=("acc",))
    return catalogue_of(
        parts, lines, [group], [Chain(id="c", name="c", source="g", to="app", level="r1")]
    )


def test_a_diagram_says_when_it_is_too_large_before_it_is_made() -> None:
    diagram = Diagram(30, budget=20)
    with pytest.raises(TooLarge):
        diagram.at_least(15, [diagram.factor(one) for one in range(30)])


# --- alike ----------------------------------------------------------------------------------------


def test_chains_that_are_built_alike_share_one_diagram() -> None:
    parts, lines, groups, chains = [component("app", Tier.APPLICATION)], [], [], []
    for site in range(20):
        good = Fraction(9, 10) if site % 2 else Fraction(8, 10)
        parts += [component(f"ap-{site}-{n}", Tier.AP, availability=good) for n in range(4)]
        members = tuple(f"ap-{site}-{n}" for n in range(4))
        lines += [link(one, "app") for one in members]
        groups.append(Group(id=f"g-{site}", users=1, members=members, min=2))
        chains.append(Chain(id=f"c-{site}", name="", source=f"g-{site}", to="app", level="r1"))
    catalogue = catalogue_of(parts, lines, groups, chains)
    forecasts = Forecasts(catalogue, compile_gates(catalogue))
    told = [forecasts.of(one.id) for one in chains]
    assert len(forecasts._shapes) == 1
    two_of_four = {q: 1 - q**4 - 4 * (1 - q) * q**3 for q in (Fraction(1, 10), Fraction(2, 10))}
    assert [one.low for one in told[:2]] == [
        two_of_four[Fraction(2, 10)],
        two_of_four[Fraction(1, 10)],
    ]
    assert told[3].best_twin == "ap-3-0", "of equals the first by id"
    assert told[3].importance.keys() == {*catalogue.groups["g-3"].members, "app"} | {
        f"l-ap-3-{n}-app" for n in range(4)
    }


def test_a_chain_that_can_never_work_is_expected_to_be_down_all_the_time() -> None:
    parts = [component("acc", Tier.ACCESS, uplinks_min=2), component("app", Tier.APPLICATION)]
    chain = Chain(id="c", name="c", source="g", to="app", level="r1")
    group = Group(id="g", users=1, members=("acc",))
    told = forecast(catalogue_of(parts, [link("acc", "app")], [group], [chain]), "c")
    assert (told.low, told.exact, told.spof, told.best_twin) == (0, True, (), None)


def test_hundreds_of_members_are_no_matter() -> None:
    names = [f"port-{n}" for n in range(300)]
    parts = [component(one, Tier.USER, availability=Fraction(99, 100)) for one in names]
    catalogue = catalogue_of(
        [*parts, component("app", Tier.APPLICATION)],
        [link(one, "app") for one in names],
        [Group(id="g", users=1, members=tuple(names), min=1)],
        [Chain(id="c", name="c", source="g", to="app", level="r1")],
    )
    assert forecast(catalogue, "c").low == 1 - Fraction(1, 100) ** 300
