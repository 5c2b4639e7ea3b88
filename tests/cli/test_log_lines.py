"""What a log holds is read to where it ends, also from a log that answers nothing at first."""

from __future__ import annotations

from datetime import UTC, datetime

from events.log import Partition, Record
from monitor.cli.log_lines import QUIET_READS, stored

PARTITION = Partition("commands", 0)
NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)


class Answers:
    """A log of one partition whose reads give these offsets, and then nothing."""

    def __init__(self, *reads):
        self.reads = list(reads)
        self.asked = 0
        self.closed = False

    async def subscribe(self, _topics):
        return self

    async def read(self, *, limit, wait_s):
        self.asked += 1
        offsets = self.reads.pop(0) if self.reads else []
        return [Record(PARTITION, offset, "default", b"{}", NOON) for offset in offsets]

    async def close(self):
        self.closed = True


async def offsets(log, end):
    batches = [batch async for batch in stored(log, "commands", {PARTITION: end})]
    return [record.offset for batch in batches for record in batch]


async def test_a_log_that_answers_nothing_at_first_and_now_and_then_is_read_whole():
    hesitant = Answers([], [], [0, 1], [], [2])
    assert await offsets(hesitant, 3) == [0, 1, 2]
    assert hesitant.asked == 5
    assert hesitant.closed


async def test_where_the_last_are_no_longer_kept_the_reading_ends():
    trimmed = Answers([0, 1])
    assert await offsets(trimmed, 9) == [0, 1]
    assert trimmed.asked == 1 + QUIET_READS


async def test_what_is_empty_is_not_waited_for():
    empty = Answers()
    assert await offsets(empty, 0) == []
    assert empty.asked == 0
