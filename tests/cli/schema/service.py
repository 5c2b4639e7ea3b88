"""Results of the verbs of the family `service`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

RESULTS: Mapping[str, Schema] = {
    "demo": URL,
    "run": URL,
}
