"""Verbs of the family `replay`: a log folded offline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.cli.lang import add_language
from monitor.cli.verb import Verb, emit

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from monitor.cli.given import Given
    from monitor.replay import Run
    from topology.model import Catalogue

VERBS: tuple[Verb, ...]


class _Folded(NamedTuple):
    """A run, and the lines that it was given."""

    run: Run
    given: Given


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
    result: dict[str, Any] = {**old.run.picture, **old.given.beside}
    if args.against is None:
        emit(args, result, replay_text(result, tongue))
        return old.given.tell()
    from monitor.comparison import compare

    new = _folded(args, load(Path(args.against)), lines)
    difference = compare(old.run, new.run)
    result["against"] = {
        "digest": new.run.picture["digest"],
        **difference,
        **new.given.beside,
    }
    emit(args, result, difference_text(difference, tongue))
    return max(old.given.tell(args.directory), new.given.tell(args.against))


def _folded(args: argparse.Namespace, catalogue: Catalogue, lines: Sequence[bytes]) -> _Folded:
    from monitor.cli.given import given
    from monitor.replay import run
    from topology.compiled import Compiled

    known = given(catalogue, args.events, lines, args.as_of)
    return _Folded(run(Compiled.of(catalogue), known.events, args.until, args.as_of), known)


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
