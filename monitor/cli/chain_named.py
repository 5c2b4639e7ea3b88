"""The chain that was named on the command line, held against the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topology.model import Catalogue

__all__ = ["check_chain"]


def check_chain(catalogue: Catalogue, directory: str, chain: str) -> None:
    """Refuse a chain that a catalogue does not have.

    Raises:
        ConfigError: Says what there is.
    """
    from difflib import get_close_matches

    from events.errors import ConfigError

    if chain not in catalogue.chains:
        near = get_close_matches(chain, list(catalogue.chains), n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(catalogue.chains)}"
        raise ConfigError(f"{directory}: no chain {chain}; {hint}")
