"""Predicted availability and importance, against every subset."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.reliability.oracle import Worlds
from tests.topology.random_catalogues import random_catalogue
from topology.gates import compile_gates
from topology.reliability.diagram import BUDGET
from topology.reliability.forecast import Forecast, Forecasts

if TYPE_CHECKING:
    from topology.model import Catalogue, Chain

FALLIBLE = 8
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
