"""`keten whatif` and `keten changes` as people and programs get them."""

import json

import pytest

from monitor.__main__ import main
from tests.cli.test_results import valid

CATALOGUE = """
version: 1
timezone: Europe/Amsterdam
suppliers: [{id: lan, name: LAN}]
calendars:
  - {id: kantoor, hours: [{days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"}],
     holidays: {country: NL, good_friday: open, liberation_day: open}}
levels: [{id: goud, target: 99.5, calendar: kantoor, minimum_coverage: 99}]
components:
  - {id: sw, kind: switch, supplier: lan}
  - {id: wan-a, kind: wan}
  - {id: wan-b, kind: wan}
  - {id: app, kind: service}
links:
  - {id: l-a, between: [sw, wan-a]}
  - {id: l-b, between: [sw, wan-b]}
  - {id: l-aa, between: [wan-a, app]}
  - {id: l-bb, between: [wan-b, app]}
groups: [{id: g, users: 140, members: [sw]}]
chains: [{id: zaak, name: Zaak, from: g, to: app, level: goud, exempt: [sw]}]
service:
  freezes: [{id: kerst, name: Kerst, from: 2026-12-21, to: 2027-01-03}]
"""


def change(id_, start, end, *components, **more):
    data = {"components": components, "start": start, "end": end, "agreed_at": AGREED, **more}
    return {
        "id": f"c-{id_}-{start}",
        "type": "change",
        "subject": id_,
        "time": AGREED,
        "data": data,
    }


def seen(subject, status, time):
    data = {"kind": "recorded", "status": status}
    return {
        "id": f"o-{subject}-{time}",
        "type": "observation",
        "subject": subject,
        "time": time,
        "data": data,
    }


AGREED = "2026-06-01T07:00:00Z"


@pytest.fixture
def told(tmp_path, capsys):
    """Call a verb on the catalogue with events; the code and the result come back."""
    (tmp_path / "keten.yaml").write_text(CATALOGUE)

    def call(verb, *words, events=(), text=False):
        if events or verb == "changes":
            lines = [
                json.dumps(
                    {
                        "specversion": "1.0",
                        "source": "register",
                        "recordedtime": one["time"],
                        **one,
                        "type": f"nl.ketenmonitor.{one['type']}.v1",
                    }
                )
                for one in events
            ]
            file = tmp_path / "events.jsonl"
            file.write_text("\n".join(lines))
            words = (*words, "--events", str(file))
        code = main([verb, str(tmp_path), *words, *(() if text else ("--json",))])
        out, err = capsys.readouterr()
        return code, out if text else valid(verb, out), err

    return call


def test_a_whatif_names_who_cannot_work_and_who_must_repair(told):
    code, result, _ = told("whatif", "--down", "wan-b,wan-a")
    assert code == 0
    assert result["groups_down"] == ["g"]
    assert result["chains_down"] == ["zaak"]
    assert result["users"] == 140
    assert result["redundancy_left"] == {"zaak": 0}
    _, result, _ = told("whatif", "--down", "wan-a")
    assert result["redundancy_left"] == {"zaak": 1}
    assert result["chains"]["zaak"]["before"]["kappa"] == 2


def test_the_text_says_that_it_is_a_simulation_and_when_nothing_changes(told):
    _, out, _ = told("whatif", "--down", "sw", text=True)
    assert "simulatie" in out.splitlines()[0]
    assert "140 users" in out
    assert "to repair: lan: sw" in out
    states = [seen("wan-a", "down", AGREED)]
    _, out, _ = told("whatif", "--down", "l-a", "--at", AGREED, events=states, text=True)
    assert "redundantie vangt dit op" in out


def test_at_a_moment_what_is_out_then_and_agreed_work_count_too(told):
    out = [
        seen("wan-a", "down", "2026-06-02T07:00:00Z"),
        seen("wan-a", "up", "2026-06-02T09:00:00Z"),
    ]
    work = change("w", "2026-06-03T07:00:00Z", "2026-06-03T09:00:00Z", "wan-a")

    def at(moment, *events):
        return told("whatif", "--down", "wan-b", "--at", moment, events=events)[1]["chains_down"]

    assert at("2026-06-02T06:59:59Z", *out) == []
    assert at("2026-06-02T07:00:00Z", *out) == ["zaak"]
    assert at("2026-06-02T09:00:00Z", *out) == []
    assert at("2026-06-03T08:00:00Z", *out, work) == ["zaak"], "the work is still to come"
    assert at("2026-06-03T09:00:00Z", *out, work) == []
    later = seen("sw", "up", "2026-06-04T07:00:00Z")
    assert at("2026-06-03T08:00:00Z", *out, work, later) == [], "it was seen to go on working"


