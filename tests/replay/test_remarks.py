"""What is wrong in event lines is said with line, place and cure, by every verb that reads them."""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from events.codec import encode
from monitor.__main__ import main
from monitor.remarks import TEXTS, remarks
from monitor.replay import replay
from tests.cli.results import RESULTS, closed
from tests.engine.lab import change, correction, office, saw
from tests.engine.test_fold_laws import histories
from tests.engine.test_replay_verb import CATALOGUE
from topology.compiled import Compiled

OFFICE = Compiled.of(office(risks={"power-plek": ("s1", "s2")}))
DOWN = saw("s", "down", 0, "recorded")
UP = saw("s", "up", 600, "recorded")
VERBS = {
    "replay": ["replay", "{dir}", "{lines}"],
    "report": ["report", "{dir}", "--month", "2026-06", "--events", "{lines}"],
    "explain": ["explain", "c", "--catalogue", "{dir}", "--events", "{lines}"],
    "explain-minute": [
        "explain-minute",
        "{dir}",
        "c",
        "2026-06-09T12:05:00Z",
        "--events",
        "{lines}",
    ],
}
every_verb = pytest.mark.parametrize("verb", VERBS)


@pytest.fixture
def call(tmp_path, capsys):
    (tmp_path / "keten.yaml").write_text(CATALOGUE, "utf-8")
    lines = tmp_path / "events.jsonl"

    def ask(verb, events, *more):
        raw = [event if isinstance(event, bytes) else encode(event) for event in events]
        lines.write_bytes(b"\n".join(raw))
        argv = [word.format(dir=tmp_path, lines=lines) for word in VERBS[verb]]
        code = main([*argv, *more])
        done = capsys.readouterr()
        return code, done.out, done.err.replace(str(lines), "events.jsonl")

    return ask


def planned(start, end, said=-3600, impact=("c",)):
    return change("w-1", ["s"], (start, end), said, declared_impact=list(impact))


# --- what is said, by every verb ------------------------------------------------------------------


@every_verb
def test_a_change_that_ends_before_it_starts_is_used_excuses_nothing_and_is_said(call, verb):
    code, _, err = call(verb, [DOWN, planned(600, 300), UP])
    assert code == 0
    assert (
        "events.jsonl:2: note: change w-1: its end 2026-06-09T12:05:00Z is not after its start"
        in err
    )
    assert "send it again with its right times" in err


@every_verb
@pytest.mark.parametrize("end", [b"", b'"end":null,'])
def test_a_change_without_an_end_is_left_out_with_the_cure(call, verb, end):
    whole = encode(planned(0, 600))
    line = whole.replace(b'"end":"2026-06-09T12:10:00Z",', end)
    assert line != whole
    code, out, err = call(verb, [DOWN, line, UP], "--json")
    assert code == 3
    assert "events.jsonl:2: not a valid event" in err
    assert "the latest" in err
    assert [one["line"] for one in json.loads(out)["deadletters"]] == [2]


@every_verb
def test_a_correction_of_what_is_not_there_waits_is_said_and_is_counted(call, verb):
    lost = correction("o-gone", 60, status="up")
    code, out, err = call(verb, [DOWN, UP, lost], "--json")
    assert code == 0
    assert f"events.jsonl:3: note: correction {lost.id} waits for o-gone, which is not there" in err
    told = json.loads(out)
    jsonschema.validate(told, closed(RESULTS[verb]))
    waiting = [one for one in told["remarks"] if one["code"] == "waiting-correction"]
    assert [(one["line"], one["id"]) for one in waiting] == [(3, lost.id)]


@every_verb
def test_of_two_corrections_of_one_event_the_one_without_effect_is_named(call, verb):
    first, last = (correction(DOWN.id, s, status=to) for s, to in ((700, "up"), (800, "degraded")))
    code, _, err = call(verb, [DOWN, UP, first, last])
    assert code == 0
    assert (
        f"events.jsonl:3: note: correction {first.id} of {DOWN.id} is overruled by {last.id}" in err
    )


@every_verb
def test_a_misspelled_chain_in_a_declared_impact_is_named(call, verb):
    code, _, err = call(verb, [DOWN, planned(0, 600, impact=("c", "cc")), UP])
    assert code == 0
    assert "events.jsonl:2: note: change w-1: its declared impact names cc, which" in err
    assert err.count("names cc") == 1


@every_verb
@pytest.mark.parametrize("year", [b"1969", b"9999"])
def test_an_event_of_a_year_that_no_clock_shows_is_left_out(call, verb, year):
    odd = encode(saw("s", "up", 30, "recorded")).replace(b"2026-", year + b"-")
    code, _, err = call(verb, [DOWN, odd, UP])
    assert code == 3
    assert f"events.jsonl:2: time {year.decode()}-" in err
    assert "of no year from 1970 to 2999: check the clock of probe/p1" in err


