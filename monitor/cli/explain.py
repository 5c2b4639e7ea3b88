"""Verbs of the family `explain`: why a chain is, or was, in its state, and why a second counts as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.lang import add_language
from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from events.contract import AnyEvent
    from monitor.eventlines import Refusal
    from topology.compiled import Compiled
    from topology.model import Catalogue

__all__ = ["VERBS", "check_chain", "from_lines", "left", "usable_lines"]


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
    from monitor.cli.moments import moment
    from monitor.reports.minute import minute

    at, as_of = moment(args.at, "T"), moment(args.as_of, "--as-of")
    assert at is not None, "argparse gives a text"
    if args.events is None:
        from monitor.cli.explain_ledger import from_ledger

        found = from_ledger(args.directory, args.chain, at, as_of)
        if found is not None:
            _show_minute(args, {**found.told, "from": "ledger", "deadletters": []}, found.timezone)
            return OK
    compiled, events, deadletters = usable_lines(args.directory, args.events, args.chain)
    told = minute(compiled, events, args.chain, seconds(at), as_of)
    source = "log" if args.events is None else "lines"
    told = {**told, "from": source, "deadletters": deadletters}
    _show_minute(args, told, compiled.catalogue.timezone)
    return left(args.events, deadletters)


def _show_minute(args: argparse.Namespace, told: Mapping[str, Any], timezone: str) -> None:
    from monitor.cli.explain_text import minute_text
    from monitor.cli.tongue import Tongue

    emit(args, told, minute_text(told, Tongue(args.lang, timezone)))


def from_lines(args: argparse.Namespace) -> int:
    """Explain a chain from event lines or the log, without a running service."""
    from events.errors import ConfigError
    from monitor.cli.explain_text import why_text
    from monitor.cli.moments import moment
    from monitor.cli.tongue import Tongue
    from monitor.reports.why import NothingKnownError, why

    at = moment(args.at, "--at")
    if args.catalogue is None:
        raise ConfigError("--events: add --catalogue DIR, by which the events are to be judged")
    compiled, events, deadletters = usable_lines(args.catalogue, args.events, args.chain)
    try:
        told = why(compiled, events, args.chain, at)
    except NothingKnownError:
        raise ConfigError(
            f"{args.events or 'the log'}: no event up to {args.at or 'its end'}:"
            f" nothing is known of {args.chain}"
        ) from None
    tongue = Tongue(args.lang, compiled.catalogue.timezone)
    emit(args, {**told, "deadletters": deadletters}, why_text(told, tongue))
    return left(args.events, deadletters)


def usable_lines(
    directory: str, path: str | None, chain: str
) -> tuple[Compiled, list[AnyEvent], list[Refusal]]:
    """Read a catalogue that has this chain, and event lines; without a path those of its log.

    Raises:
        ConfigError: No such chain, or no such file; says what there is.
        LogUnavailable: There is no log yet.
    """
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.cli.log_lines import event_lines
    from monitor.eventlines import usable
    from topology.compiled import Compiled

    catalogue = load(directory)
    check_chain(catalogue, directory, chain)
    events, deadletters = usable(catalogue, event_lines(Path(directory), path))
    return Compiled.of(catalogue), events, deadletters


def check_chain(catalogue: Catalogue, directory: str, chain: str) -> None:
    """Refuse a chain that a catalogue does not have.

    Raises:
        ConfigError: Says what there is.
    """
    from difflib import get_close_matches

    from events.errors import ConfigError

    if chain not in catalogue.chains:
        near = get_close_matches(chain, list(catalogue.chains), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(catalogue.chains)}"
        raise ConfigError(f"{directory}: no chain {chain}; {hint}")


def left(path: str | None, deadletters: list[Refusal]) -> int:
    """Say which lines were left out, and with which exit code."""
    for one in deadletters:
        say(f"{path or 'log'}:{one['line']}: {one['reason']}")
    return PARTIAL if deadletters else OK


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
