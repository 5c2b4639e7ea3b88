"""The JSON result of every verb as a JSON Schema: what `docs/schemas/` and `docs/cli.md` are written from.

The published schemas are open: a reader ignores keys that it does not know, so a key may be added. Every
key that is required is always printed. The tests validate against `closed` schemas: what is printed is
described.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from monitor.__main__ import FAMILIES
from tests.cli.schema.words import DIALECT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS", "closed", "published"]

RESULTS: Mapping[str, Schema] = {
    verb: schema
    for family in FAMILIES
    for verb, schema in import_module(f"tests.cli.schema.{family}").RESULTS.items()
}
"""By verb. `export` and `run` print lines, of which each, and the first, is described."""


def published(verb: str) -> Schema:
    """Turn a result into the schema that stands in docs/schemas."""
    return {"$schema": DIALECT, "title": f"keten {verb} --json", **RESULTS[verb]}


def closed(schema: Any) -> Any:
    """Turn a schema into one that refuses keys which it does not describe."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and "required" in schema and isinstance(schema["required"], list):
        inner.setdefault("additionalProperties", False)
    return inner
