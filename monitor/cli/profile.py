"""The verb profile: vendor profiles tried on a recording, without the device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from probes.snmp.ber import VarBind
    from probes.snmp.engine import Walked
    from probes.snmp.profile.model import Profile

__all__ = ["VERBS"]

WHOLE = ("1.3.6.1", "1.0.8802")
"""Everything that an agent tells: internet, and LLDP, which stands beside it."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    from monitor.cli.probe import add_agent

    parser.add_argument(
        "action",
        choices=("list", "test", "record"),
        help="show the profiles, try them on a recording, or record a device to stdout",
    )
    parser.add_argument(
        "subject",
        nargs="?",
        metavar="RECORDING",
        help="of test: the file; of record: the agent, HOST:PORT",
    )
    add_agent(parser)


def _run(args: argparse.Namespace) -> int:
    from events.errors import ConfigError

    if args.action == "list":
        if args.subject is not None:
            raise ConfigError(f"keten profile list: unknown argument {args.subject}")
        return _list(args)
    if args.subject is None:
        what = "a recording" if args.action == "test" else "an agent, HOST:PORT"
        raise ConfigError(f"keten profile {args.action}: name {what}")
    return _test(args) if args.action == "test" else _record(args)


# --- list ---------------------------------------------------------------------------------------


def _list(args: argparse.Namespace) -> int:
    from monitor.profile_files import load_profiles

    result = {
        "known": [
            {"name": profile.name, "matches": [_match(each) for each in profile.matches]}
            for profile in load_profiles(args.profiles)
        ]
    }
    lines = [
        f"{each['name']}  {'; '.join(each['matches']) or 'every device'}"
        for each in result["known"]
    ]
    emit(args, result, "\n".join(lines))
    return OK


def _match(match: Any) -> str:
    from probes.snmp.oid import dotted

    told = [
        f"object id {dotted(match.object_id)}" if match.object_id else "",
        f"description /{match.description.pattern}/" if match.description else "",
        f"has {dotted(match.has)}" if match.has else "",
    ]
    return ", ".join(filter(None, told))


# --- test ---------------------------------------------------------------------------------------


def _test(args: argparse.Namespace) -> int:
    import asyncio

    from monitor.cli.probe_text import text_of_facts
    from monitor.profile_files import load_profiles
    from probes.port import SnmpCredential
    from probes.snmp.engine import Agent
    from probes.snmp.facts import read_facts
    from probes.snmp.recording import RecordedEngine

    rows = _rows(args.subject)
    profiles = load_profiles(args.profiles)
    agent = Agent(host="recording", credential=SnmpCredential())
    found, _, used = asyncio.run(read_facts(RecordedEngine(rows), agent, profiles))
    result = {"profiles": [each.name for each in used], "rules": _rules(used, rows), "facts": found}
    emit(args, result, f"{_told(result)}\n\n{text_of_facts(found)}")
    if not used:
        say(f"keten profile: no profile fits this device; its sysObjectID is {_object_id(found)}")
    return OK


def _object_id(found: dict[str, Any]) -> str:
    return str(found["system"]["object_id"] or "not in the recording")


def _rows(path: str) -> list[VarBind]:
    from pathlib import Path

    from events.errors import ConfigError, ContractError
    from probes.snmp.recording import read_recording

    try:
        with Path(path).open(encoding="utf-8", newline="\n") as lines:
            return read_recording(lines)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; name a recording (*.snmprec)") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8; a recording holds bytes as hex") from None
    except ContractError as error:
        raise ConfigError(f"{path}: {error}") from None


def _rules(used: Sequence[Profile], rows: Sequence[VarBind]) -> list[dict[str, Any]]:
    """How many rows each rule gives: a rule that gives none is wrong, or not of this device."""
    from probes.snmp.profile.apply import count
    from probes.snmp.rows import Rows
    from probes.snmp.system import ROOTS, identity_of

    own, _ = identity_of(Rows(rows, ROOTS))
    return [
        {"profile": profile.name, "section": section, "rule": place + 1, "rows": number}
        for profile in used
        for section, numbers in count(profile, Rows(rows, profile.roots, own)).items()
        for place, number in enumerate(numbers)
    ]


def _told(result: dict[str, Any]) -> str:
    lines = [f"profiles: {', '.join(result['profiles']) or 'none'}"]
    lines += [
        f"  {rule['profile']}: {rule['section']}, rule {rule['rule']}: "
        + ("nothing" if not rule["rows"] else f"{rule['rows']} row{'s' * (rule['rows'] != 1)}")
        for rule in result["rules"]
    ]
    return "\n".join(lines)


# --- record -------------------------------------------------------------------------------------


def _record(args: argparse.Namespace) -> int:
    import asyncio

    from events.errors import DeviceRefused, DeviceSilent
    from monitor.cli.probe import agent_of, engine_for
    from probes.snmp.oid import parse_oid
    from probes.snmp.recording import written

    args.address = args.subject
    agent = agent_of(args)

    async def walk() -> Walked:
        engine = engine_for(args, agent)
        try:
            return await engine.walk(agent, [parse_oid(root) for root in WHOLE])
        finally:
            await engine.close()

    try:
        walked = asyncio.run(walk())
    except (DeviceSilent, DeviceRefused) as error:
        say(f"keten profile: {error}")
        return PARTIAL
    lines = [written(row) for row in sorted(walked.rows, key=lambda row: row.oid)]
    emit(args, {"lines": lines, "quirks": walked.quirks}, "\n".join(lines))
    if not walked.complete:
        say(f"keten profile: {agent} left questions unanswered, so rows are missing")
        return PARTIAL
    return OK


VERBS: tuple[Verb, ...] = (
    Verb(
        name="profile",
        summary="Try vendor profiles on a recording of a device, or make one.",
        examples=(
            "keten profile record 192.0.2.10 --community env:LAN_RO > acme.snmprec",
            "keten profile test acme.snmprec --profiles my-profiles/",
            "keten profile list",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
