"""What `check` accepts and what the schema says are the same."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

from monitor.catalogue_files import Merged
from monitor.cli.catalogue import TEMPLATES
from monitor.service_schema import SERVICE
from tests.catalogue.samples import GOLDEN, written
from tests.catalogue.test_broken_files import BROKEN
from tests.catalogue.test_catalogue import CONTRACT
from topology.catalogue import compose
from topology.catalogue.reading import Nowhere, Reading
from topology.catalogue.schema import json_schema

ROOT = Path(__file__).parents[2]


@cache
def schema():
    return json_schema(SERVICE)


@cache
def validator():
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


class Untimed(yaml.SafeLoader):
    """YAML as an editor sees it: numbers are numbers, days are text."""


Untimed.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if not tag.endswith(":timestamp")]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def paths(described, prefix=()):
    """Every key in a schema, with the keys under which it stands."""
    for name, under in described.get("properties", {}).items():
        yield (*prefix, name), under
        yield from paths(under, (*prefix, name))
    if "items" in described:
        yield from paths(described["items"], prefix)
    for form in described.get("anyOf", ()):
        yield from paths(form, prefix)
    if isinstance(described.get("additionalProperties"), dict):
        yield from paths(described["additionalProperties"], prefix)


def sample(described):
    """A value of the right form for a schema, with everything in it that may be in it."""
    if "anyOf" in described:
        forms = [form for form in described["anyOf"] if form.get("type") != "null"]
        return sample(next((form for form in forms if form.get("type") == "object"), forms[-1]))
    kinds = described.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "array":
        return [sample(described["items"])] * described.get("minItems", 1)
    if kind == "object":
        properties = described.get("properties", {})
        return {name: sample(under) for name, under in properties.items()}
    return True if kind == "boolean" else str(next(iter(described.get("enum", ["x"]))))


def test_the_schema_is_a_schema():
    assert validator()
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_of_the_schema_is_known_to_the_reader():
    tree = sample(schema())
    reading = Reading(Nowhere())
    SERVICE.read(tree["service"], ("service",), reading)
    compose(tree, reading)
    assert not [problem for problem in reading.problems if problem.code == "unknown-key"]
    assert len(list(paths(schema()))) > 150


@pytest.mark.parametrize("path", [path for path, _ in paths(json_schema(SERVICE))], ids=".".join)
def test_a_key_that_is_not_in_the_schema_is_refused_beside_every_key(path):
    tree = sample(schema())
    here = tree
    for name in path[:-1]:
        here = here[name]
        while isinstance(here, list):
            here = here[0]
    here["zz-unknown"] = "x"
    reading = Reading(Nowhere())
    SERVICE.read(tree["service"], ("service",), reading)
    compose(tree, reading)
    assert "unknown-key" in {problem.code for problem in reading.problems}
    assert not validator().is_valid(tree)


def test_every_key_has_a_line_of_documentation():
    assert not [path for path, under in paths(schema()) if not under.get("description")]


def test_the_contract_example_is_valid_for_an_editor_and_for_us(tmp_path):
    assert list(validator().iter_errors(yaml.load(CONTRACT, Untimed))) == []
    assert list(validator().iter_errors(Merged(written(tmp_path, a=CONTRACT)).tree)) == []


def test_what_init_writes_is_valid():
    tree = Merged(TEMPLATES).tree
    assert list(validator().iter_errors(tree)) == []
    assert list(validator().iter_errors(Merged(ROOT / "examples" / "kantoor").tree)) == []


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the worked scenarios are not beside the checkout")
def test_every_worked_scenario_is_valid():
    for directory in sorted(GOLDEN.rglob("catalogue")):
        assert list(validator().iter_errors(Merged(directory).tree)) == []


FORM = {"unknown-key", "missing-key", "bad-length", "bad-id"}
"""Problems that a schema sees too; ids, circles, ways and YAML itself it cannot see."""


@pytest.mark.parametrize("name", BROKEN)
def test_what_the_schema_refuses_is_refused_by_us(tmp_path, name):
    text, expected = BROKEN[name]
    merged = Merged(written(tmp_path, a=text))
    seen = list(validator().iter_errors(merged.tree))
    if seen:
        assert expected
    if not merged.problems and {code for *_, code in expected} & FORM:
        assert seen, "an editor shows it while it is typed"
