"""Verbs of the family `replay`: a log folded offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.cli.lang import add_language
from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

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
    add_language(parser)


def _run(args: argparse.Namespace) -> int:
    from pathlib import Path

    from monitor.catalogue_files import load
    from monitor.cli.moments import moment
    from monitor.cli.replay_text import difference_text, replay_text
    from monitor.cli.tongue import Tongue
    from monitor.eventlines import read

    args.until, args.as_of = moment(args.until, "--until"), moment(args.as_of, "--as-of")
    catalogue = load(Path(args.directory))
    lines, tongue = read(args.events), Tongue(args.lang, catalogue.timezone)
    old = _folded(args, catalogue, lines)
    result: dict[str, Any] = {**old.run.picture, "deadletters": old.deadletters}
    if args.against is None:
        emit(args, result, replay_text(result, tongue))
        return _left(args, args.directory, old)
    from monitor.comparison import compare

    new = _folded(args, load(Path(args.against)), lines)
    difference = compare(old.run, new.run)
    result["against"] = {
        "digest": new.run.picture["digest"],
        **difference,
        "deadletters": new.deadletters,
    }
    emit(args, result, difference_text(difference, tongue))
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


VERBS = (
    Verb(
        name="replay",
        summary="Fold a log offline: final states, incidents, notifications, digest.",
        examples=(
            "keten replay region/ events.jsonl",
            "keten replay region/ events.jsonl --until 2026-06-09T12:00:00Z --json",
            "keten replay region/ events.jsonl --against region-new/",
            "keten replay region/ events.jsonl --lang nl",
            "keten export region/ --inputs | keten replay region/ - --json",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
