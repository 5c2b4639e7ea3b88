"""The reference part of docs/catalogue.md, written from the shapes that the reader uses."""

from __future__ import annotations

from pathlib import Path

from monitor.service_schema import OPTIONS, SERVICE, variable
from topology.catalogue.schema import CATALOGUE
from topology.catalogue.shape import Either, Many, Record, Table

PAGE = Path(__file__).parents[2] / "docs" / "catalogue.md"
BEGIN = "<!-- keys: written by `python -m tests.reference` -->\n"
END = "<!-- end of keys -->\n"


def nested(shape):
    """The record inside a shape, if there is one, and how it is spelled behind the key."""
    if isinstance(shape, Record):
        return shape, ""
    if isinstance(shape, Many):
        record, behind = nested(shape.of)
        return record, "[]" + behind
    if isinstance(shape, Table):
        record, behind = nested(shape.of)
        return record, ".NAME" + behind
    if isinstance(shape, Either):
        for form in (shape.mapping, shape.items):
            if form is not None and nested(form)[0]:
                return nested(form)
    return None, ""


def spelled(shape) -> str:
    """What a value may be, for the table."""
    if isinstance(shape, Record):
        return "mapping"
    if isinstance(shape, Many):
        return f"list of {spelled(shape.of)}"
    if isinstance(shape, Table):
        return f"mapping of {' '.join(shape.names) or 'names'} to {spelled(shape.of)}"
    if isinstance(shape, Either):
        forms = (shape.text, shape.items, shape.mapping)
        return " or ".join(spelled(form) for form in forms if form is not None)
    return shape.word.replace("|", "\\|")


def rows(record: Record, prefix: str = ""):
    """One row a key, those inside it after it."""
    for name, key in record.keys.items():
        absent = "**required**" if key.required else key.absent
        doc = key.doc.replace("|", "\\|")
        yield f"| `{prefix}{name}` | {spelled(key.shape)} | {absent} | {doc} |"
        inner, behind = nested(key.shape)
        if inner is not None:
            yield from rows(inner, f"{prefix}{name}{behind}.")


def table(record: Record, prefix: str = "") -> str:
    """A table of all keys of a record."""
    head = ["| key | value | absent | meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *rows(record, prefix)]) + "\n"


def keys() -> str:
    """The reference: every section of the catalogue, then the settings."""
    parts, single = [], {}
    for name, key in CATALOGUE.keys.items():
        if isinstance(key.shape, Many):
            parts.append(f"### `{name}`\n\n{key.doc}\n\n{table(key.shape.of)}")
        else:
            single[name] = key
    parts.insert(0, "### Single keys\n\n" + table(Record("", single)))
    parts.append("### `service`\n\nHow the service runs.\n\n" + table(SERVICE))
    options = ["| `service:` | environment | command line |", "|---|---|---|"]
    options += [
        f"| `{'.'.join(where)}` | `{variable(name)}` | `--{name.replace('_', '-')}` |"
        for name, where in OPTIONS.items()
    ]
    parts.append("### Settings from outside the files\n\n" + "\n".join(options) + "\n")
    return "\n".join(parts)


def catalogue_page() -> str:
    """The page with its reference written anew."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{keys()}\n{END}{after}"
