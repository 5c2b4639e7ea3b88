"""How chains are laid out: the columns of the board, and the small ones that fill a wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.web.views import ChainView

__all__ = ["columns", "tile_columns", "tile_lines"]


def columns(chains: Iterable[ChainView]) -> list[str]:
    """The hops that any chain has, in order from the user: the columns of the board."""
    order = (
        "user",
        "ap",
        "access",
        "distribution",
        "core",
        "wan",
        "datacentre",
        "services",
        "application",
    )
    seen = {hop.title for chain in chains for hop in chain.hops}
    return [title for title in order if title in seen]


def tile_columns(tiles: int, rows: int) -> int:
    """How many columns of small chains fit the wall below its rows, with the fewest empty places.

    Source: a wall of 1080 lines holds ten rows or lines of tiles of a readable size.
    """
    fewest = min(8, max(3, -(-tiles // tile_lines(rows))))
    return min(
        range(fewest, min(8, fewest + 2) + 1), key=lambda columns: (-tiles % columns, columns)
    )


def tile_lines(rows: int) -> int:
    """How many lines of small chains fit the wall below so many rows with hops."""
    return max(3, 8 - rows)
