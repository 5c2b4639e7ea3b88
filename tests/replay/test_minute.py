"""`keten explain-minute`: why a second counts as it does; all seconds together are the report."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

from events.codec import encode
from events.span import seconds
from monitor.__main__ import main
from monitor.reports.facts import facts_of
from monitor.reports.minute import minute
from monitor.reports.month import report
from monitor.reports.why import why
from tests.cli.results import RESULTS, closed
from tests.engine.lab import at, change, correction, office, saw, sweep, tick
from tests.engine.test_fold_laws import histories
from tests.engine.test_replay_verb import CATALOGUE
from topology.compiled import Compiled
from topology.model import Calendar

OFFICE = Compiled.of(office(risks={"power-plek": ("s1", "s2")}))
OFFICE.catalogue.calendars["altijd"] = Calendar(id="altijd", always=True)
BUCKETS = ("excluded", "up", "degraded", "down", "unknown", "maintenance")


@settings(max_examples=8, deadline=None)
@given(histories())
def test_all_seconds_of_a_period_are_the_account_of_the_report(events):
    start, end = seconds(at(0)), seconds(at(300))
    edges = sorted({start, end, *_edges(events, start, end)})
    count = Counter()
    for begin, after in pairwise(edges):
        count[minute(OFFICE, events, "c-g1", begin)["bucket"]] += after - begin
    facts = facts_of(OFFICE, events, end)
    told = report(OFFICE, facts, (start, end))["chains"]["c-g1"]
    assert {name: count[name] for name in BUCKETS} == {name: told[name] for name in BUCKETS}


def _edges(events, start, end):
    """Every second at which anything can change: that of an event, a verdict, a window or a silence."""
    facts = facts_of(OFFICE, events, end)
    moments = {seconds(one.time) for one in facts.states}
    moments |= {seconds(one.data.since) for one in facts.states}
    for one in facts.changes:
        moments |= {seconds(one.data.start), seconds(one.data.end)}
    return {one for one in moments if start < one < end}


@settings(max_examples=25, deadline=None)
@given(histories())
def test_of_what_was_not_learned_later_a_second_says_what_the_chain_says(events):
    now = max(event.time for event in events)
    states = facts_of(OFFICE, events, seconds(now) + 1).states
    later = {one.subject for one in states if one.time > now and one.data.since <= now}
    for chain in ("c-g1", "c-g2", "c-g3"):
        told, second = why(OFFICE, events, chain), minute(OFFICE, events, chain, seconds(now))
        chains = [(one["id"], one["state"], one["reason"]) for one in told["parts"]]
        seconds_ = [(one["id"], one["state"], one["reason"]) for one in second["components"]]
        assert [one for one in chains if one[0] not in later] == [
            one for one in seconds_ if one[0] not in later
        ]


def test_silence_and_what_nobody_gave_a_reason_for_are_said_alike():
    events = [saw("core", "up", 0), saw("s3", "up", 0), saw("s3", "degraded", 10)]
    for second in (20, 600):
        told = why(OFFICE, [*events, tick(second)], "c-g3")
        asked_ = minute(OFFICE, [*events, tick(second)], "c-g3", seconds(at(second)))
        assert [one["reason"] for one in told["parts"]] == [
            one["reason"] for one in asked_["components"]
        ]


def recorded(status, second):
    return saw("app", status, second, "recorded")


def asked(events, second, chain="c-g1"):
    return minute(OFFICE, events, chain, seconds(at(second)))


def test_a_second_names_the_observation_that_decided():
    down = recorded("down", 60)
    told = asked([*sweep(0), down], 100)
    assert (told["bucket"], told["counts_as"]) == ("down", "counts as down")
    assert [one["id"] for one in told["events"]] == [down.id]
    (part,) = [one for one in told["components"] if one["id"] == "app"]
    assert part["evidence"] == [down.id]


def test_work_says_why_it_excuses_or_does_not():
    window = (50, 500)
    events = [
        *sweep(0),
        recorded("down", 60),
        change("w-good", ["app"], window, 10, declared_impact=["c-g1"]),
        change("w-none", ["app"], window, 10, declared_impact=[]),
        change("w-late", ["app"], window, 10, agreed_at=at(60)),
        change("w-open", ["app"], window, 10, agreed_at=None),
        change("w-ready", ["app"], window, 10, completed_at=at(80), declared_impact=["c-g1"]),
    ]
    told = asked(events, 100)
    assert (told["bucket"], told["state"]) == ("excluded", "maintenance")
    assert {one["change"]: one["excludes"] for one in told["work"]} == {
        "w-good": True,
        "w-late": False,
        "w-none": False,
        "w-open": False,
        "w-ready": False,
    }
    reasons = {one["change"]: one["reason"] for one in told["work"]}
    assert "only after its start" in reasons["w-late"]
    assert "does not include this chain" in reasons["w-none"]
    assert reasons["w-open"] == "it was not agreed"
    assert "reported ready" in reasons["w-ready"]
    assert asked(events, 100, "c-g2")["bucket"] == "maintenance"


def test_a_correction_is_told_with_what_it_made_of_the_second():
    down, up = recorded("down", 60), recorded("up", 1200)
    earlier = correction(up.id, 5000, moved=840)
    told = asked([*sweep(0), *sweep(900), down, up, earlier], 900)
    assert told["bucket"] == "up"
    assert told["corrections"]["without"] == {"bucket": "down", "state": "down"}
    (put_right,) = told["corrections"]["applied"]
    assert (put_right["event"], [one["id"] for one in put_right["by"]]) == (up.id, [earlier.id])
    assert (put_right["old"]["time"], put_right["new"]["time"]) == (
        "2026-06-09T12:20:00Z",
        "2026-06-09T12:14:00Z",
    )


def test_a_correction_recorded_later_than_the_question_has_no_part_in_it():
    down = recorded("down", 60)
    events = [*sweep(0), down, correction(down.id, 5000)]
    told = minute(OFFICE, events, "c-g1", seconds(at(100)), as_of=at(200))
    assert (told["bucket"], told["corrections"]["applied"]) == ("down", [])
    assert asked(events, 100)["corrections"]["applied"][0]["new"] is None


SHARED = Path(__file__).parents[3] / "shared" / "golden"
golden = pytest.mark.skipif(not SHARED.exists(), reason="the worked scenarios are not beside us")


@pytest.fixture
def ask(capsys):
    def verb(scenario, chain, moment):
        folder = SHARED / scenario
        lines = str(folder / "events.jsonl")
        argv = ["explain-minute", str(folder / "catalogue"), chain, moment, "--events", lines]
        code = main([*argv, "--json"])
        told = json.loads(capsys.readouterr().out)
        jsonschema.validate(told, closed(RESULTS["explain-minute"]))
        assert main(argv) == code == 0
        return told, capsys.readouterr().out

    return verb


@golden
@pytest.mark.parametrize(
    ("moment", "bucket"),
    [
        ("2026-06-09T14:10:00Z", "excluded"),  # it still worked: the whole window is left out
        ("2026-06-09T15:59:59Z", "excluded"),
        ("2026-06-09T16:00:00Z", None),  # 18:00: the office is closed
        ("2026-06-10T06:00:00Z", "down"),  # overrun
        ("2026-06-10T06:45:00Z", "up"),
        ("2026-06-11T10:05:00Z", "maintenance"),  # work without impact excuses nothing
    ],
)
def test_the_seconds_of_maintenance_with_overrun(ask, moment, bucket):
    told, text = ask("G08", "keten", moment)
    assert told["bucket"] == bucket
    assert f"bucket    {bucket or 'none'}" in text


@golden
@pytest.mark.parametrize(
    ("chain", "moment", "closed"),
    [
        ("open", "2025-04-21T10:00:00Z", "Tweede paasdag"),
        ("dicht", "2025-04-18T10:00:00Z", "Goede"),
    ],
)
def test_a_closed_day_is_named(ask, chain, moment, closed):
    told, text = ask("G07", chain, moment)
    assert (told["bucket"], told["service"]["in"]) == (None, False)
    assert closed in told["service"]["closed_by"]
    assert "not in service time: closed: " in text


@golden
def test_whose_a_second_is_has_key_split_and_holder(ask):
    told, _ = ask("G11", "keten", "2026-06-09T08:45:00Z")
    assert told["suppliers"] == {
        "key": "alfa&bravo|charlie",
        "shapley": {"alfa": "1/6", "bravo": "1/6", "charlie": "2/3"},
        "first_holds": ["alfa", "bravo"],
        "exact": True,
    }


def test_who_made_the_chain_fall_holds_the_bill_whatever_the_names(tmp_path, capsys):
    text = CATALOGUE.replace("{id: s, kind: switch, site: plek, supplier: lan}", FIRST)
    both = SUPPLIERS + "{id: zuid, name: Zuid, contact: {email: z@zuid.example}}]"
    (tmp_path / "keten.yaml").write_text(text.replace(SUPPLIERS.rstrip(" ,") + "]", both), "utf-8")
    events = [saw("s", "down", 60, "recorded"), saw("app", "down", 120, "recorded")]
    (tmp_path / "events.jsonl").write_bytes(b"\n".join(map(encode, events)))
    lines = str(tmp_path / "events.jsonl")
    main(
        ["explain-minute", str(tmp_path), "c", "2026-06-09T12:02:10Z", "--events", lines, "--json"]
    )
    whose = json.loads(capsys.readouterr().out)["suppliers"]
    assert (whose["key"], whose["first_holds"]) == ("lan|zuid", ["zuid"])


FIRST = "{id: s, kind: switch, site: plek, supplier: zuid}"
SUPPLIERS = "suppliers: [{id: lan, name: Lan, contact: {email: noc@lan.example}}, "
