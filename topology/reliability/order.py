"""The order in which factors are asked, for chains with cycles.

First the factor that most others touch, then, one after another, each of the pieces into which the rest
falls apart, in the same way. Once both cores of a data centre have been asked, nothing need be remembered of
one server while the next one is asked.

Source: nested dissection: A. George, Nested dissection of a regular finite element mesh (1973).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from topology.reliability.structure import Part

__all__ = ["dissected"]

Touching = dict[int, set[int]]
"""By factor, those that it shares a part with, or whose parts lean on one another."""


def dissected(parts: Sequence[Part], factors: int) -> list[int]:
    """Turn parts into an order for so many factors: those to ask first stand first."""
    touching = _touching(parts, factors)
    order: list[int] = []
    ahead = _pieces(range(factors), touching)[::-1]
    while ahead:
        piece = ahead.pop()
        inside = set(piece)
        first = max(piece, key=lambda one: (len(touching[one] & inside), -one))
        order.append(first)
        ahead += _pieces([one for one in piece if one != first], touching)[::-1]
    return order


def _touching(parts: Sequence[Part], factors: int) -> Touching:
    touching: Touching = {one: set() for one in range(factors)}
    for part in parts:
        for one in part.factors:
            touching[one].update(part.factors)
        for other in (*part.all_of, *part.choice):
            for one in part.factors:
                touching[one].update(parts[other].factors)
            for one in parts[other].factors:
                touching[one].update(part.factors)
    for one, others in touching.items():
        others.discard(one)
    return touching


def _pieces(some: Iterable[int], touching: Touching) -> list[list[int]]:
    """What hangs together, each piece and all of them in the order given."""
    left = dict.fromkeys(some)
    place = {one: at for at, one in enumerate(left)}
    pieces = []
    while left:
        piece = [next(iter(left))]
        del left[piece[0]]
        for one in piece:
            fresh = touching[one] & left.keys()
            piece += fresh
            for other in fresh:
                del left[other]
        pieces.append(sorted(piece, key=place.__getitem__))
    return pieces
