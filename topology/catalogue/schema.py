"""The catalogue as data: every key, its shape and its one line of documentation.

`topology.catalogue` reads with it, `keten schema` and the reference in the documentation show it.
The section `service:` is not here: `monitor.settings` owns it.

Source: DESIGN.md 7.1.
"""

from __future__ import annotations

from topology.catalogue.rules import (
    calendar_rule,
    chain_rule,
    component_rule,
    group_rule,
    hours_rule,
    level_rule,
    link_rule,
    need_rule,
    probe_rule,
    reaction_rule,
)
from topology.catalogue.shape import Either, Id, Key, Many, Record, Ref, Shape, Table
from topology.catalogue.words import (
    ADDRESS,
    CLOCK,
    DAY,
    FLAG,
    PERCENT,
    PROBABILITY,
    SECONDS,
    TEXT,
    WHOLE_SECONDS,
    choice,
    whole,
)
from topology.model import Tier

__all__ = ["CATALOGUE", "SECTIONS", "json_schema"]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PRIORITIES = ("P1", "P2", "P3", "P4")
SERVED = ("component", "link", "shared_risk")
MANY_USERS = 10_000_000  # more than half the country on one floor is a slip of the finger
MANY_LINES = 1024  # no switch aggregates more member lines than it can have ports

_NAME = Key(TEXT, "Name for people.", absent="the id")
_SUPPLIER = Key(Ref(("supplier",)), "Who must repair it.")
_SITE = Key(Ref(("site",)), "Where it stands.")
_ASSET = Key(TEXT, "Its number in the CMDB.")
_AVAILABILITY = Key(PROBABILITY, "Expected availability, 0 to 1, for predictions.", absent="1")

ORGANISATION = Record(
    "an organisation", {"id": Key(Id("organisation"), "Its id.", required=True), "name": _NAME}
)

OLA = Record(
    "an OLA",
    {
        "target": Key(PERCENT, "Agreed availability of the supplier's part, in percent."),
        "calendar": Key(
            Ref(("calendar",)), "The service hours it holds for.", absent="around the clock"
        ),
        "react": Key(WHOLE_SECONDS, "Agreed time to react, in service time."),
        "solve": Key(WHOLE_SECONDS, "Agreed time to repair, in service time."),
        "valid_from": Key(
            DAY, "First day it holds, until the next one begins.", absent="it always has"
        ),
    },
)

SUPPLIER = Record(
    "a supplier",
    {
        "id": Key(Id("supplier"), "Its id.", required=True),
        "name": _NAME,
        "parent": Key(Ref(("supplier",)), "Whose sub-supplier it is.", absent="nobody's"),
        "contact": Key(
            Record(
                "a contact",
                {
                    "name": Key(TEXT, "Whom to ask for."),
                    "email": Key(TEXT, "Mail address for incidents."),
                    "phone": Key(TEXT, "Telephone number for incidents."),
                    "url": Key(TEXT, "Portal where incidents are reported."),
                },
            ),
            "How to reach it when something is broken.",
        ),
        "accountable": Key(TEXT, "Who answers for this supplier on our side."),
        "importance": Key(TEXT, "How much depends on it, in the words of the organisation."),
        "olas": Key(Many(OLA), "What was agreed with it; the last one valid on a day holds."),
    },
)

SITE = Record(
    "a site",
    {
        "id": Key(Id("site"), "Its id.", required=True),
        "name": _NAME,
        "organisation": Key(Ref(("organisation",)), "Whose place it is."),
    },
)

HOURS = Record(
    "service hours",
    {
        "days": Key(
            Many(choice(*WEEKDAYS), least=1),
            "Weekdays, mon tue wed thu fri sat sun.",
            required=True,
        ),
        "from": Key(CLOCK, "Start, local wall time.", required=True),
        "to": Key(CLOCK, 'End, local wall time; "24:00" is the end of the day.', required=True),
    },
    hours_rule,
)

HOLIDAYS = Record(
    "holidays",
    {
        "country": Key(choice("NL"), "Whose holidays close the calendar.", required=True),
        "good_friday": Key(
            choice("open", "closed"), "Whether the contract serves on Good Friday.", required=True
        ),
        "liberation_day": Key(
            choice("open", "closed"), "Whether the contract serves on 5 May.", required=True
        ),
    },
)

