"""What a scrape shows of devices: an old number is not a number."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from events import ids
from events.contract import (
    MEASUREMENTS,
    OBSERVATIONS,
    Measurement,
    MeasurementData,
    Observation,
    ObservationData,
)
from events.log import Entry
from monitor.exposition import DeviceSeries
from monitor.roles.probe import Tap

NOW = datetime(2026, 6, 9, 7, 0, tzinfo=UTC)


class Nowhere:
    """A publisher that forgets."""

    async def publish(self, topic, entries) -> None:
        pass


@pytest.fixture
def devices() -> DeviceSeries:
    return DeviceSeries()


@pytest.fixture
def tap(devices) -> Tap:
    return Tap(Nowhere(), devices)


async def look(tap: Tap, status: str, *, measured: bool = True, kind: str = "reach") -> None:
    data = ObservationData(kind=kind, status=status)
    seen = ids.event(Observation, source="probe/x", subject="sw-1", time=NOW, data=data)
    await tap.publish(OBSERVATIONS, [Entry("default", seen)])
    if measured:
        numbers = MeasurementData(rows=[1], names=["1"], columns={"ifInErrors": [3]})
        event = ids.event(Measurement, source="probe/x", subject="sw-1", time=NOW, data=numbers)
        await tap.publish(MEASUREMENTS, [Entry("sw-1", event)])


async def test_a_device_that_answers_keeps_its_series_from_look_to_look(tap, devices):
    await look(tap, "up")
    await look(tap, "up", measured=False)
    assert devices.samples == 1, "the measurement of this look is still to come"


@pytest.mark.parametrize("status", ["down", "unknown"])
async def test_a_failed_look_removes_the_series_of_the_device(tap, devices, status):
    await look(tap, "up")
    await look(tap, status, measured=False)
    assert devices.samples == 0
    await look(tap, "up")
    assert devices.samples == 1


async def test_a_device_that_answers_without_numbers_loses_the_old_ones(tap, devices):
    await look(tap, "up")
    await look(tap, "up", measured=False)
    await look(tap, "up", measured=False)
    assert devices.samples == 0


async def test_a_port_that_is_down_says_nothing_of_the_device(tap, devices):
    await look(tap, "up")
    await look(tap, "down", measured=False, kind="port")
    assert devices.samples == 1
