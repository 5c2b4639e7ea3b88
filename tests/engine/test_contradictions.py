"""Sources that contradict each other: suppliers and probes, one vantage point and another (CORE.md 3.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.contract import RootCause, State
from tests.engine.lab import DEVICES, Lab, at, office, port, saw, sweep
from topology.live.component import CONTRADICTED
from topology.model import VantagePoint

# --- a supplier's "down" against what we see ----------------------------------------------------


def test_a_link_that_its_supplier_calls_down_is_down_until_something_answers_over_it():
    lab = Lab(office()).feed(sweep(0), saw("l-s3", "down", 10, "supplier"))
    assert lab.state("l-s3") == "down"
    lab.feed(saw("s3", "up", 20))
    assert lab.state("l-s3") == "up"
    assert lab.state("c-g3") == "up"


def test_both_words_are_shown_where_a_supplier_calls_down_what_carries():
    word = saw("l-s3", "down", 10, "supplier")
    lab = Lab(office()).feed(sweep(0), word, saw("s3", "up", 20))
    assert lab.one("l-s3")["reason"] == CONTRADICTED
    assert word.id in lab.last(State, "l-s3").data.evidence
    lab.feed(saw("l-s3", "up", 30, "supplier"))
    assert (lab.state("l-s3"), lab.one("l-s3")["reason"]) == ("up", "")


def test_a_device_that_answers_though_its_supplier_calls_it_down_is_up_and_both_are_shown():
    word = saw("s3", "down", 10, "supplier")
    lab = Lab(office()).feed(sweep(0), word, saw("s3", "up", 20))
    assert (lab.state("s3"), lab.one("s3")["reason"]) == ("up", CONTRADICTED)
    assert word.id in lab.last(State, "s3").data.evidence


def test_an_answer_from_before_the_word_does_not_contradict_it():
    lab = Lab(office()).feed(sweep(0), saw("l-s3", "down", 10, "supplier"))
    lab.feed(saw("d1", "up", 20), saw("core", "up", 21))
    assert lab.state("l-s3") == "down"


def test_an_answer_that_may_have_come_another_way_does_not_contradict_the_word():
    lab = Lab(office()).feed(sweep(0), saw("l-s1-d1", "down", 10, "supplier"), sweep(20))
    assert lab.state("l-s1-d1") == "down"
    lab.feed(sweep(60, ("d2",)), sweep(63, ("d2",)))
    assert lab.state("s1") == "up"
    assert lab.state("l-s1-d1") == "up"  # its other neighbour is dead: it answers over this link


def test_light_alone_does_not_contradict_a_supplier_for_it_may_end_at_his_own_box():
    lab = Lab(office()).feed(sweep(0), saw("l-s3", "down", 10, "supplier"))
    lab.feed(port("l-s3", "up", 20, "d1"))
    assert lab.state("l-s3") == "down"


def test_a_link_called_down_whose_end_fails_is_the_cause_again():
    lab = Lab(office()).feed(sweep(0), saw("l-s3", "down", 10, "supplier"), saw("s3", "up", 20))
    lab.feed(sweep(60, ("s3", "a3")), sweep(63, ("s3", "a3")))
    assert lab.causes == ["l-s3"]
    assert lab.state("s3") == "unreachable"


# --- one vantage point against another ----------------------------------------------------------


def two_points():
    points = {
        "p1": VantagePoint(id="p1", attached_to="core", via="l-p1"),
        "p2": VantagePoint(id="p2", attached_to="d2", via="l-p2"),
    }
    return replace(office(), vantage_points=points)


def looks(vantage: str, seconds: float, down: tuple[str, ...] = ()) -> list[object]:
    return [saw(d, "down" if d in down else "up", seconds, vantage=vantage) for d in DEVICES]


def torn() -> Lab:
    """The first vantage point fails to reach a switch twice; in between the second one reaches it."""
    lab = Lab(two_points()).feed(looks("p1", 0), looks("p2", 1))
    lab.feed(looks("p1", 60, ("s1",)), looks("p2", 61), looks("p1", 120, ("s1",)))
    return lab


def test_what_one_of_two_vantage_points_reaches_is_up_and_the_other_has_a_monitoring_fault():
    lab = torn()
    assert {lab.state(device) for device in DEVICES} == {"up"}
    assert lab.causes == ["l-p1"]
    cause = lab.last(RootCause, "l-p1").data
    assert (cause.monitoring_fault, cause.vantage, cause.since) == (True, "p1", at(60))
    assert cause.certainty == "meetpunt p1 bereikt niet wat een ander wel bereikt: s1"
    assert cause.flags == ["contradiction"]


def test_a_view_that_is_torn_costs_no_second_of_outage_and_opens_a_monitoring_incident():
    lab = torn().feed(looks("p2", 121), looks("p1", 180, ("s1",)), looks("p2", 181)).until(200)
    said = {e.data.state for e in lab.told if isinstance(e, State) and e.data.of == "chain"}
    assert said <= {"up", "unknown"}
    assert {lab.state(chain) for chain in ("c-g1", "c-g2", "c-g3")} == {"up"}
    assert [(one["cause"], one["chains"]) for one in lab.incidents] == [("l-p1", [])]


@pytest.mark.parametrize("last", [[], looks("p1", 119, ("s1",))], ids=["once", "before the answer"])
def test_one_lost_look_or_a_failure_that_the_other_has_not_seen_yet_tears_no_view(last):
    lab = Lab(two_points()).feed(looks("p1", 0), looks("p2", 1), looks("p1", 60, ("s1",)))
    lab.feed(last, looks("p2", 120))
    assert lab.causes == []


def test_a_torn_view_is_over_with_the_first_answer():
    lab = torn().feed(saw("s1", "up", 150, vantage="p1"))
    assert lab.causes == []
    assert lab.last(RootCause, "l-p1").data.status == "closed"


def test_a_torn_view_with_a_cause_on_its_own_way_is_that_cause_and_no_monitoring_fault():
    lab = Lab(two_points()).feed(looks("p1", 0), looks("p2", 1))
    lab.feed(port("l-d2", "down", 58, "core"), port("l-d1", "down", 58, "core"))
    dark = ("d1", "d2", "s1", "s2", "s3", "a1", "a2", "a3")
    lab.feed(looks("p1", 60, dark), looks("p2", 61, ("core",)))
    lab.feed(looks("p1", 120, dark), looks("p2", 121, ("core",)))
    assert "l-p1" not in lab.causes
    assert {"l-d1", "l-d2"} <= set(lab.causes)


def test_a_torn_view_survives_a_snapshot():
    lab = torn()
    frozen = lab.fold.freeze()
    again = type(lab.fold).thaw(lab.compiled, frozen)
    assert again.step(saw("s1", "down", 180, vantage="p1")) == lab.fold.step(
        saw("s1", "down", 180, vantage="p1")
    )


# --- the catalogue in doubt ---------------------------------------------------------------------


def test_an_answer_from_before_the_failure_casts_no_doubt_on_the_catalogue():
    asked = ("core", "d1", "d2", "s1", "s2", "s3")
    dead = ("d1", "d2", "s1", "s2", "s3")  # the access points were last asked when all was well
    lab = Lab(office(risks={"power": ("d1", "d2")})).feed(sweep(0))
    lab.feed(sweep(60, dead, asked), sweep(63, dead, asked))
    cause = lab.last(RootCause, "power").data
    assert lab.causes == ["power"]
    assert cause.flags == []
