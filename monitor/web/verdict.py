"""The verdict on a chain as sentences: what, since when, how sure, whose, who feels it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.language import FLAGS, N_

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.language import Language
    from monitor.web.views import CauseView, ChainView

__all__ = ["Verdict", "verdict"]

KAPPA_SAFE = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the chain page says first.

    Args:
        headline: One sentence.
        details: Further sentences, each with its own subject.
    """

    headline: str
    details: tuple[str, ...]


HEADLINES = {
    "up": N_("Alle schakels die ertoe doen werken, sinds {since} ({age})."),
    "degraded": N_("De keten werkt, maar met minder dan is afgesproken, sinds {since} ({age})."),
    "down": N_("De keten werkt niet sinds {since} ({age})."),
    "unknown": N_("Of de keten werkt is niet te zeggen, sinds {since} ({age})."),
    "maintenance": N_("De keten ligt stil voor afgesproken onderhoud, sinds {since} ({age})."),
}

BROKEN = {
    "down": N_("{cause} werkt niet sinds {since} ({age})."),
    "degraded": N_("{cause} werkt verminderd sinds {since} ({age})."),
    "maint": N_("{cause} is in onderhoud sinds {since} ({age})."),
    "unknown": N_("{cause} is niet te meten sinds {since} ({age})."),
}

BLIND = N_(
    "Onze eigen meting ligt stil sinds {since} ({age}): of de keten werkt is niet te zeggen."
)

FLAPS = N_("{part} valt steeds uit en komt terug: {count} omslagen in de laatste {window}.")
MOST_FLAPPING = 3
"""Parts of which that is told; a badge stands at every one."""

NEVER = N_("Nog geen metingen van deze keten: niemand weet of zij werkt.")
NO_CAUSE = N_("De oorzaak is nog niet bekend.")


def verdict(chain: ChainView, words: Language, now: datetime) -> Verdict:
    """Turn a chain into its verdict in words."""
    if chain.since is None:
        return Verdict(words.say(NEVER), ())
    cause = chain.causes[0] if chain.causes else None
    if cause is not None and cause.blind and chain.state == "unknown":
        headline = words.say(BLIND, **_since(cause.since or chain.since, words, now))
    elif cause is not None and cause.part.since is not None and cause.part.state in BROKEN:
        headline = words.say(
            BROKEN[cause.part.state], cause=_named(cause), **_since(cause.part.since, words, now)
        )
    else:
        headline = words.say(HEADLINES[chain.state], **_since(chain.since, words, now))
    return Verdict(headline, tuple(text for text in _details(chain, words) if text))


def _since(since: datetime, words: Language, now: datetime) -> dict[str, str]:
    return {"since": words.when(since, now), "age": words.age((now - since).total_seconds())}


def _named(cause: CauseView) -> str:
    site = cause.part.site
    return (
        f"{cause.part.name} ({site})" if site and site not in cause.part.name else cause.part.name
    )


def _details(chain: ChainView, words: Language) -> list[str]:
    return [
        *_about_flapping(chain, words),
        chain.reason[:1].upper() + chain.reason[1:],
        *_about_causes(chain, words),
        _about_users(chain, words),
        _about_reserve(chain, words),
        *(words.say(FLAGS[flag]).capitalize() + "." for flag in chain.flags if flag in FLAGS),
    ]


def _about_flapping(chain: ChainView, words: Language) -> list[str]:
    """What is said of now may be otherwise in a moment, so it comes first."""
    return [
        words.say(FLAPS, part=one.part.name, count=one.turns, window=words.age(one.window_s))
        for one in chain.flapping[:MOST_FLAPPING]
    ]


def _about_causes(chain: ChainView, words: Language) -> list[str]:
    if not chain.causes:
        troubled = chain.state in {"down", "degraded", "unknown"}
        return [words.say(NO_CAUSE)] if troubled else []
    said = [
        words.say(N_("Hoe zeker: {certainty}."), certainty=cause.certainty.rstrip("."))
        for cause in chain.causes[:1]
        if cause.certainty
    ]
    if len(chain.causes) > 1:
        others = ", ".join(_named(cause) for cause in chain.causes[1:])
        said.append(words.say(N_("Ook aan de hand: {others}."), others=others))
    if chain.owners:
        said.append(words.say(N_("Aan zet: {owners}."), owners=", ".join(chain.owners)))
    return said


def _about_users(chain: ChainView, words: Language) -> str:
    if chain.certain and chain.certain == chain.possible:
        return words.say(
            N_("Gevolg: {certain} van {users} gebruikers kunnen niet werken."),
            certain=chain.certain, users=chain.users,
        )  # fmt: skip
    if chain.certain:
        return words.say(
            N_("Gevolg: {certain} van {users} gebruikers kunnen zeker niet werken, mogelijk {possible}."),
            certain=chain.certain, users=chain.users, possible=chain.possible,
        )  # fmt: skip
    if chain.possible:
        return words.say(
            N_("Gevolg: mogelijk kunnen {possible} van {users} gebruikers niet werken."),
            users=chain.users, possible=chain.possible,
        )  # fmt: skip
    return ""


def _about_reserve(chain: ChainView, words: Language) -> str:
    if chain.kappa is None or chain.state not in {"up", "degraded"}:
        return ""
    if chain.kappa >= KAPPA_SAFE:
        return words.say(N_("Reserve: pas bij drie of meer verdere storingen valt de keten uit."))
    if chain.kappa <= 1:
        return words.say(N_("Geen reserve: één verdere storing en de keten valt uit."))
    return words.say(N_("Reserve: er kan nog één ding uitvallen."))
