"""Faults that several failures share, named live by the exact search (CORE.md 3.2 B, 3.3)."""

from __future__ import annotations

from dataclasses import replace

from events.contract import RootCause
from tests.engine.lab import DEVICES, Lab, catalogue, change, office, port, saw, sweep
from topology.model import SharedRisk, Tier, VantagePoint

BACKBONE = {
    "dc": Tier.DATACENTRE,
    "w1": Tier.WAN,
    "w2": Tier.WAN,
    "cpe": Tier.CORE,
    "s": Tier.ACCESS,
    "other": Tier.CORE,
}
LINES = {
    "l-app": ("dc", "app"),
    "l-w1": ("w1", "dc"),
    "l-w2": ("w2", "dc"),
    "l-c1": ("cpe", "w1"),
    "l-c2": ("cpe", "w2"),
    "l-s": ("s", "cpe"),
    "l-o": ("other", "dc"),
}
EVERY = tuple(BACKBONE)


def two_lines(**more: object):
    """A site on two wide-area lines, both in one duct."""
    found = catalogue(BACKBONE, LINES, root="dc", groups={"g": ("s",)}, **more)
    duct = SharedRisk(id="duct", kind="duct", members=("l-c1", "l-c2"))
    return replace(found, shared_risks={"duct": duct})


def behind_a_hub():
    """Three switches behind something that nobody looks at, beside one that is looked at."""
    tiers = {"core": Tier.CORE, "hub": Tier.DISTRIBUTION, "e": Tier.DISTRIBUTION}
    tiers |= {f"s{n}": Tier.ACCESS for n in (1, 2, 3)}
    links = {"l-app": ("core", "app"), "l-hub": ("hub", "core"), "l-e": ("e", "core")}
    links |= {f"l-s{n}": (f"s{n}", "hub") for n in (1, 2, 3)}
    return catalogue(
        tiers, links, root="core", groups={"g": ("s1", "s2", "s3")}, unprobed=frozenset({"hub"})
    )


SEEN = ("core", "e", "s1", "s2", "s3")


def test_a_duct_is_named_when_all_its_lines_lose_signal_together():
    dead = ("cpe", "s")
    lab = Lab(two_lines()).feed(sweep(0, (), EVERY))
    lab.feed(port("l-c1", "down", 60, "w1"), port("l-c2", "down", 60, "w2"), sweep(63, dead, EVERY))
    cause = lab.last(RootCause, "cpe").data
    assert lab.causes == [
        "cpe"
    ]  # 1,200 to 1,500 for the cheaper of a core device and a duct: a tie
    assert cause.explanations == [["cpe"], ["duct"]]
    assert cause.margin == 0


def test_a_duct_that_fells_two_sites_is_named_before_two_devices():
    tiers = {"dc": Tier.DATACENTRE, "a": Tier.CORE, "b": Tier.CORE, "c": Tier.CORE}
    links = {"l-app": ("dc", "app"), "l-a": ("a", "dc"), "l-b": ("b", "dc"), "l-c": ("c", "dc")}
    found = catalogue(tiers, links, root="dc", groups={"g": ("a",), "h": ("b",)})
    duct = SharedRisk(id="duct", kind="duct", members=("l-a", "l-b"))
    lab = Lab(replace(found, shared_risks={"duct": duct}))
    every = tuple(tiers)
    lab.feed(sweep(0, (), every), sweep(60, ("a", "b"), every), sweep(63, ("a", "b"), every))
    assert lab.causes == ["duct"]
    assert {lab.state("a"), lab.state("b")} == {"unreachable"}
    assert lab.state("c-g") == "down"
    lab.feed(saw("a", "up", 120))
    assert lab.causes == []
    lab.feed(sweep(180, ("b",), every))
    assert lab.causes == ["b"]


