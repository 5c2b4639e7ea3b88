"""The clock of tests moves when told and wakes sleepers at their own moments."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import pytest

from events.arrival import Arrivals
from events.clock import ManualClock, SystemClock
from tests.events.rigs import START


async def test_sleepers_wake_in_the_order_of_their_moments_and_see_them():
    clock = ManualClock(START)
    woken = []

    async def sleeper(seconds):
        await clock.sleep(seconds)
        woken.append((seconds, clock.monotonic(), clock.now()))

    tasks = [asyncio.ensure_future(sleeper(each)) for each in (3, 1, 2)]
    await clock.advance(2.5)
    assert woken == [(each, each, START + timedelta(seconds=each)) for each in (1, 2)]
    await clock.advance(0.5)
    assert [each[0] for each in woken] == [1, 2, 3]
    await asyncio.gather(*tasks)


async def test_who_sleeps_again_within_one_advance_is_woken_again():
    clock = ManualClock(START)
    beats = []

    async def beat():
        while True:
            await clock.sleep(1)
            beats.append(clock.monotonic())

    task = asyncio.ensure_future(beat())
    await clock.advance(3.5)
    task.cancel()
    assert beats == [1, 2, 3]


async def test_a_cancelled_sleeper_disturbs_nobody():
    clock = ManualClock(START)
    task = asyncio.ensure_future(clock.sleep(1))
    await asyncio.sleep(0)
    task.cancel()
    await clock.advance(5)
    assert task.cancelled()
    assert clock.now() == START + timedelta(seconds=5)


async def test_no_time_is_no_wait():
    await ManualClock(START).sleep(0)


def test_the_machines_clock_is_aware_utc_and_never_runs_back():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()


async def test_an_arrival_before_the_wait_is_not_missed():
    arrivals, clock = Arrivals(), ManualClock(START)
    seen = arrivals.count
    arrivals.announce()
    await arrivals.after(seen, clock, 60)  # returns at once, or the test hangs


@pytest.mark.parametrize("how", ["arrival", "time"])
async def test_a_wait_ends_with_the_arrival_or_with_its_time(how):
    arrivals, clock = Arrivals(), ManualClock(START)
    waiting = asyncio.ensure_future(arrivals.after(arrivals.count, clock, 60))
    await clock.advance(59)
    assert not waiting.done()
    if how == "arrival":
        arrivals.announce()
    else:
        await clock.advance(1)
    await waiting
    assert not arrivals._waiting
