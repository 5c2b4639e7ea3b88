"""Moments on the command line: RFC 3339 text to aware UTC, or an error that shows how to write it."""

from __future__ import annotations

from datetime import UTC, datetime

from events.codec import YEARS
from events.errors import ConfigError

__all__ = ["moment", "second"]


def moment(text: str | None, option: str) -> datetime | None:
    """Turn `2026-06-09T07:00:00Z` (or with an offset) into aware UTC; None stays None.

    Raises:
        ConfigError: Not a moment, or without a zone; names the option.
    """
    if text is None:
        return None
    try:
        parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ConfigError(f"{option} {text}: write a moment with its zone, as in 2026-06-09T07:00:00Z")


def second(text: str, option: str) -> datetime:
    """Turn the moment that is asked about into aware UTC.

    Raises:
        ConfigError: Not a moment, or of a year that no event can be of; names the option.
    """
    asked = moment(text, option)
    assert asked is not None, "there is a text"
    if asked.year not in YEARS:
        raise ConfigError(
            f"{option} {text}: nothing is known of that year; ask about {YEARS.start} to {YEARS.stop - 1}"
        )
    return asked
