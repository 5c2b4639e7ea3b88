"""An engine that folds late events again and is killed then: `python -m tests.store.dying DIRECTORY STEP`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from monitor.roles.voice import Voice
from monitor.snapshot import Snapshots
from tests.store.late import Office, at, correction, saw

EARLY = [
    (0, saw("o-1", "zaak", "up", 0)),
    (700, saw("o-2", "zaak", "down", 700)),
    (760, saw("o-3", "zaak", "up", 760)),
    (1500, saw("o-6", "zaak", "up", 1500)),
]
LATE = [
    (1501, saw("o-4", "zaak", "down", 300)),
    (1501, saw("o-5", "zaak", "up", 500)),
    (1501, correction("k-1", "o-3", None, 730, 1501)),
]


def die(*_args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def half(self, told, publish=Voice.publish) -> None:
    await publish(self, list(told)[:1])
    die()


def arm(step: str) -> None:
    """Let the process die before it says anything, after the first word, or with everything said."""
    match step:
        case "before":
            Voice.put_right = die  # type: ignore[method-assign,assignment]
        case "half":
            Voice.publish = half  # type: ignore[method-assign]
        case "after":
            Snapshots.drop_after = die  # type: ignore[method-assign,assignment]


async def live(directory: Path, step: str) -> None:
    office = Office(directory)
    await office.start()
    await office.arrive(EARLY)
    assert office.engine.watermark >= at(700), "what comes next would not be late"
    arm(step)
    for _, event in LATE:
        await office.say(event)
    while True:
        await office.turn()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), sys.argv[2]))
