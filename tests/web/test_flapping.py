"""What keeps failing and coming back: turns in the window, from verdicts in the order of telling."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from monitor.flapping import KEPT, Flapping
from tests.web.pictures import NOW, state
from topology.model import Flap

FLAP = Flap(count=4, window_s=60)


def at(seconds):
    return NOW + timedelta(seconds=seconds)


def of(*told, flap=FLAP):
    found = Flapping(flap)
    for when, word in told:
        found.take(state("sw", word, at(when)))
    return found


def test_as_many_turns_as_agreed_within_the_window_are_flapping_and_one_less_is_not():
    told = [(0, "down"), (10, "up"), (20, "down"), (30, "up")]
    assert of(*told[:3]).turns("sw", at(30)) == 0
    assert of(*told).turns("sw", at(30)) == 4


def test_it_is_over_when_the_window_has_passed_the_turns():
    told = of((0, "down"), (10, "up"), (20, "down"), (30, "up"))
    assert told.turns("sw", at(59)) == 4
    assert told.turns("sw", at(60)) == 0


def test_what_is_not_known_in_between_is_no_turn():
    words = ["down", "unknown", "down", "unreachable", "up", "degraded", "maint", "up"]
    assert of(*enumerate(words), flap=Flap(count=2, window_s=60)).turns("sw", at(10)) == 2


def test_turns_that_are_taken_back_do_not_count_and_what_is_told_anew_does():
    told = of((0, "down"), (10, "up"), (20, "down"), (30, "up"))
    anew = state("sw", "up", at(10))
    told.take(replace(anew, data=replace(anew.data, rewrites=at(10))))
    assert told.turns("sw", at(30)) == 0
    for when, word in ((15, "down"), (25, "up")):
        told.take(state("sw", word, at(when)))
    assert told.turns("sw", at(30)) == 4


def test_words_that_come_a_second_time_are_no_turns():
    words = [(0, "down"), (10, "up"), (20, "down")]
    assert of(*words, *words, flap=Flap(count=2, window_s=60)).turns("sw", at(30)) == 3


@given(
    st.lists(st.sampled_from(["up", "down", "unknown", "maint"]), max_size=40), st.integers(0, 45)
)
def test_the_count_is_that_of_the_words_one_by_one(words, now):
    told = of(*enumerate(words), flap=Flap(count=2, window_s=20))
    known = [("up", -1), *((word, n) for n, word in enumerate(words) if word in {"up", "down"})]
    turned = [n for (before, _), (word, n) in pairwise(known) if word != before]
    count = len([n for n in turned if now - 20 < n <= now])
    assert told.turns("sw", at(now)) == (count if count >= 2 else 0)


def test_what_never_stops_is_kept_within_bounds():
    told = of(
        *((n, "up" if n % 2 else "down") for n in range(500)), flap=Flap(count=5, window_s=1800)
    )
    assert told.turns("sw", at(500)) == KEPT
