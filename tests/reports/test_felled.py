"""What a power felled, charged to whose the power is: a site power that goes without a word (CORE.md 4.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from events.span import seconds
from monitor.reports.facts import facts_of
from monitor.reports.minute import minute
from monitor.reports.month import report
from monitor.reports.recorded import recorded
from monitor.reports.standing import standing
from tests.engine.lab import at, office, saw, sweep
from topology.compiled import Compiled
from topology.model import Calendar, Supplier

if TYPE_CHECKING:
    from random import Random

FED = {"power": ("s1", "s2", "s3")}
PERIOD = (seconds(at(0)), seconds(at(1200)))


def two_suppliers(power: str = "nuts") -> Compiled:
    """The office, its LAN of one supplier and the power of its site of another."""
    bare = office(risks=FED)
    risks = {"power": replace(bare.shared_risks["power"], supplier=power)}
    suppliers = {id_: Supplier(id=id_, name=id_) for id_ in ("lan-bv", "nuts")}
    calendars = {"altijd": Calendar(id="altijd", always=True)}
    return Compiled.of(replace(bare, shared_risks=risks, suppliers=suppliers, calendars=calendars))


OFFICE = two_suppliers()
STAIRCASE = [
    *sweep(0),
    *(one for second in (60, 63, 90) for one in sweep(second, ("s1", "a1"))),
    *(one for second in (100, 103, 160, 220) for one in sweep(second, ("s1", "a1", "s2", "a2"))),
]
"""The first switch dies alone, the second forty seconds later; the third lives on, by battery."""
BACK = [one for second in (300, 303, 360, 420) for one in sweep(second, ("s1", "a1"))]
"""The power is on again, and the first switch did not survive it."""
WELL = [one for second in range(480, 1201, 60) for one in sweep(second)]
EVENTS = [*STAIRCASE, *BACK, *WELL]


def told(events=EVENTS, compiled=OFFICE):
    return report(compiled, facts_of(compiled, events, PERIOD[1]), PERIOD)


def test_the_minutes_of_what_a_power_felled_are_of_whose_the_power_is():
    first, second = (told()["chains"][id_] for id_ in ("c-g1", "c-g2"))
    assert second["suppliers"]["seconds_by_key"] == {"nuts": second["down"]}
    assert first["suppliers"]["seconds_by_key"] == {"nuts": 240, "lan-bv": 120}


def test_the_shares_are_the_seconds_down_exactly():
    for chain in told()["chains"].values():
        whose = chain["suppliers"]
        assert sum(whose["seconds_by_key"].values()) == chain["down"]
        for split in ("shapley", "first_holds"):
            assert sum(map(Fraction, whose[split].values())) == chain["down"]


def test_what_made_the_chain_fall_is_the_power():
    (fall,) = told()["chains"]["c-g1"]["interruption_list"]
    assert (fall["trigger"], fall["key"]) == (["power"], "nuts")


def test_a_second_says_with_what_a_part_went_down_and_for_whom_it_counts():
    for moment, risks, party in ((70, ["power"], "nuts"), (450, [], "lan-bv")):
        one = minute(OFFICE, EVENTS, "c-g1", seconds(at(moment)))
        part = next(each for each in one["components"] if each["id"] == "s1")
        assert (part["supplier"], part["felled_by"], part["charged_to"]) == (
            "lan-bv",
            risks,
            [party],
        )
        assert one["suppliers"]["key"] == party


def test_before_its_power_was_found_out_a_failure_counted_for_its_own_supplier():
    known = [one for one in EVENTS if one.time < at(100)]
    chain = told(known)["chains"]["c-g1"]
    assert chain["suppliers"]["seconds_by_key"] == {"lan-bv": chain["down"]}


@settings(max_examples=10, deadline=None)
@given(st.randoms(use_true_random=False))
def test_lines_in_any_order_and_the_ledger_give_the_same_charge(random: Random):
    shuffled = random.sample(EVENTS, len(EVENTS))
    assert told(shuffled) == told()
    facts = standing(recorded(OFFICE, shuffled, at(1200) + timedelta(hours=1))).facts
    chains = report(OFFICE, facts, PERIOD)["chains"]
    assert {id_: one["suppliers"] for id_, one in chains.items()} == {
        id_: one["suppliers"] for id_, one in told()["chains"].items()
    }


def own(compiled: Compiled, supplier: str):
    (term,) = told(compiled=compiled)["suppliers"][supplier]["terms"]
    return term["components"]


def test_what_another_s_power_felled_is_not_measured_for_its_own_supplier():
    assert own(OFFICE, "lan-bv")["s2"]["down"] == 0
    assert own(OFFICE, "lan-bv")["s2"]["unknown"] == 200
    assert own(OFFICE, "lan-bv")["s1"]["down"] == 120


def test_a_power_was_down_for_its_supplier_while_something_was_down_because_of_it():
    assert own(OFFICE, "nuts")["power"]["down"] == 240


def test_what_its_own_supplier_s_power_felled_is_down():
    parts = own(two_suppliers("lan-bv"), "lan-bv")
    assert (parts["s2"]["down"], parts["power"]["down"]) == (200, 240)


def test_a_fault_that_is_recorded_without_a_cause_is_its_own():
    events = [saw("s1", "down", 60, "recorded"), saw("s1", "up", 160, "recorded")]
    chain = told([*sweep(0), *events])["chains"]["c-g1"]
    assert chain["suppliers"]["seconds_by_key"].keys() <= {"lan-bv"}
