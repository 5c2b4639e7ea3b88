"""Reasons of probes and engine turned into what people read: their language, names in place of ids.

A reason is evidence: it is kept, and told to machines, in the words of whoever wrote it. The pages say it
to people. What no rule knows, such as what an operator or a supplier wrote, is said as it stands.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from monitor.web.language import N_
from monitor.web.views import part_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.web.language import Language
    from topology.model import Catalogue

__all__ = ["Reasons"]

NAMED = 3
"""Names in one list; of the others only the number is told."""

_IDS = r"(?P<ids>[^ ;,]+(?:, [^ ;,]+)*)"
_MORE = r"(?P<more_ids>[^ ;,]+(?:, [^ ;,]+)*)"

_RULES: tuple[tuple[str, str], ...] = (
    # probes
    (
        r"timeout: (?P<tries>\d+) x (?P<number>[\d.e+-]+) s without an answer",
        N_("geen antwoord in {tries} keer {number} s"),
    ),
    (
        r"(?P<up>\d+) of (?P<all>\d+) ports up \((?P<inner>.*)\)",
        N_("{up} van {all} poorten werken ({inner})"),
    ),
    (r"no port up \((?P<inner>.*)\)", N_("geen enkele poort werkt ({inner})")),
    (r"(?P<port>[^;]+): ifAdminStatus down", N_("poort {port} is uitgezet")),
    (r"(?P<port>[^;]+): ifOperStatus down", N_("poort {port} heeft geen verbinding")),
    (r"(?P<port>[^;]+): ifOperStatus testing", N_("poort {port} wordt getest en laat niets door")),
    (r"(?P<port>[^;]+): ifOperStatus dormant", N_("poort {port} wacht op iets van buiten")),
    (r"(?P<port>[^;]+): ifOperStatus notPresent", N_("de module van poort {port} ontbreekt")),
    (r"(?P<port>[^;]+): ifOperStatus lowerLayerDown", N_("onder poort {port} werkt iets niet")),
    (
        r"(?P<port>[^;]+): (?:ifOperStatus [^;]+|the device gives no ifOperStatus)",
        N_("het apparaat zegt niet of poort {port} werkt"),
    ),
    (r"trap linkDown of (?P<port>.+)", N_("het apparaat meldt: poort {port} is weg")),
    (r"trap linkUp of (?P<port>.+)", N_("het apparaat meldt: poort {port} is er weer")),
    (r"the probe failed: (?P<detail>.+)", N_("de meting zelf mislukte: {detail}")),
    (
        r"the agent refused: (?P<detail>.+); check its view and community",
        N_("het apparaat weigert ({detail}); kijk zijn view en community na"),
    ),
    (r"(?P<detail>.+); check the credentials", N_("{detail}; kijk de inloggegevens na")),
    (
        r"(?P<agent>.+) answers with something that is not SNMP v2c \((?P<detail>.*)\); check the port",
        N_("{agent} antwoordt met iets dat geen SNMP v2c is ({detail}); kijk de poort na"),
    ),
    (
        r"no address for (?P<host>.+) \((?P<detail>.*)\); check the name and the name service",
        N_("geen adres voor {host} ({detail}); kijk de naam en de naamdienst na"),
    ),
    # one component
    (r"nog niet gemeten", N_("nog niet gemeten")),
    (r"geen meting sinds (?P<moment>\S+)", N_("geen meting sinds {moment}")),
    (r"meetpunt (?P<vantage>\S+) ziet niets", N_("meetpunt {vantage} ziet niets")),
    (r"werkt niet vanaf elk meetpunt", N_("werkt niet vanaf elk meetpunt")),
    (r"gepland werk (?P<change>\S+)", N_("gepland werk {change}")),
    (r"wordt nagekeken", N_("wordt nagekeken")),
    (rf"niet te meten: achter {_IDS}", N_("achter {ids}")),
    (
        r"antwoordt zelf niet, wat erachter staat wel",
        N_("antwoordt zelf niet, wat erachter staat wel"),
    ),
    # how sure a cause is
    (
        rf"geen signaal op {_IDS}; kan ook (?P=ids) zijn",
        N_("geen signaal op {ids}; het kan ook aan die verbindingen zelf liggen"),
    ),
    (rf"geen signaal op {_IDS}", N_("geen signaal op {ids}")),
    (
        rf"signaal op {_IDS}: de verbinding is het niet",
        N_("signaal op {ids}: de verbinding is het niet"),
    ),
    (
        rf"kan ook {_IDS} zijn: poortstatus van (?P=ids) niet gezien",
        N_("kan ook {ids} zijn: de stand van die poorten is niet gezien"),
    ),
    (
        rf"kan ook {_IDS} zijn: poortstatus van {_MORE} niet gezien",
        N_("kan ook {ids} zijn: de poortstatus van {more_ids} is niet gezien"),
    ),
    (rf"kan ook {_IDS} zijn", N_("kan ook {ids} zijn")),
    (rf"{_IDS} is zelf gemeld als uit", N_("{ids} is zelf gemeld als uit")),
    (
        rf"alles onder {_IDS} viel samen uit; anders {_MORE}",
        N_("alles onder {ids} viel samen uit; anders zou het {more_ids} zijn"),
    ),
    (rf"alles onder {_IDS} viel samen uit", N_("alles onder {ids} viel samen uit")),
    (rf"anders {_IDS}", N_("anders zou het {ids} zijn")),
    (
        rf"leverancier meldt {_IDS} als werkend",
        N_("de leverancier meldt dat {ids} werkt"),
    ),
    (
        r"niets antwoordt: een tweede meetpunt kan uitsluitsel geven",
        N_("niets antwoordt; een tweede meetpunt kan uitsluitsel geven"),
    ),
)  # fmt: skip
RULES = tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _RULES)
"""How a reason is written, and how it is said; the first that fits the whole reason counts."""


class Reasons:
    """Says reasons to people.

    Args:
        catalogue: Of the names.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def say(self, reason: str, words: Language, now: datetime) -> str:
        """Turn a reason into what a reader of these words reads at this moment."""
        for pattern, text in RULES:
            found = pattern.fullmatch(reason)
            if found is not None:
                return words.say(text, **self._values(found.groupdict(), words, now))
        clauses = reason.split("; ")
        if len(clauses) == 1:
            return reason
        return "; ".join(self.say(clause, words, now) for clause in clauses)

    def _values(
        self, groups: Mapping[str, str | None], words: Language, now: datetime
    ) -> dict[str, str]:
        return {key: self._value(key, value or "", words, now) for key, value in groups.items()}

    def _value(self, key: str, value: str, words: Language, now: datetime) -> str:
        match key:
            case "ids" | "more_ids":
                return self._names(value.split(", "), words)
            case "inner":
                return self.say(value, words, now)
            case "number":
                return str(format_decimal(value, locale=words.code))
            case "moment":
                return _moment(value, words, now)
            case _:
                return value

    def _names(self, ids: list[str], words: Language) -> str:
        named = ", ".join(part_name(self._catalogue, id_) for id_ in ids[:NAMED])
        if len(ids) <= NAMED:
            return named
        return words.say(N_("{names} en nog {count}"), names=named, count=len(ids) - NAMED)


def _moment(value: str, words: Language, now: datetime) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return words.when(moment, now) if moment.tzinfo else value
