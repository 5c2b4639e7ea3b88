"""One YAML file turned into nodes with marks, and nodes turned into plain values with text scalars.

What YAML 1.1 would quietly turn into something else (`no` into false, `<<` into a merge, a second key
over the first) is an error that names it. Files are bounded: size, depth, and how far aliases may expand.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, TypeAlias

import yaml

from events.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_SHARED", "Plain", "Values", "place", "read_nodes"]

Plain: TypeAlias = "bool | str | list[Plain] | dict[str, Plain] | None"

MAX_BYTES = 64 * 1024 * 1024
"""A catalogue of 100,000 components written widely is 30 MB."""
MAX_DEPTH = 50
"""The catalogue itself is six deep."""
MAX_SHARED = 100_000
"""Values that aliases may add: room for an honest anchor, none for one that doubles at every level."""

_TAG = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(
    _TAG + name
    for name in ("str", "null", "bool", "int", "float", "timestamp", "value", "map", "seq")
)
_BOOLEANS = {"true": True, "false": False}
_Implicit: TypeAlias = "tuple[bool, bool] | bool"
"""Of a scalar: whether it is plain, and whether it is not; of a list or mapping, whether it has no tag."""
_TAB = "found character that cannot start any token"


class _Loader(yaml.CSafeLoader):
    """The loader of YAML 1.1, which asks its patterns only of text that may match one.

    It is asked for every scalar there is: a fifth of the time of reading a large catalogue went there.
    """

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: _Implicit) -> str:
        """Turn the kind of a node, and the text of a scalar, into its tag."""
        if kind is yaml.MappingNode:
            return _TAG + "map"
        if kind is yaml.SequenceNode:
            return _TAG + "seq"
        plain = implicit[0] if isinstance(implicit, tuple) else implicit
        if not plain or (value and value[0] not in self.yaml_implicit_resolvers):
            return _TAG + "str"
        return str(super().resolve(kind, value, implicit))  # type: ignore[no-untyped-call]


class _Named(io.StringIO):
    """Text with the name under which marks remember it."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__(text)
        self.name = name


def place(node: yaml.Node) -> tuple[str, int, int]:
    """Turn a node into file, line and column from 1."""
    mark = node.start_mark
    return (str(mark.name), mark.line + 1, mark.column + 1)


def read_nodes(path: Path, problems: list[Problem]) -> yaml.Node | None:
    """Turn a file into its tree of nodes, or None with the problem noted (or nothing in it)."""
    name = str(path)
    text = _text(path, name, problems)
    if text is None:
        return None
    loader = _Loader(_Named(text, name))
    try:
        return loader.get_single_node()
    except yaml.reader.ReaderError as error:
        line, column = _position(text.encode()[: error.position])
        problems.append(
            _error(name, line, column, "yaml-character", f"{error.reason}; remove the character")
        )
    except yaml.MarkedYAMLError as error:
        problems.append(_broken(error, name, text))
    finally:
        loader.dispose()
    return None


def _text(path: Path, name: str, problems: list[Problem]) -> str | None:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or "cannot be read"
        problems.append(
            _error(name, 0, 0, "not-readable", f"{reason}; check the file and its mode")
        )
        return None
    if len(raw) > MAX_BYTES:
        limit = f"larger than {MAX_BYTES // 1024 // 1024} MB; split it over several files"
        problems.append(_error(name, 0, 0, "too-large", limit))
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _position(raw[: error.start])
        problems.append(
            _error(name, line, column, "not-utf-8", "not UTF-8; save the file as UTF-8")
        )
        return None


def _position(before: bytes) -> tuple[int, int]:
    """Turn the bytes before a place into its line and column, from 1."""
    last = before.rpartition(b"\n")[2]
    return before.count(b"\n") + 1, len(last.decode("utf-8-sig", "replace")) + 1