def test_what_nobody_looks_at_is_named_when_everything_behind_it_fails():
    dark = ("s1", "s2", "s3")
    lab = Lab(behind_a_hub()).feed(sweep(0, (), SEEN), sweep(60, dark, SEEN), sweep(63, dark, SEEN))
    assert lab.causes == ["hub"]
    cause = lab.last(RootCause, "hub").data
    assert cause.explanations == [["hub"], ["l-hub"]]
    assert cause.next_tests[0].way == "port"
    assert cause.next_tests[0].subject == "l-hub"
    assert {lab.state(one) for one in dark} == {"unreachable"}
    assert lab.state("c-g") == "down"
    assert len(cause.evidence) == 3


def test_what_nobody_looks_at_is_cleared_by_the_first_answer_behind_it():
    dark = ("s1", "s2", "s3")
    lab = Lab(behind_a_hub()).feed(sweep(0, (), SEEN), sweep(60, dark, SEEN), sweep(63, dark, SEEN))
    lab.feed(saw("s1", "up", 120))
    assert lab.causes == []
    assert lab.state("s2") == "unknown"
    lab.feed(sweep(125, (), SEEN))
    opened = {e.subject for e in lab.told if isinstance(e, RootCause) and e.data.status == "open"}
    assert opened == {"hub"}


def test_one_failure_behind_what_nobody_looks_at_is_its_own():
    lab = Lab(behind_a_hub()).feed(
        sweep(0, (), SEEN), sweep(60, ("s1",), SEEN), sweep(63, ("s1",), SEEN)
    )
    assert lab.causes == ["s1"]


def test_the_last_one_changed_is_named_among_equals():
    dark = ("s1", "s2", "s3")
    lab = Lab(behind_a_hub()).feed(change("w", ["l-hub"], (10, 20), 5), sweep(30, (), SEEN))
    lab.feed(sweep(60, dark, SEEN), sweep(63, dark, SEEN))
    assert lab.causes == ["l-hub"]


def test_the_suppliers_word_moves_the_cause_and_never_makes_uptime():
    dark = ("s3", "a3")
    plain = Lab(office()).feed(sweep(0), port("l-s3", "down", 60, "d1"), sweep(63, dark))
    assert plain.causes == ["l-s3"]
    lab = Lab(office()).feed(sweep(0), saw("l-s3", "up", 50, "supplier"))
    lab.feed(port("l-s3", "down", 60, "d1"), sweep(63, dark))
    assert lab.causes == ["s3"]
    assert lab.state("c-g3") == "down"
    cause = lab.last(RootCause, "s3").data
    assert (cause.cost, cause.runner_up) == (1200, 1500)


def test_a_supplier_who_says_that_the_cause_works_is_shown_beside_it():
    dark = ("s3", "a3")
    lab = Lab(office()).feed(sweep(0), saw("s3", "up", 50, "supplier"), sweep(63, dark))
    lab = Lab(office()).feed(
        sweep(0), saw("s3", "up", 50, "supplier"), port("l-s3", "up", 55, "d1"), sweep(63, dark)
    )
    assert lab.causes == ["s3"]
    cause = lab.last(RootCause, "s3").data
    assert cause.flags == ["contradiction"]
    assert "leverancier meldt s3 als werkend" in cause.certainty
    assert lab.state("c-g3") == "down"


def test_an_old_word_of_a_supplier_counts_half():
    dark = ("s3", "a3")
    lab = Lab(office()).feed(saw("l-s3", "up", 0, "supplier"), sweep(340))
    lab.feed(port("l-s3", "down", 400, "d1"), sweep(403, dark))
    cause = lab.last(RootCause, "s3").data
    assert (cause.cost, cause.runner_up) == (1200, 1250)


def test_late_members_join_the_power_of_their_site_while_it_is_open():
    powered = office(risks={"power": ("s1", "s2", "s3")})
    first = ("s1", "s2", "a1", "a2", "s3", "a3")
    lab = Lab(powered).feed(sweep(0, ("s3", "a3"), DEVICES))
    lab.feed(sweep(60, first), sweep(63, first))
    assert lab.causes == ["power"]


