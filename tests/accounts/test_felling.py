"""Which shared risks had felled a component, from verdicts that may reach back."""

from __future__ import annotations

from msgspec.structs import replace

from events.span import moment
from tests.accounts.world import told
from topology.accounts.felling import NO_RISK, fallen_with, felled_by, fellings
from topology.accounts.history import timelines

POWER = frozenset({"power"})


def felled(*events, at: int):
    return felled_by(fellings(events, POWER).get("sw", []), at)


def test_what_fails_by_itself_later_is_its_own_from_its_start_on():
    fell = told("sw", "down", 60, causes=("power",))
    later = [told("sw", "up", 100), told("sw", "unknown", 150), told("sw", "down", 180, 150)]
    assert felled(fell, *later, at=99) == POWER
    assert felled(fell, *later, at=160) == NO_RISK


def test_a_power_that_is_named_later_takes_the_first_failures_from_when_it_failed_itself():
    alone = told("sw", "down", 40)
    named = [told("power", "degraded", 100, 60), told("sw", "down", 100, 40, ("power",))]
    assert [felled(alone, *named, at=at) for at in (59, 60)] == [NO_RISK, POWER]
    unsaid = [told("sw", "down", 100, 40, ("power",))]
    assert [felled(alone, *unsaid, at=at) for at in (99, 100)] == [NO_RISK, POWER]


def test_planned_work_leaves_who_felled_it_at_what_was_said():
    fell = told("sw", "down", 60, causes=("power",))
    work = told("sw", "maint", 100)
    for beneath, by in (("down", POWER), ("up", NO_RISK)):
        data = replace(work.data, beneath=beneath, beneath_since=moment(60))
        assert felled(fell, replace(work, data=data), at=120) == by


def test_a_risk_has_something_down_because_of_it_only_while_that_is_down():
    events = [told("sw", "down", 60, causes=("power",)), told("sw", "up", 100)]
    before = {"sw": "up"}
    spans = fallen_with(fellings(events, POWER), timelines(events, before), 500)
    assert spans == {"power": [(60, 100)]}


def test_a_cause_that_is_no_shared_risk_fells_nothing():
    assert fellings([told("sw", "down", 60, causes=("l-1",))], POWER) == {}
