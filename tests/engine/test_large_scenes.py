"""Scenes of hundreds of failures: one fault is one cause, however many devices it takes with it."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.contract import RootCause
from monitor.fold import Fold
from monitor.replay import effective
from tests.engine.lab import DEVICES, Lab, catalogue, office, port, saw, tick
from topology.compiled import Compiled
from topology.model import SharedRisk, Tier

BACKBONE = {"dc": Tier.DATACENTRE, "e": Tier.CORE, "hub": Tier.WAN}
TRUNKS = {"l-app": ("dc", "app"), "l-hub": ("hub", "dc"), "l-e": ("e", "dc")}


def sites(count, *, powers, ways=("hub",), unwatched=("hub",)):
    """Sites of a router and four switches behind a hub, all that is at one power to its name."""
    tiers, links, risks = dict(BACKBONE), dict(TRUNKS), {}
    for site in range(count):
        router, members = f"r{site}", [f"r{site}"]
        tiers[router] = Tier.CORE
        links |= {f"l-{router}-{way}": (router, way) for way in ways}
        for number in range(4):
            switch = f"s{site}-{number}"
            tiers[switch], links[f"l-{switch}"] = Tier.ACCESS, (switch, router)
            members.append(switch)
        risks.setdefault(powers(site), []).extend(members)
    dark = tuple(sorted(tiers.keys() - BACKBONE.keys()))
    risks = {risk: tuple(members) for risk, members in risks.items()}
    found = catalogue(tiers, links, root="dc", risks=risks, unprobed=frozenset(unwatched))
    return found, dark


def sweep(minute, dark, every):
    """One look at each, at a second of its own."""
    looks = [(60 * minute + Random(one).randrange(60), one) for one in every]
    return [saw(one, "down" if one in dark else "up", when) for when, one in sorted(looks)]


def named(lab):
    opened = [one for one in lab.told if isinstance(one, RootCause) and one.data.status == "open"]
    return {one.subject for one in opened}


@pytest.mark.parametrize("count", [16, 44, 100, 230])
def test_a_hub_that_nobody_looks_at_is_one_cause_whatever_is_behind_it(count):
    found, dark = sites(count, powers=lambda site: f"power-{site}")
    every = ("dc", "e", *dark)
    lab = Lab(found)
    for minute, gone in enumerate(((), dark, dark)):
        lab.feed(sweep(minute, gone, every))
    assert lab.causes == ["hub"]
    components = lab.fold.verdict()["components"]
    assert {components[one]["state"] for one in dark} == {"unreachable"}
    cause = lab.last(RootCause, "hub").data
    assert cause.explanations == [["hub"], ["l-hub"]]
    assert "inexact" not in cause.flags
    lab.feed(sweep(3, (), every))
    assert lab.causes == []
    assert named(lab) == {"hub"}


def test_the_site_that_stays_dark_when_the_hub_is_back_is_named_by_its_power():
    found, dark = sites(44, powers=lambda site: f"power-{site}")
    every, left = (
        ("dc", "e", *dark),
        tuple(one for one in dark if one.split("-")[0] in ("r7", "s7")),
    )
    lab = Lab(found)
    for minute, gone in enumerate(((), dark, dark, left, left)):
        lab.feed(sweep(minute, gone, every))
    assert len(lab.causes) == 1
    assert set(lab.causes) <= {"r7", "power-7"}
    assert named(lab) == {"hub", *lab.causes}


@pytest.mark.parametrize("count", [10, 46])
def test_a_power_over_many_sites_is_one_cause(count):
    found, dark = sites(count, powers=lambda _: "power", unwatched=())
    every = ("dc", "e", "hub", *dark)
    lab = Lab(found)
    for minute, gone in enumerate(((), dark, dark, ())):
        lab.feed(sweep(minute, gone, every))
        assert lab.causes == (["power"] if gone else [])
    assert named(lab) == {"power"}


def test_two_hubs_that_share_all_sites_are_two_causes_and_no_site_is_named():
    found, dark = sites(60, powers=lambda site: f"power-{site}")
    tiers = {id_: one.tier for id_, one in found.components.items()} | {"hub2": Tier.WAN}
    links = {id_: one.ends for id_, one in found.links.items()} | {"l-hub2": ("hub2", "dc")}
    links |= {f"l2-r{site}": (f"r{site}", "hub2") for site in range(60)}
    risks = {id_: one.members for id_, one in found.shared_risks.items()}
    tiers.pop("app")
    hidden = frozenset({"hub", "hub2"})
    lab = Lab(catalogue(tiers, links, root="dc", risks=risks, unprobed=hidden))
    every = ("dc", "e", *dark)
    for minute, gone in enumerate(((), dark, dark)):
        lab.feed(sweep(minute, gone, every))
    assert lab.causes == ["hub", "hub2"]
    assert named(lab) == {"hub", "hub2"}


def carrying(tiers, links, watched, down):
    """Whether the hub is known to carry, once these were looked at."""
    unwatched = frozenset(tiers.keys() - set(watched))
    lab = Lab(catalogue(tiers, links, root="dc", unprobed=unwatched))
    lab.feed(sweep(0, (), watched), sweep(1, down, watched))
    return lab.fold._topology.inference._scenes._carries("hub")


def test_a_hub_carries_when_somebody_answers_to_whom_no_other_way_leads():
    tiers = BACKBONE | {"mid": Tier.CORE, "x": Tier.ACCESS}
    links = TRUNKS | {"l-mid": ("mid", "hub"), "l-x": ("x", "mid")}
    watched = ("dc", "e", "x")
    assert carrying(tiers, links, watched, ())
    assert not carrying(tiers, links, watched, ("x",))
    assert not carrying(tiers, links | {"l-x-e": ("x", "e")}, watched, ())


def test_nobody_carries_behind_somebody_who_does_not_answer_and_is_not_judged_yet():
    tiers = BACKBONE | {"p": Tier.WAN, "hub": Tier.CORE, "x": Tier.ACCESS}
    links = TRUNKS | {"l-p": ("p", "dc"), "l-hub": ("hub", "p"), "l-x": ("x", "hub")}
    watched = ("dc", "e", "p", "x")
    assert carrying(tiers, links, watched, ())
    assert not carrying(tiers, links, watched, ("p",))


# --- what is left out of a scene changes nothing ----------------------------------------------------

WATCHED = tuple(one for one in DEVICES if one not in ("d1", "s1"))


def one_poller():
    """The office with nobody looking at d1 and s1, power under some, a duct, and one poller."""
    plain = office(unprobed=frozenset({"d1", "s1"}))
    risks = {
        "power": SharedRisk(id="power", kind="power", members=("s1", "s2", "a1", "a2")),
        "duct": SharedRisk(id="duct", kind="duct", members=("l-s3", "l-s2-d1", "l-d2")),
    }
    return Compiled.of(replace(plain, shared_risks=risks))


COMPILED = one_poller()
PORTS = [(link, end) for link, ends in COMPILED.management.links.items() for end in ends]


@st.composite
def histories(draw):
    """A quarter of an hour in which the poller sweeps, ports change, and somebody says something."""
    events = []
    for _ in range(draw(st.integers(1, 16))):
        when = draw(st.integers(0, 60)) * 15
        what = draw(st.sampled_from(["sweep", "sweep", "sweep", "port", "said", "tick"]))
        if what == "sweep":
            down = draw(st.sets(st.sampled_from(WATCHED), max_size=6))
            order = draw(st.permutations(WATCHED))
            events += [saw(one, "down" if one in down else "up", when) for one in order]
        elif what == "port":
            link, end = draw(st.sampled_from(PORTS))
            events.append(port(link, draw(st.sampled_from(["up", "down", "down"])), when, end))
        elif what == "said":
            kind = draw(st.sampled_from(["self", "supplier"]))
            status = draw(st.sampled_from(["up", "degraded", "down"]))
            subject = draw(st.sampled_from([*DEVICES, "l-d1", "l-s3", "power"]))
            events.append(saw(subject, status, when, kind))
        else:
            events.append(tick(when))
    return events


@settings(max_examples=25, deadline=None)
@given(histories())
def test_a_scene_that_ends_at_who_is_known_to_carry_says_what_the_whole_scene_says(events):
    one, other = Fold(COMPILED), Fold(COMPILED)
    other._topology.inference._scenes._carries = lambda _: False
    for event in effective(events):
        assert one.step(event) == other.step(event)
    assert one.freeze() == other.freeze()