def test_what_cannot_be_asked_is_refused_with_the_cure(told):
    for words, cure in [
        (("--down", "wan-aa"), "did you mean `wan-a`?"),
        (("--down", ","), "--down core-1,wan-2"),
        (("--down", "sw", "--at", "today"), "2026-06-09T07:00:00Z"),
    ]:
        code, out, err = told("whatif", *words, text=True)
        assert (code, out) == (2, "")
        assert cure in err


def test_two_changes_that_take_each_others_spare_are_a_conflict_while_they_overlap(told):
    code, result, _ = told(
        "changes",
        events=[
            change("w-1", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "wan-a"),
            change("w-2", "2026-06-09T21:00:00Z", "2026-06-09T23:00:00Z", "wan-b"),
        ],
    )
    assert code == 0
    picture = [
        (row["from"][11:13], row["to"][11:13], row["groups_down"], row["users"], row["conflicts"])
        for row in result["intervals"]
    ]
    both = [{"changes": ["w-1", "w-2"], "outages": [], "group": "g", "chains": ["zaak"]}]
    assert picture == [
        ("20", "21", [], 0, []),
        ("21", "22", ["g"], 140, both),
        ("22", "23", [], 0, []),
    ]
    warned = [(one["code"], one["from"][11:13]) for one in result["warnings"]]
    assert warned == [("no-redundancy-left", "20"), ("no-redundancy-left", "22")]


def test_the_latest_word_on_a_change_counts_and_work_that_is_ready_is_over(told):
    first = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "sw")
    moved = change("w", "2026-06-10T20:00:00Z", "2026-06-10T22:00:00Z", "sw")
    moved["time"] = "2026-06-02T07:00:00Z"
    ready = change(
        "x",
        "2026-06-11T20:00:00Z",
        "2026-06-11T22:00:00Z",
        "sw",
        completed_at="2026-06-11T21:00:00Z",
    )
    _, result, _ = told("changes", events=[moved, first, ready])
    assert [(one["from"], one["to"]) for one in result["intervals"]] == [
        ("2026-06-10T20:00:00Z", "2026-06-10T22:00:00Z"),
        ("2026-06-11T20:00:00Z", "2026-06-11T21:00:00Z"),
    ]


def test_the_calendar_is_cut_to_the_time_that_is_asked_for(told):
    one = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "sw")
    span = ("--from", "2026-06-09T21:00:00Z", "--to", "2026-06-09T21:30:00Z")
    _, result, _ = told("changes", *span, events=[one])
    assert [(row["from"], row["to"]) for row in result["intervals"]] == [(span[1], span[3])]
    _, result, _ = told("changes", "--from", "2026-06-09T22:00:00Z", events=[one])
    assert result["intervals"] == result["changes"] == []


def test_an_outage_of_now_conflicts_with_work_to_come_and_one_that_ended_does_not(told):
    work = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "wan-b")
    down = seen("wan-a", "down", "2026-06-02T07:00:00Z")
    _, result, _ = told("changes", events=[work, down])
    row = result["intervals"][0]
    assert row["outages"] == ["wan-a"]
    assert row["conflicts"][0]["changes"] == ["w", "wan-a"]
    assert row["planned"]["groups_down"] == []
    assert row["groups_down"] == ["g"]
    mended = seen("wan-a", "up", "2026-06-02T08:00:00Z")
    _, result, _ = told("changes", events=[work, down, mended])
    assert result["intervals"][0]["conflicts"] == []


def test_part_of_agreed_work_that_is_down_is_no_outage(told):
    now = change("w-1", "2026-06-02T06:00:00Z", "2026-06-02T12:00:00Z", "wan-a")
    later = change("w-2", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "wan-b")
    down = seen("wan-a", "down", "2026-06-02T07:00:00Z")
    _, result, _ = told("changes", events=[now, later, down])
    assert result["intervals"][-1]["outages"] == []


def test_days_that_ask_for_rest_are_warned_of(told):
    events = [
        change("kerstwerk", "2027-01-03T22:59:59Z", "2027-01-03T23:30:00Z", "sw"),
        change("erna", "2027-01-03T23:00:00Z", "2027-01-03T23:30:00Z", "sw"),
        change("koningsdag", "2026-04-27T08:00:00Z", "2026-04-27T09:00:00Z", "sw"),
    ]
    for one in events:
        one["data"]["agreed_at"] = one["time"] = "2026-04-01T07:00:00Z"
    _, result, _ = told("changes", events=events)
    warned = {(one["code"], *one["changes"]) for one in result["warnings"]}
    assert ("freeze", "kerstwerk") in warned, "its last local second lies in the freeze"
    assert ("freeze", "erna") not in warned
    assert ("holiday", "koningsdag") in warned
    assert not any(code == "holiday" for code, name in warned if name != "koningsdag")


