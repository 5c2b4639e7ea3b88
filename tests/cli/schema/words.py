"""Words to write a JSON Schema with, one line a key."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$"
CHAIN_STATES = ("up", "degraded", "down", "unknown", "maintenance")
COMPONENT_STATES = ("up", "degraded", "down", "unknown", "unreachable", "maint")
HOP_STATES = ("down", "degraded", "unknown", "unreachable", "maintenance", "up")


def text(doc: str, *, null: bool = False) -> Schema:
    return {"type": ["string", "null"] if null else "string", "description": doc}


def whole(doc: str, *, null: bool = False, most: int | None = None) -> Schema:
    limits = {"minimum": 0} if most is None else {"minimum": 0, "maximum": most}
    return {"type": ["integer", "null"] if null else "integer", **limits, "description": doc}


def number(doc: str, *, null: bool = False) -> Schema:
    return {"type": ["number", "null"] if null else "number", "description": doc}


def truth(doc: str) -> Schema:
    return {"type": "boolean", "description": doc}


def one_of(words: tuple[str, ...], doc: str, *, null: bool = False) -> Schema:
    return {"enum": [*words, None] if null else [*words], "description": doc}


def moment(doc: str, *, null: bool = False) -> Schema:
    return {**text(doc, null=null), "format": "date-time", "pattern": UTC}


def digest(doc: str) -> Schema:
    return {**text(doc), "pattern": "^[0-9a-f]{64}$"}


def rows(item: Schema, doc: str) -> Schema:
    return {"type": "array", "items": item, "description": doc}


def texts(doc: str) -> Schema:
    return rows({"type": "string"}, doc)


def thing(doc: str, **keys: Schema) -> Schema:
    """An object that has all of these keys."""
    return {"type": "object", "description": doc, "required": [*keys], "properties": keys}


def by_id(item: Schema, doc: str) -> Schema:
    return {"type": "object", "additionalProperties": item, "description": doc}


def merged(doc: str, *parts: Schema, **keys: Schema) -> Schema:
    """One object of the keys of several."""
    own = {name: key for part in parts for name, key in part["properties"].items()}
    return thing(doc, **own, **keys)
