"""The journal: append and tail against a bare SQLite loop that writes the same bytes in the same groups.

Goal (DESIGN.md 9): 10,000 events/s sustained, with a second process reading along. Interleaved rounds,
medians. Needs a real disk under the working directory: a RAM disk would flatter it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from events import codec, ids
from events.clock import SystemClock
from events.contract import OBSERVATIONS, Observation, ObservationData
from events.journal import JournalLog
from events.log import Entry

GOAL_PER_S = 10_000
BATCH = 100
ROUNDS = 5

READER = """
import asyncio, sys, time
from pathlib import Path
from events.clock import SystemClock
from events.journal import JournalLog

async def main():
    log = JournalLog(Path(sys.argv[1]), SystemClock(), read_only=True)
    subscription = await log.subscribe(["observations"])
    print("ready", flush=True)
    left = int(sys.argv[2])
    while left:
        left -= len(await subscription.read(limit=2000))
    print(time.monotonic(), flush=True)
    await log.close()

asyncio.run(main())
"""


def entries(number: int) -> list[Entry]:
    begin = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)
    return [
        Entry(
            f"domain-{n % 40}",
            ids.event(
                Observation,
                source="probe/p1",
                subject=f"switch-{n}",
                time=begin + timedelta(seconds=n),
                data=ObservationData(kind="reach", status="down", reason="timeout"),
            ),
        )
        for n in range(number)
    ]


def batches(events: list[Entry]) -> list[list[Entry]]:
    return [events[at : at + BATCH] for at in range(0, len(events), BATCH)]


async def append_and_tail(directory: Path, events: list[Entry], lanes: int) -> dict[str, float]:
    """Publish from some tasks while another process reads along; events a second of both."""
    log = JournalLog(directory, SystemClock())
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, str(directory), str(len(events))), stdout=subprocess.PIPE
    )
    assert reader.stdout is not None
    await reader.stdout.readline()
    work = iter(batches(events))
    waits: list[float] = []

    async def lane() -> None:
        for batch in work:
            began = time.perf_counter()
            await log.publish(OBSERVATIONS, batch)
            waits.append(time.perf_counter() - began)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(lanes):
            group.create_task(lane())
    written = time.monotonic() - began
    seen = float(await reader.stdout.readline()) - began
    await reader.wait()
    again = await log.subscribe([OBSERVATIONS])
    began = time.monotonic()
    left = len(events)
    while left:
        left -= len(await again.read(limit=2000))
    replayed = time.monotonic() - began
    await log.close()
    return {
        "append": len(events) / written,
        "tail": len(events) / seen,
        "replay": len(events) / replayed,
        "ack_p50_ms": statistics.median(waits) * 1000,
        "ack_p99_ms": statistics.quantiles(waits, n=100)[98] * 1000,
    }


def bare(directory: Path, events: list[Entry]) -> float:
    """The same rows, ready encoded, one transaction a batch, no thread and no reader."""
    wire = sqlite3.connect(directory / "bare.db", isolation_level=None)
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=NORMAL"):
        wire.execute(f"PRAGMA {pragma}")
    wire.execute(
        "CREATE TABLE log(part INT, off INT, key TEXT, val BLOB, PRIMARY KEY(part, off)) WITHOUT ROWID"
    )
    rows = [(0, n, key, codec.encode(event)) for n, (key, event) in enumerate(events)]
    began = time.monotonic()
    for at in range(0, len(rows), BATCH):
        wire.execute("BEGIN IMMEDIATE")
        wire.executemany("INSERT INTO log VALUES (?, ?, ?, ?)", rows[at : at + BATCH])
        wire.execute("COMMIT")
    took = time.monotonic() - began
    wire.close()
    return len(rows) / took


def measure(number: int) -> dict[str, float]:
    events = entries(number)
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".bench-") as name:
            here = Path(name)
            one = {"bare_append": bare(here, events)}
            one |= asyncio.run(append_and_tail(here / "log", events, lanes=8))
            rounds.append(one)
    return {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000, help="per round")
    parser.add_argument("--json", type=Path, help="write the results here")
    options = parser.parse_args(argv)
    result = measure(options.events)
    print(
        f"{options.events} events of {len(codec.encode(entries(1)[0].event))} B,"
        f" {BATCH} a publish, 8 publishers"
    )
    for name, words in (
        ("append", "append, events/s"),
        ("tail", "append and seen by another process, events/s"),
        ("replay", "replay from the start, events/s"),
        ("bare_append", "bare SQLite loop, events/s"),
    ):
        print(f"  {words:48} {result[name]:>10,.0f}")
    print(
        f"  {'acknowledged, p50 / p99 ms':48} {result['ack_p50_ms']:>5.1f} / {result['ack_p99_ms']:.1f}"
    )
    met = result["tail"] >= GOAL_PER_S
    print(f"  goal {GOAL_PER_S:,} events/s: {'met' if met else 'MISSED'}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
