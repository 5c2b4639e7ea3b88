from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.deploy.tools import ROOT, check, read

pytestmark = pytest.mark.deploy

COMPOSE = read("docker-compose.yml")
SERVICES = COMPOSE["services"]
MAY_WRITE = {"kafka": "the image writes its configuration at start"}


def resolved():
    code, said = check("docker-compose", "-f", "docker-compose.yml", "config", "--format", "json")
    assert code == 0, said
    return json.loads(said)


def test_compose_accepts_the_file():
    assert check("docker-compose", "-f", "docker-compose.yml", "config", "-q") == (0, "")


def test_compose_refuses_a_misspelt_key(tmp_path):
    spoilt = (
        (ROOT / "docker-compose.yml").read_text(encoding="utf-8").replace("mem_limit", "mem_limmit")
    )
    (tmp_path / "docker-compose.yml").write_text(spoilt)
    code, said = check("docker-compose", "-f", tmp_path / "docker-compose.yml", "config", "-q")
    assert code != 0
    assert "mem_limmit" in said


def test_every_service_is_locked_down_and_limited():
    for name, service in resolved()["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only", False) or name in MAY_WRITE, name
        assert service["mem_limit"], name
        assert service["cpus"], name
        assert service["pids_limit"], name
        assert service["restart"] == "unless-stopped", name
        assert service["user"].split(":")[0] not in {"0", "root"}, name
        assert not service.get("privileged"), name


def test_every_image_has_a_full_version():
    for name, service in SERVICES.items():
        tag = service["image"].rpartition(":")[2]
        assert re.fullmatch(r"v?\d+\.\d+\.\d+(-alpine)?", tag), (name, service["image"])


def test_every_published_port_is_on_loopback_of_the_host():
    published = [
        (name, port)
        for name, service in resolved()["services"].items()
        for port in service.get("ports", [])
    ]
    assert len(published) == 5
    for name, port in published:
        assert port["host_ip"] == "127.0.0.1", (name, port)


def test_every_service_that_serves_has_a_health_check():
    without = {name for name, service in SERVICES.items() if "healthcheck" not in service}
    assert without == {"pod", "ketenmonitor"}  # one does nothing, the other has that of the image
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_what_must_reach_the_loopback_of_the_service_shares_its_network_namespace():
    sharing = {n for n, s in SERVICES.items() if s.get("network_mode") == "service:pod"}
    assert sharing == {"ketenmonitor", "board", "prometheus"}
    for name in sharing:  # joined again when the namespace is made anew
        assert SERVICES[name]["depends_on"]["pod"]["restart"] is True


def test_no_secret_stands_in_the_file_and_every_secret_comes_from_a_file():
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            secret = re.search("PASSWORD|SECRET|TOKEN|COMMUNITY", variable)
            assert not secret or value.startswith("/run/secrets/"), (name, variable)
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./secrets/")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/secrets/" in ignored


def test_every_mounted_file_of_the_checkout_exists():
    for name, service in resolved()["services"].items():
        for volume in service.get("volumes", []):
            if volume["type"] == "bind" and not volume["source"].endswith("/catalogue"):
                assert Path(volume["source"]).exists(), (name, volume["source"])
    for config in resolved()["configs"].values():
        assert Path(config["file"]).exists()


def test_a_used_volume_is_declared_and_a_declared_volume_used():
    used = {
        volume.split(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if isinstance(volume, str) and not volume.startswith(".")
    }
    assert used == set(COMPOSE["volumes"])


def test_kafka_is_on_a_network_without_a_way_out():
    assert SERVICES["kafka"]["networks"] == ["log"]
    assert COMPOSE["networks"]["log"]["internal"] is True
    assert "ports" not in SERVICES["kafka"]
