"""What a page says of a cause: how sure, what else, what to look at, what suffers, who feels it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.contract import NextTest
from monitor.language import language
from monitor.looks import LOOKS
from monitor.web.because import because
from monitor.web.views import CauseView, PartView
from topology.rootcause.nexttest import WAYS

PART = PartView(
    id="l-1",
    name="Glas 1",
    site="",
    supplier="",
    state="down",
    since=None,
    reason="",
    is_cause=True,
)
ALONE = CauseView(
    part=PART,
    certainty="geen signaal",
    phone="",
    email="",
    runbook="",
    cost=1000,
    alternatives=(("Glas 1",),),
)


def said(cause, *, code="nl", first=False):
    return dict(because(cause, language(code), first=first).lines)


def test_a_cause_without_a_rival_says_that_nothing_else_fits():
    assert said(ALONE)["Wat het anders kan zijn"] == "Niets anders past bij wat er is gezien."


@pytest.mark.parametrize(
    ("margin", "size"),
    [
        (1, "bijna even waarschijnlijk"),
        (300, "minder waarschijnlijk"),
        (900, "veel minder waarschijnlijk"),
    ],
)
def test_a_runner_up_is_named_with_the_difference_in_a_word_and_a_number(margin, size):
    cause = replace(ALONE, margin=margin, second=("Switch 1", "Glas 2"))
    assert (
        said(cause)["Wat het anders kan zijn"]
        == f"Switch 1 samen met Glas 2 ({size}, verschil {margin})."
    )


def test_what_cannot_be_told_apart_is_named_and_no_winner_is_suggested():
    both = replace(ALONE, margin=0, alternatives=(("Glas 1",), ("Switch 1",)), second=("Switch 1",))
    assert (
        said(both)["Wat het anders kan zijn"]
        == "Niet te onderscheiden van elkaar: Glas 1 of Switch 1."
    )
    many = replace(both, alternatives=tuple((f"S{n}",) for n in range(6)))
    assert said(many)["Wat het anders kan zijn"].endswith(
        "S0, S1, S2 of nog 3 andere verklaringen."
    )


def test_the_next_tests_are_told_as_something_to_do():
    tests = (
        NextTest(way="port", subject="Glas 1", seen_from="Core"),
        NextTest(way="reach", subject="Switch 1"),
        NextTest(way="inspect", subject="Switch 2"),
    )
    assert said(replace(ALONE, next_tests=tests))["Wat uitsluitsel geeft"] == (
        "Kijk of de poort van Glas 1 op Core signaal heeft of kijk of Switch 1 antwoordt."
    )


def test_every_way_to_look_that_the_search_proposes_has_its_words():
    assert set(LOOKS) == set(WAYS)


def test_symptoms_are_counted_and_the_first_are_named():
    lines = said(replace(ALONE, symptoms=tuple(f"AP {n}" for n in range(6))))
    assert lines["Wat er last van heeft"] == "6 niet te meten: AP 0, AP 1, AP 2, AP 3 en nog 2."


@pytest.mark.parametrize(
    ("certain", "possible", "text"),
    [
        (140, 140, "140 kunnen niet werken."),
        (0, 70, "0 kunnen zeker niet werken, mogelijk 70."),
        (0, 0, "Geen keten valt hierdoor uit."),
    ],
)
def test_users_are_those_that_certainly_and_those_that_possibly_cannot_work(
    certain, possible, text
):
    lines = said(replace(ALONE, users_certain=certain, users_possible=possible))
    assert lines["Gebruikers, alle ketens samen"] == text


def test_the_verdict_above_tells_the_certainty_of_the_first_cause_and_it_is_not_repeated():
    assert said(ALONE)["Hoe zeker"] == "Geen signaal."
    assert "Hoe zeker" not in said(ALONE, first=True)


def test_a_doubtful_map_a_contradiction_and_a_search_cut_short_are_said_in_both_languages():
    flagged = replace(ALONE, flags=("topology-doubtful", "contradiction", "inexact"))
    assert said(flagged)["Let op"].count(".") == 3
    assert "approximation" in said(flagged, code="en")["Note"]


def test_of_our_own_blindness_it_is_said_that_no_supplier_is_charged_for_it():
    assert "geen leverancier" in said(replace(ALONE, blind=True))["Let op"]
    assert "Let op" not in said(ALONE)
