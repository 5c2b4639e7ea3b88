"""News of arrivals to whoever waits for it, within one event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from events.clock import Clock

__all__ = ["Arrivals"]


class Arrivals:
    """Counts arrivals; a reader that knows the count it last looked at cannot miss one."""

    def __init__(self) -> None:
        self.count = 0
        self._waiting: set[asyncio.Future[None]] = set()

    def announce(self) -> None:
        """Wake everybody who waits."""
        self.count += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def after(self, seen: int, clock: Clock, seconds: float) -> None:
        """Return at the first arrival after the count `seen`, or when so many seconds have passed."""
        if self.count != seen:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        timer = asyncio.ensure_future(clock.sleep(seconds))
        try:
            await asyncio.wait({waiter, timer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            self._waiting.discard(waiter)
