"""What the web role is told besides the picture: a few settings and what it may ask of its surroundings."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from events.clock import SystemClock
from monitor.projector import Delta

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from events.clock import Clock
    from monitor.web.live import Feed

__all__ = ["Notice", "Notices", "Options", "StatusSource"]

NOTICES_KEPT = 20


class StatusSource(Protocol):
    """Who knows how far the folds are."""

    def status(self) -> Mapping[str, object]:
        """Digest, watermark and whatever else `keten status --json` shows; JSON-able."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the demo tells its visitors: one line, and what they ought to see."""

    time: datetime
    title_nl: str
    title_en: str
    text_nl: str = ""
    text_en: str = ""


class Notices:
    """The announcements of the demo; the board shows the last one."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._kept: deque[Notice] = deque(maxlen=NOTICES_KEPT)

    @property
    def last(self) -> Notice | None:
        """The newest announcement."""
        return self._kept[-1] if self._kept else None

    def announce(self, notice: Notice) -> None:
        """Show an announcement to everybody who looks."""
        self._kept.append(notice)
        self._feed.publish([Delta("notice", "notice", {"time": notice.time.isoformat()})])


def _always_ready() -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Settings of the web role.

    Args:
        language: `nl` or `en`, for who does not choose.
        environment: Shown in the header: `demo`, `acceptatie`.
        hosts: Names besides loopback that a browser may ask for; any other is refused, so that a foreign
            page cannot reach the board through a name of its own (DNS rebinding).
        version: Of this software.
        clock: What the time is.
        ready: Why the picture is not complete yet; None = it is.
        status: Who knows digest and watermark; None = nobody here.
        notices: Announcements of the demo; None outside it.
        kappa: Further failures that a chain can take; None = not counted here.
    """

    language: str = "nl"
    environment: str = ""
    hosts: frozenset[str] = frozenset()
    version: str = ""
    clock: Clock = field(default_factory=SystemClock)
    ready: Callable[[], str | None] = _always_ready
    status: StatusSource | None = None
    notices: Notices | None = None
    kappa: Callable[[str], int | None] = lambda _chain: None
