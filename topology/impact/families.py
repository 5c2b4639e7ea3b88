"""Families of sets of which none contains another: the least sets under which something happens.

A family is a diagram: the sets without its first element, those with it, and nothing is kept twice. A hundred
thousand sets take some hundred nodes, are counted without being listed, and are listed smallest first. It is
the sets that are kept and not the function: a function of pairs only, as changes that clash by twos are, has
few least sets and an enormous decision diagram.

Source: Minato, Zero-suppressed BDDs for set manipulation (1993); Rauzy, New algorithms for fault trees
analysis (1993), section 5 (least sets of monotone functions).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

__all__ = ["EMPTY", "NONE", "Families", "TooMuch"]

NONE, EMPTY = 0, 1
"""The family without a set, and the one that holds only the empty set."""

_LAST = 1 << 62
"""Stands after every element."""


class _Do(IntEnum):
    """What is asked of two families; of `CUT` the second is not looked at."""

    EITHER = 0
    BOTH = 1
    SPARE = 2
    CUT = 3


_Ask = tuple[_Do, int, int, int]
"""With the size of the largest set that is kept: 0 for `EITHER` and `SPARE`, which make none larger."""


class TooMuch(Exception):
    """More steps would be needed than are allowed."""


class Families:
    """Families over the elements 0, 1, ..., in which 0 is looked at first.

    Args:
        largest: Larger sets are left out of what is made; None = none are.
        allowed: Steps that may be taken.

    Attributes:
        steps: Those taken.
    """

    def __init__(self, largest: int | None = None, allowed: int = _LAST) -> None:
        self._allowed, self.steps = allowed, 0
        self._largest = _LAST if largest is None else largest
        self._first = [_LAST, _LAST]
        self._without = [NONE, EMPTY]
        self._with = [NONE, EMPTY]
        self._size = [0, 0]
        self._nodes: dict[tuple[int, int, int], int] = {}
        self._known: dict[_Ask, int] = {}
        self._counts: dict[tuple[int, frozenset[int] | None], tuple[int, ...]] = {}

    def single(self, element: int) -> int:
        """The family of the one set with one element."""
        return self._node(element, NONE, EMPTY)

    def either(self, one: int, other: int) -> int:
        """When either happens: the least sets of both families.

        Raises:
            TooMuch: As does `both`.
        """
        return self._answer(self._either(one, other))

    def both(self, one: int, other: int) -> int:
        """When both happen: the least of all unions of two sets."""
        return self._answer(self._both(one, other, self._largest))

    def at_least(self, many: int, families: Sequence[int]) -> int:
        """When at least so many happen."""
        counts = [EMPTY] + [NONE] * many
        for family in reversed(families):
            for enough in range(many, 0, -1):
                more = self.both(family, counts[enough - 1])
                counts[enough] = self.either(more, counts[enough])
        return counts[many]

    def happens(self, family: int, given: Collection[int]) -> bool:
        """Tell whether one of the sets lies within a given one."""
        ahead = [family]
        while ahead:
            node = ahead.pop()
            if node == EMPTY:
                return True
            if node != NONE:
                ahead.append(self._without[node])
                if self._first[node] in given:
                    ahead.append(self._with[node])
        return False

    def within(self, given: Collection[int], families: Iterable[int]) -> dict[int, int]:
        """Turn families into those of their sets that lie within a given one."""
        found = {NONE: NONE, EMPTY: EMPTY}
        for node in self._below(families):
            if node not in found:
                with_ = found[self._with[node]] if self._first[node] in given else NONE
                found[node] = self._node(self._first[node], found[self._without[node]], with_)
        return found

    def counts(self, family: int, among: frozenset[int] | None = None) -> tuple[int, ...]:
        """Count the sets by their size, from 0 on.

        Args:
            family: The family.
            among: Only sets of these elements; None = all.
        """
        for node in self._below([family]):
            if (node, among) not in self._counts:
                self._counts[node, among] = self._count(node, among)
        return self._counts[family, among]

    def sets(self, family: int, size: int) -> Iterator[tuple[int, ...]]:
        """List the sets of one size, each in order."""
        self.counts(family)
        ahead: list[tuple[int, tuple[int, ...]]] = [(family, ())]
        while ahead:
            node, chosen = ahead.pop()
            missing = size - len(chosen)
            counts = self._counts[node, None]
            if missing >= len(counts) or not counts[missing]:
                continue
            if node == EMPTY:
                yield chosen
                continue
            ahead.append((self._without[node], chosen))
            ahead.append((self._with[node], (*chosen, self._first[node])))

    def _count(self, node: int, among: frozenset[int] | None) -> tuple[int, ...]:
        if node <= EMPTY:
            return (node,)
        without = self._counts[self._without[node], among]
        if among is not None and self._first[node] not in among:
            return without
        more = (0, *self._counts[self._with[node], among])
        longest = max(len(without), len(more))
        padded = [one + (0,) * (longest - len(one)) for one in (without, more)]
        return tuple(map(sum, zip(*padded, strict=True)))

    def _below(self, families: Iterable[int]) -> list[int]:
        """The nodes of families, each after those it leads to."""
        found = {NONE, EMPTY, *families}
        ahead = list(found)
        while ahead:
            node = ahead.pop()
            if node > EMPTY:
                fresh = {self._without[node], self._with[node]} - found
                found |= fresh
                ahead += fresh
        return sorted(found)  # a node is made after those it leads to

    # Questions are put as a family where the answer is plain, else as what is asked. Without recursion: a
    # family may be as deep as there are causes.

    def _either(self, one: int, other: int) -> int | _Ask:
        if EMPTY in (one, other):
            return EMPTY
        if one in (NONE, other):
            return other
        if other == NONE:
            return one
        return (_Do.EITHER, min(one, other), max(one, other), 0)

    def _both(self, one: int, other: int, size: int) -> int | _Ask:
        if NONE in (one, other) or size < 0:
            return NONE
        if one in (EMPTY, other):
            return self._cut(other, size)
        if other == EMPTY:
            return self._cut(one, size)
        size = min(size, self._size[one] + self._size[other])
        return (_Do.BOTH, min(one, other), max(one, other), size)

    def _spare(self, family: int, those: int) -> int | _Ask:
        """The sets that contain none of those."""
        if family in (NONE, those) or those == EMPTY:
            return NONE
        if those == NONE or family == EMPTY:
            return family
        return (_Do.SPARE, family, those, 0)

    def _cut(self, family: int, size: int) -> int | _Ask:
        if self._size[family] <= size:
            return family
        return NONE if size < 0 else (_Do.CUT, family, NONE, size)

    def _answer(self, goal: int | _Ask) -> int:
        if isinstance(goal, int):
            return goal
        ahead, known = [goal], self._known
        while ahead:
            ask = ahead[-1]
            if ask in known:
                ahead.pop()
                continue
            self.steps += 1
            if self.steps > self._allowed:
                raise TooMuch
            missing = self._step(ask)
            if isinstance(missing, int):
                known[ask] = missing
                ahead.pop()
            else:
                ahead += missing
        return known[goal]

    def _step(self, ask: _Ask) -> int | list[_Ask]:
        """Answer, or tell what must be known before."""
        do, one, other, size = ask
        first = min(self._first[one], self._first[other])
        ones, others = self._halves(one, first), self._halves(other, first)
        if do == _Do.EITHER:
            without, with_ = self._either(ones[0], others[0]), self._either(ones[1], others[1])
        elif do == _Do.BOTH:
            found = self._told(
                self._both(ones[0], others[0], size), self._either(*ones), self._either(*others)
            )
            if isinstance(found, list):
                return found
            without, with_ = found[0], self._both(found[1], found[2], size - 1)
        elif do == _Do.SPARE:
            without, with_ = self._spare(ones[0], others[0]), self._spare(ones[1], others[0])
        else:
            without, with_ = self._cut(ones[0], size), self._cut(ones[1], size - 1)
        found = self._told(without, with_)
        if isinstance(found, list):
            return found
        # A set with the first element is not least if it contains one without it, or one of the other's.
        if do == _Do.CUT:
            return self._node(first, *found)
        spared = others[1] if do == _Do.SPARE else found[0]
        last = self._told(self._spare(found[1], spared))
        return last if isinstance(last, list) else self._node(first, found[0], last[0])

    def _told(self, *asked: int | _Ask) -> tuple[int, ...] | list[_Ask]:
        """The answers, or those questions that have none yet."""
        answers = [one if isinstance(one, int) else self._known.get(one) for one in asked]
        missing = [
            ask
            for ask, answer in zip(asked, answers, strict=True)
            if answer is None and not isinstance(ask, int)
        ]
        return missing or tuple(answer for answer in answers if answer is not None)

    def _halves(self, family: int, first: int) -> tuple[int, int]:
        if self._first[family] != first:
            return family, NONE
        return self._without[family], self._with[family]

    def _node(self, first: int, without: int, with_: int) -> int:
        if with_ == NONE:
            return without
        key = (first, without, with_)
        if key not in self._nodes:
            self._nodes[key] = len(self._first)
            self._first.append(first)
            self._without.append(without)
            self._with.append(with_)
            self._size.append(max(self._size[without], self._size[with_] + 1))
        return self._nodes[key]
