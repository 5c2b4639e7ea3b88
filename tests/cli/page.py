"""The page docs/cli.md, written from the parsers of the verbs and the schemas of their results."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from monitor.__main__ import parser, verbs
from monitor.service_schema import OPTIONS, variable
from tests.cli.results import RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CODES", "cli_page"]

HEAD = """\
# The command line

Written from the code by `python -m tests.reference`; a test holds them together. `keten VERB --help` shows
the same, examples first.

- stdout carries the result and nothing else, stderr the messages. Both are UTF-8 whatever the locale.
- `--json` gives the result as JSON; its schema is under [schemas/](schemas/), and everything that is printed
  is validated against it. A key is never removed or given another meaning; new ones may come, so ignore
  what you do not know.
- There are no colours and no progress bars, so a pipe, `NO_COLOR` and `TERM=dumb` change nothing. States are
  told by sign and word.
- Options are never guessed from their beginning; a word that does not exist is refused with the nearest one.
- Moments are RFC 3339 with a zone: `2026-06-09T07:00:00Z`. Results are in UTC.
- A reader that leaves (`keten export region/ | head`) ends the verb quietly.

## Exit codes

| code | means |
|---|---|
| 0 | done. A chain that is down is an answer, not a failure |
| 1 | findings: of `check` a warning; of `status --exit-code` a chain that is not up |
| 2 | the call or the configuration is wrong; the message names the place and the cure |
| 3 | a source could not be reached or gave only a part; what it gave is on stdout |
| 4 | not allowed |
| 130 | interrupted with Ctrl-C; `run` and `demo` are meant to be stopped: they close and give 0 |

A catalogue that cannot be loaded gives 2 from every verb. With 2 and 4 there is nothing on stdout, except
from `check`, whose result is what is wrong.

## Environment

The command line wins over the environment, which wins over `service:` in the catalogue.

