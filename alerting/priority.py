"""Users who cannot work and the urgency of their chains turned into a proposed priority.

It is a proposal: the customer's service desk sets it. It rises with the impact and is never lowered.

Source: CORE.md 6 (matrix); DESIGN.md 7.1 (`priority: {scope}`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.model import Catalogue

__all__ = ["LEAST_URGENT", "Impact", "more_urgent", "propose"]

LEAST_URGENT = 3

_PPM = 1_000_000
_CLASSES = ((500_000, 1), (100_000, 2), (10_000, 3))
_LEAST_IMPACT = 4

_MATRIX: Mapping[tuple[int, int], str] = {
    (1, 1): "P1",
    (1, 2): "P1",
    (1, 3): "P2",
    (2, 1): "P1",
    (2, 2): "P2",
    (2, 3): "P3",
    (3, 1): "P2",
    (3, 2): "P3",
    (3, 3): "P4",
    (4, 1): "P3",
    (4, 2): "P4",
    (4, 3): "P4",
}


class Impact:
    """The users of a catalogue, by group and by organisation."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._users = {group.id: group.users for group in catalogue.groups.values()}
        self._owner = {group.id: "" for group in catalogue.groups.values()}
        if catalogue.priority_scope == "organisation":
            for group in catalogue.groups.values():
                site = catalogue.sites.get(group.site or "")
                self._owner[group.id] = (site.organisation if site else None) or ""
        self._totals: dict[str, int] = {}
        for group_id, users in self._users.items():
            owner = self._owner[group_id]
            self._totals[owner] = self._totals.get(owner, 0) + users

    def users(self, groups: Iterable[str]) -> int:
        """Users of these groups, each group counted once."""
        return sum(self._users[group] for group in set(groups))

    def share_ppm(self, groups: Iterable[str]) -> int:
        """The share of users in these groups in parts per million, of the whole or the hardest hit part."""
        hit: dict[str, int] = {}
        for group in set(groups):
            owner = self._owner[group]
            hit[owner] = hit.get(owner, 0) + self._users[group]
        shares = [users * _PPM // self._totals[o] for o, users in hit.items() if self._totals[o]]
        return max(shares, default=0)


def propose(share_ppm: int, urgency: int) -> str:
    """Turn a share of users and an urgency into a priority.

    Args:
        share_ppm: Users who cannot work, in parts per million.
        urgency: 1 (most urgent) to 3.
    """
    impact = next((one for least, one in _CLASSES if share_ppm >= least), _LEAST_IMPACT)
    return _MATRIX[impact, urgency]


def more_urgent(one: str, than: str | None) -> bool:
    """Whether a priority is more urgent than another; P1 is the most urgent."""
    return than is None or one < than
