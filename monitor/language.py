"""Dutch and English: catalogues of texts, and times, ages and numbers as people write them.

Dutch is the source; English comes from `locales/en/LC_MESSAGES/board.po`, compiled when the process starts.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

__all__ = ["LANGUAGES", "Language", "choose", "language"]

LANGUAGES = ("nl", "en")
DOMAIN = "board"
MINUTE, HOUR, DAY = 60, 3600, 86400


def N_(text: str) -> str:  # noqa: N802  # the name by which extraction finds texts that are shown later
    """Mark a text for the catalogues."""
    return text


STATES: Mapping[str, str] = {
    "up": N_("Beschikbaar"),
    "degraded": N_("Verminderd"),
    "down": N_("Storing"),
    "maintenance": N_("Onderhoud"),
    "maint": N_("Onderhoud"),
    "unknown": N_("Onbekend"),
    "unreachable": N_("Niet te meten"),
    "unmeasured": N_("Geen meting ingericht"),
}

HOPS: Mapping[str, str] = {
    "user": N_("Werkplek"),
    "ap": N_("Wi-Fi"),
    "access": N_("Access"),
    "distribution": N_("Distributie"),
    "core": N_("Core"),
    "wan": N_("WAN"),
    "datacentre": N_("Datacentrum"),
    "services": N_("Diensten"),
    "application": N_("Applicatie"),
}

FLAGS: Mapping[str, str] = {
    "redundancy-uncertain": N_("of er nog reserve is, is niet zeker: een deel is niet te meten"),
    "coverage-uncertain": N_("of iedereen dekking heeft, is niet zeker: een deel is niet te meten"),
}

FAULTS: Mapping[str, str] = {
    "down": N_("Storing"),
    "degraded": N_("Verminderd"),
    "monitoring": N_("Meting uitgevallen"),
}

INCIDENTS: Mapping[str, str] = {"open": N_("Open"), "closed": N_("Gesloten")}

LIVE: Mapping[str, str] = {
    "lost": N_("Geen verbinding sinds {time}; wat hieronder staat is verouderd"),
    "stalled": N_("Verzamelaar staat stil sinds {time}; wat hieronder staat is verouderd"),
    "paused": N_("Gepauzeerd sinds {time}; wijzigingen worden niet getoond"),
    "pause": N_("Pauzeer live"),
    "resume": N_("Ga verder"),
    "event": N_("Laatste gebeurtenis {age} geleden"),
    "no_event": N_("Nog geen gebeurtenissen"),
    "mark": N_("metingen compleet t/m {time}"),
    "no_mark": N_("nog geen metingen"),
    "silent": N_("{silent} van {sources} bronnen stil"),
    "changes": N_("{count} wijzigingen op het overzicht"),
    "one_change": N_("1 wijziging op het overzicht"),
    "back": N_("Verbinding hersteld"),
}


@dataclass(frozen=True, slots=True)
class Language:
    """One language, with the clock on the wall of the region.

    Args:
        code: `nl` or `en`.
        texts: Its catalogue.
        zone: Where the reader is.
    """

    code: str
    texts: NullTranslations
    zone: ZoneInfo

    def say(self, text: str, **values: object) -> str:
        """Turn a Dutch text into this language and fill in the values."""
        said: str = self.texts.gettext(text)
        return said.format(**values) if values else said

    def ngettext(self, one: str, many: str, count: int, **values: object) -> str:
        """Turn a Dutch text of one thing or of several into this language; `{count}` is how many."""
        said: str = self.texts.ngettext(one, many, count)
        return said.format(count=count, **values)

    def state(self, state: str) -> str:
        """The word for a state of a chain, hop or component."""
        return self.say(STATES.get(state, "Onbekend"))

    def hop(self, title: str) -> str:
        """The word for a hop."""
        return self.say(HOPS.get(title, title))

    def live(self) -> dict[str, str]:
        """The texts that the script in the page needs."""
        states = {state: self.state(state) for state in STATES}
        return {**{key: self.say(text) for key, text in LIVE.items()}, **states}

    def clock(self, moment: datetime) -> str:
        """`03:02:11`, local; with the offset in the hour that the clock shows twice."""
        local = moment.astimezone(self.zone)
        twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
        offset = local.strftime("%z")
        return f"{local:%H:%M:%S}" + (f" {offset[:3]}:{offset[3:]}" if twice else "")

    def when(self, moment: datetime, now: datetime) -> str:
        """`03:02:11` today, `21 nov 14:02` before; local."""
        local = moment.astimezone(self.zone)
        if local.date() == now.astimezone(self.zone).date():
            return self.clock(moment)
        form = "d MMM HH:mm" if local.year == now.astimezone(self.zone).year else "d MMM y HH:mm"
        said: str = format_datetime(local, form, locale=self.code)
        return said

    def exact(self, moment: datetime) -> str:
        """`2026-06-09T16:30:00+02:00`: local, in whole seconds, as every option takes it back."""
        whole = moment.replace(microsecond=0)
        try:
            return whole.astimezone(self.zone).isoformat()
        except OverflowError:  # `9999-12-31` stands for no end, and has no local time
            return whole.isoformat()

    def age(self, seconds: float) -> str:
        """`42 s`, `43 min`, `5 u`, `3 d`: whole units, rounded down; the script in the page does the same."""
        whole = max(0, int(seconds))
        if whole < 2 * MINUTE:
            return f"{whole} s"
        if whole < 2 * HOUR:
            return f"{whole // MINUTE} min"
        if whole < 2 * DAY:
            return f"{whole // HOUR} " + ("h" if self.code == "en" else "u")
        return f"{whole // DAY} d"


def choose(asked: str | None, kept: str | None, accepted: str, fallback: str) -> str:
    """Turn what was asked, kept in a cookie, sent by the browser or set into a language, in that order."""
    for wish in (asked, kept):
        if wish in LANGUAGES:
            return wish
    for part in accepted.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return fallback if fallback in LANGUAGES else "nl"


@cache
def language(code: str, timezone: str = "Europe/Amsterdam") -> Language:
    """Load a language; its catalogue is compiled in memory, so there is no build step."""
    return Language(code, _texts(code), ZoneInfo(timezone))


def _texts(code: str) -> NullTranslations:
    if code == "nl":
        return NullTranslations()
    source = files("monitor") / "locales" / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=code, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
