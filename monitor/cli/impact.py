"""Verbs of the family `impact`: what would happen if, and the change calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.plural import counted
from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from monitor.chronicle import Chronicle
    from monitor.cli.given import Given
    from topology.compiled import Compiled
    from topology.model import Catalogue

__all__ = ["VERBS"]


def _known(directory: Path, events: str | None) -> tuple[Compiled, Chronicle, Given]:
    """The catalogue, what is known of it, and what there is to say about the lines."""
    from monitor.catalogue_files import load
    from monitor.chronicle import Chronicle
    from monitor.cli.given import given
    from monitor.cli.log_lines import event_lines
    from topology.compiled import Compiled

    catalogue = load(directory)
    known = given(catalogue, events, event_lines(directory, events))
    compiled = Compiled.of(catalogue)
    return compiled, Chronicle(compiled, known.events), known


# --- whatif ---------------------------------------------------------------------------------------


def _with_parts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "--down",
        required=True,
        metavar="A,B",
        help="components, links and shared risks that would be down",
    )
    parser.add_argument(
        "--at", metavar="T", help="with the states and agreed work of this moment, not all else up"
    )
    parser.add_argument(
        "--events", metavar="EVENTS.jsonl", help="with --at: event lines; - reads stdin"
    )


def _whatif(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import collector_at_rest

    with (
        collector_at_rest()
    ):  # what is made lives to the end: 46,000 components took half as long again
        return _asked(args)


def _asked(args: argparse.Namespace) -> int:
    from pathlib import Path

    from events.errors import ConfigError
    from events.span import seconds
    from monitor.catalogue_files import load
    from monitor.cli.moments import moment
    from topology.impact.whatif import whatif

    directory, at = Path(args.directory), moment(args.at, "--at")
    down = [id_.strip() for id_ in args.down.split(",") if id_.strip()]
    if not down:
        raise ConfigError("--down: name at least one component, as in --down core-1,wan-2")
    if at is None and args.events is not None:
        raise ConfigError("--events: say the moment too, as in --at 2026-06-09T07:00:00Z")
    states: Mapping[str, str] = {}
    known: Given | None = None
    gates = None
    if at is None:
        catalogue = load(directory)
    else:
        compiled, chronicle, known = _known(directory, args.events)
        catalogue, states = compiled.catalogue, chronicle.states(seconds(at))
        gates = compiled.gates
    result = {"simulation": True, "at": args.at, **whatif(catalogue, down, states, gates)}
    result |= known.beside if known else {"remarks": [], "deadletters": []}
    emit(args, result, "\n".join(_whatif_text(catalogue, result)))
    return known.tell() if known else OK


def _whatif_text(catalogue: Catalogue, result: Mapping[str, Any]) -> Iterator[str]:
    at = f" at {result['at']}" if result["at"] else ", all else up"
    yield f"SIMULATION (simulatie, geen echte status): {', '.join(result['down'])} down{at}"
    if not result["chains"]:
        yield _UNCHANGED if result["touched"] else _UNTOUCHED
    for id_, one in result["chains"].items():
        before, after = one["before"], one["after"]
        spare = f"further failures to spare {_spare(before['kappa'])} -> {_spare(after['kappa'])}"
        users = catalogue.groups[catalogue.chains[id_].source].users
        felt = f", {counted(users, 'user')}" if id_ in result["chains_down"] else ""
        yield f"{id_:<32} {before['state']} -> {after['state']}{felt}; {spare}"
    yield (
        f"cannot work: {counted(result['users'], 'user')}, {counted(len(result['groups_down']), 'group')}, "
        f"{len(result['chains_down'])} of {len(catalogue.chains)} chains"
    )
    for one in result["suppliers"]:
        yield f"to repair: {one['supplier'] or 'nobody named'}: {', '.join(one['parts'])}"


_UNCHANGED = (
    "No chain changes, redundancy takes it (geen keten verandert, redundantie vangt dit op)"
)
_UNTOUCHED = "No chain changes, for none rests on this (geen keten rust hierop)"


def _spare(kappa: int) -> str:
    """Kappa failures lose the chain, so one less is what it survives."""
    return {0: "none, it is lost", 1: "0", 2: "1"}.get(kappa, "2 or more")


# --- changes --------------------------------------------------------------------------------------


def _with_span(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument("--events", metavar="EVENTS.jsonl", help="event lines; - reads stdin")
    parser.add_argument("--from", dest="since", metavar="T", help="from this moment on (RFC 3339)")
    parser.add_argument("--to", dest="until", metavar="T", help="up to this moment")
    parser.add_argument(
        "--users",
        type=int,
        default=0,
        metavar="N",
        help="warn of used-up redundancy when more than N users hang on it (default 0)",
    )


def _changes(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import collector_at_rest

    with collector_at_rest():
        return _planned(args)


def _planned(args: argparse.Namespace) -> int:
    import os
    from pathlib import Path

    from events.errors import ConfigError
    from events.span import seconds
    from monitor.changes import change_calendar
    from monitor.cli.moments import moment
    from monitor.settings import read

    since, until = moment(args.since, "--from"), moment(args.until, "--to")
    if since and until and since >= until:
        raise ConfigError("--from must lie before --to")
    span = (seconds(since) if since else None, seconds(until) if until else None)
    directory = Path(args.directory)
    compiled, chronicle, known = _known(directory, args.events)
    freezes = read(compiled.catalogue, directory, os.environ, log_only=True, ledger=False).freezes
    result = {**change_calendar(compiled, chronicle, span, freezes, args.users), **known.beside}
    emit(args, result, "\n".join(_changes_text(result)))
    code = known.tell()
    if result["complete"]:
        return code
    say(
        "not every conflict is listed: see `exhausted_to` of the intervals; ask for less with --from and --to"
    )
    return PARTIAL


def _changes_text(result: Mapping[str, Any]) -> Iterator[str]:
    if not result["changes"]:
        yield "No changes are planned in this time."
        return
    for one in result["changes"]:
        agreed = "agreed" if one["agreed"] else "not agreed"
        yield f"{one['id']:<20} {one['from']} to {one['to']}  {agreed}: {', '.join(one['components'])}"
        yield f"    {_felt(one)}{_reviewed(one['observed'])}"
    yield ""
    for row in result["intervals"]:
        yield f"{row['from']} to {row['to']}  {', '.join(row['changes'])}: {_felt(row)}"
        smallest = sorted(row["conflicts"], key=lambda one: len(one["changes"]))
        for one in smallest[:_SHOWN]:
            yield f"    CONFLICT {' + '.join(one['changes'])}: together they take down {one['group']}"
        if len(smallest) > _SHOWN:
            yield f"    and {counted(len(smallest) - _SHOWN, 'conflict')} more; --json lists them"
        if not row["complete"]:
            known = row["conflicts_counted"]
            of = "of an unknown number" if known is None else f"of {known} in all"
            to = row["exhausted_to"]
            yield f"    {of} conflicts, not exhausted above {to} changes and outages together"
    yield from ("", *(f"warning: {one['message']}" for one in result["warnings"]))


_SHOWN = 20
"""Conflicts of an interval that are told to people, smallest first."""


def _felt(one: Mapping[str, Any]) -> str:
    if not one["chains_down"]:
        return "no chain falls"
    groups = ", ".join(one["groups_down"])
    falls = counted(len(one["chains_down"]), "chain falls", "chains fall")
    return f"{falls}, {counted(one['users'], 'user')} of {groups}"


def _reviewed(observed: Mapping[str, Any] | None) -> str:
    if observed is None:
        return ""
    more = observed["undeclared"]
    beyond = f", not declared: {', '.join(more)}" if more else ", all as declared"
    return f"; afterwards: {len(observed['chains_down'])} fell{beyond}"


VERBS = (
    Verb(
        name="whatif",
        summary="Who would notice if these parts were down, and what redundancy is left.",
        examples=(
            "keten whatif region/ --down core-1",
            "keten whatif region/ --down wan-1,wan-2 --json",
            "keten whatif region/ --down core-1 --at 2026-06-09T07:00:00Z --events events.jsonl",
        ),
        arguments=_with_parts,
        run=_whatif,
    ),
    Verb(
        name="changes",
        summary="The change calendar: who falls when, which changes clash, what to look at.",
        examples=(
            "keten changes region/",
            "keten changes region/ --events events.jsonl --from 2026-06-01T00:00:00Z",
            "keten changes region/ --events events.jsonl --json | jq '.intervals[].conflicts'",
        ),
        arguments=_with_span,
        run=_changes,
    ),
)
