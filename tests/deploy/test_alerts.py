from __future__ import annotations

import re

import promql_parser
import pytest

from tests.deploy.tools import ROOT, check, metrics_documented, output, read

pytestmark = pytest.mark.deploy

RULES = [
    rule for group in read("prometheus/rules/ketenmonitor.yml")["groups"] for rule in group["rules"]
]
CASES = read("prometheus/tests/ketenmonitor.yml")["tests"]
ALWAYS_ON = "Heartbeat"


def names(expression: str) -> set[str]:
    return set(re.findall(r"\bketen_\w+", expression))


def test_promtool_accepts_the_configuration_and_the_rules():
    code, said = check("promtool", "check", "config", "prometheus/prometheus.yml")
    assert code == 0, said
    code, said = check("promtool", "check", "rules", "prometheus/rules/ketenmonitor.yml")
    assert code == 0, said


def test_every_alert_does_what_its_cases_say():
    code, said = check("promtool", "test", "rules", "prometheus/tests/ketenmonitor.yml")
    assert code == 0, said


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('state="down"', 'state="up"'),
        ("> 300", "> 3000"),
        ("for: 5m", "for: 9m"),
        ("unless on", "and on"),
    ],
)
def test_the_cases_notice_a_wrong_rule(right, wrong, tmp_path):
    rules = (ROOT / "prometheus/rules/ketenmonitor.yml").read_text(encoding="utf-8")
    assert right in rules
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/ketenmonitor.yml").write_text(rules.replace(right, wrong))
    (tmp_path / "tests").mkdir()
    cases = (ROOT / "prometheus/tests/ketenmonitor.yml").read_text(encoding="utf-8")
    (tmp_path / "tests/ketenmonitor.yml").write_text(cases)
    assert check("promtool", "test", "rules", tmp_path / "tests/ketenmonitor.yml")[0] != 0


def test_amtool_accepts_the_example_of_alertmanager():
    code, said = check("amtool", "check-config", "prometheus/alertmanager.yml")
    assert code == 0, said


def test_the_heartbeat_goes_to_its_own_receiver_and_a_storing_to_whoever_is_on_call():
    routes = ["config", "routes", "test", "--config.file=prometheus/alertmanager.yml"]
    assert output("amtool", *routes, "alertname=Heartbeat", "severity=none") == "hartslag\n"
    assert output("amtool", *routes, "alertname=ChainDown", "severity=critical") == "wachtdienst\n"
    assert output("amtool", *routes, "alertname=ChainUnknown", "severity=warning") == "dienst\n"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_there_is_a_case_that_fires_and_one_that_does_not(rule):
    cases = [
        c for case in CASES for c in case["alert_rule_test"] if c["alertname"] == rule["alert"]
    ]
    assert any(case["exp_alerts"] for case in cases)
    assert rule["alert"] == ALWAYS_ON or any(not case["exp_alerts"] for case in cases)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_uses_documented_metrics_and_has_a_runbook(rule):
    promql_parser.parse(rule["expr"])
    said = rule["annotations"]
    assert names(rule["expr"] + said["description"]) <= metrics_documented()
    assert said["summary"]
    path, _, anchor = said["runbook"].partition("#")
    headings = re.findall(r"^## (\w+)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    assert rule["alert"] in headings
    assert anchor == rule["alert"].lower()


def test_every_runbook_belongs_to_an_alert():
    text = (ROOT / "docs/runbooks.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) == {rule["alert"] for rule in RULES}


def test_a_held_back_alert_exists():
    matchers = str(read("prometheus/alertmanager.yml")["inhibit_rules"])
    for name in re.findall(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b", matchers):
        assert name in {rule["alert"] for rule in RULES}
    assert "ChainDown" not in re.findall(r"target_matchers': \[.*?\]", matchers)
