"""Laws of reading: nothing crashes it, and a problem is told where it stands, whatever stands around it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConfigError
from monitor.catalogue_files import load
from tests.catalogue.samples import WHOLE
from topology.catalogue import build, fingerprint
from topology.catalogue.schema import SECTIONS

WORDS = st.sampled_from(
    [
        "id",
        "a",
        "b",
        "kind",
        "ap",
        "between",
        "members",
        "users",
        "1",
        "99.5",
        "60s",
        "needs",
        "any",
        "of",
    ]
)
PLAIN = st.recursive(
    st.none() | st.booleans() | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
ENTRY = st.dictionaries(
    st.sampled_from(sorted({key for shape in SECTIONS.values() for key in shape.keys})),
    PLAIN,
    max_size=6,
)
TREE = st.dictionaries(
    st.sampled_from([*SECTIONS, "version", "timing", "priority", "other"]),
    PLAIN | st.lists(ENTRY, max_size=3),
    max_size=6,
)


def outcome(read):
    """The catalogue or None, and the problems."""
    try:
        catalogue = read()
    except ConfigError as error:
        return None, error.problems
    return catalogue, catalogue.problems


@given(TREE)
@settings(max_examples=80, deadline=None)
def test_plain_values_give_a_catalogue_or_problems_and_never_a_crash(tree):
    catalogue, problems = outcome(lambda: build(tree))
    assert any(problem.severity == "error" for problem in problems) == (catalogue is None)
    assert catalogue is None or catalogue.version == fingerprint(tree)


@given(
    st.text(max_size=60)
    | st.text(alphabet="- :{}[]&*!|>'\"#%@`\tab\n", max_size=40)
    | st.binary(max_size=40)
)
@settings(max_examples=150, deadline=None)
def test_any_file_gives_a_catalogue_or_problems_with_a_place_and_never_a_crash(content):
    with TemporaryDirectory() as name:
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        (Path(name) / "a.yaml").write_bytes(raw)
        catalogue, problems = outcome(lambda: load(name))
    assert any(problem.severity == "error" for problem in problems) == (catalogue is None)
    for problem in problems:
        assert problem.file.startswith(name)
        assert 0 <= problem.line <= len(content) + 2


def spelled(value, indent, out):
    """Write a value as YAML by hand and remember line and column of every scalar: the oracle of places."""
    line, column = out["line"], out["column"]
    if isinstance(value, dict):
        out["text"] += "{"
        out["column"] += 1
        for n, (name, inner) in enumerate(value.items()):
            lead = (", " if n else "") + f"{name}: "
            out["text"] += lead
            out["column"] += len(lead)
            spelled(inner, indent, out)
        out["text"] += "}"
        out["column"] += 1
    elif isinstance(value, list):
        for inner in value:
            lead = "\n" + " " * indent + "- "
            out["text"] += lead
            out["line"] += 1
            out["column"] = indent + 3
            spelled(inner, indent + 2, out)
    else:
        if value == "BAD":
            out["bad"] = (line, column)
        out["text"] += json.dumps(value, ensure_ascii=False)
        out["column"] += len(json.dumps(value, ensure_ascii=False))


@given(
    before=st.lists(st.text(alphabet="abcé漢 ", min_size=1, max_size=8), max_size=5),
    names=st.lists(st.sampled_from(["name", "site", "asset"]), unique=True, max_size=3),
    indent=st.integers(0, 6),
    comments=st.integers(0, 4),
    crlf=st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_a_wrong_value_is_found_at_the_place_where_it_was_written(
    before, names, indent, comments, crlf
):
    entries = [{"id": f"x{n}", "name": f"{text}.", "kind": "ap"} for n, text in enumerate(before)]
    bad = {
        "id": "y",
        **{name: "x0" for name in names if name != "site"},
        "kind": "ap",
        "tier": "BAD",
    }
    out = {
        "text": "# é\n" * comments + "components:",
        "line": comments + 1,
        "column": 12,
        "bad": None,
    }
    spelled([*entries, bad], indent, out)
    text = out["text"] + "\n"
    with TemporaryDirectory() as name:
        raw = text.replace("\n", "\r\n") if crlf else text
        (Path(name) / "a.yaml").write_bytes(raw.encode())
        with pytest.raises(ConfigError) as caught:
            load(name)
    assert [(one.line, one.column, one.code) for one in caught.value.problems] == [
        (*out["bad"], "bad-value")
    ]


@given(st.permutations(WHOLE.split("\n")[1:6]))
@settings(max_examples=30, deadline=None)
def test_the_order_of_sections_changes_nothing(sections):
    head, _, tail = WHOLE.partition("components:")
    with TemporaryDirectory() as name:
        page = Path(name) / "a.yaml"
        page.write_text(head + "components:" + tail, encoding="utf-8")
        first = load(name)
        page.write_text(
            "\n".join(["version: 1", *sections, "components:"]) + tail, encoding="utf-8"
        )
        assert load(name).version == first.version
