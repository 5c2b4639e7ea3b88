"""Warnings are findings, notes never are, and neither cries wolf."""

from __future__ import annotations

import pytest

from monitor.catalogue_files import load
from tests.catalogue.samples import WHOLE, written


def found(directory, text, *severities):
    """Severity, code and line of what `check` tells."""
    wanted = severities or ("warning",)
    problems = load(written(directory, a=text), examine=True).problems
    return [(one.code, one.line) for one in problems if one.severity in wanted]


def test_a_whole_catalogue_has_no_warning(tmp_path):
    assert found(tmp_path, WHOLE) == []


def test_a_supplier_in_use_without_contact_is_a_warning_and_an_unused_one_a_note(tmp_path):
    text = WHOLE.replace(", contact: {email: noc@lan.example}}", "}, {id: z, name: Z}")
    assert found(tmp_path, text) == [("no-contact", 3)]
    assert ("unused-supplier", 3) in found(tmp_path, text, "note")


def test_a_main_supplier_without_contact_is_a_warning_because_of_its_sub_supplier(tmp_path):
    text = WHOLE.replace("suppliers: [{id: lan,", "suppliers: [{id: h}, {id: lan, parent: h,")
    assert found(tmp_path, text) == [("no-contact", 3)]


@pytest.mark.parametrize(
    ("ola", "warned"), [("99.5", False), ("99.4", True), ("100", False), ("99.4999", True)]
)
def test_a_target_above_what_the_ola_allows_is_a_warning(tmp_path, ola, warned):
    text = WHOLE.replace("name: LAN BV,", f"name: LAN BV, olas: [{{target: {ola}}}],")
    assert found(tmp_path, text) == ([("target-above-olas", 15)] if warned else [])


def test_the_olas_of_two_suppliers_in_series_multiply(tmp_path):
    text = WHOLE.replace("name: LAN BV,", "name: LAN BV, olas: [{target: 99.7}],").replace(
        "suppliers: [", "suppliers: [{id: x, contact: {phone: 1}, olas: [{target: 99.7}]}, "
    )
    assert found(tmp_path, text.replace("target: 99.5,", "target: 99.4,")) == []
    split = text.replace("kind: service, supplier: lan", "kind: service, supplier: x")
    assert found(tmp_path, split) == [("target-above-olas", 15)]  # 0.997 x 0.997 = 0.994009
    assert found(tmp_path, split.replace("target: 99.5,", "target: 99.4009,")) == []


def test_an_ola_of_a_part_that_has_a_twin_does_not_bind(tmp_path):
    text = (
        WHOLE.replace(
            "suppliers: [", "suppliers: [{id: x, contact: {phone: 1}, olas: [{target: 90}]}, "
        )
        .replace(
            "  - {id: app,", "  - {id: c2, kind: switch, tier: core, supplier: x}\n  - {id: app,"
        )
        .replace(
            "core-1, kind: switch, tier: core, supplier: lan",
            "core-1, kind: switch, tier: core, supplier: x",
        )
        .replace(
            "groups:",
            "  - {id: l-3, between: [sw-1, c2]}\n  - {id: l-4, between: [c2, app]}\ngroups:",
        )
    )
    assert found(tmp_path, text) == []


def test_the_last_ola_that_holds_when_the_level_does_is_compared(tmp_path):
    olas = "olas: [{target: 90, valid_from: 2020-01-01}, {target: 99.9, valid_from: 2025-01-01}]"
    text = WHOLE.replace("name: LAN BV,", f"name: LAN BV, {olas},")
    assert found(tmp_path, text) == []
    early = text.replace("target: 99.5,", "target: 99.5, valid_from: 2021-01-01,")
    assert found(tmp_path, early) == [("target-above-olas", 15)]


def test_where_anything_is_probed_a_device_without_probe_is_a_warning(tmp_path):
    text = WHOLE.replace("{id: sw-1,", '{id: sw-1, address: "192.0.2.1", probe: {snmp: {}},')
    assert found(tmp_path, text) == [("no-probe", 9)], "core-1 is not looked at"


def test_a_probe_without_address_and_one_that_is_too_slow_are_warnings(tmp_path):
    slow = "probe: {snmp: {interval: 5s, timeout: 2s, retries: 2}}"
    text = WHOLE.replace("{id: app,", f"{{id: app, {slow},").replace("switch", "panel, tier: core")
    text = text.replace("tier: core, tier: core", "tier: core").replace(
        "sw-1, kind: panel, tier: core", "sw-1, kind: panel, tier: access"
    )
    assert found(tmp_path, text) == [("no-address", 10), ("probe-slow", 10)]


def test_more_uplinks_wanted_than_there_are_is_a_warning(tmp_path):
    text = WHOLE.replace("{id: sw-1,", "{id: sw-1, uplinks: {min: 2},")
    assert found(tmp_path, text) == [("uplinks-short", 8)]


def test_single_points_are_notes_with_their_chains_and_exempt_ones_are_not_told(tmp_path):
    notes = load(written(tmp_path, a=WHOLE), examine=True).problems
    assert {(one.code, one.line) for one in notes} == {("single-point", n) for n in (8, 9, 12, 13)}
    assert all("of c;" in one.message for one in notes)
    exempt = WHOLE.replace("level: goud}", "level: goud, exempt: [core-1, l-1]}")
    assert found(tmp_path, exempt, "note") == [("single-point", 8), ("single-point", 13)]


def test_a_need_and_a_shared_risk_are_single_points_and_a_twin_is_not(tmp_path):
    text = (
        WHOLE.replace("{id: app, kind: service,", "{id: app, kind: service, needs: [dns],")
        .replace(
            "links:", "  - {id: dns, kind: service}\n  - {id: c2, kind: switch, tier: core}\nlinks:"
        )
        .replace(
            "groups:",
            "  - {id: l-3, between: [sw-1, c2]}\n  - {id: l-4, between: [c2, app]}\ngroups:",
        )
    ) + "shared_risks: [{id: stroom, kind: power, members: [core-1, c2]}]\n"
    problems = load(written(tmp_path, a=text), examine=True).problems
    singles = {one.message.split("`")[1] for one in problems if one.code == "single-point"}
    assert singles == {"sw-1", "dns", "stroom"}
