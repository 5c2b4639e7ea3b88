"""Events turned into rows of the ledger and back, and the chain of hashes that runs through them. Pure.

The hash of a row is over everything it says and the hash of the row before it: whoever changes, removes or
inserts one breaks every hash from there on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from events import codec
from events.contract import (
    Acknowledgement,
    CatalogueLoaded,
    Change,
    Correction,
    Incident,
    RootCause,
    State,
)
from events.errors import UndecodableEvent
from events.timestamp import microseconds

if TYPE_CHECKING:
    from events.contract import AnyEvent

__all__ = ["GENESIS", "Fact", "chained", "damage", "fact", "is_kept", "seal"]

GENESIS = "0" * 64
"""The hash before the first row."""

_KINDS: dict[type, str] = {
    State: "state",
    RootCause: "rootcause",
    Incident: "incident",
    Change: "change",
    Correction: "correction",
    Acknowledgement: "acknowledgement",
    CatalogueLoaded: "catalogue",
}

_canonical = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One row of `facts`; see `monitor.store.tables`."""

    seq: int
    id: str
    kind: str
    subject: str
    valid_us: int
    recorded_us: int
    place: str
    body: bytes
    hash: str

    def event(self) -> AnyEvent:
        """Turn the row back into its event.

        Raises:
            UndecodableEvent: The body was damaged.
        """
        return codec.decode(self.body)


def is_kept(event: AnyEvent) -> bool:
    """Tell whether the accounts need an event: verdicts on components, and what people decided."""
    if isinstance(event, State):
        return event.data.of == "component"  # chains follow from their components
    return type(event) in _KINDS


def fact(event: AnyEvent, place: str, seq: int, before: str) -> Fact:
    """Turn an event into the row that follows a hash.

    Args:
        event: One that `is_kept`.
        place: Where it came from: `states/0/17`.
        seq: Its number, one more than that of the row before.
        before: Hash of the row before; `GENESIS` for the first.
    """
    row = Fact(
        seq=seq,
        id=event.id,
        kind=_KINDS[type(event)],
        subject=event.subject,
        valid_us=microseconds(event.time),
        recorded_us=microseconds(event.recorded),
        place=place,
        body=codec.encode(event),
        hash="",
    )
    return replace(row, hash=chained(row, before))


def chained(row: Fact, before: str) -> str:
    """Turn a row and the hash before it into its own hash."""
    said = [row.seq, row.id, row.kind, row.subject, row.valid_us, row.recorded_us, row.place]
    digest = hashlib.sha256(before.encode("utf-8", "replace"))
    digest.update(_canonical.encode(said))
    digest.update(row.body)
    return digest.hexdigest()


def damage(row: Fact, seq: int, before: str) -> str | None:
    """Say what is wrong with a row, or None.

    Args:
        row: As it was read.
        seq: The number that it must have.
        before: The hash of the row before, as stored.
    """
    if row.seq != seq:
        return f"fact {seq} is missing; the next one is {row.seq}"
    if chained(row, before) != row.hash:
        return f"fact {seq} ({row.id[:60]}): its hash does not fit what it says or what stands before it"
    try:
        event = row.event()
    except UndecodableEvent as error:
        return f"fact {seq} ({row.id[:60]}): {error}"
    told = (event.id, microseconds(event.time), microseconds(event.recorded))
    if told != (row.id, row.valid_us, row.recorded_us):
        return f"fact {seq} ({row.id[:60]}): its columns do not say what its body says"
    return None


def seal(*parts: object) -> str:
    """Turn the values of a row that may change into the mark that shows when it was tampered with."""
    return hashlib.sha256(_canonical.encode(parts)).hexdigest()
