"""The JSON result of every verb as a JSON Schema: what `docs/schemas/` and `docs/cli.md` are written from.

The published schemas are open: a reader ignores keys that it does not know, so a key may be added. Every
key that is required is always printed. The tests validate against `closed` schemas: what is printed is
described.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from events.contract import AnyEvent, IncidentData, RootCauseData
from tests.attributes import attributes

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RESULTS", "closed"]

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"

UTC = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$"
CHAIN_STATES = ("up", "degraded", "down", "unknown", "maintenance")
COMPONENT_STATES = ("up", "degraded", "down", "unknown", "unreachable", "maint")
HOP_STATES = ("down", "degraded", "unknown", "unreachable", "maintenance", "up")


# --- words --------------------------------------------------------------------------------------


def text(doc: str, *, null: bool = False) -> Schema:
    return {"type": ["string", "null"] if null else "string", "description": doc}


def whole(doc: str, *, null: bool = False, most: int | None = None) -> Schema:
    limits = {"minimum": 0} if most is None else {"minimum": 0, "maximum": most}
    return {"type": ["integer", "null"] if null else "integer", **limits, "description": doc}


def number(doc: str, *, null: bool = False) -> Schema:
    return {"type": ["number", "null"] if null else "number", "description": doc}


def truth(doc: str) -> Schema:
    return {"type": "boolean", "description": doc}


def one_of(words: tuple[str, ...], doc: str, *, null: bool = False) -> Schema:
    return {"enum": [*words, None] if null else [*words], "description": doc}


def moment(doc: str, *, null: bool = False) -> Schema:
    return {**text(doc, null=null), "format": "date-time", "pattern": UTC}


def digest(doc: str) -> Schema:
    return {**text(doc), "pattern": "^[0-9a-f]{64}$"}


def rows(item: Schema, doc: str) -> Schema:
    return {"type": "array", "items": item, "description": doc}


def texts(doc: str) -> Schema:
    return rows({"type": "string"}, doc)


def thing(doc: str, **keys: Schema) -> Schema:
    """An object that has all of these keys."""
    return {"type": "object", "description": doc, "required": [*keys], "properties": keys}


def by_id(item: Schema, doc: str) -> Schema:
    return {"type": "object", "additionalProperties": item, "description": doc}


def merged(doc: str, *parts: Schema, **keys: Schema) -> Schema:
    """One object of the keys of several."""
    own = {name: key for part in parts for name, key in part["properties"].items()}
    return thing(doc, **own, **keys)


# --- what several verbs show --------------------------------------------------------------------

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


# --- the verbs ----------------------------------------------------------------------------------

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

EVALUATE = thing(
    "The verdict on every chain.",
    chains=by_id(
        thing(
            "A chain.",
            state=one_of(CHAIN_STATES, "Its state."),
            flags=FLAGS,
            kappa=KAPPA,
            users_affected=USERS,
        ),
        "By id, in the order of the catalogue.",
    ),
)

ROOTCAUSE = thing(
    "What is at fault, as far as the evidence tells.",
    explanations=rows(
        texts("Ids of the faults, sorted; empty = nothing is at fault."),
        "All sets of least cost that fit what was seen, sorted.",
    ),
    cost=whole("Priors of the faults and penalties of the evidence that they contradict."),
    runner_up=whole(
        "Cost of the cheapest set that contains no cheapest one; equal to `cost` when there are several; "
        "null = nothing else fits.",
        null=True,
    ),
    margin=whole("`runner_up - cost`; 0 = cannot be told apart.", null=True),
    symptoms=texts("Components that failed because something before them did."),
    unknown=texts("Components nobody observed that cannot be reached now."),
    monitoring_fault=truth("The poller itself cannot see: nothing is proven down."),
    second={
        **texts("One explanation at the cost of the runner-up."),
        "type": ["array", "null"],
    },
    exact=truth("False = too much at once: better or further explanations may exist."),
    next_tests=rows(
        thing(
            "Something to look at.",
            way=one_of(
                ("port", "reach", "battery", "elsewhere", "inspect"),
                "Its port's signal, an answer, mains or battery, an answer to another vantage point, on the "
                "spot.",
            ),
            subject=text("The link, component or shared risk to look at."),
            seen_from=text("Component at whose side the port is.", null=True),
            expected=rows(
                thing(
                    "What an explanation expects there.",
                    explanation=texts("Ids of its faults."),
                    works=truth("A signal, an answer, it works."),
                ),
                "The explanations that it tells apart.",
            ),
        ),
        "What tells the explanations, or the only one and the runner-up, apart; the best first.",
    ),
    doubtful=texts("Components that answered though the catalogue knows no way past what failed."),
    unexplained=texts("Components that failed though no suspect can have caused it."),
)

DEADLETTERS = rows(
    thing(
        "A line that could not be used.",
        line=whole("Its number, from 1."),
        id=text("Its id, if it has one.", null=True),
        reason=text("Why not."),
    ),
    "Not empty = exit code 3.",
)

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
    deadletters=DEADLETTERS,
)

NODE = {
    "type": "object",
    "required": ["id", "of"],
    "additionalProperties": {"type": ["string", "integer"]},
    "properties": {
        "id": text("Id; `component#n` is a choice under `needs`, `#id` a chain that shares an id."),
        "of": one_of(
            ("component", "link", "shared_risk", "need", "group", "chain"), "What the node is."
        ),
    },
    "description": "A node, with what the catalogue tells of it: kind, tier, supplier, name, ...",
}
GRAPH = {
    "description": "The graph as node-link JSON; with `--output`, the files that were written.",
    "oneOf": [
        thing(
            "Node-link JSON.",
            directed={"const": True, "description": "Arcs have a direction."},
            multigraph={"const": False, "description": "One arc between two nodes."},
            graph=thing("Of the whole.", version=digest("Version of the catalogue.")),
            nodes=rows(NODE, "Every chain, group, component, link and shared risk."),
            edges=rows(
                thing(
                    "An arc: the source leans on the target.",
                    source=text("Id of a node."),
                    target=text("Id of a node."),
                    why=one_of(("from", "member", "uplink", "need", "risk"), "Why it leans on it."),
                ),
                "Every arc.",
            ),
        ),
        WRITTEN,
    ],
}

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
    deadletters=DEADLETTERS,
)
EXPLAIN = {
    "description": "Why a chain is in its state.",
    "oneOf": [TOLD_EXPLAIN, WHY],
}
VERSION = thing(
    "An event at one time.",
    time=moment("Its time."),
    status=text("Its status; null = it has none.", null=True),
)
MINUTE = thing(
    "Why one second of a chain counts as it does.",
    chain=text("Its id."),
    at=moment("The second."),
    **{
        "from": one_of(
            ("lines", "log", "ledger"), "What it was read from; the ledger has no events."
        )
    },
    local={**text("The same on the wall clock, with its offset."), "format": "date-time"},
    service=thing(
        "Whether it lies in agreed service time.",
        **{"in": truth("Whether it does.")},
        reason=text("Why, or why not."),
        level=text("The level in force.", null=True),
        calendar=text("Its calendar.", null=True),
        window={
            "type": ["array", "null"],
            "items": moment("Begin, end."),
            "description": "The agreed hours around it; null outside them, and when always on.",
        },
        closed_by=text("The holiday, or `gesloten`, that closes the day.", null=True),
    ),
    bucket=one_of(
        ("up", "degraded", "down", "unknown", "maintenance", "excluded"),
        "In which it counts; null = not in service time.",
        null=True,
    ),
    counts_as=text("What that does to the figure."),
    state=one_of(CHAIN_STATES, "State of the chain, whatever the hours and agreements."),
    flags=FLAGS,
    work=rows(
        thing(
            "A change that is planned over this second and touches the chain.",
            change=text("Id of the change."),
            event=text("Id of the event with the last word on it."),
            **{"from": moment("Planned start.")},
            to=moment("Planned end."),
            agreed_at=moment("When it was agreed; null = it was not.", null=True),
            completed_at=moment("When it was reported ready.", null=True),
            active=truth("Whether its agreed window is open in this second."),
            impact={
                "type": ["boolean", "null"],
                "description": "Whether its impact names the chain; null = it has no agreed window.",
            },
            declared=truth("Whether somebody declared the impact; else it is worked out."),
            excludes=truth("Whether it takes this second out of the account."),
            reason=text("Why, or why not."),
        ),
        "In the order of their ids.",
    ),
    components=rows(
        thing(
            "Something that the chain rests on and that is not up.",
            id=text("Its id."),
            state=one_of(COMPONENT_STATES, "Its state."),
            beneath=text("In agreed work: what it is beneath; else null.", null=True),
            since=moment("Start of the verdict.", null=True),
            concluded=moment("When it was found; later than the second = dated back.", null=True),
            reason=text("Why, for people."),
            supplier=text("Who must repair it.", null=True),
            evidence=texts("Ids of the observations that decided."),
        ),
        "In the order of the catalogue.",
    ),
    suppliers={
        **thing(
            "Whose this second is, when it counts as down.",
            key=text("`A&B|C` = A and B jointly, or C alone."),
            shapley=by_id(text("Fraction."), "Fair split of the second."),
            first_holds=texts("Who holds the bill by first-holds."),
            exact=truth("Whether the split is exact."),
        ),
        "type": ["object", "null"],
    },
    events=rows(
        thing(
            "An observation behind what is not up.",
            id=text("Id of the event."),
            source=text("Who saw it."),
            kind=text("How it was seen."),
            status=text("What was seen, before corrections."),
            subject=text("What it is about."),
            time=moment("When, before corrections."),
            recorded=moment("When the log accepted it."),
            reason=text("Words of who saw it."),
        ),
        "The oldest first.",
    ),
    catalogue=digest("Version of the catalogue."),
    corrections=thing(
        "What corrections did to this second.",
        without={
            **thing(
                "What it would be without any correction.",
                bucket=text("Its bucket.", null=True),
                state=text("State of the chain."),
            ),
            "type": ["object", "null"],
        },
        applied=rows(
            thing(
                "An event of this second that was corrected.",
                event=text("Its id."),
                subject=text("What it is about."),
                old=VERSION,
                new={**VERSION, "type": ["object", "null"]},
                by=rows(
                    thing(
                        "A correction.",
                        id=text("Its id."),
                        source=text("Who made it."),
                        recorded=moment("When."),
                    ),
                    "All of them, those of corrections too.",
                ),
            ),
            "Those that decide here, or did before.",
        ),
    ),
    deadletters=DEADLETTERS,
)

INTERFACE = thing(
    "A port.",
    index=whole("ifIndex."),
    name=text("Short name.", null=True),
    description=text("Long name.", null=True),
    alias=text("What the administrator wrote.", null=True),
    admin=text("What it should be: up, down, testing.", null=True),
    oper=text("What it is: up, down, dormant, ...", null=True),
    speed_bps=whole("Bits a second.", null=True),
    in_octets=whole("Counter.", null=True),
    out_octets=whole("Counter.", null=True),
    in_errors=whole("Counter.", null=True),
    out_errors=whole("Counter.", null=True),
    in_discards=whole("Counter.", null=True),
    out_discards=whole("Counter.", null=True),
    last_change_s=whole("Seconds since `oper` changed.", null=True),
    type=text("IANAifType by name.", null=True),
)
SENSOR_CLASSES = (
    *("temperature", "humidity", "fanspeed", "voltage", "current", "power", "frequency", "dbm"),
    *("charge", "runtime", "load", "percent", "state"),
)
SENSOR = thing(
    "A sensor.",
    **{"class": one_of(SENSOR_CLASSES, "What it measures.")},
    description=text("Its name.", null=True),
    value={
        "type": ["number", "string", "null"],
        "description": "In `unit`; of a state: ok, warning, critical or unknown.",
    },
    unit=text("Its unit; null for a state.", null=True),
)
SENSOR["properties"]["raw"] = {
    "type": ["integer", "null"],
    "description": "Only of a state: the number as the device gave it.",
}
PROBE = thing(
    "One device, the same for every vendor; unknown is null, never 0.",
    system=thing(
        "The device itself.",
        name=text("sysName.", null=True),
        description=text("sysDescr.", null=True),
        object_id=text("sysObjectID in dots.", null=True),
        uptime_s=whole("Seconds since it started.", null=True),
        vendor=text("Maker.", null=True),
        model=text("Model.", null=True),
        version=text("Software.", null=True),
        serial=text("Serial number.", null=True),
    ),
    interfaces=rows(INTERFACE, "Ports."),
    processors=rows(
        thing(
            "A processor.",
            description=text("Its name.", null=True),
            percent=number("Load.", null=True),
        ),
        "Processors.",
    ),
    memory=rows(
        thing(
            "A memory.",
            description=text("Its name.", null=True),
            used_bytes=whole("In use.", null=True),
            total_bytes=whole("Size.", null=True),
            percent=number("In use.", null=True),
        ),
        "Memories.",
    ),
    sensors=rows(SENSOR, "Sensors."),
    poe=rows(
        thing(
            "A group of ports that share a supply.",
            group=whole("Its number."),
            budget_w=number("Watts it can give.", null=True),
            used_w=number("Watts it gives.", null=True),
        ),
        "Power over Ethernet.",
    ),
    neighbours=rows(
        thing(
            "What a port is connected to.",
            protocol=one_of(("lldp", "cdp"), "Who says so."),
            local_port=text("Port of this device.", null=True),
            remote_name=text("Name of the other.", null=True),
            remote_port=text("Port of the other.", null=True),
            remote_id=text("Id of the other.", null=True),
        ),
        "Neighbours.",
    ),
    access_points=rows({"type": "object"}, "Access points of a controller."),
    entities=rows(
        thing(
            "A part.",
            **{"class": text("PhysicalClass by name.")},
            name=text("Its name.", null=True),
            model=text("Model.", null=True),
            serial=text("Serial number.", null=True),
        ),
        "Parts.",
    ),
    quirks=texts("What the device gets wrong or left unanswered."),
)

FRACTION = r"^-?\d+(/\d+)?$"
SIX_DECIMALS = r"^\d+\.\d{6}$"


def fraction(doc: str, *, null: bool = False) -> Schema:
    return {**text(doc, null=null), "pattern": FRACTION}


def percent(doc: str) -> Schema:
    return {**text(doc), "pattern": SIX_DECIMALS}


ALLOWANCE = thing(
    "What the OLA of one supplier allows.",
    seconds=fraction("Its part may be down so long in the chain's service time."),
    outside_seconds=whole("Service time of the chain in which the OLA promises nothing."),
)
CONTRACT = {
    **thing(
        "What the OLAs promise together, in the month of the coming twelve in which that is least.",
        month=text("That month."),
        service_seconds=whole("Service time of the chain in it."),
        down_seconds=whole("The chain may be down so long while every OLA is met; rounded up."),
        percent=percent("The availability that can be counted on."),
        target_percent=percent("What the chain's level promises."),
        kept=truth("Whether the first is not less than the second."),
        allowances=by_id(ALLOWANCE, "By supplier with an OLA on something in the chain."),
    ),
    "type": ["object", "null"],
}
RELIABILITY = thing(
    "What is to be expected of chains.",
    chains=by_id(
        thing(
            "A chain.",
            availability=fraction(
                "Predicted, exact; null when it is out of reach, or longer than 1,000 digits.",
                null=True,
            ),
            percent=percent("The same, or the least it can be, rounded down."),
            exact=truth("Whether the availability is known exactly; if not, see `bounds`."),
            bounds=thing(
                "Between these it lies.",
                low=percent("At least."),
                high=percent("At most; rounded down too."),
            ),
            down_seconds=text("Expected down time in 30 days, at most; rounded down to a tenth."),
            naive_percent=percent("All availabilities multiplied, as if nothing had a twin."),
            bound_down_seconds=text(
                "Down time in 30 days at most, if nothing is independent; null when out of reach.",
                null=True,
            ),
            spof=texts("What takes the chain down alone, its end and what is exempt included."),
            pairs={
                **rows(
                    rows({"type": "array", "items": {"type": "string"}}, "Two lists of ids."),
                    "Any of the first and any of the second together take the chain down;"
                    " null when out of reach.",
                ),
                "type": ["array", "null"],
            },
            birnbaum=by_id(
                fraction(
                    "Availability with it certain to work, less with it certain to fail; null when"
                    " it is out of reach, or longer than 1,000 digits.",
                    null=True,
                ),
                "By item.",
            ),
            twin_gain=by_id(
                fraction("What an identical, independent twin gains; null as above.", null=True),
                "By item.",
            ),
            raw=by_id(
                {
                    **text(
                        "Factor by which the chain is down more when it fails for certain, cut to six"
                        " decimals; null = the chain is never down, or out of reach.",
                        null=True,
                    ),
                    "pattern": SIX_DECIMALS,
                },
                "By item.",
            ),
            rrw=by_id(
                {
                    **text(
                        "Factor by which the chain is down less when it never fails, cut to six"
                        " decimals; null = then it is never down, or out of reach.",
                        null=True,
                    ),
                    "pattern": SIX_DECIMALS,
                },
                "By item.",
            ),
            best_twin=text(
                "The item whose twin gains most; null = none gains anything, or out of reach.",
                null=True,
            ),
            contract=CONTRACT,
        ),
        "By id, in the order of the catalogue.",
    ),
)

# --- the month report ---------------------------------------------------------------------------

PERCENT = text("Percent, rounded down to 3 decimals; null = no second that counts.", null=True)
BUCKETS = {
    "service": whole("Service seconds of the calendar: the sum of the six buckets."),
    "excluded": whole("In agreed work whose declared impact names the chain."),
    "up": whole("Everything worked."),
    "degraded": whole("It worked with less than whole."),
    "down": whole("Users could not work."),
    "unknown": whole("Not measured."),
    "maintenance": whole("In planned work that is not excluded: counts as down."),
    "agreed": whole("Agreed service time: service without excluded."),
}
CONTRACT = {
    "availability": PERCENT,
    "availability_worst": {**PERCENT, "description": "If all that is unknown was down."},
    "availability_best": {**PERCENT, "description": "If all that is unknown was up."},
    "coverage": {**PERCENT, "description": "Share of agreed service time that was measured."},
    "met": {"type": ["boolean", "null"], "description": "Target met; null = not established."},
    "budget": thing(
        "Seconds that may count as down.",
        seconds=whole("In all."),
        left={"type": "integer", "description": "Left; negative when overspent."},
    ),
    "interruptions": whole("That began to count in this period."),
    "mtrs": whole("Seconds down per interruption; null without one.", null=True),
}
SPLIT = by_id({"type": "string"}, "Supplier to seconds as an exact fraction, `22167/2`.")
REPORT_CHAIN = thing(
    "The account of a chain.",
    name=text("Its name."),
    level=text("Id of its service level."),
    users=whole("Users of its group."),
    measured_since=moment("Where its account begins, if later than the period.", null=True),
    **BUCKETS,
    **CONTRACT,
    mtbf=whole("Good seconds per interruption; null without one.", null=True),
    suppliers=thing(
        "Whose the seconds down are; each figure sums to `down`.",
        seconds_by_key=by_id(
            whole("Seconds."),
            "By minimal winning coalitions: `A&B|C` is A and B jointly, or C alone.",
        ),
        shapley=SPLIT,
        first_holds=SPLIT,
        with_sub_suppliers=thing(
            "The same with sub-suppliers added to who answers for them.",
            shapley=SPLIT,
            first_holds=SPLIT,
        ),
        exact=truth("False: more than 16 suppliers and coalitions at once, shares are equal."),
    ),
    incidents=rows(
        thing(
            "An incident that hurt it.",
            id=text("Its id."),
            cause=text("What was at fault."),
            supplier=text("Who must repair it.", null=True),
            priority=text("P1 to P4.", null=True),
            since=moment("Start of the outage."),
            opened=moment("When registered."),
            closed=moment("When closed.", null=True),
        ),
        "In the order of opening.",
    ),
    burn=thing(
        "How fast the allowance is spent at the end of the account.",
        at=moment("Looked back from here; null = nothing is judged.", null=True),
        rules={
            **rows(
                thing(
                    "One rule.",
                    budget_share=fraction("Of the allowance of the month."),
                    window=whole("Service seconds looked back over."),
                    short_window=whole("Service seconds in which it must still go on."),
                    threshold=fraction("The rate that spends the share in the window."),
                    burn=fraction("The rate over the window; 1 spends exactly the allowance."),
                    short_burn=fraction("The rate over the short window."),
                    exceeded=truth("Both rates reach the threshold."),
                ),
                "Null = there is a reason.",
            ),
            "type": ["array", "null"],
        },
        reason=text("Why there are no rules.", null=True),
    ),
    interruption_list=rows(
        thing(
            "An interruption with a second that counts in the period.",
            **{
                "from": moment("When it fell; null = it never worked.", null=True),
                "to": moment("End, not in it, or of the period."),
            },
            goes_on=truth("It was not over at the end of the period."),
            seconds=whole("That count as down in this period."),
            counted=truth("It is one of `interruptions`: its first countable second is in here."),
            state=one_of(("down", "maintenance"), "What the chain became at its start."),
            trigger=texts("What failed in the second in which the chain fell, sorted."),
            key=text("Whose the fall was at its start; null = nothing of it is down.", null=True),
            seconds_by_key=by_id(whole("Seconds."), "Of the seconds down, as in `suppliers`."),
        ),
        "In order of time; the longest hundred.",
    ),
    interruptions_not_listed=thing(
        "The shorter ones.",
        count=whole("How many."),
        seconds=whole("Their seconds."),
    ),
    unknown_causes=rows(
        thing(
            "What made the chain unknown; all rows together are the seconds unknown.",
            seconds=whole("Seconds."),
            any_of=rows(
                rows(
                    thing(
                        "A party.",
                        supplier=text("Who must repair the parts, or `onbekend`."),
                        reason=one_of(
                            ("never-seen", "silent", "vantage-blind", "unreachable", "told"),
                            "Why nothing is known of its parts.",
                        ),
                        probe=text("How the parts are looked at; null = by no probe.", null=True),
                        vantage=text("The vantage point that was blind.", null=True),
                    ),
                    "Together they suffice.",
                ),
                "Minimal groups of parties whose unknown parts could stop the chain.",
            ),
            parts=texts("The first twenty of these parts, sorted."),
            parts_count=whole("How many there are."),
        ),
        "The longest first.",
    ),
    parts=rows(
        thing(
            "A span under one version of its level.",
            **{"from": moment("Begin."), "to": moment("End, not in it.")},
            valid_from=text("First day of the version.", null=True),
            target=text("Percent."),
            calendar=text("Id of the calendar."),
            **BUCKETS,
            **CONTRACT,
        ),
        "In order; none = nothing to judge.",
    ),
    digest=digest("SHA-256 of the canonical JSON of the above."),
    revision=whole("Of a closed month; null = open.", null=True),
)
OWN = {
    "agreed": whole("Seconds of the calendar without agreed work; of several, component-seconds."),
    "excluded": whole("Agreed work on it."),
    "down": whole("Down."),
    "degraded": whole("Degraded."),
    "unknown": whole("Not measured: left out of the figure."),
    "availability": PERCENT,
}
REPORT = thing(
    "The service levels of a month.",
    month=text("As asked: `2026-06`."),
    as_of=moment("What was recorded up to here counts; null = all.", null=True),
    **{"from": moment("Begin."), "to": moment("End, not in it.")},
    provisional=truth("The month goes on after that."),
    catalogue=digest("Version of the catalogue."),
    chains=by_id(REPORT_CHAIN, "By id, in the order of the catalogue."),
    suppliers=by_id(
        thing(
            "A supplier: its own components under its OLA, and its share of the chains.",
            name=text("Its name."),
            parent=text("Whose sub-supplier it is.", null=True),
            terms=rows(
                thing(
                    "A span under one OLA, or none.",
                    **{"from": moment("Begin."), "to": moment("End, not in it.")},
                    valid_from=text("First day of the OLA.", null=True),
                    calendar=text("Id of its calendar; null = around the clock.", null=True),
                    target=text("Percent; null = none.", null=True),
                    **OWN,
                    met={"type": ["boolean", "null"], "description": "By all of them together."},
                    below_target=texts("Components that are below the target by themselves."),
                    count=whole("Its components, links and shared risks in all."),
                    components=by_id(
                        thing("One of its own.", **OWN),
                        "Those that were not up and free of work all the time, by id.",
                    ),
                ),
                "In order.",
            ),
            chain_seconds=thing(
                "Its share of the seconds down of all chains.",
                shapley=text("Exact fraction."),
                first_holds=text("Exact fraction."),
            ),
        ),
        "By id, in the order of the catalogue.",
    ),
    user_weighted=thing(
        "Availability in which every user's second counts the same.",
        availability=PERCENT,
        organisations=by_id(PERCENT, "Organisation to that of its groups."),
    ),
    notes=rows(
        thing(
            "What the reader must know.",
            code=one_of(("unknown-chain",), "The kind."),
            change=text("Id of the change."),
            event=text("Id of the event with its last word."),
            chains=texts("Named in its declared impact, and in no catalogue."),
            reason=text("In words."),
        ),
        "Never a reason for another exit code.",
    ),
    digest=digest("SHA-256 of the canonical JSON from `from` to `notes`."),
    revision=whole("Of a closed month; null = open.", null=True),
    deadletters=rows(
        thing(
            "A line that could not be used.",
            line=whole("Its number, from 1."),
            id=text("Its id, if it has one.", null=True),
            reason=text("Why not."),
        ),
        "Not empty = exit code 3.",
    ),
)
REPORT["properties"] |= {
    "worst_months": by_id(
        thing(
            "The worst of the last twelve closed months.",
            month=text("Which."),
            availability=text("What it says."),
        ),
        "Only from the ledger; by chain that has a figure in one of them.",
    ),
    "catalogues": rows(
        thing(
            "A catalogue that came into force within the month.",
            **{"from": moment("When.")},
            version=digest("Its version."),
        ),
        "Only from the ledger; in order.",
    ),
    "corrections_not_applied": rows(
        thing(
            "A correction that changes no figure.",
            id=text("Its id."),
            supersedes=text("What it would correct."),
            reason=text("Why not."),
        ),
        "Only from the ledger.",
    ),
}
REPORT_RESULT = {
    "description": "The service levels of a month; with `--output`, the file that was written.",
    "oneOf": [REPORT, WRITTEN],
}


def event_line() -> Schema:
    """Any event, as the contract has it."""
    described = "One line of the result: an event, see events.md."
    return {"description": described, **msgspec.json.schema(AnyEvent)}


HIT = thing(
    "Who cannot work.",
    groups_down=texts("Groups of which a chain falls, sorted."),
    chains_down=texts("Chains that fall, sorted."),
    users=whole("Users of these groups, each group once."),
)
PICTURED = thing("A chain.", state=one_of(CHAIN_STATES, "Its state."), flags=FLAGS, kappa=KAPPA)

WHATIF = merged(
    "What would be so. A simulation: nothing of it is kept.",
    HIT,
    simulation={"const": True, "description": "Always."},
    at=moment("Moment that was asked for; null = all else up.", null=True),
    down=texts("The parts that would be down, sorted."),
    redundancy_left=by_id(KAPPA, "Of every chain: its kappa then."),
    chains=by_id(
        thing("Before and after.", before=PICTURED, after=PICTURED), "Chains that change, by id."
    ),
    fallen=texts("Chains that come to fall by this."),
    degraded=texts("Chains that come to be degraded."),
    unknown=texts("Chains that come to be unknown."),
    redundancy_lost=texts("Working chains that come to miss what their level promises."),
    suppliers=rows(
        thing(
            "Who must repair.",
            supplier=text("Id; null = nobody is named.", null=True),
            parts=texts("Which of the parts."),
        ),
        "By id.",
    ),
    touched=texts("Chains that rest on the parts, whether they change or not."),
    deadletters=DEADLETTERS,
)

CHANGES = thing(
    "The change calendar.",
    intervals=rows(
        merged(
            "An elementary interval: nothing begins or ends in it. With what is out besides.",
            HIT,
            **{"from": moment("Its begin."), "to": moment("Its end, not in it.")},
            changes=texts("Active changes, agreed or not, sorted."),
            outages=texts(
                "Parts that are out at the last event; of a past interval, at its begin."
            ),
            planned={**HIT, "description": "By the changes alone, everything else up."},
            conflicts=rows(
                thing(
                    "Changes and outages under which a group falls, though under no fewer of them.",
                    changes=texts("Ids of changes, and of the parts that are out, sorted."),
                    outages=texts("Those of them that are parts that are out."),
                    group=text("Who falls."),
                    chains=texts("Chains of that group that fall by these and by no fewer."),
                ),
                "By changes, then group.",
            ),
            complete=truth("Every conflict was found; false = only the smaller sets."),
        ),
        "Those in which a change is active, in order of time.",
    ),
    changes=rows(
        merged(
            "A change by itself, everything else up.",
            HIT,
            **{"from": moment("Begin of its window."), "to": moment("End, or when it was ready.")},
            id=text("Its id."),
            agreed=truth("Agreed before its start."),
            components=texts("Parts that are worked on."),
            declared_impact=texts("Chains whose seconds its window may exclude."),
            declared_by=one_of(("change", "what-if"), "Who says so."),
            redundancy_left=by_id(
                KAPPA, "Of every chain that rests on its parts: kappa meanwhile."
            ),
            observed={
                "description": "What really was down in its window; null = it is not over.",
                "anyOf": [
                    {"type": "null"},
                    thing(
                        "Afterwards.",
                        chains_down=texts("Chains that were down at any moment of it."),
                        already_down=texts("Those of them that were down just before."),
                        undeclared=texts("Those that fell and were not declared."),
                        spared=texts("Declared, and never down in it."),
                    ),
                ],
            },
        ),
        "By start.",
    ),
    warnings=rows(
        thing(
            "What deserves a look.",
            code=one_of(
                (
                    "never-active",
                    "not-agreed",
                    "freeze",
                    "holiday",
                    "unknown-chain",
                    "undeclared-impact",
                    "touches-no-chain",
                    "redundant-parts-together",
                    "no-redundancy-left",
                ),
                "Stable name of the rule.",
            ),
            changes=texts("Which changes."),
            **{
                "from": moment("From when; null = all of the change.", null=True),
                "to": moment("Until when.", null=True),
            },
            chains=texts("Which chains feel it."),
            users=whole("Users of their groups."),
            message=text("What is wrong, and what to do."),
        ),
        "Of each change, then of each interval.",
    ),
    watermark=moment("Time of the last event; null without one.", null=True),
    deadletters=DEADLETTERS,
)


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
    "demo": URL,
    "run": URL,
    "init": WRITTEN,
    "check": CHECK,
    "schema": {"$ref": DIALECT, "description": "A JSON Schema (2020-12) of a catalogue."},
    "evaluate": EVALUATE,
    "graph": GRAPH,
    "rootcause": ROOTCAUSE,
    "replay": REPLAY,
    "report": REPORT_RESULT,
    "ledger": LEDGER,
    "close": CLOSED,
    "revise": CLOSED,
    "export": event_line(),
    "status": STATUS,
    "explain": EXPLAIN,
    "explain-minute": MINUTE,
    "incidents": INCIDENTS,
    "probe": PROBE,
    "reliability": RELIABILITY,
    "whatif": WHATIF,
    "changes": CHANGES,
}
"""By verb. `export` and `run` print lines, of which each, and the first, is described."""


def published(verb: str) -> Schema:
    """Turn a result into the schema that stands in docs/schemas."""
    return {"$schema": DIALECT, "title": f"keten {verb} --json", **RESULTS[verb]}


def closed(schema: Any) -> Any:
    """Turn a schema into one that refuses keys which it does not describe."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema and "required" in schema and isinstance(schema["required"], list):
        inner.setdefault("additionalProperties", False)
    return inner
