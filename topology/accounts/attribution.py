"""What was down while a chain was down, turned into whose seconds they are. Exact.

A coalition of suppliers wins when the chain would be down with only their own failures; what a shared risk
felled is a failure of whose the risk is. Three figures, each
of which sums to the counted seconds: seconds by key (the minimal winning coalitions, the fact itself), the
Shapley split, and first-holds: the coalition that made the chain fall keeps the bill while it alone suffices;
several that made it fall in the same second keep it jointly.

Source: CORE.md 4.5.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from math import factorial
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from topology.gates import Gates
    from topology.kappa import Cone

__all__ = [
    "NOBODY_KNOWN",
    "Coalition",
    "Holder",
    "Key",
    "Owners",
    "key_text",
    "least_coalitions",
    "shapley",
]

P = TypeVar("P")
"""A party: whose something is."""

NOBODY_KNOWN = "onbekend"
"""The party of what has no supplier in the catalogue, and of a fall that nothing explains."""

Coalition = frozenset[str]
Key = tuple[Coalition, ...]
"""Minimal winning coalitions, in the order of their text."""

_SOMEBODY = Coalition([NOBODY_KNOWN])

MOST = 16
"""Up to so many parties, or so many coalitions, the Shapley split is worked out exactly: 65,536 terms."""


def coalition_text(coalition: Coalition) -> str:
    """Turn a coalition into its text: `A&B`."""
    return "&".join(sorted(coalition))


def key_text(key: Key) -> str:
    """Turn a key into its text: `A&B|C` is A and B jointly, or C alone."""
    return "|".join(coalition_text(one) for one in key)


class Owners:
    """Keys on one compiled graph, remembered per cone and set of failures.

    Args:
        gates: The compiled catalogue.
        supplier: Component, link or shared risk to its supplier; what is not in it is `onbekend`.
    """

    def __init__(self, gates: Gates, supplier: Mapping[str, str]) -> None:
        self._items = gates.items
        self._supplier = supplier
        self._keys: dict[tuple[int, frozenset[str], frozenset[tuple[str, str]]], Key] = {}

    def party(self, id_: str) -> str:
        """The supplier of something, or `onbekend`."""
        return self._supplier.get(id_, NOBODY_KNOWN)

    def key(
        self, cone: Cone, down: frozenset[str], felled: frozenset[tuple[str, str]] = frozenset()
    ) -> Key:
        """Turn what is down under a chain that is down into its minimal winning coalitions.

        Args:
            cone: Of the chain.
            down: Everything in the cone that is down; with nothing down the fall is nobody's we know.
            felled: What of it a shared risk brought down, and the risk: it is down when the supplier of the
                risk is of the coalition. Of several risks each suffices.
        """
        asked = (id(cone), down, felled)
        if asked not in self._keys:
            blamed = {id_: {id_} for id_ in down.difference(id_ for id_, _ in felled)}
            for id_, risk in felled:
                blamed.setdefault(id_, set()).add(risk)
            self._keys[asked] = self._minimal(cone, blamed) if down else (_SOMEBODY,)
        return self._keys[asked]

    def _minimal(self, cone: Cone, blamed: Mapping[str, Iterable[str]]) -> Key:
        parties = {
            self._items[id_]: frozenset(map(self.party, faults)) for id_, faults in blamed.items()
        }
        found = [one or _SOMEBODY for one in least_coalitions(cone, parties)]
        return tuple(sorted(found, key=coalition_text))


def least_coalitions(
    cone: Cone, parties: Mapping[int, frozenset[P]], failed: frozenset[int] = frozenset()
) -> list[frozenset[P]]:
    """Turn items that may have failed into the minimal sets of parties whose items all failing stop a chain.

    Each set is grown from a way that still works: whoever wins must break it too. So only sets that matter
    are tried, however many parties there are.

    Args:
        cone: Of the chain.
        parties: Number of an item to whose it is; of several each can fail it.
        failed: Items that do not work in any case.

    Returns:
        In no order; one empty set when nobody is needed, none when all parties together do not suffice.
    """
    theirs: dict[P, set[int]] = {}
    for item, owners in parties.items():
        for owner in owners:
            theirs.setdefault(owner, set()).add(item)
    winning: list[frozenset[P]] = []
    level: set[frozenset[P]] = {frozenset()}
    while level:
        grown: set[frozenset[P]] = set()
        for one in level:
            way = cone.support(failed.union(*(theirs[owner] for owner in one)))
            if way is None:
                winning.append(one)
            else:
                breaking = (owner for item in way for owner in parties.get(item, ()))
                grown |= {one | {owner} for owner in breaking}
        level = {one for one in grown if not any(won <= one for won in winning)}
    return winning


@lru_cache(maxsize=4096)
def shapley(key: Key) -> tuple[Mapping[str, Fraction], bool]:
    """Turn a key into the share of each party: its mean marginal effect over all orders of failing.

    Returns:
        Shares that sum to 1, and whether they are exact: beyond `MOST` parties and `MOST` coalitions, which
        takes more than 16 independent suppliers down under one chain at once, the shares are equal.
    """
    parties = sorted(frozenset().union(*key))
    if len(key) <= min(MOST, len(parties)):
        return _by_coalitions(key), True
    if len(parties) <= MOST:
        return _by_subsets(key, parties), True
    return {one: Fraction(1, len(parties)) for one in parties}, False


def _by_coalitions(key: Key) -> dict[str, Fraction]:
    """Inclusion and exclusion: "all of these must fail" splits equally among these."""
    shares: dict[str, Fraction] = {}
    for size in range(1, len(key) + 1):
        for some in combinations(key, size):
            union = frozenset().union(*some)
            part = Fraction(1 if size % 2 else -1, len(union))
            for one in union:
                shares[one] = shares.get(one, Fraction(0)) + part
    return shares


def _by_subsets(key: Key, parties: Sequence[str]) -> dict[str, Fraction]:
    """The definition, over all subsets as bit masks."""
    bit = {one: 1 << at for at, one in enumerate(parties)}
    masks = [sum(bit[one] for one in coalition) for coalition in key]
    count = len(parties)
    wins = [any(mask & some == mask for mask in masks) for some in range(1 << count)]
    weights = [
        Fraction(factorial(size) * factorial(count - 1 - size), factorial(count))
        for size in range(count)
    ]
    shares = dict.fromkeys(parties, Fraction(0))
    for some, won in enumerate(wins):
        if won:
            continue
        weight = weights[some.bit_count()]
        for one, at in bit.items():
            if not some & at and wins[some | at]:
                shares[one] += weight
    return shares


class Holder:
    """First-holds along one fall: feed it the keys of the elementary intervals in order."""

    __slots__ = ("_holding", "_keys")

    def __init__(self) -> None:
        self._holding: list[Coalition] = []
        self._keys: list[Key] = []

    def follow(self, key: Key) -> Coalition:
        """Take the next interval of the fall; return who hold the bill during it, in equal parts.

        Whoever suffices in the first second of a fall began to in that second, or the chain had been down
        before: so all of them made it fall, jointly. Each keeps the bill while it alone suffices; when none
        of them does, the one that has been winning for the longest time holds it, ties by name.
        """
        first = not self._keys
        self._keys.append(key)
        self._holding = list(key) if first else [one for one in self._holding if _wins(one, key)]
        if not self._holding:
            longest = min(key, key=lambda one: (self._since(one), coalition_text(one)))
            self._holding = [longest]
        return Coalition().union(*self._holding)

    def _since(self, coalition: Coalition) -> int:
        """The first of the intervals up to now in all of which a coalition wins."""
        at = len(self._keys)
        while at and _wins(coalition, self._keys[at - 1]):
            at -= 1
        return at


def _wins(coalition: Coalition, key: Iterable[Coalition]) -> bool:
    return any(one <= coalition for one in key)
