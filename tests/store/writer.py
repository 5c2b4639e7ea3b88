"""A process that fills a ledger and can be told to die: `python -m tests.store.writer FILE STEP AT`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from events.log import Partition
from monitor.store import ledger as module
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Batch, Ledger
from tests.store.samples import verdict

STATES = Partition("states", 0)
STEPS = ("_progress", "_unknown", "_set_positions", "_add_gaps", "_set_progress", "commit", "none")
EVENTS = [verdict("down" if n % 2 else "up", n) for n in range(60)]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(step, original):
    async def broken(*args):
        if original is not None:
            await original(*args)
        die()

    return broken


async def fill(path: Path, step: str, upto: int) -> None:
    """Go on from the position in the ledger; die at `step` of the batch that begins at `upto`."""
    database = Database(sqlite(path))
    await database.upgrade()
    ledger = Ledger(database)
    at = (await ledger.positions()).get(STATES, 0)
    while at < len(EVENTS):
        batch = EVENTS[at : at + 7]
        if at >= upto and step not in {"commit", "none"}:
            setattr(module, step, dying(step, getattr(module, step)))
        places = [(f"states/0/{at + n}", event) for n, event in enumerate(batch)]
        await ledger.append(Batch(events=places, positions={STATES: at + len(batch)}))
        if at >= upto and step == "commit":
            die()
        at += len(batch)
    await database.close()


if __name__ == "__main__":
    asyncio.run(fill(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
