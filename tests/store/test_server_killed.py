"""A PostgreSQL killed in the middle of a transaction: all of a batch is kept, or nothing, and once."""

from __future__ import annotations

import asyncio
import subprocess

import pytest

from events.clock import ManualClock
from events.contract import STATES
from events.log import Entry, Partition
from events.memory import MemoryLog
from monitor.roles.ledger import LedgerRole
from monitor.store import ledger as module
from monitor.store.audit import audit
from monitor.store.database import Database, postgresql
from monitor.store.ledger import Ledger
from tests.services import in_ci
from tests.services.postgresql import Server, program
from tests.store.conftest import new_database
from tests.store.samples import START, verdict

pytestmark = [pytest.mark.slow, pytest.mark.postgresql]

STEPS = ("_unknown", "_set_positions", "_set_progress")
"""Of a transaction: after the last one there is only its end."""


@pytest.fixture
def mortal():
    """A PostgreSQL of this test alone, since it is killed."""
    if program("initdb") is None or program("postgres") is None:
        lacking = "PostgreSQL is not available here; run `make services`"
        (pytest.fail if in_ci() else pytest.skip)(lacking)
    try:
        started = Server.start()
    except (OSError, subprocess.SubprocessError) as error:
        (pytest.fail if in_ci() else pytest.skip)(f"PostgreSQL does not start here: {error}")
    yield started
    started.stop()


class Falling:
    """Kills the server once in each step in turn, after what the step did, and starts it again."""

    def __init__(self, server, monkeypatch):
        self.server = server
        self.killed = []
        for step in STEPS:
            monkeypatch.setattr(module, step, self._around(step, getattr(module, step)))

    def _around(self, step, original):
        async def around(*words):
            result = await original(*words)
            if step not in self.killed:
                self.killed.append(step)
                self.server.cut()
                self.server.restart()
            return result

        return around


@pytest.fixture
async def database(mortal):
    made = Database(postgresql(await new_database(mortal)))
    await made.upgrade()
    yield made
    await made.close()


async def test_a_server_killed_within_a_transaction_loses_and_repeats_nothing(
    mortal, database, monkeypatch
):
    clock = ManualClock(START)
    log, ledger = MemoryLog(clock), Ledger(database)
    told = [verdict("down" if n % 2 else "up", n) for n in range(40)]
    falling = Falling(mortal, monkeypatch)
    role = LedgerRole(log, clock, ledger, lambda: None)
    job = asyncio.create_task(role.run())
    async with asyncio.timeout(120):
        for at in range(0, len(told), 8):
            await log.publish(STATES, [Entry(one.subject, one) for one in told[at : at + 8]])
            while role.facts < at + 8 and not job.done():
                await clock.advance(0.5)
                await asyncio.to_thread(list)  # let the driver's socket be read
    job.cancel()
    await asyncio.gather(job, return_exceptions=True)
    assert set(falling.killed) == set(STEPS)
    assert role.failures == len(STEPS)
    assert await ledger.facts() == told
    assert await ledger.positions() == {Partition(STATES, 0): len(told)}
    assert (await audit(database)).findings == []
