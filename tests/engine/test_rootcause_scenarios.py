"""Faults of an office network, and what must be named for them (CORE.md 3; DESIGN.md 7.2)."""

from __future__ import annotations

from events.contract import NextTest, RootCause, State
from tests.engine.lab import (
    DEVICES,
    GAP_S,
    WAIT_S,
    Lab,
    at,
    catalogue,
    office,
    port,
    saw,
    sweep,
    tick,
)
from topology.model import Tier

BEHIND_D1_ONLY = ("s3", "a3")


def test_a_failure_is_being_checked_until_everything_around_the_path_was_seen():
    lab = Lab(office()).feed(sweep(0), saw("a3", "down", 60))
    assert lab.one("a3") | {"since": ""} == {
        "state": "unknown",
        "since": "",
        "reason": "wordt nagekeken",
        "causes": [],
    }
    assert lab.causes == []


def test_a_dead_access_point_is_the_cause_from_its_first_failure_on():
    lab = Lab(office()).feed(sweep(0), saw("a3", "down", 60), sweep(63, ("a3",)))
    assert lab.causes == ["a3"]
    assert lab.one("a3")["since"] == "2026-06-09T12:01:00Z"
    assert lab.state("c-g3") == "down"
    assert lab.one("c-g3")["since"] == "2026-06-09T12:01:00Z"
    assert lab.one("c-g3")["causes"] == ["a3"]


def test_without_the_surroundings_the_wait_ends_by_itself():
    lab = Lab(office()).feed(sweep(0), saw("a3", "down", 40))
    lab.until(40 + WAIT_S - 1)
    assert lab.state("a3") == "unknown"
    lab.until(40 + WAIT_S)
    assert lab.state("a3") == "down"
    assert lab.one("a3")["since"] == "2026-06-09T12:00:40Z"


def test_a_dead_distribution_switch_hides_what_only_it_reaches_and_nothing_else():
    dead = ("d1", *BEHIND_D1_ONLY)
    lab = Lab(office()).feed(sweep(0), saw("a3", "down", 60), sweep(63, dead))
    assert lab.causes == ["d1"]
    assert lab.state("d1") == "down"
    assert {lab.state(id_) for id_ in BEHIND_D1_ONLY} == {"unreachable"}
    assert lab.one("a3")["causes"] == ["d1"]
    assert lab.state("s1") == "up"
    assert lab.state("c-g1") == "up"
    assert lab.state("c-g3") == "down"
    lab.until(68)
    assert lab.last(RootCause, "d1").data.symptoms == ["a3", "s3"]


def test_loss_of_signal_on_the_only_link_names_the_link():
    dead = ("s3", "a3")
    lab = Lab(office()).feed(sweep(0), port("l-s3", "down", 60, "d1"), sweep(63, dead))
    assert lab.causes == ["l-s3"]
    assert (lab.state("l-s3"), lab.state("s3")) == ("down", "unreachable")
    cause = lab.last(RootCause, "l-s3").data
    assert (cause.cost, cause.runner_up) == (1000, 1200)
    assert "kan ook s3 zijn" in cause.certainty
    assert cause.corroborated


def test_loss_of_signal_on_both_uplinks_names_the_switch():
    dead = ("s1", "a1")
    lab = Lab(office()).feed(
        sweep(0),
        port("l-s1-d1", "down", 60, "d1"),
        port("l-s1-d2", "down", 60, "d2"),
        sweep(63, dead),
    )
    assert lab.causes == ["s1"]
    assert {lab.state("l-s1-d1"), lab.state("l-s1-d2"), lab.state("a1")} == {"unreachable"}
    assert lab.last(RootCause, "s1").data.runner_up == 2000


def test_a_lit_port_exonerates_the_link():
    lab = Lab(office()).feed(sweep(0), port("l-s3", "up", 50, "d1"), sweep(63, ("s3", "a3")))
    assert lab.causes == ["s3"]
    assert lab.last(RootCause, "s3").data.runner_up is None


def test_with_its_port_unread_a_link_cannot_be_told_from_the_switch_behind_it():
    lab = Lab(office()).feed(sweep(0), sweep(63, ("s3", "a3")))
    cause = lab.last(RootCause, "s3").data
    assert (cause.cost, cause.runner_up, cause.margin) == (1200, 1200, 0)
    assert cause.explanations == [["s3"], ["l-s3"]]
    assert cause.next_tests == [NextTest(way="port", subject="l-s3", seen_from="d1")]
    assert "l-s3" in cause.certainty


def test_a_dying_gasp_moves_the_cause_from_the_link_to_the_switch():
    lab = Lab(office()).feed(
        sweep(0),
        saw("s3", "down", 60, "self"),
        port("l-s3", "down", 60, "d1"),
        sweep(63, ("s3", "a3")),
    )
    assert lab.causes == ["s3"]
    assert lab.last(RootCause, "s3").data.corroborated
    assert lab.last(RootCause, "s3").data.runner_up == 1500


