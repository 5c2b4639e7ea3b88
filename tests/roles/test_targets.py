"""The catalogue turned into what the probes look at."""

from __future__ import annotations

from dataclasses import replace

from monitor.targets import targets
from probes.port import SnmpCredential
from topology.catalogue import build

PROBE = {"snmp": {"credentials": "ro", "interval": "60s", "timeout": "2s", "retries": "2"}}
DEVICE = {"kind": "switch", "supplier": "lan", "probe": PROBE}
CATALOGUE = build(
    {
        "version": "1",
        "suppliers": [{"id": "lan", "name": "LAN"}],
        "calendars": [{"id": "altijd", "always": True}],
        "levels": [{"id": "goud", "target": "99", "calendar": "altijd"}],
        "components": [
            {"id": "core", "tier": "core", "address": "127.0.0.1:1", **DEVICE},
            {"id": "sw-1", "address": "127.0.0.1:2", **DEVICE},
            {"id": "hub", "kind": "switch", "supplier": "lan"},
            {"id": "app", "kind": "service", "supplier": "lan"},
        ],
        "links": [
            {"id": "l-1", "between": ["sw-1", "core"]},
            {"id": "l-2", "between": ["hub", "core"]},
            {"id": "l-3", "between": ["core", "app"]},
        ],
        "groups": [{"id": "g", "users": "1", "members": ["sw-1"]}],
        "chains": [{"id": "c", "name": "C", "from": "g", "to": "app", "level": "goud"}],
        "vantage_points": [{"id": "p", "attached_to": "core", "via": "l-p"}],
        "service": {"credentials": [{"id": "ro", "snmp": {"community": {"env": "RO"}}}]},
    }
)


def test_beyond_a_link_stands_the_other_end_if_it_can_be_asked():
    made = {one.component: one for one in targets(CATALOGUE, {"ro": SnmpCredential()})}
    assert made.keys() == {"core", "sw-1"}
    assert dict(made["core"].beyond) == {"l-1": "sw-1"}
    assert dict(made["sw-1"].beyond) == {"l-1": "core"}


def test_who_fails_has_its_way_to_the_poller_and_the_neighbours_of_that_way_looked_at():
    made = {one.component: one for one in targets(CATALOGUE, {"ro": SnmpCredential()})}
    assert made["sw-1"].recheck == ("core",)


def test_an_end_knows_how_many_of_its_own_ports_must_be_up():
    """Lines whose port is not told count as up: one name may stand for the whole aggregation."""
    link = replace(
        CATALOGUE.links["l-1"], ports=(("a", "b", "c"), ("po1",)), members=3, min_links=2
    )
    found = replace(CATALOGUE, links={**CATALOGUE.links, "l-1": link})
    made = {one.component: one for one in targets(found, {"ro": SnmpCredential()})}
    assert dict(made["sw-1"].least) == {"l-1": 2}
    assert dict(made["core"].least) == {}
