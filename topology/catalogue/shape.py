"""Shapes: what a value in the operator's files may be.

One shape both reads values and describes itself as JSON Schema, so that what is accepted and what editors
are told cannot drift apart. Values arrive as text, booleans, null, lists and mappings; numbers are text,
so that `99.5` is exact. Reading never stops at the first problem: it notes it and goes on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from topology.catalogue.reading import INVALID, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from topology.catalogue.reading import Path, Reading

__all__ = [
    "Either",
    "Id",
    "Key",
    "Many",
    "Record",
    "Ref",
    "Scalar",
    "Shape",
    "Table",
    "Told",
]


ID_PATTERN = r"[A-Za-z0-9._:/-]{1,120}"
ID_WORD = "an id: 1 to 120 of letters, digits and . _ - : /"


class Shape(Protocol):
    """What a value may be."""

    @property
    def word(self) -> str:
        """What it should be, for people: `a duration such as 60s`."""
        ...

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn a plain value into its typed one, or into INVALID with a problem noted."""
        ...

    def schema(self) -> dict[str, object]:
        """Describe the shape as JSON Schema 2020-12."""
        ...


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single word of text that must match a pattern and then make sense.

    Args:
        word: What it should be, for people.
        pattern: Regular expression for the whole text.
        parse: Turns the text into the value; raises ValueError with a reason of its own.
        described: Its JSON Schema.
    """

    word: str
    pattern: str
    parse: Callable[[str], object]
    described: Mapping[str, object] = field(default_factory=lambda: {"type": "string"})

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn text into the value."""
        if not isinstance(value, str):
            return into.wrong_type(path, self.word, value)
        if not re.fullmatch(self.pattern, value, re.DOTALL):
            return into.error(path, "bad-value", f"{quoted(value)} is not {self.word}")
        try:
            return self.parse(value)
        except ValueError as error:
            return into.error(path, "bad-value", f"{quoted(value)}: {error}")

    def schema(self) -> dict[str, object]:
        """Describe itself; a pattern is shown for text only."""
        return dict(self.described)


