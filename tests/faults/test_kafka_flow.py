"""The reference deployment in small: devices, a probe process, Apache Kafka, an engine process, /metrics."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from contextlib import contextmanager

import pytest

from events.clock import SystemClock
from monitor.demo.run import Listen, Region
from tests.faults.running import Process, free_port, keten, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.kafka]

VICTIM = "ptd-acc-1"
CHAIN = "zaak-ptd"


class Devices:
    """The simulated region without the service: agents that can be told to die."""

    def __init__(self, directory) -> None:
        self.traps = free_port(socket.SOCK_DGRAM)
        listen = Listen(snmp=free_port(socket.SOCK_DGRAM), traps=f"127.0.0.1:{self.traps}")
        self.runner = asyncio.Runner()
        self.region = Region(directory, SystemClock(), lambda _told: None, listen)

    def __enter__(self):
        self.runner.run(self.region.start())
        return self

    def __exit__(self, *_ignored):
        self.runner.run(self.region.stop())
        self.runner.close()

    def kill(self, *devices: str) -> None:
        self._tell("kill", devices)

    def revive(self, *devices: str) -> None:
        self._tell("revive", devices)

    def _tell(self, act: str, devices) -> None:
        from monitor.demo.world import Action

        async def send() -> None:
            player = self.region.player
            for device in devices:
                player._control.send(player._world.apply(Action(act, device)))

        self.runner.run(send())


@contextmanager
def role(name, devices, servers, data, log, prefix):
    args = [
        "run",
        str(devices.region.catalogue),
        *("--role", name),
        *("--log", "kafka"),
        *("--kafka-servers", servers),
        *("--data", str(data / name)),
        *("--listen", f"127.0.0.1:{free_port()}"),
        *("--traps", f"127.0.0.1:{devices.traps if name == 'probe' else free_port(2)}"),
    ]
    process = Process(args, {"KETEN_KAFKA_PREFIX": prefix})
    process.start(log)
    try:
        yield process
    finally:
        process.end()


def state_of(engine: Process, kind: str, name: str) -> str:
    """The state of a chain or component as Prometheus would read it."""
    for line in engine.get("/metrics").decode().splitlines():
        if line.startswith(f'keten_{kind}_state{{{kind}="{name}"') and line.endswith(" 1.0"):
            return line.split('state="')[1].split('"')[0]
    return "absent"


def chain_state(engine: Process) -> str:
    return state_of(engine, "chain", CHAIN)


def test_a_dead_switch_crosses_kafka_and_stands_on_the_engines_metrics(tmp_path, kafka_broker):
    log = tmp_path / "stderr"
    servers = kafka_broker.address
    with (
        Devices(tmp_path / "demo") as devices,
        role("engine", devices, servers, tmp_path, log, "flow.") as engine,
        role("probe", devices, servers, tmp_path, log, "flow.") as probe,
    ):
        wait_until(lambda: chain_state(engine) == "up", "the chain to be up")
        devices.kill(VICTIM)
        wait_until(lambda: chain_state(engine) == "degraded", "the chain to be degraded")
        wait_until(lambda: state_of(engine, "component", VICTIM) == "down", "the cause to be named")
        assert b"keten_interface_oper_up" in probe.get("/metrics")

        # the engine dies and comes back: same verdict, nothing lost
        engine.kill()
        with role("engine", devices, servers, tmp_path, log, "flow.") as again:
            wait_until(lambda: chain_state(again) == "degraded", "the same verdict after kill -9")
            devices.revive(VICTIM)
            wait_until(lambda: chain_state(again) == "up", "the recovery")
            status = again.json("/api/v1/status")
            exported = keten(
                *("export", devices.region.catalogue, "--log", "kafka"),
                *("--kafka-servers", servers, "--inputs"),
                environment={"KETEN_KAFKA_PREFIX": "flow."},
            )
    assert exported.returncode == 0, exported.stderr
    lines = tmp_path / "events.jsonl"
    lines.write_bytes(exported.stdout)
    replayed = keten(
        *("replay", tmp_path / "demo" / "catalogus", lines, "--json"),
        *("--until", status["watermark"]),
    )
    assert json.loads(replayed.stdout)["digest"] == status["digest"]


def test_probes_go_on_while_kafka_is_away_and_nothing_they_saw_is_lost(tmp_path, kafka_broker):
    log = tmp_path / "stderr"
    servers = kafka_broker.address
    with (
        Devices(tmp_path / "demo") as devices,
        role("engine", devices, servers, tmp_path, log, "away.") as engine,
        role("probe", devices, servers, tmp_path, log, "away.") as probe,
    ):
        wait_until(lambda: chain_state(engine) == "up", "the chain to be up")
        kafka_broker.kill()
        try:
            wait_until(lambda: _gauge(probe, "keten_spool_events") > 0, "events to be spooled", 90)
            devices.kill(VICTIM)
            wait_until(lambda: _looks_down(probe) > 0, "the probe to see the switch die")
        finally:
            kafka_broker.restart()
        wait_until(lambda: _gauge(probe, "keten_spool_events") == 0, "the spool to drain", 90)
        wait_until(lambda: chain_state(engine) == "degraded", "the verdict to arrive", 90)
        assert _gauge(probe, "keten_spool_dropped_total") == 0


def test_a_broker_that_is_away_at_start_is_waited_for_and_said_once(tmp_path):
    log = tmp_path / "stderr"
    with Devices(tmp_path / "demo") as devices:
        nowhere = f"127.0.0.1:{free_port()}"
        with role("engine", devices, nowhere, tmp_path, log, "none.") as engine:
            wait_until(lambda: b"log.lost" in log.read_bytes(), "the loss to be said")
            assert chain_state(engine) == "unknown"
            assert engine.end(signal.SIGTERM) == 0
    assert log.read_bytes().count(b'"event": "log.lost"') <= 3


def _gauge(process: Process, name: str) -> float:
    for line in process.get("/metrics").decode().splitlines():
        if line.startswith(name + " "):
            return float(line.split()[-1])
    return -1.0


def _looks_down(process: Process) -> float:
    for line in process.get("/metrics").decode().splitlines():
        if line.startswith('keten_probe_looks_total{status="down"}'):
            return float(line.split()[-1])
    return 0.0
