"""Every mistake in the files is told at its line and column, with a code and a cure."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from events.errors import ConfigError
from monitor.catalogue_files import load
from tests.catalogue.samples import WHOLE, refused, written

BROKEN = {
    "a tab that indents": ("components:\n\t- {id: a}\n", [(2, 1, "yaml-tab")]),
    "a bracket that never closes": ("links: [{id: l\n", [(2, 1, "yaml-syntax")]),
    "a value that starts with an at sign": ("timezone: @home\n", [(1, 11, "yaml-syntax")]),
    "two colons on a line": ("version: 1\ntimezone: a: b\n", [(2, 12, "yaml-syntax")]),
    "an alias of nothing": ("sites: *sites\n", [(1, 8, "yaml-syntax")]),
    "a second document": ("version: 1\n---\nversion: 1\n", [(2, 1, "yaml-documents")]),
    "a control character": ("sites:\n  - {id: é\x07}\n", [(2, 11, "yaml-character")]),
    "a tag": ("sites: !!python/tuple []\n", [(1, 8, "yaml-tag")]),
    "a merge key": (
        "sites:\n  - &a {id: x}\n  - {<<: *a, id: y}\n",
        [(3, 6, "yaml-merge")],
    ),
    "a list where a file is a mapping": ("- id: a\n", [(1, 1, "wrong-type")]),
    "a key twice": (
        "sites:\n  - id: a\n    name: A\n    name: B\n",
        [(4, 5, "duplicate-key")],
    ),
    "a section twice in one file": ("sites: []\nsites: []\n", [(2, 1, "duplicate-key")]),
    "a section that is a mapping": ("sites: {id: a}\n", [(1, 8, "wrong-type")]),
    "an unknown section": ("componnents: []\n", [(1, 1, "unknown-key")]),
    "an unknown key": ("sites:\n  - {id: a, nmae: A}\n", [(2, 13, "unknown-key")]),
    "a typing error in a needed key is one problem": (
        "groups:\n  - {id: g, user: 3, members: [a]}\ncomponents: [{id: a, kind: ap}]\n",
        [(2, 13, "unknown-key")],
    ),
    "a key that is missing": (
        "calendars: [{id: k, always: true}]\nlevels:\n  - id: l\n    calendar: k\n",
        [(3, 5, "missing-key")],
    ),
    "the country of Norway": (
        "sites:\n  - {id: no, name: Oslo}\n",
        [(2, 10, "yaml-boolean")],
    ),
    "an id with a space": ("sites: [{id: a b}]\n", [(1, 14, "bad-id")]),
    "an id that is taken by another kind": (
        (
            "components:\n  - {id: x, kind: ap}\n  - {id: y, kind: ap}\n"
            "links: [{id: x, between: [x, y]}]\n"
        ),
        [(4, 14, "duplicate-id")],
    ),
    "a dangling id": (
        "suppliers: [{id: lan-bv}]\ncomponents:\n  - {id: x, kind: ap, supplier: lan-b}\n",
        [(3, 33, "unknown-id")],
    ),
    "an id of the wrong kind": (
        (
            "components: [{id: x, kind: ap}]\ngroups: [{id: g, users: 1, members: [x]}]\n"
            "levels: [{id: l, target: 99, calendar: k}]\ncalendars: [{id: k, always: true}]\n"
            "chains: [{id: c, from: x, to: g, level: l}]\n"
        ),
        [(5, 24, "wrong-kind"), (5, 31, "wrong-kind")],
    ),
    "a duration without unit": ("timing: {confirm: 60}\n", [(1, 19, "bad-value")]),
    "half a second where whole ones count": ("timing: {clear: 0.5s}\n", [(1, 17, "bad-value")]),
    "a percentage above 100": (
        "calendars: [{id: k, always: true}]\nlevels: [{id: l, target: 995, calendar: k}]\n",
        [(2, 26, "bad-value")],
    ),
    "a number in words": (
        "groups: [{id: g, users: ten, members: []}]\n",
        [(1, 25, "bad-value"), (1, 39, "bad-length")],
    ),
    "an hour that is not there": (
        'calendars:\n  - id: k\n    hours: [{days: [mon], from: "08:00", to: "25:00"}]\n',
        [(3, 46, "bad-value")],
    ),
    "hours that end before they begin": (
        'calendars:\n  - id: k\n    hours: [{days: [mon], from: "22:00", to: "06:00"}]\n',
        [(3, 33, "hours-order")],
    ),
    "hours that last nothing": (
        'calendars:\n  - id: k\n    hours: [{days: [mon], from: "08:00", to: "08:00"}]\n',
        [(3, 33, "hours-order")],
    ),
    "hours that begin at the end of the day": (
        'calendars:\n  - id: k\n    hours: [{days: [mon], from: "24:00", to: "24:00"}]\n',
        [(3, 33, "hours-order")],
    ),
    "a chain that ends before it begins": (
        "chains:\n  - {id: c, from_date: 2026-03-02, until: 2026-03-01}\n",
        [
            (2, 5, "missing-key"),
            (2, 5, "missing-key"),
            (2, 5, "missing-key"),
            (2, 24, "dates-order"),
        ],
    ),
    "a target above a hundred": (
        "calendars: [{id: k, always: true}]\nlevels: [{id: l, calendar: k, target: 100.5}]\n",
        [(2, 39, "bad-value")],
    ),
    "two versions of a level from one day": (
        (
            "calendars: [{id: k, always: true}]\nlevels:\n"
            "  - {id: l, calendar: k, target: 99, valid_from: 2026-01-01}\n"
            "  - {id: l, calendar: k, target: 98}\n"
            "  - {id: l, calendar: k, target: 97, valid_from: 2026-01-01}\n"
        ),
        [(5, 50, "duplicate-id")],
    ),
    "two versions of a level that both always held": (
        (
            "calendars: [{id: k, always: true}]\n"
            "levels: [{id: l, calendar: k, target: 99}, {id: l, calendar: k, target: 98}]\n"
        ),
        [(2, 49, "duplicate-id")],
    ),
    "an OLA for hours that nobody defined": (
        "calendars: [{id: k, always: true}]\nsuppliers: [{id: s, olas: [{calendar: kk}]}]\n",
        [(2, 39, "unknown-id")],
    ),
    "a day that is not in the calendar": (
        "calendars: [{id: k, always: true, closed: [2026-02-30]}]\n",
        [(1, 44, "bad-value")],
    ),
    "a calendar without service": ("calendars: [{id: k}]\n", [(1, 13, "calendar-empty")]),
    "a word that is no choice": (
        "components: [{id: x, kind: ap, tier: acces}]\n",
        [(1, 38, "bad-value")],
    ),
    "a kind without a usual tier": ("components: [{id: x, kind: fax}]\n", [(1, 28, "tier-needed")]),
    "a link to itself": (
        "components: [{id: x, kind: ap}]\nlinks: [{id: l, between: [x, x]}]\n",
        [(2, 26, "self-link")],
    ),
    "a link with three ends": (
        "components: [{id: x, kind: ap}]\nlinks: [{id: l, between: [x, x, x]}]\n",
        [(2, 26, "bad-length")],
    ),
    "more lines needed than there are": (
        (
            "components: [{id: x, kind: ap}, {id: y, kind: ap}]\n"
            "links: [{id: l, between: [x, y], min_links: 2}]\n"
        ),
        [(2, 45, "out-of-range")],
    ),
    "more members needed than there are": (
        "components: [{id: x, kind: ap}]\ngroups: [{id: g, users: 1, members: [x], min: 2}]\n",
        [(2, 47, "out-of-range")],
    ),
    "min above full": (
        (
            "components: [{id: x, kind: ap}, {id: y, kind: ap}]\n"
            "groups: [{id: g, users: 1, members: [x, y], min: 2, full: 1}]\n"
        ),
        [(2, 50, "out-of-range")],
    ),
    "a need of more than are named": (
        "components:\n  - {id: x, kind: ap, needs: [{at_least: 2, of: [y]}]}\n  - {id: y, kind: ap}\n",
        [(2, 42, "out-of-range")],
    ),
    "a need in two forms": (
        "components:\n  - {id: x, kind: ap, needs: [{any: [y], of: [y]}]}\n  - {id: y, kind: ap}\n",
        [(2, 31, "need-form")],
    ),
    "a circle of needs": (
        "components:\n  - {id: x, kind: ap, needs: [y]}\n  - {id: y, kind: ap, needs: [x]}\n",
        [(3, 30, "needs-circle")],
    ),
    "a circle of suppliers": (
        "suppliers:\n  - {id: a, parent: b}\n  - {id: b, parent: a}\n",
        [(3, 21, "supplier-circle")],
    ),
    "a via that is a listed link": (
        (
            "components: [{id: x, kind: ap}, {id: y, kind: ap}]\nlinks: [{id: l, between: [x, y]}]\n"
            "vantage_points: [{id: p, attached_to: x, via: l}]\n"
        ),
        [(3, 47, "duplicate-id")],
    ),
    "an unknown way of looking": (
        "components: [{id: x, kind: ap, probe: {snmpp: {}}}]\n",
        [(1, 40, "unknown-key")],
    ),
    "an unknown time zone": ("timezone: Europe/Amsterdan\n", [(1, 11, "bad-value")]),
    "a literal secret": (
        "service:\n  credentials:\n    - {id: a, snmp: {community: geheim}}\n",
        [(3, 33, "literal-secret")],
    ),
    "a literal webhook": (
        "service:\n  channels:\n    - {id: a, webhook: {url: https://hooks.example/geheim}}\n",
        [(3, 30, "literal-secret")],
    ),
    "an unknown setting": ("service: {lisen: 127.0.0.1:1}\n", [(1, 11, "unknown-key")]),
    "credentials that are not there": (
        (
            "service: {credentials: [{id: ro, snmp: {community: {env: A}}}]}\n"
            "components: [{id: x, kind: ap, probe: {snmp: {credentials: r0}}}]\n"
        ),
        [(2, 60, "unknown-id")],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_told_at_its_place(tmp_path, name):
    text, expected = BROKEN[name]
    places = [(line, column, code) for _, line, column, code in refused(written(tmp_path, a=text))]
    assert places == expected


@pytest.mark.parametrize("name", BROKEN)
def test_every_message_says_what_to_do(tmp_path, name):
    with pytest.raises(ConfigError) as caught:
        load(written(tmp_path, a=BROKEN[name][0]))
    for problem in caught.value.problems:
        assert len(problem.message) > 12
        assert "\n" not in problem.message
        assert "geheim" not in str(caught.value), "a secret is never repeated"


def test_all_mistakes_of_all_files_are_told_at_once_and_in_order(tmp_path):
    written(
        tmp_path, b="sites: [{id: x, nam: X}]\n", a="timing: {confirm: 1}\nsitez: []\n", c="- 1\n"
    )
    assert refused(tmp_path) == [
        ("a.yaml", 1, 19, "bad-value"),
        ("a.yaml", 2, 1, "unknown-key"),
        ("b.yaml", 1, 17, "unknown-key"),
        ("c.yaml", 1, 1, "wrong-type"),
    ]


def test_a_mistake_in_the_second_file_of_a_list_is_told_in_that_file(tmp_path):
    written(tmp_path, a="sites: [{id: x}, {id: y}]\n", b="sites:\n  - {id: z, organisation: q}\n")
    assert refused(tmp_path) == [("b.yaml", 2, 27, "unknown-id")]


def test_a_duplicate_names_the_place_of_the_first(tmp_path):
    written(tmp_path, a="sites: [{id: x}]\n", b="sites: [{id: x}]\n")
    with pytest.raises(ConfigError, match=r"a\.yaml:1:14"):
        load(tmp_path)


def test_files_that_disagree_on_the_time_zone_are_refused(tmp_path):
    written(tmp_path, a="timezone: Europe/Amsterdam\n", b="timezone: Europe/Brussels\n")
    assert refused(tmp_path) == [("b.yaml", 1, 11, "must-agree")]


def test_a_setting_in_two_files_is_refused_with_both_places(tmp_path):
    written(tmp_path, a="service: {language: nl}\n", b="service:\n  language: en\n")
    with pytest.raises(ConfigError, match=r"b\.yaml:2:3: .*language.*a\.yaml:1:11"):
        load(tmp_path)


def test_only_fifty_problems_are_shown_and_the_rest_is_counted(tmp_path):
    written(tmp_path, a="sites:\n" + "".join(f"  - {{id: a {n}}}\n" for n in range(80)))
    codes = [code for *_, code in refused(tmp_path)]
    assert codes == ["bad-id"] * 50 + ["more"]
    with pytest.raises(ConfigError, match="and 30 more problems"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"sites:\n  - {id: \xe9}\n", (2, 10, "not-utf-8")),
        ("sites: []\n".encode("utf-16"), (1, 1, "not-utf-8")),
    ],
)
def test_a_file_that_is_not_utf_8_is_told_where(tmp_path, raw, expected):
    (tmp_path / "a.yaml").write_bytes(raw)
    assert [problem[1:] for problem in refused(tmp_path)] == [expected]


def test_a_byte_order_mark_is_tolerated_and_shifts_no_column(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfsitez: []\n")
    assert refused(tmp_path) == [("a.yaml", 1, 1, "unknown-key")]


def test_aliases_that_double_at_every_level_are_refused_in_bounded_work(tmp_path):
    bomb = "a: &a0 [x, x]\n" + "".join(
        f"b{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)
    )
    assert "yaml-size" in {code for *_, code in refused(written(tmp_path, a=bomb))}


def test_an_alias_of_itself_is_refused(tmp_path):
    assert "yaml-size" in {code for *_, code in refused(written(tmp_path, a="sites: &a [*a]\n"))}


def test_brackets_without_end_are_refused(tmp_path):
    assert refused(written(tmp_path, a="sites: " + "[" * 20_000))[0][3] == "yaml-syntax"
    deep = refused(written(tmp_path, a="sites: " + "[" * 60 + "]" * 60))
    assert "yaml-size" in {code for *_, code in deep}


def test_an_honest_anchor_works(tmp_path):
    text = WHOLE.replace("contact: {", "contact: &c {") + "prices: []\n"
    text = text.replace("suppliers: [", "suppliers: [{id: z, contact: *c}, ").replace(
        "[{id: z, contact: *c}, {id: lan, name: LAN BV, contact: &c {email: noc@lan.example}}",
        "[{id: lan, contact: &c {email: noc@lan.example}}, {id: z, contact: *c}",
    )
    assert load(written(tmp_path, a=text)).suppliers["z"].contact == {"email": "noc@lan.example"}


def test_a_file_that_is_too_large_is_refused_unread(tmp_path):
    with (tmp_path / "a.yaml").open("wb") as file:
        os.truncate(file.fileno(), 65 * 1024 * 1024)
    assert refused(tmp_path) == [("a.yaml", 0, 0, "too-large")]


@pytest.mark.parametrize(
    ("name", "code"), [("nowhere", "no-directory"), ("file.yaml", "no-directory"), ("", "no-files")]
)
def test_a_directory_without_a_catalogue_says_how_to_begin(tmp_path, name, code):
    if name == "file.yaml":
        (tmp_path / name).write_text("version: 1\n", encoding="utf-8")
    assert [problem[3] for problem in refused(tmp_path / name)] == [code]


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone")
    assert refused(tmp_path) == [("a.yaml", 0, 0, "not-readable")]


def test_a_chain_that_nothing_carries_is_refused(tmp_path):
    down = WHOLE.replace("tier: core", "tier: ap")  # then l-1 would carry downward
    assert refused(written(tmp_path, a=down)) == [("a.yaml", 15, 31, "no-path")]


def test_a_link_between_equals_carries_both_ways(tmp_path):
    ring = (
        WHOLE.replace("links:", "  - {id: core-2, kind: switch, tier: core, supplier: lan}\nlinks:")
        .replace("between: [core-1, app]", "between: [core-2, app]")
        .replace("groups:", "  - {id: l-3, between: [ENDS], supplier: lan}\ngroups:")
    )
    for ends in ("core-1, core-2", "core-2, core-1"):
        assert load(written(tmp_path, a=ring.replace("ENDS", ends))).chains["c"].to == "app"


def test_a_chain_that_too_few_members_carry_is_refused(tmp_path):
    text = WHOLE.replace("links:", "  - {id: ap-9, kind: ap}\nlinks:").replace(
        "members: [sw-1]", "members: [sw-1, ap-9], min: MIN"
    )
    assert load(written(tmp_path, a=text.replace("MIN", "1"))).groups["g"].min == 1
    assert refused(written(tmp_path, a=text.replace("MIN", "2"))) == [("a.yaml", 16, 31, "no-path")]


def test_a_need_in_another_domain_is_refused(tmp_path):
    text = WHOLE.replace("{id: app,", "{id: app, needs: [dns],").replace(
        "links:", "  - {id: dns, kind: service, domain: noord}\nlinks:"
    )
    assert refused(written(tmp_path, a=text)) == [("a.yaml", 16, 10, "domain-crossed")]


def test_a_chain_over_two_domains_is_refused(tmp_path):
    text = WHOLE.replace("id: sw-1, kind", "id: sw-1, domain: noord, kind")
    assert refused(written(tmp_path, a=text)) == [("a.yaml", 15, 10, "domain-crossed")]


def test_a_shared_risk_over_two_domains_is_refused(tmp_path):
    text = WHOLE + ("shared_risks: [{id: p, kind: power, members: [sw-1, x]}]\n")
    text = text.replace("components:\n", "components:\n  - {id: x, kind: ups, domain: noord}\n")
    assert refused(written(tmp_path, a=text)) == [("a.yaml", 17, 46, "domain-crossed")]


def test_the_place_is_the_path_as_the_operator_gave_it(tmp_path, monkeypatch):
    written(tmp_path, a="sitez: []\n")
    monkeypatch.chdir(tmp_path.parent)
    with pytest.raises(ConfigError) as caught:
        load(Path(tmp_path.name))
    assert caught.value.problems[0].file == f"{tmp_path.name}/a.yaml"


def test_a_yml_file_is_not_dropped_silently(tmp_path):
    (tmp_path / "extra.yml").write_text("", encoding="utf-8")
    found = load(written(tmp_path, a=WHOLE)).problems
    assert [(problem.severity, problem.code) for problem in found] == [("warning", "not-read")]
