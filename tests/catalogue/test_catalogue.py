"""Plain values become the nouns of the catalogue, exactly."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction

import pytest

from events.errors import ConfigError
from monitor.catalogue_files import load
from tests.catalogue.samples import GOLDEN, WHOLE, written
from topology.catalogue import build
from topology.model import Flap, Holidays, Hours, Need, Ola, Reaction, Tier, Timing

CONTRACT = """\
version: 1
timezone: Europe/Amsterdam
organisations: [{id: papendrecht, name: Gemeente Papendrecht}]
suppliers:
  - {id: lan-bv, name: LAN BV, parent: null, contact: {email: noc@lan.example, phone: "+31..."}}
  - {id: saas-bv, name: SaaS BV, parent: lan-bv, accountable: J. Jansen, importance: hoog,
     olas: [{target: 99.9, calendar: kantoor, react: 30m, solve: 4h, valid_from: 2026-01-01}]}
sites: [{id: ptd, name: Gemeentehuis Papendrecht, organisation: papendrecht}]
calendars:
  - id: kantoor
    hours:
      - {days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"}
      - {days: [sat], from: 00:00, to: "24:00"}
    holidays: {country: NL, good_friday: open, liberation_day: closed}
    closed: [2026-05-15]
  - {id: altijd, always: true, holidays: none}
levels:
  - id: goud
    target: 99.5
    calendar: kantoor
    unknown: down
    attribution: first_holds
    minimum_coverage: 99.25
    merge_gap: 90s
    redundancy: 2
    priority_times: {P1: {react: 30m, solve: 4h}}
    valid_from: 2026-01-01
    kpis: [doorlooptijd, {id: tevredenheid, target: "7,5", unit: cijfer}]
    minimum: 95
    rto: 1d
    rpo: 15m
components:
  - {id: sw-1, kind: switch, name: Switch 1, model: X100, site: ptd, supplier: lan-bv, tier: access,
     budget_holder: afdeling-ict, asset: CI-0001, runbook: "https://wiki.example/sw", life: 2030-01-01,
     address: "127.0.0.1:1161",
     probe: {snmp: {credentials: lan-ro, interval: 0.5s, timeout: 100ms, retries: 0}},
     uplinks: {min: 1}, domain: default, availability: .998}
  - {id: core-1, kind: fabric, tier: core}
  - {id: app-zaak, kind: service, needs: [dns, {any: [core-1, sw-1]}, {at_least: 2, of: [core-1, dns, sw-1]}]}
  - {id: dns, kind: service, probe: {snmp: {}}}
links:
  - {id: l-1, between: [sw-1, core-1], ports: [Gi1/0/49, Gi1/1/1], supplier: lan-bv, members: 2, min_links: 2}
  - {id: l-2, between: [core-1, app-zaak], ports: [[a, b, c], [d, e, f]], availability: "0.5"}
shared_risks: [{id: power-ptd, kind: power, members: [sw-1, l-1], supplier: lan-bv}]
groups: [{id: ptd-2e, site: ptd, users: 140, members: [sw-1]}]
chains:
  - {id: zaak-ptd, name: Zaaksysteem Papendrecht, from: ptd-2e, to: app-zaak, level: goud, urgency: 1,
     exempt: [core-1, l-1, power-ptd], from_date: 2026-01-01, until: 2026-12-31, processes: [balie],
     template: t}
vantage_points: [{id: poller-1, attached_to: core-1, via: l-poller}]
timing: {confirm: 10s, clear: 1m, flap: {count: 3}}
priority: {scope: organisation}
services: [{id: zaak, name: Zaaksysteem, level: goud}]
chain_templates: [{id: t, service: zaak}]
prices: [{id: p, service: zaak, amount: "12,50", unit: gebruiker}]
"""


@pytest.fixture(scope="module")
def contract(tmp_path_factory):
    return load(written(tmp_path_factory.mktemp("contract"), a=CONTRACT))


def test_numbers_are_exact(contract):
    level = contract.levels["goud"]
    assert level.target_ppm == 995_000
    assert level.minimum_coverage_ppm == 992_500
    assert level.minimum_ppm == 950_000
    assert contract.components["sw-1"].availability == Fraction(998, 1000)
    assert contract.links["l-2"].availability == Fraction(1, 2)


def test_durations_are_seconds(contract):
    level, probe = contract.levels["goud"], contract.components["sw-1"].probe
    assert level.priority_times == {"P1": Reaction(react_s=1800, solve_s=14_400)}
    assert (level.merge_gap_s, level.rto_s, level.rpo_s) == (90, 86_400, 900)
    assert (probe.interval_s, probe.timeout_s, probe.retries) == (
        Fraction(1, 2),
        Fraction(1, 10),
        0,
    )


def test_hours_are_half_open_local_times_and_24_00_is_the_end_of_the_day(contract):
    calendar = contract.calendars["kantoor"]
    assert calendar.hours == (
        Hours(days=frozenset(range(5)), start=time(8), end=time(18)),
        Hours(days=frozenset({5}), start=time(0), end=None),
    )
    assert calendar.holidays == Holidays(country="NL", good_friday=False, liberation_day=True)
    assert calendar.closed == {date(2026, 5, 15)}
    assert contract.calendars["altijd"].always
    assert contract.calendars["altijd"].holidays is None


def test_needs_become_counts(contract):
    assert contract.components["app-zaak"].needs == (
        Need(at_least=1, of=("dns",)),
        Need(at_least=1, of=("core-1", "sw-1")),
        Need(at_least=2, of=("core-1", "dns", "sw-1")),
    )


def test_ports_tell_the_number_of_member_lines_where_members_does_not(contract):
    assert contract.links["l-1"].ports == (("Gi1/0/49",), ("Gi1/1/1",))
    assert (contract.links["l-1"].members, contract.links["l-1"].min_links) == (2, 2)
    assert contract.links["l-2"].ports == (("a", "b", "c"), ("d", "e", "f"))
    assert (contract.links["l-2"].members, contract.links["l-2"].min_links) == (3, 1)


def test_every_optional_key_reaches_the_model(contract):
    assert contract.suppliers["saas-bv"].olas == (
        Ola(
            target_ppm=Fraction(999_000),
            calendar="kantoor",
            react_s=1800,
            solve_s=14_400,
            valid_from=date(2026, 1, 1),
        ),
    )
    assert contract.suppliers["saas-bv"].accountable == "J. Jansen"
    assert [kpi.name for kpi in contract.levels["goud"].kpis] == ["doorlooptijd", "tevredenheid"]
    chain = contract.chains["zaak-ptd"]
    assert chain.exempt == {"core-1", "l-1", "power-ptd"}
    assert (chain.from_date, chain.until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (chain.processes, chain.template) == (("balie",), "t")
    assert contract.components["sw-1"].life == "2030-01-01"
    assert contract.prices["p"].amount == "12,50"
    assert contract.chain_templates["t"].service == "zaak"
    assert contract.services["zaak"].level == "goud"
    assert contract.priority_scope == "organisation"
    assert contract.timing == Timing(confirm_s=10, clear_s=60, flap=Flap(count=3, window_s=1800))


def test_what_is_absent_gets_the_documented_default(contract):
    assert contract.components["core-1"].tier is Tier.CORE
    assert contract.components["app-zaak"].tier is Tier.APPLICATION
    assert contract.components["core-1"].domain == "default"
    assert contract.components["core-1"].uplinks_min == 1
    assert contract.components["core-1"].availability is None
    probe = contract.components["dns"].probe
    assert (probe.interval_s, probe.timeout_s, probe.retries) == (60, 2, 2)
    group = contract.groups["ptd-2e"]
    assert (group.min, group.full) == (1, 1)
    bare = build({"sites": [{"id": "s"}]})
    assert bare.sites["s"].name == "s"
    assert bare.timing == Timing()
    assert bare.timezone == "Europe/Amsterdam"


def test_full_is_min_unless_told():
    members = [{"id": name, "kind": "ap"} for name in "abc"]
    group = {"id": "g", "users": "9", "members": ["a", "b", "c"], "min": "2"}
    assert build({"components": members, "groups": [group]}).groups["g"].full == 2


def test_the_order_of_the_files_is_the_order_of_the_catalogue(tmp_path):
    written(tmp_path, b="sites: [{id: z}, {id: a}]\n", a="sites: [{id: m}]\n")
    assert list(load(tmp_path).sites) == ["m", "z", "a"]


def test_one_file_or_many_give_the_same_catalogue(tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    parts.mkdir()
    written(whole, a=WHOLE)
    lines = WHOLE.splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line[0].isalpha()]
    for n, (start, end) in enumerate(zip(starts, [*starts[1:], len(lines)], strict=True)):
        written(parts, **{f"f{n:02}": "".join(lines[start:end])})
    assert load(parts) == load(whole)


def test_the_version_is_of_the_content_and_not_of_settings_form_or_comments(tmp_path):
    first = load(written(tmp_path, a=WHOLE)).version
    settings = "# anders\n" + WHOLE.replace("id: sw-1, kind: switch", 'kind: "switch", id: sw-1')
    assert load(written(tmp_path, a=settings + "service: {language: en}\n")).version == first
    changed = load(written(tmp_path, a=WHOLE.replace("users: 10", "users: 11"))).version
    assert changed != first
    assert len(first) == 64


def test_a_section_without_entries_is_an_empty_one(tmp_path):
    catalogue = load(written(tmp_path, a="sites:\nlinks:\nservice:\n", b="", c="# niets\n"))
    assert catalogue.sites == {}
    assert catalogue.service == {}


def test_the_same_id_may_name_a_calendar_and_a_chain(tmp_path):
    text = WHOLE.replace("altijd", "c")
    assert load(written(tmp_path, a=text)).chains["c"].level == "goud"


def test_problems_of_plain_values_name_the_path():
    with pytest.raises(ConfigError, match=r"components\.0\.kind"):
        build({"components": [{"id": "a", "kind": "fax"}]})


def test_a_catalogue_without_places_lists_every_problem_too():
    with pytest.raises(ConfigError) as caught:
        build({"sites": [{"id": "a"}, {"id": "a"}], "links": "none", "x": None})
    codes = {problem.code for problem in caught.value.problems}
    assert codes == {"duplicate-id", "wrong-type", "unknown-key"}


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the worked scenarios are not beside the checkout")
def test_every_worked_scenario_loads_without_a_finding():
    directories = sorted(GOLDEN.rglob("catalogue"))
    assert len(directories) > 30
    for directory in directories:
        assert load(directory, examine=False).problems == ()
