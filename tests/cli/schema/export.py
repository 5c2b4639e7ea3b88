"""Results of the verbs of the family `export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from events.contract import AnyEvent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]


def event_line() -> Schema:
    """Any event, as the contract has it."""
    described = "One line of the result: an event, see events.md."
    return {"description": described, **msgspec.json.schema(AnyEvent)}


RESULTS: Mapping[str, Schema] = {
    "export": event_line(),
}