| variable | sets |
|---|---|
"""

CODES: dict[str, dict[int, str]] = {
    "demo": {0: "stopped", 2: "a port or directory cannot be had", 3: "Kafka cannot be reached"},
    "run": {0: "stopped", 2: "catalogue, settings or address", 3: "the log cannot be reached"},
    "init": {
        0: "written, or you said no",
        2: "something is there already, or it cannot be written",
    },
    "check": {0: "no warnings; notes do not count", 1: "warnings", 2: "errors"},
    "schema": {0: "always"},
    "evaluate": {0: "answered", 2: "catalogue or states are wrong"},
    "graph": {0: "answered", 2: "catalogue, format or directory is wrong"},
    "rootcause": {0: "answered", 2: "catalogue or evidence is wrong"},
    "replay": {0: "all lines used", 2: "catalogue or file", 3: "some lines could not be used"},
    "ledger": {
        0: "everything fits; all lines used",
        1: "`verify`: something does not fit",
        2: "catalogue, settings or file; the ledger cannot be read at all",
        3: "the database cannot be reached, or some lines could not be used",
    },
    "close": {
        0: "closed",
        2: "not over, closed already, not its turn, or not wholly in the ledger",
        3: "the database cannot be reached",
    },
    "revise": {
        0: "revised",
        2: "not closed, or nothing differs",
        3: "the database cannot be reached",
    },
    "report": {
        0: "all lines used; a missed target is an answer",
        2: "catalogue, month, moment, format or file",
        3: "some lines could not be used, or the ledger is away or knows nothing of the month",
    },
    "export": {0: "written", 2: "catalogue, settings or moments", 3: "there is no log to read"},
    "status": {
        0: "answered",
        1: "with `--exit-code`: a chain is not up",
        2: "the address is not one",
        3: "no service there",
        4: "it does not allow this",
    },
    "explain": {
        0: "answered",
        2: "no such chain, or the address is not one",
        3: "no service or log there, or some lines could not be used",
        4: "it does not allow this",
    },
    "explain-minute": {
        0: "answered",
        2: "catalogue, chain, moment or file",
        3: "no log or ledger knows that second, or some lines could not be used",
    },
    "incidents": {
        0: "answered",
        2: "the address is not one",
        3: "no service there",
        4: "it does not allow this",
    },
    "whatif": {
        0: "answered",
        2: "catalogue, parts or moment are wrong",
        3: "there is no log to read, or some lines could not be used",
    },
    "changes": {
        0: "answered",
        2: "catalogue, settings or moments are wrong",
        3: "there is no log to read, some lines could not be used, or not every conflict is listed",
    },
    "reliability": {0: "answered", 2: "catalogue, chain or day is wrong"},
    "probe": {0: "answered", 2: "address or credentials", 3: "silent, refused or incomplete"},
    "discover": {
        0: "answered",
        2: "the file of targets is wrong",
        3: "some target is silent or incomplete; the rest is given",
    },
    "profile": {
        0: "answered",
        2: "a profile, recording, address or credentials is wrong",
        3: "the device is silent, refuses or is incomplete",
    },
}

WITH_JSON = {
    "demo": "The first line of stdout is the address of the board; the log goes to stderr.",
    "run": "The first line of stdout is the address of the board; the log goes to stderr.",
    "schema": "The result is JSON with and without `--json`.",
    "graph": "`--json` is `--format json`; with `--output` the result is the list of files.",
    "export": "Each line is JSON with and without `--json`: an event as in [events.md](events.md).",
}
MORE_VARIABLES = {"KETEN_URL": "where `status`, `explain` and `incidents` ask, as `--url`"}


def spelled(schema: dict[str, Any]) -> str:
    """The type of a value as people write it."""
    if "enum" in schema:
        words = ["null" if word is None else f"`{word}`" for word in schema["enum"]]
        return "one of " + ", ".join(words)
    if "const" in schema:
        return str(schema["const"]).lower()
    if "anyOf" in schema:
        return " or ".join(spelled(one) for one in schema["anyOf"])
    names = {
        "string": "moment" if schema.get("format") == "date-time" else "text",
        "object": "map" if isinstance(schema.get("additionalProperties"), dict) else "object",
        "array": "list",
        "boolean": "true or false",
    }
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    item = schema.get("items", {})
    if kinds == ["array"] and item.get("type") == "string":
        return "list of text"
    return " or ".join(names.get(kind, kind) for kind in kinds)


def keys(schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """One line a key, deeper keys after their owner: `chains.ID.state`, `problems[].file`."""
    for name, one in schema.get("properties", {}).items():
        here = f"{path}{name}"
        yield f"| `{here}` | {spelled(one)} | {one['description']} |"
        yield from keys(one, f"{here}.")
        if isinstance(more := one.get("additionalProperties"), dict):
            yield from keys(more, f"{here}.ID.")
        if one.get("type") == "array":
            yield from keys(one["items"], f"{here}[].")


def result(verb: str) -> str:
    """What a verb prints with `--json`."""
    schema = RESULTS[verb]
    told = WITH_JSON.get(verb, schema["description"])
    parts = [f"Result: [schemas/{verb}.json](schemas/{verb}.json). {told}"]
    forms = schema.get("oneOf", [schema]) if verb != "export" else []
    tables = [listed for form in forms if (listed := list(keys(form)))]
    parts += ["\n".join(["| key | type | meaning |", "|---|---|---|", *one]) for one in tables]
    return "\n\n".join(parts)


def argument(action: argparse.Action) -> str:
    """An argument as a row: how it is written, and what it does."""
    name = action.metavar or action.dest.upper().replace("_", "-")
    if action.option_strings:
        written = f"{action.option_strings[-1]}{'' if action.nargs == 0 else f' {name}'}"
    else:
        written = f"[{name}]" if action.nargs == "?" else str(name)
    choices = ", ".join(f"`{one}`" for one in action.choices or ())
    said = (action.help or "").replace("%(default)s", str(action.default))
    return f"| `{written}` | {f'{choices}: ' if choices else ''}{said} |"


def arguments(verb: str, every: argparse.ArgumentParser) -> str:
    """Every argument of a verb but --help."""
    under = next(a for a in every._actions if isinstance(a, argparse._SubParsersAction))
    shown = [a for a in under.choices[verb]._actions if a.dest != "help"]
    ordered = sorted(shown, key=lambda a: bool(a.option_strings))
    return "\n".join(["| argument | means |", "|---|---|", *map(argument, ordered)])


def section(verb: Any, every: argparse.ArgumentParser) -> str:
    """One verb."""
    examples = "\n".join(verb.examples)
    codes = "; ".join(f"{code} {what}" for code, what in CODES[verb.name].items())
    return (
        f"\n## `keten {verb.name}`\n\n{verb.summary}\n\n```\n{examples}\n```\n\n"
        f"{arguments(verb.name, every)}\n\nExit: {codes}.\n\n{result(verb.name)}\n"
    )


def cli_page() -> str:
    """The whole page."""
    known = verbs()
    every = parser(known)
    settings = {variable(option): f"`{'.'.join(where)}`" for option, where in OPTIONS.items()}
    variables = [f"| `{k}` | {v} |" for k, v in {**settings, **MORE_VARIABLES}.items()]
    listed = [f"| [`{v.name}`](#keten-{v.name}) | {v.summary} |" for v in known]
    contents = "\n".join(["", "## Verbs", "", "| verb | does |", "|---|---|", *listed, ""])
    return HEAD + "\n".join(variables) + "\n" + contents + "".join(section(v, every) for v in known)
