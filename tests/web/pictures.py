"""A region with trouble, for the tests and the screenshots of the pages: small, made of plain mappings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events.clock import ManualClock
from events.contract import (
    Incident,
    IncidentData,
    NextTest,
    Observation,
    ObservationData,
    RootCause,
    RootCauseData,
    State,
    StateData,
)
from events.ids import event
from monitor.projector import Projector
from topology.catalogue import build

NOW = datetime(2026, 11, 23, 2, 45, 10, tzinfo=UTC)
"""A quarter to four at night, in Dordrecht."""

PLACES = (
    ("ddt", "Dordrecht"),
    ("ptd", "Papendrecht"),
    ("zwd", "Zwijndrecht"),
    ("sld", "Sliedrecht"),
    ("abd", "Alblasserdam"),
    ("hia", "Hendrik-Ido-Ambacht"),
    ("hgd", "Hardinxveld-Giessendam"),
)
SERVICES = (
    ("zaak", "Zaaksysteem", "zaakwerk"),
    ("tel", "Telefonie KCC", "spraakmeester"),
    ("brp", "Burgerzaken", "zaakwerk"),
    ("mail", "E-mail", "ict"),
)
WANTED = (
    *(("zaak", place) for place, _ in PLACES),
    *(("tel", place) for place in ("ddt", "zwd", "abd")),
    *(("brp", place) for place in ("ddt", "abd", "hia")),
    *(("mail", place) for place in ("ddt", "abd", "hia", "hgd", "sld")),
    ("tel", "hia"), ("brp", "ptd"), ("tel", "hgd"),
)  # fmt: skip
"""The first fourteen are the board of most pictures; twenty-one fold the healthy ones."""
SNMP = {"snmp": {"credentials": "lan-ro", "interval": "60s", "timeout": "2s", "retries": "2"}}


def region(chains: int = 14, *, wide: bool = False):
    """Seven municipalities, each with access points, switches and two lines to one data centre.

    Args:
        chains: So many of the wanted ones.
        wide: With routers of their own: one hop more, and a supplier with a long name.
    """
    suppliers = [
        {"id": "lan-bv", "name": "Netwerkbeheer Drechtsteden BV" if wide else "LAN BV",
         "contact": {"phone": "+31 78 000 00 01", "email": "noc@lan.example"}},
        {"id": "glas", "name": "Glaspartner", "contact": {"phone": "+31 78 000 00 02"}},
        {"id": "kabel", "name": "Kabelpartner"},
        {"id": "ict", "name": "ICT Drechtsteden"},
        {"id": "zaakwerk", "name": "Zaakwerk SaaS"},
        {"id": "spraakmeester", "name": "Spraakmeester"},
    ]  # fmt: skip
    components, links = _centre()
    groups, listed = [], []
    for key, name in PLACES:
        _place(key, name, components, links, wide=wide)
        points = [f"{key}-ap-{n}" for n in range(1, 5)]
        group = {"id": f"{key}-wifi", "site": key, "users": "140", "members": points}
        groups.append({**group, "min": "2", "full": "4"})
    services = {key: name for key, name, _ in SERVICES}
    places = dict(PLACES)
    for key, place in WANTED:
        name = f"{services[key]} {places[place]}"
        chain = {"id": f"{key}-{place}", "name": name, "from": f"{place}-wifi", "to": f"app-{key}"}
        listed.append({**chain, "level": "goud"})
    return build(
        {
            "version": "1",
            "organisations": [{"id": f"o-{key}", "name": f"Gemeente {name}"} for key, name in PLACES],
            "suppliers": suppliers,
            "sites": [
                *({"id": key, "name": f"Gemeentehuis {name}", "organisation": f"o-{key}"}
                  for key, name in PLACES),
                {"id": "dc", "name": "Datacentrum"},
            ],
            "calendars": [{"id": "altijd", "always": True}],
            "levels": [{"id": "goud", "target": "99.5", "calendar": "altijd"}],
            "components": components,
            "links": links,
            "groups": groups,
            "chains": listed[:chains],
        }
    )  # fmt: skip


def _centre():
    components = [
        {"id": f"dc-core-{n}", "kind": "switch", "tier": "datacentre", "site": "dc", "supplier": "ict",
         "name": f"Coreswitch {n}", "probe": SNMP} for n in (1, 2)
    ]  # fmt: skip
    components += [
        {"id": f"dns-{n}", "kind": "service", "supplier": "ict", "name": f"DNS {n}"} for n in (1, 2)
    ]
    links = []
    for key, name, supplier in SERVICES:
        components.append({"id": f"app-{key}", "kind": "service", "supplier": supplier, "name": name,
                           "needs": [{"any": ["dns-1", "dns-2"]}]})  # fmt: skip
        links += [
            {"id": f"l-dc-{n}-{key}", "between": [f"dc-core-{n}", f"app-{key}"], "supplier": "ict"}
            for n in (1, 2)
        ]
    return components, links


def _place(key, name, components, links, *, wide):
    def add(id_, label, kind, supplier="lan-bv", **more):
        components.append({"id": f"{key}-{id_}", "name": f"{label} {name}", "kind": kind, "site": key,
                           "supplier": supplier, "probe": SNMP, **more})  # fmt: skip

    def join(a, b):
        links.append({"id": f"l-{a}-{b}", "between": [a, b], "supplier": "lan-bv"})

    for n in range(1, 5):
        add(f"ap-{n}", f"Accesspoint {n}", "ap")
        join(f"{key}-ap-{n}", f"{key}-acc-{1 + n % 2}")
    for n in (1, 2):
        add(f"acc-{n}", f"Verdiepingsswitch {n}", "switch")
        add(f"dist-{n}", f"Distributieswitch {n}", "switch", tier="distribution")
        add(f"wan-{n}", f"WAN-lijn {n}", "wan", ("glas", "kabel")[n - 1])
    for n in (1, 2):
        for m in (1, 2):
            join(f"{key}-acc-{n}", f"{key}-dist-{m}")
        if wide:
            add(f"cpe-{n}", f"Router {n}", "router", tier="core")
            join(f"{key}-dist-{n}", f"{key}-cpe-{n}")
        join(f"{key}-{'cpe' if wide else 'dist'}-{n}", f"{key}-wan-{n}")
        join(f"{key}-wan-{n}", f"dc-core-{n}")


def ago(**much):
    return NOW - timedelta(**much)


def state(subject, value, since=None, *, of="component", at=None, **more):
    data = StateData(of=of, state=value, since=since or ago(days=2), **more)
    return event(State, source="engine/default", subject=subject, time=at or data.since, data=data)


def cause(subject, certainty, symptoms=(), since=None, **more):
    data = RootCauseData(
        status="open", symptoms=list(symptoms), since=since or NOW, certainty=certainty, **more
    )
    return event(RootCause, source="engine/default", subject=subject, time=data.since, data=data)


def incident(id_, of, chains, since, **more):
    given = {"fault": "down", "status": "open", "opened": since + timedelta(seconds=60), **more}
    data = IncidentData(cause=of, chains=list(chains), since=since, **given)
    return event(Incident, source="alerting/default", subject=id_, time=data.opened, data=data)


def seen(subject, at):
    data = ObservationData(kind="reach", status="up")
    return event(Observation, source="probe/p1", subject=subject, time=at, data=data)


def calm(catalogue):
    """All is well and everything was seen a moment ago."""
    for id_ in (*catalogue.components, *catalogue.links):
        yield state(id_, "up")
    for id_ in catalogue.chains:
        yield state(id_, "up", ago(days=2, hours=3), of="chain")
    for component in catalogue.components.values():
        if component.probe:
            yield seen(component.id, ago(seconds=8))


def trouble(catalogue):
    """One place down, one degraded, one unknown, one in maintenance."""

    def of(place):
        return [chain for chain in catalogue.chains if chain.endswith(f"-{place}")]

    yield state("zwd-wan-1", "down", ago(minutes=43), reason="reageert niet")
    yield state("zwd-wan-2", "down", ago(minutes=42, seconds=58), reason="reageert niet")
    yield cause(
        "zwd-wan-1",
        "beide lijnen vielen binnen 2 s uit; alles ervoor en erachter antwoordt",
        since=ago(minutes=43),
        symptoms=[f"zwd-{part}" for part in ("dist-1", "dist-2", "acc-1", "acc-2", "ap-1")],
        explanations=[["zwd-wan-1", "zwd-wan-2"]],
        cost=2400,
        runner_up=3000,
        margin=600,
        second=["zwd-dist-1", "zwd-dist-2"],
        next_tests=[NextTest(way="reach", subject="zwd-dist-1")],
    )
    for chain in of("zwd"):
        yield state(
            chain, "down", ago(minutes=43), of="chain", causes=["zwd-wan-1", "zwd-wan-2"],
            users_certain=140, users_possible=140,
        )  # fmt: skip
    yield state("ptd-acc-1", "down", ago(minutes=7), reason="geen antwoord, stroom is er wel")
    for ap in ("ptd-ap-2", "ptd-ap-4"):
        yield state(
            ap, "unreachable", ago(minutes=7), reason="achter Verdiepingsswitch 1 Papendrecht"
        )
    for chain in of("ptd"):
        yield state(chain, "degraded", ago(minutes=7), of="chain", causes=["ptd-acc-1"],
                    users_possible=70)  # fmt: skip
    yield state("sld-dist-1", "unknown", ago(minutes=4), reason="bron stil sinds 03:41:10")
    yield state("sld-dist-2", "unknown", ago(minutes=4), reason="bron stil sinds 03:41:10")
    for chain in of("sld"):
        yield state(chain, "unknown", ago(minutes=4), of="chain", users_possible=140,
                    reason="beide distributieswitches zijn niet te meten")  # fmt: skip
    for n in (1, 2):
        yield state(f"hgd-acc-{n}", "maint", ago(minutes=45), reason="CHG-2231: firmware")
    for chain in of("hgd"):
        yield state(chain, "maintenance", ago(minutes=45), of="chain", reason="CHG-2231: firmware")
    yield incident("INC-1042", "zwd-wan-1", ["zaak-zwd", "tel-zwd"], ago(minutes=43), priority="P1",
                   users=140, supplier="glas")  # fmt: skip
    yield incident("INC-1043", "ptd-acc-1", ["zaak-ptd"], ago(minutes=7), priority="P3", users=70,
                   supplier="lan-bv", acknowledged_by="j.jansen", fault="degraded")  # fmt: skip
    yield incident("INC-1039", "abd-wan-2", ["zaak-abd"], ago(hours=9), priority="P4", status="closed",
                   closed=ago(hours=8), supplier="kabel")  # fmt: skip


def picture(chains=14, *, troubled=True, wide=False):
    """A projector in the middle of a bad night, and a clock that stands at that moment."""
    projector = Projector(region(chains, wide=wide))
    events = [*calm(projector.catalogue), *(trouble(projector.catalogue) if troubled else ())]
    for one in events:
        projector.apply(one)
    return projector, ManualClock(NOW)
