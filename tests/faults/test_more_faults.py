"""A full disk, a device that hangs, a probe that is killed: said, survived, and never green."""

from __future__ import annotations

import json
import os
import resource
import signal

import pytest

from tests.faults.running import PATIENCE_S, demo, wait_until
from tests.faults.test_kill import _children, observed

pytestmark = pytest.mark.slow


def _lines(log) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def test_a_disk_that_fills_up_is_said_once_survived_and_recovered_from(tmp_path):
    log = tmp_path / "stderr"
    with demo(tmp_path / "demo", log) as running:
        pid = running.process.pid
        wait_until(lambda: observed(running) > 100, "100 observations")
        before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        wait_until(lambda: _said(log, "log.lost"), "the loss to be said")
        wait_until(lambda: _gauge(running, "keten_probe_looks_total") > 0, "the scrape to answer")
        assert running.process.poll() is None, log.read_text()[-3000:]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
        folded = observed(running)
        wait_until(lambda: observed(running) > folded + 50, "events to be folded again")
        sources = [line["source"] for line in _lines(log) if line["event"] == "log.lost"]
        assert len(sources) <= 2 * len(set(sources)), "a loss is said once"
        assert running.end() == 0


def test_devices_that_hang_are_down_or_unknown_and_their_chains_not_green(tmp_path):
    log = tmp_path / "stderr"
    with demo(tmp_path / "demo", log) as running:
        wait_until(lambda: "up" in _chains(running), "a chain to be up")
        wait_until(lambda: b"keten_interface_oper_up{" in running.get("/metrics"), "numbers")
        children = _children(running.process.pid)
        for child in children:
            os.kill(child, signal.SIGSTOP)
        try:
            wait_until(lambda: "up" not in _chains(running), "no chain to be green", 2 * PATIENCE_S)
            wait_until(
                lambda: b"keten_interface_oper_up{" not in running.get("/metrics"),
                "old numbers to go",
            )
        finally:
            for child in children:
                os.kill(child, signal.SIGCONT)


def _said(log, event: str) -> bool:
    return any(line.get("event") == event for line in _lines(log))


def _chains(running) -> list[str]:
    return [
        line.split('state="')[1].split('"')[0]
        for line in running.get("/metrics").decode().splitlines()
        if line.startswith("keten_chain_state{") and line.endswith(" 1.0")
    ]


def _gauge(running, name: str) -> float:
    values = [
        float(line.split()[-1])
        for line in running.get("/metrics").decode().splitlines()
        if line.startswith(name)
    ]
    return sum(values)
