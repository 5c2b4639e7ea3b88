"""Results of the verbs of the family `replay`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import DEADLETTERS, FLAGS, REMARKS, USERS, incident
from tests.cli.schema.words import (
    CHAIN_STATES,
    COMPONENT_STATES,
    by_id,
    digest,
    moment,
    one_of,
    rows,
    text,
    texts,
    thing,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

REPLAY = thing(
    "The picture at the end of the log.",
    chains=by_id(
        thing(
            "A chain.",
            state=one_of(CHAIN_STATES, "Its state."),
            since=moment("Start of that state; null before the first event.", null=True),
            flags=FLAGS,
            users_affected=USERS,
            causes=texts("Ids of the root causes, most suspect first."),
        ),
        "By id, in the order of the catalogue.",
    ),
    components=by_id(
        thing(
            "A component, link or shared risk.",
            state=one_of(COMPONENT_STATES, "Its state."),
            since=moment("Start of that state; null when nothing was ever seen of it.", null=True),
            reason=text("Why, for people."),
            causes=texts("What makes it unreachable."),
        ),
        "By id, in the order of the catalogue.",
    ),
    incidents=rows(
        incident(without=("status",)),
        "In the order in which they opened; open while `closed` is null.",
    ),
    problems=rows(
        thing(
            "What deserves to be looked into for good.",
            cause=text("The component or the model."),
            reason=one_of(("recurrence", "priority", "model"), "Why."),
        ),
        "Candidates, sorted.",
    ),
    notifications=rows(
        thing(
            "What would have been told.",
            id=text("Its id."),
            time=moment("When."),
            incident=text("Id of the incident."),
            action=text("What happened to the incident."),
            decision=text("Sent, held, repeated or skipped."),
            reason=text("Why that decision."),
            title=text("The line that people read."),
        ),
        "In order of time.",
    ),
    digest=digest("SHA-256 of the canonical JSON of chains, components and incidents."),
    watermark=moment("Time of the last event that was folded; null without one.", null=True),
    remarks=REMARKS,
    deadletters=DEADLETTERS,
)

SUCH_INCIDENT = thing(
    "An incident.",
    id=text("Its id in that fold."),
    cause=text("What is at fault."),
    chains=texts("Chains that it hurts."),
    opened=moment("When registered."),
    priority=text("P1 to P4; null = none.", null=True),
)
MOVED = thing(
    "An incident that opens at another moment.",
    cause=text("What is at fault."),
    old=moment("When it opened."),
    new=moment("When it would have opened."),
    seconds={"type": "integer", "description": "So much later; below 0 earlier."},
)
COUNTS = by_id(whole("How often."), "What happened to the incident, to how many notices are sent.")
MORE = {"type": "integer", "description": "Seconds more than before; below 0 fewer."}

REPLAY["properties"]["against"] = thing(
    "With `--against`: what would differ by the other catalogue, which is called new here.",
    digest=digest("Of the picture by the new catalogue."),
    incidents=thing(
        "Incidents compared: the same are those of the same cause and fault that overlap.",
        old=whole("How many there are."),
        new=whole("How many there would be."),
        fewer=rows(SUCH_INCIDENT, "Those that would not be."),
        more=rows(SUCH_INCIDENT, "Those that would be there besides."),
        later=rows(MOVED, "Those that would open later."),
        earlier=rows(MOVED, "Those that would open earlier."),
        other_cause=rows(
            thing(
                "Two that overlap and share a chain, and name another cause.",
                old=SUCH_INCIDENT,
                new=SUCH_INCIDENT,
            ),
            "Those that would have another cause.",
        ),
        other_priority=rows(
            thing(
                "An incident of another priority.",
                cause=text("What is at fault."),
                opened=moment("When it opened."),
                old=text("Priority.", null=True),
                new=text("Priority it would have.", null=True),
            ),
            "Those that would have another priority.",
        ),
    ),
    missed=rows(
        thing(
            "An outage of a chain in an incident that was, which no incident would name.",
            chain=text("Its id."),
            **{"from": moment("Start of the outage.")},
            to=moment("End of it, or of the log."),
            incident=text("Id of the incident that was."),
            cause=text("Its cause."),
            down_in=rows({"enum": ["old", "new"]}, "By which of the two the chain is down."),
        ),
        "Outages that nobody would hear of.",
    ),
    notifications=thing("Notices that are sent.", old=COUNTS, new=COUNTS),
    chains=by_id(
        thing("A chain.", down=MORE, unknown=MORE, degraded=MORE, maintenance=MORE),
        "Chains that fare otherwise, in seconds of the day and night from the first event to the last.",
    ),
    chains_gone=texts("Ids that only the old catalogue has."),
    chains_added=texts("Ids that only the new catalogue has."),
    remarks=REMARKS,
    deadletters=DEADLETTERS,
)

RESULTS: Mapping[str, Schema] = {
    "replay": REPLAY,
}
