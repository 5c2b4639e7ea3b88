"""What was said of components from a moment on, and what must be said to make it what it should be. Pure.

A verdict that was published is not unsent. When what stands is not what the fold says, everything from the
first difference on is taken back (`rewrites`) and told anew. Words are compared by what they say and when,
not by id: what was told anew has an id of its own, because a reader knows a word by its id.

Source: DESIGN.md 4 (order of arrival must not matter) and 5; CORE.md 4.2.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeGuard

from msgspec.structs import replace

from events import ids
from events.contract import State

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from events.contract import AnyEvent, StateData

__all__ = ["MOST_WORDS", "History", "is_verdict", "retold"]

MOST_WORDS = 200_000
"""Verdicts kept, some 200 MB at worst; beyond it the oldest half is let go and stays as it was told."""

_NEVER = datetime.min.replace(tzinfo=UTC)


class History:
    """Verdicts on components in the order of telling; what was taken back is not among them.

    Args:
        since: Nothing from before counts.
        base: Turns a verdict into what its component was at that moment; None = whatever it was.
        most: Verdicts kept; None = all of them.

    Attributes:
        forgotten: Verdicts that were let go because there were too many.
    """

    def __init__(
        self,
        since: datetime,
        base: Callable[[State], State] | None = None,
        *,
        most: int | None = MOST_WORDS,
    ) -> None:
        self.since = since
        self.forgotten = 0
        self._base = base
        self._most = most
        self._bases: dict[str, StateData] = {}
        self._words: dict[str, list[State]] = {}
        self._count = 0

    @property
    def newest(self) -> datetime | None:
        """Time of the newest verdict; None = there is none."""
        return max((one.time for words in self._words.values() for one in words), default=None)

    def of(self, subject: str) -> list[State]:
        """The verdicts on one component that stand."""
        return self._words.get(subject, [])

    def subjects(self) -> list[str]:
        """Components of which something was said, in the order of the first word."""
        return list(self._words)

    def words(self) -> list[State]:
        """Everything that stands, component by component."""
        return [one for words in self._words.values() for one in words]

    def base(self, told: State) -> StateData:
        """What the component of a verdict was before the first that is kept."""
        known = self._bases.get(told.subject)
        if known is not None:
            return known
        return _plain(self._base(told) if self._base is not None else told)

    def take(self, told: Iterable[AnyEvent]) -> None:
        """Add what is said next; what is not about components is passed by."""
        for one in told:
            if not is_verdict(one):
                continue
            back = one.data.rewrites
            if back is not None:
                self._keep(one.subject, [own for own in self.of(one.subject) if own.time < back])
            if one.time >= self.since:
                self._words.setdefault(one.subject, []).append(one)
                self._count += 1
        if self._most is not None and self._count > self._most:
            self._let_go()

    def trim(self, since: datetime) -> None:
        """Let go of everything before a moment; the last of it says what each component was."""
        if since <= self.since:
            return
        self.since = since
        for subject, words in list(self._words.items()):
            gone = [one for one in words if one.time < since]
            if gone:
                if self._base is not None:
                    self._bases[subject] = _plain(gone[-1])
                self._keep(subject, [one for one in words if one.time >= since])

    def _keep(self, subject: str, words: list[State]) -> None:
        self._count += len(words) - len(self.of(subject))
        self._words[subject] = words
        if not words:
            del self._words[subject]

    def _let_go(self) -> None:
        times = sorted(one.time for words in self._words.values() for one in words)
        before = self._count
        self.trim(times[len(times) // 2])
        self.forgotten += before - self._count


def is_verdict(event: AnyEvent) -> TypeGuard[State]:
    """Tell whether an event is a verdict on a component; those on chains follow from them."""
    return isinstance(event, State) and event.data.of == "component"


def retold(
    stands: History, should: History, known: Container[str], turn: Sequence[str] = ()
) -> list[State]:
    """Turn what stands and what should stand into what is to be told now.

    The same two histories give the same bytes, and once it was told nothing more is to be told.

    Args:
        stands: What was published. It is trimmed to the moment from which both are known.
        should: What the fold says. It is trimmed too.
        known: Ids of everything that was published, also of what was taken back.
        turn: Tells this telling from others, where the ids of what stands may not be those of the log.

    Returns:
        Verdicts, of each component in the order of telling, the last one of each its present state.
    """
    since = max(stands.since, should.since)
    stands.trim(since)
    should.trim(since)
    told: list[State] = []
    subjects = dict.fromkeys([*should.subjects(), *stands.subjects()])
    for subject in subjects:
        was, now = stands.of(subject), should.of(subject)
        base = should.base((now or was)[0])
        told += _of_one(was, now, base, since, known, turn)
    return told


def _of_one(
    was: list[State],
    now: list[State],
    base: StateData,
    since: datetime,
    known: Container[str],
    turn: Sequence[str],
) -> list[State]:
    old, new = _distinct(was, base), _distinct(now, base)
    same = 0
    while same < min(len(old), len(new)) and _key(old[same]) == _key(new[same]):
        same += 1
    if same == len(old) and (same == len(new) or not was or was[-1].time <= new[same].time):
        return _further(was, new[same:], known, turn)
    back = min(one.time for one in (*old[same : same + 1], *new[same : same + 1]))
    anew = [one for one in new if one.time >= back]
    if not anew or anew[0].time > back or back == since:
        before = [_plain(one) for one in new if one.time < back]
        anew.insert(0, _filler(was[0], before[-1] if before else base, back))
    gone = [one for one in was if one.time >= back]
    if [_key(one) for one in anew] == [_key(one) for one in gone]:
        return []
    salt = [*turn, *(one.id for one in gone)]
    first, *rest = [replace(one, id=ids.derive(one.id, *salt)) for one in anew]
    return [replace(first, data=replace(first.data, rewrites=back)), *rest]


def _further(
    was: list[State], more: list[State], known: Container[str], turn: Sequence[str]
) -> list[State]:
    """What goes on where all that stands is right; what was taken back before gets an id of its own."""
    salt = [*turn, *(one.id for one in was[-1:])]
    return [replace(one, id=ids.derive(one.id, *salt)) if one.id in known else one for one in more]


def _filler(like: State, data: StateData, at: datetime) -> State:
    """Says what a component still was at a moment from which on something else had been said."""
    own = replace(data, since=at) if data.since == _NEVER else data
    return ids.event(State, source=like.source, subject=like.subject, time=at, data=own)


def _distinct(words: Iterable[State], base: StateData) -> list[State]:
    """Leave out what says the same as the word before it."""
    found: list[State] = []
    last = base
    for one in words:
        own = _plain(one)
        if own != last:
            found.append(replace(one, data=own))
        last = own
    return found


def _plain(one: State) -> StateData:
    return one.data if one.data.rewrites is None else replace(one.data, rewrites=None)


def _key(one: State) -> tuple[datetime, StateData]:
    return one.time, _plain(one)
