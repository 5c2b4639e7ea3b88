"""The reason of a verdict, or what there is to say where nobody gave one. Pure."""

from __future__ import annotations

from topology.live.component import NEVER

__all__ = ["UNSAID", "said"]

UNSAID = "who looked gave no reason"


def said(reason: str | None) -> str:
    """Turn the reason of a verdict into words; None = there is no verdict yet."""
    return NEVER if reason is None else reason or UNSAID
