"""Results of the verbs of the family `ledger`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import DEADLETTERS
from tests.cli.schema.words import by_id, digest, moment, one_of, rows, text, texts, thing, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

LEDGER = {
    "type": "object",
    "description": "What was found, or what was added.",
    "oneOf": [
        thing(
            "Of `verify`.",
            facts=whole("Facts read."),
            catalogues=whole("Catalogues read."),
            months=whole("Closings and revisions read."),
            recomputed=whole("Of those, reckoned again; none while something does not fit."),
            last_hash=digest("Hash of the last closing or revision; zeros before the first."),
            gaps=rows(
                thing(
                    "What the log no longer had.",
                    partition=text("`topic/number`."),
                    first=whole("First offset that was gone."),
                    after=whole("First one that was there again."),
                    noted=moment("When that was seen."),
                ),
                "Records that were gone before the ledger had read them; no finding.",
            ),
            findings=rows(
                thing(
                    "Something that is not as it was written.",
                    place=text("Table and row."),
                    what=text("What does not fit."),
                ),
                "Exit 1 when there is one.",
            ),
        ),
        thing(
            "Of `import`.",
            added=whole("Facts that are new."),
            known=whole("Facts that were there already."),
            deadletters=DEADLETTERS,
        ),
    ],
}

DELTA = {
    "type": "object",
    "description": "What differs from the revision before; a chain of which nothing differs is not in it.",
    "properties": {
        "seconds": by_id({"type": "integer"}, "Bucket to new minus old."),
        "figures": by_id({"type": "array"}, "Figure to old and new."),
        "other": texts("Keys of the chain's entry in the report that differ beside these."),
        "only_in": one_of(("old", "new"), "Only one of the two has this chain."),
    },
}

CLOSED = thing(
    "The record that was frozen; `keten report` shows its figures.",
    month=text("`2026-05`."),
    revision=whole("1 = the closing."),
    as_of=moment("What was recorded up to here counts."),
    made=moment("When it was made."),
    author=text("Who did it; empty = not said."),
    reason=text("Why, or a note."),
    catalogue=digest("Version of the catalogue that it is judged by."),
    facts=whole("Number of the last fact of the ledger that counts."),
    facts_hash=digest("Hash of that fact."),
    digest=digest("Of the report."),
    delta=by_id(DELTA, "Per chain."),
    beyond=texts("Figures outside the chains that differ from the revision before."),
    previous=digest("Hash of the record before, of whatever month."),
)

RESULTS: Mapping[str, Schema] = {
    "ledger": LEDGER,
    "close": CLOSED,
    "revise": CLOSED,
}