CALENDAR = Record(
    "a calendar",
    {
        "id": Key(Id("calendar"), "Its id.", required=True),
        "always": Key(FLAG, "True = 24 hours a day, holidays or not.", absent="false"),
        "hours": Key(Many(HOURS), "Service hours by weekday."),
        "holidays": Key(
            Either(text=choice("none"), mapping=HOLIDAYS),
            "Which holidays close it, or none.",
            absent="none",
        ),
        "closed": Key(Many(DAY), "Extra closed local days.", absent="none"),
    },
    calendar_rule,
)

REACTION = Record(
    "priority times",
    {
        "react": Key(WHOLE_SECONDS, "Time to react, in service time.", required=True),
        "solve": Key(WHOLE_SECONDS, "Time to repair, in service time.", required=True),
    },
    reaction_rule,
)

KPI = Record(
    "a KPI",
    {
        "id": Key(TEXT, "Its id in the contract.", required=True),
        "name": _NAME,
        "target": Key(TEXT, "What was agreed."),
        "unit": Key(TEXT, "In what it is counted."),
    },
)

LEVEL = Record(
    "a service level",
    {
        "id": Key(
            Id("level", versions=True),
            "Its id; entries that share it are versions, each with its own `valid_from`.",
            required=True,
        ),
        "target": Key(
            PERCENT,
            "Agreed availability in percent of agreed service time, exact; 100 leaves no budget.",
            required=True,
        ),
        "calendar": Key(Ref(("calendar",)), "The agreed service time.", required=True),
        "unknown": Key(
            choice("neutral", "down", "up"), "How unknown time is counted.", absent="neutral"
        ),
        "attribution": Key(
            choice("shapley", "first_holds"),
            "How minutes are shared among suppliers.",
            absent="shapley",
        ),
        "minimum_coverage": Key(
            PERCENT,
            "Percent of service time that must be measured for a verdict.",
            absent="99.5",
        ),
        "merge_gap": Key(
            WHOLE_SECONDS, "Interruptions closer than this count as one.", absent="60s"
        ),
        "redundancy": Key(
            whole(1, 3), "2 = losing redundancy makes the chain degraded.", absent="1"
        ),
        "priority_times": Key(
            Table(REACTION, PRIORITIES), "Times to react and to repair by priority, P1 to P4."
        ),
        "valid_from": Key(
            DAY,
            "First day that this version holds, until the next one begins; before the first version"
            " nothing is measured.",
            absent="it always has",
        ),
        "kpis": Key(Many(Either(text=TEXT, mapping=KPI)), "What else the contract measures."),
        "minimum": Key(PERCENT, "Agreed minimum availability in percent when degraded."),
        "rto": Key(WHOLE_SECONDS, "Recovery time objective after a disaster."),
        "rpo": Key(WHOLE_SECONDS, "Recovery point objective: data that may be lost."),
    },
    level_rule,
)

SNMP = Record(
    "an SNMP probe",
    {
        "credentials": Key(
            Ref(("credentials",), if_any=True), "Id of the credentials under `service:`."
        ),
        "interval": Key(SECONDS, "Time between polls.", absent="60s"),
        "timeout": Key(SECONDS, "Time per try.", absent="2s"),
        "retries": Key(whole(0, 10), "Tries after the first.", absent="2"),
    },
    probe_rule,
)

PROBE = Record("a probe", {"snmp": Key(SNMP, "Polled over SNMP, v2c or v3.", required=True)})

NEED = Record(
    "a need",
    {
        "any": Key(Many(Ref(SERVED), least=1), "At least one of these must work."),
        "at_least": Key(whole(1, 1000), "So many of `of` must work."),
        "of": Key(Many(Ref(SERVED), least=1), "The ones to count."),
    },
    need_rule,
)

COMPONENT = Record(
    "a component",
    {
        "id": Key(Id("component"), "Its id; the subject of its events.", required=True),
        "kind": Key(
            TEXT,
            "ap switch ups pdu power duct controller firewall router wan server service, or a word"
            " of your own with a `tier`.",
            required=True,
        ),
        "name": _NAME,
        "model": Key(TEXT, "Make and type; equal models that fail together are a problem."),
        "site": _SITE,
        "supplier": _SUPPLIER,
        "tier": Key(
            choice(*(tier.label for tier in Tier)),
            "How far from the user.",
            absent="by kind; other kinds must say it",
        ),
        "domain": Key(TEXT, "Partition of the region; a chain stays in one.", absent="default"),
        "address": Key(ADDRESS, "Where it is polled, host:port.", absent="not polled"),
        "probe": Key(PROBE, "How it is looked at.", absent="never looked at"),
        "uplinks": Key(
            Record(
                "uplinks",
                {"min": Key(whole(1, 1000), "Upward links that must work.", required=True)},
            ),
            "How many links upward it needs.",
            absent="min 1",
        ),
        "needs": Key(
            Many(Either(text=Ref(SERVED), mapping=NEED)),
            "What else must work for it: ids, {any: [..]}, {at_least: n, of: [..]}.",
        ),
        "availability": _AVAILABILITY,
        "budget_holder": Key(TEXT, "Who pays for it."),
        "asset": _ASSET,
        "runbook": Key(TEXT, "What to do when it fails: a link or a text."),
        "life": Key(TEXT, "Where it is in its life, such as its end of support."),
    },
    component_rule,
)