def test_batteries_that_run_out_one_after_the_other_end_in_one_cause():
    powered = office(risks={"power": ("s1", "s2")})
    lab = Lab(powered).feed(sweep(0), saw("s2", "degraded", 30, "self", reason="on battery"))
    lab.feed(sweep(60, ("s1", "a1")), sweep(63, ("s1", "a1")))
    assert lab.causes == ["power"]
    assert lab.state("s2") == "degraded"
    late = ("s1", "a1", "s2", "a2")
    lab.feed(sweep(600, late), sweep(603, late))
    assert lab.causes == ["power"]
    opened = {e.subject for e in lab.told if isinstance(e, RootCause)}
    assert opened == {"power"}


def test_members_that_go_one_by_one_within_two_minutes_end_in_one_cause():
    powered = office(risks={"power": ("s1", "s2", "s3")})
    lab = Lab(powered).feed(sweep(0))
    for seconds, dark in ((60, ("s1", "a1")), (110, ("s1", "a1", "s2", "a2"))):
        lab.feed(sweep(seconds, dark), sweep(seconds + 3, dark))
        assert lab.causes == (["s1"] if seconds == 60 else ["power"])
    dark = ("s1", "a1", "s2", "a2", "s3", "a3")
    lab.feed(sweep(170, dark), sweep(173, dark))
    assert lab.causes == ["power"]
    opened = {e.subject for e in lab.told if isinstance(e, RootCause) and e.data.status == "open"}
    assert opened == {"s1", "power"}


def test_a_second_vantage_point_that_sees_keeps_things_known():
    two = office()
    points = {
        "p1": VantagePoint(id="p1", attached_to="core", via="l-p1"),
        "p2": VantagePoint(id="p2", attached_to="d2", via="l-p2"),
    }
    lab = Lab(replace(two, vantage_points=points))

    def looks(vantage, seconds, down=()):
        return [saw(d, "down" if d in down else "up", seconds, vantage=vantage) for d in DEVICES]

    lab.feed(looks("p1", 0), looks("p2", 0), looks("p1", 60, DEVICES), looks("p2", 61))
    assert lab.causes == ["l-p1"]
    assert {lab.state(d) for d in DEVICES} == {"up"}
    lab.feed(looks("p2", 120, ("s3", "a3")), looks("p2", 123, ("s3", "a3")))
    assert lab.causes == ["l-p1", "s3"]


def test_a_dead_switch_with_somebody_answering_behind_it_is_named_and_the_catalogue_doubted():
    tiers = {"core": Tier.CORE, "e": Tier.DISTRIBUTION, "d": Tier.DISTRIBUTION}
    tiers |= {f"s{n}": Tier.ACCESS for n in range(5)}
    links = {"l-app": ("core", "app"), "l-e": ("e", "core"), "l-d": ("d", "core")}
    links |= {f"l-s{n}": (f"s{n}", "d") for n in range(5)}
    every = tuple(tiers)
    lab = Lab(catalogue(tiers, links, root="core", groups={"g": ("s1",)}))
    dead = ("d", "s1", "s2", "s3", "s4")  # s0 was moved to another switch
    lab.feed(sweep(0, (), every), sweep(60, dead, every), sweep(63, dead, every))
    assert lab.causes == ["d"]
    assert lab.last(RootCause, "d").data.flags == ["topology-doubtful"]
    assert lab.state("c-g") == "down"
    lab.feed(sweep(120, dead, every))
    assert lab.causes == ["d"]


def test_a_dead_end_of_a_link_without_signal_is_named_though_somebody_answers_behind_it():
    lab = Lab(office()).feed(
        sweep(0), saw("s3", "down", 59, "self"), port("l-s3", "down", 60, "d1"), sweep(63, ("s3",))
    )
    assert lab.state("s3") == "down"
    assert lab.last(RootCause, "s3").data.flags == ["topology-doubtful"]
