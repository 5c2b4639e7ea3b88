"""Every JSON result is what its schema says, and the schemas say enough to refuse what is wrong."""

from __future__ import annotations

import argparse
import copy
import json
from pathlib import Path

import jsonschema
import pytest

from events.clock import ManualClock
from events.contract import Observation, ObservationData, Tick, TickData
from events.ids import event
from events.journal import JournalLog
from events.log import Entry
from monitor.__main__ import verbs
from monitor.cli import service as service_verbs
from tests.catalogue.samples import WHOLE
from tests.cli.conftest import KANTOOR
from tests.cli.page import CODES
from tests.cli.results import RESULTS, closed, published
from tests.web.pictures import NOW

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden"
golden = pytest.mark.skipif(not GOLDEN.is_dir(), reason="../shared/golden is absent")


def validator(verb, *, open_=False):
    schema = published(verb)
    return jsonschema.Draft202012Validator(schema if open_ else closed(schema))


def valid(verb, out):
    """Turn output into the result; it holds what the schema says and nothing else."""
    result = json.loads(out)
    errors = [f"{e.json_path}: {e.message}" for e in validator(verb).iter_errors(result)]
    assert errors == []
    return result


def first(value, *, by_id=False):
    """The result with the first entry of every list and of every map by id."""
    if isinstance(value, list):
        return [first(value[0])] if value else []
    if isinstance(value, dict):
        kept = list(value.items())[:1] if by_id else value.items()
        return {k: first(v, by_id=k in {"chains", "components", "members"}) for k, v in kept}
    return value


