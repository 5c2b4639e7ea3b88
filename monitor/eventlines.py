"""Event lines (`*.jsonl`) turned into usable events and a list of what could not be used.

Source: DESIGN.md 7.2.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypedDict

import msgspec

from events.codec import check_times, decode
from events.contract import (
    Acknowledgement,
    AnyEvent,
    CatalogueLoaded,
    Change,
    Correction,
    Observation,
    Tick,
    Trap,
)
from events.errors import ConfigError, ContractError
from monitor.fold import unusable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from topology.model import Catalogue

__all__ = ["FOLDED", "Lines", "Refusal", "read", "sorted_out", "usable"]

FOLDED = (Observation, Trap, Change, Correction, Acknowledgement, CatalogueLoaded, Tick)
"""What a fold takes in; what folds put out, and measurements, pass it by."""


class Refusal(TypedDict):
    """A line that could not be used: its number, the id if it has one, and why."""

    line: int
    id: str | None
    reason: str


class _Named(msgspec.Struct):
    id: str | None = None


def read(path: str) -> list[bytes]:
    """Read the lines of a file, or of stdin for `-`.

    Raises:
        ConfigError: The file cannot be read.
    """
    if path == "-":
        return sys.stdin.buffer.read().splitlines()
    try:
        return Path(path).read_bytes().splitlines()
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}; name a file of event lines"
        ) from None


class Lines(NamedTuple):
    """Lines sorted out.

    Attributes:
        events: Those that can be folded.
        refused: Those that cannot be used.
        places: Id of an event to the number of its line, the first that has it.
    """

    events: list[AnyEvent]
    refused: list[Refusal]
    places: dict[str, int]


def usable(catalogue: Catalogue, lines: Iterable[bytes]) -> tuple[list[AnyEvent], list[Refusal]]:
    """Turn lines into the events that can be folded and those lines that cannot; blank lines are none."""
    return sorted_out(catalogue, lines)[:2]


def sorted_out(catalogue: Catalogue, lines: Iterable[bytes]) -> Lines:
    """Turn lines into what can be folded, with its places, and what cannot be used; blank lines are none."""
    found = Lines([], [], {})
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            event = check_times(decode(line))
        except ContractError as error:
            found.refused.append({"line": number, "id": _id_of(line), "reason": str(error)})
            continue
        reason = unusable(catalogue, event) if isinstance(event, FOLDED) else None
        if reason is not None:
            found.refused.append({"line": number, "id": event.id, "reason": reason})
        elif isinstance(event, FOLDED):
            found.events.append(event)
            found.places.setdefault(event.id, number)
    return found


def _id_of(line: bytes) -> str | None:
    try:
        return msgspec.json.decode(line, type=_Named).id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
