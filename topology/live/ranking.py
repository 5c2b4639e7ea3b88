"""Explanations of equal cost put in the order in which they are named.

Source: CORE.md 3.3: users affected, then the most recent change, then the id. Between a component and a link
that nobody looked at, the component goes first: whoever goes to look finds both there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from topology.live.scope import Scope
    from topology.maintenance import Work
    from topology.model import Catalogue

__all__ = ["Ranking"]


class Ranking:
    """The order of explanations.

    Args:
        scope: Tells whom a fault by itself would hurt.
        work: Change id to its latest word; shared with the engine, which writes it.
    """

    def __init__(self, catalogue: Catalogue, scope: Scope, work: Mapping[str, Work]) -> None:
        self._catalogue, self._scope, self._work = catalogue, scope, work
        self._users: dict[str, int] = {}

    def __call__(self, explanation: tuple[str, ...]) -> tuple[object, ...]:
        """A key: the smallest is named."""
        users = sum(self._hurt(fault) for fault in explanation)
        links = sum(fault in self._catalogue.links for fault in explanation)
        return -users, -self._changed(explanation), links, explanation

    def _hurt(self, fault: str) -> int:
        if fault not in self._users:
            self._users[fault] = self._scope.users(fault)
        return self._users[fault]

    def _changed(self, explanation: tuple[str, ...]) -> float:
        """When something of it was last worked on; 0 = never."""
        moments: list[datetime] = [
            one.start or one.recorded
            for one in self._work.values()
            if not set(explanation).isdisjoint(one.components)
        ]
        return max((moment.timestamp() for moment in moments), default=0.0)
