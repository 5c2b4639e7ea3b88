"""Closing and auditing in a process of its own: `keten close` and `keten ledger verify`, as a person would.

Whoever kills the service does not leave half a month behind: the verb ends by itself, and what it adds it
adds in one transaction.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING

from events.span import text
from monitor.cli.verb import FINDINGS, OK, USAGE
from monitor.roles.closing import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.roles.closing import Outcome

__all__ = ["VerbClerk"]

PATIENCE_S = 3600.0
"""Longest time for one request; a year of 5,000 chains takes about one minute of processor time."""
KETEN = (sys.executable, "-m", "monitor")
NO_END = -1
COURTESY = 10
"""How much the process stands back for others (`nice`)."""
AUTHOR = "ketenmonitor"
NOTE = "vanzelf vastgesteld (closed by itself)"


class VerbClerk:
    """Asks the verbs, with the environment of this process.

    Args:
        directory: The catalogue directory.
        data: The data directory.
        keten: The words that start the command line.
        patience_s: Longest time for one request.
    """

    def __init__(
        self,
        directory: Path,
        data: Path,
        *,
        keten: Sequence[str] = KETEN,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._where = (str(directory), "--data", str(data))
        self._keten = keten
        self._patience_s = patience_s

    async def close(self, month: str, as_of: datetime) -> Answer:
        """Close a month as of a moment."""
        words = ("--month", month, "--as-of", text(as_of), "--by", AUTHOR, "--note", NOTE)
        code, _, said = await self._run("close", *self._where, *words)
        return Answer(_outcome(code, {OK: "same", USAGE: "differs"}), said)

    async def audit(self, month: str) -> Answer:
        """Check the ledger and reckon a closed month and its revisions again."""
        words = ("verify", *self._where, "--month", month, "--json")
        code, told, said = await self._run("ledger", *words)
        if code == FINDINGS:
            said = "; ".join(f"{one['place']}: {one['what']}" for one in _findings(told)) or said
        return Answer(_outcome(code, {OK: "same", FINDINGS: "differs"}), said)

    async def _run(self, *words: str) -> tuple[int, bytes, str]:
        """Run a verb; return its exit code, its result and its last words.

        Cancellation: the process is ended and waited for.
        """
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(*self._keten, *words), stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
        )
        if hasattr(os, "setpriority"):
            os.setpriority(os.PRIO_PROCESS, process.pid, COURTESY)
        try:
            async with asyncio.timeout(self._patience_s):
                told, said = await process.communicate()
        except TimeoutError:
            return NO_END, b"", f"no end within {self._patience_s:.0f} s"
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or OK, told, _last_line(said)


def _outcome(code: int, known: Mapping[int, Outcome]) -> Outcome:
    return known.get(code, "failed")


def _findings(told: bytes) -> Sequence[Mapping[str, str]]:
    try:
        found: Sequence[Mapping[str, str]] = json.loads(told)["findings"]
    except ValueError:
        return ()
    return found


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else ""
