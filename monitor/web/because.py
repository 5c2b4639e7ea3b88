"""A root cause as sentences: how sure, what else it can be, what to look at, what suffers from it.

The difference in cost between explanations is a likelihood (about -1000 ln): it is told as a word with the
number beside it, because the priors behind it are assumptions until there is a history (CORE.md 8.3).

Source: CORE.md 3.1 (ambiguity, margin, symptoms); UX.md 5, page 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.language import N_
from monitor.looks import LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from events.contract import NextTest
    from monitor.language import Language
    from monitor.web.views import CauseView

__all__ = ["Because", "because"]

NAMED = 4
"""Names in one sentence; of the others only the number is told."""

WORTH_NAMING = 3
"""Explanations that are named when they cannot be told apart."""

SMALL, LARGE = 250, 700
"""Margins below and from which a difference is called small and large: 1.3 and 2 times as likely."""

FLAGS = {
    "topology-doubtful": N_(
        "De catalogus klopt hier misschien niet: er antwoordt iets dat er volgens de catalogus achter zit."
    ),
    "contradiction": N_("De bronnen spreken elkaar tegen; geen van beide is weggelaten."),
    "inexact": N_(
        "Er faalt te veel tegelijk om alle verklaringen na te gaan; dit is een benadering."
    ),
}


BLIND = N_(
    "Dit zegt iets over onze meting en niets over de keten: geen leverancier krijgt deze tijd aangerekend."
)


@dataclass(frozen=True, slots=True)
class Because:
    """What is said of one cause.

    Args:
        lines: Pairs of a short heading and a sentence.
    """

    cause: CauseView
    lines: tuple[tuple[str, str], ...]


def because(cause: CauseView, words: Language, *, first: bool) -> Because:
    """Turn a cause of a chain into what the page says of it.

    Args:
        cause: Its certainty is in the words of the reader already.
        words: Of the reader.
        first: The verdict above names it and says how sure it is.
    """
    said = [
        (words.say(N_("Hoe zeker")), "" if first else _certainty(cause)),
        (words.say(N_("Wat het anders kan zijn")), _otherwise(cause, words)),
        (words.say(N_("Wat uitsluitsel geeft")), _looks(cause, words)),
        (words.say(N_("Wat er last van heeft")), _symptoms(cause, words)),
        (words.say(N_("Gebruikers, alle ketens samen")), _users(cause, words)),
        (words.say(N_("Let op")), _flags(cause, words)),
    ]
    return Because(cause, tuple((heading, text) for heading, text in said if text))


def _certainty(cause: CauseView) -> str:
    text = cause.certainty
    return f"{text[:1].upper()}{text[1:]}".rstrip(".") + "." if text else ""


def _otherwise(cause: CauseView, words: Language) -> str:
    if len(cause.alternatives) > 1:
        named = [
            words.say(N_(" samen met ")).join(one) for one in cause.alternatives[:WORTH_NAMING]
        ]
        rest = len(cause.alternatives) - len(named)
        if rest:
            named.append(words.say(N_("nog {count} andere verklaringen"), count=rest))
        listed = _joined(named, words.say(N_("of")))
        return words.say(N_("Niet te onderscheiden van elkaar: {names}."), names=listed)
    if cause.margin is None:
        return words.say(N_("Niets anders past bij wat er is gezien.")) if cause.cost else ""
    return words.say(
        N_("{second} ({size}, verschil {margin})."),
        second=words.say(N_(" samen met ")).join(cause.second)
        or words.say(N_("een andere verklaring")),
        size=words.say(_size(cause.margin)),
        margin=cause.margin,
    )


def _size(margin: int) -> str:
    if margin < SMALL:
        return N_("bijna even waarschijnlijk")
    return N_("minder waarschijnlijk") if margin < LARGE else N_("veel minder waarschijnlijk")


def _looks(cause: CauseView, words: Language) -> str:
    named = [_look(test, words) for test in cause.next_tests[:2] if test.way in LOOKS]
    text = _joined(named, words.say(N_("of")))
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _look(test: NextTest, words: Language) -> str:
    return words.say(LOOKS[test.way], subject=test.subject, seen_from=test.seen_from or "")


def _symptoms(cause: CauseView, words: Language) -> str:
    if not cause.symptoms:
        return ""
    return words.say(
        N_("{count} niet te meten: {names}."),
        count=len(cause.symptoms),
        names=_named(cause.symptoms, words),
    )


def _users(cause: CauseView, words: Language) -> str:
    if cause.users_certain and cause.users_certain == cause.users_possible:
        return words.say(N_("{certain} kunnen niet werken."), certain=cause.users_certain)
    if cause.users_possible:
        return words.say(
            N_("{certain} kunnen zeker niet werken, mogelijk {possible}."),
            certain=cause.users_certain,
            possible=cause.users_possible,
        )
    return words.say(N_("Geen keten valt hierdoor uit."))


def _flags(cause: CauseView, words: Language) -> str:
    said = [words.say(FLAGS[flag]) for flag in cause.flags if flag in FLAGS]
    return " ".join([words.say(BLIND), *said] if cause.blind else said)


def _named(names: Sequence[str], words: Language) -> str:
    if len(names) <= NAMED:
        return ", ".join(names)
    return words.say(
        N_("{names} en nog {count}"), names=", ".join(names[:NAMED]), count=len(names) - NAMED
    )


def _joined(parts: Iterable[str], last: str) -> str:
    *first, end = [*parts] or [""]
    return f"{', '.join(first)} {last} {end}" if first else end
