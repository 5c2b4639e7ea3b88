"""`keten replay`: what it refuses, what it leaves out, and its exit codes (DESIGN.md 7.2 and 7.3)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from events.codec import encode
from monitor.__main__ import main
from tests.engine.lab import at, saw

CATALOGUE = """\
version: 1
calendars: [{id: altijd, always: true, holidays: none}]
levels: [{id: goud, target: 99.5, calendar: altijd, minimum_coverage: 99.5}]
suppliers: [{id: lan, name: Lan, contact: {email: noc@lan.example}}]
organisations: [{id: o, name: Org}]
sites: [{id: plek, name: Plek, organisation: o}]
components:
  - {id: s, kind: switch, site: plek, supplier: lan}
  - {id: app, kind: service, supplier: lan}
links: [{id: l, between: [s, app], supplier: lan}]
groups: [{id: g, site: plek, users: 10, members: [s]}]
chains: [{id: c, name: Keten, from: g, to: app, level: goud}]
"""


@pytest.fixture
def run(tmp_path, capsys):
    (tmp_path / "keten.yaml").write_text(CATALOGUE, "utf-8")

    def replay(lines, *more):
        log = tmp_path / "events.jsonl"
        log.write_bytes(b"\n".join(lines))
        code = main(["replay", str(tmp_path), str(log), "--json", *more])
        return code, json.loads(capsys.readouterr().out)

    return replay


def lines(*events):
    return [encode(event) for event in events]


DOWN = (saw("s", "down", 0, "recorded"), saw("app", "up", 60, "recorded"))


def test_the_picture_at_the_end_with_its_incident_and_notice(run):
    code, result = run(lines(*DOWN))
    assert code == 0
    assert result["chains"]["c"] == {
        "state": "down",
        "since": "2026-06-09T12:00:00Z",
        "flags": [],
        "causes": ["s"],
        "users_affected": {"certain": 10, "possible": 10},
    }
    (incident,) = result["incidents"]
    assert (incident["cause"], incident["opened"]) == ("s", "2026-06-09T12:01:00Z")
    assert incident["deadlines"] == {"react": None, "solve": None}
    assert [n["action"] for n in result["notifications"]] == ["opened"]
    assert result["deadletters"] == []


def test_until_includes_its_moment_and_nothing_after(run):
    assert len(run(lines(*DOWN), "--until", "2026-06-09T12:01:00Z")[1]["incidents"]) == 1
    assert run(lines(*DOWN), "--until", "2026-06-09T12:00:59Z")[1]["incidents"] == []


def test_lines_that_cannot_be_used_are_listed_and_the_rest_is_folded(run):
    future = encode(saw("s", "up", 0, "recorded")).replace(b'"time":"2026', b'"time":"2027')
    code, result = run([b"{", b"", *lines(saw("nobody", "up", 0)), future, *lines(*DOWN)])
    assert code == 3
    assert [(one["line"], one["reason"][:16]) for one in result["deadletters"]] == [
        (1, "not JSON: Input "),
        (3, "unknown subject "),
        (4, "time 2027-06-09T"),
    ]
    assert result["chains"]["c"]["state"] == "down"


def test_what_folds_put_out_is_not_taken_in(run):
    first = run(lines(*DOWN))[1]
    from events import ids
    from events.contract import State, StateData

    said = ids.event(
        State,
        source="engine/default",
        subject="app",
        time=at(61),
        data=StateData(of="component", state="down", since=at(61)),
    )
    assert run(lines(*DOWN, said))[1]["digest"] == first["digest"]


def test_the_digest_is_that_of_the_canonical_picture(run):
    import hashlib

    result = run(lines(*DOWN))[1]
    picture = {key: result[key] for key in ("chains", "components", "incidents")}
    text = json.dumps(picture, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == result["digest"]


def test_a_moment_without_a_zone_is_refused(tmp_path, capsys):
    (tmp_path / "keten.yaml").write_text(CATALOGUE, "utf-8")
    assert main(["replay", str(tmp_path), "x.jsonl", "--until", "2026-06-09T12:00:00"]) == 2
    assert "with its zone" in capsys.readouterr().err
    assert main(["replay", str(tmp_path), str(tmp_path / "none.jsonl")]) == 2


SHARED = Path(__file__).parents[3] / "shared" / "golden" / "G15"


@pytest.mark.skipif(not SHARED.exists(), reason="the worked scenarios are not beside the checkout")
def test_the_worked_scenario_of_koningsdag(capsys):
    assert main(["replay", str(SHARED / "catalogue"), str(SHARED / "events.jsonl"), "--json"]) == 0
    (incident,) = json.loads(capsys.readouterr().out)["incidents"]
    assert (incident["cause"], incident["opened"], incident["priority"]) == (
        "app-1",
        "2026-04-24T15:15:00Z",
        "P1",
    )
