"""Half-open spans of whole UTC seconds, and the way from moments to seconds and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

__all__ = ["EPOCH", "moment", "seconds", "text"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def seconds(when: datetime) -> int:
    """Turn an aware moment into whole seconds since 1970, floored (CORE.md 0)."""
    return (when - EPOCH) // _SECOND


def moment(at: int) -> datetime:
    """Turn whole seconds since 1970 into an aware UTC moment."""
    return EPOCH + timedelta(seconds=at)


def text(when: datetime) -> str:
    """Turn an aware moment into RFC 3339 text ending in `Z`."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
