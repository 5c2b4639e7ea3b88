"""Families of least sets against sets that are written out."""

from itertools import combinations, product
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.impact.families import EMPTY, NONE, Families, TooMuch


def least(sets):
    """Those that contain no other."""
    sets = set(sets)
    return {one for one in sets if not any(less < one for less in sets)}


def made(families, sets):
    """The family of these sets, element by element."""
    family = NONE
    for one in sets:
        whole = EMPTY
        for element in one:
            whole = families.both(whole, families.single(element))
        family = families.either(family, whole)
    return family


def listed(families, family):
    """The sets of a family; each stands there once and under its own size."""
    counts = families.counts(family)
    by_size = [list(families.sets(family, size)) for size in range(len(counts) + 1)]
    assert [len(some) for some in by_size] == [*counts, 0]
    assert all(len(one) == size for size, some in enumerate(by_size) for one in some)
    every = [frozenset(one) for some in by_size for one in some]
    assert len(every) == len(set(every))
    return set(every)


@given(st.integers(min_value=0), st.sampled_from([None, 1, 2, 3]))
@settings(max_examples=100, deadline=None)
def test_a_family_holds_the_least_sets_up_to_its_size_and_no_others(seed, largest):
    random = Random(seed)
    elements = range(random.randint(1, 7))
    most = min(len(elements), 3, largest or 3)

    def some():
        sizes = [random.randint(random.random() > 0.05, most) for _ in range(random.randint(0, 6))]
        return least(frozenset(random.sample(elements, size)) for size in sizes)

    def small(sets):
        return {one for one in sets if largest is None or len(one) <= largest}

    families = Families(largest)
    sets = [some() for _ in range(4)]
    made_of = [made(families, one) for one in sets]
    assert [listed(families, one) for one in made_of] == sets
    assert listed(families, families.either(*made_of[:2])) == least(sets[0] | sets[1])
    pairs = least(one | other for one, other in product(*sets[:2]))
    assert listed(families, families.both(*made_of[:2])) == small(pairs)
    for many in range(1, 5):
        picks = (pick for chosen in combinations(sets, many) for pick in product(*chosen))
        together = least(frozenset().union(*pick) for pick in picks)
        assert listed(families, families.at_least(many, made_of)) == small(together)
    given_ones = frozenset(random.sample(elements, random.randint(0, len(elements))))
    inside = {one for one in sets[0] if one <= given_ones}
    assert families.happens(made_of[0], given_ones) == bool(inside)
    assert sum(families.counts(made_of[0], given_ones)) == len(inside)
    assert listed(families, families.within(given_ones, made_of)[made_of[0]]) == inside


def test_a_family_is_as_deep_as_it_must_be():
    families = Families()
    many = 5_000
    family = made(families, [{one} for one in reversed(range(many))])
    both = families.both(family, families.single(many))
    assert families.counts(family) == (0, many)
    assert families.counts(both) == (0, 0, many)


def test_work_beyond_what_is_allowed_is_not_done():
    families = Families(allowed=20)
    with pytest.raises(TooMuch):
        made(families, [{one, one + 1} for one in range(50)])