def test_afterwards_what_fell_is_held_against_what_was_declared(told):
    window = ("2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z")
    silent = change("silent", *window, "wan-a", declared_impact=[])
    careful = change("careful", *window, "wan-b", declared_impact=["zaak"])
    events = [
        silent,
        careful,
        seen("wan-a", "down", "2026-06-09T20:10:00Z"),
        seen("wan-b", "down", "2026-06-09T21:59:59Z"),
        seen("wan-b", "up", "2026-06-09T22:10:00Z"),
    ]
    _, result, _ = told("changes", events=events)
    observed = {one["id"]: one["observed"] for one in result["changes"]}
    assert observed["silent"]["undeclared"] == ["zaak"]
    assert observed["careful"]["undeclared"] == observed["careful"]["spared"] == []
    late = events[3] | {"time": "2026-06-09T22:00:00Z", "id": "o-late"}
    _, result, _ = told("changes", events=[*events[:3], late, events[4]])
    observed = {one["id"]: one["observed"] for one in result["changes"]}
    assert observed["silent"]["chains_down"] == [], "a second later the window is over"
    assert observed["careful"]["spared"] == ["zaak"]
    _, result, _ = told("changes", events=events[:4])
    assert {one["observed"] for one in result["changes"]} == {None}, "it is not over yet"


def test_a_line_that_cannot_be_used_is_listed_and_the_rest_is_answered(told):
    good = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "sw")
    endless = change("x", "2026-06-09T20:00:00Z", None, "sw")
    foreign = change("y", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "nobody")
    code, result, err = told("changes", events=[good, endless, foreign])
    assert code == 3
    assert [one["id"] for one in result["changes"]] == ["w"]
    assert [one["line"] for one in result["deadletters"]] == [2, 3]
    assert "end" in result["deadletters"][0]["reason"]
    assert "nobody" in err
    backwards = change("z", "2026-06-09T22:00:00Z", "2026-06-09T20:00:00Z", "sw")
    code, result, _ = told("changes", events=[backwards])
    assert (code, result["intervals"]) == (0, [])
    assert [one["code"] for one in result["warnings"]] == ["never-active"]


def test_of_two_words_on_a_change_the_one_recorded_last_counts_whatever_their_times(told):
    stands = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "sw")
    stands["recordedtime"] = "2026-06-03T07:00:00Z"
    older = change("w", "2026-06-10T20:00:00Z", "2026-06-10T22:00:00Z", "sw")
    older["time"] = older["recordedtime"] = "2026-06-02T07:00:00Z"
    _, result, _ = told("changes", events=[stands, older])
    assert [one["from"] for one in result["intervals"]] == ["2026-06-09T20:00:00Z"]


def test_an_interval_that_is_past_has_the_outages_of_then(told):
    work = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "wan-b")
    before = seen("wan-a", "down", "2026-06-09T19:00:00Z")
    mended = seen("wan-a", "up", "2026-06-09T23:00:00Z")
    _, result, _ = told("changes", events=[work, before, mended])
    assert result["intervals"][0]["outages"] == ["wan-a"]
    after = seen("wan-a", "down", "2026-06-09T23:30:00Z")
    _, result, _ = told("changes", events=[work, after])
    assert result["intervals"][0]["outages"] == []


def test_an_outage_that_begins_while_the_work_runs_is_seen_at_once(told):
    work = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "wan-b")
    other = change("x", "2026-06-09T23:00:00Z", "2026-06-09T23:30:00Z", "wan-b")
    down = seen("wan-a", "down", "2026-06-09T20:30:00Z")

    def outages(*events):
        _, result, _ = told("changes", events=[work, other, down, *events])
        assert [one["from"][11:13] for one in result["intervals"]] == ["20", "23"]
        return [one["outages"] for one in result["intervals"]]

    assert outages() == [["wan-a"], ["wan-a"]]
    row = told("changes", events=[work, down])[1]["intervals"][0]
    assert (row["groups_down"], row["planned"]["groups_down"]) == (["g"], [])
    assert row["conflicts"][0]["changes"] == ["w", "wan-a"]
    assert outages(seen("wan-a", "up", "2026-06-09T21:00:00Z")) == [[], []], "mended while it ran"
    assert outages(seen("sw", "up", "2026-06-09T21:59:59Z")) == [["wan-a"], ["wan-a"]]
    past = seen("sw", "up", "2026-06-09T22:00:00Z")
    assert outages(past) == [[], ["wan-a"]], "of the past its begin is told"


def test_what_was_down_before_the_work_is_not_held_against_it(told):
    work = change("w", "2026-06-09T20:00:00Z", "2026-06-09T22:00:00Z", "wan-b", declared_impact=[])
    down = seen("app", "down", "2026-06-09T19:59:59Z")
    up = seen("app", "up", "2026-06-09T23:00:00Z")
    observed = told("changes", events=[work, down, up])[1]["changes"][0]["observed"]
    assert (observed["already_down"], observed["undeclared"]) == (["zaak"], [])
    down = seen("app", "down", "2026-06-09T20:00:00Z")
    observed = told("changes", events=[work, down, up])[1]["changes"][0]["observed"]
    assert (observed["already_down"], observed["undeclared"]) == ([], ["zaak"])