@every_verb
def test_unknown_ids_are_all_named_with_the_cure(call, verb):
    unknown = change("w-2", ["nobody", "nowhere"], (0, 600), -3600)
    code, _, err = call(verb, [DOWN, saw("nobody", "up", 5), unknown, UP])
    assert code == 3
    assert (
        "events.jsonl:2: unknown subject 'nobody': it is not in the catalogue; mend the id" in err
    )
    assert "events.jsonl:3: unknown component 'nobody', 'nowhere' in change 'w-2'; mend" in err


@every_verb
@pytest.mark.parametrize("moment", ["2026-06-09", "9999-12-31T23:59:59-05:00"])
def test_as_of_in_another_form_is_refused_with_the_form(call, verb, moment):
    code, out, err = call(verb, [DOWN], "--as-of", moment)
    assert (code, out) == (2, "")
    assert err == f"--as-of {moment}: write a moment with its zone, as in 2026-06-09T07:00:00Z\n"


@every_verb
def test_what_was_recorded_after_the_question_is_not_remarked(call, verb):
    late = correction("o-gone", 900, status="up")
    code, _, err = call(verb, [DOWN, UP, late], "--as-of", "2026-06-09T12:12:00Z")
    assert code == 0
    assert "waits for" not in err


def test_many_remarks_are_counted_for_people_and_all_listed_for_programs(call):
    lost = [correction(f"o-{n}", n, status="up") for n in range(30)]
    _, out, err = call("replay", [DOWN, *lost], "--json")
    assert err.count("waits for") == 20
    assert "note: and 10 more; --json lists all under `remarks`" in err
    assert len(json.loads(out)["remarks"]) == 30


# --- a month that is not over ---------------------------------------------------------------------


def test_lines_that_end_before_the_month_are_said_to(call):
    code, _, err = call("report", [DOWN, UP])
    assert code == 0
    assert "note: events.jsonl ends at 2026-06-09T12:10:00Z, before 2026-06 does" in err


def test_a_month_that_is_not_over_at_the_question_is_said_to_change(call):
    _, _, err = call("report", [DOWN, UP], "--as-of", "2026-06-10T00:00:00Z")
    assert err == (
        "note: 2026-06 is not over: these figures go up to 2026-06-10T00:00:00Z and will change\n"
    )


def test_a_month_that_is_over_is_reported_without_a_word(call):
    after = saw("s", "up", 30 * 86_400, "recorded")
    assert call("report", [DOWN, UP, after])[2] == ""


@pytest.mark.parametrize("asked", ["9999-12-31T23:59:59Z", "1960-01-01T00:00:00Z"])
def test_a_second_of_a_year_that_no_event_can_be_of_is_refused(call, asked, tmp_path, capsys):
    lines = str(tmp_path / "events.jsonl")
    call("replay", [DOWN])
    assert main(["explain-minute", str(tmp_path), "c", asked, "--events", lines]) == 2
    assert "ask about 1970 to 2999" in capsys.readouterr().err
    assert call("explain", [DOWN], "--at", asked)[0] == 2


def test_work_until_further_notice_is_told_though_its_end_has_no_local_time(call):
    forever = encode(planned(0, 600)).replace(
        b'"end":"2026-06-09T12:10:00Z"', b'"end":"9999-12-31T23:59:59Z"'
    )
    for verb in ("explain", "explain-minute"):
        code, out, _ = call(verb, [DOWN, forever])
        assert (code, "9999-12-31T23:59:59" in out) == (0, True)


# --- rules ----------------------------------------------------------------------------------------


def test_a_window_without_a_second_is_empty_and_one_of_a_second_is_not():
    codes = [
        [one.code for one in remarks(OFFICE.catalogue, [planned(0, end, impact=())])]
        for end in (0, 1)
    ]
    assert codes == [["empty-change"], []]


def test_a_later_word_that_is_right_takes_the_remark_away():
    wrong, right = planned(600, 300), planned(300, 600, said=-1800)
    assert [one.code for one in remarks(OFFICE.catalogue, [wrong])] == [
        "empty-change",
        "unknown-chain",
    ]
    again = [one.code for one in remarks(OFFICE.catalogue, [wrong, right])]
    assert "empty-change" not in again


def test_corrections_in_a_circle_are_named():
    one, two = correction("k-2", 10), correction("k-1", 20)
    one, two = replace(one, id="k-1"), replace(two, id="k-2")
    told = remarks(OFFICE.catalogue, [one, two])
    assert [(each.id, each.code) for each in told] == [
        ("k-1", "corrections-in-a-circle"),
        ("k-2", "corrections-in-a-circle"),
    ]


@settings(max_examples=25, deadline=None)
@given(histories())
def test_remarks_change_nothing_and_name_events_that_are_there(events):
    before = replay(OFFICE, events)["digest"]
    told = remarks(OFFICE.catalogue, events, {one.id: n for n, one in enumerate(events, 1)})
    assert replay(OFFICE, events)["digest"] == before
    assert {one.id for one in told} <= {one.id for one in events}
    assert {one.code for one in told} <= set(TEXTS)
    assert all(events[one.line - 1].id == one.id for one in told)
