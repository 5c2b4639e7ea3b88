"""The engine finds in its log what a correction corrects, or sets the correction aside with the reason."""

from __future__ import annotations

import pytest

from events.contract import COMMANDS, DEADLETTERS, OBSERVATIONS
from events.log import Partition
from monitor.replay import replay
from monitor.snapshot import Snapshot, Snapshots, to_keys
from monitor.timeline import Timeline
from tests.engine.lab import at, correction, saw, sweep
from tests.roles.test_engine import OFFICE, Lab


@pytest.fixture
async def lab(tmp_path):
    """A log, and a snapshot of it whose timeline has forgotten what it settled."""
    lab = Lab(tmp_path)
    lab.wrong = saw("app", "down", 1, "recorded")
    lab.first = correction(lab.wrong.id, 2, "degraded")
    events = [*sweep(1), lab.wrong, lab.first, *sweep(60)]
    await lab.until(60)
    await lab.say(*events)
    timeline = Timeline(OFFICE, remembered=2)
    timeline.accept(events)
    timeline.settle(at(66))
    positions = to_keys({Partition(OBSERVATIONS, 0): len(events) - 1, Partition(COMMANDS, 0): 1})
    snapshot = Snapshot(
        catalogue=OFFICE.catalogue.version,
        taken=at(66),
        watermark=timeline.watermark,
        positions=positions,
        timeline=timeline.snapshot(positions),
    )
    Snapshots(tmp_path).save(snapshot)
    return lab


async def agreed(lab, undo):
    async with lab.running() as engine:
        await lab.until(70)
        await lab.say(undo)
        await lab.until(90)
        status = engine.status()
    assert status.digest == replay(OFFICE, await lab.inputs(), status.watermark)["digest"]
    assert await lab.read(DEADLETTERS) == []


async def test_a_correction_of_a_forgotten_event_is_folded_in(lab):
    await agreed(lab, correction(lab.wrong.id, 70, "up"))
    assert (await lab.last_states())["app"] == "up"


async def test_a_correction_of_a_forgotten_correction_is_folded_in(lab):
    await agreed(lab, correction(lab.first.id, 70))
    assert (await lab.last_states())["app"] == "down"


async def test_a_correction_of_what_the_log_does_not_have_is_a_dead_letter_with_the_reason(lab):
    async with lab.running():
        await lab.until(70)
        await lab.say(correction("no-such-event", 70, "up"))
        await lab.until(90)
    (dead,) = await lab.read(DEADLETTERS)
    assert dead.data.reason == "what it corrects is not in the log, or no longer"
