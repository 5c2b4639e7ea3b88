"""The verb probe: one device, asked over SNMP, as vendor-neutral facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from probes.port import Secret, SnmpCredential
    from probes.snmp.engine import Agent, Engine
    from probes.snmp.facts import Facts
    from probes.snmp.profile.model import Profile

__all__ = ["VERBS", "add_agent", "add_waiting", "agent_of", "engine_for", "secret_of"]

N = TypeVar("N", int, float)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("address", metavar="HOST:PORT", help="the agent (port 161 if left out)")
    add_agent(parser)


def add_agent(parser: argparse.ArgumentParser) -> None:
    """Add how to ask an agent, and what to understand it with."""
    form = "itself, or env:NAME, or file:PATH"
    parser.add_argument("--community", metavar="C", help=f"v2c community: {form}")
    parser.add_argument("--v3-user", metavar="U", help="SNMPv3 user")
    parser.add_argument(
        "--v3-auth", metavar="TYPE:SECRET", help=f"MD5, SHA1, SHA256, ...; the secret {form}"
    )
    parser.add_argument(
        "--v3-priv", metavar="TYPE:SECRET", help=f"DES, AES128, AES256, ...; the secret {form}"
    )
    add_waiting(parser)
    parser.add_argument(
        "--profiles",
        metavar="PATH",
        action="append",
        default=[],
        help="a vendor profile of your own, or a directory of them; may be given more than once",
    )
    parser.add_argument(
        "--engine",
        choices=("auto", "fast", "reference"),
        default="auto",
        help="auto: fast for v2c, reference (pysnmp) for v3",
    )


def add_waiting(parser: argparse.ArgumentParser) -> None:
    """Add how long to wait for an answer."""
    parser.add_argument(
        "--timeout", metavar="S", type=_seconds, default=2.0, help="seconds a try (default 2)"
    )
    parser.add_argument(
        "--retries", metavar="N", type=_tries, default=2, help="tries after the first (default 2)"
    )


def _seconds(text: str) -> float:
    return _within(text, float, 0.001, 60)


def _tries(text: str) -> int:
    return _within(text, int, 0, 10)


def _within(text: str, kind: Callable[[str], N], least: float, most: float) -> N:
    """Turn text into a number between bounds; argparse shows the message."""
    import argparse

    try:
        value = kind(text)
    except ValueError:
        value = None
    if value is None or not least <= value <= most:
        raise argparse.ArgumentTypeError(f"{text} is not a number from {least} to {most}")
    return value


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from events.errors import DeviceRefused, DeviceSilent
    from monitor.profile_files import load_profiles

    agent = agent_of(args)
    profiles = load_profiles(args.profiles)
    try:
        found, complete = asyncio.run(_ask(agent, engine_for(args, agent), profiles))
    except (DeviceSilent, DeviceRefused) as error:
        say(f"keten probe: {error}")
        return PARTIAL
    from monitor.cli.probe_text import text_of_facts

    emit(args, found, text_of_facts(found))
    if not complete:
        say(
            f"keten probe: {agent} left questions unanswered; see quirks, or try a longer --timeout"
        )
        return PARTIAL
    return OK


async def _ask(agent: Agent, engine: Engine, profiles: list[Profile]) -> tuple[Facts, bool]:
    from probes.snmp.facts import read_facts

    try:
        found, complete, _ = await read_facts(engine, agent, profiles)
    finally:
        await engine.close()
    return found, complete


def engine_for(args: argparse.Namespace, agent: Agent) -> Engine:
    """Build the one adapter of these verbs: they need nothing else of the composition root.

    Raises:
        ConfigError: The engine that was asked for does not speak that version.
    """
    if _engine_name(args, agent) == "fast":
        from events.clock import SystemClock
        from probes.snmp.fast import FastEngine

        return FastEngine(SystemClock())
    from probes.snmp.reference import ReferenceEngine

    return ReferenceEngine()


def _engine_name(args: argparse.Namespace, agent: Agent) -> str:
    from events.errors import ConfigError

    if args.engine == "fast" and agent.credential.version != "2c":
        raise ConfigError("keten probe: --engine fast speaks v2c only; leave it out for SNMPv3")
    if args.engine != "auto":
        return str(args.engine)
    return "fast" if agent.credential.version == "2c" else "reference"


def agent_of(args: argparse.Namespace) -> Agent:
    """Turn the arguments of `add_agent` and `address` into the agent.

    Raises:
        ConfigError: What is wrong with them.
    """
    from events.errors import ConfigError
    from probes.snmp.engine import Agent, split_address

    try:
        host, port = split_address(args.address)
    except ValueError as error:
        raise ConfigError(f"{error}") from None
    return Agent(
        host=host,
        port=port,
        credential=_credential(args),
        timeout_s=args.timeout,
        retries=args.retries,
    )


def _credential(args: argparse.Namespace) -> SnmpCredential:
    from events.errors import ConfigError
    from probes.port import SnmpCredential

    if bool(args.community) == bool(args.v3_user):
        raise ConfigError("give either --community C or --v3-user U")
    if args.community:
        return SnmpCredential(community=secret_of(args.community, "--community"))
    auth_type, auth = _typed(args.v3_auth, "--v3-auth")
    priv_type, priv = _typed(args.v3_priv, "--v3-priv")
    if priv and not auth:
        raise ConfigError("keten probe: --v3-priv needs --v3-auth: no privacy without a name")
    return SnmpCredential(
        version="3",
        user=args.v3_user,
        auth_type=auth_type,
        auth_secret=auth,
        priv_type=priv_type,
        priv_secret=priv,
    )


def _typed(text: str | None, option: str) -> tuple[str | None, Secret | None]:
    """Turn `SHA256:env:NAME` into the type and the secret."""
    from events.errors import ConfigError

    if text is None:
        return None, None
    kind, colon, rest = text.partition(":")
    if not colon or not rest:
        raise ConfigError(f"keten probe: {option} is written TYPE:SECRET, as in SHA256:env:NAME")
    return kind.upper(), secret_of(rest, option)


def secret_of(text: str, option: str) -> Secret:
    """Turn `env:NAME`, `file:PATH` or the thing itself into the secret."""
    import os
    from pathlib import Path

    from events.errors import ConfigError
    from probes.port import Secret

    kind, _, rest = text.partition(":")
    try:
        if kind == "env":
            value = os.environ.get(rest, "")
        elif kind == "file":
            value = Path(rest).read_text(encoding="utf-8").rstrip("\r\n")
        else:
            value = text
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"keten probe: {option}: {rest} cannot be read ({error})") from None
    if not value:
        raise ConfigError(f"keten probe: {option}: {kind} {rest} is empty or not set")
    return Secret(value)


VERBS: tuple[Verb, ...] = (
    Verb(
        name="probe",
        summary="Ask one device over SNMP and show it as vendor-neutral facts.",
        examples=(
            "keten probe 192.0.2.10 --community env:LAN_RO",
            "keten probe sw-1.example:161 --community file:/run/secrets/lan-ro --json",
            "keten probe 192.0.2.10 --v3-user mon --v3-auth SHA256:env:AUTH --v3-priv AES128:env:PRIV",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
