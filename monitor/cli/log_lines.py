"""Event lines for a verb: from a file, from stdin, or from the log of the data directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from events.log import Log

__all__ = ["event_lines"]

BATCH = 1000


def event_lines(directory: Path, events: str | None) -> list[bytes]:
    """Turn the option `--events` into event lines; without it the log of the catalogue is read.

    Raises:
        ConfigError: The file cannot be read, or the settings are wrong.
        LogUnavailable: There is no log yet.
    """
    if events is not None:
        from monitor.eventlines import read

        return read(events)
    import asyncio

    return asyncio.run(_logged(directory))


async def _logged(directory: Path) -> list[bytes]:
    from events.clock import SystemClock
    from events.contract import COMMANDS, OBSERVATIONS
    from monitor.app import log_settings, open_log

    log = open_log(log_settings(directory, {}), SystemClock(), read_only=True)
    try:
        return [
            line for topic in (OBSERVATIONS, COMMANDS) for line in await _topic_lines(log, topic)
        ]
    finally:
        await log.close()


async def _topic_lines(log: Log, topic: str) -> list[bytes]:
    """Everything of one topic up to where it ends now."""
    ends = await log.ends([topic])
    reached = dict.fromkeys(ends, 0)
    lines: list[bytes] = []
    subscription = await log.subscribe([topic])
    try:
        while any(reached[partition] < end for partition, end in ends.items()):
            records = await subscription.read(limit=BATCH, wait_s=0.2)
            if not records:
                break  # the rest was dropped by retention or compaction
            lines += [record.value.replace(b"\n", b" ") for record in records]
            reached.update((record.partition, record.offset + 1) for record in records)
    finally:
        await subscription.close()
    return lines
