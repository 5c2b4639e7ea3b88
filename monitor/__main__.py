"""The command `keten`: picks the verb, maps errors to exit codes."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from typing import TYPE_CHECKING, NoReturn

from monitor.cli.verb import PARTIAL, USAGE, Verb, say

if TYPE_CHECKING:
    from collections.abc import Sequence

FAMILIES = ("service", "catalogue", "offline", "replay", "live", "probe")
"""Modules of `monitor.cli`, each with its VERBS, in the order of `keten --help`."""

INTERRUPTED = 130

EPILOG = """\
exit codes:
  0 ok   1 findings   2 usage or configuration error   3 source unreachable or partial
  4 not allowed   130 interrupted

stdout carries the result, stderr the messages. `keten VERB --help` shows examples first."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        say(f"{self.prog}: {message}\nTry: {self.prog} --help")
        raise SystemExit(USAGE)


def verbs() -> list[Verb]:
    """Every verb, in the order of the help."""
    return [verb for name in FAMILIES for verb in import_module(f"monitor.cli.{name}").VERBS]


def parser(every: Sequence[Verb]) -> argparse.ArgumentParser:
    """Build the parser of all verbs."""
    raw = argparse.RawDescriptionHelpFormatter
    top = _Parser(
        prog="keten",
        description="Chain monitoring: what is down, since when, because of whom, who feels it.",
        epilog=EPILOG,
        formatter_class=raw,
    )
    top.add_argument("--version", action="version", version=_version())
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
        one.set_defaults(run=verb.run)
    return top


def _version() -> str:
    from importlib.metadata import version

    return f"keten {version('ketenmonitor')}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    top = parser(verbs())
    args = top.parse_args(argv)
    if not hasattr(args, "run"):
        top.print_help(sys.stderr)
        return USAGE
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
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
