"""The files and the code say the same: ports, settings, paths, versions."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from events.errors import ConfigError
from monitor import settings
from monitor.__main__ import parser, verbs
from monitor.service_schema import OPTIONS, variable
from tests.deploy.tools import ROOT, check, documents, metrics_documented, output, read
from topology.catalogue import build

if TYPE_CHECKING:
    from monitor.settings import Settings

pytestmark = pytest.mark.deploy

LISTEN = "127.0.0.1:8470"
TRAPS_PORT = "9162"
YAML = [
    "docker-compose.yml",
    "prometheus",
    "grafana/provisioning",
    "helm/ketenmonitor/Chart.yaml",
    "helm/ketenmonitor/values.yaml",
    "helm/ketenmonitor/ci",
]
TASTE = (
    "{extends: default, rules: {line-length: {max: 130}, document-start: disable, "
    "comments: {min-spaces-from-content: 2}}}"
)


def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_yamllint_finds_nothing():
    assert check("yamllint", "--strict", "-d", TASTE, *YAML) == (0, "")


def test_the_service_is_looked_for_where_it_listens():
    assert f"http://{LISTEN}/health/live" in text("Dockerfile")
    assert read("prometheus/prometheus.yml")["scrape_configs"][0]["static_configs"][0][
        "targets"
    ] == [LISTEN]
    board = text("helm/ketenmonitor/files/board.conf")
    assert set(re.findall(r"proxy_pass http://([\d.:]+)", board)) == {LISTEN}
    chart = text("helm/ketenmonitor/templates/statefulset.yaml")
    assert set(re.findall(r"http://([\d.:]+)/health/(?:live|ready)", chart)) == {LISTEN}
    assert "KETEN_LISTEN" not in text("docker-compose.yml") + chart


def test_the_login_listens_where_it_is_published():
    port = re.search(r"listen (\d+);", text("helm/ketenmonitor/files/board.conf"))[1]
    assert f"127.0.0.1:8470:{port}" in read("docker-compose.yml")["services"]["pod"]["ports"]
    assert f"containerPort: {port}" in text("helm/ketenmonitor/templates/statefulset.yaml")


def test_traps_arrive_on_the_port_of_the_service():
    service = read("docker-compose.yml")["services"]["ketenmonitor"]
    assert service["environment"]["KETEN_TRAPS"].endswith(f":{TRAPS_PORT}")
    assert f"containerPort: {TRAPS_PORT}" in text("helm/ketenmonitor/templates/statefulset.yaml")


def as_read(environment: dict[str, str]) -> Settings:
    """Read settings as `keten run /etc/keten --log kafka` does."""
    return settings.read(
        build({"version": "1", "timezone": "Europe/Amsterdam"}),
        Path("/etc/keten"),
        environment,
        {"log": "kafka"},
    )


def variables_of_the_chart() -> dict[str, str]:
    objects = documents(
        output(
            "helm",
            "template",
            "r",
            "helm/ketenmonitor",
            "-f",
            "helm/ketenmonitor/ci/full-values.yaml",
        )
    )
    workload = next(d for d in objects if d["kind"] == "StatefulSet")
    return {
        v["name"]: v["value"] for v in workload["spec"]["template"]["spec"]["containers"][0]["env"]
    }


@pytest.mark.parametrize("place", ["compose", "chart"])
def test_the_code_reads_the_variables_as_they_are_meant(place):
    compose = read("docker-compose.yml")["services"]["ketenmonitor"]["environment"]
    given = compose if place == "compose" else variables_of_the_chart()
    known = {variable(option) for option in OPTIONS}
    assert set(given) <= known
    meant = as_read(given)
    assert meant.problems == ()
    assert str(meant.data) == given["KETEN_DATA"] == "/var/lib/keten"
    assert ",".join(meant.kafka.servers) == given["KETEN_KAFKA_SERVERS"]
    assert str(meant.traps) == "0.0.0.0:9162"
    assert str(meant.listen) == LISTEN
    assert meant.log == "kafka"


def test_the_image_names_the_data_directory_with_a_variable_that_the_code_reads():
    assert "KETEN_DATA=/var/lib/keten" in text("Dockerfile")
    given = {"KETEN_DATA": "/var/lib/keten", "KETEN_KAFKA_SERVERS": "k:9092"}
    assert str(as_read(given).data) == "/var/lib/keten"


def test_no_other_address_than_loopback_can_be_asked_for():
    with pytest.raises(ConfigError, match="login"):
        as_read({"KETEN_LISTEN": "0.0.0.0:8470"})


def test_paths_agree_between_image_compose_and_chart():
    service = read("docker-compose.yml")["services"]["ketenmonitor"]
    chart = text("helm/ketenmonitor/templates/statefulset.yaml")
    for path in ("/etc/keten", "/var/lib/keten"):
        assert path in text("Dockerfile")
        assert path in str(service["volumes"])
        assert f"mountPath: {path}" in chart
    assert service["command"] == ["run", "/etc/keten", "--log", "kafka"]
    assert "args: [run, /etc/keten, --log, kafka]" in chart


def test_the_command_line_accepts_what_is_started():
    if "run" not in {verb.name for verb in verbs()}:
        pytest.skip("`keten run` is not there yet")
    image = json.loads(re.search(r"^CMD (\[.*\])$", text("Dockerfile"), re.MULTILINE)[1])
    for command in (image, read("docker-compose.yml")["services"]["ketenmonitor"]["command"]):
        assert callable(parser(verbs()).parse_args(command).run)


def test_one_version_everywhere():
    version = tomllib.loads(text("pyproject.toml"))["project"]["version"]
    chart = read("helm/ketenmonitor/Chart.yaml")
    assert chart["appVersion"] == chart["version"] == version
    image = read("docker-compose.yml")["services"]["ketenmonitor"]["image"]
    assert image == f"ketenmonitor:{version}"


def test_board_and_chart_use_the_same_image_for_the_login():
    compose = read("docker-compose.yml")["services"]["board"]["image"]
    assert read("helm/ketenmonitor/values.yaml")["board"]["image"] == compose


def test_the_uid_is_the_same_everywhere():
    assert "USER 10001:10001" in text("Dockerfile")
    assert read("docker-compose.yml")["services"]["ketenmonitor"]["user"] == "10001:10001"
    assert "runAsUser: 10001" in text("helm/ketenmonitor/templates/statefulset.yaml")


def test_every_metric_that_the_code_names_is_documented():
    named: set[str] = set()
    for path in (ROOT / "monitor").rglob("*.py"):
        named |= set(re.findall(r'"(keten_[a-z0-9_]+)"', path.read_text(encoding="utf-8")))
    documented = metrics_documented()
    assert {
        name for name in named if name not in documented and f"{name}_total" not in documented
    } == set()


def test_the_settings_in_the_documentation_are_those_of_the_code():
    listed = set(re.findall(r"^\| `(KETEN_\w+)` \|", text("docs/deployment.md"), re.MULTILINE))
    assert listed == {variable(option) for option in OPTIONS} | {"KETEN_URL"}


def test_the_containers_in_the_documentation_are_those_of_the_compose_file():
    table = re.findall(r"^\| `(\w+)` \| (\d+) \|", text("docs/deployment.md"), re.MULTILINE)
    services = read("docker-compose.yml")["services"]
    assert dict(table) == {
        name: service["user"].split(":")[0] for name, service in services.items() if name != "pod"
    }
