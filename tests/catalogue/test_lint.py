"""Warnings are findings, notes never are, and neither cries wolf."""

from __future__ import annotations

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


def test_a_probed_device_that_no_vantage_point_leads_down_to_is_a_warning(tmp_path):
    polled = 'address: "192.0.2.1", probe: {snmp: {}},'
    text = WHOLE.replace("{id: sw-1,", f"{{id: sw-1, {polled}").replace(
        "{id: core-1,", f"{{id: core-1, {polled}"
    )
    at = "vantage_points: [{{id: p, attached_to: {}, via: l-p}}]\n".format
    assert found(tmp_path, text) == []  # without vantage points nothing is inferred
    assert found(tmp_path, text + at("core-1")) == []
    assert found(tmp_path, text + at("sw-1")) == [("out-of-sight", 9)]
    both = at("sw-1") + "  "
    two = both.replace("}]", "}, {id: q, attached_to: core-1, via: l-q}]").strip()
    assert found(tmp_path, f"{text}{two}\n") == []


def test_an_application_is_checked_from_anywhere(tmp_path):
    text, devices = WHOLE, 'address: "192.0.2.1", probe: {snmp: {}},'
    for one in ("sw-1", "core-1", "app"):
        text = text.replace(f"{{id: {one},", f"{{id: {one}, {devices}")
    text += "vantage_points: [{id: p, attached_to: core-1, via: l-p}]\n"
    assert found(tmp_path, text) == []


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


OVERLAPPING = (
    'hours: [{days: [mon, tue], from: "08:00", to: "12:00"},'
    ' {days: [tue], from: "11:59", to: "24:00"}]'
)


def test_hours_that_overlap_are_a_warning_and_hours_that_touch_are_not(tmp_path):
    text = WHOLE.replace("always: true", OVERLAPPING)
    assert [code for code, _ in found(tmp_path, text)] == ["hours-overlap"]
    assert found(tmp_path, text.replace("11:59", "12:00")) == []
    assert found(tmp_path, text.replace("[tue]", "[wed]")) == []


def test_hours_beside_around_the_clock_are_a_note(tmp_path):
    text = WHOLE.replace("always: true", f"always: true, {OVERLAPPING}")
    assert "hours-ignored" in [code for code, _ in found(tmp_path, text, "note")]
    assert found(tmp_path, text) == []


def test_a_target_of_a_hundred_is_allowed_with_a_note_that_it_leaves_no_budget(tmp_path):
    text = WHOLE.replace("target: 99.5,", "target: 100,")
    assert "target-whole" in [code for code, _ in found(tmp_path, text, "note")]
    assert "target-whole" not in [code for code, _ in found(tmp_path, WHOLE, "note")]


def test_a_repair_agreed_sooner_than_the_reaction_is_a_warning(tmp_path):
    times = "target: 99.5, priority_times: {P1: {react: 4h, solve: 30m}},"
    text = WHOLE.replace("target: 99.5,", times)
    assert [code for code, _ in found(tmp_path, text)] == ["react-after-solve"]


def test_versions_of_a_level_with_another_redundancy_are_a_note(tmp_path):
    later = "{id: goud, target: 99, calendar: altijd, valid_from: 2027-01-01}]"
    text = WHOLE.replace("calendar: altijd}]", f"calendar: altijd}}, {later}")
    told = [code for code, _ in found(tmp_path, text, "note")]
    assert "level-redundancy" not in told
    other = text.replace("target: 99,", "redundancy: 3, target: 99,")
    assert "level-redundancy" in [code for code, _ in found(tmp_path, other, "note")]
