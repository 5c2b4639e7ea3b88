"""kill -9 at any moment: no event is lost, and what the service knows can be recomputed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.faults.running import Process, demo, keten, ports, wait_until

pytestmark = pytest.mark.slow


def observed(running: Process) -> int:
    """Events folded so far, by the service's own count."""
    for line in running.get("/metrics").decode().splitlines():
        if line.startswith('keten_events_total{type="observation"}'):
            return int(float(line.split()[-1]))
    return 0


def test_a_killed_and_restarted_service_knows_what_a_replay_of_its_export_gives(tmp_path):
    log = tmp_path / "stderr"
    catalogue = tmp_path / "demo" / "catalogus"
    on = ports()
    for _ in range(3):
        with demo(tmp_path / "demo", log, on) as running:
            wait_until(lambda running=running: observed(running) > 400, "400 observations")
            running.kill()
    with demo(tmp_path / "demo", log, on) as running:
        wait_until(lambda: observed(running) > 400, "400 observations after the last restart")
        assert log.read_text().count('"snapshot": "2') == 3, "restarts go on from a snapshot"
        told = keten("status", "--url", running.url, "--json")
        exported = keten("export", catalogue)
        assert exported.returncode == 0, exported.stderr
    status = json.loads(told.stdout)
    assert status["watermark"]
    lines = tmp_path / "events.jsonl"
    lines.write_bytes(exported.stdout)
    replayed = keten("replay", catalogue, lines, "--until", status["watermark"], "--json")
    assert replayed.returncode == 0, replayed.stderr
    assert json.loads(replayed.stdout)["digest"] == status["digest"]


def test_every_observation_that_was_published_is_in_the_export_once_or_with_the_same_id(tmp_path):
    log = tmp_path / "stderr"
    with demo(tmp_path / "demo", log) as running:
        wait_until(lambda: observed(running) > 200, "200 observations")
        folded = observed(running)
        running.kill()
    exported = keten("export", tmp_path / "demo" / "catalogus", "--inputs")
    events = [json.loads(line) for line in exported.stdout.splitlines()]
    ids = {event["id"] for event in events if event["type"].endswith("observation.v1")}
    assert len(ids) >= folded


def test_stopping_the_demo_leaves_no_process_and_no_port_behind(tmp_path):
    with demo(tmp_path / "demo", tmp_path / "stderr") as running:
        pid = running.process.pid
        children = _children(pid)
        assert children, "the devices run in processes of their own"
        assert running.end() == 0
    wait_until(lambda: not any(_alive(child) for child in children), "the agents to end", 10)


def test_killing_the_demo_takes_its_devices_with_it(tmp_path):
    with demo(tmp_path / "demo", tmp_path / "stderr") as running:
        children = _children(running.process.pid)
        running.kill()
    wait_until(lambda: not any(_alive(child) for child in children), "the agents to end", 10)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"
