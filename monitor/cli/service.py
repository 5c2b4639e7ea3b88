"""Verbs that run the service: run and demo."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from monitor.cli.verb import OK, Verb, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from monitor.app import Plan
    from monitor.demo.broker import Broker

__all__ = ["VERBS"]


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--log", choices=("journal", "kafka"), help="the event log")
    parser.add_argument("--kafka-servers", metavar="HOST:PORT", help="brokers, comma separated")
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        default="info",
        help="of the messages on stderr (default: %(default)s)",
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "--role",
        action="append",
        choices=("probe", "engine", "notify", "web"),
        help="only this role, over Kafka; may be given more than once (default: all)",
    )
    parser.add_argument("--data", metavar="DIR", help="data directory (default: DIR/.keten)")
    parser.add_argument("--listen", metavar="HOST:PORT", help="board, API and metrics")
    parser.add_argument("--traps", metavar="HOST:PORT", help="where SNMP traps are received")
    parser.add_argument("--kafka-prefix", metavar="P", help="what topic names begin with")
    parser.add_argument(
        "--vantage", metavar="ID", help="the vantage point that this process polls from"
    )
    parser.add_argument("--language", choices=("nl", "en"), help="of pages and letters")
    parser.add_argument(
        "--closing", choices=("automatic", "by-hand"), help="how a month that is over is closed"
    )
    parser.add_argument("--retention", metavar="SPAN", help="how long the log keeps events, as 30d")
    parser.add_argument("--snmp-engine", choices=("fast", "pysnmp"), help="which engine polls")
    _common(parser)


def _run(args: argparse.Namespace) -> int:
    import os
    from pathlib import Path

    from events.clock import SystemClock
    from events.errors import ConfigError
    from monitor import logs
    from monitor.app import ROLES, Plan
    from monitor.catalogue_files import load
    from monitor.service_schema import OPTIONS
    from monitor.settings import read

    logs.configure(level=args.log_level)
    directory = Path(args.directory)
    catalogue = load(directory)
    overrides = {name: getattr(args, name) for name in OPTIONS}
    settings = read(catalogue, directory, os.environ, overrides)
    for problem in settings.problems:
        say(str(problem))
    roles = tuple(args.role or ROLES)
    if set(roles) != set(ROLES) and settings.log != "kafka":
        raise ConfigError(
            "--role runs one role of several processes, which needs --log kafka: the journal has one"
            " writer"
        )
    plan = Plan(
        catalogue=catalogue, settings=settings, clock=SystemClock(), roles=roles, ready=_ready(args)
    )
    return _until_stopped(_serve(plan))


async def _serve(plan: Plan) -> None:
    from monitor.app import serve

    await serve(plan)


def _ready(args: argparse.Namespace) -> Callable[[str], None]:
    """The first line of stdout: where the board is; with `--json` as `{"url": ...}`."""

    def told(url: str) -> None:
        import json

        sys.stdout.write((json.dumps({"url": url}) if args.json else url) + "\n")
        sys.stdout.flush()

    return told


def _invite(args: argparse.Namespace) -> Callable[[str], None]:
    """As `_ready`, and tell a visitor on stderr what to do with the address."""
    ready = _ready(args)

    def told(url: str) -> None:
        ready(url)
        say(
            "Open this address in a browser: every minute or so something breaks. Ctrl-C stops all."
        )

    return told


def _port(text: str) -> int:
    import argparse

    most = 65_535
    if not text.isdecimal() or int(text) > most:
        raise argparse.ArgumentTypeError(f"{text} is not a port: 0 to {most}")
    return int(text)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        metavar="PORT",
        type=_port,
        default=8470,
        help="of the board (default: %(default)s)",
    )
    parser.add_argument(
        "--snmp-port",
        metavar="PORT",
        type=_port,
        default=16161,
        help="of the devices (default: %(default)s)",
    )
    parser.add_argument(
        "--trap-port",
        metavar="PORT",
        type=_port,
        default=9162,
        help="where they send traps (default: %(default)s)",
    )
    parser.add_argument(
        "--data", metavar="DIR", help="where catalogue and log are kept (default: one per user)"
    )
    _common(parser)


def _demo(args: argparse.Namespace) -> int:
    from pathlib import Path

    from monitor import logs
    from monitor.demo.run import home

    logs.configure(level=args.log_level)
    directory = Path(args.data) if args.data else home()
    return _until_stopped(_play(args, directory))


async def _play(args: argparse.Namespace, directory: Path) -> None:
    import asyncio
    import os

    from events.clock import SystemClock
    from monitor.app import Announce, Plan, serve
    from monitor.catalogue_files import load
    from monitor.demo.run import Listen, Region
    from monitor.settings import read

    clock = SystemClock()
    announce = Announce(clock)
    listen = Listen(
        snmp=args.snmp_port,
        board=f"127.0.0.1:{args.port}",
        traps=f"127.0.0.1:{args.trap_port}",
    )
    servers, broker = args.kafka_servers, None
    if args.log == "kafka" and not servers:
        broker = await asyncio.to_thread(_broker, directory)
        servers = broker.address
    try:
        async with Region(directory, clock, announce, listen) as region:
            catalogue = load(region.catalogue)
            # Of each log its own: what was folded of the one says nothing about places in the other.
            data = str(region.catalogue / ".keten-kafka") if args.log == "kafka" else None
            overrides = {"log": args.log, "kafka_servers": servers, "data": data}
            settings = read(catalogue, region.catalogue, os.environ, overrides)
            plan = Plan(
                catalogue=catalogue,
                settings=settings,
                clock=clock,
                beside=(region.play,),
                environment="demo",
                announce=announce,
                ready=_invite(args),
            )
            await serve(plan)
    finally:
        if broker is not None:
            await asyncio.to_thread(broker.stop)


def _broker(directory: Path) -> Broker:
    """A Kafka broker of our own for the demo, fetched once per user."""
    from monitor.demo.broker import Broker

    say("Starting Apache Kafka (the first time it is fetched with Maven, some 60 MB) ...")
    broker = Broker(directory.parent / "kafka", directory / "kafka")
    broker.start()
    return broker


def _until_stopped(job: Coroutine[None, None, None]) -> int:
    """Run until it ends by itself or SIGINT or SIGTERM comes; then it closes in bounded time."""
    import asyncio
    import signal

    async def main() -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(job)
        for sign in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sign, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            say("stopped")

    try:
        asyncio.run(main())
    except ExceptionGroup as group:
        raise _first(group) from group
    return OK


def _first(group: BaseException) -> BaseException:
    """The error that ended a group of jobs, out of its wrapping."""
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


VERBS = (
    Verb(
        name="demo",
        summary="A simulated office LAN on loopback with scripted faults, and the whole service on it.",
        examples=(
            "keten demo",
            "keten demo --port 9000 --data ./demo",
            "keten demo --log kafka",
        ),
        arguments=_add_demo,
        run=_demo,
    ),
    Verb(
        name="run",
        summary="The service: probes, engine, notifications, board and metrics.",
        examples=(
            "keten run region/",
            "keten run region/ --listen 127.0.0.1:9000 --data /var/lib/keten",
            "keten run region/ --role probe --log kafka --kafka-servers kafka-1:9092",
        ),
        arguments=_add_run,
        run=_run,
    ),
)
