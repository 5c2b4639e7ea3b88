"""A site power that goes without a word while UPSes keep some of its members alive (CORE.md 3.3)."""

from __future__ import annotations

from dataclasses import replace

from events.contract import RootCause, State
from tests.engine.lab import DEVICES, Lab, at, change, office, saw, sweep
from topology.model import SharedRisk

TWO = ("s1", "s2", "a1", "a2")
ALL = (*TWO, "s3", "a3")
FED = {"power": ("s1", "s2", "s3")}


def staircase(**more: object) -> Lab:
    """The power of three switches goes; two die at once, the third lives on."""
    lab = Lab(office(**{"risks": FED, **more}))
    return lab.feed(sweep(0), sweep(60, TWO), sweep(63, TWO))


def opened(lab: Lab) -> set[str]:
    return {e.subject for e in lab.told if isinstance(e, RootCause) and e.data.status == "open"}


def test_power_is_named_while_a_member_answers_and_the_doubt_is_said():
    cause = staircase().last(RootCause, "power").data
    assert (cause.cost, cause.runner_up, cause.margin) == (1750, 2400, 650)
    assert cause.second == ["s1", "s2"]
    assert [(test.way, test.subject) for test in cause.next_tests if test.way == "battery"] == [
        ("battery", "s3")
    ]
    assert "misschien op noodstroom: s3" in cause.certainty


def test_one_failed_switch_is_itself_though_its_power_mates_are_few():
    lab = Lab(office(risks={"power": ("s1", "s2")}))
    lab.feed(sweep(0), sweep(60, ("s1", "a1")), sweep(63, ("s1", "a1")))
    assert lab.causes == ["s1"]


def test_who_lives_on_is_not_brought_down_by_the_power():
    lab = staircase()
    assert (lab.state("power"), lab.state("s3"), lab.state("a3")) == ("degraded", "up", "up")
    assert {lab.state("s1"), lab.state("s2")} == {"down"}
    assert lab.one("s1")["causes"] == ["power"]
    assert (lab.state("c-g1"), lab.one("c-g1")["causes"]) == ("down", ["power"])
    assert lab.state("c-g3") == "degraded"
    assert lab.one("c-g3")["users_affected"] == {"certain": 0, "possible": 0}


def test_the_felled_members_of_a_power_have_no_incident_of_their_own():
    lab = staircase().until(200)
    assert [one["cause"] for one in lab.incidents] == ["power"]
    assert lab.incidents[0]["chains"] == ["c-g1", "c-g2", "c-g3"]
    lab.feed(sweep(210, ALL), sweep(213, ALL)).until(300)
    assert [one["cause"] for one in lab.incidents] == ["power"]


def test_a_chain_that_lived_on_is_down_from_its_own_end_on_and_not_from_the_power_s():
    lab = staircase().feed(sweep(130, ALL), sweep(133, ALL))
    assert lab.state("power") == "down"
    assert {lab.state(one) for one in ("s1", "s2", "s3")} == {"unreachable"}
    assert lab.one("c-g1")["since"] == at(60).isoformat().replace("+00:00", "Z")
    assert lab.one("c-g3")["since"] == at(130).isoformat().replace("+00:00", "Z")
    assert lab.last(RootCause, "power").data.since == at(60)
    assert opened(lab) == {"power"}


def test_the_answer_grows_surer_with_each_member_that_fails():
    lab = staircase().feed(sweep(130, ALL), sweep(133, ALL))
    cause = lab.last(RootCause, "power").data
    assert (cause.cost, cause.runner_up) == (1500, 3600)
    assert cause.certainty.startswith("alles onder power viel samen uit; anders ")


def test_a_member_that_came_back_shows_that_the_power_is_on():
    lab = staircase().feed(saw("s1", "up", 120))
    assert lab.causes == []
    lab.feed(sweep(180, ("s2", "a2")))
    assert lab.causes == ["s2"]


def test_a_duct_has_no_battery():
    powered = office(risks=FED)
    duct = {"power": SharedRisk(id="power", kind="duct", members=("s1", "s2", "s3"))}
    lab = Lab(replace(powered, shared_risks=duct))
    lab.feed(sweep(0), sweep(60, TWO), sweep(63, TWO))
    assert lab.causes == ["s1", "s2"]


def test_members_that_fail_more_than_two_minutes_apart_name_no_power():
    lab = Lab(office(risks=FED)).feed(sweep(0), sweep(60, ("s1", "a1")), sweep(63, ("s1", "a1")))
    lab.feed(sweep(180, ("s1", "a1")), sweep(245, TWO), sweep(248, TWO))
    assert lab.causes == ["s1", "s2"]


def test_who_was_not_asked_since_is_waited_for_where_the_answer_hangs_on_it():
    members = (
        "d1",
        "d2",
        "s1",
        "s2",
        "s3",
        "a3",
    )  # with a3 gone the power, with a3 alive two switches
    lab = Lab(office(risks={"power": members})).feed(sweep(0))
    asked = tuple(device for device in DEVICES if device != "a3")
    lab.feed(sweep(60, TWO, asked), sweep(63, TWO, asked))
    assert lab.causes == []
    assert lab.state("s2") == "unknown"
    lab.feed(saw("a3", "up", 70))
    assert lab.causes == ["s1", "s2"]


def test_a_word_of_a_battery_names_no_power_for_who_failed_long_before():
    lab = Lab(office(risks={"power": ("s1", "s2")})).feed(sweep(0))
    for moment in range(60, 600, 60):
        lab.feed(sweep(moment, ("s1", "a1")))
    lab.feed(saw("s2", "degraded", 590, "self", reason="on battery"), sweep(600, ("s1", "a1")))
    assert lab.causes == ["s1"]
    late = ("s1", "a1", "s2", "a2")
    lab.feed(sweep(660, late), sweep(663, late))
    assert lab.causes == ["power", "s1"]


def test_planned_work_on_the_power_is_maintenance_and_no_cause():
    lab = Lab(office(risks=FED)).feed(change("w", ["power"], (50, 500), 5))
    lab.feed(sweep(10), sweep(60, TWO), sweep(63, TWO))
    assert lab.state("power") == "maint"
    assert lab.causes == []
    assert lab.state("c-g1") == "maintenance"


def test_a_told_battery_leaves_the_chains_of_who_still_works_alone():
    lab = Lab(office(risks={"power": ("s1", "s2")})).feed(
        sweep(0), saw("s2", "degraded", 30, "self", reason="on battery")
    )
    lab.feed(sweep(60, ("s1", "a1")), sweep(63, ("s1", "a1")))
    assert lab.causes == ["power"]
    assert (lab.state("c-g1"), lab.state("c-g2")) == ("down", "degraded")
    told = [e.data.state for e in lab.told if isinstance(e, State) and e.subject == "c-g2"]
    assert "down" not in told


def test_every_device_that_fails_is_asked_for_its_power_once_and_in_any_order():
    for order in (("s1", "s2"), ("s2", "s1")):
        lab = Lab(office(risks=FED)).feed(sweep(0))
        dark: tuple[str, ...] = ()
        for number, switch in enumerate(order):
            dark = (*dark, switch, switch.replace("s", "a"))
            lab.feed(sweep(60 + 40 * number, dark, DEVICES), sweep(63 + 40 * number, dark))
        assert lab.causes == ["power"]