LINK = Record(
    "a link",
    {
        "id": Key(Id("link"), "Its id; the subject of its events.", required=True),
        "between": Key(
            Many(Ref(("component",)), 2, 2), "The two components it joins.", required=True
        ),
        "ports": Key(
            Many(Either(text=TEXT, items=Many(TEXT, least=1)), 2, 2),
            "Port names at both ends, in the order of `between`; a list per end for a link"
            " aggregation.",
            absent="not looked at",
        ),
        "name": _NAME,
        "supplier": _SUPPLIER,
        "members": Key(
            whole(1, MANY_LINES), "Member lines of a link aggregation.", absent="as many as `ports`"
        ),
        "min_links": Key(whole(1, MANY_LINES), "Member lines that carry it.", absent="1"),
        "availability": _AVAILABILITY,
        "asset": _ASSET,
    },
    link_rule,
)

SHARED_RISK = Record(
    "a shared risk",
    {
        "id": Key(Id("shared_risk"), "Its id; the subject of its events.", required=True),
        "kind": Key(TEXT, "power, duct, pop, controller, or a word of your own.", required=True),
        "members": Key(
            Many(Ref(SERVED), least=1), "What fails with it: components, links.", required=True
        ),
        "name": _NAME,
        "supplier": _SUPPLIER,
        "availability": _AVAILABILITY,
        "address": Key(ADDRESS, "Where it is polled, host:port.", absent="not polled"),
        "probe": Key(PROBE, "How it is looked at.", absent="never looked at"),
    },
)

GROUP = Record(
    "a group",
    {
        "id": Key(Id("group"), "Its id.", required=True),
        "users": Key(whole(0, MANY_USERS), "How many people it stands for.", required=True),
        "members": Key(
            Many(Ref(("component",)), least=1),
            "What serves them: access points, switches.",
            required=True,
        ),
        "name": _NAME,
        "site": _SITE,
        "min": Key(whole(1, 100_000), "With fewer working members the group is down.", absent="1"),
        "full": Key(whole(1, 100_000), "With fewer working members it is degraded.", absent="min"),
    },
    group_rule,
)

CHAIN = Record(
    "a chain",
    {
        "id": Key(Id("chain"), "Its id.", required=True),
        "name": _NAME,
        "from": Key(Ref(("group",)), "The group where it begins.", required=True),
        "to": Key(Ref(("component",)), "The component where it ends.", required=True),
        "level": Key(Ref(("level",)), "Its service level.", required=True),
        "urgency": Key(whole(1, 3), "1 is the most urgent.", absent="2"),
        "exempt": Key(
            Many(Ref((*SERVED, "group"))),
            "Declared single by design: not counted for redundancy.",
        ),
        "from_date": Key(
            DAY, "First day it is served; its account begins there.", absent="it always was"
        ),
        "until": Key(DAY, "Last day it is served.", absent="it goes on"),
        "processes": Key(Many(TEXT), "Business processes that stop without it."),
        "template": Key(Ref(("chain_template",)), "The template it follows."),
    },
    chain_rule,
)

VANTAGE_POINT = Record(
    "a vantage point",
    {
        "id": Key(Id("vantage_point"), "Its id.", required=True),
        "attached_to": Key(Ref(("component",)), "Where the poller is plugged in.", required=True),
        "via": Key(
            Id("via_link"),
            "The link of its own that it uses; not listed under `links`.",
            required=True,
        ),
    },
)

