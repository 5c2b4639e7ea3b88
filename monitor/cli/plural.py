"""Numbers of things in English: one thing, two things."""

from __future__ import annotations

__all__ = ["counted"]


def counted(number: int, one: str, many: str | None = None) -> str:
    """Turn a number and a noun into `1 chain` or `2 chains`; `many` where that is not the noun and an s."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
