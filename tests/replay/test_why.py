"""`keten explain` from event lines: the rule, the causes, the evidence, and nothing more than that."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings

from events.codec import encode
from monitor.__main__ import main
from monitor.cli.explain_text import cause_lines
from monitor.cli.tongue import Tongue
from monitor.reports.lane_rule import rule
from monitor.reports.why import NothingKnownError, why
from tests.cli.results import RESULTS, closed
from tests.engine.lab import at, change, office, port, saw, sweep
from tests.engine.test_fold_laws import histories
from tests.engine.test_replay_verb import CATALOGUE
from topology.compiled import Compiled
from topology.lanes import ChainVerdict

OFFICE = Compiled.of(office(risks={"power-plek": ("s1", "s2")}))
RESERVELESS = ChainVerdict("degraded", (), None, 0, 0, redundancy_lost=True)
LEVELS = {"down": (False,) * 3, "maintenance": (False, False, True), "unknown": (False, True, True)}


@settings(max_examples=25, deadline=None)
@given(histories())
def test_everything_that_is_said_has_its_evidence_in_the_log(events):
    ids = {event.id: event for event in events}
    told = why(OFFICE, events, "c-g1")
    named = {one["id"] for one in told["evidence"]}
    assert named <= ids.keys()
    for part in told["parts"]:
        assert set(part["evidence"]) <= named
        assert part["reason"]
        assert part["state"] != "down" or part["evidence"]
    row = told["rule"]
    lanes = row["works"], row["works_if_unknown_works"], row["works_if_planned_works_too"]
    assert lanes == LEVELS.get(told["state"], (True,) * 3)


@settings(max_examples=15, deadline=None)
@given(histories())
def test_what_is_asked_about_a_moment_knows_nothing_of_later(events):
    early = [event for event in events if event.time <= at(300)]
    if early:
        assert why(OFFICE, events, "c-g2", at(300)) == why(OFFICE, early, "c-g2", at(300))


def test_the_cause_comes_with_cost_margin_symptoms_and_evidence():
    lost = port("l-s3", "down", 60, "d1")
    events = [*sweep(0), lost, *sweep(60, ("s3", "a3")), *sweep(63, ("s3", "a3"))]
    told = why(OFFICE, events, "c-g3")
    assert told["state"] == "down"
    (cause,) = told["root_causes"]
    explanation = cause["explanation"]
    assert cause["id"] in {"l-s3", "s3"}
    assert explanation["cost"] is not None
    assert "a3" in explanation["symptoms"]
    assert {one["id"]: one["state"] for one in told["parts"]}["a3"] == "unreachable"
    assert told["rule"]["words"].startswith("what is down suffices")


def test_silence_is_unknown_with_its_reason_and_age():
    told = why(OFFICE, sweep(0), "c-g1", at(600))
    assert told["state"] == "unknown"
    parts = {one["id"]: one for one in told["parts"]}
    assert (parts["a1"]["state"], parts["a1"]["last_seen_age_s"]) == ("unknown", 600)
    assert parts["a1"]["reason"]
    assert told["rule"]["words"].startswith("it hangs on what is unknown")


def test_before_the_first_event_nothing_is_said():
    with pytest.raises(NothingKnownError):
        why(OFFICE, sweep(60), "c-g1", at(0))


def test_agreed_work_that_is_under_way_is_told():
    events = [*sweep(0), change("w-1", ["app"], (50, 500), 10), saw("app", "down", 60, "recorded")]
    told = why(OFFICE, events, "c-g1")
    assert (told["state"], [one["change"] for one in told["work"]]) == ("maintenance", ["w-1"])


@pytest.fixture
def explain(tmp_path, capsys):
    (tmp_path / "keten.yaml").write_text(CATALOGUE, "utf-8")

    def verb(events, *more):
        log = tmp_path / "events.jsonl"
        log.write_bytes(b"\n".join(encode(event) for event in events))
        code = main(["explain", "c", "--catalogue", str(tmp_path), "--events", str(log), *more])
        return code, capsys.readouterr()

    return verb


DOWN = (saw("s", "down", 0, "recorded"), saw("app", "up", 60, "recorded"))


def test_the_verb_says_it_in_lines_and_as_described(explain):
    code, done = explain(DOWN)
    assert code == 0
    assert done.out.splitlines()[0] == (
        "Keten: down since 2026-06-09T14:00:00+02:00, at 2026-06-09T14:01:00+02:00"
    )
    assert f"event {DOWN[0].id}" in done.out
    told = json.loads(explain(DOWN, "--json")[1].out)
    jsonschema.validate(told, closed(RESULTS["explain"]))


def test_a_line_about_nothing_is_left_out_and_said(explain):
    code, done = explain([*DOWN, saw("nobody", "up", 10)])
    assert code == 3
    assert "unknown subject 'nobody'" in done.err


def test_a_moment_before_everything_is_refused_with_what_there_is(explain):
    code, done = explain(DOWN, "--at", "2026-01-01T00:00:00Z")
    assert (code, done.out) == (2, "")
    assert "nothing is known of c" in done.err


def test_a_moment_without_event_lines_is_refused_with_the_cure(capsys):
    assert main(["explain", "c", "--at", "2026-01-01T00:00:00Z"]) == 2
    assert "add --catalogue DIR" in capsys.readouterr().err
    assert main(["explain", "c", "--events", "x.jsonl"]) == 2
    assert "add --catalogue DIR" in capsys.readouterr().err


def test_without_event_lines_the_log_of_the_data_directory_is_read(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("KETEN_DATA", str(tmp_path / "data"))
    (tmp_path / "keten.yaml").write_text(CATALOGUE, "utf-8")
    for argv in (
        ["explain", "c", "--catalogue", str(tmp_path)],
        ["explain-minute", str(tmp_path), "c", "2026-06-09T12:00:30Z"],
    ):
        assert main(argv) == 3
        assert "no event log" in capsys.readouterr().err
        asyncio.run(_kept(tmp_path))
        assert main(argv) == 0
        assert "down" in capsys.readouterr().out
        shutil.rmtree(tmp_path / "data")


async def _kept(directory):
    from events.clock import SystemClock
    from events.contract import OBSERVATIONS
    from events.log import Entry
    from monitor.app import log_settings, open_log

    log = open_log(log_settings(directory, {}), SystemClock())
    await log.publish(OBSERVATIONS, [Entry("default", event) for event in DOWN])
    await log.close()


def test_a_chain_that_is_not_there_is_refused_with_the_nearest(explain, tmp_path, capsys):
    explain(DOWN)
    lines = str(tmp_path / "events.jsonl")
    argv = ["explain-minute", str(tmp_path), "cc", "2026-06-09T12:00:00Z", "--events", lines]
    assert main(argv) == 2
    assert "no chain cc; did you mean c?" in capsys.readouterr().err


def test_a_cause_is_told_to_people_with_what_to_do_and_with_a_few_of_many_symptoms():
    told = {
        "cost": 900,
        "runner_up": 1200,
        "margin": 300,
        "second": ["core"],
        "certainty": "",
        "explanations": [["l-poller"]],
        "next_tests": [{"way": "elsewhere", "subject": "core", "seen_from": None}],
        "symptoms": [f"sw-{n}" for n in range(20)],
        "flags": [],
    }
    cost, look, symptoms = cause_lines({"id": "l-poller", "explanation": told}, Tongue("en"))
    assert "margin 300 to core" in cost
    assert look.strip() == "what would tell: see from another vantage point whether core answers"
    assert "sw-11" in symptoms
    assert "sw-12" not in symptoms
    assert symptoms.endswith("and 8 more (--json names them)")


@pytest.mark.parametrize(
    ("kappa", "words"),
    [
        (None, "fewer further failures lose"),
        (1, "1 further failure loses"),
        (2, "2 further failures lose"),
    ],
)
def test_a_lost_reserve_is_told_as_the_failures_that_are_left(kappa, words):
    verdict = replace(RESERVELESS, kappa=kappa)
    assert f"it works, but {words} it, where its level promises 3" in rule(verdict, 3)["words"]
