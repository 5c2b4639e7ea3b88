"""What stands beside the figures: burn rates, each interruption, why time is unknown, notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from msgspec.structs import replace

import monitor.reports.interruptions as listing
from monitor.reports.facts import facts_of
from monitor.reports.month import report
from monitor.reports.period import period_of
from tests.reports.office import CATALOGUE, compiled, planned, seen
from tests.reports.test_month import DAY, LINE, OUTAGE, june, month

SPAN = period_of("2026-06", "Europe/Amsterdam", None).span


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return compiled(tmp_path_factory.mktemp("office"))


def made(directory, *swaps):
    text = CATALOGUE
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return compiled(directory, text)


# --- burn -----------------------------------------------------------------------------------------


def test_the_rules_look_back_from_the_end_of_the_month_in_service_seconds(office):
    last_hour = [seen("sw", "down", june(30, 15, 50)), seen("sw", "up", june(30, 17))]
    burn = month(office, last_hour)["chains"]["zaak"]["burn"]
    hour, six, three_days = burn["rules"]
    assert (burn["at"], burn["reason"]) == ("2026-06-30T22:00:00Z", None)
    # office hours end at 16:00 UTC: ten minutes count; the target leaves one in a thousand
    assert (hour["window"], hour["short_window"], hour["burn"]) == (
        3600,
        300,
        str(Fraction(1000, 6)),
    )
    assert (six["burn"], three_days["window"]) == (str(Fraction(600 * 1000, 21_600)), 3 * 36_000)
    assert (hour["short_burn"], hour["exceeded"], three_days["exceeded"]) == ("1000", True, True)


def test_what_is_over_is_not_being_spent_any_more(office):
    assert [r["exceeded"] for r in month(office, OUTAGE)["chains"]["zaak"]["burn"]["rules"]] == [
        False,
        False,
        False,
    ]


def test_thresholds_are_by_the_allowance_of_the_whole_month_also_while_it_goes_on(office):
    first_day, whole = month(office, OUTAGE, june(2)), month(office, OUTAGE)
    rule = first_day["chains"]["zaak"]["burn"]["rules"][0]
    assert first_day["provisional"]
    assert rule["threshold"] == str(Fraction(2, 100) * 30 * 86_400 / 3600)
    assert whole["chains"]["zaak"]["burn"]["rules"][0]["window"] == rule["window"]


def test_a_window_reaches_back_over_the_start_of_the_month(office):
    before = [
        seen("sw", "down", datetime(2026, 5, 31, 12, tzinfo=UTC)),
        seen("sw", "up", datetime(2026, 5, 31, 13, tzinfo=UTC)),
    ]
    zaak = month(office, before, june(1))["chains"]["zaak"]
    assert zaak["down"] == 0
    burns = [rule["burn"] for rule in zaak["burn"]["rules"]]
    assert burns == ["0", "0", str(Fraction(3600, 3 * 86_400) * 200)]


def test_a_window_sees_every_fall_before_the_month_not_only_the_last(office):
    falls = []
    for day in (30, 31):
        start = datetime(2026, 5, day, 12, tzinfo=UTC)
        falls += [seen("sw", "down", start), seen("sw", "up", start + timedelta(hours=1))]
    rules = month(office, falls, june(1))["chains"]["zaak"]["burn"]["rules"]
    assert rules[2]["burn"] == str(Fraction(7200, 3 * 86_400) * 200)


def test_a_window_ends_where_the_chain_began_to_be_measured(office):
    night = [seen("sw", "down", june(8, 21)), seen("sw", "up", june(8, 23))]
    nieuw = month(office, night)["chains"]["nieuw"]
    assert nieuw["burn"]["at"] == "2026-06-09T22:00:00Z"
    assert nieuw["burn"]["rules"][2]["burn"] == str(Fraction(3600, 3 * 86_400) * 200)


def test_agreed_work_spends_nothing(office):
    work = planned("w", june(30, 15), 1)
    down = [seen("sw", "down", june(30, 15)), seen("sw", "up", june(30, 16))]
    rules = month(office, [work, *down])["chains"]["zaak"]["burn"]["rules"]
    assert {rule["burn"] for rule in rules} == {"0"}


def test_unknown_time_spends_under_a_level_that_counts_it_as_down(tmp_path):
    strict = made(tmp_path, ("valid_from: 2026-06-15}", "valid_from: 2026-06-15, unknown: down}"))
    dark = [seen("sw", "unknown", june(30, 15)), seen("sw", "up", june(30, 16))]
    assert month(strict, dark)["chains"]["zaak"]["burn"]["rules"][0]["burn"] == "1000"


def test_a_target_of_a_hundred_has_a_reason_instead_of_rates(tmp_path):
    whole = made(tmp_path, ("target: 99.9, calendar: kantoor", "target: 100, calendar: kantoor"))
    chains = month(whole, OUTAGE)["chains"]
    assert chains["zaak"]["burn"]["rules"] is None
    assert "the target is 100 %" in chains["zaak"]["burn"]["reason"]
    assert chains["straks"]["burn"] == {
        "at": None,
        "rules": None,
        "reason": "nothing of the period is judged",
    }


# --- interruptions --------------------------------------------------------------------------------


def test_each_interruption_is_told_with_what_made_it_fall_and_whose_it_is(office):
    (one,) = month(office, [*OUTAGE, *LINE])["chains"]["zaak"]["interruption_list"]
    assert (one["from"], one["to"]) == ("2026-06-09T12:00:00Z", "2026-06-09T14:00:00Z")
    assert (one["seconds"], one["counted"], one["goes_on"], one["state"]) == (
        7200,
        True,
        False,
        "down",
    )
    assert (one["trigger"], one["key"]) == (["sw"], "lan")
    assert one["seconds_by_key"] == {"kabel": 3600, "kabel|lan": 1800, "lan": 1800}


def test_what_fails_in_the_same_second_is_a_trigger_together(office):
    both = [seen("lijn", "down", june(9)), *OUTAGE]
    assert month(office, both)["chains"]["zaak"]["interruption_list"][0]["trigger"] == [
        "lijn",
        "sw",
    ]


def test_one_that_goes_on_from_the_month_before_has_seconds_and_is_not_counted_again(office):
    events = [seen("sw", "down", june(1) - DAY), seen("sw", "up", june(1))]
    zaak = month(office, events)["chains"]["zaak"]
    (one,) = zaak["interruption_list"]
    assert (one["from"], one["counted"], zaak["interruptions"]) == (
        "2026-05-31T12:00:00Z",
        False,
        0,
    )
    assert (one["seconds"], zaak["down"]) == (14 * 3600, 14 * 3600)


def test_one_that_is_not_over_ends_with_the_period_and_says_so(office):
    (one,) = month(office, OUTAGE[:1], june(9, 18))["chains"]["zaak"]["interruption_list"]
    assert (one["to"], one["goes_on"], one["seconds"]) == ("2026-06-09T18:00:00Z", True, 6 * 3600)


def test_overrun_of_agreed_work_falls_at_the_end_of_the_window_by_what_was_worked_on(office):
    events = [planned("w", june(9), 1), OUTAGE[0], seen("sw", "up", june(9, 14))]
    zaak = month(office, events)["chains"]["zaak"]
    (one,) = zaak["interruption_list"]
    assert (one["from"], one["seconds"], one["trigger"]) == ("2026-06-09T13:00:00Z", 3600, ["sw"])
    assert zaak["down"] == 3600


def test_only_the_longest_are_listed_and_the_rest_is_added_up(office, monkeypatch):
    monkeypatch.setattr(listing, "MOST", 2)
    falls = []
    for day, minutes in ((3, 5), (4, 1), (5, 9)):
        start = june(day)
        falls += [seen("sw", "down", start), seen("sw", "up", start + timedelta(minutes=minutes))]
    zaak = month(office, falls)["chains"]["zaak"]
    assert [one["seconds"] for one in zaak["interruption_list"]] == [300, 540]
    assert zaak["interruptions_not_listed"] == {"count": 1, "seconds": 60}


# --- unknown --------------------------------------------------------------------------------------

PROBE = "probe: {snmp: {credentials: ro, interval: 60s, timeout: 2s, retries: 2}}"
PROBED = (
    "{id: sw, kind: switch,",
    f'{{id: sw, kind: switch, address: "127.0.0.1:1161", {PROBE},',
)
CREDENTIALS = (
    "version: 1\n",
    "version: 1\nservice: {credentials: [{id: ro, snmp: {version: 2c, community: {env: RO}}}]}\n",
)


def test_why_time_is_unknown_is_told_beside_it_and_adds_up(tmp_path):
    office = made(tmp_path, PROBED, CREDENTIALS)
    zaak = month(office, [seen("sw", "up", june(1, 0), kind="reach")])["chains"]["zaak"]
    silent, never = zaak["unknown_causes"]
    assert silent["any_of"] == [
        [{"supplier": "lan", "reason": "silent", "probe": "snmp", "vantage": None}]
    ]
    assert (never["any_of"][0][0]["reason"], never["seconds"]) == ("never-seen", 2 * 3600)
    assert (silent["parts"], silent["parts_count"]) == (["sw"], 1)
    assert silent["seconds"] + never["seconds"] == zaak["unknown"]


def test_either_of_two_unknown_parts_in_a_row_is_enough(office):
    dark = [seen("sw", "unknown", june(9)), seen("sw", "up", june(9, 13))]
    line = [seen("lijn", "unknown", june(9, 12, 30)), seen("lijn", "up", june(9, 13))]
    alone, either = month(office, [*dark, *line])["chains"]["zaak"]["unknown_causes"]
    assert [one[0]["supplier"] for one in either["any_of"]] in (["kabel", "lan"], ["lan"])
    assert {
        one["supplier"] for some in (alone, either) for row in some["any_of"] for one in row
    } == {
        "kabel",
        "lan",
    }
    assert (alone["seconds"], either["seconds"]) == (1800, 1800)


def test_what_is_in_planned_work_cannot_stand_in_for_what_is_unknown(tmp_path):
    second = "{id: lijn2, between: [sw, app], supplier: saas}"
    twin = ("supplier: kabel}]", "supplier: kabel}, " + second + "]")
    work = planned("w", june(9), 2)
    work = replace(work, data=replace(work.data, components=["lijn2"], declared_impact=[]))
    events = [work, seen("lijn2", "down", june(9)), seen("lijn", "unknown", june(9))]
    events += [seen("lijn", "up", june(9, 13)), seen("lijn2", "up", june(9, 13))]
    (one,) = month(made(tmp_path, twin), events)["chains"]["zaak"]["unknown_causes"]
    assert [[party["supplier"] for party in some] for some in one["any_of"]] == [["kabel"]]
    assert (one["seconds"], one["parts"]) == (3600, ["lijn"])


def test_a_vantage_point_that_sees_nothing_is_told_from_a_device_that_is_silent(tmp_path):
    office = made(
        tmp_path,
        PROBED,
        CREDENTIALS,
        ("groups:", "vantage_points: [{id: poller, attached_to: app, via: l-poller}]\ngroups:"),
    )
    looks = [june(9) + timedelta(seconds=60 * n) for n in range(30)]
    seen_up = [seen("sw", "up", at, kind="reach") for at in looks[:5]]
    seen_down = [seen("sw", "down", at, kind="reach") for at in looks[5:]]
    events = [
        replace(one, data=replace(one.data, vantage="poller")) for one in (*seen_up, *seen_down)
    ]
    zaak = month(office, events)["chains"]["zaak"]
    told = {
        (p["reason"], p["vantage"]) for c in zaak["unknown_causes"] for s in c["any_of"] for p in s
    }
    assert ("vantage-blind", "poller") in told
    assert sum(one["seconds"] for one in zaak["unknown_causes"]) == zaak["unknown"]


# --- notes ----------------------------------------------------------------------------------------


def test_a_declared_impact_that_names_an_unknown_chain_is_told(office):
    work = planned("w", june(9), 2)
    wrong = replace(work, data=replace(work.data, declared_impact=["zaka", "nieuw"]))
    told = report(office, facts_of(office, [wrong, *OUTAGE], SPAN[1]), SPAN)
    (note,) = told["notes"]
    assert (note["code"], note["change"], note["chains"]) == ("unknown-chain", "w", ["zaka"])
    assert "excuses nothing" in note["reason"]
    assert told["chains"]["zaak"]["maintenance"] == 3600


def test_work_outside_the_month_or_with_known_chains_gives_no_note(office):
    work = planned("w", june(9) + 40 * DAY, 2)
    later = replace(work, data=replace(work.data, declared_impact=["zaka"]))
    known = planned("v", june(9), 2)
    known = replace(known, data=replace(known.data, declared_impact=["zaak"]))
    assert month(office, [later, known])["notes"] == []
