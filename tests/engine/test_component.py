"""What the checks of one component say together (DESIGN.md 7.2)."""

from __future__ import annotations

from datetime import timedelta

from tests.engine.lab import at, saw
from topology.live.component import Evidence, expire, judge, observe
from topology.live.rootcause import Explanation
from topology.live.suspect import Blindness


def evidence(*events):
    seen = Evidence()
    for event in events:
        observe(seen, event, event.data.vantage or "p1")
    return seen


def state(*events, **more):
    found = judge(evidence(*events), **more)
    return None if found is None else (found.state, found.since)


def test_nothing_seen_says_nothing():
    assert judge(Evidence()) is None


def test_an_observation_older_than_the_last_of_its_check_is_ignored():
    seen = evidence(saw("s", "up", 60))
    assert not observe(seen, saw("s", "down", 0), "p1")
    assert judge(seen).state == "up"


def test_a_run_of_equal_findings_dates_from_its_first():
    assert state(saw("s", "down", 0), saw("s", "down", 60)) == ("down", at(0))
    assert state(saw("s", "down", 0), saw("s", "up", 60), saw("s", "down", 120)) == (
        "down",
        at(120),
    )


def test_a_record_stands_until_something_newer_of_another_kind():
    assert state(saw("s", "down", 0), saw("s", "up", 60, "recorded")) == ("up", at(60))
    assert state(saw("s", "up", 0, "recorded"), saw("s", "down", 60, "service")) == ("down", at(60))


def test_the_supplier_saying_up_never_makes_an_outage_uptime():
    assert state(saw("s", "down", 0), saw("s", "up", 60, "supplier")) == ("down", at(0))


def test_the_supplier_saying_down_never_overrules_an_answer():
    assert state(saw("s", "up", 0), saw("s", "down", 60, "supplier")) == ("up", at(0))


def test_the_supplier_alone_is_believed():
    assert state(saw("line", "down", 0, "supplier")) == ("down", at(0))


def test_a_dying_gasp_holds_until_the_next_answer():
    gasp = saw("s", "down", 30, "self")
    assert state(saw("s", "up", 0), gasp) == ("down", at(30))
    assert state(saw("s", "up", 0), gasp, saw("s", "up", 60)) == ("up", at(0))


def test_running_on_battery_is_degraded_however_well_it_answers():
    assert state(saw("s", "degraded", 0, "self"), saw("s", "up", 60)) == ("degraded", at(0))


def test_one_dark_side_of_a_link_is_enough_and_an_unseen_side_says_nothing():
    lit = saw("l", "up", 0, "port", seen_from="a")
    assert state(lit, saw("l", "down", 60, "port", seen_from="b")) == ("down", at(60))
    assert state(lit, saw("l", "unknown", 60, "port", seen_from="b")) == ("up", at(0))


def test_an_answer_to_any_vantage_point_is_an_answer():
    assert state(saw("s", "down", 0, vantage="p1"), saw("s", "up", 0, vantage="p2"))[0] == "up"


def test_an_application_that_works_from_one_vantage_point_only_is_degraded():
    torn = (
        saw("s", "down", 5, "service", vantage="p1"),
        saw("s", "up", 0, "service", vantage="p2"),
    )
    assert state(*torn) == ("degraded", at(5))


def test_silence_is_unknown_from_the_end_of_the_gap_on_with_a_reason():
    seen = evidence(saw("s", "up", 0))
    expire(seen, timedelta(seconds=122), at(500))
    found = judge(seen)
    assert (found.state, found.since) == ("unknown", at(122))
    assert found.reason == "geen meting sinds 2026-06-09T12:00:00Z"


def test_a_failure_after_a_silence_begins_anew():
    seen = evidence(saw("s", "down", 0))
    expire(seen, timedelta(seconds=122), at(500))
    observe(seen, saw("s", "down", 600), "p1")
    assert judge(seen).since == at(600)


def test_unknown_is_never_green():
    assert state(saw("s", "unknown", 0))[0] == "unknown"
    assert state(saw("s", "unknown", 60, "service"), saw("s", "up", 0))[0] == "unknown"


def test_a_blind_vantage_point_makes_unknown_and_names_its_link():
    blind = {"p1": Blindness(at(60), Explanation(("l-poller",), 900))}
    found = judge(evidence(saw("s", "up", 0), saw("s", "down", 90)), blind=blind)
    assert (found.state, found.since, found.causes) == ("unknown", at(60), ("l-poller",))


def test_the_observations_that_decided_are_named():
    first, again = saw("s", "down", 0, vantage="p1"), saw("s", "down", 60, vantage="p1")
    other = saw("s", "down", 30, vantage="p2")
    assert set(judge(evidence(first, again, other)).evidence) == {first.id, other.id}
    silent = evidence(first, again)
    expire(silent, timedelta(seconds=122), at(500))
    assert judge(silent).evidence == (again.id,)
