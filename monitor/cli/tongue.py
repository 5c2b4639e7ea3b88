"""The language in which a verb tells people its result: `--lang`, states, moments and lists in words.

JSON, messages on stderr and what goes wrong are not translated: they are read by programs and searched for.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from monitor.language import N_, language
from monitor.reasons import Reasons

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.language import Language

__all__ = ["Tongue"]

DEFAULT_ZONE = "UTC"

WORDS = {
    "open": N_("open"),
    "closed": N_("gesloten"),
    "opened": N_("geopend"),
    "raised": N_("verhoogd"),
    "reopened": N_("heropend"),
    "excluded": N_("uitgesloten"),
}
"""Words of the contract that are no states."""


class Tongue:
    """Says states, reasons and moments of results in one language, on the clock of one place.

    Args:
        code: `nl` or `en`.
        timezone: Whose clock.

    Attributes:
        words: The texts.
    """

    def __init__(self, code: str, timezone: str = DEFAULT_ZONE) -> None:
        self.words: Language = language(code, timezone)
        self._reasons = Reasons()

    def say(self, text: str, **values: object) -> str:
        """Turn a Dutch text into this language and fill in the values."""
        return self.words.say(text, **values)

    def reason(self, reason: str) -> str:
        """Say a reason as it was written by probe, engine or accounts."""
        return self._reasons.say(reason, self.words)

    def state(self, state: str) -> str:
        """The word for a state or bucket: in English that of the contract."""
        if self.words.code == "en":
            return state
        return self.word(state) if state in WORDS else self.words.state(state).lower()

    def word(self, word: str) -> str:
        """The word for what became of an incident or a second: in English that of the contract."""
        return word if self.words.code == "en" else self.say(WORDS.get(word, word))

    def when(self, moment: str | None) -> str:
        """Turn a moment of a result into local time in whole seconds; `-` when there is none."""
        if not moment:
            return "-"
        return self.words.exact(datetime.fromisoformat(moment))

    def since(self, moment: str | None) -> str:
        """The same for the beginning of something; without one it was always so."""
        return self.when(moment) if moment else self.say(N_("het begin"))

    def owner(self, supplier: str | None) -> str:
        """Whose something is."""
        return supplier or self.say(N_("geen leverancier"))

    def rows(self, rows: Iterable[tuple[str, str]], labels: Sequence[str]) -> list[str]:
        """Turn pairs of a Dutch label and a text into lines, the texts below each other.

        Args:
            rows: An empty label goes on with the one before.
            labels: Every label that there can be: the widest sets the place of the texts.
        """
        width = max(len(self.say(label)) for label in labels)
        return [
            f"  {self.say(label) if label else '':<{width}} {text}".rstrip() for label, text in rows
        ]