def spots(value, path=()):
    """The place of every value inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in inside:
        yield (*path, key)
        if isinstance(inner, dict | list):
            yield from spots(inner, (*path, key))


def with_wrong(result, path):
    """The result with a value of a type that is never right at that place."""
    broken = copy.deepcopy(result)
    owner = broken
    for step in path[:-1]:
        owner = owner[step]
    owner[path[-1]] = "" if isinstance(owner[path[-1]], list | dict) else [{}]
    return broken


def refuses_every_wrong_type(verb, result):
    check, small = validator(verb, open_=True), first(result)
    assert check.is_valid(small)
    assert [path for path in spots(small) if check.is_valid(with_wrong(small, path))] == []


def event_lines(directory):
    lines = [
        {"id": "o-1", "time": "2026-06-09T07:00:00Z", "data": {"kind": "recorded", "status": "up"}},
        {
            "id": "o-2",
            "time": "2026-06-09T08:00:00Z",
            "data": {"kind": "recorded", "status": "down"},
        },
        {"id": "t-1", "time": "2026-06-09T12:00:00Z", "data": {}},
        {"id": "x-1", "time": "2026-06-09T12:00:00Z", "data": {"kind": "reach", "status": "up"}},
    ]
    subjects = ("wan-1", "core-1", "clock", "nobody")
    for line, subject in zip(lines, subjects, strict=True):
        kind = "tick" if subject == "clock" else "observation"
        line |= {"specversion": "1.0", "source": "register/test", "subject": subject}
        line |= {"type": f"nl.ketenmonitor.{kind}.v1", "recordedtime": line["time"]}
    file = directory / "events.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


# --- the schemas themselves ---------------------------------------------------------------------


@pytest.mark.parametrize("verb", RESULTS)
def test_a_schema_is_a_json_schema(verb):
    jsonschema.Draft202012Validator.check_schema(published(verb))


def test_every_verb_has_a_schema_and_its_exit_codes_in_the_reference():
    names = {verb.name for verb in verbs()}
    assert set(RESULTS) == names
    assert set(CODES) == names


def test_a_closed_schema_refuses_a_key_that_nobody_described():
    result = {"url": "http://127.0.0.1:8470/", "more": 1}
    assert validator("run", open_=True).is_valid(result)
    assert not validator("run").is_valid(result)


# --- results of files ---------------------------------------------------------------------------


def test_check_is_as_described(keten, tmp_path):
    refuses_every_wrong_type("check", valid("check", keten("check", KANTOOR, "--json").out))
    assert (
        valid("check", keten("check", tmp_path / "none", "--json").out)["problems"][0]["line"] == 0
    )


def test_evaluate_is_as_described(keten, tmp_path):
    states = tmp_path / "states.json"
    states.write_text('{"states": {}}', encoding="utf-8")
    result = valid("evaluate", keten("evaluate", KANTOOR, states, "--json").out)
    refuses_every_wrong_type("evaluate", result)


def test_reliability_is_as_described_with_and_without_olas(keten, tmp_path):
    plain = valid("reliability", keten("reliability", KANTOOR, "--json").out)
    refuses_every_wrong_type("reliability", plain)
    (tmp_path / "a.yaml").write_text(
        WHOLE.replace("name: LAN BV,", "name: LAN BV, olas: [{target: 99}],"), encoding="utf-8"
    )
    told = valid("reliability", keten("reliability", tmp_path, "--json").out)
    assert told["chains"]["c"]["contract"]["kept"] is False
    refuses_every_wrong_type("reliability", told)


def test_graph_is_as_described_and_so_is_what_it_writes(keten, tmp_path):
    result = valid("graph", keten("graph", KANTOOR, "--json").out)
    refuses_every_wrong_type("graph", result)
    words = ("--format", "graphml,json", "--output", tmp_path / "out", "--json")
    written = valid("graph", keten("graph", KANTOOR, *words).out)
    assert [Path(path).name for path in written["written"]] == ["graph.graphml", "graph.json"]
    valid("graph", Path(written["written"][1]).read_text(encoding="utf-8"))


def test_init_is_as_described(keten, tmp_path):
    result = valid("init", keten("init", tmp_path / "new", "--yes", "--json").out)
    refuses_every_wrong_type("init", result)
    assert all(Path(path).is_file() for path in result["written"])


def test_schema_is_a_schema_by_which_json_is_judged(keten):
    result = valid("schema", keten("schema", "--json").out)
    jsonschema.Draft202012Validator.check_schema(result)


def test_run_and_demo_begin_with_the_address(capsys):
    service_verbs._ready(argparse.Namespace(json=True))("http://127.0.0.1:8470/")
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    for verb in ("run", "demo"):
        refuses_every_wrong_type(verb, valid(verb, out))


def test_replay_is_as_described_incident_dead_letter_and_all(keten, tmp_path):
    keten("init", tmp_path / "first", "--yes")
    done = keten("replay", tmp_path / "first", event_lines(tmp_path), "--json")
    result = valid("replay", done.out)
    assert done.code == 3
    assert [one["cause"] for one in result["incidents"]] == ["core-1"]
    assert result["notifications"]
    assert [one["id"] for one in result["deadletters"]] == ["o-1", "x-1"]
    refuses_every_wrong_type("replay", result)


async def test_export_gives_lines_that_are_events(ask, tmp_path):
    await ask("init", tmp_path, "--yes")
    log = JournalLog(tmp_path / ".keten", ManualClock(NOW))
    seen = ObservationData(kind="reach", status="up")
    saw = event(Observation, source="probe/p1", subject="sw-1", time=NOW, data=seen)
    tick = event(Tick, source="engine/default", subject="clock", time=NOW, data=TickData())
    await log.publish("observations", [Entry("default", saw)])
    await log.publish("commands", [Entry("default", tick)])
    await log.close()
    done = await ask("export", tmp_path, "--json")
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, [line["subject"] for line in lines]) == (0, ["sw-1", "clock"])
    check = validator("export", open_=True)
    assert all(check.is_valid(line) for line in lines)
    assert not check.is_valid(lines[0] | {"time": 5})
    assert not check.is_valid(lines[0] | {"type": "nl.ketenmonitor.other.v1"})


# --- results of a running service and a device ----------------------------------------------------


async def test_status_is_as_described(ask, service):
    result = valid("status", (await ask("status", "--url", service, "--json")).out)
    assert len(result["chains"]) == 14
    refuses_every_wrong_type("status", result)


async def test_explain_is_as_described(ask, service):
    result = valid("explain", (await ask("explain", "zaak-zwd", "--url", service, "--json")).out)
    assert result["members"]["zwd-wan-1"]["state"] == "down"
    refuses_every_wrong_type("explain", result)


async def test_incidents_is_as_described(ask, service):
    result = valid("incidents", (await ask("incidents", "--url", service, "--json")).out)
    refuses_every_wrong_type("incidents", result)


async def test_probe_is_as_described(ask, device):
    words = ("probe", device, "--community", "public", "--json")
    result = valid("probe", (await ask(*words)).out)
    refuses_every_wrong_type("probe", result)


def test_profile_is_as_described_and_tests_without_the_device(keten):
    recorded = Path(__file__).parents[1] / "recordings" / "office-switch.snmprec"
    result = valid("profile", keten("profile", "test", recorded, "--json").out)
    refuses_every_wrong_type("profile", result)
    assert result["facts"]["interfaces"]
    assert valid("profile", keten("profile", "list", "--json").out)["known"]


async def test_what_profile_records_is_what_profile_tests(ask, device, tmp_path):
    done = await ask("profile", "record", device, "--community", "public")
    assert done.code == 0
    (tmp_path / "made.snmprec").write_text(done.out, encoding="utf-8")
    told = await ask("profile", "test", tmp_path / "made.snmprec", "--json")
    asked = await ask("probe", device, "--community", "public", "--json")
    assert json.loads(told.out)["facts"] == json.loads(asked.out)
    words = ("profile", "record", device, "--community", "public", "--json")
    valid("profile", (await ask(*words)).out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("test",), "name a recording"),
        (("record",), "name an agent"),
        (("list", "x"), "unknown argument x"),
        (("test", "nowhere.snmprec"), "nowhere.snmprec: No such file"),
        (("test", __file__), "line 1: "),
        (("list", "--profiles", "nowhere"), "nowhere: no such file or directory"),
    ],
)
def test_what_profile_cannot_use_is_2_with_the_cure(keten, words, said):
    done = keten("profile", *words)
    assert done.code == 2
    assert said in done.err


# --- the worked scenarios -------------------------------------------------------------------------


@golden
@pytest.mark.parametrize("folder", ["G01", "G04", "random/evaluate-01"])
def test_evaluate_of_a_worked_scenario_is_as_described(keten, folder):
    place = GOLDEN / folder
    for states in sorted(place.glob("states-*.json"))[:4]:
        valid("evaluate", keten("evaluate", place / "catalogue", states, "--json").out)


@golden
@pytest.mark.parametrize("folder", ["G15", "G15-closing"])
def test_replay_of_a_worked_scenario_is_as_described(keten, folder):
    place = GOLDEN / folder
    for events in sorted(place.glob("*.jsonl")):
        valid("replay", keten("replay", place / "catalogue", events, "--json").out)
