"""Links of several lines, and links that have a spare: losses that only ports show (CORE.md 3.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.contract import RootCause
from tests.engine.lab import Lab, catalogue, office, port, sweep
from topology.model import SharedRisk, Tier

ONLY_WAY, ONE_OF_TWO = "l-s3", "l-s1-d1"


def names(lab: Lab) -> set[str]:
    return {event.subject for event in lab.told if isinstance(event, RootCause)}


def test_a_link_that_lost_a_line_is_degraded_and_fells_nobody():
    lab = Lab(office()).feed(sweep(0), port(ONLY_WAY, "degraded", 60, "d1"), sweep(63))
    assert lab.state(ONLY_WAY) == "degraded"
    assert lab.state("s3") == "up"
    assert lab.one("c-g3")["state"] == "degraded"
    assert lab.one("c-g3")["causes"] == [ONLY_WAY]
    assert names(lab) == set(), "a cause of an outage is named where there is an outage"


def test_a_lost_line_has_one_incident_of_the_link_and_its_repair_closes_it():
    lab = Lab(office()).feed(sweep(0), port(ONLY_WAY, "degraded", 60, "d1"), sweep(90)).until(125)
    (incident,) = lab.incidents
    assert (incident["cause"], incident["chains"]) == (ONLY_WAY, ["c-g3"])
    lab.feed(port(ONLY_WAY, "up", 130, "d1"), sweep(131), sweep(190), sweep(250)).until(260)
    assert lab.state("c-g3") == "up"
    assert lab.incidents[0]["closed"] is not None
    assert len(lab.incidents) == 1


def test_a_lost_line_of_one_of_two_ways_hurts_no_chain():
    lab = Lab(office()).feed(sweep(0), port(ONE_OF_TWO, "degraded", 60, "d1"), sweep(63))
    assert lab.state(ONE_OF_TWO) == "degraded"
    assert lab.state("c-g1") == "up"


def test_a_link_that_needs_both_lines_is_the_cause_and_a_chain_with_a_spare_goes_on():
    """The probe says `down` of a link with too few ports: `probes.snmp.ports.combine`."""
    lab = Lab(office()).feed(sweep(0), port(ONE_OF_TWO, "down", 60, "d1"))
    lab.feed(port(ONE_OF_TWO, "down", 61, "s1"), sweep(63))
    assert lab.causes == [ONE_OF_TWO]
    assert lab.state("c-g1") == "up"


@pytest.mark.parametrize(("redundancy", "state"), [(1, "up"), (2, "degraded")])
def test_a_spare_link_that_is_lost_is_named_by_its_ports_alone(redundancy, state):
    apart = office(redundancy=redundancy, groups={"g1": ("s1",)})
    apart = replace(
        apart,
        chains={"c-g1": replace(apart.chains["c-g1"], exempt=frozenset({"core", "l-core-app"}))},
    )
    lab = Lab(apart).feed(sweep(0), port(ONE_OF_TWO, "down", 60, "d1"), sweep(63))
    assert lab.causes == [ONE_OF_TWO]
    assert lab.state("s1") == "up"
    assert lab.state("c-g1") == state


def test_a_link_with_a_line_left_is_not_why_the_switch_behind_it_is_silent():
    lab = Lab(office()).feed(sweep(0), port(ONLY_WAY, "degraded", 60, "d1"))
    lab.feed(sweep(63, ("s3", "a3")))
    assert lab.causes == ["s3"]
    assert lab.last(RootCause, "s3").data.runner_up is None


def test_a_line_left_under_a_shared_risk_clears_the_risk():
    tiers = {"dc": Tier.DATACENTRE, "a": Tier.CORE, "b": Tier.CORE, "c": Tier.CORE}
    links = {"l-app": ("dc", "app"), "l-a": ("a", "dc"), "l-b": ("b", "dc"), "l-c": ("c", "dc")}
    found = catalogue(tiers, links, root="dc", groups={"g": ("a",), "h": ("b",)})
    duct = SharedRisk(id="duct", kind="duct", members=("l-a", "l-b"))
    lab, every, dead = Lab(replace(found, shared_risks={"duct": duct})), tuple(tiers), ("a", "b")
    lab.feed(sweep(0, (), every), port("l-a", "degraded", 30, "dc"))
    lab.feed(sweep(60, dead, every), sweep(63, dead, every))
    assert lab.causes == ["a", "b"]


def test_a_line_that_comes_back_takes_the_blame_from_the_link_it_belongs_to():
    """One of two dark lines mended: the link carries again, and who was behind it answers."""
    dead = ("s3", "a3")
    lab = Lab(office()).feed(sweep(0), port(ONLY_WAY, "down", 60, "d1"), sweep(63, dead))
    assert lab.causes == [ONLY_WAY]
    lab.feed(port(ONLY_WAY, "degraded", 120, "d1"), sweep(123))
    assert lab.causes == []
    assert lab.state(ONLY_WAY) == "degraded"
    assert names(lab) == {ONLY_WAY}
