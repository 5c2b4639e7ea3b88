"""docs/catalogue.md knows every key and every code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from monitor.service_schema import SERVICE
from tests.catalogue.reference import PAGE, catalogue_page
from tests.catalogue.test_schema import paths
from topology.catalogue.schema import json_schema

ROOT = Path(__file__).parents[2]
SOURCES = [
    ROOT / "topology/catalogue" / f"{name}.py"
    for name in ("shape", "reading", "rules", "structure", "lint", "assembly")
] + [
    ROOT / "monitor" / f"{name}.py"
    for name in ("catalogue_files", "yaml_file", "secret", "settings", "service_schema")
]
SOURCES.append(ROOT / "topology/reliability/promises.py")
TELLERS = {"error", "note", "_error", "_note", "Problem", "Finding", "_circles"}


def codes(path):
    """Every code that a source file can give a problem."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in TELLERS:
                for given in call.args:
                    text = getattr(given, "value", None)
                    if isinstance(text, str) and re.fullmatch(
                        r"[a-z0-9]+(-[a-z0-9]+)+|empty|more", text
                    ):
                        yield text


def test_the_page_is_what_the_shapes_say():
    assert PAGE.read_text(encoding="utf-8") == catalogue_page(), "run `python -m tests.reference`"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_every_code_is_in_the_documentation(source):
    told = set(re.findall(r"`([a-z0-9-]+)`", PAGE.read_text(encoding="utf-8")))
    assert set(codes(source)) - told == set()


def test_every_documented_code_exists():
    text = PAGE.read_text(encoding="utf-8")
    documented = {
        code
        for row in re.findall(r"^\| (?:error|warning|note) \| (.*?) \|", text, re.MULTILINE)
        for code in re.findall(r"`([a-z0-9-]+)`", row)
    }
    assert documented == {code for source in SOURCES for code in codes(source)}


def test_every_key_of_the_schema_has_its_row():
    written = set(re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    last = {row.rpartition(".")[2] for row in written}
    keys = {path[-1] for path, _ in paths(json_schema(SERVICE))}
    keys -= {"P1", "P2", "P3", "P4", "env", "file"}  # told where they are used, in the text
    sections = set(re.findall(r"^### `(\w+)`", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert keys - last - sections == set()
