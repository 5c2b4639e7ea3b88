"""What the journal promises beyond the port: one writer, many readers, a bounded file, clear errors."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.clock import ManualClock
from events.codec import decode
from events.contract import COMMANDS, INCIDENTS, MEASUREMENTS, OBSERVATIONS, STATES
from events.errors import (
    ConfigError,
    DirectoryInUse,
    LogCorrupt,
    LogFull,
    LogUnavailable,
    PermanentError,
    PositionLost,
)
from events.journal import PENDING_BATCHES, READ_BYTES, JournalLog
from events.journal_upkeep import DIRTY_ROWS
from events.journal_writer import UPKEEP_EVERY_S
from events.log import Entry, Partition
from events.topics import TOPICS, Topic
from tests.events.rigs import START, JournalRig, drain, entries, home, observation


async def beside(journal):
    """A second log on the same directory, as another process has it."""
    return JournalLog(journal.directory, journal.clock, read_only=True)


# --- one writer, many readers ---


async def test_a_second_writer_is_refused_with_directory_and_owner(journal):
    with pytest.raises(DirectoryInUse) as refusal:
        JournalLog(journal.directory, journal.clock)
    assert str(journal.directory) in str(refusal.value)
    assert f"process {os.getpid()}" in str(refusal.value)


async def test_a_closed_log_lets_the_next_writer_in(journal):
    await journal.log.close()
    journal.log = JournalLog(journal.directory, journal.clock)


async def test_a_failed_opening_lets_the_next_writer_in(tmp_path):
    (tmp_path / "journal.db").write_bytes(b"this is no database at all, but long enough" * 50)
    for _ in range(2):
        with pytest.raises(LogCorrupt):
            JournalLog(tmp_path, ManualClock(START))


async def test_a_reader_sees_what_the_writer_commits_and_may_not_publish(journal):
    reader = await beside(journal)
    subscription = await reader.subscribe([OBSERVATIONS])
    assert await subscription.read(wait_s=0) == []
    await journal.log.publish(OBSERVATIONS, entries(2))
    assert len(await subscription.read(wait_s=0)) == 2
    with pytest.raises(PermanentError, match="reading only"):
        await reader.publish(OBSERVATIONS, entries(1))
    await reader.close()


async def test_a_waiting_reader_beside_looks_every_poll(journal):
    reader = await beside(journal)
    subscription = await reader.subscribe([OBSERVATIONS])
    waiting = asyncio.ensure_future(subscription.read(wait_s=60))
    await journal.clock.advance(1)
    await journal.log.publish(OBSERVATIONS, entries(1))
    assert not waiting.done()
    await journal.clock.advance(reader.poll_s)
    assert len(await waiting) == 1
    await reader.close()


async def test_a_reader_beside_commits_for_its_group(journal):
    await journal.log.publish(OBSERVATIONS, entries(3))
    reader = await beside(journal)
    subscription = await reader.subscribe([OBSERVATIONS], group="reports")
    await drain(subscription, 3)
    await subscription.commit({home("default"): 2})
    resumed = await journal.log.subscribe([OBSERVATIONS], group="reports")
    assert [each.offset for each in await drain(resumed, 1)] == [2]
    await reader.close()


async def test_reading_where_there_is_no_journal_says_what_to_do(tmp_path):
    with pytest.raises(LogUnavailable, match="keten run"):
        JournalLog(tmp_path, ManualClock(START), read_only=True)


async def test_a_directory_that_cannot_be_made_is_a_configuration_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="file"):
        JournalLog(tmp_path / "file" / "log", ManualClock(START))


async def test_no_read_keeps_a_transaction_open(journal):
    await journal.log.publish(OBSERVATIONS, entries(20))
    subscription = await journal.log.subscribe([OBSERVATIONS])
    await subscription.read(limit=3, wait_s=0)
    wire = sqlite3.connect(journal.directory / "journal.db")
    busy, _, _ = wire.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    wire.close()
    assert not busy


async def test_the_file_keeps_the_partitions_it_was_made_with(tmp_path):
    clock = ManualClock(START)
    topics = {**TOPICS, OBSERVATIONS: Topic(OBSERVATIONS, partitions=2)}
    await JournalLog(tmp_path, clock, topics=topics).close()
    log = JournalLog(tmp_path, clock)
    assert len(await log.ends([OBSERVATIONS])) == 2
    await log.close()


async def test_records_of_several_partitions_come_oldest_first(journal):
    for n in range(8):
        await journal.log.publish(OBSERVATIONS, entries(1, key=f"domain-{n}", first=n))
        await journal.clock.advance(1)
    records = await drain(await journal.log.subscribe([OBSERVATIONS]), 8, limit=3)
    assert [decode(each.value).subject for each in records] == [f"sw-{n}" for n in range(8)]


async def test_one_read_is_bounded_in_bytes(journal):
    for _ in range(8):
        await journal.put(home("default"), "default", b"x" * 1_000_000)
    subscription = await journal.log.subscribe([OBSERVATIONS])
    taken = await subscription.read(limit=500, wait_s=0)
    assert sum(len(each.value) for each in taken) <= READ_BYTES + 1_000_000
    assert len(taken) < 8
    assert len(taken + await drain(subscription, 8 - len(taken))) == 8


# --- the file stays small ---


async def test_records_older_than_their_topic_keeps_are_removed_and_their_positions_lost(journal):
    await journal.log.publish(MEASUREMENTS, entries(5))
    await journal.log.publish(COMMANDS, entries(5))
    await journal.clock.advance(
        (TOPICS[MEASUREMENTS].retention + timedelta(hours=1)).total_seconds()
    )
    await journal.log.publish(MEASUREMENTS, entries(1, first=5))
    await journal.log.tidy()
    measured = await journal.log.subscribe([MEASUREMENTS])
    assert [each.offset for each in await drain(measured, 1)] == [5]
    lost = await journal.log.subscribe([MEASUREMENTS], start={home("default", MEASUREMENTS): 2})
    with pytest.raises(PositionLost, match="keeps offsets 5 to 6, not 2"):
        await lost.read(wait_s=0)
    assert len(await drain(await journal.log.subscribe([COMMANDS]), 5)) == 5
    assert journal.log.upkeep == {"pruned": 5, "compacted": 0, "failure": ""}


async def test_an_emptied_partition_goes_on_with_the_next_offset(journal):
    await journal.log.publish(MEASUREMENTS, entries(3))
    await journal.clock.advance(8 * 86_400)
    await journal.log.tidy()
    log = await journal.reopen()
    await log.publish(MEASUREMENTS, entries(1))
    assert [each.offset for each in await drain(await log.subscribe([MEASUREMENTS]), 1)] == [3]


async def test_upkeep_happens_by_itself_while_events_come_in(journal):
    await journal.log.publish(MEASUREMENTS, entries(3))
    await journal.clock.advance(8 * 86_400 + UPKEEP_EVERY_S)
    for n in range(3):
        await journal.log.publish(COMMANDS, entries(1, first=n))
    await journal.log.close()  # the thread has finished what it was doing
    assert journal.log.upkeep["pruned"] == 3


async def test_above_the_size_limit_the_oldest_measurements_go_and_commands_stay(tmp_path):
    clock = ManualClock(START)
    log = JournalLog(tmp_path, clock, max_bytes=400_000)
    await log.publish(COMMANDS, entries(100))
    for turn in range(10):
        await log.publish(MEASUREMENTS, entries(300, key=f"d{turn}"))
        await clock.advance(1)
    await log.tidy()
    assert log.upkeep["pruned"] > 0
    ends = await log.ends([MEASUREMENTS])
    assert log.upkeep["pruned"] < sum(ends.values())
    assert len(await drain(await log.subscribe([COMMANDS]), 100)) == 100
    await log.close()
    assert (tmp_path / "journal.db").stat().st_size < 600_000


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(keys=st.lists(st.sampled_from("abcde"), min_size=DIRTY_ROWS, max_size=DIRTY_ROWS + 40))
def test_compaction_keeps_exactly_the_last_record_of_each_key_in_order(tmp_path_factory, keys):
    async def compact():
        rig = JournalRig(tmp_path_factory.mktemp("log"))
        await rig.log.publish(
            STATES, [Entry(key, observation(f"sw-{n}")) for n, key in enumerate(keys)]
        )
        await rig.log.publish(INCIDENTS, entries(5))  # too few to be worth it
        await rig.clock.advance(TOPICS[STATES].lag.total_seconds())
        await rig.log.tidy()
        kept = await (await rig.log.subscribe([STATES])).read(limit=2000, wait_s=0)
        untouched = await (await rig.log.subscribe([INCIDENTS])).read(wait_s=0)
        await rig.close()
        return kept, untouched

    kept, untouched = asyncio.run(compact())
    last = {key: offset for offset, key in enumerate(keys)}
    assert [(each.offset, each.key) for each in kept] == sorted(
        (offset, key) for key, offset in last.items()
    )
    assert len(untouched) == 5


async def test_a_replay_goes_over_the_holes_that_compaction_left(journal):
    await journal.log.publish(STATES, entries(DIRTY_ROWS, key="sw-1"))
    await journal.log.publish(STATES, entries(1, key="sw-2"))
    await journal.clock.advance(TOPICS[STATES].lag.total_seconds())
    await journal.log.tidy()
    assert journal.log.upkeep["compacted"] == DIRTY_ROWS - 1
    subscription = await journal.log.subscribe([STATES], start={Partition(STATES, 0): 10})
    assert [each.key for each in await drain(subscription, 2)] == ["sw-1", "sw-2"]


async def test_verdicts_of_the_last_week_are_all_kept_for_a_ledger_that_was_away(journal):
    await journal.log.publish(STATES, entries(DIRTY_ROWS + 5, key="sw-1"))
    await journal.clock.advance(TOPICS[STATES].lag.total_seconds() - 1)
    await journal.log.publish(STATES, entries(7, key="sw-1", first=DIRTY_ROWS + 5))
    await journal.log.tidy()
    assert journal.log.upkeep["compacted"] == 0
    await journal.clock.advance(2)
    await journal.log.tidy()
    left = await drain(await journal.log.subscribe([STATES]), 8)
    assert [each.offset for each in left] == list(range(DIRTY_ROWS + 4, DIRTY_ROWS + 12))


# --- when it cannot go on ---


async def test_a_full_disk_refuses_the_batch_whole_and_recovers(journal):
    await journal.log.publish(OBSERVATIONS, entries(1))
    await journal.log.tidy()  # the writer is idle: its connection may be touched
    wire = journal.log._upkeep._wire
    (pages,) = wire.execute("PRAGMA page_count").fetchone()
    wire.execute(f"PRAGMA max_page_count={pages + 2}")
    with pytest.raises(LogFull, match="free or add disk space"):
        await journal.log.publish(OBSERVATIONS, entries(1000, first=1))
    assert (await journal.log.ends([OBSERVATIONS]))[home("default")] == 1
    wire.execute("PRAGMA max_page_count=1000000")
    await journal.log.publish(OBSERVATIONS, entries(2, first=1))
    records = await drain(await journal.log.subscribe([OBSERVATIONS]), 3)
    assert [each.offset for each in records] == [0, 1, 2]


async def test_the_queue_before_a_stalled_disk_is_bounded(journal):
    hold = sqlite3.connect(journal.directory / "journal.db", isolation_level=None)
    hold.execute("BEGIN IMMEDIATE")  # the writer waits for us now
    publishes = [
        asyncio.ensure_future(journal.log.publish(OBSERVATIONS, entries(1, first=n)))
        for n in range(PENDING_BATCHES + 20)
    ]
    await asyncio.sleep(0)  # every publish has come to its first wait
    assert journal.log._slots.locked()
    assert len(journal.log._slots._waiters) == 20
    hold.execute("ROLLBACK")
    hold.close()
    async with asyncio.timeout(5):
        for each in publishes:
            await each
    assert (await journal.log.ends([OBSERVATIONS]))[home("default")] == PENDING_BATCHES + 20


async def test_a_file_that_is_no_journal_is_named_with_the_cure(tmp_path):
    (tmp_path / "journal.db").write_bytes(b"not a database, whatever its name may say" * 100)
    with pytest.raises(LogCorrupt, match=r"journal\.db is damaged .*`keten restore`"):
        JournalLog(tmp_path, ManualClock(START))


async def test_a_journal_of_another_version_is_refused(journal):
    await journal.log.close()
    wire = sqlite3.connect(journal.directory / "journal.db")
    wire.execute("PRAGMA user_version=99")
    wire.close()
    for read_only in (True, False):
        with pytest.raises(LogCorrupt, match="version 99"):
            JournalLog(journal.directory, journal.clock, read_only=read_only)


async def test_a_damaged_page_is_an_error_and_no_silent_end(journal):
    await journal.log.publish(OBSERVATIONS, entries(400))
    await journal.log.close()
    file = journal.directory / "journal.db"
    with file.open("r+b") as handle:
        for page in range(8, file.stat().st_size // 8192):
            handle.seek(page * 8192)
            handle.write(b"\xff" * 64)
    reader = JournalLog(journal.directory, journal.clock, read_only=True)
    subscription = await reader.subscribe([OBSERVATIONS])
    with pytest.raises(LogCorrupt):
        await drain(subscription, 400)
    await reader.close()


async def test_a_publish_that_waits_for_a_place_when_the_log_closes_is_refused(journal):
    hold = sqlite3.connect(journal.directory / "journal.db", isolation_level=None)
    hold.execute("BEGIN IMMEDIATE")
    publishes = [
        asyncio.ensure_future(journal.log.publish(OBSERVATIONS, entries(1, first=n)))
        for n in range(PENDING_BATCHES + 1)
    ]
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(journal.log.close())
    await asyncio.sleep(0)
    hold.execute("ROLLBACK")
    hold.close()
    async with asyncio.timeout(5):
        await closing
        *accepted, refused = await asyncio.gather(*publishes, return_exceptions=True)
    assert accepted == [None] * PENDING_BATCHES
    assert isinstance(refused, LogUnavailable)


async def test_closing_finishes_what_was_accepted(journal):
    publishing = [
        asyncio.ensure_future(journal.log.publish(OBSERVATIONS, entries(50, first=50 * n)))
        for n in range(20)
    ]
    await asyncio.sleep(0)
    log = await journal.reopen()
    await asyncio.gather(*publishing)
    assert (await log.ends([OBSERVATIONS]))[home("default")] == 1000
