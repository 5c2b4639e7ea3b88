"""What the docstring of a class says of each of its attributes."""

from __future__ import annotations

import inspect
import re

__all__ = ["attributes"]


def attributes(kind: type) -> dict[str, str]:
    """The texts under `Attributes:` of a class, by name."""
    doc = inspect.cleandoc(kind.__doc__ or "")
    _, _, listed = doc.partition("Attributes:\n")
    found: dict[str, str] = {}
    name = ""
    for line in listed.splitlines():
        if match := re.match(r"    (\w+): (.*)", line):
            name = match[1]
            found[name] = match[2]
        elif line.startswith("      ") and name:
            found[name] += " " + line.strip()
        elif line.strip():
            break
    return found
