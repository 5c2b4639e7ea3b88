"""The verb export: the log as event lines; `--json` changes nothing, as each line is JSON already."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from monitor.cli.verb import OK, USAGE, Verb, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from events.log import Log, Record

__all__ = ["VERBS"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("--from", dest="since", metavar="T", help="from this moment on (RFC 3339)")
    parser.add_argument("--until", metavar="T", help="up to and including this moment")
    parser.add_argument("--data", metavar="DIR", help="data directory (default: as `keten run`)")
    parser.add_argument("--log", choices=("journal", "kafka"), help="which log (default: as set)")
    parser.add_argument("--kafka-servers", metavar="HOST:PORT", help="brokers, comma separated")
    parser.add_argument(
        "--inputs",
        action="store_true",
        help="only what goes into the folds: observations and commands, no measurements",
    )


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from monitor.cli.moments import moment

    span = (moment(args.since, "--from"), moment(args.until, "--until"))
    if span[0] and span[1] and span[0] > span[1]:
        say("keten export: --from lies after --until")
        return USAGE
    return asyncio.run(_export(args, span))


async def _export(args: argparse.Namespace, span: tuple[datetime | None, datetime | None]) -> int:
    from pathlib import Path

    from events.clock import SystemClock
    from events.contract import COMMANDS, OBSERVATIONS
    from events.topics import TOPICS
    from monitor.app import log_settings, open_log

    overrides = {"data": args.data, "log": args.log, "kafka_servers": args.kafka_servers}
    settings = log_settings(Path(args.directory), overrides)
    log = open_log(settings, SystemClock(), read_only=True)
    topics = [OBSERVATIONS, COMMANDS] if args.inputs else [t for t in TOPICS if t != "assignments"]
    try:
        for topic in topics:
            await _write_topic(log, topic, span)
    finally:
        await log.close()
    return OK


async def _write_topic(log: Log, topic: str, span: tuple[datetime | None, datetime | None]) -> None:
    from monitor.cli.log_lines import stored

    async for records in stored(log, topic, await log.ends([topic])):
        _write(line for record in records for line in _lines(record, span))


def _lines(record: Record, span: tuple[datetime | None, datetime | None]) -> Iterator[bytes]:
    """The record as a line, if it lies in the span; what is unreadable always goes out as it is."""
    from events import codec
    from events.errors import UndecodableEvent

    try:
        time = codec.decode(record.value).time
    except UndecodableEvent:
        yield record.value.replace(b"\n", b" ") + b"\n"
        return
    since, until = span
    if (since is None or time >= since) and (until is None or time <= until):
        yield record.value + b"\n"


def _write(lines: Iterator[bytes]) -> None:
    for line in lines:
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


VERBS = (
    Verb(
        name="export",
        summary="The log as event lines (CloudEvents, one JSON object a line), for replay and archives.",
        examples=(
            "keten export region/ > events.jsonl",
            "keten export region/ --from 2026-06-01T00:00:00Z --until 2026-06-30T23:59:59Z",
            "keten export region/ --inputs | keten replay region/ -",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
