"""What was known at the moment of a closing, and what is enough for a revision."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.reports.close import beyond, delta
from tests.store.test_months import CLOSING, LATE, MAY, Office, line

EARLIER = "2026-05-28T09:00:00Z"
FORGOTTEN = [
    line("f1", "down", "2026-05-12T10:00:00Z", "2026-05-12T10:00:05Z"),
    line("f2", "up", "2026-05-12T10:30:00Z", "2026-05-12T10:30:05Z"),
]
"""An outage that came into the ledger after the closing and says that it was recorded long before."""


@pytest.fixture
def office(tmp_path, capsys):
    return Office(tmp_path, capsys)


@pytest.fixture
def closed(office):
    office.record(*MAY)
    office.close("--as-of", CLOSING)
    return office


# --- as it was known then -----------------------------------------------------------------------------


def test_as_of_the_closing_is_what_was_closed_whatever_is_imported_afterwards(closed):
    was = closed.report()
    closed.record(*FORGOTTEN)
    again = closed.report("--as-of", CLOSING)
    assert (again["digest"], again["chains"]["zaak"]["down"]) == (was["digest"], 1200)
    assert closed.verify()["findings"] == []


def test_what_a_closing_did_without_was_not_known_before_it_either(closed):
    was = closed.report("--as-of", EARLIER)
    closed.record(*FORGOTTEN)
    assert closed.report("--as-of", EARLIER)["digest"] == was["digest"]


def test_after_the_closing_what_came_in_since_is_known_and_can_be_put_into_a_revision(closed):
    closed.record(*FORGOTTEN)
    later = closed.report("--as-of", "2026-06-03T07:00:01Z")
    assert later["chains"]["zaak"]["down"] == 1200 + 1800
    closed.keten(
        "revise", "--month", "2026-05", "--reason", "forgotten", "--as-of", "2026-06-04T00:00:00Z"
    )
    assert closed.report("--as-of", "2026-06-04T00:00:00Z")["digest"] == closed.report()["digest"]
    assert closed.report("--as-of", CLOSING)["chains"]["zaak"]["down"] == 1200


def test_of_a_month_that_nobody_closed_the_moments_of_recording_alone_decide(closed):
    april = [
        line("a1", "down", "2026-04-10T10:00:00Z"),
        line("a2", "up", "2026-04-10T11:00:00Z"),
    ]
    closed.record(line("a0", "up", "2026-03-31T20:00:00Z"), *april)
    told = closed.keten("report", "--month", "2026-04", "--as-of", "2026-05-02T00:00:00Z")
    assert told["chains"]["zaak"]["down"] == 3600


def test_as_of_the_closing_the_catalogue_of_the_closing_judges(office):
    office.record(*MAY)
    files = office.directory / "keten.yaml"
    files.write_text(files.read_text().replace("99.9", "99.99"))
    office.close("--as-of", CLOSING, "--catalogue", "directory")
    was = office.report()
    files.write_text(files.read_text().replace("99.99", "99"))
    assert office.report("--as-of", CLOSING)["digest"] == was["digest"]


def test_a_second_of_a_closed_month_is_explained_as_it_was_known_then(closed):
    closed.record(*FORGOTTEN)
    asked = ("zaak", "2026-05-12T10:10:00Z")
    assert closed.keten("explain-minute", *asked)["bucket"] == "down"
    assert closed.keten("explain-minute", *asked, "--as-of", CLOSING)["bucket"] == "up"


def test_a_revision_lies_after_the_one_before_it(closed):
    closed.record(*MAY, LATE, until="2026-06-05T00:00:00Z")
    words = ("--month", "2026-05", "--reason", "log", "--as-of", CLOSING)
    assert "does not lie after that of revision 1" in closed.keten("revise", *words, code=2)


def test_revisions_within_one_second_each_have_a_moment_of_their_own(office):
    office.record(*MAY)
    moments = [office.close()["as_of"]]
    for number, more in enumerate((FORGOTTEN, [LATE]), start=2):
        office.record(*MAY, *more, until="2026-06-05T00:00:00Z")
        made = office.keten("revise", "--month", "2026-05", "--reason", "more")
        assert made["revision"] == number
        moments.append(made["as_of"])
    assert moments == sorted(set(moments))
    downs = [office.report("--as-of", one)["chains"]["zaak"]["down"] for one in moments]
    assert downs == [1200, 3000, 2640]


# --- enough for a revision ----------------------------------------------------------------------------


def frozen_by_an_older_release(office):
    """Take keys out of the frozen report and let its chain say so, as if nobody knew them then."""
    import sqlite3

    import msgspec

    from monitor.reports.close import FIRST, canonical, link

    with sqlite3.connect(office.file) as wire:
        record = msgspec.json.decode(wire.execute("SELECT body FROM months").fetchone()[0])
    wire.close()
    zaak = record["report"]["chains"]["zaak"]
    for row in (zaak, zaak["parts"][0]):
        del row["mtrs"]
    del record["report"]["user_weighted"], record["beyond"]
    zaak["digest"] = record["digest"] = record["report"]["digest"] = "0" * 64
    zaak["from_an_older_release"] = 1
    body = canonical(record)
    office.tamper("UPDATE months SET body = ?, hash = ?", body, link(body, FIRST))


def test_a_release_that_writes_more_or_less_is_no_reason_for_a_revision(closed):
    frozen_by_an_older_release(closed)
    said = closed.keten("revise", "--month", "2026-05", "--reason", "release", code=2)
    assert "nothing differs from revision 1" in said
    closed.record(*MAY, LATE, until="2026-06-05T00:00:00Z")
    made = closed.keten("revise", "--month", "2026-05", "--reason", "log")
    assert made["delta"]["zaak"]["seconds"] == {"up": 360, "down": -360}


def test_a_figure_of_a_supplier_alone_is_enough_for_a_revision(tmp_path, capsys):
    """The second switch failed and carried nobody: no chain felt it, the supplier's own target did."""
    office = Office(tmp_path, capsys)
    files = tmp_path / "keten.yaml"
    spare = "  - {id: reserve, kind: switch, tier: access, supplier: lan}\n"
    files.write_text(files.read_text().replace("links:", spare + "links:"))
    office.record(*MAY)
    office.close("--as-of", CLOSING)
    lost = [one.replace('"subject": "sw"', '"subject": "reserve"') for one in (MAY[0], *FORGOTTEN)]
    office.record(*(one.replace('"id": "', '"id": "r-') for one in lost))
    made = office.keten("revise", "--month", "2026-05", "--reason", "spare")
    assert (made["delta"], made["beyond"]) == ({}, ["suppliers"])


