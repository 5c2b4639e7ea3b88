"""Verbs of the family `catalogue`: init, check, schema."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.cli.plural import counted
from monitor.cli.verb import FINDINGS, OK, USAGE, Verb, emit, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from events.errors import Problem
    from topology.model import Catalogue

__all__ = ["VERBS"]

TEMPLATES = Path(__file__).parent / "templates" / "init"
SCHEMA_FILE = "keten.schema.json"
_WIDEST = 160  # characters of a source line that help; flow-style YAML can be much wider


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")


def _check(args: argparse.Namespace) -> int:
    from events.clock import SystemClock
    from events.errors import ConfigError
    from monitor.catalogue_files import load

    try:
        catalogue = load(args.directory, examine=True, now=SystemClock().now())
    except ConfigError as error:
        _tell(args, error.problems, "")
        return USAGE
    _tell(args, catalogue.problems, _size(catalogue))
    found = any(problem.severity == "warning" for problem in catalogue.problems)
    return FINDINGS if found else OK


def _tell(args: argparse.Namespace, problems: Sequence[Problem], last: str) -> None:
    """Write the problems as the result; the count of them is a message."""
    from dataclasses import asdict

    blocks = [*_blocks(problems), last] if last else _blocks(problems)
    emit(args, {"problems": [asdict(problem) for problem in problems]}, "\n".join(blocks))
    count = Counter(problem.severity for problem in problems)
    if count:
        say(", ".join(counted(count[kind], kind) for kind in ("error", "warning", "note")))


def _size(catalogue: Catalogue) -> str:
    sizes = (
        (catalogue.components, "component"),
        (catalogue.links, "link"),
        (catalogue.groups, "group"),
        (catalogue.chains, "chain"),
    )
    told = ", ".join(counted(len(things), word) for things, word in sizes)
    return f"catalogue {catalogue.version[:12]}: {told}"


def _blocks(problems: Iterable[Problem]) -> list[str]:
    """Turn problems into lines, each with its source line and a caret under the place."""
    files: dict[str, list[str]] = {}
    out = []
    for problem in problems:
        if problem.file not in files:
            files[problem.file] = _lines(problem.file)
        out.append(str(problem) if problem.file else problem.message)
        if 0 < problem.line <= len(files[problem.file]):
            out.extend(_source(problem, files[problem.file]))
    return out


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return []


def _source(problem: Problem, lines: Sequence[str]) -> list[str]:
    if not _may_be_shown(problem.line, lines):
        return []
    line = lines[problem.line - 1].rstrip("\r\n")
    start = max(0, problem.column - 1 - _WIDEST // 2) if len(line) > _WIDEST else 0
    shown = line[start : start + _WIDEST]
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else " " for char in shown)
    return [f"    {shown}", f"    {' ' * (problem.column - 1 - start)}^"]


def _may_be_shown(number: int, lines: Sequence[str]) -> bool:
    """Lines of `service:` are never repeated: a secret may have been written there by mistake."""
    for line in reversed(lines[:number]):
        if line[:1].isalpha():
            return not line.startswith("service")
    return False


def _init_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", nargs="?", default=".", help="default: here")
    parser.add_argument("--yes", action="store_true", help="ask nothing")


def _init(args: argparse.Namespace) -> int:
    directory = Path(args.directory)
    pages = {page.name: page.read_text(encoding="utf-8") for page in TEMPLATES.iterdir()}
    pages[SCHEMA_FILE] = _schema_text()
    there = sorted({*directory.glob("*.yaml"), *(directory / name for name in pages)})
    there = [path for path in there if path.exists()]
    if there:
        say(f"keten init: {there[0]} exists; nothing is overwritten: choose an empty directory")
        return USAGE
    if not args.yes and not _agreed(directory, pages):
        say("keten init: nothing written")
        return OK
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            with (directory / name).open("x", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        say(f"keten init: cannot write in {directory}: {error.strerror}")
        return USAGE
    written = sorted(str(directory / name) for name in pages)
    emit(args, {"written": written}, "\n".join(written))
    say(f"Next: keten check {directory}")
    return OK


def _agreed(directory: Path, pages: Iterable[str]) -> bool:
    """Ask a person; a script without a terminal has decided by calling."""
    if not sys.stdin.isatty():
        return True
    sys.stderr.write(f"Write {', '.join(sorted(pages))} in {directory}? [Y/n] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("", "y", "yes", "j", "ja")


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def _schema(args: argparse.Namespace) -> int:
    text = _schema_text()
    args.json = False  # the text is JSON already
    emit(args, None, text)
    return OK


def _schema_text() -> str:
    import json

    from monitor.service_schema import SERVICE
    from topology.catalogue.schema import json_schema

    return json.dumps(json_schema(SERVICE), indent=2, ensure_ascii=False) + "\n"


VERBS: tuple[Verb, ...] = (
    Verb(
        name="init",
        summary="Write a first catalogue: commented YAML and its schema; overwrites nothing.",
        examples=("keten init kantoor", "keten init kantoor --yes && keten check kantoor"),
        arguments=_init_arguments,
        run=_init,
    ),
    Verb(
        name="check",
        summary="Check a catalogue: every problem at once, with file, line, column and the cure.",
        examples=("keten check kantoor", "keten check kantoor --json | jq '.problems[].code'"),
        arguments=_check_arguments,
        run=_check,
    ),
    Verb(
        name="schema",
        summary="Write the JSON Schema of a catalogue, for editors and other tools.",
        examples=("keten schema > kantoor/keten.schema.json",),
        arguments=_schema_arguments,
        run=_schema,
    ),
)
