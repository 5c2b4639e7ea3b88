"""Verbs of the family `explain`: why a chain is, or was, in its state, and why a second counts as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from events.contract import AnyEvent
    from monitor.eventlines import Refusal
    from topology.compiled import Compiled
    from topology.model import Catalogue

__all__ = ["VERBS"]

SYMPTOMS = 12
"""Symptoms that are named for people; of more only the number is told."""


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
            emit(args, {**found, "from": "ledger", "deadletters": []}, _minute_text(found))
            return OK
    compiled, events, deadletters = usable_lines(args.directory, args.events, args.chain)
    told = minute(compiled, events, args.chain, seconds(at), as_of)
    source = "log" if args.events is None else "lines"
    emit(args, {**told, "from": source, "deadletters": deadletters}, _minute_text(told))
    return left(args.events, deadletters)


def from_lines(args: argparse.Namespace) -> int:
    """Explain a chain from event lines or the log, without a running service."""
    from events.errors import ConfigError
    from monitor.cli.moments import moment
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
    emit(args, {**told, "deadletters": deadletters}, _why_text(told))
    return left(args.events, deadletters)


def _why_text(told: Mapping[str, Any]) -> str:
    flags = f" ({', '.join(told['flags'])})" if told["flags"] else ""
    lines = [
        f"{told['name']}: {told['state']}{flags} since {told['since'] or '-'}, at {told['at']}",
        f"  rule     {told['rule']['words']}",
    ]
    felt = told["users_affected"]
    if felt["possible"]:
        lines.append(f"  users    {_users_text(felt)} of {told['users']} cannot work")
    for one in told["root_causes"]:
        lines += _cause_lines(one)
    lines += [_part_text(one) for one in told["parts"]]
    lines += [
        f"  work     {one['change']} {one['from']} to {one['to']}: {', '.join(one['components'])}"
        for one in told["work"]
    ]
    lines += [
        f"  event    {one['id']} {one['time']} {one['subject']} {one['status']}"
        f" ({one['kind']} by {one['source']}, {one['age_s']} s ago)"
        for one in told["evidence"]
    ]
    return "\n".join(lines)


def _users_text(felt: Mapping[str, Any]) -> str:
    certain, possible = felt["certain"], felt["possible"]
    return f"{possible}" if certain == possible else f"{certain} certainly, possibly {possible}"


def _cause_lines(one: Mapping[str, Any]) -> list[str]:
    owner, told = one["supplier"] or "no supplier", one["explanation"]
    since = f", since {told['since']}" if told else ""
    return [f"  cause    {one['id']}, {owner}{since}", *explanation_lines(one)]


def explanation_lines(one: Mapping[str, Any]) -> list[str]:
    """Turn a root cause into lines: cost, certainty, what else it can be, what would tell, symptoms."""
    told = one["explanation"]
    if told is None:
        return ["           no explanation is open for it"]
    others = [" + ".join(some) for some in told["explanations"] if some != [one["id"]]]
    tests = [_look_text(test) for test in told["next_tests"]]
    unnamed = len(told["symptoms"]) - SYMPTOMS
    more = [f"and {unnamed} more (--json names them)"] if unnamed > 0 else []
    said = (
        ("", [_cost_text(told)]),
        ("", [told["certainty"]] if told["certainty"] else []),
        ("cannot be told from: ", others),
        ("what would tell: ", tests),
        ("symptoms: ", [*told["symptoms"][:SYMPTOMS], *more]),
        ("flags: ", told["flags"]),
    )
    return [f"           {label}{', '.join(words)}" for label, words in said if words]


def _look_text(test: Mapping[str, Any]) -> str:
    subject = test["subject"]
    looks = {
        "port": f"look for a signal on the port of {subject} at {test.get('seen_from')}",
        "reach": f"ask whether {subject} answers",
        "elsewhere": f"ask {subject} from another vantage point",
        "inspect": f"look at {subject} on the spot",
    }
    return looks.get(test["way"], f"{test['way']} {subject}")


def _cost_text(told: Mapping[str, Any]) -> str:
    if told["cost"] is None:
        return "not weighed: it was said so"
    margin = (
        told["margin"]
        if told["margin"] is not None
        else None
        if told["runner_up"] is None
        else told["runner_up"] - told["cost"]
    )
    second = " + ".join(told["second"]) or "the runner-up"
    rest = "no other explanation" if margin is None else f"margin {margin} to {second}"
    return f"cost {told['cost']}, {rest}"


def _part_text(one: Mapping[str, Any]) -> str:
    owner = one["supplier"] or "no supplier"
    age = one["last_seen_age_s"]
    seen = "never observed" if one["last_seen"] is None else f"last observed {age} s ago"
    behind = f", behind {', '.join(one['because_of'])}" if one["because_of"] else ""
    since = one["since"] or "the beginning"
    return f"  part     {one['id']} {one['state']} since {since}, {owner}: {one['reason']}{behind}; {seen}"


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


def _minute_text(told: Mapping[str, Any]) -> str:
    service = told["service"]
    bucket = told["bucket"] or "none"
    lines = [
        f"{told['chain']} at {told['at']} ({told['local']})",
        f"  bucket   {bucket}: {told['counts_as']}",
        f"  hours    {'in' if service['in'] else 'not in'} service time: {service['reason']}"
        + (f" {' to '.join(service['window'])}" if service["window"] else "")
        + (f" (calendar {service['calendar']})" if service["calendar"] else ""),
        f"  state    {told['state']}",
    ]
    lines += [_component_text(one) for one in told["components"]]
    lines += [_work_text(one) for one in told["work"]]
    if whose := told["suppliers"]:
        split = ", ".join(f"{one} {share}" for one, share in whose["shapley"].items())
        held = " and ".join(whose["first_holds"])
        lines.append(f"  whose    {whose['key']}; fair split {split}; first holds {held}")
    lines += [
        f"  event    {one['id']} {one['time']} {one['subject']} {one['status']}"
        f" ({one['kind']} by {one['source']}, recorded {one['recorded']})"
        for one in told["events"]
    ]
    lines += [_correction_text(one) for one in told["corrections"]["applied"]]
    if without := told["corrections"]["without"]:
        lines.append(f"  without corrections the bucket would be {without['bucket'] or 'none'}")
    return "\n".join(lines)


def _component_text(one: Mapping[str, Any]) -> str:
    beneath = f" (beneath: {one['beneath']})" if one["beneath"] else ""
    since = one["since"] or "the beginning"
    owner = one["supplier"] or "no supplier"
    return f"  part     {one['id']} {one['state']}{beneath} since {since}, {owner}: {one['reason']}"


def _work_text(one: Mapping[str, Any]) -> str:
    excuses = "excuses this chain" if one["excludes"] else "excuses nothing here"
    return f"  work     {one['change']} {one['from']} to {one['to']}: {one['reason']}; {excuses}"


def _correction_text(one: Mapping[str, Any]) -> str:
    old, new = one["old"], one["new"]
    now = "withdrawn" if new is None else f"{new['status']} at {new['time']}"
    by = ", ".join(f"{each['id']} of {each['source']}" for each in one["by"])
    return f"  put right {one['event']}: {old['status']} at {old['time']}, now {now} (by {by})"


VERBS: tuple[Verb, ...] = (
    Verb(
        name="explain-minute",
        summary="Why one second of a chain counts as it does: hours, bucket, work, parts, whose.",
        examples=(
            "keten explain-minute region/ zaak-ptd 2026-06-09T14:30:00Z",
            "keten explain-minute region/ zaak-ptd 2026-06-09T14:30:00Z --events events.jsonl --json",
        ),
        arguments=_arguments,
        run=_minute,
    ),
)
