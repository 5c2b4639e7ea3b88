"""A process that closes May and is killed at a step of it: `python -m tests.store.closer DIRECTORY STEP`."""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy import event
from sqlalchemy.engine import Engine

from monitor.__main__ import main
from monitor.store.months import Months
from tests.store.test_months import CLOSING

STEPS = ("unwritten", "after")


def die(*_args: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def closed_and_gone(self, make, add=Months.add) -> None:
    await add(self, make)
    die()


def arm(step: str) -> None:
    """Let the process die with its row written and not committed, or with everything done."""
    if step == "after":
        Months.add = closed_and_gone  # type: ignore[method-assign]
        return

    @event.listens_for(Engine, "after_cursor_execute")
    def gone(_wire, _cursor, statement, *_rest: object) -> None:
        if "INSERT INTO months" in statement:
            die()


if __name__ == "__main__":
    arm(sys.argv[2])
    main(["close", sys.argv[1], "--month", "2026-05", "--as-of", CLOSING])
