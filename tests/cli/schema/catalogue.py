"""Results of the verbs of the family `catalogue`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import WRITTEN
from tests.cli.schema.words import DIALECT, one_of, rows, text, thing, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

CHECK = thing(
    "Every problem of the catalogue.",
    problems=rows(
        thing(
            "A problem.",
            file=text("Path of the file as given; empty when no file is at fault."),
            line=whole("From 1; 0 = not known."),
            column=whole("From 1; 0 = not known."),
            severity=one_of(
                ("error", "warning", "note"), "Exit code 2, 1, and none of its own, in that order."
            ),
            code={**text("Stable short name of the rule."), "pattern": "^[a-z0-9-]+$"},
            message=text("What is wrong, and what to do."),
        ),
        "In the order of the files.",
    ),
)

RESULTS: Mapping[str, Schema] = {
    "init": WRITTEN,
    "check": CHECK,
    "schema": {"$ref": DIALECT, "description": "A JSON Schema (2020-12) of a catalogue."},
}
