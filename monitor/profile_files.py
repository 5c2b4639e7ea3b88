"""Vendor profiles of this release and of an operator's, read with file, line and column of every fault."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from events.errors import ConfigError, Problem
from monitor.yaml_file import Values, place, read_nodes
from probes.snmp.profile.parse import parse_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from probes.snmp.profile.model import Profile

__all__ = ["BUILT_IN", "load_profiles", "profile_paths"]

BUILT_IN = Path(__file__).parent.parent / "probes" / "snmp" / "profiles"


def profile_paths(own: Iterable[Path | str] = ()) -> list[Path]:
    """The files of this release, then those of the operator: a file, or every `*.yaml` of a directory.

    An operator's file stands in place of one of the same name.

    Raises:
        ConfigError: There is no such file or directory.
    """
    found = {path.name: path for path in sorted(BUILT_IN.glob("*.yaml"))}
    for each in map(Path, own):
        if not each.exists():
            raise ConfigError(
                f"{each}: no such file or directory; name a profile or a directory of them"
            )
        for path in sorted(each.glob("*.yaml")) if each.is_dir() else [each]:
            found[path.name] = path
    return list(found.values())


def load_profiles(own: Iterable[Path | str] = ()) -> list[Profile]:
    """Turn profile files into profiles.

    Args:
        own: Files and directories of the operator.

    Raises:
        ConfigError: Everything that is wrong with any of them, with its place.
    """
    problems: list[Problem] = []
    profiles = [
        profile for path in profile_paths(own) if (profile := _read(path, problems)) is not None
    ]
    if problems:
        raise ConfigError(sorted(problems))
    return profiles


def _read(path: Path, problems: list[Problem]) -> Profile | None:
    node = read_nodes(path, problems)
    if node is None:
        if not problems:
            problems.append(
                Problem(str(path), 0, 0, "error", "empty", "nothing in it; write a profile")
            )
        return None
    profile, faults = parse_profile(path.stem, Values(problems).plain(node))
    for fault in faults:
        where = _node(node, fault.path)
        dotted = ".".join(map(str, fault.path))
        problems.append(Problem(*place(where), "error", "profile", f"`{dotted}` {fault.message}"))
    return profile


def _node(node: yaml.Node, path: Sequence[str | int]) -> yaml.Node:
    """The node at a path, or the nearest one around it."""
    for step in path:
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            inner = node.value[step] if step < len(node.value) else None
        else:
            inner = None
        if inner is None:
            return node
        node = inner
    return node
