"""Verbs of the family `replay`: a log folded offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

VERBS: tuple[Verb, ...]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("events", metavar="EVENTS.jsonl", help="event lines; - reads stdin")
    parser.add_argument("--until", metavar="T", help="up to and including this moment (RFC 3339)")


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.cli.moments import moment
    from monitor.eventlines import read, usable
    from monitor.replay import replay
    from topology.compiled import Compiled

    until = moment(args.until, "--until")
    catalogue = load(Path(args.directory))
    events, deadletters = usable(catalogue, read(args.events))
    result = {**replay(Compiled.of(catalogue), events, until), "deadletters": deadletters}
    for one in deadletters:
        say(f"{args.events}:{one['line']}: {one['reason']}")
    emit(args, result, _text(result))
    return PARTIAL if deadletters else OK


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
        summary="Fold a log offline: final states, incidents, notifications, digest.",
        examples=(
            "keten replay region/ events.jsonl",
            "keten replay region/ events.jsonl --until 2026-06-09T12:00:00Z --json",
            "keten export region/ --inputs | keten replay region/ - --json",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
