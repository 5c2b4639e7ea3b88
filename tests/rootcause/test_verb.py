"""`keten rootcause`: a file of evidence in, the verdict out; what is wrong is named by its key."""

from __future__ import annotations

import io
import json
import sys

import jsonschema
import pytest

from monitor.__main__ import main
from tests.cli.results import RESULTS, closed
from tests.services import ROOT

CATALOGUE = """\
version: 1
components:
  - {id: core, kind: switch, tier: core}
  - {id: dis, kind: switch, tier: distribution}
  - {id: sw-1, kind: switch, tier: access}
  - {id: sw-2, kind: switch, tier: access}
links:
  - {id: l-1, between: [core, dis]}
  - {id: l-2, between: [dis, sw-1]}
  - {id: l-3, between: [dis, sw-2]}
shared_risks:
  - {id: duct-1, kind: duct, members: [l-2, l-3]}
vantage_points:
  - {id: poller-1, attached_to: core, via: l-poller}
  - {id: poller-2, attached_to: dis, via: l-second}
"""
POWER = "  - {id: power-1, kind: power, members: [dis, sw-1, sw-2]}"
BLIND = {"core": "fail", "dis": "fail", "sw-1": "fail", "sw-2": "fail"}


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    (tmp_path / "catalogue").mkdir()

    def asked(evidence, *words, catalogue=CATALOGUE):
        (tmp_path / "catalogue" / "c.yaml").write_text(catalogue, encoding="utf-8")
        text = evidence if isinstance(evidence, str) else json.dumps(evidence)
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        monkeypatch.setattr(sys, "stdin", stdin)
        code = main(["rootcause", str(tmp_path / "catalogue"), "-", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return asked


def answered(ask, evidence, catalogue=CATALOGUE):
    code, out, err = ask(evidence, "--json", catalogue=catalogue)
    assert (code, err) == (0, "")
    result = json.loads(out)
    jsonschema.Draft202012Validator(closed(RESULTS["rootcause"])).validate(result)
    return result


def one(observed, **more):
    return {"vantage": "poller-1", "observed": observed, **more}


def test_a_duct_is_named_when_both_its_lines_went(ask):
    seen = one({"core": "ok", "dis": "ok", "sw-1": "fail", "sw-2": "fail"}, costs={"duct": 1300})
    result = answered(ask, seen)
    assert result["explanations"] == [["duct-1"]]
    assert (result["cost"], result["runner_up"], result["margin"]) == (1300, 2000, 700)


def test_one_poller_cannot_tell_its_own_line_from_the_core_and_a_second_one_can(ask):
    alone = answered(ask, one(BLIND))
    assert alone["explanations"] == [["l-poller"]]
    assert alone["monitoring_fault"]
    assert alone["next_tests"][0]["way"] == "elsewhere"
    second = {"vantage": "poller-2", "observed": {"dis": "ok", "sw-1": "ok", "sw-2": "ok"}}
    both = answered(ask, {"vantages": [one(BLIND), second]})
    assert both["explanations"] == [["l-poller"]]
    assert both["unknown"] == []
    dark = {"vantage": "poller-2", "observed": {"dis": "fail", "sw-1": "fail"}}
    result = answered(ask, {"vantages": [one(BLIND), dark]})
    assert result["explanations"] == [["l-poller", "l-second"]]


def test_what_one_of_two_pollers_reaches_works_and_the_way_of_the_other_is_at_fault(ask):
    first = one({"core": "ok", "dis": "ok", "sw-1": "fail"})
    second = {"vantage": "poller-2", "observed": {"dis": "ok", "sw-1": "ok"}}
    result = answered(ask, {"vantages": [first, second]})
    assert result["explanations"] == [[]]
    torn = {"component": "sw-1", "reached_from": ["poller-2"], "not_from": ["poller-1"]}
    assert result["torn"] == [{**torn, "explained": False}]
    _, out, _ = ask({"vantages": [first, second]})
    assert "sw-1 works: it answers poller-2, not poller-1; its own way there is at fault" in out


def test_a_torn_view_with_a_cause_on_its_way_is_explained_by_it(ask):
    first = one({"core": "ok", "dis": "fail", "sw-1": "fail"})
    second = {"vantage": "poller-2", "observed": {"dis": "ok", "sw-1": "ok"}}
    result = answered(ask, {"vantages": [first, second]})
    assert result["explanations"] == [["l-1"]]
    assert [(t["component"], t["explained"]) for t in result["torn"]] == [
        ("dis", True),
        ("sw-1", True),
    ]


def test_the_text_names_cause_runner_up_and_what_to_look_at(ask):
    code, out, _ = ask(one({"core": "ok", "dis": "fail", "sw-1": "fail"}))
    assert code == 0
    assert "cause:      l-1  (cost 1000)" in out
    assert "runner-up:  dis  (cost 1200, margin 200)" in out
    assert "look at:    " in out


def test_an_answer_from_behind_a_dead_one_is_doubt_of_the_catalogue(ask):
    result = answered(ask, one({"core": "ok", "dis": "fail", "sw-1": "ok", "sw-2": "fail"}))
    assert result["doubtful"] == ["sw-1"]
    assert result["explanations"] == [["l-1"]]


def test_power_is_named_while_a_member_on_battery_answers_and_the_doubt_is_said(ask):
    fed = CATALOGUE.replace("  - {id: duct-1, kind: duct, members: [l-2, l-3]}", POWER)
    seen = one({"core": "ok", "dis": "ok", "sw-1": "fail", "sw-2": "fail"})
    battery = [{"risk": "power-1", "component": "dis", "penalty": 150}]
    result = answered(ask, seen | {"spared": battery}, fed)
    assert result["explanations"] == [["power-1"]]
    assert (result["cost"], result["runner_up"], result["margin"]) == (1650, 2000, 350)
    assert result["next_tests"][0] | {"expected": []} == {
        "way": "battery",
        "subject": "dis",
        "seen_from": None,
        "expected": [],
    }
    assert answered(ask, seen, fed)["explanations"] == [["l-2", "l-3"]]


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "write it as"),
        ('{"vantage": "poller-1", "vantage": "poller-2"}', "the key vantage stands twice"),
        ("[" * 100_000, "is not JSON"),
        ({}, "vantage: is missing"),
        ({"vantage": "poler-1"}, "no vantage point poler-1; did you mean poller-1?"),
        (one({"sw-11": "fail"}), "observed.sw-11: the catalogue has no component sw-11; did you"),
        (one({"l-1": "fail"}), "observed.l-1: a link does not answer"),
        (one({"sw-1": "down"}), 'observed.sw-1: is "down"; write ok or fail'),
        (one([]), "observed: must be an object"),
        (one({}, obseved={}), "obseved: unknown key; did you mean observed?"),
        (one({}, los=[{"link": "l-1", "far": "sw-1", "penalty": 1}]), "los.0.far: must be an end"),
        (one({}, up=[{"component": "dis", "penalty": -5}]), "up.0.penalty: is -5; write a whole"),
        (one({}, down=[{"component": "dis", "penalty": True}]), "down.0.penalty: is true"),
        (one({}, down=[{"component": "dis"}]), "down.0.penalty: is missing"),
        (one({}, nolos={}), "nolos: must be a list"),
        (
            one({}, spared=[{"risk": "duct-1", "component": "dis", "penalty": 1}]),
            "spared.0.component: must be a member of duct-1: l-2, l-3",
        ),
        (one({}, spared=[{"risk": "dis"}]), "spared.0.risk: the catalogue has no shared risk dis"),
        (one({}, costs={"link": 0}), "costs.link: is 0; write a whole number, 1 or more"),
        (one({}, costs={"dict": 1}), "costs.dict: unknown key; did you mean duct?"),
        ({"vantages": []}, "vantages: must be a list"),
        ({"vantages": [one({}), one({})]}, "vantages.1.vantage: poller-1 is there twice"),
    ],
)
def test_a_wrong_file_is_refused_with_the_key_and_the_cure(ask, evidence, said):
    code, out, err = ask(evidence)
    assert (code, out) == (2, "")
    assert said in err


def test_every_problem_of_a_file_is_told_at_once(ask):
    _, _, err = ask(one({"sw-9": "bad"}, costs={"link": 0}, more=1))
    assert err.count("error[evidence]") == 4


GOLDEN = ROOT.parent / "shared" / "golden"


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="needs ../shared/golden")
@pytest.mark.parametrize(
    "folder", ["G13", "G14", "random/rootcause-03", "random/rootcause-groups-04"]
)
def test_a_worked_scenario_is_as_described(capsys, folder):
    place = GOLDEN / folder
    for evidence in sorted(place.glob("evidence-*.json")):
        assert main(["rootcause", str(place / "catalogue"), str(evidence), "--json"]) == 0
        result = json.loads(capsys.readouterr().out)
        jsonschema.Draft202012Validator(closed(RESULTS["rootcause"])).validate(result)