def test_what_else_differs_in_a_chain_is_named(closed):
    closed.record(*MAY, LATE, until="2026-06-05T00:00:00Z")
    made = closed.keten("revise", "--month", "2026-05", "--reason", "log")
    assert {"suppliers", "interruption_list", "budget"} <= set(made["delta"]["zaak"]["other"])
    assert not {"digest", "revision", "down"} & set(made["delta"]["zaak"]["other"])


VALUES = st.recursive(
    st.integers(0, 3) | st.sampled_from(["A", "B", None]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES, st.booleans())
def test_a_chain_differs_when_what_both_say_differs_and_not_for_what_one_says_more(was, now, more):
    old = {"chains": {"c": {"x": was, "digest": "1", "revision": 1}}, "suppliers": was}
    new = copy.deepcopy({"chains": {"c": {"x": now, "digest": "2", "revision": None}}})
    new["suppliers"] = now
    if more:
        new["chains"]["c"]["y"] = new["y"] = 1
    if was == now:
        assert (delta(old, new), beyond(old, new)) == ({}, [])
    elif not isinstance(was, dict | list):
        assert delta(old, new)["c"]["other"] == ["x"]
        assert beyond(old, new) == ["suppliers"]


def test_another_supplier_for_the_same_seconds_is_a_difference():
    rows = [{"chains": {"c": {"suppliers": {"seconds_by_key": {one: 60}}}}} for one in "AB"]
    assert delta(*rows)["c"]["other"] == ["suppliers"]
