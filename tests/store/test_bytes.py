"""A flipped byte anywhere in the file is found, or it changed nothing that the ledger says."""

from __future__ import annotations

import asyncio
import hashlib
import random

import pytest
from sqlalchemy import select

from events.errors import LedgerDamaged, StoreUnavailable
from events.log import Partition
from monitor.store.audit import audit
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Batch, Gap, Ledger
from monitor.store.tables import METADATA
from tests.store.samples import START, verdict

STATES = Partition("states", 0)
TEXT = b"{}" * 40


async def everything(database):
    """Every row of every table, as it is read."""
    async with database.reading() as wire:
        return [
            list(await wire.execute(select(table).order_by(*table.primary_key)))
            for table in METADATA.sorted_tables
        ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a ledger with a little of everything, and what it says."""
    path = tmp_path_factory.mktemp("whole") / "ledger.db"

    async def make():
        database = Database(sqlite(path))
        await database.upgrade()
        ledger = Ledger(database)
        told = [verdict("down" if n % 2 else "up", n, evidence=[f"o-{n}"]) for n in range(12)]
        places = [(f"states/0/{n}", one) for n, one in enumerate(told)]
        gap = Gap(STATES, 0, 1, START)
        await ledger.append(Batch(events=places, positions={STATES: 12}, gaps=[gap], reached=START))
        await ledger.keep_catalogue(hashlib.sha256(TEXT).hexdigest(), TEXT)
        said = await everything(database)
        await database.close()
        return said

    said = asyncio.run(make())
    return path.read_bytes(), said


async def found(path):
    """What an audit finds, or `damaged` when the file cannot even be read; and what the ledger says."""
    database = Database(sqlite(path))
    try:
        findings = (await audit(database)).findings
        return findings, await everything(database)
    except (LedgerDamaged, StoreUnavailable):
        return ["damaged"], None
    finally:
        await database.close()


async def test_a_ledger_that_nobody_touched_has_no_finding(whole, tmp_path):
    (tmp_path / "l.db").write_bytes(whole[0])
    assert await found(tmp_path / "l.db") == ([], whole[1])


@pytest.mark.parametrize("seed", range(6))
async def test_a_flipped_byte_is_found_or_changed_nothing(whole, tmp_path, seed):
    rng = random.Random(seed)
    content, said = whole
    used = [place for place, byte in enumerate(content) if byte]
    for number in range(12):
        broken = bytearray(content)
        broken[rng.choice(used)] ^= 1 << rng.randrange(8)
        path = tmp_path / f"{number}.db"
        path.write_bytes(broken)
        findings, now = await found(path)
        assert findings or now == said
