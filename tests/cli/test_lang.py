"""`--lang`: people read one language, English unless they ask for Dutch; programs the same in both."""

from __future__ import annotations

import re

import pytest

from events.codec import encode
from monitor.__main__ import main
from monitor.cli.explain_text import MOST, why_text
from monitor.cli.ledger import _verified
from monitor.cli.live import _status_text
from monitor.cli.plural import counted
from monitor.cli.report_text import UNSEEN, lasting
from monitor.cli.tongue import Tongue
from tests.engine.lab import change, correction, saw
from tests.engine.test_replay_verb import CATALOGUE
from topology.accounts import blindness

NL, EN = Tongue("nl", "Europe/Amsterdam"), Tongue("en", "Europe/Amsterdam")
DUTCH = frozenset(
    re.findall(
        r"\w+",
        "keten toestand sinds storing geopend gesloten valt uit hersteld geen regel oorzaak deel werk"
        " gezien rubriek uren niet telt van tot buiten binnen afgesproken gehaald norm gebruikers"
        " reden eerder",
    )
)
ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "chain state since opened closed fails works rule cause part work event"
        " bucket hours not counts from outside agreed met target users reason before the",
    )
)
LINES = (
    saw("s", "up", -7200, "recorded"),
    change("w-1", ["s"], (-600, 1200), -3600, declared_impact=["c"]),
    DOWN := saw("s", "down", 0, "recorded"),
    saw("s", "up", 3600, "recorded"),
    correction(DOWN.id, 4000, status="degraded"),
    saw("app", "down", 7200, "recorded"),
    saw("app", "up", 9000, "recorded"),
)
VERBS = {
    "replay": ["replay", "{dir}", "{lines}"],
    "report": ["report", "{dir}", "--month", "2026-06", "--events", "{lines}"],
    "explain": [
        *("explain", "c", "--catalogue", "{dir}", "--events", "{lines}"),
        *("--at", "2026-06-09T14:10:00Z"),
    ],
    "explain-minute": [
        "explain-minute",
        "{dir}",
        "c",
        "2026-06-09T12:10:00Z",
        "--events",
        "{lines}",
    ],
}


@pytest.fixture
def told(tmp_path, capsys):
    (tmp_path / "keten.yaml").write_text(CATALOGUE, "utf-8")
    lines = tmp_path / "events.jsonl"
    lines.write_bytes(b"\n".join(encode(one) for one in LINES))

    def ask(verb, *more):
        assert main([word.format(dir=tmp_path, lines=lines) for word in VERBS[verb]] + [*more]) == 0
        return capsys.readouterr().out

    return ask


def words(text):
    return set(re.findall(r"[a-zA-Z]+", text.lower()))


@pytest.mark.parametrize("verb", VERBS)
def test_a_text_is_in_one_language_and_english_unless_asked(told, verb):
    dutch, english = told(verb, "--lang", "nl"), told(verb)
    assert english == told(verb, "--lang", "en")
    assert words(english) & DUTCH <= {"keten", "s"}  # the name of the chain
    assert words(dutch) & ENGLISH == set()
    assert len(words(dutch) & DUTCH) > 3


@pytest.mark.parametrize("verb", VERBS)
def test_what_programs_read_is_the_same_in_every_language(told, verb):
    assert told(verb, "--json", "--lang", "nl") == told(verb, "--json")


@pytest.mark.parametrize("verb", VERBS)
def test_moments_are_local_with_their_offset_and_without_parts_of_a_second(told, verb):
    moments = re.findall(r"20\d\d-\S+T\S+", told(verb))
    assert moments
    for one in moments:
        assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00[,:;)]?", one), one


def test_every_reason_of_unknown_time_has_words():
    said = re.search(r"reason: (.*?)\n        probe", blindness.Party.__doc__, re.DOTALL)
    assert set(UNSEEN) == set(re.findall(r"`([a-z-]+)`", said[1]))


@pytest.mark.parametrize("count", [MOST, MOST + 1, MOST + 14])
def test_of_many_parts_the_first_are_told_and_the_rest_counted(count):
    part = {"state": "unknown", "since": None, "supplier": None, "reason": "wordt nagekeken"}
    part |= {"because_of": [], "last_seen": None, "last_seen_age_s": None}
    chain = {
        "name": "C",
        "state": "unknown",
        "flags": [],
        "since": None,
        "at": "2026-06-09T12:00:00Z",
    }
    chain |= {
        "rule": {"words": "it was not agreed"},
        "users_affected": {"certain": 0, "possible": 0},
    }
    chain |= {"users": 1, "root_causes": [], "work": [], "evidence": []}
    text = why_text({**chain, "parts": [{"id": f"p-{n}", **part} for n in range(count)]}, EN)
    assert text.count("never observed") == MOST
    more = {0: None, 1: "and 1 more such line (", 14: "and 14 more such lines ("}[count - MOST]
    assert (more in text) if more else ("more such" not in text)


def test_one_thing_is_singular():
    assert [counted(n, "chain") for n in (0, 1, 2)] == ["0 chains", "1 chain", "2 chains"]
    assert counted(1, "was", "were") == "1 was"
    told = {"facts": 1, "catalogues": 1, "months": 1, "recomputed": 1, "last_hash": "x", "gaps": []}
    text = _verified({**told, "findings": []})
    assert text.startswith(
        "1 fact, 1 catalogue, 1 closed month: every hash fits, 1 month gives the"
    )
    assert "1 finding in 1 fact," in _verified({**told, "findings": [{"place": "p", "what": "w"}]})


@pytest.mark.parametrize(
    ("count", "english", "dutch"),
    [
        (1, "1 correction waits for the event", "1 correctie wacht op de gebeurtenis"),
        (2, "2 corrections wait for the events", "2 correcties wachten op de gebeurtenis"),
    ],
)
def test_corrections_that_wait_are_counted_in_the_status(count, english, dutch):
    told = {"chains": {}, "incidents": [], "watermark": None, "clocks": {"watermark": None}}
    assert "correct" not in _status_text({**told, "waiting_corrections": 0}, EN)
    assert english in _status_text({**told, "waiting_corrections": count}, EN)
    assert dutch in _status_text({**told, "waiting_corrections": count}, NL)


def test_how_long_something_lasted_is_told_in_the_largest_units_that_fit():
    assert [lasting(n, EN) for n in (59, 61, 3600)] == ["59 s", "1 min 01 s", "1 h 00 min"]
    assert lasting(90_000, NL) == "25 u 00 min"
