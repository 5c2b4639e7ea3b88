"""A changed catalogue on an old log: what would differ, and which outages nobody would hear of."""

from __future__ import annotations

import json
from itertools import pairwise

import jsonschema
import pytest
from hypothesis import given, settings

from events.codec import encode
from events.span import text
from monitor.__main__ import main
from monitor.cli.replay_text import summary
from monitor.cli.tongue import Tongue
from monitor.comparison import compare
from monitor.replay import Run, run
from tests.cli.results import RESULTS, closed
from tests.engine.lab import Lab, at, office, saw, sweep, tick
from tests.engine.test_fold_laws import histories
from tests.engine.test_replay_verb import CATALOGUE
from topology.compiled import Compiled
from topology.model import Timing

ENGLISH = Tongue("en")


def by(catalogue, events):
    return run(Compiled.of(catalogue), events)


def service(status, seconds):
    return saw("app", status, seconds, "recorded")


LOG = [
    *sweep(0),
    *[service("down", 1000), service("up", 1090)],
    *[service("down", 3000), service("up", 4200)],
    tick(6000),
]


def differ(old, new, events=LOG):
    return compare(by(old, events), by(new, events))


def test_a_longer_confirmation_gives_fewer_and_later_incidents_and_misses_what_was_short():
    slow = office(timing=Timing(confirm_s=300))
    difference = differ(office(), slow)
    assert summary(difference, ENGLISH) == "1 incident fewer, 1 later, 3 missed"
    (later,) = difference["incidents"]["later"]
    assert (later["cause"], later["seconds"]) == ("app", 240)
    assert {one["chain"] for one in difference["missed"]} == {"c-g1", "c-g2", "c-g3"}
    assert all(one["down_in"] == ["old", "new"] for one in difference["missed"])
    assert difference["notifications"] == {
        "old": {"closed": 2, "opened": 2},
        "new": {"closed": 1, "opened": 1},
    }


def test_a_quicker_confirmation_is_the_reverse():
    quick = office(timing=Timing(confirm_s=5))
    difference = differ(office(), quick)
    assert [one["seconds"] for one in difference["incidents"]["earlier"]] == [-55, -55]
    assert summary(difference, ENGLISH) == "0 incidents fewer, 0 later, 2 earlier, 0 missed"


def test_the_same_catalogue_makes_no_difference():
    difference = differ(office(), office())
    assert summary(difference, ENGLISH) == "0 incidents fewer, 0 later, 0 missed"
    assert difference["chains"] == {}


def test_more_urgency_is_another_priority():
    difference = differ(office(urgency=3), office(urgency=1))
    assert {(o["old"], o["new"]) for o in difference["incidents"]["other_priority"]} == {
        ("P2", "P1")
    }


def test_a_dependency_that_is_taken_out_shows_which_outages_would_go_unheard():
    events = [*sweep(0), saw("power-plek", "down", 1000, "recorded"), *sweep(1060), tick(3000)]
    risk = {"power-plek": ("d1", "d2")}
    harmless = {"power-plek": ("a1",)}
    difference = differ(office(risks=risk), office(risks=harmless), events)
    assert {one["chain"] for one in difference["missed"]} == {"c-g2", "c-g3"}
    assert all(one["down_in"] == ["old"] for one in difference["missed"])
    assert difference["chains"]["c-g2"]["down"] == -2000
    assert "c-g1" not in difference["chains"]


@settings(max_examples=25, deadline=None)
@given(histories())
def test_a_log_compared_with_itself_never_differs(events):
    difference = differ(office(), office(), events)
    assert summary(difference, ENGLISH) == "0 incidents fewer, 0 later, 0 missed"
    assert difference["chains"] == {}


