"""Verbs of the family `explain`: why a chain is, or was, in its state, and why a second counts as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.lang import add_language
from monitor.cli.verb import OK, Verb, emit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.cli.given import Given
    from topology.compiled import Compiled

__all__ = ["VERBS", "from_lines", "usable_lines"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("chain", metavar="CHAIN", help="id of the chain")
    parser.add_argument("at", metavar="T", help="the second (RFC 3339)")
    parser.add_argument(
        "--events", metavar="FILE", help="event lines; - reads stdin; else the log, or the ledger"
    )
    parser.add_argument(
        "--as-of",
        metavar="T",
        dest="as_of",
        help="only what was recorded up to and including this moment",
    )
    add_language(parser)


def _minute(args: argparse.Namespace) -> int:
    from events.span import seconds
    from monitor.cli.moments import moment, second
    from monitor.reports.minute import minute

    at, as_of = second(args.at, "T"), moment(args.as_of, "--as-of")
    if args.events is None:
        from monitor.cli.explain_ledger import from_ledger

        found = from_ledger(args.directory, args.chain, at, as_of)
        if found is not None:
            beside = {"from": "ledger", "remarks": [], "deadletters": []}
            _show_minute(args, {**found.told, **beside}, found.timezone)
            return OK
    compiled, known = usable_lines(args.directory, args.events, args.chain, as_of)
    told = minute(compiled, known.events, args.chain, seconds(at), as_of)
    source = "log" if args.events is None else "lines"
    _show_minute(args, {**told, "from": source, **known.beside}, compiled.catalogue.timezone)
    return known.tell()


def _show_minute(args: argparse.Namespace, told: Mapping[str, Any], timezone: str) -> None:
    from monitor.cli.explain_text import minute_text
    from monitor.cli.tongue import Tongue

    emit(args, told, minute_text(told, Tongue(args.lang, timezone)))


def from_lines(args: argparse.Namespace) -> int:
    """Explain a chain from event lines or the log, without a running service."""
    from events.errors import ConfigError
    from monitor.cli.explain_text import why_text
    from monitor.cli.moments import moment, second
    from monitor.cli.tongue import Tongue
    from monitor.reports.why import NothingKnownError, why

    at = None if args.at is None else second(args.at, "--at")
    as_of = moment(args.as_of, "--as-of")
    if args.catalogue is None:
        raise ConfigError("--events: add --catalogue DIR, by which the events are to be judged")
    compiled, known = usable_lines(args.catalogue, args.events, args.chain, as_of)
    try:
        told = why(compiled, known.events, args.chain, at, as_of)
    except NothingKnownError:
        raise ConfigError(
            f"{args.events or 'the log'}: no event up to {args.at or 'its end'}:"
            f" nothing is known of {args.chain}"
        ) from None
    tongue = Tongue(args.lang, compiled.catalogue.timezone)
    emit(args, {**told, **known.beside}, why_text(told, tongue))
    return known.tell()


def usable_lines(
    directory: str, path: str | None, chain: str, as_of: datetime | None
) -> tuple[Compiled, Given]:
    """Read a catalogue that has this chain, and event lines; without a path those of its log.

    Raises:
        ConfigError: No such chain, or no such file; says what there is.
        LogUnavailable: There is no log yet.
    """
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.cli.chain_named import check_chain
    from monitor.cli.given import given
    from monitor.cli.log_lines import event_lines
    from topology.compiled import Compiled

    catalogue = load(directory)
    check_chain(catalogue, directory, chain)
    lines = event_lines(Path(directory), path)
    return Compiled.of(catalogue), given(catalogue, path, lines, as_of)


VERBS: tuple[Verb, ...] = (
    Verb(
        name="explain-minute",
        summary="Why one second of a chain counts as it does: hours, bucket, work, parts, whose.",
        examples=(
            "keten explain-minute region/ zaak-ptd 2026-06-09T14:30:00Z",
            "keten explain-minute region/ zaak-ptd 2026-06-09T14:30:00Z --events events.jsonl --json",
            "keten explain-minute region/ zaak-ptd 2026-06-09T14:30:00Z --lang nl",
        ),
        arguments=_arguments,
        run=_minute,
    ),
)