def _broken(error: yaml.MarkedYAMLError, name: str, text: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    if error.problem == _TAB:
        lines = text.splitlines()
        rest = lines[line][column:] if line < len(lines) else ""
        if "\t" in rest[: len(rest) - len(rest.lstrip())]:
            cure = "a tab indents this line; YAML wants spaces"
            return _error(name, line + 1, column + 1, "yaml-tab", cure)
        return _error(
            name,
            line + 1,
            column + 1,
            "yaml-syntax",
            f"a value cannot start with `{rest[:1]}`; put it in quotes",
        )
    if "single document" in (error.context or ""):
        cure = "a second document (`---`); put it in a file of its own"
        return _error(name, line + 1, column + 1, "yaml-documents", cure)
    what = ": ".join(part for part in (error.context, error.problem) if part)
    return _error(
        name,
        line + 1,
        column + 1,
        "yaml-syntax",
        f"not YAML: {what}; look at this line and the one before",
    )


def _error(file: str, line: int, column: int, code: str, message: str) -> Problem:
    return Problem(file, line, column, "error", code, message)


class Values:
    """Nodes turned into plain values; problems are noted and what could be read is kept."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems
        self._seen: set[int] = set()
        self._shared = 0
        self._refused = False

    def plain(self, node: yaml.Node, depth: int = 0) -> Plain:
        """Turn a node into text, boolean, null, list or mapping."""
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if self._too_much(node, depth):
            return None
        if node.tag not in _KNOWN_TAGS:
            self._note(
                node, "yaml-tag", f"tag `{_short(node.tag)}` is not for catalogues; remove it"
            )
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, depth)
        entries: list[yaml.Node] = node.value
        return [self.plain(entry, depth + 1) for entry in entries]

    def key(self, node: yaml.Node) -> str | None:
        """Turn the node of a key into text, or None with the problem noted."""
        if not isinstance(node, yaml.ScalarNode):
            self._note(node, "yaml-key", "a key must be a word, not a list or a mapping")
            return None
        if node.tag == _TAG + "merge" and node.value == "<<":
            self._note(node, "yaml-merge", "merge keys `<<` are not used here; write the keys out")
            return None
        if node.tag == _TAG + "null":
            self._note(node, "yaml-key", "a key is missing before the colon")
            return None
        return str(node.value)

    def twice(self, again: yaml.Node, first: yaml.Node, name: str) -> None:
        """Note a key that stands there a second time."""
        file, line, column = place(first)
        self._note(
            again,
            "duplicate-key",
            f"key `{name}` stands already at {file}:{line}:{column}; keep one",
        )

    def _mapping(self, node: yaml.MappingNode, depth: int) -> Plain:
        out: dict[str, Plain] = {}
        first: dict[str, yaml.Node] = {}
        for key_node, value_node in node.value:
            name = self.key(key_node)
            if name is None:
                continue
            if name in first:
                self.twice(key_node, first[name], name)
                continue
            first[name] = key_node
            out[name] = self.plain(value_node, depth + 1)
        return out

    def _scalar(self, node: yaml.ScalarNode) -> Plain:
        tag, text = node.tag, str(node.value)
        if tag == _TAG + "null":
            return None
        if tag == _TAG + "bool":
            value = _BOOLEANS.get(text.lower())
            if value is None:
                self._note(
                    node,
                    "yaml-boolean",
                    f'`{text}` is a boolean in YAML; write "{text}" in quotes if a word is meant,'
                    " else true or false",
                )
                return text
            return value
        if tag not in _KNOWN_TAGS:
            self._note(node, "yaml-tag", f"tag `{_short(tag)}` is not for catalogues; remove it")
        return text

    def _too_much(self, node: yaml.Node, depth: int) -> bool:
        """Refuse what is too deep, and aliases that together expand too far."""
        if self._refused:
            return True
        if id(node) in self._seen:
            self._shared += 1 + len(node.value)
        self._seen.add(id(node))
        if depth <= MAX_DEPTH and self._shared <= MAX_SHARED:
            return False
        self._refused = True
        what = (
            f"more than {MAX_DEPTH} levels deep" if depth > MAX_DEPTH else "aliases expand too far"
        )
        self._note(node, "yaml-size", f"{what}; write it out plainly")
        return True

    def _note(self, node: yaml.Node, code: str, message: str) -> None:
        self._problems.append(_error(*place(node), code, message))


def _short(tag: str) -> str:
    return tag.replace(_TAG, "!!")[:40]
