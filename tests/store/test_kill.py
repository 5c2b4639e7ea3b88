"""A writer that is killed at any step of a batch loses nothing and repeats nothing."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from monitor.store.audit import audit
from monitor.store.database import Database, sqlite
from monitor.store.ledger import Ledger
from tests.services import ROOT
from tests.store.writer import EVENTS, STEPS


def run(path, step, upto):
    return subprocess.run(
        [sys.executable, "-m", "tests.store.writer", str(path), step, str(upto)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=60,
    )


@pytest.mark.slow
async def test_a_writer_killed_at_every_step_in_turn_keeps_every_fact_once(tmp_path):
    path = tmp_path / "ledger.db"
    for number, step in enumerate(STEPS[:-1]):
        assert run(path, step, 7 * number).returncode == -signal.SIGKILL
    assert run(path, "none", 0).returncode == 0
    database = Database(sqlite(path))
    assert await Ledger(database).facts() == EVENTS
    assert (await audit(database)).findings == []
    await database.close()
