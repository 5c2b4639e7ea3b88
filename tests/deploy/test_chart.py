from __future__ import annotations

import json
from functools import cache

import pytest
import yaml

from tests.deploy.tools import ROOT, check, documents, output, read

pytestmark = pytest.mark.deploy

CHART = "helm/ketenmonitor"
CASES = sorted((ROOT / CHART / "ci").glob("*.yaml"))
NEEDED = ("--set", "kafka.servers={k:9092}", "--set", "catalogue.existingConfigMap=c")
KUBERNETES = "1.35"


@cache
def rendered(values: str) -> str:
    return output("helm", "template", "regie", CHART, "-f", f"{CHART}/ci/{values}")


def of_kind(values: str, kind: str):
    return [document for document in documents(rendered(values)) if document["kind"] == kind]


def pod(values: str):
    return of_kind(values, "StatefulSet")[0]["spec"]["template"]["spec"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_helm_lints_the_chart_with(case):
    code, said = check("helm", "lint", "--strict", CHART, "-f", case)
    assert code == 0, said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_kubernetes_accepts_every_object_with(case, tmp_path):
    known = [d for d in documents(rendered(case.name)) if "coreos.com" not in d["apiVersion"]]
    file = tmp_path / "objects.yaml"
    file.write_text(yaml.safe_dump_all(known))
    code, said = check("kubernetes-validate", "-k", KUBERNETES, "--strict", file)
    assert code == 0, said
    assert said.count("passed for resource") == len(known)


def test_the_schema_of_kubernetes_would_refuse_a_misspelt_field(tmp_path):
    spoilt = of_kind("minimal-values.yaml", "StatefulSet")[0]
    spoilt["spec"]["replicaz"] = spoilt["spec"].pop("replicas")
    file = tmp_path / "objects.yaml"
    file.write_text(yaml.safe_dump(spoilt))
    assert check("kubernetes-validate", "-k", KUBERNETES, "--strict", file)[0] == 1


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        (("--set", "catalogue.existingConfigMap=c"), "/kafka/servers"),
        (("--set", "kafka.servers={k:9092}"), "/catalogue"),
        ((*NEEDED, "--set", "kafka.servers={kafka}"), "/kafka/servers/0"),
        ((*NEEDED, "--set", "image.tag=latest"), "/image/tag"),
        ((*NEEDED, "--set", "image.digest=sha256:12"), "/image/digest"),
        ((*NEEDED, "--set", "replicas=2"), "replicas"),
        ((*NEEDED, "--set", "board.enabled=true"), "/board/usersSecret"),
        (
            (*NEEDED, "--set", "serviceMonitor.enabled=true,serviceMonitor.basicAuthSecret=s"),
            "/board/enabled",
        ),
        ((*NEEDED, "--set", "catalogue.files.a\\.yaml=x"), "/catalogue"),
        ((*NEEDED, "--set", "persistence.size=veel"), "/persistence/size"),
        ((*NEEDED, "--set", "traps.allowFromCidrs={10.0.0.1}"), "/traps/allowFromCidrs/0"),
    ],
)
def test_the_values_schema_refuses_and_names(setting, named):
    code, said = check("helm", "template", "regie", CHART, *setting)
    assert code != 0
    assert named in said


def test_every_value_of_the_schema_has_a_default_and_the_reverse():
    schema = json.loads((ROOT / CHART / "values.schema.json").read_text(encoding="utf-8"))
    values = read(f"{CHART}/values.yaml")
    assert set(schema["properties"]) - {"global"} == set(values)
    for key, value in values.items():
        inner = schema["properties"][key].get("properties")
        if inner is not None:
            assert set(inner) == set(value), key


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_container_is_nobody_with_nothing(case):
    spec = pod(case.name)
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["limits"]["memory"]
        assert container["livenessProbe"]
        assert container["readinessProbe"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_mounted_volume_is_there(case):
    spec = pod(case.name)
    claims = of_kind(case.name, "StatefulSet")[0]["spec"]["volumeClaimTemplates"]
    there = {v["name"] for v in spec["volumes"]} | {c["metadata"]["name"] for c in claims}
    mounted = {m["name"] for c in spec["containers"] for m in c["volumeMounts"]}
    assert mounted == there


def test_one_replica_is_never_two():
    workload = of_kind("minimal-values.yaml", "StatefulSet")[0]
    assert workload["spec"]["replicas"] == 1


def test_the_catalogue_arrives_as_it_was_given():
    given = read(f"{CHART}/ci/files-values.yaml")["catalogue"]["files"]
    assert of_kind("files-values.yaml", "ConfigMap")[0]["data"] == given


def test_without_the_login_nothing_listens_for_others():
    spec = pod("minimal-values.yaml")
    assert [c["name"] for c in spec["containers"]] == ["ketenmonitor"]
    assert "ports" not in spec["containers"][0]
    policy = of_kind("minimal-values.yaml", "NetworkPolicy")[0]["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert policy["ingress"] == []


def test_the_policy_lets_through_what_the_values_name_and_no_more():
    policy = of_kind("full-values.yaml", "NetworkPolicy")[0]["spec"]
    allowed_in = [port["port"] for rule in policy["ingress"] for port in rule["ports"]]
    allowed_out = [port["port"] for rule in policy["egress"] for port in rule["ports"]]
    assert allowed_in == [8480, 9162]
    assert allowed_out == [53, 53, 9092, 161, 443]


def test_the_rules_in_the_chart_are_those_that_are_tested():
    rule = of_kind("full-values.yaml", "PrometheusRule")[0]
    assert rule["spec"] == read("prometheus/rules/ketenmonitor.yml")


def test_the_dashboard_in_the_chart_is_the_one_that_is_tested():
    maps = of_kind("full-values.yaml", "ConfigMap")
    found = [m["data"]["ketens.json"] for m in maps if "ketens.json" in m["data"]]
    assert json.loads(found[0]) == read("grafana/dashboards/ketens.json")


def test_the_monitor_scrapes_the_port_of_the_login_with_a_name_and_password():
    endpoint = of_kind("full-values.yaml", "ServiceMonitor")[0]["spec"]["endpoints"][0]
    assert endpoint["port"] == "board"
    assert endpoint["path"] == "/metrics"
    assert set(endpoint["basicAuth"]) == {"username", "password"}
