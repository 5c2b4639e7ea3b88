"""The command `keten`: picks the verb, maps errors to exit codes."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from monitor.cli.verb import OK, PARTIAL, USAGE, Verb, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FAMILIES = (
    "service",
    "catalogue",
    "offline",
    "replay",
    "report",
    "ledger",
    "export",
    "live",
    "explain",
    "probe",
    "profile",
    "discover",
    "impact",
    "reliability",
    "rootcause",
)
"""Modules of `monitor.cli`, each with its VERBS, in the order of `keten --help`."""

INTERRUPTED = 130

EPILOG = """\
exit codes:
  0 ok   1 findings   2 usage or configuration error   3 source unreachable or partial
  4 not allowed   130 interrupted

stdout carries the result, stderr the messages. `keten VERB --help` shows examples first."""


class _Parser(argparse.ArgumentParser):
    """A parser that refuses in our words; options are never guessed from their beginning."""

    def __init__(self, **how: Any) -> None:
        super().__init__(allow_abbrev=False, **how)

    def error(self, message: str) -> NoReturn:
        say(f"{self.prog}: {message}\nTry: {self.prog} --help")
        raise SystemExit(USAGE)

    def refuse(self, kind: str, word: str, known: Iterable[str]) -> NoReturn:
        """Refuse a word, naming the nearest one that exists."""
        near = get_close_matches(word, list(known), n=1)
        self.error(f"unknown {kind} {word}" + (f"; did you mean {near[0]}?" if near else ""))


class _Version(argparse.Action):
    """Looks the version up only when it is asked for: that costs more than all the verbs."""

    def __call__(self, *_: object) -> NoReturn:
        from importlib.metadata import version

        sys.stdout.write(f"keten {version('ketenmonitor')}\n")
        raise SystemExit(OK)


def verbs() -> list[Verb]:
    """Every verb, in the order of the help."""
    return [verb for name in FAMILIES for verb in import_module(f"monitor.cli.{name}").VERBS]


def parser(every: Sequence[Verb]) -> _Parser:
    """Build the parser of all verbs."""
    raw = argparse.RawDescriptionHelpFormatter
    top = _Parser(
        prog="keten",
        description="Chain monitoring: what is down, since when, because of whom, who feels it.",
        epilog=EPILOG,
        formatter_class=raw,
    )
    top.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    under = top.add_subparsers(metavar="VERB", title="verbs", parser_class=_Parser)
    for verb in every:
        examples = "\n".join(f"  {line}" for line in verb.examples)
        one = under.add_parser(
            verb.name,
            help=verb.summary,
            description=f"examples:\n{examples}\n\n{verb.summary}",
            formatter_class=raw,
        )
        one.add_argument("--json", action="store_true", help="the result as JSON")
        verb.arguments(one)
        one.set_defaults(run=verb.run, parser=one)
    return top


def _parsed(argv: Sequence[str]) -> argparse.Namespace:
    """Turn words into arguments; a verb or option that does not exist is refused with the nearest one."""
    every = verbs()
    top = parser(every)
    names = [verb.name for verb in every]
    if argv and not argv[0].startswith("-") and argv[0] not in names:
        top.refuse("verb", argv[0], names)
    args, extra = top.parse_known_args(argv)
    if not hasattr(args, "run"):
        top.print_help(sys.stderr)
        raise SystemExit(USAGE)
    if extra:
        option = extra[0].partition("=")[0]
        known = re.findall(r"--?[a-z][a-z0-9-]*", args.parser.format_usage())
        args.parser.refuse("option" if option.startswith("-") else "argument", option, known)
    return args


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _speak_utf8()
    try:
        code = _run(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _close_stdout()
        return OK
    return code


def _run(argv: Sequence[str]) -> int:
    try:
        args = _parsed(argv)
    except SystemExit as left:  # argparse leaves this way, after the help too
        return int(left.code or OK)
    from events.errors import ConfigError, KetenError, TransientError

    try:
        return int(args.run(args))
    except ConfigError as error:
        say(str(error))
        return USAGE
    except TransientError as error:
        say(f"keten: {error}")
        return PARTIAL
    except KetenError as error:
        say(f"keten: {error}")
        return USAGE


def _speak_utf8() -> None:
    """Results and messages are UTF-8 whatever the locale: they are read by programs as often as by people."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _close_stdout() -> None:
    """The reader has left: what is still in the buffer goes nowhere, without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
