"""Burn rates, triggers and the causes of unknown time equal what counting second by second gives."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.oracle import Oracle
from tests.accounts.world import random_world
from topology.accounts.books import Books

DAY = date(2026, 6, 9)
seeds = st.integers(min_value=0, max_value=1 << 32)
WORSE = {"up": 4, "degraded": 3, "unknown": 2, "unreachable": 2, "maint": 1, "down": 0}


def kept(seed: int):
    world = random_world(Random(seed), DAY)
    period = (world.start, world.end)
    return world, Oracle(world), Books(world.compiled, world.states, world.changes, period), period


def is_bad(oracle, chain, at):
    state = oracle.chain_state(chain, at)
    return state in {"down", "maintenance"} and oracle.countable(chain, at)


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_a_burn_rate_is_the_bad_seconds_among_the_last_seconds_of_service(seed: int):
    world, oracle, books, period = kept(seed)
    for chain in world.catalogue.chains.values():
        if oracle.falls(chain, frozenset()):
            continue  # one that never works was down before the world began, too
        level = world.catalogue.levels[chain.level]
        calendar = world.catalogue.calendars[level.calendar]
        spending = books.judge(chain.id, period).spending
        assert spending is not None
        served = [at for at in range(world.begin, world.end) if oracle.in_service(calendar, at)]
        for one in spending.rules:
            for rate, window in ((one.long, one.rule.window_s), (one.short, one.rule.short_s)):
                bad = sum(is_bad(oracle, chain, at) for at in served[-window:])
                assert rate == Fraction(bad, window) / (1 - level.target_ppm / 1_000_000)


def causes(world, oracle, chain, at):
    """The minimal sets of suppliers whose unknown parts stop the chain, by trying all of them."""
    states = oracle.states(at)
    failed = {id_ for id_, state in states.items() if state in {"down", "maint"}}
    unknown = {id_ for id_, state in states.items() if state in {"unknown", "unreachable"}}
    # a supplier is blind for one of two reasons here: it was told so, or it is behind something
    party = {id_: (oracle.owner(id_), states[id_]) for id_ in unknown}
    parties = sorted(set(party.values()))
    groups = [set(some) for n in range(len(parties) + 1) for some in combinations(parties, n)]
    winning = [
        some
        for some in groups
        if oracle.falls(chain, frozenset(failed | {i for i in unknown if party[i] in some}))
    ]
    least = [one for one in winning if not any(other < one for other in winning)]
    return "|".join(sorted("&".join(f"{s} {r}" for s, r in sorted(one)) for one in least))


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_unknown_seconds_are_by_the_least_sets_whose_unknown_parts_stop_the_chain(seed: int):
    world, oracle, books, period = kept(seed)
    for chain in world.catalogue.chains.values():
        expected: Counter[str] = Counter()
        for at in range(world.start, world.end):
            if oracle.countable(chain, at) and oracle.chain_state(chain, at) == "unknown":
                expected[causes(world, oracle, chain, at)] += 1
        found: Counter[str] = Counter()
        words = {"told": "unknown", "unreachable": "unreachable"}
        for blind, seconds in books.judge(chain.id, period).unknown.items():
            key = [
                "&".join(sorted(f"{p.supplier} {words[p.reason]}" for p in s)) for s in blind.key
            ]
            found["|".join(sorted(key))] += seconds
        assert found == expected


@given(seeds)
@settings(max_examples=40, deadline=None)
def test_the_trigger_is_what_failed_in_the_second_of_the_fall(seed: int):
    world, oracle, books, _ = kept(seed)
    for chain in world.catalogue.chains.values():
        items = books.lanes.cone(chain.id).items
        cone = {id_ for id_, item in world.compiled.gates.items.items() if item in items}
        before = None
        for one in books.intervals[chain.id]:
            if one.is_bad and before is not None and not before.is_bad:
                stops = {"down"} if one.state == "down" else {"down", "maint"}
                now, was = oracle.states(one.start), oracle.states(one.start - 1)
                failed = {
                    id_
                    for id_ in cone
                    if now.get(id_, "up") in stops
                    and WORSE[now.get(id_, "up")] < WORSE[was.get(id_, "up")]
                }
                assert failed
                blamed = {
                    fault
                    for id_ in failed
                    for fault in (
                        (now[id_] == "down" and oracle.felled_by(id_, one.start)) or {id_}
                    )
                }
                assert books.trigger(chain.id, one) == sorted(blamed)
            before = one
