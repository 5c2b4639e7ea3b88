"""Figures of a contract: against sums second by second, and the examples of CORE.md 9 (CORE.md 4.4)."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.accounts.account import Buckets
from topology.accounts.figures import (
    figures,
    mean_between,
    mean_repair,
    percent,
    user_weighted,
    worst_month,
)
from topology.model import Level

KINDS = ("excluded", "up", "degraded", "down", "unknown", "maintenance")
POLICIES = ("neutral", "down", "up")


def level(target="99.5", unknown="neutral", coverage="99.5"):
    return Level(
        id="l",
        calendar="k",
        target_ppm=Fraction(target) * 10_000,
        minimum_coverage_ppm=Fraction(coverage) * 10_000,
        unknown=unknown,
    )


def buckets(**seconds) -> Buckets:
    return Buckets(service=sum(seconds.values()), **seconds)


# --- one second at a time -----------------------------------------------------------------------

SECONDS = st.lists(st.sampled_from(KINDS), max_size=60)
WEIGHTS = st.sampled_from([0, 1, 200_000, 333_333, 1_000_000])
LEVELS = st.builds(
    level,
    st.sampled_from(["0", "50", "97.5", "99.999", "100"]),
    st.sampled_from(POLICIES),
    st.sampled_from(["0", "50", "90", "100"]),
)


def tally(kinds) -> Buckets:
    return buckets(**{kind: kinds.count(kind) for kind in KINDS})


def lost(kind, policy, weight):
    """What one second loses, 0 to 1; None = it is not looked at."""
    if kind == "excluded" or (kind == "unknown" and policy == "neutral"):
        return None
    if kind == "degraded":
        return Fraction(weight, 1_000_000)
    return Fraction(kind in ("down", "maintenance") or (kind == "unknown" and policy == "down"))


def by_hand(parts, weight, policy=None):
    losses = [
        loss
        for kinds, its in parts
        for kind in kinds
        if (loss := lost(kind, policy or its.unknown, weight)) is not None
    ]
    return 1 - sum(losses, Fraction(0)) / len(losses) if losses else None


def allowed(parts):
    """Seconds that may be lost, second by second, each by the target of its own level."""
    return sum(
        (1 - its.target_ppm / 1_000_000 for kinds, its in parts for kind in kinds
         if lost(kind, its.unknown, 0) is not None),
        Fraction(0),
    )  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SECONDS, LEVELS), min_size=1, max_size=3), WEIGHTS)
def test_every_figure_is_the_sum_over_its_seconds(parts, weight):
    found = figures([(tally(kinds), its) for kinds, its in parts], degraded_ppm=weight)
    assert found.exact == by_hand(parts, weight)
    assert found.worst == by_hand(parts, weight, "down")
    assert found.best == by_hand(parts, weight, "up")
    agreed = [(kind, its) for kinds, its in parts for kind in kinds if kind != "excluded"]
    seen = [kind for kind, _ in agreed if kind != "unknown"]
    assert found.covered == (Fraction(len(seen), len(agreed)) if agreed else None)
    asked = sum(its.minimum_coverage_ppm / 1_000_000 for _, its in agreed)
    if not seen or len(seen) < asked:
        assert found.met is None
    else:
        spent = [lost(k, its.unknown, weight) or 0 for ks, its in parts for k in ks]
        assert found.met == (sum(spent) <= allowed(parts))


@settings(max_examples=100, deadline=None)
@given(SECONDS, LEVELS, WEIGHTS)
def test_the_figure_lies_between_worst_and_best_and_the_percentage_never_above_it(
    kinds, its, weight
):
    found = figures([(tally(kinds), its)], degraded_ppm=weight)
    if found.exact is None:
        assert percent(found.exact) is None
        return
    assert found.worst <= found.exact <= found.best
    shown = Decimal(percent(found.exact))
    exact = Decimal(found.exact.numerator) * 100 / Decimal(found.exact.denominator)
    assert shown == exact.quantize(Decimal("0.001"), rounding=ROUND_FLOOR)


@settings(max_examples=60, deadline=None)
@given(SECONDS, LEVELS, st.integers(0, 60))
def test_an_account_in_two_parts_of_one_level_has_the_figures_of_the_whole(kinds, its, cut):
    whole = figures([(tally(kinds), its)])
    assert figures([(tally(kinds[:cut]), its), (tally(kinds[cut:]), its)]) == whole


@settings(max_examples=60, deadline=None)
@given(SECONDS, st.sampled_from(["0", "50", "97.5", "100"]), st.sampled_from(["down", "up"]))
def test_with_all_measured_time_in_the_whole_a_target_is_met_when_budget_is_left(
    kinds, target, unknown
):
    found = figures([(tally(kinds), level(target, unknown, "0"))])
    agreed = len(kinds) - kinds.count("excluded")
    assert found.budget_s == int(agreed * (1 - Fraction(target) / 100))
    if found.met is not None:
        assert found.met == (found.left_s >= 0)


# --- examples -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unknown", "expected"), [("neutral", "97.727"), ("down", "89.583"), ("up", "97.916")]
)
def test_the_three_policies_for_unknown_time(unknown, expected):
    day = buckets(up=77_400, unknown=7200, down=1800)
    shape = figures([(day, level(unknown=unknown))]).shape()
    assert shape["availability"] == expected
    assert (shape["availability_worst"], shape["availability_best"]) == ("89.583", "97.916")
    assert (shape["coverage"], shape["met"]) == ("91.666", None)


def test_work_that_was_not_agreed_counts_as_down_and_agreed_work_leaves_the_whole():
    june = buckets(excluded=7200, up=780_900, down=2700, maintenance=1200)
    shape = figures([(june, level())]).shape()
    assert (shape["availability"], shape["met"]) == ("99.503", True)
    assert shape["budget"] == {"seconds": 3924, "left": 24}


def test_a_target_is_tested_with_whole_seconds_not_with_the_percentage_shown():
    just, missed = buckets(up=199, down=1), buckets(up=198_999, down=1001)
    assert figures([(just, level())]).met is True
    assert percent(figures([(missed, level())]).exact) == "99.499"
    assert figures([(buckets(up=1_989_999, down=10_000), level())]).met is False
    assert percent(figures([(buckets(up=10**9 - 1, down=1), level())]).exact) == "99.999"


def test_a_target_of_a_hundred_is_missed_by_its_first_second_and_has_no_budget():
    assert figures([(buckets(up=100), level("100"))]).met is True
    found = figures([(buckets(up=10**6, down=1), level("100"))])
    assert (found.met, found.budget_s, found.left_s) == (False, 0, -1)


@pytest.mark.parametrize(
    "nothing", [Buckets(), buckets(excluded=3600), buckets(unknown=3600)], ids=repr
)
def test_where_nothing_was_agreed_or_measured_there_is_no_verdict(nothing):
    found = figures([(nothing, level(coverage="0"))])
    assert found.exact is None
    assert found.met is None


def test_a_level_that_changes_in_the_month_allows_what_its_parts_allow_together():
    half = buckets(up=9000, down=1000)
    strict, mild = level("99"), level("80")
    assert figures([(half, strict)]).met is False
    assert figures([(half, strict), (half, mild)]).met is True  # 2000 down, 100 + 2000 allowed
    assert figures([(half, strict), (half, level("90.001"))]).met is False  # 999.9 + 100


def test_a_degraded_second_may_weigh_less_than_a_whole_one():
    slow = buckets(up=900, degraded=100)
    assert percent(figures([(slow, level())]).exact) == "100.000"
    assert percent(figures([(slow, level())], degraded_ppm=200_000).exact) == "98.000"


def test_buckets_that_do_not_add_up_are_refused():
    with pytest.raises(AssertionError, match="add up"):
        figures([(Buckets(service=10, up=9), level())])
    with pytest.raises(AssertionError, match="below nothing"):
        figures([(Buckets(service=0, up=1, down=-1), level())])


def test_without_interruption_there_is_no_time_between_or_to_repair():
    month = buckets(up=1000, degraded=1, down=7, maintenance=4, unknown=50)
    assert mean_repair(month, 0) is mean_between(month, 0) is None
    assert (mean_repair(month, 2), mean_between(month, 2)) == (5, 500)


def test_every_second_of_every_user_counts_the_same():
    good, bad = buckets(up=100), buckets(up=50, down=50)
    assert user_weighted([(300, good, level()), (100, bad, level())]) == Fraction(7, 8)
    assert user_weighted([(0, bad, level())]) is None
    assert user_weighted([]) is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), SECONDS, LEVELS), max_size=4), WEIGHTS)
def test_user_weighted_is_the_mean_over_users(chains, weight):
    losses = [
        loss
        for users, kinds, its in chains
        for _ in range(users)
        for kind in kinds
        if (loss := lost(kind, its.unknown, weight)) is not None
    ]
    found = user_weighted([(n, tally(k), its) for n, k, its in chains], degraded_ppm=weight)
    assert found == (1 - sum(losses, Fraction(0)) / len(losses) if losses else None)


def test_the_worst_month_is_sought_among_the_last_twelve_and_the_latest_of_equals_is_named():
    months = [(f"2025-{n:02d}", Fraction(99, 100)) for n in range(1, 13)]
    assert worst_month([*months, ("2024-12", Fraction(1, 2))]) == ("2025-12", Fraction(99, 100))
    assert worst_month([("2026-01", None), *months]) == ("2025-12", Fraction(99, 100))
    assert worst_month([*reversed(months), ("2025-03", Fraction(9, 10))][1:])[0] == "2025-03"
    assert worst_month([("2026-01", None)]) is None
