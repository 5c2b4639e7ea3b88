"""Links that their supplier calls down, held against what is seen to pass over them.

A word is old or of another line often enough: where something answers that is reached over the link only,
and was asked after the word, the link carries. Both are shown. Without such an answer the word stands.

Source: CORE.md 3.3 (supplier against observation).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from topology.live.inquiry import Inquiry

__all__ = ["CalledDown"]


class CalledDown:
    """Keeps which links are called down; derived from the evidence."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._links: set[str] = set()
        for link in inquiry.management.links.keys() & inquiry.evidence.keys():
            self.noted(link)

    def noted(self, link: str) -> None:
        """Take note of new evidence on a link."""
        called = self._inquiry.evidence[link].says_down
        (self._links.add if called else self._links.discard)(link)

    def toward(self, id_: str) -> Iterator[str]:
        """The links to a component that are called down: its answer may say otherwise."""
        for edge in self._inquiry.management.toward.get(id_, ()) if self._links else ():
            if edge.link in self._links:
                yield edge.link

    def carries(self, link: str) -> bool:
        """Whether something answers over a link that its supplier calls down."""
        return link in self._links and self._inquiry.standing.carries(link)
