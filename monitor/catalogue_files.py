"""A directory of YAML files turned into a Catalogue, with file, line and column for every problem.

Scalars stay text, so that `99.5` is exact and `08:00` is a time and not a number in base 60; only null
and booleans get a type.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import yaml

from events.errors import ConfigError, Problem
from monitor.secret import check_modes
from monitor.service_schema import SERVICE
from monitor.yaml_file import Values, place, read_nodes
from topology.catalogue import canonical, compose, fingerprint
from topology.catalogue.reading import Reading, capped, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.yaml_file import Plain
    from topology.catalogue.lint import Finding
    from topology.catalogue.reading import Path as Where
    from topology.catalogue.reading import Place
    from topology.model import Catalogue

__all__ = ["Merged", "canonical_text", "collector_at_rest", "load"]


def load(directory: Path | str, *, examine: bool = False, now: datetime | None = None) -> Catalogue:
    """Turn the `*.yaml` of a directory into a checked Catalogue.

    Args:
        directory: The catalogue directory.
        examine: Also look for what is allowed but probably not wanted; it ends in `problems`.
        now: When examining, also hold what is promised against the OLAs of this moment's local day.

    Raises:
        ConfigError: Every error of every file, sorted by place, at most 50 and a count of the rest.
    """
    with collector_at_rest():
        return _load(Path(directory), examine=examine, now=now)


def canonical_text(directory: Path | str, version: str) -> bytes | None:
    """Read a directory again as the canonical text whose SHA-256 is a catalogue's version.

    Returns:
        None when the files have changed since that version was loaded.
    """
    with collector_at_rest():
        tree = Merged(Path(directory)).tree
    rest = {name: value for name, value in tree.items() if name != "service"}
    return canonical(rest) if fingerprint(rest) == version else None


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Keep the cycle collector away while millions of nodes are made that all live to the end.

    It would walk them again and again: 376,000 lines took 16 s instead of 4.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _load(directory: Path, *, examine: bool, now: datetime | None) -> Catalogue:
    merged = Merged(directory)
    reading = Reading(merged)
    reading.problems.extend(merged.problems)
    service = merged.tree.get("service")
    settings = SERVICE.read(service, ("service",), reading) if service is not None else {}
    _check_zone(merged.tree.get("timezone"), reading)
    catalogue = compose(merged.tree, reading)
    if catalogue is None or reading.failed:
        raise ConfigError(capped(reading.problems))
    if examine:
        for kind, name, key, severity, code, message in _findings(catalogue, now):
            reading.note(reading.beside(kind, name, key), severity, code, f"`{name}`: {message}")
        check_modes(settings, ("service",), directory, reading)
    return replace(catalogue, problems=tuple(sorted(reading.problems)))


def _findings(catalogue: Catalogue, now: datetime | None) -> Iterator[Finding]:
    # These compile the graph: for `check` only.
    from topology.catalogue.lint import lint
    from topology.reliability.promises import unkept_promises

    yield from lint(catalogue)
    if now is not None:
        yield from unkept_promises(catalogue, now.astimezone(ZoneInfo(catalogue.timezone)).date())


def _check_zone(name: Plain, into: Reading) -> None:
    if not isinstance(name, str) or not name.strip():
        return  # absent, or refused by its shape
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        meant = nearest(name, sorted(available_timezones()))
        cure = f"did you mean `{meant}`?" if meant else "give a name such as Europe/Amsterdam"
        into.error(("timezone",), "bad-value", f"no time zone `{name[:40]}`; {cure}")


class Merged:
    """All files of a directory as one tree of values, which remembers where each value stands.

    Lists are joined in name order of the files, mappings are joined key by key, single values must agree.
    """

    def __init__(self, directory: Path) -> None:
        self.problems: list[Problem] = []
        self._values = Values(self.problems)
        self._file = str(directory)
        self._keys: dict[str, yaml.Node] = {}
        self._nodes: dict[str, yaml.Node] = {}
        for path in self._files(directory):
            self._add(path)
        self.tree: dict[str, Plain] = {
            name: self._values.plain(node, 1) for name, node in self._nodes.items()
        }

    def of(self, path: Where) -> Place:
        """Turn the path of a value into its place; of what is not there, its nearest surrounding."""
        return self._find(path)[1]

    def of_key(self, path: Where) -> Place:
        """Turn the path of a value into the place of its key."""
        return self._find(path)[0]

    def _find(self, path: Where) -> tuple[Place, Place]:
        if not path or path[0] not in self._nodes:
            return ((self._file, 0, 0), (self._file, 0, 0))
        top = str(path[0])
        key, node = self._keys[top], self._nodes[top]
        for part in path[1:]:
            step = _step(node, part)
            if step is None:
                break
            key, node = step
        return (place(key), place(node))

    def _files(self, directory: Path) -> list[Path]:
        if not directory.is_dir():
            what = "is not a directory; give the directory of the *.yaml files"
            found = (
                what if directory.exists() else f"does not exist; `keten init {directory}` makes it"
            )
            self._note("no-directory", found)
            return []
        files = sorted(directory.glob("*.yaml"))
        self.problems.extend(
            Problem(str(path), 0, 0, "warning", "not-read", "only *.yaml is read; rename the file")
            for path in sorted(directory.glob("*.yml"))
        )
        if not files:
            self._note("no-files", f"holds no *.yaml; `keten init {directory}` writes a first one")
        return files

    def _note(self, code: str, message: str) -> None:
        self.problems.append(Problem(self._file, 0, 0, "error", code, message))

    def _add(self, path: Path) -> None:
        root = read_nodes(path, self.problems)
        if root is None or _is_null(root):
            return
        if not isinstance(root, yaml.MappingNode):
            message = "a catalogue file is a mapping of sections, such as `components:`"
            self.problems.append(Problem(*place(root), "error", "wrong-type", message))
            return
        here: dict[str, yaml.Node] = {}
        for key, node in root.value:
            name = self._values.key(key)
            if name is None:
                continue
            if name in here:
                self._values.twice(key, here[name], name)
                continue
            here[name] = key
            self._merge(name, key, node)

    def _merge(self, name: str, key: yaml.Node, node: yaml.Node) -> None:
        held = self._nodes.get(name)
        if held is None or _is_null(held):
            self._keys[name], self._nodes[name] = key, node
        elif _is_null(node):
            return
        elif isinstance(held, yaml.SequenceNode) and isinstance(node, yaml.SequenceNode):
            joined = [*held.value, *node.value]
            self._nodes[name] = yaml.SequenceNode(held.tag, joined, held.start_mark, held.end_mark)
        elif isinstance(held, yaml.MappingNode) and isinstance(node, yaml.MappingNode):
            pairs = [
                *held.value,
                *node.value,
            ]  # a key that comes twice is refused when values are made
            self._nodes[name] = yaml.MappingNode(held.tag, pairs, held.start_mark, held.end_mark)
        elif held.value != node.value:
            self._disagree(name, node, held)

    def _disagree(self, name: str, node: yaml.Node, held: yaml.Node) -> None:
        file, line, column = place(held)
        message = f"`{name}` is different at {file}:{line}:{column}; they must agree"
        self.problems.append(Problem(*place(node), "error", "must-agree", message))


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _step(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Turn a node and one step of a path into the nodes of the key and the value there."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return (node.value[part], node.value[part])
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == part), None)
    return None
