"""Whose a fall is: keys, the Shapley split and first-holds, by their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.oracle import by_permutations
from topology.accounts import attribution
from topology.accounts.attribution import Holder, shapley
from topology.accounts.shares import rolled_up

PARTIES = "abcdef"
coalitions = st.sets(st.sampled_from(PARTIES), min_size=1).map(frozenset)


def antichain(some: set[frozenset[str]]) -> tuple[frozenset[str], ...]:
    least = [one for one in some if not any(other < one for other in some)]
    return tuple(sorted(least, key=lambda one: "&".join(sorted(one))))


keys = st.sets(coalitions, min_size=1, max_size=7).map(antichain)


def key(*written: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(one.split("&")) for one in written)


@given(keys)
def test_the_split_is_the_mean_over_all_orders_of_failing(some):
    split, exact = shapley(some)
    assert exact
    assert {one: share for one, share in split.items() if share} == by_permutations(some)
    assert sum(split.values()) == 1


@given(keys)
def test_both_ways_to_work_out_the_split_agree(some):
    parties = sorted(frozenset().union(*some))
    assert attribution._by_coalitions(some) == attribution._by_subsets(some, parties)


def test_thirty_suppliers_who_each_suffice_share_at_once_and_equally():
    some = key(*(f"s{n:02}" for n in range(30)))
    split, exact = shapley(some)
    assert not exact
    assert set(split.values()) == {Fraction(1, 30)}


def test_thirty_suppliers_who_only_fail_it_together_share_exactly():
    split, exact = shapley(key("&".join(f"s{n:02}" for n in range(30))))
    assert exact
    assert set(split.values()) == {Fraction(1, 30)}


def test_who_made_it_fall_holds_the_bill_while_it_alone_suffices():
    holder = Holder()
    held = [holder.follow(one) for one in (key("a&b"), key("a&b", "c"), key("c"), key("a", "c"))]
    assert held == [frozenset("ab"), frozenset("ab"), frozenset("c"), frozenset("c")]


def test_the_bill_goes_to_who_has_been_winning_longest():
    holder = Holder()
    for one in (key("a"), key("a", "c"), key("a", "b", "c")):
        assert holder.follow(one) == frozenset("a")
    assert holder.follow(key("b", "c")) == frozenset("c")


def test_winning_inside_a_greater_coalition_counts_as_winning():
    holder = Holder()
    assert holder.follow(key("a")) == frozenset("a")
    holder.follow(key("a", "c"))
    # a&b was enough from the start, for a alone was; c only since the second interval
    assert holder.follow(key("a&b", "c")) == frozenset("ab")


def test_who_make_it_fall_in_the_same_second_hold_the_bill_together_whatever_their_names():
    holder = Holder()
    assert holder.follow(key("b", "a&z")) == frozenset("abz")
    assert holder.follow(key("b", "c")) == frozenset("b")


def test_of_those_who_fell_it_together_who_still_suffices_holds_the_bill_alone():
    holder = Holder()
    held = [holder.follow(one) for one in (key("a", "b"), key("b"), key("a", "b"), key("a", "c"))]
    # a was repaired and failed again: in the last interval it has been enough for longer than c
    assert held == [frozenset("ab"), frozenset("b"), frozenset("b"), frozenset("a")]


def test_of_those_who_then_win_equally_long_the_first_by_name_holds_the_bill():
    holder = Holder()
    holder.follow(key("x"))
    assert holder.follow(key("b", "a&z")) == frozenset("az")


@given(keys)
def test_names_do_not_decide_who_holds_the_bill_when_a_chain_falls(some):
    other = dict(zip(PARTIES, reversed(PARTIES), strict=True))
    renamed = antichain({frozenset(map(other.__getitem__, one)) for one in some})
    held = Holder().follow(some)
    assert Holder().follow(renamed) == frozenset(map(other.__getitem__, held))


def test_sub_suppliers_are_added_to_who_answers_for_them():
    split = {"a": Fraction(1, 2), "b": Fraction(1, 3), "c": Fraction(1, 6)}
    assert rolled_up(split, {"c": "b", "b": "a"}) == {"a": Fraction(1)}
    assert rolled_up(split, {}) == split


@given(keys, st.sets(st.sampled_from(PARTIES)))
def test_a_party_that_never_matters_gets_nothing(some, others):
    split, _ = shapley(some)
    matter = frozenset().union(*some)
    assert all(not split.get(one) for one in others - matter)
    assert all(split[one] > 0 for one in matter)


def test_symmetric_parties_get_the_same():
    split, _ = shapley(tuple(frozenset(pair) for pair in combinations("abcd", 2)))
    assert set(split.values()) == {Fraction(1, 4)}


def test_who_holds_the_bill_keeps_it_when_a_part_of_it_would_be_enough():
    holder = Holder()
    assert holder.follow(key("a&b")) == frozenset("ab")
    assert holder.follow(key("a", "c")) == frozenset("ab")
