"""docs/metrics.md and the code hold each other: names, types, labels, and the states that are told apart."""

from __future__ import annotations

import asyncio
import re
import subprocess
from datetime import UTC, datetime

import pytest
from prometheus_client.parser import text_string_to_metric_families

from events.contract import StateData
from monitor.metrics import CHAIN_STATES, COMPONENT_STATES, Metrics
from tests.deploy.tools import ROOT, metrics_documented
from tests.services import require
from topology.catalogue import build

CATALOGUE = {
    "version": "1",
    "timezone": "Europe/Amsterdam",
    "organisations": [{"id": "o", "name": "Gemeente O"}],
    "suppliers": [{"id": "s", "name": "S"}],
    "sites": [{"id": "h", "name": "Huis", "organisation": "o"}],
    "calendars": [{"id": "altijd", "always": True}],
    "levels": [{"id": "goud", "target": "99.5", "calendar": "altijd"}],
    "components": [
        {"id": "sw", "kind": "switch", "site": "h", "supplier": "s"},
        {"id": "app", "kind": "service", "supplier": "s"},
    ],
    "links": [{"id": "l", "between": ["sw", "app"], "supplier": "s"}],
    "groups": [{"id": "g", "site": "h", "users": "140", "members": ["sw"]}],
    "chains": [
        {"id": "c", "name": 'Keten "C"', "from": "g", "to": "app", "level": "goud", "urgency": "1"}
    ],
}
ROW = re.compile(r"^\| `(keten_\w+)` \| (\w+) \|([^|]*)\| (.+) \|$", re.MULTILINE)


SINCE = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


class Picture:
    """What is known: these states, and no incident."""

    open_incidents = ()

    def __init__(self, **states: StateData) -> None:
        self.states = states


def documented() -> dict[str, tuple[str, set[str], str]]:
    rows = ROW.findall((ROOT / "docs/metrics.md").read_text(encoding="utf-8"))
    return {
        name: (kind, set(re.findall(r"`(\w+)`", labels)), meaning)
        for name, kind, labels, meaning in rows
    }


def scraped(picture: Picture) -> str:
    metrics = Metrics(build(CATALOGUE), picture=picture, devices=None, version="0.0.0")
    return asyncio.run(metrics.render()).decode()


@pytest.fixture(scope="module")
def exported() -> str:
    return scraped(
        Picture(
            sw=StateData(of="component", state="down", since=SINCE),
            c=StateData(of="chain", state="down", since=SINCE, users_certain=140),
        )
    )


def samples(exported: str):
    """Every sample with the type of its family; the moment of creation of a counter is not ours."""
    for family in text_string_to_metric_families(exported):
        for sample in family.samples:
            if not sample.name.endswith("_created"):
                yield family.type, sample


def test_what_is_exported_is_documented_with_its_type_and_labels(exported):
    seen = set()
    for kind, sample in samples(exported):
        documented_kind, labels, _meaning = documented()[sample.name]
        assert (kind, set(sample.labels)) == (documented_kind, labels), sample.name
        seen.add(sample.name)
    assert {
        "keten_chain_state",
        "keten_component_state",
        "keten_chain_info",
        "keten_build_info",
    } <= seen


def test_what_is_documented_is_named_in_the_code():
    code = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "monitor").rglob("*.py"))
    named = set(re.findall(r'"(keten_\w+)"', code))
    assert {n for n in documented() if not {n, n.removesuffix("_total")} & named} == set()


def states_of(exported: str, name: str) -> dict[str, float]:
    return {s.labels["state"]: s.value for _, s in samples(exported) if s.name == name}


def test_a_state_is_one_for_what_it_is_and_nought_for_the_others(exported):
    down = {state: float(state == "down") for state in CHAIN_STATES}
    assert states_of(exported, "keten_chain_state") == down
    assert states_of(exported, "keten_component_state") == {
        state: float(state == "down") for state in COMPONENT_STATES
    }


def test_a_chain_of_which_nothing_is_known_is_unknown_and_nothing_else():
    unknown = {state: float(state == "unknown") for state in CHAIN_STATES}
    assert states_of(scraped(Picture()), "keten_chain_state") == unknown


def test_the_table_names_every_state():
    for name, states in {
        "keten_chain_state": CHAIN_STATES,
        "keten_component_state": COMPONENT_STATES,
    }.items():
        assert set(states) <= set(re.findall(r"`(\w+)`", documented()[name][2]))


def test_the_table_is_read_whole():
    assert set(documented()) == metrics_documented()


@pytest.mark.deploy
def test_promtool_finds_nothing_in_what_is_exported(exported):
    done = subprocess.run(
        [require("promtool"), "check", "metrics"],
        input=exported,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
