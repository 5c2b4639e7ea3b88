"""What closes by itself closes as `keten close` does, in a process of its own that may be killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from events.clock import ManualClock
from events.memory import MemoryLog
from monitor.catalogue_files import load
from monitor.clerk import VerbClerk
from monitor.ledger import Keeping, open_store
from monitor.settings import read
from monitor.store.months import Months
from tests.faults.running import Process, wait_until
from tests.services import ROOT
from tests.store.closer import STEPS
from tests.store.test_months import CLOSING, MAY, Office, line

pytestmark = pytest.mark.slow

AS_OF = datetime.fromisoformat(CLOSING)
LAST = "2026-06-04T00:00:00Z"
APRIL = [line("a1", "down", "2026-04-20T10:00:00Z"), line("a2", "up", "2026-04-20T10:05:00Z")]
"""The ledger knows of a time before May, so that May is a whole month."""


@pytest.fixture
def office(tmp_path, capsys):
    made = Office(tmp_path, capsys)
    made.record(*MAY, until=LAST)
    return made


def clerk(office):
    return VerbClerk(office.directory, office.directory / ".keten")


def close(office, month="2026-05"):
    return asyncio.run(clerk(office).close(month, AS_OF))


def audit(office, month="2026-05"):
    return asyncio.run(clerk(office).audit(month))


def test_a_month_is_closed_and_reckoned_again_as_by_hand(office):
    assert close(office).outcome == "same"
    told = office.report()
    assert (told["revision"], told["chains"]["zaak"]["down"]) == (1, 1200)
    office.record(line("f1", "down", "2026-05-12T10:00:00Z"), until=LAST)
    assert audit(office) == ("same", "")


def test_a_request_that_is_refused_says_why(office):
    early = close(office, "2026-06")
    assert early.outcome == "differs"
    assert early.said.startswith("keten: 2026-06 is not over")
    assert audit(office).outcome == "failed"


def test_a_ledger_that_was_tampered_with_is_found_in_the_night_with_its_place(office):
    office.close("--as-of", CLOSING)
    office.tamper("UPDATE facts SET subject = 'sv' WHERE seq = 2")
    told = audit(office)
    assert told.outcome == "differs"
    assert told.said.startswith("facts, seq 2: fact 2 (")


def test_two_that_close_at_the_same_time_make_one_record(office):
    async def twice():
        return await asyncio.gather(*(clerk(office).close("2026-05", AS_OF) for _ in range(2)))

    assert sorted(one.outcome for one in asyncio.run(twice())) == ["differs", "same"]
    assert office.verify()["months"] == 1


def test_killed_at_any_step_it_closed_the_month_once_or_can_still(office):
    kept = []
    for step in STEPS:
        words = [sys.executable, "-m", "tests.store.closer", str(office.directory), step]
        done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, timeout=60)
        assert done.returncode == -signal.SIGKILL, done.stderr
        kept.append(office.verify()["months"])
    assert kept == [0, 1]
    assert "is closed already" in office.close("--as-of", CLOSING, code=2)


def test_the_service_closes_the_month_when_its_moment_has_come(office, capsys):
    office.record(*APRIL, *MAY, until=LAST)
    catalogue = load(office.directory)
    settings = read(catalogue, office.directory, {})

    async def live():
        clock = ManualClock(AS_OF)
        keeping = Keeping(MemoryLog(clock), clock, settings, catalogue, lambda: None)
        there = open_store(settings)
        jobs = [asyncio.create_task(one()) for one in (keeping.run, keeping.closing.run)]
        async with asyncio.timeout(60):
            while not await Months(there).names():
                await clock.advance(1)
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await keeping.close()
        await there.close()

    asyncio.run(live())
    capsys.readouterr()  # what the service said
    assert office.report()["chains"]["zaak"]["down"] == 1200


ENDLESS = (sys.executable, "-c", "import time; time.sleep(60)")
"""Longer than the tests that must not wait for its end."""


def test_a_request_that_is_called_off_leaves_no_process_behind(office):
    endless = VerbClerk(office.directory, office.directory, keten=ENDLESS)
    before = children()

    async def called_off():
        asked = asyncio.create_task(endless.audit("2026-05"))
        async with asyncio.timeout(20):
            while not (begun := children() - before):  # noqa: ASYNC110  # the system tells of no event
                await asyncio.sleep(0)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        return begun & children()

    assert asyncio.run(called_off()) == set()


def test_a_request_without_end_is_ended_and_is_no_answer(office):
    endless = VerbClerk(office.directory, office.directory, keten=ENDLESS, patience_s=0.01)
    before = children()
    answer = asyncio.run(asyncio.wait_for(endless.close("2026-05", AS_OF), 20))
    assert answer == ("failed", "no end within 0 s")
    assert children() <= before


def test_a_running_service_closes_what_is_due_and_shows_it(office, tmp_path):
    """Killed afterwards and started again it finds May closed and goes on with June."""
    office.record(*APRIL, *MAY, until=LAST)
    words = ["run", str(office.directory), "--listen", "127.0.0.1:0", "--traps", "127.0.0.1:0"]
    service = Process(words)
    for month, end in (("2026-05", service.kill), ("2026-06", service.end)):
        service.start(tmp_path / "stderr")
        try:
            wait_until(lambda: month in closed(tmp_path / "stderr"), f"{month} to be closed")  # noqa: B023
            assert b"keten_ledger_closing_overdue_seconds" in service.get("/metrics")
        finally:
            end()
    assert office.verify()["months"] >= 2
    assert office.report()["chains"]["zaak"]["down"] == 1200


def closed(path):
    """The months that the service says it closed."""
    lines = path.read_text(encoding="utf-8").splitlines()
    said = [json.loads(one) for one in lines if one.endswith("}")]  # the last may be half written
    return [one["month"] for one in said if one["event"] == "month.closed"]


def children():
    try:
        return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())
    except OSError:
        pytest.skip("this system does not list the processes of a process")
