"""The sweep: what is kept of the time before, and what splits a fall."""

from __future__ import annotations

from tests.topology.random_catalogues import catalogue_of, component, link
from topology.accounts.history import BEGINNING
from topology.accounts.intervals import Interval, Sweep, sweep
from topology.gates import compile_gates
from topology.lanes import Lanes
from topology.model import Chain, Group, Tier

CATALOGUE = catalogue_of(
    [component("sw", Tier.ACCESS), component("app", Tier.APPLICATION)],
    [link("sw", "app", "l")],
    [Group(id="g", users=1, members=("sw",))],
    [Chain(id="c", name="c", source="g", to="app", level="r1")],
)
UP = {"sw": "up", "app": "up", "l": "up"}


def swept(gap: int = 0, **timelines: list[tuple[int, str]]) -> list[Interval]:
    told = {id_: [(BEGINNING, "up"), *listed] for id_, listed in timelines.items()}
    wanted = Sweep(told, UP, start=100, end=200, gap=gap)
    return sweep(Lanes(compile_gates(CATALOGUE)), wanted)["c"]


def spans(found: list[Interval]) -> list[tuple[int, int, str]]:
    return [one[:3] for one in found]


FALLS = [(40, "down"), (50, "up"), (80, "down"), (90, "up"), (120, "down"), (130, "up")]


def test_before_the_period_only_what_an_interruption_may_have_begun_in_is_kept():
    assert spans(swept(gap=29, sw=FALLS))[0] == (80, 90, "down")
    assert spans(swept(gap=30, sw=FALLS))[:2] == [(40, 50, "down"), (50, 80, "up")]


def test_all_changes_of_a_second_are_one():
    assert spans(swept(sw=[(120, "down"), (130, "up")], app=[(130, "down"), (140, "up")])) == [
        (BEGINNING, 120, "up"),
        (120, 130, "down"),
        (130, 140, "down"),
        (140, 200, "up"),
    ]


def test_a_fall_is_split_where_something_else_goes_down_under_it():
    found = swept(sw=[(120, "down"), (160, "up")], app=[(130, "down"), (140, "up")])
    assert [(one.start, sorted(one.down)) for one in found if one.state == "down"] == [
        (120, ["sw"]),
        (130, ["app", "sw"]),
        (140, ["sw"]),
    ]


def test_a_chain_in_which_nothing_happens_is_one_interval():
    assert swept() == [Interval(BEGINNING, 200, "up")]
