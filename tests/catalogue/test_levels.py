"""Levels and OLAs over time: which version holds when, and from when a chain is judged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topology.agreement import level_at, level_terms, ola_terms, served
from topology.catalogue import build
from topology.model import Chain, Ola, Supplier

AMSTERDAM = "Europe/Amsterdam"
K = {"id": "k", "always": True}


def at(day: str, zone: str = AMSTERDAM) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).timestamp())


def levels(*versions: tuple[str, str | None]):
    entries = [
        {"id": "goud", "calendar": "k", "target": target}
        | ({"valid_from": day} if day is not None else {})
        for target, day in versions
    ]
    return build({"calendars": [K], "levels": entries})


def targets(catalogue, start, end):
    return [
        (begin, close, int(level.target_ppm))
        for begin, close, level in level_terms(catalogue, "goud", start, end)
    ]


def test_a_version_holds_from_local_midnight_until_the_next_begins():
    catalogue = levels(("98", "2026-06-15"), ("99", None))
    june, july, change = at("2026-06-01"), at("2026-07-01"), at("2026-06-15")
    assert change == int(datetime(2026, 6, 14, 22, tzinfo=UTC).timestamp())
    assert targets(catalogue, june, july) == [(june, change, 990_000), (change, july, 980_000)]
    assert targets(catalogue, change, july) == [(change, july, 980_000)]
    assert targets(catalogue, june, change) == [(june, change, 990_000)]


def test_before_the_first_version_nothing_is_agreed():
    catalogue = levels(("98", "2026-06-15"))
    june, july, change = at("2026-06-01"), at("2026-07-01"), at("2026-06-15")
    assert targets(catalogue, june, july) == [(change, july, 980_000)]
    assert targets(catalogue, june, change) == []
    assert level_at(catalogue, "goud", change - 1) is None
    assert level_at(catalogue, "goud", change) == catalogue.levels["goud"]


def test_the_catalogue_shows_each_level_in_the_version_that_begins_last():
    catalogue = levels(("97", "2027-01-01"), ("99", None), ("98", "2026-06-15"))
    assert catalogue.levels["goud"].target_ppm == 970_000
    assert [v.target_ppm for v in catalogue.level_versions["goud"]] == [990_000, 980_000, 970_000]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 40), max_size=5, unique=True),
    st.booleans(),
    st.integers(0, 40),
    st.integers(0, 40),
)
def test_every_second_has_the_version_that_began_last(days, always, start, end):
    first = date(2026, 10, 1).toordinal()
    dated = [(str(90 + n), str(date.fromordinal(first + day))) for n, day in enumerate(days)]
    undated = [("50", None)] if always or not dated else []
    catalogue = levels(*dated, *undated)
    span = at(str(date.fromordinal(first + start))), at(str(date.fromordinal(first + end)))
    terms = level_terms(catalogue, "goud", *span)
    assert all(a < b for a, b, _ in terms)
    assert all(one.end == next_.start for one, next_ in pairwise(terms))
    for day in range(start, end):
        noon = at(f"{date.fromordinal(first + day)}T12:00")
        begun = [
            (begin, target)
            for target, begin in dated
            if begin <= str(date.fromordinal(first + day))
        ]
        expected = max(begun)[1] if begun else "50" if undated else None
        found = [int(level.target_ppm) for a, b, level in terms if a <= noon < b]
        assert found == ([int(expected) * 10_000] if expected else [])


def test_the_last_ola_valid_on_a_day_holds_and_of_one_day_the_last_written():
    first, second, third = (
        Ola(react_s=1),
        Ola(react_s=2, valid_from=date(2026, 6, 15)),
        Ola(react_s=3, valid_from=date(2026, 6, 15)),
    )
    supplier = Supplier(id="s", name="s", olas=(second, Ola(react_s=9), first, third))
    june, july, change = at("2026-06-01"), at("2026-07-01"), at("2026-06-15")
    assert ola_terms(supplier, AMSTERDAM, june, july) == [
        (june, change, first),
        (change, july, third),
    ]


@pytest.mark.parametrize(
    ("from_date", "until", "expected"),
    [
        (None, None, ("2026-06-01", "2026-07-01")),
        (date(2026, 6, 10), None, ("2026-06-10", "2026-07-01")),
        (None, date(2026, 6, 10), ("2026-06-01", "2026-06-11")),
        (date(2026, 6, 10), date(2026, 6, 10), ("2026-06-10", "2026-06-11")),
        (date(2026, 7, 1), None, None),
        (None, date(2026, 5, 31), None),
    ],
)
def test_a_chain_is_served_from_its_first_day_up_to_and_with_its_last(from_date, until, expected):
    chain = Chain(id="c", name="c", source="g", to="a", level="l", from_date=from_date, until=until)
    found = served(chain, AMSTERDAM, at("2026-06-01"), at("2026-07-01"))
    assert found == (expected and (at(expected[0]), at(expected[1])))