def test_a_dark_link_between_two_answering_switches_is_its_own_fault_and_fells_nobody():
    lab = Lab(office()).feed(sweep(0), port("l-s1-d1", "down", 60, "d1"))
    assert lab.state("l-s1-d1") == "unknown"
    lab.feed(sweep(63))
    assert lab.causes == ["l-s1-d1"]
    assert lab.state("c-g1") == "up"


def test_lost_redundancy_degrades_a_chain_whose_level_asks_for_two_ways():
    apart = office(redundancy=2, groups={"g1": ("s1",)})
    lab = Lab(apart).feed(sweep(0), port("l-s1-d1", "down", 60, "d1"), sweep(63))
    assert "l-s1-d1" in lab.causes


def test_the_poller_going_blind_is_one_monitoring_fault_and_nothing_is_down():
    lab = Lab(office()).feed(sweep(0), sweep(60, DEVICES))
    assert lab.causes == ["l-poller"]
    cause = lab.last(RootCause, "l-poller").data
    assert cause.monitoring_fault
    assert (cause.margin, cause.second) == (600, ["core"])
    assert (cause.cost, cause.runner_up) == (900, 1500)
    assert {lab.state(id_) for id_ in DEVICES} == {"unknown"}
    assert lab.state("c-g1") == "unknown"
    assert lab.one("c-g1")["causes"] == ["l-poller"]
    assert not [e for e in lab.told if isinstance(e, State) and e.data.state == "down"]


def test_in_a_blind_scene_everything_is_unknown_since_the_blindness_and_not_since_it_last_changed():
    lab = Lab(office()).feed(sweep(0), sweep(60), saw("core", "down", 120), sweep(123, DEVICES))
    assert {lab.one(id_)["since"] for id_ in DEVICES} == {"2026-06-09T12:02:00Z"}
    assert lab.one("c-g1")["since"] == "2026-06-09T12:02:00Z"


def test_a_verdict_names_the_observations_that_decided_it():
    first, dark = saw("s3", "down", 60), port("l-s3", "up", 50, "d1")
    lab = Lab(office()).feed(sweep(0), dark, first, sweep(63, ("s3", "a3")))
    assert lab.last(State, "s3").data.evidence == [first.id]
    assert lab.last(State, "c-g3").data.evidence == []


def test_sight_comes_back_with_the_first_answer_and_the_rest_is_asked_again():
    lab = Lab(office()).feed(sweep(0), sweep(60, DEVICES), saw("core", "up", 120))
    assert lab.causes == []
    assert lab.state("core") == "up"
    assert lab.state("s3") == "unknown"
    lab.feed(sweep(121, ("s3", "a3")))
    assert lab.causes == []  # that look began before anything answered
    lab.feed(sweep(127, ("s3", "a3")))
    assert lab.causes == ["s3"]
    assert lab.one("s3")["since"] == "2026-06-09T12:02:07Z"
    assert lab.state("c-g1") == "up"


def test_a_silent_agent_with_something_answering_behind_it_is_degraded_not_down():
    lab = Lab(office()).feed(sweep(0), sweep(60, ("s3",)), sweep(63, ("s3",)))
    assert lab.state("a3") == "up"
    assert lab.state("s3") == "degraded"
    assert lab.causes == []


def test_a_fault_in_a_shadow_becomes_a_cause_only_after_it_fails_by_itself():
    dead = ("d1", "s3", "a3")
    lab = Lab(office()).feed(sweep(0), sweep(60, dead), saw("d1", "up", 120))
    assert lab.state("s3") == "unknown"
    assert lab.causes == []
    lab.feed(sweep(180, ("s3", "a3")))
    assert lab.causes == ["s3"]
    assert lab.one("s3")["since"] == "2026-06-09T12:03:00Z"


def test_recovery_of_the_cause_leaves_no_false_cause_behind():
    lab = Lab(office()).feed(sweep(0), sweep(60, ("d1", "s3", "a3")), sweep(120))
    assert lab.causes == []
    opened = {e.subject for e in lab.told if isinstance(e, RootCause) and e.data.status == "open"}
    assert opened == {"d1"}


def test_site_power_explains_two_switches_cheaper_than_two_faults():
    powered = office(risks={"power-plek": ("s1", "s2", "a1", "a2")})
    lab = Lab(powered).feed(
        sweep(0), sweep(60, ("s1", "s2", "a1", "a2")), sweep(63, ("s1", "s2", "a1", "a2"))
    )
    assert lab.causes == ["power-plek"]
    assert lab.state("power-plek") == "down"
    assert {lab.state(id_) for id_ in ("s1", "s2", "a1", "a2")} == {"unreachable"}
    cause = lab.last(RootCause, "power-plek").data
    assert (cause.cost, cause.runner_up) == (1500, 2400)


def test_site_power_is_not_blamed_while_most_of_its_members_answer():
    powered = office(risks={"power-plek": ("d1", "d2", "s1", "s2", "s3", "a3")})
    lab = Lab(powered).feed(
        sweep(0), sweep(60, ("s1", "s2", "a1", "a2")), sweep(63, ("s1", "s2", "a1", "a2"))
    )
    assert lab.causes == ["s1", "s2"]


