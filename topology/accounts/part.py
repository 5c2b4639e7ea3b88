"""A stretch of a chain's period that is judged under one level.

Source: CORE.md 4.2 (a level that changes within the month splits the account).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topology.accounts.spans import Span
    from topology.calendar import ServiceTime
    from topology.model import Level

__all__ = ["Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """A span judged under one level, with the service time of its calendar."""

    span: Span
    level: Level
    service: ServiceTime
