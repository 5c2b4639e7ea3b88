"""Dutch and English: nothing untranslated, times as people here write them."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from monitor.language import LANGUAGES, choose, language
from tests.services import ROOT
from tests.web.pictures import NOW

METHODS = [("**.py", "python"), ("web/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def wanted():
    found = extract_from_dir(str(ROOT / "monitor"), METHODS, keywords=KEYWORDS)
    return {
        message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found
    }


def catalogue():
    source = files("monitor") / "locales" / "en" / "LC_MESSAGES" / "board.po"
    return read_po(io.BytesIO(source.read_bytes()), locale="en")


def test_every_text_is_in_the_english_catalogue_and_nothing_else_is():
    kept = {message.id for message in catalogue() if message.id}
    assert kept == wanted()


def test_no_text_is_untranslated_or_fuzzy():
    for message in catalogue():
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.id or all(texts), message.id
        assert not message.fuzzy, message.id


def test_a_translation_has_the_places_of_its_source():
    for message in catalogue():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        for source, text in zip(ids, texts, strict=True):
            places = [sorted(re.findall(r"\{\w+\}|%\(\w+\)s", one)) for one in (source, text)]
            assert places[0] == places[1], source


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_script_gets_every_text_in_the_language_of_the_page(code):
    script = (files("monitor.web") / "static" / "board.js").read_text("utf-8")
    assert set(re.findall(r"\bwords\.(\w+)", script)) <= language(code).live().keys()


def test_a_moment_of_today_has_its_seconds_and_an_older_one_its_day():
    nl, en = language("nl"), language("en")
    assert nl.when(datetime(2026, 11, 23, 2, 2, 11, tzinfo=UTC), NOW) == "03:02:11"
    assert nl.when(datetime(2026, 11, 21, 13, 2, tzinfo=UTC), NOW) == "21 nov 14:02"
    assert en.when(datetime(2025, 11, 21, 13, 2, tzinfo=UTC), NOW) == "21 Nov 2025 14:02"


def test_the_hour_that_comes_twice_is_told_with_its_offset():
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    nl = language("nl")
    assert [nl.clock(first), nl.clock(second)] == ["02:30:00 +02:00", "02:30:00 +01:00"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (119.9, "119 s"),
        (120, "2 min"),
        (7199, "119 min"),
        (7200, "2 u"),
        (172800, "2 d"),
    ],
)
def test_an_age_is_whole_units_rounded_down(seconds, text):
    assert language("nl").age(seconds) == text


def test_what_was_asked_goes_before_what_was_kept_and_both_before_the_browser():
    assert choose("en", "nl", "nl", "nl") == "en"
    assert choose("xx", "nl", "en", "en") == "nl"
    assert choose(None, None, "de, en;q=0.8", "nl") == "en"
    assert choose(None, None, "", "xx") == "nl"
