"""The hops of a chain: what carries it and what it needs, tier by tier."""

from __future__ import annotations

from tests.web.pictures import region
from topology.catalogue import build
from topology.hops import SERVICES, HopMap, hops

CATALOGUE = region()


def titles(chain):
    return [hop.title for hop in hops(CATALOGUE, CATALOGUE.chains[chain])]


def hop(chain, title):
    return next(h for h in hops(CATALOGUE, CATALOGUE.chains[chain]) if h.title == title)


def small(**more):
    """A group on two switches of one ring, a server between two cores, an application."""
    kinds = {"s-1": "access", "s-2": "access", "s-3": "access", "c-1": "core", "c-2": "core"}
    components = [{"id": id_, "kind": "switch", "tier": tier} for id_, tier in kinds.items()]
    components += [
        {"id": "srv", "kind": "server", "tier": "core"},
        {"id": "other", "kind": "server", "tier": "core"},
    ]
    components += [{"id": "app", "kind": "service"}, {"id": "elsewhere", "kind": "service"}]
    pairs = ["s-1 s-2", "s-2 s-3", "s-1 c-1", "s-3 c-2", "c-1 srv", "c-2 srv", "c-1 other", "c-2 other",
             "srv app", "other elsewhere"]  # fmt: skip
    links = [{"id": pair.replace(" ", "_"), "between": pair.split()} for pair in pairs]
    return build(
        {
            "version": "1",
            "calendars": [{"id": "a", "always": True}],
            "levels": [{"id": "l", "target": "99", "calendar": "a"}],
            "components": components,
            "links": links,
            "groups": [{"id": "g", "users": "1", "members": ["s-1"]}],
            "chains": [{"id": "c", "name": "C", "from": "g", "to": "app", "level": "l"}],
            **more,
        }
    )  # fmt: skip


def test_hops_stand_in_order_from_the_user_to_the_application():
    assert titles("zaak-ptd") == [
        "ap",
        "access",
        "distribution",
        "wan",
        "datacentre",
        SERVICES,
        "application",
    ]


def test_a_hop_shows_only_what_can_carry_the_chain():
    members = {m for h in hops(CATALOGUE, CATALOGUE.chains["zaak-ptd"]) for m in h.members}
    assert {m for m in members if m.startswith(("zwd", "ddt"))} == set()
    assert "app-tel" not in members


def test_two_lines_of_two_suppliers_are_one_hop_with_both_names():
    wan = hop("zaak-ptd", "wan")
    assert (wan.members, wan.suppliers, wan.total) == (
        ("ptd-wan-1", "ptd-wan-2"),
        ("glas", "kabel"),
        2,
    )


def test_what_is_only_needed_stands_just_before_the_application():
    assert hop("zaak-ptd", SERVICES).members == ("dns-1", "dns-2")
    assert hop("zaak-ptd", "application").members == ("app-zaak",)


def test_coverage_asks_the_minimum_of_the_group():
    assert hop("zaak-ptd", "ap").parts[0].at_least == 2


def test_every_link_of_the_chain_stands_in_one_hop():
    links = [link for h in hops(CATALOGUE, CATALOGUE.chains["zaak-ptd"]) for link in h.links]
    assert len(links) == len(set(links)) == 4 + 4 + 2 + 2 + 2


def test_the_long_way_round_a_ring_is_shown_and_a_server_of_another_chain_is_not():
    shown = {h.title: h.members for h in hops(small(), small().chains["c"])}
    assert shown == {
        "access": ("s-1", "s-2", "s-3"),
        "core": ("c-1", "c-2", "srv"),
        "application": ("app",),
    }


def test_a_shared_risk_stands_once_at_its_first_members():
    catalogue = small(
        shared_risks=[{"id": "power", "kind": "power", "members": ["s-1", "s-2", "c-1"]}]
    )
    listed = hops(catalogue, catalogue.chains["c"])
    assert [h.risks for h in listed] == [("power",), (), ()]
    assert listed[0].parts[-1].partial  # s-3 has another supply: its loss does not take the hop


def test_a_map_and_a_single_question_agree():
    ways = HopMap(CATALOGUE)
    assert all(ways.of(chain) == hops(CATALOGUE, chain) for chain in CATALOGUE.chains.values())
