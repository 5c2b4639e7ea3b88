"""Bytes to events and back; what cannot be read is an error with a reason, never a guess.

The bytes are CloudEvents 1.0 structured JSON (`application/cloudevents+json`), one event each.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from events.contract import AnyEvent, Correction
from events.errors import QuarantinedEvent, UndecodableEvent

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "CONTENT_TYPE",
    "FUTURE_LIMIT",
    "MAX_EVENT_BYTES",
    "YEARS",
    "check_times",
    "decode",
    "encode",
]

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"

MAX_EVENT_BYTES = 1_000_000
"""Larger than the largest measurement (1,000 ports x 12 columns x 20 digits), and Kafka's own default."""

FUTURE_LIMIT = timedelta(minutes=5)
"""An event further ahead of its own recording than this is quarantined (DESIGN.md 4)."""

YEARS = range(1970, 3000)
"""Years that an event can be of; others come from a clock that was never set, or a slip of the hand."""

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: AnyEvent) -> bytes:
    """Turn an event into its one canonical JSON form."""
    return _encoder.encode(event)


def decode(value: bytes | bytearray | memoryview | str) -> AnyEvent:
    """Turn bytes into an event.

    Raises:
        UndecodableEvent: Names the field and what is wrong with it, or the byte where JSON broke off.
    """
    if len(value) > MAX_EVENT_BYTES:
        raise UndecodableEvent(f"{len(value)} bytes: an event may have at most {MAX_EVENT_BYTES}")
    try:
        return _decoder.decode(value)
    except msgspec.ValidationError as error:
        raise UndecodableEvent(f"not a valid event: {error}{_cure(str(error))}") from None
    except msgspec.DecodeError as error:
        raise UndecodableEvent(f"not JSON: {error}") from None
    except UnicodeDecodeError as error:
        raise UndecodableEvent(f"not UTF-8: byte {error.start}") from None
    except RecursionError:
        raise UndecodableEvent("not a valid event: nested too deeply to be read") from None


def _cure(said: str) -> str:
    if "datetime" in said:
        end = ": the latest that the change may take" if "`$.data.end`" in said else ""
        return f"; write a moment with its zone, as in 2026-06-09T07:00:00Z{end}"
    if "field `end`" in said:
        return "; add data.end: the latest moment that the change may take"
    missing = re.match(r"Object missing required field `(?P<field>\w+)` - at `\$\.data`", said)
    if missing is not None:
        return f"; add data.{missing['field']}: docs/events.md says what each event holds"
    return "; docs/events.md names the words" if "enum value" in said else ""


def check_times(event: AnyEvent) -> AnyEvent:
    """Return the event if its times can be believed.

    Raises:
        QuarantinedEvent: Its `time`, or the moment that a correction gives to another event, lies more than
            5 minutes after its own `recordedtime`; or its year is none that a clock of today can show.
    """
    name, moment = "time", event.time
    if isinstance(event, Correction) and event.data.at is not None:
        name, moment = max((name, moment), ("data.at", event.data.at), key=lambda one: one[1])
        _check_year("data.at", event.data.at, event)
    _check_year("time", event.time, event)
    ahead = moment - event.recorded
    if ahead > FUTURE_LIMIT:
        raise QuarantinedEvent(
            f"{name} {moment.isoformat()} is {int(ahead.total_seconds())} s after its own"
            f" recordedtime {event.recorded.isoformat()}; the limit is"
            f" {int(FUTURE_LIMIT.total_seconds())} s: check the clock of {event.source}"
        )
    return event


def _check_year(name: str, moment: datetime, event: AnyEvent) -> None:
    if moment.year not in YEARS:
        raise QuarantinedEvent(
            f"{name} {moment.isoformat()} is of no year from {YEARS.start} to {YEARS.stop - 1}:"
            f" check the clock of {event.source}"
        )
