"""What several verbs show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from events.contract import IncidentData, RootCauseData
from monitor.remarks import TEXTS
from tests.attributes import attributes
from tests.cli.schema.words import moment, one_of, rows, text, texts, thing, truth, whole

if TYPE_CHECKING:
    from tests.cli.schema.words import Schema

USERS = thing(
    "Users who cannot work.",
    certain=whole("Proven."),
    possible=whole("The same, with what is unknown counted as down."),
)
FLAGS = rows(
    {"enum": ["redundancy-uncertain", "coverage-uncertain"]},
    "What only an unknown keeps from being certain.",
)
KAPPA = whole("Further failures that lose the chain: 0, 1, 2 exactly, 3 = three or more.", most=3)
REDUNDANCY_LOST = truth("It works, with fewer failures to spare than its level promises.")
WRITTEN = thing("Files that were written.", written=texts("Paths, sorted."))
URL = thing(
    "The first line of stdout, once the service answers.", url=text("Address of the board.")
)
DEADLINES = thing(
    "By when, as agreed for its priority: service time from `opened`, the earliest of its chains.",
    react=moment("Somebody must have it in hand; null = nothing agreed.", null=True),
    solve=moment("It must be repaired; null = nothing agreed.", null=True),
)


def incident(without: tuple[str, ...] = (), **more: Schema) -> Schema:
    """An incident with the fields of the event contract."""
    plain = msgspec.json.schema(IncidentData)["$defs"]["IncidentData"]["properties"]
    said = attributes(IncidentData)
    keys = {
        name: {
            **{k: v for k, v in plain[name].items() if k != "default"},
            "description": said[name],
        }
        for name in IncidentData.__struct_fields__
        if name not in without
    }
    keys["deadlines"] = DEADLINES
    return thing("An incident: one cause, its chains.", id=text("Its id."), **keys, **more)


def root_cause() -> Schema:
    """An explanation with the fields of the event contract."""
    whole_schema = msgspec.json.schema(RootCauseData)
    plain = whole_schema["$defs"]["RootCauseData"]["properties"]
    said = attributes(RootCauseData)
    keys = {
        name: {
            **{k: v for k, v in plain[name].items() if k != "default"},
            "description": said[name],
        }
        for name in RootCauseData.__struct_fields__
    }
    keys["next_tests"] = rows(
        thing(
            "What to look at.",
            way=text("`port`, `reach`, `battery`, `elsewhere` or `inspect`."),
            subject=text("The component or link."),
            seen_from=text("Of `port`: the component whose port it is.", null=True),
        ),
        said["next_tests"],
    )
    return thing("An explanation.", **keys)


DEADLETTERS = rows(
    thing(
        "A line that could not be used.",
        line=whole("Its number, from 1."),
        id=text("Its id, if it has one.", null=True),
        reason=text("Why not."),
    ),
    "Not empty = exit code 3.",
)

REMARKS = rows(
    thing(
        "Something that was used, and does nothing or not what was meant.",
        line=whole("Number of its line, from 1; null = it came from the ledger.", null=True),
        id=text("Its id."),
        code=one_of(tuple(TEXTS), "The kind."),
        reason=text("In words, with the cure."),
    ),
    "Never a reason for another exit code.",
)
