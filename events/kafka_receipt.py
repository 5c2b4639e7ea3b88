"""One acknowledgement for a batch of records, carried from kafka-python's thread to the event loop."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Receipt"]


class Receipt:
    """Counts down the records of a batch; a future per record would cost more than the record.

    Attributes:
        done: Resolved when every record is settled; holds the first error.

    Args:
        count: Records in the batch, at least 1.
        release: Called on the event loop when Kafka has settled the batch, waited for or not.
    """

    def __init__(self, count: int, release: Callable[[], None]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._left = count
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._release = release

    def delivered(self, _: object) -> None:
        """One record is in the log; called on any thread."""
        self._settle(1, None)

    def failed(self, error: Exception) -> None:
        """One record is not; called on any thread."""
        self._settle(1, error)

    def unsent(self, count: int, error: Exception | None) -> None:
        """So many records were never handed to Kafka."""
        self._settle(count, error)

    def _settle(self, count: int, error: Exception | None) -> None:
        with self._lock:
            self._left -= count
            self._error = self._error or error
            if self._left:
                return
        try:
            self.done.get_loop().call_soon_threadsafe(self._close)
        except RuntimeError:  # the loop has ended: nobody waits any more
            return

    def _close(self) -> None:
        self._release()
        if self.done.done():
            return
        if self._error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(self._error)
