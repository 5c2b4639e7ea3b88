"""Moments to the integers that logs store, and back, without loss."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from events.span import EPOCH

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["from_micros", "microseconds"]

_MICROSECOND = timedelta(microseconds=1)


def microseconds(when: datetime) -> int:
    """Turn an aware moment into microseconds since 1970."""
    return (when - EPOCH) // _MICROSECOND


def from_micros(at: int) -> datetime:
    """Turn microseconds since 1970 into an aware UTC moment."""
    return EPOCH + timedelta(microseconds=at)
