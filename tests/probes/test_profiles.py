"""Vendor profiles: what is written is what is read, and what is wrong in a file is told with its place."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from events.errors import ConfigError
from monitor.profile_files import BUILT_IN, load_profiles
from probes.port import SnmpCredential
from probes.snmp import ber
from probes.snmp.ber import VarBind
from probes.snmp.engine import Agent
from probes.snmp.facts import ROOTS, read_facts
from probes.snmp.oid import dotted, parse_oid
from probes.snmp.profile.apply import Added, apply, chosen, questions
from probes.snmp.profile.parse import parse_profile
from probes.snmp.recording import RecordedEngine
from probes.snmp.rows import Rows

if TYPE_CHECKING:
    from pathlib import Path

ACME = "1.3.6.1.4.1.99999"
NOBODY = Agent(host="recording", credential=SnmpCredential())


def row(oid: str, value: object) -> VarBind:
    if isinstance(value, int):
        return VarBind(parse_oid(oid), ber.INTEGER, value)
    if isinstance(value, tuple):
        return VarBind(parse_oid(oid), ber.OID, value)
    raw = value.encode() if isinstance(value, str) else value
    return VarBind(parse_oid(oid), ber.OCTET_STRING, raw)


def column(number: int, *values: object) -> list[VarBind]:
    return [row(f"{ACME}.{number}.{place}", value) for place, value in enumerate(values, 1)]


def profile(**sections: object):
    made, faults = parse_profile("acme", {"profile": "acme", **sections})
    assert faults == []
    return made


def added(rows: list[VarBind], **sections: object) -> Added:
    made = profile(**sections)
    return apply([made], Rows(rows, made.roots))


def sensor(value: object, rows: list[VarBind], **more: object) -> list[object]:
    told = added(rows, sensors=[{"class": "temperature", "value": value, **more}])
    return [each["value"] for each in told.sections["sensors"]]


@pytest.mark.parametrize(
    ("value", "said", "meant"),
    [
        (f"{ACME}.1", [21, 22], [21, 22]),
        ({"of": f"{ACME}.1", "scale": "0.1"}, [215], [21.5]),
        ({"of": f"{ACME}.1", "scale": "1/4", "add": "-40"}, [200], [10]),
        ({"of": f"{ACME}.1", "drop": ["0", "65535"]}, [0, 65535, 7], [7]),
        ({"of": f"{ACME}.1", "least": "1", "most": "200"}, [0, 7, 255], [7]),
        ({"of": f"{ACME}.1", "as": "signed"}, [4294967291], [-5]),
        ({"of": f"{ACME}.1", "as": "fahrenheit"}, [212], [100]),
        ({"of": f"{ACME}.1", "as": "number"}, ["about 41.5 C", "none"], [41.5]),
        ({"of": f"{ACME}.1", "pattern": r"T2=(\d+)"}, ["T1=3 T2=44", "T1=3"], [44]),
        ({"of": f"{ACME}.1", "as": "big"}, [b"\x01\x00"], [256]),
        ({"of": f"{ACME}.1", "as": "dbm"}, ["0.5", "1", "0", "n/a"], [-3.01, 0]),
        ({"of": f"{ACME}.1", "decimals": f"{ACME}.1"}, [3], [0.003]),
        ({"of": f"{ACME}.1", "decimals": f"{ACME}.9"}, [3], []),
        ({"of": f"{ACME}.1", "decimals": f"{ACME}.1"}, [77], []),
        ({"join": ["1", f"{ACME}.1"]}, [5], [15]),
        ({"join": ["1", f"{ACME}.9"]}, [5], []),
        ({"sum": [f"{ACME}.1", "1"]}, [5], [6]),
        ({"minus": ["100", f"{ACME}.1"]}, [30], [70]),
        ([f"{ACME}.9", f"{ACME}.1"], [5], [5]),
    ],
)
def test_a_value_is_what_its_rule_makes_of_what_the_device_says(value, said, meant) -> None:
    assert sensor(value, column(1, *said)) == meant


def test_the_description_of_the_device_is_read_by_its_name() -> None:
    told = added(
        [row("1.3.6.1.2.1.1.1.0", "Acme router, model AX-5, version 2")],
        identity={"model": {"of": "sysDescr", "pattern": r"model ([\w-]+)"}},
    )
    assert told.identity == {"model": "AX-5"}


def test_a_rule_with_several_tables_holds_for_each() -> None:
    assert sensor(".1", column(1, 21), table=[ACME, f"{ACME}.8"]) == [21]
    assert sensor(".1", [row(f"{ACME}.8.1.1", 9)], table=[ACME, f"{ACME}.8"]) == [9]


def test_a_value_may_stand_in_another_table_under_an_index_that_a_column_tells() -> None:
    rows = [
        *column(1, 40, 50),
        *column(2, 7, 8),
        row(f"{ACME}.3.8", "rear"),
        row(f"{ACME}.3.7", "front"),
    ]
    told = added(
        rows,
        sensors=[
            {
                "table": ACME,
                "class": "temperature",
                "value": ".1",
                "description": "{.3@.2} of {index}",
            }
        ],
    )
    assert [each["description"] for each in told.sections["sensors"]] == ["front of 1", "rear of 2"]


@pytest.mark.parametrize(
    ("at", "meant"), [("first", "a"), ("last", "b"), ("rest", "c"), ("#9", "d"), ("first2", "c")]
)
def test_part_of_an_index_leads_to_another_table(at, meant) -> None:
    rows = [row(f"{ACME}.1.5.6", 40)] + [
        row(f"{ACME}.2.{place}", text)
        for place, text in (("5", "a"), ("6", "b"), ("5.6", "c"), ("9", "d"))
    ]
    expected = "b" if at == "rest" else meant
    told = added(
        rows,
        sensors=[{"class": "temperature", "value": f"{ACME}.1", "description": f"{ACME}.2@{at}"}],
    )
    assert told.sections["sensors"][0]["description"] == expected


def test_rows_are_taken_by_what_other_columns_say_of_them() -> None:
    rows = [*column(1, 10, 20, 30, 40), *column(2, "fan", "temp in", "temp out", "temp x")]
    where = {f"{ACME}.2": "/^temp/"}
    assert sensor(f"{ACME}.1", rows, where=where, unless={f"{ACME}.1": ["40"]}) == [20, 30]


def test_states_are_words_beside_the_raw_number_and_an_unlisted_one_is_unknown() -> None:
    told = added(
        column(1, 1, 2, 9),
        sensors=[{"class": "state", "value": f"{ACME}.1", "states": {"1": "ok", "2": "critical"}}],
    )
    found = [(each["value"], each["raw"]) for each in told.sections["sensors"]]
    assert found == [("ok", 1), ("critical", 2), ("unknown", 9)]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"used": ".1", "total": ".2"}, (30, 120)),
        ({"free": ".1", "total": ".2"}, (90, 120)),
        ({"free": ".1", "used": ".2"}, (90, 30)),
        ({"percent": ".1", "total": ".2"}, (25, 120)),
    ],
)
def test_any_two_of_used_total_free_and_percent_make_a_pool(fields, said) -> None:
    rows = [*column(1, said[0]), *column(2, said[1])]
    told = added(rows, memory=[{"table": ACME, "unit": "1024", **fields}])
    assert told.sections["memory"] == [
        {"description": None, "used_bytes": 30 * 1024, "total_bytes": 120 * 1024, "percent": 25}
    ]


def test_the_numbers_of_an_index_may_be_letters() -> None:
    told = added(
        [row(f"{ACME}.1.{index}", 3) for index in ("4.72.111.109.101", "72.111", "1.300")],
        sensors=[
            {
                "class": "clients",
                "value": f"{ACME}.1",
                "description": {"of": "{index}", "as": "letters"},
            }
        ],
    )
    assert [each["description"] for each in told.sections["sensors"]] == ["Home", "Ho", None]


def test_an_access_point_may_be_known_by_the_numbers_of_its_index_alone() -> None:
    told = added(
        [row(f"{ACME}.1.0.11.134.129.78.168", "ap-1")],
        access_points=[{"name": f"{ACME}.1", "mac": {"of": "{index}", "as": "mac"}}],
    )
    assert told.sections["access_points"][0]["mac"] == "00:0b:86:81:4e:a8"


def test_a_load_beyond_a_hundred_is_none_and_a_quirk() -> None:
    made = profile(processors=[{"percent": f"{ACME}.1"}])
    rows = Rows(column(1, 101, 12), made.roots)
    assert apply([made], rows).sections["processors"] == [{"description": None, "percent": 12}]
    assert rows.quirks


def test_radios_belong_to_the_access_point_whose_index_theirs_begins_with() -> None:
    rows = [
        *column(1, "ap-1", "ap-2"),
        *(row(f"{ACME}.2.{place}", n) for place, n in (("1.1", 3), ("1.2", 4), ("2.1", 5))),
    ]
    told = added(
        rows,
        access_points=[
            {
                "name": f"{ACME}.1",
                "clients": {"total": f"{ACME}.2", "under": True},
                "radios": [{"clients": f"{ACME}.2", "name": "{index.-1}"}],
            }
        ],
    )
    found = told.sections["access_points"]
    assert [(each["name"], each["clients"], len(each["radios"])) for each in found] == [
        ("ap-1", 7, 2),
        ("ap-2", 5, 1),
    ]


def test_what_is_told_of_many_rows_may_be_of_those_that_say_the_same() -> None:
    radios = column(1, "ng", "na")
    networks = [*column(2, "ng", "na", "na"), *column(3, 4, 5, 6), *column(4, "", 36, 40)]
    same = {".2": ".1"}
    told = added(
        [*radios, *networks],
        access_points=[
            {
                "needs": f"{ACME}.1",
                "name": "ap-1",
                "radios": [
                    {
                        "table": ACME,
                        "name": ".1",
                        "clients": {"total": ".3", "matching": same},
                        "channel": {"any": ".4", "matching": same},
                    }
                ],
            }
        ],
    )
    found = told.sections["access_points"][0]["radios"]
    assert [(each["name"], each["clients"], each["channel"]) for each in found] == [
        ("ng", 4, None),
        ("na", 11, 36),
    ]


@pytest.mark.parametrize(("once", "said"), [("true", [9, 2]), ("false", [9, 9, 2])])
def test_equal_records_are_one_where_a_rule_says_so(once, said) -> None:
    networks = [*column(1, "guest", "guest", "staff"), *column(2, 4, 5, 2)]
    clients = {"total": f"{ACME}.2", "matching": {f"{ACME}.1": f"{ACME}.1"}}
    assert sensor(clients, networks, each=f"{ACME}.1", once=once) == said


def test_a_rule_that_needs_a_column_gives_nothing_without_it() -> None:
    rule = {"needs": f"{ACME}.1", "name": "ap-1"}
    assert added([], access_points=[rule]).sections["access_points"] == []


def test_a_name_may_lie_under_the_own_object_id_or_beside_it() -> None:
    made = profile(
        identity={"serial": "own.1.5.0", "model": "parent.7.0"},
        processors=[{"table": "own.2", "percent": ".1"}],
    )
    own = parse_oid(f"{ACME}.3")
    rows = [
        row(f"{ACME}.3.1.5.0", "S-1"),
        row(f"{ACME}.7.0", "X9"),
        row(f"{ACME}.3.2.1.4", 12),
        row(f"{ACME}.4.2.1.4", 99),
    ]
    told = apply([made], Rows(rows, made.roots, own))
    assert told.identity == {"serial": "S-1", "model": "X9"}
    assert [each["percent"] for each in told.sections["processors"]] == [12]
    assert apply([made], Rows(rows, made.roots, parse_oid("1.3.6.1.4.1"))).identity == {}


# --- which profile --------------------------------------------------------------------------------


def test_the_profile_that_asks_most_comes_first_and_its_identity_wins() -> None:
    base = profile(match=[{"object_id": ACME}], identity={"vendor": "Acme", "model": "any"})
    special, _ = parse_profile(
        "special",
        {
            "profile": "special",
            "match": [{"object_id": ACME, "description": "X9"}],
            "identity": {"model": "X9"},
        },
    )
    used = chosen([base, special], parse_oid(f"{ACME}.1"), "Acme X9")
    assert [each.name for each in used] == ["special", "acme"]
    assert apply(used, Rows([], [])).identity == {"vendor": "Acme", "model": "X9"}
    assert [each.name for each in chosen([base, special], parse_oid(ACME), "X8")] == ["acme"]
    assert chosen([base, special], parse_oid("1.3.6.1.4.1.9"), "X9") == []


def test_what_a_device_has_decides_where_its_object_id_says_nothing() -> None:
    made = profile(match=[{"has": f"{ACME}.7"}])
    assert questions([made], (), "Linux") == [parse_oid(f"{ACME}.7")]
    assert chosen([made], (), "Linux") == []
    assert chosen([made], (), "Linux", lambda oid: oid == parse_oid(f"{ACME}.7")) == [made]


def test_what_a_particular_profile_finds_stands_in_place_of_the_rest_only_if_it_finds_any() -> None:
    special = profile(
        replaces=["processors", "sensors.temperature"],
        processors=[{"percent": f"{ACME}.1"}],
        sensors=[{"class": "temperature", "value": f"{ACME}.2"}],
    )
    rows = Rows(column(1, 5), special.roots)
    told = apply([special], rows)
    standard = [{"description": "standard", "percent": 90}]
    assert told.over("processors", standard) == [{"description": None, "percent": 5}]
    warm = {"class": "temperature", "value": 3}
    assert told.over("sensors", [warm]) == [warm], "it found no temperature"


def test_facts_are_read_by_the_profile_that_fits(tmp_path) -> None:
    (tmp_path / "acme.yaml").write_text(
        f"profile: acme\nmatch:\n  - object_id: {ACME}\n"
        f"identity: {{vendor: Acme, serial: {ACME}.5.0}}\n"
        f"processors:\n  - percent: {ACME}.1\n",
        encoding="utf-8",
    )
    rows = [
        row("1.3.6.1.2.1.1.1.0", "Acme box"),
        row("1.3.6.1.2.1.1.2.0", parse_oid(f"{ACME}.3")),
        *column(1, 12),
        row(f"{ACME}.5.0", "S-1"),
    ]
    found, complete, used = asyncio.run(
        read_facts(RecordedEngine(rows), NOBODY, load_profiles([tmp_path]))
    )
    assert complete
    assert [each.name for each in used] == ["acme"]
    assert (found["system"]["vendor"], found["system"]["serial"]) == ("Acme", "S-1")
    assert found["processors"] == [{"description": None, "percent": 12}]


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("profile: other", "acme.yaml:1:10: error[profile] `profile` must be the name of its file"),
        ("profile: acme\nsensor: []", "`sensor` is no key here"),
        ("profile: acme\nmatch: [{}]", "must tell object_id, description or has"),
        ("profile: acme\nmatch: [{object_id: abc}]", "`abc` is no object identifier"),
        ("profile: acme\nmatch: [{has: own.1}]", "must be a whole object identifier"),
        ("profile: acme\nmatch: [{description: '['}]", "is no regular expression"),
        (
            "profile: acme\nsensors: [{class: heat, value: 1.3.6.1.4.1.9.1}]",
            "must be one of ap-count, charge",
        ),
        ("profile: acme\nsensors: [{class: state}]", "a sensor needs a `value`"),
        (
            "profile: acme\nsensors:\n  - class: state\n    value: 1.3.6.1.4.1.9.1\n    states: {1: fine}",
            "acme.yaml:5:17: error[profile] `sensors.0.states.1` `fine` is none of",
        ),
        ("profile: acme\nprocessors: [{percent: .3}]", "but the row names no `table`"),
        (
            "profile: acme\nprocessors: [{percent: {of: .3, scale: x}, table: 1.3.6.1.4.1.9}]",
            "must be a number",
        ),
        ("profile: acme\nprocessors: [{percent: {scale: 2}}]", "must tell with `of`"),
        ("profile: acme\nprocessors: [{percent: {minus: [1]}}]", "must be a list of two"),
        ("profile: acme\nprocessors: [{description: '{what}'}]", "is neither a column nor {index}"),
        ("profile: acme\nreplaces: [cpu]", "`cpu` is no section"),
        ("profile: acme\nmemory: {}", "must be a list"),
        ("", "nothing in it"),
        ("profile: [", "acme.yaml:2:1: error[yaml-syntax]"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_place(tmp_path, text, said) -> None:
    (tmp_path / "acme.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_profiles([tmp_path])
    assert said in str(caught.value)


def test_a_directory_that_is_not_there_is_told() -> None:
    with pytest.raises(ConfigError, match="no such file or directory"):
        load_profiles(["nowhere"])


def test_a_file_of_the_operator_stands_in_place_of_one_of_the_release(tmp_path) -> None:
    name = min(BUILT_IN.glob("*.yaml")).stem
    (tmp_path / f"{name}.yaml").write_text(f"profile: {name}\nidentity: {{vendor: Mine}}\n")
    mine = next(each for each in load_profiles([tmp_path]) if each.name == name)
    assert mine.identity["vendor"].evaluate(Rows([], []), ()) == "Mine"


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_profile_of_the_release_says_whose_mib_it_reads_and_has_no_fault(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# "), "the first line names the MIBs, so that a reader can look them up"
    assert re.search(r"MIB|RFC", text.splitlines()[0])
    load_profiles([path])


def test_no_column_lies_under_another_or_its_rows_would_go_astray() -> None:
    every = {root: profile.name for profile in load_profiles() for root in profile.roots}
    every |= dict.fromkeys(ROOTS, "standard")
    astray = [
        f"{dotted(root)} of {name} lies under {dotted(root[:length])}"
        for root, name in every.items()
        for length in range(1, len(root))
        if root[:length] in every
        # What lies under the sysObjectID differs from device to device, and so from profile to profile.
        and (root[0] >= 0 or every[root[:length]] == name)
    ]
    assert astray == []