@dataclass(frozen=True, slots=True)
class Id:
    """The id of a new thing of a kind; noted, so that it is unique and can be referred to.

    Args:
        versions: Several entries may share an id: they are versions of one thing.
    """

    kind: str
    versions: bool = False

    @property
    def word(self) -> str:
        """The id rule in words."""
        return ID_WORD

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn text into an id and note it."""
        if not isinstance(value, str):
            return into.wrong_type(path, ID_WORD, value)
        into.define(self.kind, value, path, versions=self.versions)
        if not re.fullmatch(ID_PATTERN, value):
            return into.error(path, "bad-id", f"{quoted(value)} is not {ID_WORD}")
        return value

    def schema(self) -> dict[str, object]:
        """Describe the id rule."""
        return {"type": "string", "pattern": f"^{ID_PATTERN}$"}


@dataclass(frozen=True, slots=True)
class Ref:
    """The id of something defined elsewhere, of one of these kinds; checked when all is read.

    Args:
        kinds: Where it may be defined.
        if_any: Checked only where the files define any of these kinds at all.
    """

    kinds: tuple[str, ...]
    if_any: bool = False

    @property
    def word(self) -> str:
        """Whose id, in words."""
        kinds = " or ".join(kind.replace("_", " ") for kind in self.kinds)
        return f"the id of {'an' if kinds[0] in 'aeiou' else 'a'} {kinds}"

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn text into an id and note that it is used here."""
        if not isinstance(value, str):
            return into.wrong_type(path, self.word, value)
        into.refer(path, value, self.kinds, if_any=self.if_any)
        return value

    def schema(self) -> dict[str, object]:
        """Describe it as text: which ids exist is not for a schema to know."""
        return {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Many:
    """A list of one shape; `least` and `most` bound its length."""

    of: Shape
    least: int = 0
    most: int | None = None

    @property
    def word(self) -> str:
        """A list, in words."""
        if self.least == self.most:
            return f"a list of {self.least}"
        return "a list"

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn a list into a tuple of what could be read of it."""
        if not isinstance(value, list):
            return into.wrong_type(path, self.word, value)
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            wanted = (
                f"exactly {self.least}" if self.least == self.most else f"at least {self.least}"
            )
            into.error(path, "bad-length", f"has {len(value)} entries; {wanted} needed")
        read = self.of.read
        got = [read(entry, (*path, index), into) for index, entry in enumerate(value)]
        return tuple(entry for entry in got if entry is not INVALID)

    def schema(self) -> dict[str, object]:
        """Describe the list."""
        described: dict[str, object] = {"type": "array", "items": self.of.schema()}
        if self.least:
            described["minItems"] = self.least
        if self.most is not None:
            described["maxItems"] = self.most
        return described


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping whose keys are the operator's own, or one of `names`, all values of one shape."""

    of: Shape
    names: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """A mapping, in words."""
        return "a mapping"

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn a mapping into a mapping of what could be read of it."""
        if not isinstance(value, dict):
            return into.wrong_type(path, self.word, value)
        out: dict[str, object] = {}
        for name, raw in value.items():
            if self.names and name not in self.names:
                into.unknown_key((*path, name), name, self.names)
                continue
            got = self.of.read(raw, (*path, name), into)
            if got is not INVALID:
                out[name] = got
        return out

    def schema(self) -> dict[str, object]:
        """Describe the mapping."""
        if not self.names:
            return {"type": "object", "additionalProperties": self.of.schema()}
        each = {name: {"description": f"For {name}.", **self.of.schema()} for name in self.names}
        return {"type": "object", "properties": each, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a record: its shape, one line for people, and what its absence means.

    Args:
        absent: What holds when the key is not there, in words; empty = nothing to say.
    """

    shape: Shape
    doc: str
    required: bool = False
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One entry for a rule over several keys.

    Args:
        read: The keys whose values could be read.
        names: The keys that are there, readable or not: a wrong value is not a missing one.
    """

    read: Mapping[str, Any]
    names: AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with known keys. A key that is not known is an error with a suggestion.

    Args:
        what: What one such mapping is, for people: `component`.
        check: A rule over several keys of one record; notes problems itself.
    """

    what: str
    keys: Mapping[str, Key]
    check: Callable[[Told, Path, Reading], None] | None = None

    @property
    def word(self) -> str:
        """A mapping, in words."""
        return f"a mapping with {', '.join(list(self.keys)[:4])}"

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn a mapping into what could be read of it; an optional key set to null is absent."""
        if not isinstance(value, dict):
            return into.wrong_type(path, self.word, value)
        out: dict[str, object] = {}
        for name, raw in value.items():
            key = self.keys.get(name)
            if key is None or (raw is None and not key.required):
                continue
            got = key.shape.read(raw, (*path, name), into)
            if got is not INVALID:
                out[name] = got
        self._names(value, path, into)
        if self.check is not None:
            told = {name for name, raw in value.items() if raw is not None}
            self.check(Told(out, told), path, into)
        return out

    def _names(self, value: Mapping[str, object], path: Path, into: Reading) -> None:
        missing = [name for name, key in self.keys.items() if key.required and name not in value]
        for name in value:
            if name not in self.keys:
                meant = into.unknown_key(
                    (*path, name), name, [k for k in self.keys if k not in value]
                )
                missing = [other for other in missing if other != meant]
        for name in missing:
            into.error(path, "missing-key", f"{self.what} has no `{name}`; {self.keys[name].doc}")

    def schema(self) -> dict[str, object]:
        """Describe the mapping with the documentation of its keys."""
        described: dict[str, object] = {
            "type": "object",
            "properties": {name: _property(key) for name, key in self.keys.items()},
            "additionalProperties": False,
        }
        required = [name for name, key in self.keys.items() if key.required]
        if required:
            described["required"] = required
        return described


@dataclass(frozen=True, slots=True)
class Either:
    """A value that may come in several forms, told apart by being text, a list or a mapping."""

    text: Shape | None = None
    items: Shape | None = None
    mapping: Shape | None = None

    @property
    def word(self) -> str:
        """The forms, in words."""
        return " or ".join(shape.word for shape in self._forms())

    def _forms(self) -> list[Shape]:
        return [shape for shape in (self.text, self.items, self.mapping) if shape is not None]

    def read(self, value: object, path: Path, into: Reading) -> object:
        """Turn the value into what its form says."""
        by_type = {str: self.text, list: self.items, dict: self.mapping}
        shape = by_type.get(type(value))  # type: ignore[call-overload]
        if shape is None:
            return into.wrong_type(path, self.word, value)
        return shape.read(value, path, into)

    def schema(self) -> dict[str, object]:
        """Describe the forms."""
        return {"anyOf": [shape.schema() for shape in self._forms()]}


def _property(key: Key) -> dict[str, object]:
    described = key.shape.schema()
    if not key.required:
        described = _nullable(described)
    text = f"{key.doc} Absent: {key.absent}." if key.absent else key.doc
    return {"description": text, **described}


def _nullable(described: dict[str, object]) -> dict[str, object]:
    if "anyOf" in described:
        forms = described["anyOf"]
        return {"anyOf": [*forms, {"type": "null"}]}  # type: ignore[misc]
    out = dict(described)
    kinds = out["type"]
    out["type"] = [*kinds, "null"] if isinstance(kinds, list) else [kinds, "null"]
    if "enum" in out:
        out["enum"] = [*out["enum"], None]  # type: ignore[misc]
    return out
