"""Reasons of probes, engine and accounts turned into what people read, in their language.

A reason is evidence: it is kept, and told to machines, in the words of whoever wrote it. Pages and command
line say it to people. What no rule knows, such as what an operator or a supplier wrote, is said as it stands.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from monitor.language import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.language import Language

__all__ = ["RULES", "Reasons"]

NAMED = 3
"""Names in one list; of the others only the number is told."""

MOST = {"all_ids": 1000}
"""Lists that were cut already by whoever wrote them."""

_IDS = r"(?P<ids>[^ ;,]+(?:, [^ ;,]+)*)"
_MORE = r"(?P<more_ids>[^ ;,]+(?:, [^ ;,]+)*)"

_ALL = r"(?P<all_ids>[^ ;,]+(?:, [^ ;,]+)*)"
_MOMENT = r"(?P<moment>\S+)"

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
    (
        r"(?P<up>\d+) of (?P<all>\d+) ports up, (?P<count>\d+) needed \((?P<inner>.*)\)",
        N_("{up} van {all} poorten werken, {count} nodig ({inner})"),
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
    (rf"geen meting sinds {_MOMENT}", N_("geen meting sinds {moment}")),
    (r"meetpunt (?P<vantage>\S+) ziet niets", N_("meetpunt {vantage} ziet niets")),
    (r"werkt niet vanaf elk meetpunt", N_("werkt niet vanaf elk meetpunt")),
    (r"gepland werk (?P<change>\S+)", N_("gepland werk {change}")),
    (r"wordt nagekeken", N_("wordt nagekeken")),
    (rf"niet te meten: achter {_IDS}", N_("achter {ids}")),
    (rf"viel uit met {_IDS}", N_("viel uit met {ids}")),
    (
        r"leverancier meldt storing, maar het werkt",
        N_("de leverancier meldt een storing, maar het werkt"),
    ),
    (
        rf"meetpunt (?P<vantage>\S+) bereikt niet wat een ander wel bereikt: {_ALL} en nog (?P<count>\d+)",
        N_("meetpunt {vantage} bereikt niet wat een ander wel bereikt: {all_ids} en nog {count}"),
    ),
    (
        rf"meetpunt (?P<vantage>\S+) bereikt niet wat een ander wel bereikt: {_ALL}",
        N_("meetpunt {vantage} bereikt niet wat een ander wel bereikt: {all_ids}"),
    ),
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
        rf"onder {_IDS} viel een deel kort na elkaar uit",
        N_("onder {ids} viel een deel kort na elkaar uit"),
    ),
    (
        rf"misschien op noodstroom: {_ALL} en nog (?P<count>\d+)",
        N_("misschien op noodstroom: {all_ids} en nog {count}"),
    ),
    (rf"misschien op noodstroom: {_ALL}", N_("misschien op noodstroom: {all_ids}")),
    (
        r"niets antwoordt: een tweede meetpunt kan uitsluitsel geven",
        N_("niets antwoordt; een tweede meetpunt kan uitsluitsel geven"),
    ),
    # incidents and their notices
    (
        r"(?P<priority>\S+) (?P<subject>.+) valt uit(?P<again> opnieuw)?: (?P<inner>.+)",
        N_("{priority} {subject} valt uit{again}: {inner}"),
    ),
    (
        r"(?P<priority>\S+) (?P<subject>.+) werkt niet goed(?P<again> opnieuw)?: (?P<inner>.+)",
        N_("{priority} {subject} werkt niet goed{again}: {inner}"),
    ),
    (
        r"(?P<priority>\S+) (?P<subject>.+) meetpunt ziet niets(?P<again> opnieuw)?: (?P<inner>.+)",
        N_("{priority} {subject} meetpunt ziet niets{again}: {inner}"),
    ),
    (
        r"(?P<priority>\S+) (?P<subject>.+) hersteld: (?P<inner>.+)",
        N_("{priority} {subject} hersteld: {inner}"),
    ),
    (
        r"(?P<inner>geen keten geraakt|\d+ ketens?), (?P<users>\d+ gebruikers?)",
        N_("{inner}, {users}"),
    ),
    (r"geen keten geraakt", N_("geen keten geraakt")),
    (r"1 keten", N_("1 keten")),
    (r"(?P<count>\d+) ketens", N_("{count} ketens")),
    (r"1 gebruiker", N_("1 gebruiker")),
    (r"(?P<count>\d+) gebruikers", N_("{count} gebruikers")),
    (r" opnieuw", N_(" opnieuw")),
    (r"(?P<count>[\d.]+) s zonder storing", N_("{count} s zonder storing")),
    (r"was al gestoord, nu uit", N_("was al gestoord, nu uit")),
    (
        r"door twee soorten waarneming bevestigd",
        N_("door twee soorten waarneming bevestigd"),
    ),
    (r"houdt aan", N_("houdt aan")),
    (rf"opnieuw na sluiting om {_MOMENT}", N_("opnieuw na sluiting om {moment}")),
    (r"treft meer dan eerst", N_("treft meer dan eerst")),
    # the rule that made a chain what it is
    (
        r"what is down suffices: it would not work even if everything unknown or in agreed work did",
        N_(
            "wat uit is volstaat: ook als al het onbekende en al het afgesproken werk werkte, werkte het niet"
        ),
    ),
    (
        r"what is down suffices only together with what is in agreed work",
        N_("wat uit is volstaat alleen samen met waar afgesproken werk aan is"),
    ),
    (
        r"it hangs on what is unknown: what works does not carry it, what fails does not stop it",
        N_("het hangt aan wat onbekend is: wat werkt draagt het niet, wat uit is houdt het niet tegen"),
    ),
    (
        r"it works, but every way passes a reduced part or the coverage is below full",
        N_("het werkt, maar elke weg gaat langs een verminderd deel of de dekking is niet vol"),
    ),
    (
        r"what is known to work carries it, whatever is unknown",
        N_("wat zeker werkt draagt het, wat er ook onbekend is"),
    ),
    (
        r"it works, but fewer further failures lose it, where its level promises (?P<count>\d+)",
        N_("het werkt, maar minder storingen breken het af dan de {count} die zijn niveau belooft"),
    ),
    (
        r"it works, but 1 further failure loses it, where its level promises (?P<count>\d+)",
        N_("het werkt, maar 1 storing erbij breekt het af, waar zijn niveau er {count} belooft"),
    ),
    (
        r"it works, but (?P<kappa>\d+) further failures lose it, where its level promises (?P<count>\d+)",
        N_("het werkt, maar {kappa} storingen erbij breken het af, waar zijn niveau er {count} belooft"),
    ),
    (
        r"only unknowns keep it from being whole \((?P<flags>.+)\)",
        N_("alleen door wat onbekend is heet het niet heel ({flags})"),
    ),
    # how a second counts
    (
        r"counts nowhere: it is not agreed service time",
        N_("telt nergens: het is geen afgesproken diensttijd"),
    ),
    (
        r"is left out of the availability; it lowers the coverage",
        N_("blijft buiten de beschikbaarheid en verlaagt de dekking"),
    ),
    (r"counts as down, by the level", N_("telt als uit, volgens het niveau")),
    (
        r"counts as up, by the level; it lowers the coverage",
        N_("telt als beschikbaar, volgens het niveau, en verlaagt de dekking"),
    ),
    (r"counts as available", N_("telt als beschikbaar")),
    (
        r"counts as available; reduced is shown beside it",
        N_("telt als beschikbaar; verminderd staat ernaast"),
    ),
    (r"counts as down", N_("telt als uit")),
    (
        r"counts as down: no agreed work excuses this chain in this second",
        N_("telt als uit: geen afgesproken werk verontschuldigt deze keten in deze seconde"),
    ),
    (
        r"is left out: agreed work, whatever the chain was",
        N_("blijft erbuiten: afgesproken werk, wat de keten ook deed"),
    ),
    (
        r"no level of the chain is in force, or the chain is not served on this day",
        N_("geen niveau van de keten is van kracht, of de keten wordt op deze dag niet geleverd"),
    ),
    (r"the calendar is always on", N_("de kalender staat altijd aan")),
    (r"agreed hours", N_("afgesproken uren")),
    (r"outside the agreed hours", N_("buiten de afgesproken uren")),
    (r"closed: (?P<closed>.+)", N_("gesloten: {closed}")),
    (r"no hours on (?P<day>\w+)", N_("geen uren op {day}")),
    # whether work is agreed
    (r"it was not agreed", N_("het was niet afgesproken")),
    (
        rf"it was agreed only after its start, at {_MOMENT}",
        N_("het werd pas na zijn begin afgesproken, op {moment}"),
    ),
    (r"its window is empty", N_("zijn venster is leeg")),
    (rf"it was reported ready at {_MOMENT}", N_("het werd gereed gemeld op {moment}")),
    (rf"agreed at {_MOMENT}", N_("afgesproken op {moment}")),
    (
        rf"agreed at {_MOMENT}, and what its parts carry does not include this chain",
        N_("afgesproken op {moment}, maar deze keten hoort niet bij wat zijn onderdelen dragen"),
    ),
    (
        rf"agreed at {_MOMENT}, and its declared impact does not include this chain",
        N_("afgesproken op {moment}, maar deze keten staat niet in zijn opgegeven gevolgen"),
    ),
    # what nobody said
    (r"nog geen metingen", N_("nog geen metingen")),
    (r"who looked gave no reason", N_("wie keek gaf geen reden")),
)  # fmt: skip
RULES = tuple((re.compile(pattern, re.DOTALL), text) for pattern, text in _RULES)
"""How a reason is written, and how it is said; the first that fits the whole reason counts."""


DAYS = {
    "mon": N_("maandag"),
    "tue": N_("dinsdag"),
    "wed": N_("woensdag"),
    "thu": N_("donderdag"),
    "fri": N_("vrijdag"),
    "sat": N_("zaterdag"),
    "sun": N_("zondag"),
}


class Reasons:
    """Says reasons to people.

    Args:
        name: Turns the id of a component, link or shared risk into what readers call it.
    """

    def __init__(self, name: Callable[[str], str] = str) -> None:
        self._name = name

    def say(self, reason: str, words: Language, now: datetime | None = None) -> str:
        """Turn a reason into what a reader of these words reads.

        Args:
            reason: As it was written.
            words: Of the reader.
            now: Moments are told as seen from here; None = in full.
        """
        for pattern, text in RULES:
            found = pattern.fullmatch(reason)
            if found is not None:
                return words.say(text, **self._values(found.groupdict(), words, now))
        clauses = reason.split("; ")
        if len(clauses) == 1:
            return reason
        return "; ".join(self.say(clause, words, now) for clause in clauses)

    def _values(
        self, groups: Mapping[str, str | None], words: Language, now: datetime | None
    ) -> dict[str, str]:
        return {key: self._value(key, value or "", words, now) for key, value in groups.items()}

    def _value(self, key: str, value: str, words: Language, now: datetime | None) -> str:
        match key:
            case "ids" | "more_ids" | "all_ids":
                return self._names(value.split(", "), words, MOST.get(key, NAMED))
            case "inner" | "users" | "again":
                return self.say(value, words, now) if value else ""
            case "number":
                return str(format_decimal(value, locale=words.code))
            case "moment":
                return _moment(value, words, now)
            case "day":
                return words.say(DAYS.get(value, value))
            case _:
                return value

    def _names(self, ids: list[str], words: Language, most: int) -> str:
        named = ", ".join(self._name(id_) for id_ in ids[:most])
        if len(ids) <= most:
            return named
        return words.say(N_("{names} en nog {count}"), names=named, count=len(ids) - most)


def _moment(value: str, words: Language, now: datetime | None) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    if moment.tzinfo is None:
        return value
    return words.exact(moment) if now is None else words.when(moment, now)
