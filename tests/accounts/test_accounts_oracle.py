"""Every figure of the account of a chain equals what counting second by second gives."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.accounts.oracle import Oracle
from tests.accounts.world import random_world
from topology.accounts.account import Buckets
from topology.accounts.books import Books

DAY = date(2026, 6, 9)
seeds = st.integers(min_value=0, max_value=1 << 32)


@given(seeds)
@settings(max_examples=60, deadline=None)
def test_an_account_is_what_counting_every_second_gives(seed: int):
    world = random_world(Random(seed), DAY)
    oracle = Oracle(world)
    period = (world.start, world.end)
    books = Books(world.compiled, world.states, world.changes, period)
    for chain in world.catalogue.chains.values():
        judged = books.judge(chain.id, period)
        assert judged.account.buckets == Buckets(**oracle.buckets(chain))
        if not oracle.falls(
            chain, frozenset()
        ):  # one that never works fell before anything was measured
            assert judged.account.interruptions == oracle.interruptions(chain)
        by_key, fair, held = oracle.shares(chain)
        assert judged.shares.by_key == by_key
        assert judged.shares.shapley == fair
        assert judged.shares.first_holds == held
        assert judged.shares.exact
