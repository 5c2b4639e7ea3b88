from __future__ import annotations

import re

import promql_parser
import pytest
import yaml

from tests.deploy.tools import ROOT, check, metrics_documented, read

pytestmark = pytest.mark.deploy

DASHBOARD = read("grafana/dashboards/ketens.json")
PANELS = DASHBOARD["panels"]
SOURCE = read("grafana/provisioning/datasources/prometheus.yml")["datasources"][0]
EXPRESSIONS = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
WORDS = {"1": "Beschikbaar", "2": "Onderhoud", "3": "Verminderd", "4": "Onbekend", "5": "Storing"}


def panel(kind: str, title: str):
    return next(p for p in PANELS if (p["type"], p["title"]) == (kind, title))


def mappings(of):
    """Every set of value mappings of a panel: its own and those of single columns."""
    yield of["fieldConfig"]["defaults"]["mappings"]
    for override in of["fieldConfig"]["overrides"]:
        yield from (p["value"] for p in override["properties"] if p["id"] == "mappings")


def test_the_dashboard_keeps_its_address():
    assert DASHBOARD["uid"] == "ketenmonitor-ketens"
    assert "id" not in DASHBOARD
    assert len({p["id"] for p in PANELS}) == len(PANELS)


def test_the_data_source_is_named_and_not_chosen_by_hand():
    named = set(re.findall(r"'uid': '([^']+)'", str([PANELS, DASHBOARD["templating"]])))
    assert named == {SOURCE["uid"]}
    assert (
        SOURCE["url"] == "http://ketenmonitor:9090"
    )  # an alias of the namespace that Prometheus is in


def test_there_is_no_node_graph():
    assert {p["type"] for p in PANELS} == {"stat", "state-timeline", "table", "timeseries"}


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_a_query_parses_and_uses_documented_metrics(title, expression):
    promql_parser.parse(expression)
    used = set(re.findall(r"\bketen_\w+", expression))
    assert used, title
    assert used <= metrics_documented()


@pytest.mark.parametrize("of", [p for p in PANELS if p["type"] == "stat"], ids=lambda p: p["title"])
def test_a_stat_says_in_words_that_there_are_no_data(of):
    assert of["fieldConfig"]["defaults"]["noValue"] == "? Geen gegevens"
    for mapping in mappings(of):
        special = [m["options"] for m in mapping if m["type"] == "special"]
        assert [s["match"] for s in special] == ["null+nan"]
        assert "Geen gegevens" in special[0]["result"]["text"]


@pytest.mark.parametrize(
    "of",
    [
        panel("stat", "Ketens"),
        panel("state-timeline", "Verloop per keten"),
        panel("table", "Slechtste ketens"),
    ],
    ids=lambda p: p["type"],
)
def test_a_state_is_shown_as_shape_and_word_and_never_green_when_unknown(of):
    states = next(m["options"] for all_ in mappings(of) for m in all_ if m["type"] == "value")
    assert set(states) == set(WORDS)
    for number, shown in states.items():
        shape, _, word = shown["text"].partition(" ")
        assert len(shape) == 1
        assert word == WORDS[number]
    assert len({s["text"][0] for s in states.values()}) == len(states)
    assert states["4"]["color"] not in {"green", states["1"]["color"]}


def test_a_gap_in_the_timeline_stays_a_gap():
    custom = panel("state-timeline", "Verloop per keten")["fieldConfig"]["defaults"]["custom"]
    assert custom["spanNulls"] is False
    assert custom["insertNulls"] > 0


def test_the_number_of_a_chain_is_its_state_and_a_chain_without_a_state_is_unknown(tmp_path):
    """The query of the panel, evaluated by Prometheus itself."""
    state = {"up": 1, "maintenance": 2, "degraded": 3, "unknown": 4, "down": 5}
    series = [
        {
            "series": f'keten_chain_state{{chain="{chain}",state="{name}"}}',
            "values": str(int(name == chain)),
        }
        for chain in state
        for name in state
    ]
    series += [
        {"series": f'keten_chain_info{{chain="{c}",organisation="o"}}', "values": "1"}
        for c in (*state, "forgotten")
    ]
    query = panel("stat", "Ketens")["targets"][0]["expr"].replace("$organisation", ".*")
    expected = [
        {"labels": f'{{chain="{chain}", organisation="o"}}', "value": value}
        for chain, value in {**state, "forgotten": 4}.items()
    ]
    case = {
        "interval": "1m",
        "input_series": series,
        "promql_expr_test": [{"expr": query, "eval_time": "0m", "exp_samples": expected}],
    }
    file = tmp_path / "case.yml"
    file.write_text(yaml.safe_dump({"rule_files": [], "tests": [case]}))
    code, said = check("promtool", "test", "rules", file)
    assert code == 0, said


def test_the_worst_chains_lead_back_to_the_board():
    links = [
        link["url"]
        for override in panel("table", "Slechtste ketens")["fieldConfig"]["overrides"]
        for p in override["properties"]
        if p["id"] == "links"
        for link in p["value"]
    ]
    assert links == ["${board:raw}/chains/${__data.fields.Id:percentencode}"]
    board = next(v for v in DASHBOARD["templating"]["list"] if v["name"] == "board")
    assert board["query"] == "http://127.0.0.1:8470"


def test_the_files_in_git_are_the_truth():
    provider = read("grafana/provisioning/dashboards/ketenmonitor.yml")["providers"][0]
    assert provider["allowUiUpdates"] is False
    mounts = read("docker-compose.yml")["services"]["grafana"]["volumes"]
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in mounts
    assert (ROOT / "grafana/dashboards/ketens.json").is_file()
