"""The spool keeps what was seen, in order, within its bound, through a kill -9."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import ids
from events.clock import ManualClock
from events.contract import (
    MEASUREMENTS,
    OBSERVATIONS,
    Measurement,
    MeasurementData,
    Observation,
    ObservationData,
)
from events.errors import DirectoryInUse, LogFull, LogUnavailable, PermanentError
from events.log import Entry
from probes.publisher import SpoolingPublisher
from probes.spool import Spool

START = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


def seen(n: int, topic: str = OBSERVATIONS) -> Entry:
    at = START + timedelta(seconds=n)
    if topic == OBSERVATIONS:
        data = ObservationData(kind="reach", status="up")
        event = ids.event(Observation, source="probe/p", subject=f"sw-{n}", time=at, data=data)
    else:
        numbers = MeasurementData(uptime_cs=n)
        event = ids.event(Measurement, source="probe/p", subject=f"sw-{n}", time=at, data=numbers)
    return Entry("default", event)


def content(spool: Spool) -> list[tuple[str, Entry]]:
    found = []
    while len(spool):
        topic, entries = spool.oldest(7)
        found += [(topic, entry) for _, entry in entries]
        spool.remove([number for number, _ in entries])
    return found


class FakeLog:
    def __init__(self) -> None:
        self.away: Exception | None = None
        self.poison: str | None = None
        self.took: list[tuple[str, Entry]] = []

    async def publish(self, topic, entries) -> None:
        if self.away:
            raise self.away
        if any(entry.event.subject == self.poison for entry in entries):
            raise PermanentError("too large")
        self.took += [(topic, entry) for entry in entries]


@pytest.fixture
def spool(tmp_path):
    made = Spool(tmp_path / "spool.db")
    yield made
    made.close()


topics = st.sampled_from([OBSERVATIONS, MEASUREMENTS])


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(topics, min_size=1, max_size=5), max_size=8))
def test_what_went_in_comes_out_in_the_same_order(tmp_path_factory, calls) -> None:
    spool = Spool(tmp_path_factory.mktemp("spool") / "spool.db")
    put = []
    for call, kinds in enumerate(calls):
        for n, topic in enumerate(kinds):
            entry = seen(call * 10 + n, topic)
            spool.put(topic, [entry])
            put.append((topic, entry))
    assert content(spool) == put
    assert (spool.size, len(spool)) == (0, 0)
    spool.close()


def test_the_oldest_measurements_go_first_and_observations_last(tmp_path) -> None:
    spool = Spool(tmp_path / "spool.db", max_bytes=4_000)
    for n in range(12):
        spool.put(MEASUREMENTS, [seen(n, MEASUREMENTS)])
        spool.put(OBSERVATIONS, [seen(n)])
    assert spool.size <= 4_000
    left = content(spool)
    kept = Counter(topic for topic, _ in left)
    assert spool.dropped[MEASUREMENTS] == 12 - kept[MEASUREMENTS]
    assert spool.dropped.get(OBSERVATIONS, 0) == 12 - kept[OBSERVATIONS]
    assert kept[OBSERVATIONS] > kept[MEASUREMENTS]
    numbers = [entry.event.data.uptime_cs for topic, entry in left if topic == MEASUREMENTS]
    assert numbers == list(range(12 - len(numbers), 12))
    spool.close()


def test_drops_are_remembered_by_the_file(tmp_path) -> None:
    spool = Spool(tmp_path / "spool.db", max_bytes=1_000)
    for n in range(10):
        spool.put(OBSERVATIONS, [seen(n)])
    dropped = spool.dropped
    spool.close()
    again = Spool(tmp_path / "spool.db", max_bytes=1_000)
    assert again.dropped == dropped
    assert dropped[OBSERVATIONS] + len(again) == 10
    again.close()


def test_an_unreadable_file_is_set_aside_and_named(tmp_path) -> None:
    path = tmp_path / "spool.db"
    path.write_bytes(b"this is no database, " * 100)
    spool = Spool(path)
    assert spool.set_aside == str(path) + ".broken"
    spool.put(OBSERVATIONS, [seen(1)])
    assert len(spool) == 1
    spool.close()


def test_an_event_that_can_no_longer_be_read_is_dropped_and_counted(spool) -> None:
    spool.put(OBSERVATIONS, [seen(1)])
    spool._database.execute("UPDATE waiting SET event = ?", (b"{}",))
    spool.put(OBSERVATIONS, [seen(2)])
    assert content(spool) == [(OBSERVATIONS, seen(2))]
    assert spool.dropped == {OBSERVATIONS: 1}


def test_a_disk_without_room_is_said_and_changes_nothing(spool) -> None:
    spool.put(OBSERVATIONS, [seen(1)])
    pages = spool._database.execute("PRAGMA page_count").fetchone()[0]
    spool._database.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LogFull, match="takes nothing"):
        spool.put(OBSERVATIONS, [seen(n) for n in range(2_000)])
    assert len(spool) == 1
    assert content(spool) == [(OBSERVATIONS, seen(1))]


def test_what_was_put_survives_kill_9(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.probes.test_spool import OBSERVATIONS, Spool, seen\n"
        "spool = Spool(Path(sys.argv[1]))\n"
        "for n in range(50): spool.put(OBSERVATIONS, [seen(n)])\n"
        f"os.kill(os.getpid(), {int(signal.SIGKILL)})\n"
    )
    path = tmp_path / "spool.db"
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False, cwd=Path.cwd())
    assert done.returncode == -signal.SIGKILL
    spool = Spool(path)
    assert content(spool) == [(OBSERVATIONS, seen(n)) for n in range(50)]
    spool.close()


async def test_with_the_log_there_nothing_touches_the_disk(spool) -> None:
    log = FakeLog()
    publisher = SpoolingPublisher(log, spool, ManualClock(START))
    await publisher.publish(OBSERVATIONS, [seen(1)])
    assert log.took == [(OBSERVATIONS, seen(1))]
    assert len(spool) == 0


async def test_order_holds_over_an_outage_of_the_log(spool) -> None:
    log = FakeLog()
    publisher = SpoolingPublisher(log, spool, ManualClock(START))
    await publisher.publish(OBSERVATIONS, [seen(0)])
    log.away = LogUnavailable("away")
    for n in range(1, 6):
        await publisher.publish(OBSERVATIONS, [seen(n)])
    assert not await publisher.drain()
    log.away = None
    await publisher.publish(OBSERVATIONS, [seen(6)])
    assert await publisher.drain()
    await publisher.publish(OBSERVATIONS, [seen(7)])
    assert log.took == [(OBSERVATIONS, seen(n)) for n in range(8)]
    counts = publisher.counts
    assert (counts.published, counts.spooled, counts.drained) == (2, 6, 6)


async def test_the_drain_tries_again_by_itself_and_stops(spool) -> None:
    import asyncio

    clock, log = ManualClock(START), FakeLog()
    publisher = SpoolingPublisher(log, spool, clock)
    log.away = LogFull("full")
    await publisher.publish(OBSERVATIONS, [seen(1)])
    task = asyncio.ensure_future(publisher.run())
    await clock.advance(30)
    assert len(spool) == 1
    log.away = None
    await clock.advance(16)
    assert len(spool) == 0
    publisher.stop()
    await clock.advance(16)
    assert task.done()


async def test_an_event_that_the_log_never_takes_blocks_no_other(spool) -> None:
    log = FakeLog()
    publisher = SpoolingPublisher(log, spool, ManualClock(START))
    log.away = LogUnavailable("away")
    await publisher.publish(OBSERVATIONS, [seen(n) for n in range(4)])
    log.away, log.poison = None, "sw-2"
    assert await publisher.drain()
    assert [entry.event.subject for _, entry in log.took] == ["sw-0", "sw-1", "sw-3"]
    assert publisher.counts.refused == 1
    assert spool.dropped == {OBSERVATIONS: 1}


def test_a_file_that_cannot_be_opened_is_not_taken_for_a_broken_one(tmp_path) -> None:
    (tmp_path / "spool.db").mkdir()
    with pytest.raises(DirectoryInUse, match="cannot be opened"):
        Spool(tmp_path / "spool.db")
    assert (tmp_path / "spool.db").is_dir()
