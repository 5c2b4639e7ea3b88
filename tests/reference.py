"""Writes the reference pages that follow from the code: `python -m tests.reference`.

`tests/test_docs.py` fails when a page and the code differ.
"""

from __future__ import annotations

import inspect
import json
import sys
from functools import partial
from pathlib import Path
from typing import get_args, get_origin, get_type_hints

import msgspec

from events import contract
from events.contract import TOPIC_OF, AnyEvent, Envelope
from tests.attributes import attributes
from tests.catalogue.reference import catalogue_page
from tests.cli.page import cli_page
from tests.cli.results import RESULTS, published

ROOT = Path(__file__).parent.parent

EVENTS_HEAD = """\
# Event reference

Every event is a CloudEvent 1.0 in structured JSON (`application/cloudevents+json; charset=UTF-8`),
one a line in exports, one a record in Kafka. This page is written from `events/contract.py` by
`python -m tests.reference`; a test holds them together.

Rules of evolution: the version is part of the type; unknown keys are ignored; a new key gets a
default; a key is never given another meaning. Times are aware and shown in UTC; `time` is the
best estimate of the fact, `recordedtime` the moment the log accepted it. Events are folded in the
order `time`, `recordedtime`, `id`. An event whose `time` is more than 5 minutes after its own
`recordedtime`, or of no year from 1970 to 2999, is quarantined. The id is derived from the content
without `recordedtime`, so a repeat has the same id.

## Attributes of every event

"""


def spelled(hint: object) -> str:  # noqa: PLR0911  # one line a form
    """A type as people write it: `one of up, down`, `list of text`, `moment or null`."""
    if hint is type(None):
        return "null"
    origin, args = get_origin(hint), get_args(hint)
    if hasattr(hint, "__metadata__"):
        return spelled(hint.__origin__)  # type: ignore[attr-defined]
    if origin is list:
        return f"list of {spelled(args[0])}"
    if origin is dict:
        return f"map of {spelled(args[0])} to {spelled(args[1])}"
    if str(origin) == "typing.Literal":
        return "one of " + ", ".join(f"`{one}`" for one in args)
    if args:
        return " or ".join(spelled(one) for one in args if one is not msgspec.UnsetType)
    plain = {str: "text", int: "integer", float: "number", bool: "true or false"}
    return plain.get(
        hint, "moment" if getattr(hint, "__name__", "") == "datetime" else hint.__name__
    )


def table(kind: type) -> str:
    """A table of the keys of a struct."""
    texts = attributes(kind)
    hints = get_type_hints(kind, include_extras=True)
    rows = ["| key | type | required | meaning |", "|---|---|---|---|"]
    for field in msgspec.structs.fields(kind):
        required = "yes" if field.required else "no"
        meaning = texts.get(field.name, "").replace("|", "\\|")
        rows.append(f"| `{field.name}` | {spelled(hints[field.name])} | {required} | {meaning} |")
    return "\n".join(rows) if len(rows) > 2 else "No keys."


def summary(kind: type) -> str:
    """The docstring up to its attributes, on one line."""
    text = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[0]
    return " ".join(text.split())


def events_page() -> str:
    """The whole page docs/events.md."""
    parts = [EVENTS_HEAD + table(Envelope) + "\n"]
    for kind in get_args(AnyEvent):
        data = get_type_hints(kind, include_extras=True)["data"]
        tag = kind.__struct_config__.tag
        parts.append(
            f"\n## `{tag}`\n\n{summary(kind)} Topic `{TOPIC_OF[kind]}`.\n\n{summary(data)}\n\n{table(data)}\n"
        )
    nested = {
        "trap`: a variable binding": contract.Varbind,
        "incident`: deadlines": contract.Deadlines,
    }
    parts += [
        f"\n## Nested in `{where}\n\n{summary(kind)}\n\n{table(kind)}\n"
        for where, kind in nested.items()
    ]
    return "".join(parts)


def schema_page(verb: str) -> str:
    """The schema of a result, as a file of docs/schemas."""
    return json.dumps(published(verb), indent=2, ensure_ascii=False) + "\n"


PAGES = {
    "docs/events.md": events_page,
    "docs/catalogue.md": catalogue_page,
    "docs/cli.md": cli_page,
    **{f"docs/schemas/{verb}.json": partial(schema_page, verb) for verb in RESULTS},
}


def main() -> int:
    """Write every page."""
    for name, page in PAGES.items():
        (ROOT / name).write_text(page(), encoding="utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
