"""Content to id: the same facts give the same id on every machine, so a repeat is recognised."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

import msgspec

if TYPE_CHECKING:
    from datetime import datetime

    from events.contract import AnyEvent, Data

__all__ = ["derive", "event", "stamp"]

E = TypeVar("E", bound="AnyEvent")

_canonical = msgspec.json.Encoder(order="deterministic")


def derive(*parts: object) -> str:
    """Turn JSON-able parts into 32 hex digits; different parts never share an input by concatenation."""
    return hashlib.blake2b(_canonical.encode(parts), digest_size=16).hexdigest()


def event(kind: type[E], *, source: str, subject: str, time: datetime, data: Data) -> E:
    """Build an event whose id is derived from everything it says.

    Args:
        kind: The event type, a class of `events.contract`.
        source: Who says so.
        subject: What it is about.
        time: Aware UTC, best estimate of the fact.
        data: Typed data of that class.
    """
    name = kind.__struct_config__.tag
    return kind(
        id=derive(name, source, subject, time, data),
        source=source,
        subject=subject,
        time=time,
        data=data,  # type: ignore[arg-type]  # each class checks its own data when decoded
    )


def stamp(unstamped: E, now: datetime) -> E:
    """Give an event its `recordedtime` if it has none yet; the id does not depend on it."""
    if unstamped.recordedtime is not msgspec.UNSET:
        return unstamped
    return msgspec.structs.replace(unstamped, recordedtime=now)