TIMING = Record(
    "timing",
    {
        "confirm": Key(WHOLE_SECONDS, "Down so long opens an incident.", absent="60s"),
        "confirm_corroborated": Key(
            WHOLE_SECONDS, "The same when two kinds of observation agree.", absent="0s"
        ),
        "clear": Key(WHOLE_SECONDS, "Up so long closes it.", absent="120s"),
        "reopen": Key(WHOLE_SECONDS, "Down again within this reopens it.", absent="15m"),
        "flap": Key(
            Record(
                "flap",
                {
                    "count": Key(
                        whole(2, 1000),
                        "So many changes of state in `window` are flapping.",
                        absent="5",
                    ),
                    "window": Key(
                        WHOLE_SECONDS, "The time in which they are counted.", absent="30m"
                    ),
                },
            ),
            "When changes are flapping.",
        ),
    },
)

SERVICE_ENTRY = Record(
    "a service of the portfolio",
    {
        "id": Key(Id("service_entry"), "Its id.", required=True),
        "name": _NAME,
        "description": Key(TEXT, "What the user gets."),
        "owner": Key(TEXT, "Who answers for it."),
        "level": Key(Ref(("level",)), "The level it is offered at."),
        "processes": Key(Many(TEXT), "Business processes that use it."),
    },
)

CHAIN_TEMPLATE = Record(
    "a chain template",
    {
        "id": Key(Id("chain_template"), "Its id.", required=True),
        "name": _NAME,
        "description": Key(TEXT, "What chains of this kind have in common."),
        "service": Key(Ref(("service_entry",)), "The service of the portfolio it delivers."),
        "level": Key(Ref(("level",)), "The level its chains usually have."),
    },
)

PRICE = Record(
    "a price",
    {
        "id": Key(Id("price"), "Its id.", required=True),
        "name": _NAME,
        "service": Key(Ref(("service_entry",)), "What is paid for."),
        "amount": Key(TEXT, "How much, as in the contract."),
        "unit": Key(TEXT, "Per what."),
        "valid_from": Key(DAY, "First day it holds."),
    },
)

SECTIONS: dict[str, Record] = {
    "organisations": ORGANISATION,
    "suppliers": SUPPLIER,
    "sites": SITE,
    "calendars": CALENDAR,
    "levels": LEVEL,
    "components": COMPONENT,
    "links": LINK,
    "shared_risks": SHARED_RISK,
    "groups": GROUP,
    "chains": CHAIN,
    "vantage_points": VANTAGE_POINT,
    "services": SERVICE_ENTRY,
    "chain_templates": CHAIN_TEMPLATE,
    "prices": PRICE,
}
"""The lists of a catalogue, in the order in which they are shown."""

_SECTION_DOCS = {
    "organisations": "Municipalities and other parties that use chains.",
    "suppliers": "Who must repair, internal and external alike.",
    "sites": "Places with users or equipment.",
    "calendars": "Agreed service time.",
    "levels": "Service levels.",
    "components": "Everything with a tier that can fail.",
    "links": "What joins two components.",
    "shared_risks": "What takes its members with it when it fails.",
    "groups": "Users at a place.",
    "chains": "From a group to a service, end to end.",
    "vantage_points": "Where pollers stand.",
    "services": "The portfolio: what users are offered.",
    "chain_templates": "What chains of one kind have in common.",
    "prices": "What services cost.",
}

_TOP: dict[str, Key] = {
    "version": Key(choice("1"), "Version of the catalogue language.", absent="1"),
    "timezone": Key(TEXT, "Time zone of calendars and reports.", absent="Europe/Amsterdam"),
    **{name: Key(Many(shape), _SECTION_DOCS[name]) for name, shape in SECTIONS.items()},
    "timing": Key(TIMING, "Waits of alerting; no state waits for them."),
    "priority": Key(
        Record(
            "priority",
            {
                "scope": Key(
                    choice("region", "organisation"),
                    "Whose users are the whole when the share that feels an incident is counted.",
                    absent="region",
                )
            },
        ),
        "How the priority of an incident is derived.",
    ),
}

CATALOGUE = Record("the catalogue", _TOP)


def json_schema(service: Shape) -> dict[str, object]:
    """Turn the catalogue's shapes into JSON Schema 2020-12.

    Args:
        service: The shape of the section `service:`, which belongs to the running of the service.
    """
    top = Record(
        "the catalogue",
        {**_TOP, "service": Key(service, "Settings of the running service (docs/catalogue.md).")},
    )
    described = top.schema()
    properties = described["properties"]
    properties["version"] = {  # type: ignore[index]
        "description": "Version of the catalogue language.",
        "enum": [1, "1"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Ketenmonitor catalogue",
        **described,
    }
