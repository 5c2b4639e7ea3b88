"""The verb `report`: a month as figures that add up."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from monitor.cli.lang import add_language
from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from events.contract import AnyEvent
    from monitor.reports.period import Period

__all__ = ["VERBS"]

FORMATS = ("json",)
COMING = ("html", "pdf", "csv", "ods", "xlsx")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="a local month")
    parser.add_argument(
        "--events", metavar="EVENTS.jsonl", help="event lines; - reads stdin; else the ledger"
    )
    parser.add_argument(
        "--as-of", metavar="T", help="what was recorded up to this moment (RFC 3339); else all"
    )
    parser.add_argument("--data", metavar="DIR", help="of the ledger (default: as `keten run`)")
    parser.add_argument("--format", metavar="FORMAT", help="json; --json is the same")
    parser.add_argument(
        "--output", metavar="OUT", help="write report-YYYY-MM.json there; the result is its path"
    )
    add_language(parser)


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.cli.moments import moment

    as_of = moment(args.as_of, "--as-of")
    formats = _formats(args)
    if args.events is None:
        from monitor.cli.report_ledger import from_ledger

        result, timezone = from_ledger(args, as_of)
    else:
        catalogue = load(Path(args.directory))
        result, timezone = _from_lines(args, catalogue, as_of), catalogue.timezone
    if result["provisional"]:
        upto = f"these figures go up to {result['to']} and will change"
        say(f"note: {args.month} is not over: {upto}")
    _show(args, formats, result, timezone)
    return PARTIAL if result["deadletters"] else OK


def _from_lines(args: argparse.Namespace, catalogue: Any, as_of: datetime | None) -> dict[str, Any]:
    from events.span import text
    from monitor.cli.given import given
    from monitor.eventlines import read
    from monitor.reports.facts import facts_of
    from monitor.reports.month import report
    from monitor.reports.period import period_of
    from topology.compiled import Compiled

    period = period_of(args.month, catalogue.timezone, as_of)
    known = given(catalogue, args.events, read(args.events), as_of)
    known.tell()
    _tell_end(args, known.events, period)
    compiled = Compiled.of(catalogue)
    facts = facts_of(compiled, known.events, period.span[1], as_of)
    figures = report(compiled, facts, period.span, provisional=period.provisional)
    asked = None if as_of is None else text(as_of)
    return {"month": args.month, "as_of": asked, **figures, **known.beside}


def _tell_end(args: argparse.Namespace, events: Sequence[AnyEvent], period: Period) -> None:
    """Say that lines end before the month: what was seen last is taken to have lasted."""
    from events.span import seconds, text

    last = max((one.time for one in events), default=None)
    if period.provisional or (last is not None and seconds(last) >= period.span[1]):
        return
    if last is None:
        say(f"note: {args.events} has no event that can be used: nothing was seen in {args.month}")
        return
    say(
        f"note: {args.events} ends at {text(last)}, before {args.month} does: what was seen last is taken"
        " to have lasted; --as-of T gives the figures of the month up to T"
    )


def _formats(args: argparse.Namespace) -> list[str]:
    from events.errors import ConfigError

    formats = list(dict.fromkeys(str(args.format).split(","))) if args.format else []
    for name in formats:
        if name in COMING:
            raise ConfigError(f"--format {name}: comes from a later version; there is json now")
        if name not in FORMATS:
            raise ConfigError(f"--format {name}: there is no such format; there is json")
    return formats


def _show(
    args: argparse.Namespace, formats: list[str], result: dict[str, Any], timezone: str
) -> None:
    """Write the result to where it was asked for: files, JSON, or lines for people."""
    from monitor.cli.report_text import report_text
    from monitor.cli.tongue import Tongue

    if args.output is not None:
        path = _written(args, result)
        emit(args, {"written": [path]}, path)
    elif formats and not args.json:
        sys.stdout.write(_json(result))
    else:
        emit(args, result, report_text(result, Tongue(args.lang, timezone)))


def _json(result: Mapping[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=2) + "\n"


def _written(args: argparse.Namespace, result: Mapping[str, Any]) -> str:
    from pathlib import Path

    from events.errors import ConfigError

    path = Path(args.output) / f"report-{args.month}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_json(result), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--output {args.output}: cannot write there: {error.strerror}") from None
    return str(path)


VERBS: tuple[Verb, ...] = (
    Verb(
        name="report",
        summary="The service-level report of a month: minutes that add up, and whose they are.",
        examples=(
            "keten report region/ --month 2026-06",
            "keten report region/ --month 2026-06 --lang nl",
            "keten report region/ --month 2026-06 --events events.jsonl",
            "keten report region/ --month 2026-06 --events events.jsonl --json",
            "keten report region/ --month 2026-06 --events events.jsonl --as-of 2026-07-03T07:00:00Z",
            "keten report region/ --month 2026-06 --events events.jsonl --output reports --format json",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
