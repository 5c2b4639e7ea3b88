"""A record that could not be used, to the event that keeps it apart."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from events import ids
from events.contract import Deadletter, DeadletterData

if TYPE_CHECKING:
    from events.log import Record

__all__ = ["RAW_BYTES", "set_aside"]

RAW_BYTES = 600_000
"""Bytes kept in the dead letter: in base64 800,000, which fits into one event."""


def set_aside(record: Record, reason: str, *, source: str) -> Deadletter:
    """Turn a record and what was wrong with it into a dead letter.

    The same record and reason give the same id, so a reader that meets it again repeats itself safely.

    Args:
        record: As it was read.
        reason: What was wrong: a `ContractError`'s text, or what broke the handler.
        source: Who could not use it.
    """
    topic, number = record.partition
    cut = len(record.value) > RAW_BYTES
    return ids.event(
        Deadletter,
        source=source,
        subject=f"{topic}/{number}/{record.offset}",
        time=record.accepted,
        data=DeadletterData(
            topic=topic,
            partition=number,
            offset=record.offset,
            reason=f"{reason} (first {RAW_BYTES} of {len(record.value)} bytes)" if cut else reason,
            raw=base64.b64encode(record.value[:RAW_BYTES]).decode(),
        ),
    )
