"""The report of a month: what counts, what splits it, and that only what was known matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConfigError
from monitor.reports.facts import facts_of
from monitor.reports.month import report
from monitor.reports.period import period_of
from tests.reports.office import CATALOGUE, compiled, corrected, planned, seen
from topology.accounts.history import timelines, unseen

if TYPE_CHECKING:
    from random import Random

DAY = timedelta(days=1)


def june(day: int, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("office"))


def month(office, events, as_of=None):
    period = period_of("2026-06", "Europe/Amsterdam", as_of)
    facts = facts_of(office, events, period.span[1], as_of)
    return report(office, facts, period.span, provisional=period.provisional)


OUTAGE = [seen("sw", "down", june(9)), seen("sw", "up", june(9, 13))]
LINE = [seen("lijn", "down", june(9, 12, 30)), seen("lijn", "up", june(9, 14))]


def test_a_new_version_of_the_level_splits_the_account(office):
    zaak = month(office, OUTAGE)["chains"]["zaak"]
    first, second = zaak["parts"]
    assert [first["target"], second["target"]] == ["99.5", "99.9"]
    assert first["to"] == second["from"] == "2026-06-14T22:00:00Z"
    assert (first["service"], second["service"]) == (14 * 86_400, 12 * 36_000)
    assert (first["down"], second["down"], zaak["down"]) == (3600, 0, 3600)
    assert zaak["service"] == first["service"] + second["service"]
    assert zaak["interruptions"] == 1


def test_a_chain_is_judged_from_its_first_day_and_up_to_its_last(office):
    nieuw = month(office, OUTAGE)["chains"]["nieuw"]
    assert nieuw["measured_since"] == "2026-06-08T22:00:00Z"
    assert (nieuw["service"], nieuw["down"], nieuw["availability"]) == (86_400, 3600, "95.833")


def test_a_chain_that_is_not_served_yet_has_no_figure(office):
    straks = month(office, OUTAGE)["chains"]["straks"]
    assert straks["parts"] == []
    figures = [
        straks[name] for name in ("service", "availability", "met", "mtrs", "measured_since")
    ]
    assert figures == [0, None, None, None, None]


def test_a_sub_supplier_is_a_party_and_is_added_to_who_answers_for_it(office):
    suppliers = month(office, [*OUTAGE, *LINE])["chains"]["zaak"]["suppliers"]
    assert suppliers["seconds_by_key"] == {"kabel": 3600, "kabel|lan": 1800, "lan": 1800}
    assert suppliers["shapley"] == {"kabel": "4500", "lan": "2700"}
    assert suppliers["first_holds"] == {"kabel": "3600", "lan": "3600"}
    assert suppliers["with_sub_suppliers"]["shapley"] == {"lan": "7200"}


def test_who_stop_a_chain_in_the_same_second_hold_the_bill_together_while_each_suffices(office):
    stops = [seen("app", "down", june(9)), seen("app", "up", june(9, 14))]
    suppliers = month(office, [*OUTAGE, *stops])["chains"]["zaak"]["suppliers"]
    assert suppliers["seconds_by_key"] == {"lan|saas": 3600, "saas": 3600}
    assert suppliers["first_holds"] == {"lan": "1800", "saas": "5400"}
    late = [seen("sw", "down", june(9) + timedelta(seconds=1)), OUTAGE[1]]
    suppliers = month(office, [*late, *stops])["chains"]["zaak"]["suppliers"]
    assert suppliers["first_holds"] == {"saas": "7200"}


def test_an_ola_is_measured_over_own_components_with_its_own_calendar(office):
    first, second = month(office, OUTAGE)["suppliers"]["lan"]["terms"]
    assert (first["target"], first["calendar"], first["agreed"]) == ("99.9", "altijd", 9 * 86_400)
    assert (first["down"], first["met"], first["below_target"]) == (3600, False, ["sw"])
    assert (second["agreed"], second["met"], second["components"]) == (15 * 36_000, True, {})


def test_agreed_work_is_excluded_and_overrun_is_not(office):
    events = [
        planned("w", june(9), 2),
        seen("sw", "down", june(9, 12, 30)),
        seen("sw", "up", june(9, 15)),
    ]
    zaak = month(office, events)["chains"]["zaak"]
    assert (zaak["excluded"], zaak["down"], zaak["maintenance"]) == (7200, 3600, 0)


def test_work_that_is_registered_after_the_fact_but_was_agreed_in_time_excuses(office):
    told_later = planned("w", june(9), 2, told=june(11))
    assert month(office, [*OUTAGE, told_later])["chains"]["zaak"]["down"] == 0
    known_before = month(office, [*OUTAGE, told_later], june(10))
    assert known_before["chains"]["zaak"]["down"] == 3600


def test_what_is_beneath_planned_work_does_not_depend_on_knowing_the_work(office):
    events = [planned("w", june(9), 2), *OUTAGE, *LINE]
    before, end = unseen(office.catalogue), period_of("2026-06", "Europe/Amsterdam", None).span[1]
    with_work = timelines(facts_of(office, events, end).states, before)
    without = timelines(facts_of(office, events[1:], end).states, before)
    assert with_work == without


LATE = corrected(OUTAGE[1], datetime(2026, 7, 4, tzinfo=UTC), at=june(9, 12, 40))


def test_a_correction_counts_from_when_it_was_recorded(office):
    closing = datetime(2026, 7, 3, 7, tzinfo=UTC)
    closed = month(office, [*OUTAGE, LATE], closing)
    assert (
        closed["digest"]
        == month(office, OUTAGE, closing)["digest"]
        == month(office, OUTAGE)["digest"]
    )
    later = month(office, [*OUTAGE, LATE])
    assert (closed["chains"]["zaak"]["down"], later["chains"]["zaak"]["down"]) == (3600, 2400)
    assert closed["chains"]["zaak"]["digest"] != later["chains"]["zaak"]["digest"]


@given(st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=25, deadline=None)
def test_the_order_of_lines_and_repeats_mean_nothing(office, random: Random, often: int):
    events = [planned("w", june(9), 1), *OUTAGE, *LINE, LATE]
    shuffled = [*events, *random.sample(events, often)]
    random.shuffle(shuffled)
    assert month(office, shuffled) == month(office, events)


def test_an_outage_over_midnight_of_the_month_counts_in_both_and_interrupts_in_the_first(tmp_path):
    office = compiled(
        tmp_path, CATALOGUE.replace("calendar: kantoor, minimum", "calendar: altijd, minimum")
    )
    events = [seen("sw", "down", june(30, 21)), seen("sw", "up", june(30, 23))]
    found = []
    for name in ("2026-06", "2026-07"):
        span = period_of(name, "Europe/Amsterdam", None).span
        zaak = report(office, facts_of(office, events, span[1]), span)["chains"]["zaak"]
        found.append((zaak["down"], zaak["interruptions"], zaak["mtrs"]))
    assert found == [(3600, 1, 3600), (3600, 0, None)]


def test_a_month_that_is_not_over_is_judged_up_to_what_is_known(office):
    so_far = month(office, OUTAGE, june(11, 0))
    assert (so_far["provisional"], so_far["to"]) == (True, "2026-06-11T00:00:00Z")
    assert so_far["chains"]["zaak"]["service"] == 10 * 86_400 + 2 * 3600
    assert month(office, OUTAGE, june(30) + DAY)["provisional"] is False


def test_silence_of_a_probe_is_unknown_to_the_end_of_the_month(tmp_path):
    probe = "probe: {snmp: {credentials: ro, interval: 60s, timeout: 2s, retries: 2}}"
    text = CATALOGUE.replace(
        "{id: sw, kind: switch,", f'{{id: sw, kind: switch, address: "127.0.0.1:1161", {probe},'
    )
    text += "service: {credentials: [{id: ro, snmp: {version: 2c, community: {env: RO}}}]}\n"
    office = compiled(tmp_path, text)
    zaak = month(office, [seen("sw", "up", june(1, 0), kind="reach")])["chains"]["zaak"]
    first = zaak["parts"][0]
    # measured for two polls and a time-out; before the first look nothing was known
    assert (first["up"], first["unknown"]) == (122, first["service"] - 122)
    assert (zaak["availability_worst"], zaak["met"]) == ("0.007", None)


@pytest.mark.parametrize("written", ["2026-13", "2026-6", "juni", "0000-01", "2026-00"])
def test_what_is_no_month_is_refused_with_how_to_write_one(written):
    with pytest.raises(ConfigError, match="write a month as 2026-06"):
        period_of(written, "Europe/Amsterdam", None)


def test_a_month_that_had_not_begun_is_refused():
    with pytest.raises(ConfigError, match="had not begun"):
        period_of("2026-06", "Europe/Amsterdam", june(1) - 2 * DAY)
