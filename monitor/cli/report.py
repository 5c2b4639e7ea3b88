"""Verbs of the family `report`: months as figures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse

__all__ = ["VERBS"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="the local month")
    parser.add_argument("--events", metavar="EVENTS.jsonl", help="event lines; - reads stdin")
    parser.add_argument("--as-of", metavar="T", help="what was recorded up to this moment")


def _run(args: argparse.Namespace) -> int:
    from datetime import datetime
    from pathlib import Path

    from events.span import seconds
    from monitor.catalogue_files import load
    from monitor.cli.moments import moment
    from monitor.eventlines import read, usable
    from monitor.reports.facts import facts_of
    from monitor.reports.month import report
    from topology.calendar import month_span
    from topology.compiled import Compiled

    as_of = moment(args.as_of, "--as-of")
    catalogue = load(Path(args.directory))
    events, deadletters = usable(catalogue, read(args.events))
    compiled = Compiled.of(catalogue)
    year, month = map(int, args.month.split("-"))
    period = month_span(year, month, catalogue.timezone)
    facts = facts_of(compiled, events, period[1], as_of)
    result = {**report(compiled, facts, period), "deadletters": deadletters}
    for one in deadletters:
        say(f"{args.events}:{one['line']}: {one['reason']}")
    emit(args, result, "")
    return PARTIAL if deadletters else OK


VERBS = (
    Verb(
        name="report",
        summary="The service-level report of a month: minutes that add up, and whose they are.",
        examples=("keten report region/ --month 2026-06 --events events.jsonl",),
        arguments=_arguments,
        run=_run,
    ),
)
