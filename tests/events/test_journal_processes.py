"""The journal among real processes: kill -9, several readers, a disk that takes no more."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys

import pytest

from events.clock import ManualClock, SystemClock
from events.codec import decode
from events.contract import OBSERVATIONS
from events.errors import DirectoryInUse
from events.journal import JournalLog
from tests.events.rigs import START, drain, entries
from tests.services import ROOT

pytestmark = pytest.mark.slow

WRITER = """
import asyncio, sys
from pathlib import Path
from events.clock import SystemClock
from events.journal import JournalLog
from tests.events.rigs import entries

async def write(log, lane):
    for first in range(0, 10**9, 20):
        await log.publish("observations", entries(20, key=f"lane-{lane}", first=first))
        print(lane, first + 20, flush=True)

async def main():
    log = JournalLog(Path(sys.argv[1]), SystemClock())
    async with asyncio.TaskGroup() as group:
        for lane in range(4):
            group.create_task(write(log, f"{sys.argv[2]}.{lane}"))

asyncio.run(main())
"""

READER = """
import asyncio, hashlib, sys
from pathlib import Path
from events.clock import SystemClock
from events.journal import JournalLog

async def main():
    log = JournalLog(Path(sys.argv[1]), SystemClock(), read_only=True)
    subscription = await log.subscribe(["observations"])
    print("ready", flush=True)
    seen = set()
    async with asyncio.timeout(20):
        while len(seen) < int(sys.argv[2]):
            seen |= {(each.partition, each.offset) for each in await subscription.read()}
    print(len(seen), flush=True)
    await log.close()

asyncio.run(main())
"""

FULL = """
import asyncio, resource, signal, sys
from pathlib import Path
from events.clock import SystemClock
from events.errors import TransientError
from events.journal import JournalLog
from tests.events.rigs import entries

async def main():
    log = JournalLog(Path(sys.argv[1]), SystemClock())
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))
    done = 0
    try:
        while done < 100_000:
            await log.publish("observations", entries(100, first=done))
            done += 100
    except TransientError as error:
        print(type(error).__name__, flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await log.publish("observations", entries(100, first=done))
    print(done + 100, flush=True)
    await log.close()

asyncio.run(main())
"""


def spawn(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_kill_9_of_the_writer_loses_no_acknowledged_event(tmp_path):
    acknowledged = {}
    for turn in range(3):
        with spawn(WRITER, tmp_path, turn) as writer:
            for _ in range(150):
                lane, done = writer.stdout.readline().split()
                acknowledged[lane] = int(done)
            with pytest.raises(DirectoryInUse, match=f"process {writer.pid}"):
                JournalLog(tmp_path, ManualClock(START))
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout:  # acknowledged, but not yet read by us when it died
                if line.endswith("\n"):
                    lane, done = line.split()
                    acknowledged[lane] = int(done)
    log = JournalLog(tmp_path, SystemClock())  # the lock died with its owner
    total = sum((await log.ends([OBSERVATIONS])).values())
    records = await drain(await log.subscribe([OBSERVATIONS]), total)
    await log.close()
    for lane, done in acknowledged.items():
        mine = [decode(each.value).subject for each in records if each.key == f"lane-{lane}"]
        assert mine == [f"sw-{n}" for n in range(len(mine))]
        assert len(mine) >= done
    assert len(acknowledged) == 12
    wire = sqlite3.connect(tmp_path / "journal.db")
    assert wire.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    wire.close()


async def test_several_reader_processes_get_every_event(tmp_path):
    log = JournalLog(tmp_path, SystemClock())
    readers = [spawn(READER, tmp_path, 3000) for _ in range(2)]
    for each in readers:
        assert each.stdout.readline() == "ready\n"
    for n in range(30):
        await log.publish(OBSERVATIONS, entries(100, key=f"domain-{n}", first=100 * n))
    for each in readers:
        said, _ = await asyncio.to_thread(each.communicate, timeout=30)
        assert said == "3000\n"
        assert each.returncode == 0
    await log.close()


async def test_a_file_that_may_not_grow_is_an_error_that_passes(tmp_path):
    with spawn(FULL, tmp_path) as process:
        error, done = process.stdout.read().split()
    assert error in {"LogFull", "LogUnavailable"}
    log = JournalLog(tmp_path, ManualClock(START))
    records = await drain(await log.subscribe([OBSERVATIONS]), int(done))
    assert [decode(each.value).subject for each in records] == [f"sw-{n}" for n in range(int(done))]
    await log.close()
