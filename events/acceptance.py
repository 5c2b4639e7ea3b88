"""Entries to the bytes that a log takes in: stamped, encoded, not too large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events import codec, ids
from events.errors import UndecodableEvent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from events.log import Entry

__all__ = ["accept"]


def accept(entries: Sequence[Entry], now: datetime) -> list[tuple[str, bytes]]:
    """Turn entries into (key, value) pairs, stamping events that were never recorded.

    Args:
        entries: What is published in one call.
        now: Aware UTC; becomes the `recordedtime` of events without one.

    Raises:
        UndecodableEvent: An event that no reader could take back; nothing of the call is accepted.
    """
    accepted = []
    for key, event in entries:
        value = codec.encode(ids.stamp(event, now))
        if len(value) > codec.MAX_EVENT_BYTES:
            raise UndecodableEvent(
                f"event {event.id} of {event.subject} has {len(value)} bytes, at most"
                f" {codec.MAX_EVENT_BYTES} are taken: split it"
            )
        accepted.append((key, value))
    return accepted
