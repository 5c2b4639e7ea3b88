"""Device series on /metrics: our blocks of text against prometheus-client's own writer, same samples.

Goal (DESIGN.md 9): 100k series under 1 s. Interleaved rounds in one process, CPU time, medians.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from events.contract import MeasurementData
from monitor.exposition import INTERFACE_FAMILIES, OPER_UP, DeviceSeries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from prometheus_client import Metric

PORTS = 52


def measurement(device: int) -> MeasurementData:
    columns = {
        family.column: [device * 1_000_003 + port for port in range(PORTS)]
        for family in (*INTERFACE_FAMILIES, OPER_UP)
    }
    return MeasurementData(
        uptime_cs=device * 100,
        rows=list(range(1, PORTS + 1)),
        names=[f"Gi1/0/{port}" for port in range(1, PORTS + 1)],
        columns=dict(columns),
    )


class Peer:
    """The same samples through a prometheus-client collector, as its documentation shows."""

    def __init__(self, devices: dict[str, MeasurementData]) -> None:
        self.devices = devices

    def collect(self) -> Iterator[Metric]:
        for family in (*INTERFACE_FAMILIES, OPER_UP):
            kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
            metric = kind(family.name, family.help, labels=["component", "interface"])
            for component, data in self.devices.items():
                for name, value in zip(data.names, data.columns[family.column], strict=True):
                    metric.add_metric([component, name], value * family.factor)
            yield metric


def cpu(job: Callable[[], object]) -> float:
    start = time.process_time()
    job()
    return time.process_time() - start


def main(argv: list[str]) -> int:
    options = argparse.ArgumentParser(prog="benchmarks.exposition")
    options.add_argument("--series", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", metavar="PATH")
    given = options.parse_args(argv)
    count = given.series // (PORTS * (len(INTERFACE_FAMILIES) + 1)) + 1
    devices = {f"sw-{number:04d}": measurement(number) for number in range(count)}
    ours = DeviceSeries()
    registry = CollectorRegistry()
    registry.register(Peer(devices))
    rounds = []
    for _ in range(given.rounds):
        update = cpu(lambda: [ours.update(name, data) for name, data in devices.items()])
        rounds.append((update, cpu(ours.render), cpu(lambda: generate_latest(registry))))
    update, render, peer = (statistics.median(column) for column in zip(*rounds, strict=True))
    result = {
        "series": ours.samples,
        "update_s": round(update, 4),
        "render_s": round(render, 4),
        "prometheus_client_s": round(peer, 4),
        "ratio": round((update + render) / peer, 4),
        "bytes": len(ours.render()),
    }
    for key, value in result.items():
        print(f"{key:22} {value}")
    if given.json:
        _write(given.json, result)
    return 0 if render < 1.0 else 1


def _write(path: Path | str, result: dict[str, float]) -> None:
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123  # a path as typed
        json.dump(result, file, indent=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
