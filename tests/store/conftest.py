"""One handle on a ledger in each database."""

from __future__ import annotations

import subprocess
from itertools import count

import asyncpg
import pytest

from monitor.store.database import Database, postgresql, sqlite
from tests.services import in_ci
from tests.services.postgresql import Server, program

_serial = count()


@pytest.fixture(scope="session")
def server():
    """A running PostgreSQL; one that cannot be had fails in CI and skips elsewhere."""
    lacking = None
    if program("initdb") is None or program("postgres") is None:
        lacking = "PostgreSQL is not available here; run `make services`"
    else:
        try:
            started = Server.start()
        except (OSError, subprocess.SubprocessError) as error:
            lacking = f"PostgreSQL does not start here: {error}"
    if lacking is not None:
        (pytest.fail if in_ci() else pytest.skip)(lacking)
    yield started
    started.stop()


async def new_database(started):
    """The address of a new, empty database."""
    name = f"t{next(_serial)}"
    wire = await asyncpg.connect(f"{started.address}/postgres")
    await wire.execute(f"CREATE DATABASE {name}")
    await wire.close()
    return f"{started.address}/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def database(request, tmp_path):
    if request.param == "sqlite":
        made = Database(sqlite(tmp_path / "ledger.db"))
    else:
        made = Database(postgresql(await new_database(request.getfixturevalue("server"))))
    await made.upgrade()
    yield made
    await made.close()
