"""Results of the verbs of the family `live`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.schema.shared import (
    DEADLETTERS,
    FLAGS,
    KAPPA,
    REDUNDANCY_LOST,
    REMARKS,
    USERS,
    incident,
    root_cause,
)
from tests.cli.schema.words import (
    CHAIN_STATES,
    COMPONENT_STATES,
    HOP_STATES,
    by_id,
    digest,
    merged,
    moment,
    one_of,
    rows,
    text,
    texts,
    thing,
    truth,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cli.schema.words import Schema

__all__ = ["RESULTS"]

TOLD_CHAIN = thing(
    "A chain.",
    id=text("Its id."),
    name=text("Its name."),
    state=one_of(CHAIN_STATES, "Its state."),
    since=moment("Start of that state; null while nothing was measured.", null=True),
    reason=text("Why, for people."),
    causes=texts("Ids of the root causes, most suspect first."),
    flags=FLAGS,
    redundancy_lost=REDUNDANCY_LOST,
    level=text("Id of its service level."),
    group=text("Id of the group of users."),
    service=text("Id of the service at its end."),
    users=whole("Users of the group."),
    users_affected=USERS,
    owners=texts("Suppliers who must repair the causes."),
    hops=rows(
        thing(
            "A hop, from the users to the application.",
            title=text("The tier."),
            state=one_of(HOP_STATES, "The worst of its members."),
            up=whole("Members that work."),
            total=whole("Members."),
            members=texts("Ids."),
            suppliers=texts("Ids of who repairs them."),
        ),
        "In the order of the chain.",
    ),
)

TOLD_COMPONENT = thing(
    "A component, link or shared risk.",
    id=text("Its id."),
    name=text("Its name."),
    state=one_of(COMPONENT_STATES, "Its state."),
    since=moment("Start of that state; null while nothing was measured.", null=True),
    reason=text("Why, for people."),
    causes=texts("What makes it unreachable."),
    measured=truth("Whether anything was ever seen of it, or it is taken to work."),
    supplier=text("Id of who repairs it.", null=True),
    chains=texts("Ids of the chains that show it."),
)

INCIDENTS = thing(
    "Incidents that are kept.",
    incidents=rows(incident(), "The last moved last."),
)

STATUS = thing(
    "What a running service knows.",
    version=text("Version of the service."),
    catalogue=digest("Version of its catalogue."),
    timezone=text("Of the region: `Europe/Amsterdam`."),
    ready=truth("Whether the picture is complete: the log was read to its end."),
    clocks=thing(
        "How far it sees.",
        last_event=moment("Newest fact.", null=True),
        watermark=moment("Every source that is not silent was measured up to here.", null=True),
        sources=whole("Components with a probe."),
        silent=whole("Of these, not heard for longer than their gap."),
        stalled_since=moment("All are silent since; null = they are not.", null=True),
    ),
    strangers=whole("Events about what the catalogue does not have."),
    chains=by_id(TOLD_CHAIN, "By id, in the order of the catalogue."),
    incidents=INCIDENTS["properties"]["incidents"],
)

STATUS["properties"] |= {
    "waiting_corrections": whole(
        "Corrections of events that have not arrived; only where the engine runs."
    ),
    "digest": digest(
        "As that of `keten replay` of the same events up to the watermark; only where the engine runs."
    ),
    "watermark": moment(
        "Time of the last settled event; null before the first; only where the engine runs.",
        null=True,
    ),
}

ROOT_CAUSE = root_cause()

RULE = thing(
    "The row of the table that made it.",
    works=truth("With only what is known to work."),
    works_if_unknown_works=truth("With everything unknown working too."),
    works_if_planned_works_too=truth("With what is in agreed work working too."),
    words=text("The row in words."),
)

CAUSES = rows(
    thing(
        "A root cause.",
        id=text("The component, link or shared risk at fault."),
        supplier=text("Who must repair it.", null=True),
        explanation={
            **ROOT_CAUSE,
            "type": ["object", "null"],
            "description": "As in events.md; null = none is open for it.",
        },
    ),
    "The most suspect first.",
)

TOLD_EXPLAIN = merged(
    "From a running service: why a chain is in its state now.",
    TOLD_CHAIN,
    kappa={
        **KAPPA,
        "type": ["integer", "null"],
        "description": f"{KAPPA['description'][:-1]}; null = not counted by this service.",
    },
    rule=RULE,
    root_causes=CAUSES,
    members=by_id(TOLD_COMPONENT, "Every member of every hop, by id."),
)

OBSERVED = thing(
    "An observation.",
    id=text("Id of the event."),
    source=text("Who saw it."),
    subject=text("What it is about."),
    kind=text("How it was seen, as in events.md."),
    status=text("What was seen, corrections applied."),
    reason=text("Words of who saw it."),
    vantage=text("From where; null = from the only vantage point.", null=True),
    time=moment("When, corrections applied."),
    age_s=whole("Seconds before the moment that is asked about."),
)

WHY = thing(
    "From event lines: why a chain is in its state at a moment.",
    id=text("Its id."),
    name=text("Its name."),
    at=moment("The moment: the one asked for, else that of the last event."),
    state=one_of(CHAIN_STATES, "Its state."),
    since=moment("Start of that state.", null=True),
    age_s=whole("Seconds since then.", null=True),
    flags=FLAGS,
    kappa=KAPPA,
    rule=RULE,
    users=whole("Users of the group."),
    users_affected=USERS,
    root_causes=CAUSES,
    parts=rows(
        thing(
            "Something that the chain rests on and that is not up.",
            id=text("Its id."),
            state=one_of(COMPONENT_STATES, "Its state."),
            since=moment("Start of that state; null = nothing was ever seen of it.", null=True),
            reason=text("Why, for people."),
            because_of=texts("What makes it unreachable."),
            supplier=text("Who must repair it.", null=True),
            last_seen=moment("The last observation of it; null = none.", null=True),
            last_seen_age_s=whole("Seconds since then.", null=True),
            evidence=texts("Ids of the observations that decided."),
        ),
        "In the order of the catalogue.",
    ),
    work=rows(
        thing(
            "Agreed work that is under way on something that the chain rests on.",
            change=text("Id of the change."),
            event=text("Id of the event with the last word on it."),
            components=texts("What is worked on."),
            **{"from": moment("Start of the window.")},
            to=moment("End of the window."),
        ),
        "All of it.",
    ),
    evidence=rows(OBSERVED, "What decided about these parts and causes, the oldest first."),
    catalogue=digest("Version of the catalogue."),
    remarks=REMARKS,
    deadletters=DEADLETTERS,
)

EXPLAIN = {
    "description": "Why a chain is in its state.",
    "oneOf": [TOLD_EXPLAIN, WHY],
}

RESULTS: Mapping[str, Schema] = {
    "status": STATUS,
    "explain": EXPLAIN,
    "incidents": INCIDENTS,
}
