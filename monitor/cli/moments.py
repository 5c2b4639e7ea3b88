"""Moments on the command line: RFC 3339 text to aware UTC, or an error that shows how to write it."""

from __future__ import annotations

from datetime import UTC, datetime

from events.errors import ConfigError

__all__ = ["moment"]


def moment(text: str | None, option: str) -> datetime | None:
    """Turn `2026-06-09T07:00:00Z` (or with an offset) into aware UTC; None stays None.

    Raises:
        ConfigError: Not a moment, or without a zone; names the option.
    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise ConfigError(
            f"{option} {text}: write a moment with its zone, as in 2026-06-09T07:00:00Z"
        )
    return parsed.astimezone(UTC)
