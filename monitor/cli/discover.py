"""The verb discover: the wires between targets, by what they say of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, PARTIAL, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from probes.discovery.survey import Seed, Survey

__all__ = ["VERBS"]


def _arguments(parser: argparse.ArgumentParser) -> None:
    from monitor.cli.probe import add_waiting

    parser.add_argument(
        "--targets",
        metavar="FILE.json",
        required=True,
        help='`[{"name": "sw-1", "address": "192.0.2.10", "community": "env:LAN_RO"}]`;'
        " `contexts` are further communities, one a VLAN",
    )
    add_waiting(parser)


def _run(args: argparse.Namespace) -> int:
    import asyncio

    from monitor.cli.discover_targets import read_seeds
    from monitor.cli.discover_text import text_of_network
    from probes.discovery.network import network

    found = asyncio.run(_survey(read_seeds(args.targets, args.timeout, args.retries)))
    result: dict[str, Any] = network(found.devices)
    emit(args, result, text_of_network(result))
    return _tell(found)


async def _survey(seeds: Sequence[Seed]) -> Survey:
    from events.clock import SystemClock
    from probes.discovery.survey import survey
    from probes.snmp.fast import FastEngine

    engine = FastEngine(SystemClock())
    try:
        return await survey(engine, seeds)
    finally:
        await engine.close()


def _tell(found: Survey) -> int:
    """Name who was silent or incomplete; the rest stands."""
    for name, reason in sorted(found.silent.items()):
        say(f"keten discover: {name}: {reason}")
    for name in sorted(found.partial):
        say(f"keten discover: {name} left questions unanswered; try a longer --timeout")
    return PARTIAL if found.silent or found.partial else OK


VERBS: tuple[Verb, ...] = (
    Verb(
        name="discover",
        summary="Find the wires between devices by LLDP, CDP and their bridge tables.",
        examples=(
            "keten discover --targets office.json",
            "keten discover --targets office.json --json > network.json",
        ),
        arguments=_arguments,
        run=_run,
    ),
)
