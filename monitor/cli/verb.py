"""What a verb of the command line is, and how results leave it.

stdout carries the result, stderr everything else. Exit codes (DESIGN.md 7.3): 0 ok, 1 findings,
2 usage or configuration error, 3 source unreachable or partial, 4 not allowed, 130 interrupted.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

__all__ = ["FINDINGS", "NOT_ALLOWED", "OK", "PARTIAL", "USAGE", "Verb", "emit", "say"]

OK, FINDINGS, USAGE, PARTIAL, NOT_ALLOWED = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb. Its module imports nothing heavy: `run` imports what it needs.

    Args:
        name: As typed.
        summary: One line for the list.
        examples: Shown first in `--help`.
        arguments: Adds the arguments to its parser; `--json` is added for every verb.
        run: Does it; returns the exit code.
    """

    name: str
    summary: str
    examples: tuple[str, ...]
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\ufffd")
"""What would steer a terminal, shown as a mark: names and reasons come from devices and files."""


def emit(args: argparse.Namespace, result: Any, text: str) -> None:
    """Write the result to stdout: as JSON when `--json` was given, else as text."""
    if args.json:
        import json

        sys.stdout.write(json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    elif text:
        sys.stdout.write(text.removesuffix("\n").translate(_CONTROLS) + "\n")


def say(message: str) -> None:
    """Write a message for people to stderr."""
    sys.stderr.write(message.translate(_CONTROLS) + "\n")
