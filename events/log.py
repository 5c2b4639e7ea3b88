"""The port to the event log, and its promise.

The promise, which every adapter keeps and `tests/events/test_log_contract.py` proves:

1. *At least once.* An event that `publish` accepted is delivered to every subscription that reaches its
   offset; a crash may deliver it again. Consumers are idempotent by event id.
2. *In order per key.* Events of one key stand in the order in which one publisher published them.
3. *Replay.* A subscription may start at any offset that is still kept; asking for one that is gone
   raises `PositionLost`, it never skips silently.
4. *All or nothing per call.* When `publish` raises, some events of the call may be in the log; publishing
   them again is safe because ids are derived.
5. *Committed positions survive* the process. A subscription with a group and no explicit start goes on
   from the group's last commit, or from the oldest kept record when there is none.
6. *Nothing is repaired.* Bytes come back as they were accepted; reading them is the codec's work.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from events.contract import AnyEvent

__all__ = ["Entry", "Log", "Partition", "Record", "Subscription"]


class Partition(NamedTuple):
    """One ordered part of a topic."""

    topic: str
    number: int


class Entry(NamedTuple):
    """An event with the key that decides its partition and, in compacted topics, what it replaces."""

    key: str
    event: AnyEvent


@dataclass(frozen=True, slots=True)
class Record:
    """What stands at one place of the log.

    Attributes:
        partition: Where.
        offset: Place in that partition, rising by at least 1.
        key: As published.
        value: The bytes of one event.
        accepted: When the log took it in, aware UTC.
    """

    partition: Partition
    offset: int
    key: str
    value: bytes
    accepted: datetime


class Subscription(Protocol):
    """One reader of some topics. Not shared between tasks."""

    async def read(self, *, limit: int = 500, wait_s: float = 1.0) -> list[Record]:
        """Return the next records, at most `limit`; wait up to `wait_s` for the first, else return [].

        Raises:
            LogUnavailable: The log is away; the position is unchanged, call again.
            PositionLost: The next offset is no longer kept.
        """
        ...

    async def commit(self, positions: Mapping[Partition, int]) -> None:
        """Remember for the group that everything before these offsets is done."""
        ...

    async def close(self) -> None:
        """Stop reading; may be called twice."""
        ...


class Log(Protocol):
    """The event log."""

    async def publish(self, topic: str, entries: Sequence[Entry]) -> None:
        """Append events; return when they are durable.

        Events without `recordedtime` are stamped with the adapter's clock (`events.ids.stamp`).

        Raises:
            LogUnavailable: Not accepted, try again.
            LogFull: No space left; not accepted.
        Cancellation: the events may or may not be in the log.
        """
        ...

    async def subscribe(
        self,
        topics: Sequence[str],
        *,
        group: str | None = None,
        start: Mapping[Partition, int] | None = None,
    ) -> Subscription:
        """Open a reader at `start`, else at the group's commits, else at the oldest kept record.

        Partitions of the topics that `start` does not name begin at the oldest kept record.
        """
        ...

    async def ends(self, topics: Sequence[str]) -> dict[Partition, int]:
        """Per partition the offset that the next record will get: where a replay has caught up."""
        ...

    async def close(self) -> None:
        """Finish what was accepted and stop; may be called twice."""
        ...
