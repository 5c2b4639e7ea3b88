"""A scrape under way while everything it shows changes."""

from __future__ import annotations

import asyncio

from events.contract import MeasurementData
from monitor import metrics as metrics_module
from monitor.exposition import DeviceSeries
from monitor.metrics import Metrics
from tests.engine.lab import office


class Picture:
    """States that the loop changes."""

    def __init__(self) -> None:
        self.states: dict[str, object] = {}
        self.open_incidents: list[object] = []


async def test_a_thread_renders_a_copy_and_never_what_the_loop_is_changing(monkeypatch):
    monkeypatch.setattr(metrics_module, "LARGE", -1)
    devices = DeviceSeries()
    data = MeasurementData(rows=[1], names=["1"], columns={"ifInErrors": [3]})
    devices.update("sw-1", data)
    metrics = Metrics(office(), picture=Picture(), devices=devices, version="0")
    counts = {"observation": 1.0}
    metrics.counter("keten_events", "Events.", lambda: counts, "type")

    async def later(text, *args):
        counts["tick"] = 1.0
        devices.update("sw-2", data)
        return text(*args)

    monkeypatch.setattr(asyncio, "to_thread", later)
    first = await metrics.render()
    assert b"sw-2" not in first
    assert b'type="tick"' not in first
    assert b"sw-2" in await metrics.render()
