"""Verbs of the family `replay`: a log folded offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.eventlines import Refusal
    from monitor.replay import Run
    from topology.model import Catalogue

VERBS: tuple[Verb, ...]


class _Folded(NamedTuple):
    """A run, and the lines that it could not use."""

    run: Run
    deadletters: list[Refusal]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("events", metavar="EVENTS.jsonl", help="event lines; - reads stdin")
    parser.add_argument("--until", metavar="T", help="up to and including this moment (RFC 3339)")
    parser.add_argument(
        "--as-of",
        metavar="T",
        dest="as_of",
        help="only what was recorded up to and including this moment, corrections too",
    )
    parser.add_argument(
        "--against",
        metavar="DIR",
        help="a changed catalogue: fold the same events by it too, and list what would differ",
    )


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.cli.moments import moment
    from monitor.eventlines import read

    args.until, args.as_of = moment(args.until, "--until"), moment(args.as_of, "--as-of")
    catalogue = load(Path(args.directory))
    lines = read(args.events)
    old = _folded(args, catalogue, lines)
    result: dict[str, Any] = {**old.run.picture, "deadletters": old.deadletters}
    if args.against is None:
        emit(args, result, _text(result))
        return _left(args, args.directory, old)
    from monitor.comparison import compare

    new = _folded(args, load(Path(args.against)), lines)
    difference = compare(old.run, new.run)
    result["against"] = {
        "digest": new.run.picture["digest"],
        **difference,
        "deadletters": new.deadletters,
    }
    emit(args, result, _difference_text(difference))
    return max(_left(args, args.directory, old), _left(args, args.against, new))


def _folded(args: argparse.Namespace, catalogue: Catalogue, lines: Iterable[bytes]) -> _Folded:
    from monitor.eventlines import usable
    from monitor.replay import run
    from topology.compiled import Compiled

    events, deadletters = usable(catalogue, lines)
    return _Folded(run(Compiled.of(catalogue), events, args.until, args.as_of), deadletters)


def _left(args: argparse.Namespace, directory: str, folded: _Folded) -> int:
    """Say which lines were left out, and with which exit code."""
    by = f" (by {directory})" if args.against else ""
    for one in folded.deadletters:
        say(f"{args.events}:{one['line']}: {one['reason']}{by}")
    return PARTIAL if folded.deadletters else OK


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


def _difference_text(difference: Mapping[str, Any]) -> str:
    """The summary, then every difference on a line of its own, the missed outages first."""
    from monitor.comparison import summary

    incidents = difference["incidents"]
    lines = [
        f"missed   {one['chain']} down {one['from']} to {one['to']}: {one['cause']}"
        f" (down by {' and '.join(one['down_in'])})"
        for one in difference["missed"]
    ]
    lines += [f"fewer    {_incident_text(one)}" for one in incidents["fewer"]]
    lines += [f"more     {_incident_text(one)}" for one in incidents["more"]]
    for name in ("later", "earlier"):
        lines += [
            f"{name:8} {one['cause']}: {one['new']} was {one['old']} ({one['seconds']:+} s)"
            for one in incidents[name]
        ]
    lines += [
        f"cause    {one['new']['cause']} was {one['old']['cause']}, opened {one['new']['opened']}"
        for one in incidents["other_cause"]
    ]
    lines += [
        f"priority {one['cause']} of {one['opened']}: {one['new'] or '-'} was {one['old'] or '-'}"
        for one in incidents["other_priority"]
    ]
    return "\n".join([summary(difference), *lines, *_chain_lines(difference)])


def _incident_text(one: Mapping[str, Any]) -> str:
    chains = ", ".join(one["chains"]) or "no chain"
    return f"{one['cause']} {one['priority'] or '-'} opened {one['opened']}: {chains}"


def _chain_lines(difference: Mapping[str, Any]) -> list[str]:
    old, new = difference["notifications"]["old"], difference["notifications"]["new"]
    lines = []
    if old != new:
        lines.append(f"notices  {_counted(new)} was {_counted(old)}")
    for id_, more in difference["chains"].items():
        words = ", ".join(f"{state} {seconds:+} s" for state, seconds in more.items() if seconds)
        lines.append(f"chain    {id_}: {words}")
    lines += [f"chain    {id_}: not in the new catalogue" for id_ in difference["chains_gone"]]
    lines += [f"chain    {id_}: only in the new catalogue" for id_ in difference["chains_added"]]
    return lines


def _counted(notices: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {action}" for action, count in notices.items()) or "none"


VERBS = (
    Verb(
        name="replay",
        summary="Fold a log offline: final states, incidents, notifications, digest.",
        examples=(
            "keten replay region/ events.jsonl",
            "keten replay region/ events.jsonl --until 2026-06-09T12:00:00Z --json",
            "keten replay region/ events.jsonl --against region-new/",
            "keten export region/ --inputs | keten replay region/ - --json",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
