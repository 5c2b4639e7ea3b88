"""Parts that come and go: who is behind them is not named for it, and old port readings name no link."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.contract import RootCause
from tests.engine.lab import DEVICES, GAP_S, WAIT_S, Lab, catalogue, office, port, saw, sweep
from topology.model import SharedRisk, Tier

OTHERS = tuple(one for one in DEVICES if one not in ("s3", "a3"))


def ever_named(lab: Lab) -> set[str]:
    return {event.subject for event in lab.told if isinstance(event, RootCause)}


# --- behind what comes and goes ---------------------------------------------------------------


def behind_a_switch_that_is_back() -> Lab:
    """d1 was away until 58; s3, behind it, failed a look that ran from 54 to 60."""
    lab = Lab(office()).feed(sweep(0), saw("d1", "down", 50), saw("d1", "up", 58))
    return lab.feed(saw("s3", "down", 60), sweep(61, (), OTHERS), saw("a3", "down", 61))


def test_who_failed_a_look_during_which_its_way_came_back_is_not_named_for_it():
    lab = behind_a_switch_that_is_back()
    assert lab.one("s3")["reason"] == "wordt nagekeken"
    lab.until(60 + WAIT_S + 1)
    assert lab.state("s3") == "unknown"
    lab.feed(saw("s3", "up", 130), saw("a3", "up", 130))
    assert ever_named(lab) == set()


def test_who_fails_a_look_that_began_after_its_way_was_back_is_named():
    lab = behind_a_switch_that_is_back().feed(saw("s3", "down", 66), sweep(67, (), OTHERS))
    assert ever_named(lab) == {"s3"}
    assert lab.one("s3")["since"] == "2026-06-09T12:01:00Z"


def test_a_line_that_has_signal_again_excuses_who_is_behind_it_likewise():
    lab = Lab(office()).feed(sweep(0), port("l-d1", "down", 50, "core"))
    lab.feed(port("l-d1", "up", 58, "core"), saw("s3", "down", 60))
    lab.feed(sweep(61, (), OTHERS), saw("a3", "down", 61))
    assert ever_named(lab) == set()
    lab.feed(saw("s3", "down", 66), sweep(67, (), OTHERS))
    assert ever_named(lab) == {"s3"}


def test_what_nobody_looked_at_for_long_has_not_come_back():
    later = GAP_S * 4
    lab = Lab(office()).feed(sweep(0), sweep(later), saw("s3", "down", later + 2))
    lab.feed(sweep(later + 3, (), OTHERS), saw("a3", "down", later + 3))
    assert ever_named(lab) == {"s3"}


def test_who_is_asked_again_waits_for_a_look_at_its_surroundings_after_it_failed_again():
    """What hid it is back at 100 and may be away again at 163, when it fails anew."""
    dead = ("d1", "s3", "a3")
    lab = Lab(office()).feed(sweep(0), saw("s3", "down", 57), sweep(60, dead))
    assert lab.causes == ["d1"]
    lab.feed(saw("d1", "up", 100), sweep(101, (), OTHERS))
    lab.feed(saw("s3", "down", 163), saw("a3", "down", 163))
    assert ever_named(lab) == {"d1"}
    lab.feed(sweep(164, dead))
    assert ever_named(lab) == {"d1"}


# --- old readings -----------------------------------------------------------------------------


def test_a_dark_port_that_was_read_before_its_end_came_back_names_no_link():
    lab = Lab(office()).feed(sweep(0), saw("s1", "down", 20), saw("s1", "up", 40))
    lab.feed(saw("d1", "up", 60), port("l-s1-d1", "down", 60, "d1"))
    lab.feed(saw("s1", "up", 100))
    assert ever_named(lab) == set()
    lab.feed(saw("d1", "up", 110), port("l-s1-d1", "down", 110, "d1"))
    assert ever_named(lab) == {"l-s1-d1"}


def test_signal_at_the_other_side_later_on_outdates_a_dark_port_until_it_is_read_again():
    lab = Lab(office()).feed(sweep(0), port("l-s1-d1", "down", 60, "d1"))
    lab.feed(port("l-s1-d1", "up", 62, "s1"), sweep(63)).until(60 + WAIT_S + 5)
    assert ever_named(lab) == set()
    lab.feed(port("l-s1-d1", "down", 135, "d1"))
    assert ever_named(lab) == {"l-s1-d1"}


# --- ports of those who answer by another way ------------------------------------------------------


def two_routers(**more: object):
    """A distribution switch on two routers, each on a line of its own; the poller before these."""
    tiers = {"dc": Tier.DATACENTRE, "w1": Tier.WAN, "w2": Tier.WAN, "d": Tier.DISTRIBUTION}
    links = {"l-app": ("dc", "app"), "l-w1": ("w1", "dc"), "l-w2": ("w2", "dc")}
    links |= {"l-d1": ("d", "w1"), "l-d2": ("d", "w2")}
    return catalogue(tiers, links, root="dc", groups={"g": ("d",)}, **more)


def with_a_duct():
    """The same, where the exact search is asked: the line lies in a duct of which nothing is seen."""
    duct = SharedRisk(id="duct", kind="duct", members=("l-w1", "l-app"))
    return replace(two_routers(), shared_risks={"duct": duct})


EVERY = ("dc", "w1", "w2", "d")


@pytest.mark.parametrize("made", [two_routers, with_a_duct])
def test_a_router_dark_before_and_behind_is_named_and_not_its_line(made):
    lab = Lab(made()).feed(sweep(0, (), EVERY), port("l-w1", "down", 60, "dc"))
    lab.feed(port("l-d1", "down", 60, "d"), sweep(63, ("w1",), EVERY))
    assert ever_named(lab) == {"w1"}
    assert {lab.state("l-w1"), lab.state("l-d1")} == {"unreachable"}
    cause = lab.last(RootCause, "w1").data
    assert cause.cost == 1200
    assert cause.runner_up == 2000


@pytest.mark.parametrize("made", [two_routers, with_a_duct])
def test_a_router_dark_before_and_not_behind_has_lost_its_line(made):
    lab = Lab(made()).feed(sweep(0, (), EVERY), port("l-w1", "down", 60, "dc"))
    lab.feed(port("l-w2", "up", 60, "dc"), port("l-d1", "up", 60, "d"))
    lab.feed(sweep(63, ("w1",), EVERY))
    assert ever_named(lab) == {"l-w1"}
