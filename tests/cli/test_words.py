"""What is written by engine, alarm and accounts has words in both languages, every text of it.

The texts are collected from the source, so that a new one without words fails here.
"""

from __future__ import annotations

import ast
import re
from itertools import product

import pytest

from alerting.engine import WORDS
from monitor.cli.tongue import Tongue
from monitor.language import language
from monitor.reasons import RULES, Reasons
from tests.services import ROOT

NL, EN = language("nl"), language("en")
REASONS = Reasons()
WRITERS = (
    *sorted((ROOT / "topology" / "live").glob("*.py")),
    ROOT / "alerting" / "engine.py",
    *(ROOT / "monitor" / "reports" / f"{name}.py" for name in ("minute", "lane_rule", "unsaid")),
)
PIECES = ("x-1", "x-1, y-2", "2026-06-09T12:00:00Z", "3", "mon", "geen keten geraakt")
"""What the places of a text may hold."""

NO_REASONS = {
    *WORDS.values(),
    "{} {} {}{}: {}{}",  # the title, whose parts are texts of their own
    "{} ({})",
    ", {} gebruiker{}",  # together with the number of chains
    "it works, but {}, where its level promises {}",
    "{} further failure{} it",
    "{}, and {} does not include this chain",
    "fewer further failures lose it",
    "what its parts carry",
    "its declared impact",
    " en nog {}",
    "a chain that is down has a key",
}
"""Texts that are a part of others; what they are part of is tried below."""


def texts(tree):
    """Every text of a module that has words: not its docstrings, and of f-strings the whole."""
    inner = {
        id(part) for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) for part in one.values
    }
    said = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Raise):
            inner |= {id(part) for part in ast.walk(one)}
    for one in ast.walk(tree):
        if id(one) in inner | said:
            continue
        if isinstance(one, ast.JoinedStr):
            yield "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in one.values)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def written():
    for path in WRITERS:
        for text in texts(ast.parse(path.read_text("utf-8"))):
            if text not in NO_REASONS and re.search(r"[a-z]{2}.* |^\w+ {}", text):
                yield text.removeprefix("; ")


WRITTEN = sorted(set(written()))


def has_words(text):
    whole = any(
        pattern.fullmatch(text.format(*pieces))
        for pieces in product(PIECES, repeat=text.count("{}"))
        for pattern, _ in RULES
    )
    parts = [part for part in text.split("; ") if part.strip("{}")]
    return whole or (parts != [text] and all(has_words(part) for part in parts))


def test_the_source_was_read():
    assert {"nog niet gemeten", "kan ook {} zijn", "it was not agreed", "houdt aan"} <= set(WRITTEN)


@pytest.mark.parametrize("text", WRITTEN)
def test_every_text_that_is_written_has_words(text):
    assert has_words(text)


TITLES = [
    f"P1 Switch (sw-1) {what}{again}: {chains}{users}"
    for what, again, chains, users in product(
        (*WORDS.values(), "hersteld"),
        ("", " opnieuw"),
        ("geen keten geraakt", "1 keten", "12 ketens"),
        ("", ", 1 gebruiker", ", 140 gebruikers"),
    )
    if (what, again) != ("hersteld", " opnieuw")
]
WHOLE = [
    *TITLES,
    "it works, but fewer further failures lose it, where its level promises 2",
    "it works, but 1 further failure loses it, where its level promises 2",
    "it works, but 2 further failures lose it, where its level promises 3",
    "agreed at 2026-06-09T12:00:00Z, and what its parts carry does not include this chain",
    "agreed at 2026-06-09T12:00:00Z, and its declared impact does not include this chain",
    "onder p viel een deel kort na elkaar uit; misschien op noodstroom: a, b, c, d en nog 2; anders x",
]


@pytest.mark.parametrize("text", WHOLE)
def test_a_text_of_several_parts_is_said_wholly_in_one_language(text):
    dutch, english = REASONS.say(text, NL), REASONS.say(text, EN)
    assert not set(re.findall(r"\w+", english)) & {
        "keten",
        "ketens",
        "gebruikers",
        "opnieuw",
        "uit",
        "anders",
    }
    assert not set(re.findall(r"\w+", dutch)) & {"chain", "users", "it", "does", "lose", "agreed"}


def test_one_is_singular_and_more_is_plural_in_both_languages():
    title = "P2 sw-1 valt uit: 1 keten, 1 gebruiker"
    assert REASONS.say(title, EN) == "P2 sw-1 fails: 1 chain, 1 user"
    assert REASONS.say("P2 sw-1 hersteld: 2 ketens", EN) == "P2 sw-1 works again: 2 chains"
    assert REASONS.say(title, NL) == title


def test_a_moment_is_told_on_the_local_clock_in_whole_seconds():
    tongue = Tongue("en", "Europe/Amsterdam")
    told = "2026-06-09T14:00:05+02:00"
    assert tongue.when("2026-06-09T12:00:05.703914Z") == told
    assert (
        tongue.reason("geen meting sinds 2026-06-09T12:00:05.703914Z")
        == f"no measurement since {told}"
    )
    assert tongue.when("2026-01-09T12:00:00Z") == "2026-01-09T13:00:00+01:00"
    assert (tongue.when(None), tongue.since(None)) == ("-", "the beginning")


def test_a_list_that_was_cut_is_not_cut_again():
    said = REASONS.say("misschien op noodstroom: a, b, c, d en nog 2", EN)
    assert said == "perhaps on battery: a, b, c, d and 2 more"
