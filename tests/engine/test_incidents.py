"""Who must know, and when: confirm, clear, reopen, priority (CORE.md 6; DESIGN.md 7.1)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.priority import propose
from events import ids
from events.contract import Acknowledgement, AcknowledgementData
from tests.engine.lab import DEVICES, Lab, at, catalogue, change, office, port, saw, sweep, tick
from topology.model import Tier, Timing

SMALL = {"s": Tier.ACCESS, "t": Tier.ACCESS}
WIRES = {"l-s": ("s", "app"), "l-t": ("t", "app")}


def small(**more):
    return catalogue(SMALL, WIRES, groups={"g": ("s",)}, unprobed=frozenset(SMALL), **more)


def record(status, seconds, subject="s"):
    return saw(subject, status, seconds, "recorded")


def test_an_incident_opens_when_down_has_lasted_exactly_confirm():
    lab = Lab(small()).feed(record("down", 0)).until(59)
    assert lab.incidents == []
    lab.until(60)
    assert [(i["cause"], i["opened"], i["since"]) for i in lab.incidents] == [
        ("s", "2026-06-09T12:01:00Z", "2026-06-09T12:00:00Z")
    ]


def test_a_flap_shorter_than_confirm_pages_nobody():
    lab = Lab(small()).feed(record("down", 0), record("up", 59)).until(3600)
    assert (lab.incidents, lab.notices) == ([], [])


def test_up_at_the_very_moment_of_confirm_pages_nobody():
    lab = Lab(small()).feed(record("down", 0), record("up", 60), tick(61)).until(3600)
    assert lab.incidents == []


def test_an_incident_closes_when_up_has_held_clear():
    lab = Lab(small()).feed(record("down", 0), record("up", 100)).until(219)
    assert lab.incidents[0]["closed"] is None
    lab.until(220)
    assert lab.incidents[0]["closed"] == "2026-06-09T12:03:40Z"
    assert lab.notices == ["opened", "closed"]


def test_a_relapse_before_clear_is_the_same_incident_without_a_new_notice():
    lab = Lab(small()).feed(record("down", 0), record("up", 100), record("down", 200)).until(400)
    assert len(lab.incidents) == 1
    assert lab.notices == ["opened"]


def test_the_same_cause_soon_after_the_close_reopens_and_keeps_its_opening():
    lab = (
        Lab(small())
        .feed(record("down", 0), record("up", 100), record("down", 220 + 900))
        .until(2000)
    )
    (one,) = lab.incidents
    assert (one["opened"], one["closed"], one["reopened"]) == ("2026-06-09T12:01:00Z", None, 1)
    assert lab.notices == ["opened", "closed", "reopened"]


def test_the_same_cause_long_after_the_close_is_another_incident():
    lab = (
        Lab(small())
        .feed(record("down", 0), record("up", 100), record("down", 220 + 901))
        .until(2000)
    )
    assert [one["closed"] is None for one in lab.incidents] == [False, True]


def test_a_down_component_that_hurts_nobody_still_has_an_incident():
    lab = Lab(small()).feed(record("down", 0, "t")).until(60)
    assert [(i["cause"], i["chains"], i["priority"]) for i in lab.incidents] == [("t", [], "P4")]


def test_a_degraded_component_opens_an_incident_of_its_own_kind_and_is_raised_when_it_falls():
    lab = Lab(small()).feed(record("degraded", 0)).until(60)
    assert [i["fault"] for i in lab.incidents] == ["degraded"]
    lab.feed(record("down", 100)).until(160)
    assert [(i["fault"], i["users"]) for i in lab.incidents] == [("down", 100)]
    assert "raised" in lab.notices


def test_two_kinds_of_observation_open_at_once():
    quick = office(timing=Timing(confirm_s=60, confirm_corroborated_s=0))
    lab = (
        Lab(quick).feed(sweep(0), port("l-s3", "down", 60, "d1"), sweep(63, ("s3", "a3"))).until(63)
    )
    assert [(i["cause"], i["opened"]) for i in lab.incidents] == [("l-s3", "2026-06-09T12:01:03Z")]


def test_symptoms_open_no_incident():
    dead = ("d1", "s3", "a3")
    lab = Lab(office()).feed(sweep(0), *(sweep(60 * n, dead) for n in range(1, 5)))
    assert [i["cause"] for i in lab.incidents] == ["d1"]
    assert lab.incidents[0]["chains"] == ["c-g3"]


def test_the_blind_poller_is_one_incident_and_closes_when_it_sees():
    lab = Lab(office()).feed(sweep(0), *(sweep(60 * n, DEVICES) for n in range(1, 4)))
    assert [(i["cause"], i["fault"], i["users"]) for i in lab.incidents] == [
        ("l-poller", "monitoring", 0)
    ]
    assert lab.incidents[0]["chains"] == ["c-g1", "c-g2", "c-g3"]
    lab.feed(sweep(240), sweep(300), sweep(360), sweep(420))
    assert lab.incidents[0]["closed"] == "2026-06-09T12:06:00Z"
    assert len(lab.incidents) == 1


def test_blindness_neither_confirms_nor_clears_an_incident():
    lab = Lab(office()).feed(sweep(0), *(sweep(60 * n, ("s3", "a3")) for n in range(1, 3)))
    lab.feed(*(sweep(60 * n, DEVICES) for n in range(3, 6)))
    by_cause = {i["cause"]: i for i in lab.incidents}
    assert by_cause["s3"]["closed"] is None
    assert set(by_cause) == {"s3", "l-poller"}


def test_two_parts_that_fell_the_chain_together_both_hurt_it_and_a_bystander_does_not():
    tiers = {"w1": Tier.WAN, "w2": Tier.WAN, "s": Tier.ACCESS, "a1": Tier.AP, "a2": Tier.AP}
    links = {
        "l-1": ("w1", "app"),
        "l-2": ("w2", "app"),
        "l-s1": ("s", "w1"),
        "l-s2": ("s", "w2"),
        "l-a1": ("a1", "s"),
        "l-a2": ("a2", "s"),
    }
    lab = Lab(catalogue(tiers, links, groups={"g": ("a1", "a2")}, unprobed=frozenset(tiers)))
    lab.feed(record("down", 0, "w1"), record("down", 1, "a1")).until(100)
    assert {i["cause"]: i["chains"] for i in lab.incidents} == {"w1": [], "a1": []}
    lab.feed(record("down", 100, "w2")).until(200)
    assert {i["cause"]: i["chains"] for i in lab.incidents} == {
        "w1": ["c-g"],
        "w2": ["c-g"],
        "a1": [],
    }
    assert lab.one("c-g")["causes"] == ["w1", "w2"]


def test_priority_rises_with_the_impact_and_is_never_lowered():
    two = {"s": Tier.ACCESS, "t": Tier.ACCESS, "core": Tier.CORE}
    links = {
        "l-c": ("core", "app"),
        "l-s": ("s", "core"),
        "l-t": ("t", "core"),
        "l-t2": ("t", "app"),
    }
    lab = Lab(
        catalogue(two, links, groups={"g": ("s",), "h": ("t",)}, unprobed=frozenset(two), urgency=3)
    )
    lab.feed(record("down", 0, "core")).until(60)
    assert [(i["priority"], i["users"]) for i in lab.incidents] == [("P2", 100)]
    lab.feed(record("down", 100, "l-t2")).until(170)
    assert {(i["cause"], i["users"]) for i in lab.incidents} == {("core", 200), ("l-t2", 100)}
    lab.feed(record("up", 180, "core")).until(190)
    assert {i["priority"] for i in lab.incidents} == {"P2"}


def test_the_matrix_is_the_agreed_one():
    said = {
        (share, urgency): propose(share, urgency)
        for share in (500_000, 100_000, 10_000, 9_999)
        for urgency in (1, 2, 3)
    }
    assert [said[s, u] for s in (500_000, 100_000, 10_000, 9_999) for u in (1, 2, 3)] == (
        ["P1", "P1", "P2", "P1", "P2", "P3", "P2", "P3", "P4", "P3", "P4", "P4"]
    )


def test_planned_work_explains_a_failure_and_opens_nothing_until_it_overruns():
    work = change("w", ["s"], (100, 400), 10)
    lab = Lab(small()).feed(work, record("down", 150)).until(399)
    assert (lab.state("s"), lab.state("c-g"), lab.incidents) == ("maint", "maintenance", [])
    lab.until(460)
    assert lab.state("s") == "down"
    assert lab.one("s")["since"] == "2026-06-09T12:06:40Z"
    assert [i["opened"] for i in lab.incidents] == ["2026-06-09T12:07:40Z"]


def test_planned_work_never_hides_what_works():
    lab = Lab(small()).feed(record("up", 0), change("w", ["s"], (100, 400), 10)).until(200)
    assert lab.state("s") == "up"


def test_work_agreed_after_its_start_explains_nothing():
    lab = (
        Lab(small())
        .feed(record("down", 0), change("w", ["s"], (5, 400), 10, agreed_at=at(6)))
        .until(20)
    )
    assert lab.state("s") == "down"


def test_work_reported_complete_ends_its_window():
    work = change("w", ["s"], (100, 400), 10)
    done = change("w", ["s"], (100, 400), 200, agreed_at=at(10), completed_at=at(190))
    lab = Lab(small()).feed(work, record("down", 150), done).until(210)
    assert lab.one("s")["since"] == "2026-06-09T12:03:10Z"
    assert lab.state("s") == "down"


def test_an_acknowledgement_is_kept_with_its_incident():
    lab = Lab(small()).feed(record("down", 0)).until(60)
    ack = ids.event(
        Acknowledgement,
        source="operator/x",
        subject=lab.incidents[0]["id"],
        time=at(70),
        data=AcknowledgementData(actor="j.jansen"),
    )
    lab.feed(ack, ack)
    assert lab.incidents[0]["acknowledged_by"] == "j.jansen"


def test_grave_and_recurring_causes_are_problem_candidates():
    lab = Lab(small())
    for n in range(3):
        lab.feed(record("down", 5000 * n), record("up", 5000 * n + 100))
    lab.until(20000)
    assert lab.fold.verdict()["problems"] == [
        {"cause": "s", "reason": "priority"},
        {"cause": "s", "reason": "recurrence"},
    ]


STEPS = st.lists(
    st.tuples(st.integers(1, 400), st.sampled_from(["up", "down"])), min_size=1, max_size=12
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_incidents_are_those_of_a_replay_second_by_second(steps):
    """The oracle walks every second and knows only the words of CORE.md 6."""
    when, marks = 0, []
    for wait, status in steps:
        when += wait
        marks.append((when, status))
    end = when + 500
    lab = Lab(small()).feed(*(record(status, at_) for at_, status in marks)).until(end)
    got = [
        (
            (_seconds(i["opened"])),
            None if i["closed"] is None else _seconds(i["closed"]),
            i["reopened"],
        )
        for i in lab.incidents
    ]
    assert got == walked(marks, end)


def _seconds(text):
    from datetime import datetime

    return int((datetime.fromisoformat(text) - at(0)).total_seconds())


def walked(marks, end):
    found, state, since, is_open = [], "up", 0, False
    by_second = dict(marks)
    for second in range(end + 1):
        new = by_second.get(second, state)
        if new != state:
            state, since = new, second
        if state == "down" and not is_open and second - since >= 60:
            is_open = True
            if found and since - found[-1][1] <= 900:
                found[-1][1:] = [None, found[-1][2] + 1]
            else:
                found.append([second, None, 0])
        elif state == "up" and is_open and second - since >= 120:
            is_open = False
            found[-1][1] = second
    return [tuple(one) for one in found]


@pytest.mark.parametrize("kind", ["service", "supplier", "self"])
def test_without_a_vantage_point_nothing_is_inferred(kind):
    lab = Lab(small()).feed(saw("s", "down", 0, kind)).until(60)
    assert [i["cause"] for i in lab.incidents] == ["s"]
