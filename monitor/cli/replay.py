"""Verbs of the family `replay`: a log folded offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from datetime import datetime

VERBS: tuple[Verb, ...]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("events", metavar="EVENTS.jsonl", help="event lines; - reads stdin")
    parser.add_argument(
        "--until", metavar="T", help="leave out events after this moment (RFC 3339)"
    )


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.eventlines import read, usable
    from monitor.replay import replay
    from topology.compiled import Compiled

    until = _moment(args.until) if args.until else None
    catalogue = load(Path(args.directory))
    events, deadletters = usable(catalogue, read(args.events))
    result = {**replay(Compiled.of(catalogue), events, until), "deadletters": deadletters}
    for one in deadletters:
        say(f"{args.events}:{one['line']}: {one['reason']}")
    emit(args, result, _text(result))
    return PARTIAL if deadletters else OK


def _moment(value: str) -> datetime:
    from datetime import datetime

    from events.errors import ConfigError

    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise ConfigError(f"--until {value}: not a moment; write 2026-06-09T07:00:00Z") from None
    if when.tzinfo is None:
        raise ConfigError(f"--until {value}: has no zone; write {value}Z for UTC")
    return when


def _text(result: Mapping[str, object]) -> str:
    lines = [f"{'CHAIN':<32} {'STATE':<12} SINCE"]
    chains = _rows(result["chains"])
    lines += [f"{id_:<32} {one['state']:<12} {one['since'] or '-'}" for id_, one in chains]
    incidents = result["incidents"]
    assert isinstance(incidents, list)
    lines += ["", f"{'INCIDENT':<20} {'P':<3} {'CAUSE':<24} {'OPENED':<21} CLOSED"]
    for one in incidents:
        closed = one["closed"] or "open"
        lines.append(
            f"{one['id']:<20} {one['priority'] or '-':<3} {one['cause']:<24} {one['opened']:<21} {closed}"
        )
    notices = result["notifications"]
    assert isinstance(notices, list)
    lines += ["", *(f"{one['time']} {one['action']}: {one['title']}" for one in notices)]
    return "\n".join([*lines, "", f"digest {result['digest']}"])


def _rows(value: object) -> Sequence[tuple[str, Mapping[str, object]]]:
    assert isinstance(value, dict)
    return list(value.items())


VERBS = (
    Verb(
        name="replay",
        summary="fold a log offline: final states, incidents, notifications, digest",
        examples=(
            "keten replay catalogue/ events.jsonl",
            "keten replay catalogue/ events.jsonl --until 2026-06-09T12:00:00Z --json",
            "keten export catalogue/ | keten replay catalogue/ - --json",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