@settings(max_examples=25, deadline=None)
@given(histories())
def test_the_other_way_round_fewer_is_more_and_later_is_earlier(events):
    one, other = office(), office(timing=Timing(confirm_s=300, clear_s=10))
    there, back = differ(one, other, events), differ(other, one, events)
    pairs = [("fewer", "more"), ("later", "earlier"), ("other_priority", "other_priority")]
    for name, reverse in pairs:
        assert len(there["incidents"][name]) == len(back["incidents"][reverse])
    for chain, more in there["chains"].items():
        assert {state: -seconds for state, seconds in more.items()} == back["chains"][chain]


@settings(max_examples=25, deadline=None)
@given(histories())
def test_stretches_of_a_chain_fill_the_log_and_end_in_the_last_verdict(events):
    fold = run(Compiled.of(office()), events)
    start = min(event.time for event in events)
    for chain, stretches in fold.chains.items():
        assert stretches[0].start == start
        assert stretches[-1].end == fold.end
        assert all(a.end == b.start for a, b in pairwise(stretches))
        assert stretches[-1].state == fold.picture["chains"][chain]["state"]


def test_the_state_of_a_stretch_is_the_last_verdict_that_was_dated_before_it():
    lab = Lab(office())
    events = [*sweep(0), *sweep(60, ("s3", "a3")), *sweep(63, ("s3", "a3")), tick(200)]
    lab.feed(events)
    stretches = run(lab.compiled, events).chains["c-g3"]
    assert [(one.start, one.state) for one in stretches] == [
        (at(0), "up"),
        (at(60), "down"),
        (at(185), "unknown"),  # 122 s after it was last looked at
    ]


def test_a_verdict_that_is_dated_back_rewrites_what_was_open():
    lab = Lab(office())
    stretches = run(lab.compiled, [*sweep(0), saw("a3", "down", 60), *sweep(63, ("a3",))]).chains
    assert [(one.start, one.state) for one in stretches["c-g3"]] == [
        (at(0), "up"),
        (at(60), "down"),
    ]


def test_of_two_incidents_that_became_one_the_longer_overlap_is_the_same_one():
    def told(*spans):
        return Run(
            {
                "incidents": [incident(*span) for span in spans],
                "watermark": text(at(9000)),
                "notifications": [],
            },
            {},
            at(9000),
        )

    def incident(id_, since, end):
        named = {"id": id_, "cause": "app", "fault": "down", "chains": ["c"], "priority": "P2"}
        return {
            **named,
            "since": text(at(since)),
            "opened": text(at(since)),
            "closed": text(at(end)),
        }

    old = told(("short", 0, 100), ("long", 200, 3000))
    difference = compare(old, told(("one", 0, 3000)))
    assert [one["id"] for one in difference["incidents"]["fewer"]] == ["short"]


@pytest.fixture
def compared(tmp_path, capsys):
    for name, written in (("old", CATALOGUE), ("new", CATALOGUE + "timing: {confirm: 10m}\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "keten.yaml").write_text(written, "utf-8")

    def verb(events, *more):
        log = tmp_path / "events.jsonl"
        log.write_bytes(b"\n".join(encode(event) for event in events))
        argv = ["replay", str(tmp_path / "old"), str(log), "--against", str(tmp_path / "new")]
        code = main([*argv, *more])
        return code, capsys.readouterr().out

    return verb


SHORT = (saw("s", "down", 0, "recorded"), saw("s", "up", 300, "recorded"), tick(3000))


def test_the_verb_says_in_one_line_what_would_differ_and_then_each_thing(compared):
    code, out = compared([e for e in SHORT if e.subject != "clock"])
    assert code == 0
    assert out.splitlines()[0] == "1 incident fewer, 0 later, 1 missed"
    assert out.splitlines()[1].startswith("missed   c down 2026-06-09T14:00:00+02:00 to")
    assert "(down by old + new)" in out


def test_the_result_of_the_verb_is_as_described(compared):
    code, out = compared(SHORT, "--json")
    assert code == 0
    result = json.loads(out)
    jsonschema.validate(result, closed(RESULTS["replay"]))
    assert result["against"]["digest"] != result["digest"]
