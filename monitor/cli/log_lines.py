"""Event lines for a verb: from a file, from stdin, or from the log of the data directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from events.log import Log, Partition, Record

__all__ = ["Logged", "event_lines", "logged", "stored"]

BATCH = 1000
QUIET_S = 0.2
QUIET_READS = 15
"""So many empty reads of so long say that the rest is not kept: Kafka answers the first reads of a new
consumer with nothing."""


def event_lines(directory: Path, events: str | None) -> list[bytes]:
    """Turn the option `--events` into event lines; without it the log of the catalogue is read.

    Raises:
        ConfigError: The file cannot be read, or the settings are wrong.
        LogUnavailable: There is no log yet.
    """
    if events is not None:
        from monitor.eventlines import read

        return read(events)
    return logged(directory).lines


class Logged(NamedTuple):
    """The lines of a log; `whole`: it goes back to its first one, nothing was dropped by retention."""

    lines: list[bytes]
    whole: bool


def logged(directory: Path) -> Logged:
    """Read the log of a catalogue.

    Raises:
        ConfigError: The settings are wrong.
        LogUnavailable: There is no log yet.
    """
    import asyncio

    return asyncio.run(_logged(directory))


async def _logged(directory: Path) -> Logged:
    from events.clock import SystemClock
    from events.contract import COMMANDS, OBSERVATIONS
    from monitor.app import log_settings, open_log

    log = open_log(log_settings(directory, {}), SystemClock(), read_only=True)
    try:
        topics = [await _topic_lines(log, topic) for topic in (OBSERVATIONS, COMMANDS)]
        return Logged([line for one in topics for line in one.lines], all(o.whole for o in topics))
    finally:
        await log.close()


async def _topic_lines(log: Log, topic: str) -> Logged:
    """Everything of one topic up to where it ends now."""
    lines: list[bytes] = []
    firsts: dict[Partition, int] = {}
    ends = await log.ends([topic])
    async for records in stored(log, topic, ends):
        lines += [record.value.replace(b"\n", b" ") for record in records]
        for record in records:
            firsts.setdefault(record.partition, record.offset)
    whole = all(firsts.get(partition, end) == 0 for partition, end in ends.items())
    return Logged(lines, whole)


async def stored(
    log: Log, topic: str, ends: Mapping[Partition, int]
) -> AsyncIterator[list[Record]]:
    """Everything of one topic up to where it ends, in batches.

    It ends early only when nothing comes: what stood before an end may be no longer kept.

    Args:
        log: The log.
        topic: Of which the ends are.
        ends: The next offset of each partition.
    """
    reached = dict.fromkeys(ends, 0)
    quiet = 0
    subscription = await log.subscribe([topic])
    try:
        while quiet < QUIET_READS and any(reached[each] < end for each, end in ends.items()):
            records = await subscription.read(limit=BATCH, wait_s=QUIET_S)
            quiet = 0 if records else quiet + 1
            reached.update((record.partition, record.offset + 1) for record in records)
            if records:
                yield records
    finally:
        await subscription.close()
