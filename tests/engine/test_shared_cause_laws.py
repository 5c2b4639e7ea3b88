"""The laws of the fold where the exact search is asked: shared risks, unwatched parts, words, two pollers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fold import Fold
from monitor.replay import effective
from tests.engine.lab import DEVICES, Lab, at, change, office, port, saw, tick
from topology.compiled import Compiled
from topology.model import SharedRisk, VantagePoint

WATCHED = tuple(device for device in DEVICES if device != "d1")


def world():
    """The office with nobody looking at d1, power under three switches, a duct, and two pollers."""
    plain = office(unprobed=frozenset({"d1"}))
    risks = {
        "power": SharedRisk(id="power", kind="power", members=("s1", "s2", "a1", "a2")),
        "duct": SharedRisk(id="duct", kind="duct", members=("l-s1-d1", "l-s3", "l-d1")),
    }
    points = {
        "p1": VantagePoint(id="p1", attached_to="core", via="l-p1"),
        "p2": VantagePoint(id="p2", attached_to="d2", via="l-p2"),
    }
    return replace(plain, shared_risks=risks, vantage_points=points)


CATALOGUE = world()
COMPILED = Compiled.of(CATALOGUE)
PORTS = [(link, end) for link, ends in COMPILED.management.links.items() for end in ends]
NOUNS = (*DEVICES, *CATALOGUE.links, "power", "duct")


@st.composite
def histories(draw):
    """Twenty minutes in which pollers sweep, ports change, and devices and suppliers speak."""
    events = []
    for _ in range(draw(st.integers(1, 22))):
        when = draw(st.integers(0, 80)) * 15
        what = draw(st.sampled_from(["sweep", "sweep", "sweep", "port", "said", "work", "tick"]))
        if what == "sweep":
            vantage = draw(st.sampled_from(["p1", "p1", "p2"]))
            down = draw(st.sets(st.sampled_from(WATCHED), max_size=8))
            for device in draw(st.permutations(WATCHED)):
                status = "down" if device in down else "up"
                events.append(saw(device, status, when, vantage=vantage))
        elif what == "port":
            link, end = draw(st.sampled_from(PORTS))
            events.append(port(link, draw(st.sampled_from(["up", "down", "down"])), when, end))
        elif what == "said":
            kind = draw(st.sampled_from(["self", "supplier", "supplier", "recorded"]))
            status = draw(st.sampled_from(["up", "degraded", "down"]))
            events.append(saw(draw(st.sampled_from(NOUNS)), status, when, kind))
        elif what == "work":
            window = (when + 30, when + 90)
            events.append(change("w", [draw(st.sampled_from(NOUNS))], window, when))
        else:
            events.append(tick(when))
    return events


def fold_of(events):
    fold, told = Fold(COMPILED), []
    for event in effective(events):
        told += fold.step(event)
    return fold, told


@settings(max_examples=25, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(events, random):
    shuffled = events[:]
    random.shuffle(shuffled)
    one, other = fold_of(events), fold_of([*shuffled, *events])
    assert one[0].freeze() == other[0].freeze()
    assert one[1] == other[1]


@settings(max_examples=25, deadline=None)
@given(histories(), st.data())
def test_a_fold_cut_anywhere_says_and_keeps_the_same_bytes(events, data):
    whole, told = fold_of(events)
    ordered = effective(events)
    cut = data.draw(st.integers(0, len(ordered)))
    fold, said = Fold(COMPILED), []
    for event in ordered[:cut]:
        said += fold.step(event)
    fold = Fold.thaw(COMPILED, fold.freeze())
    for event in ordered[cut:]:
        said += fold.step(event)
    assert said == told
    assert fold.freeze() == whole.freeze()
    assert fold.next_due() == whole.next_due()


def missed(vantage, when, *devices):
    return [saw(device, "down", when, vantage=vantage) for device in devices]


@pytest.mark.parametrize(
    "events",
    [
        pytest.param(
            [
                *(saw(device, "up", 285, vantage="p1") for device in WATCHED),
                saw("d1", "down", 570, "self"),
                *missed("p2", 645, "s1", "core", "s3", "a2", "d2", "s2"),
            ],
            id="a vantage point turns out blind and gives way to who fails behind it",
        ),
        pytest.param(
            [
                saw("core", "up", 825, vantage="p1"),
                *missed("p2", 840, "core"),
                saw("s2", "up", 1110, vantage="p2"),
                *missed("p2", 1110, "d2", "core"),
            ],
            id="who waited before is let go once more",
        ),
    ],
)
def test_a_restart_anywhere_in_what_two_pollers_contradict_keeps_the_same_bytes(events):
    whole, told = fold_of(events)
    ordered = effective(events)
    for cut in range(len(ordered)):
        fold, said = Fold(COMPILED), []
        for event in ordered[:cut]:
            said += fold.step(event)
        fold = Fold.thaw(COMPILED, fold.freeze())
        for event in ordered[cut:]:
            said += fold.step(event)
        assert (said, fold.freeze()) == (told, whole.freeze())


@settings(max_examples=25, deadline=None)
@given(histories())
def test_every_state_of_down_is_a_cause_and_every_cause_named_of_a_symptom_is_down(events):
    lab = Lab(CATALOGUE)
    for event in effective(events):
        lab.feed(event)
    lab.until(3000)
    components = lab.fold.verdict()["components"]
    assert {cause for cause in lab.causes if cause not in ("l-p1", "l-p2")} == lab.faults
    for one in components.values():
        if one["state"] == "unreachable":
            assert one["causes"]
            for cause in one["causes"]:
                assert components[cause]["state"] in ("down", "unreachable", "maint", "degraded")


@settings(max_examples=25, deadline=None)
@given(histories())
def test_nothing_that_answers_is_ever_named_or_hidden(events):
    fold, _ = fold_of(events)
    fold.advance(at(1300))
    components = fold.verdict()["components"]
    standing = fold._topology.inference._inquiry.standing
    for device in WATCHED:
        if standing.status(device) == "ok":
            assert components[device]["state"] not in ("unreachable", "unknown")
