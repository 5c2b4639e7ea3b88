"""What goes wrong at the start gets one clear message with its cure, and the documented exit code."""

from __future__ import annotations

import socket

import pytest

from tests.faults.running import demo, free_port, keten

pytestmark = pytest.mark.slow


@pytest.fixture
def catalogue(tmp_path):
    directory = tmp_path / "regio"
    made = keten("init", directory, "--yes")
    assert made.returncode == 0, made.stderr
    return directory


def listen(port: int) -> list[str]:
    return ["--listen", f"127.0.0.1:{port}"]


def test_a_port_in_use_is_named_with_the_option_that_cures_it(catalogue, monkeypatch):
    monkeypatch.setenv("LAN_RO", "public")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        traps = ["--traps", f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"]
        result = keten("run", catalogue, *listen(port), *traps)
    assert result.returncode == 2, result.stderr
    assert f"127.0.0.1:{port}".encode() in result.stderr
    assert b"--listen" in result.stderr
    assert b"Traceback" not in result.stderr


def test_a_second_process_on_the_same_data_directory_is_refused_by_name(tmp_path):
    with demo(tmp_path / "demo", tmp_path / "stderr") as running:
        result = keten("run", tmp_path / "demo" / "catalogus", *listen(free_port()))
        assert result.returncode == 2
        assert b"in use by process" in result.stderr
        assert str(running.process.pid).encode() in result.stderr


def test_any_address_but_loopback_is_refused(catalogue):
    result = keten("run", catalogue, "--listen", "0.0.0.0:8470")
    assert result.returncode == 2
    assert b"login" in result.stderr


def test_one_role_without_kafka_is_refused_with_the_reason(catalogue, monkeypatch):
    monkeypatch.setenv("LAN_RO", "public")
    result = keten("run", catalogue, "--role", "probe")
    assert result.returncode == 2
    assert b"--log kafka" in result.stderr


def test_a_broken_catalogue_stops_the_service_with_place_and_cure(catalogue):
    file = catalogue / "keten.yaml"
    file.write_text(file.read_text().replace("kind: switch", "knd: switch", 1))
    result = keten("run", catalogue, *listen(free_port()))
    assert result.returncode == 2
    assert b"keten.yaml:" in result.stderr
    assert b"did you mean" in result.stderr


def test_asking_a_service_that_does_not_run_says_how_to_start_it():
    result = keten("status", "--url", f"http://127.0.0.1:{free_port()}")
    assert result.returncode == 3
    assert b"keten run" in result.stderr
