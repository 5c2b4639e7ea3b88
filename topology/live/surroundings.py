"""When everything around a failed component has been seen since it failed.

Around each step of a path stands a circle: the component there and its neighbours. A circle knows which of
them was seen longest ago, and who waits for it; an observation touches a waiter only when it lets it go.
The members of a shared risk can be such a circle too.

Source: CORE.md 3.3.
"""

from __future__ import annotations

from datetime import UTC, datetime
from heapq import heapify, heappop, heappush, heapreplace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from topology.management import Management

__all__ = ["Surroundings"]

_NEVER = datetime.min.replace(tzinfo=UTC)
_ALWAYS = datetime.max.replace(tzinfo=UTC)


class _Circle:
    """Members by when they were last seen, oldest first, and who waits for them."""

    __slots__ = ("_ids", "members", "waiting")

    def __init__(self, members: list[tuple[datetime, str]]) -> None:
        self.members = members
        self.waiting: list[tuple[datetime, str]] = []
        self._ids: set[tuple[datetime, str]] = set()
        heapify(self.members)

    def wait(self, asked: datetime, id_: str) -> None:
        """Let somebody wait, once, until every member was seen at `asked` or later."""
        if (asked, id_) not in self._ids:
            self._ids.add((asked, id_))
            heappush(self.waiting, (asked, id_))

    def release(self, oldest: datetime) -> list[tuple[datetime, str]]:
        """Let go who waited for no more than this."""
        released = []
        while self.waiting and self.waiting[0][0] <= oldest:
            released.append(heappop(self.waiting))
        self._ids = set(self.waiting) if released else self._ids
        return released


class Surroundings:
    """Everything here is derived from when each component was last seen.

    Args:
        seen_at: Last time that a component was seen; None = never. It never goes back.
        expected: Whether a component that was never seen must be waited for.
    """

    def __init__(
        self,
        management: Management,
        seen_at: Callable[[str], datetime | None],
        expected: Callable[[str], bool],
    ) -> None:
        self._management, self._seen_at, self._expected = management, seen_at, expected
        self._circles: dict[str, _Circle] = {}
        self._watched: dict[str, set[str]] = {}
        self._groups: dict[str, tuple[str, ...]] = {}
        self._known: set[str] = set()

    def complete(self, id_: str, asked: datetime) -> bool:
        """Whether all around a component or link was seen at `asked` or later; else it waits.

        Of a component: its path to the poller and the neighbours of that path. Of a link: its ends.
        """
        for step in self._steps(id_):
            if self._oldest(step) < asked:
                self._circles[step].wait(asked, id_)
                self._watch(step)
                return False
        return True

    def wait_for(self, group: str, members: Iterable[str], asked: datetime, id_: str) -> None:
        """Let a component wait until all of a group were seen at `asked` or later.

        Args:
            group: Its id, of no component or link: a shared risk.
            members: Those who are to be seen; always the same for a group, each looked at by a probe.
            asked: From when on.
            id_: Who waits.
        """
        self._groups.setdefault(group, tuple(members))
        if self._oldest(group) < asked:
            self._circles[group].wait(asked, id_)
            self._watch(group)

    def seen(self, id_: str) -> list[tuple[datetime, str]]:
        """Note that a component was seen; return who need not wait any longer at some circle, in order.

        Each with the moment that it waited for: who no longer waits for that one is told of all the same.
        """
        if id_ not in self._known:
            self._known.add(id_)
            for step in self._management.around(id_):
                if step in self._circles:
                    heappush(self._circles[step].members, (self._time(id_), id_))
        released: dict[tuple[datetime, str], None] = {}
        for step in sorted(self._watched.pop(id_, ())):
            released.update(dict.fromkeys(self._release(step)))
        return list(released)

    def _release(self, step: str) -> list[tuple[datetime, str]]:
        circle = self._circles[step]
        released = circle.release(self._oldest(step))
        if circle.waiting:
            self._watch(step)
        return released

    def _watch(self, step: str) -> None:
        self._watched.setdefault(self._circles[step].members[0][1], set()).add(step)

    def _steps(self, id_: str) -> Sequence[str]:
        return (id_,) if id_ in self._management.links else self._management.path(id_)

    def _oldest(self, step: str) -> datetime:
        circle = self._circles.get(step)
        if circle is None:
            ids = self._groups.get(step) or self._management.links.get(step)
            ids = ids or self._management.around(step)
            circle = self._circles[step] = _Circle([(self._time(id_), id_) for id_ in ids])
        while circle.members[0][0] != (now := self._time(circle.members[0][1])):
            heapreplace(circle.members, (now, circle.members[0][1]))
        return circle.members[0][0]

    def _time(self, id_: str) -> datetime:
        at = self._seen_at(id_)
        if at is not None:
            return at
        return _NEVER if self._expected(id_) else _ALWAYS
