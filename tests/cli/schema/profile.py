"""Results of the verbs of the family `profile`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.probe import PROBE
from tests.cli.schema.words import rows, text, texts, thing, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

LISTED = thing(
    "Of `list`.",
    known=rows(
        thing(
            "A profile.",
            name=text("Name of its file."),
            matches=texts("Each of them is enough; none = every device."),
        ),
        "Those of this release and those of `--profiles`.",
    ),
)

TESTED = thing(
    "Of `test`.",
    profiles=texts("Names of those that fit, the most particular first."),
    rules=rows(
        thing(
            "A rule.",
            profile=text("Whose."),
            section=text("Where in the profile."),
            rule=whole("Its place there, from 1."),
            rows=whole("What it gave; 0 = wrong, or not of this device."),
        ),
        "Every rule of the profiles that fit.",
    ),
    facts=PROBE,
)

RECORDED = thing(
    "Of `record`.",
    lines=texts("`OID|TYPE|VALUE`, sorted."),
    quirks=texts("What the device gets wrong or left unanswered."),
)

RESULTS: Mapping[str, Schema] = {
    "profile": {
        "description": "By action.",
        "oneOf": [LISTED, TESTED, RECORDED],
    },
}