def test_members_that_fail_far_apart_do_not_share_a_cause():
    powered = office(risks={"power-plek": ("s1", "s2")})
    lab = Lab(powered).feed(sweep(0), sweep(60, ("s1", "a1")), sweep(120, ("s1", "a1")))
    lab.feed(sweep(180, ("s1", "a1")), sweep(240, ("s1", "a1")))
    lab.feed(sweep(300, ("s1", "a1", "s2", "a2")), sweep(303, ("s1", "a1", "s2", "a2")))
    assert lab.causes == ["s1", "s2"]


def test_the_named_cause_is_stable_when_what_was_before_it_fails_later():
    lab = Lab(office()).feed(sweep(0), sweep(60, ("s3", "a3")))
    assert lab.causes == ["s3"]
    lab.feed(sweep(120, ("d1", "s3", "a3")))
    assert lab.causes == ["d1", "s3"]


def test_silence_of_the_probe_makes_unknown_from_two_polls_and_a_timeout_on():
    lab = Lab(office()).feed(sweep(0))
    lab.until(GAP_S - 1)
    assert lab.state("s1") == "up"
    lab.until(GAP_S)
    assert lab.state("s1") == "unknown"
    assert lab.one("s1")["since"] == "2026-06-09T12:02:02Z"
    assert lab.one("s1")["reason"] == "geen meting sinds 2026-06-09T12:00:00Z"
    assert lab.state("c-g1") == "unknown"


def test_an_observation_at_the_very_end_of_the_gap_leaves_no_gap():
    lab = Lab(office()).feed(sweep(0), sweep(GAP_S), tick(GAP_S + 1))
    assert not [
        e
        for e in lab.told
        if isinstance(e, State) and e.subject == "s1" and e.data.state == "unknown"
    ]


def test_what_was_never_looked_at_is_unknown_and_what_has_no_probe_is_up():
    lab = Lab(office()).feed(saw("core", "up", 0))
    assert lab.one("s1") == {
        "state": "unknown",
        "since": "2026-06-09T12:00:00Z",
        "reason": "nog niet gemeten",
        "causes": [],
    }
    assert lab.state("app") == "up"


def test_one_of_two_wide_area_lines_lost_hurts_nobody_and_both_fell_the_site():
    tiers = {
        "dc": Tier.DATACENTRE,
        "w1": Tier.WAN,
        "w2": Tier.WAN,
        "cpe": Tier.CORE,
        "s": Tier.ACCESS,
    }
    links = {
        "l-app": ("dc", "app"),
        "l-w1": ("w1", "dc"),
        "l-w2": ("w2", "dc"),
        "l-c1": ("cpe", "w1"),
        "l-c2": ("cpe", "w2"),
        "l-s": ("s", "cpe"),
    }
    every = ("dc", "w1", "w2", "cpe", "s")
    lab = Lab(catalogue(tiers, links, root="dc", groups={"g": ("s",)}))
    lab.feed(sweep(0, (), every), sweep(60, ("w1",), every), sweep(63, ("w1",), every))
    assert lab.causes == ["w1"]
    assert lab.state("c-g") == "up"
    dead = ("w1", "w2", "cpe", "s")
    lab.feed(sweep(120, dead, every), sweep(123, dead, every))
    assert lab.causes == ["w1", "w2"]
    assert {lab.state("cpe"), lab.state("s")} == {"unreachable"}
    assert lab.one("c-g") | {"flags": []} == {
        "state": "down",
        "since": "2026-06-09T12:02:00Z",
        "flags": [],
        "users_affected": {"certain": 100, "possible": 100},
        "causes": ["w1", "w2"],
    }


def test_two_thousand_devices_going_dark_have_one_cause():
    count = 1000
    tiers = {"core": Tier.CORE, "d": Tier.DISTRIBUTION, "e": Tier.DISTRIBUTION}
    links = {"l-app": ("core", "app"), "l-d": ("d", "core"), "l-e": ("e", "core")}
    for n in range(count):
        tiers |= {f"s{n}": Tier.ACCESS, f"a{n}": Tier.AP}
        links |= {f"l-s{n}": (f"s{n}", "d"), f"l-a{n}": (f"a{n}", f"s{n}")}
    every = tuple(tiers)
    lab = Lab(
        catalogue(tiers, links, root="core", groups={"g": tuple(f"a{n}" for n in range(count))})
    )
    dark = tuple(id_ for id_ in every if id_ not in ("core", "e"))
    lab.feed(
        sweep(0, (), every),
        sweep(60, tuple(id_ for id_ in dark if id_ != "d"), tuple(i for i in every if i != "d")),
    )
    lab.feed(saw("d", "down", 61), sweep(63, dark, every)).until(150)
    opened = {e.subject for e in lab.told if isinstance(e, RootCause)}
    assert opened == {"d"}
    assert len(lab.last(RootCause, "d").data.symptoms) == 2 * count
    assert [one["cause"] for one in lab.incidents] == ["d"]
    assert lab.one("d")["since"] == at(61).isoformat().replace("+00:00", "Z")
