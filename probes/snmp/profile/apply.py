"""Profiles and walked rows to what they add to the facts of a device (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from probes.snmp.profile.model import SECTIONS
from probes.snmp.profile.value import number_in, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from probes.snmp.ber import Oid
    from probes.snmp.profile.model import Condition, Match, Profile, Row
    from probes.snmp.profile.value import Found
    from probes.snmp.rows import Rows

__all__ = ["Added", "apply", "chosen", "count", "questions"]

Record = dict[str, object]

UNITS = {
    "temperature": "C",
    "humidity": "%",
    "fanspeed": "rpm",
    "voltage": "V",
    "current": "A",
    "power": "W",
    "frequency": "Hz",
    "dbm": "dBm",
    "charge": "%",
    "runtime": "min",
    "load": "%",
    "percent": "%",
    "state": None,
    "clients": None,
    "ap-count": None,
}
"""The unit of a class when the profile names none."""
_BYTES = Fraction(1)
_HUNDRED = 100


@dataclass(slots=True)
class Added:
    """What the profiles of a device found."""

    identity: dict[str, str] = field(default_factory=dict)
    sections: dict[str, list[Record]] = field(
        default_factory=lambda: {section: [] for section in SECTIONS}
    )
    replaces: set[str] = field(default_factory=set)
    """Sections, or `sensors.CLASS`, that stand in place of what the standard MIBs tell."""

    def over(self, section: str, standard: Sequence[Record]) -> list[Record]:
        """Turn a list of the standard MIBs into the list of the facts."""
        if section in self.replaces:
            return self.sections[section]
        kept = [row for row in standard if f"sensors.{row.get('class')}" not in self.replaces]
        return [*kept, *self.sections[section]]


def questions(profiles: Iterable[Profile], object_id: Oid, description: str) -> list[Oid]:
    """The names whose presence decides between profiles: to be asked before `chosen`."""
    return list(
        dict.fromkeys(
            match.has
            for profile in profiles
            for match in profile.matches
            if match.has is not None and match.holds(object_id, description)
        )
    )


def chosen(
    profiles: Iterable[Profile],
    object_id: Oid,
    description: str,
    has: Callable[[Oid], bool] = lambda _oid: False,
) -> list[Profile]:
    """The profiles of a device, the most particular first; ties go by name."""

    def fits(match: Match) -> bool:
        return match.holds(object_id, description) and (match.has is None or has(match.has))

    weighed = []
    for profile in profiles:
        weights = [match.weight for match in profile.matches if fits(match)]
        if weights or not profile.matches:
            weighed.append((max(weights, default=(0, 0, 0)), profile))
    weighed.sort(key=lambda each: (tuple(-part for part in each[0]), each[1].name))
    return [profile for _, profile in weighed]


def apply(profiles: Sequence[Profile], rows: Rows) -> Added:
    """Turn walked rows into what the profiles tell of the device.

    Args:
        profiles: The most particular first, as `chosen` gives them.
        rows: A walk of the roots of them all.
    """
    added = Added()
    for profile in profiles:
        _identify(profile, rows, added)
        for section, declared in profile.sections.items():
            found = [record for row in declared for record in _records(section, row, rows)]
            kept = [record for record in found if not _is_replaced(section, record, added)]
            added.sections[section] += kept
        added.replaces |= {name for name in profile.replaces if _found(name, added)}
    return added


def count(profile: Profile, rows: Rows) -> dict[str, list[int]]:
    """How many records each row rule of each section gives."""
    return {
        section: [len(_records(section, row, rows)) for row in declared]
        for section, declared in profile.sections.items()
    }


def _identify(profile: Profile, rows: Rows, added: Added) -> None:
    for key, expression in profile.identity.items():
        text = " ".join(plain_text(expression.evaluate(rows, ())).split())
        if text:
            added.identity.setdefault(key, text)


def _is_replaced(section: str, record: Record, added: Added) -> bool:
    return section in added.replaces or f"{section}.{record.get('class')}" in added.replaces


def _found(name: str, added: Added) -> bool:
    """Whether there is anything to stand in the place of what is replaced."""
    section, _, kind = name.partition(".")
    return any(not kind or record.get("class") == kind for record in added.sections[section])


def _records(section: str, row: Row, rows: Rows) -> list[Record]:
    build = _BUILD[section]
    found = []
    for index in _indexes(row, rows):
        if all(_holds(condition, rows, index) for condition in row.conditions):
            record = build(row, rows, index)
            if record is not None and not (row.once and record in found):
                found.append(record)
    return found


def _indexes(row: Row, rows: Rows) -> list[Oid]:
    if row.needs is not None and not rows.column(row.needs):
        return []
    return rows.indexes(*row.each) if row.each else [()]


def _holds(condition: Condition, rows: Rows, index: Oid) -> bool:
    text = plain_text(condition.of.evaluate(rows, index))
    if condition.pattern is not None:
        return (condition.pattern.search(text) is not None) is condition.wanted
    return (text in condition.texts) is condition.wanted


# --- one record a section ---------------------------------------------------------------------


class _Fields:
    """The fields of one row at one index."""

    def __init__(self, row: Row, rows: Rows, index: Oid) -> None:
        self._row, self._rows, self._index = row, rows, index

    def value(self, name: str) -> Found:
        expression = self._row.fields.get(name)
        return None if expression is None else expression.evaluate(self._rows, self._index)

    def text(self, name: str) -> str | None:
        return " ".join(plain_text(self.value(name)).split()) or None

    def number(self, name: str) -> Fraction | None:
        return number_in(self.value(name))


def _processor(row: Row, rows: Rows, index: Oid) -> Record | None:
    fields = _Fields(row, rows, index)
    percent = fields.number("percent")
    if percent is None:
        return None
    if not 0 <= percent <= _HUNDRED:
        rows.quirk(f"a processor load of {plain_text(percent)} is no percentage")
        return None
    return {"description": fields.text("description"), "percent": _plain(percent)}


def _pool(row: Row, rows: Rows, index: Oid) -> Record | None:
    fields = _Fields(row, rows, index)
    unit = fields.number("unit") or _BYTES
    used, total, free = (fields.number(name) for name in ("used", "total", "free"))
    if used is None and total is not None and free is not None:
        used = total - free
    if total is None and used is not None and free is not None:
        total = used + free
    percent = fields.number("percent")
    if percent is None and used is not None and total:
        percent = used * _HUNDRED / total
    if percent is None and not total:
        return None
    if used is None and percent is not None and total:
        used = total * percent / _HUNDRED
    return {
        "description": fields.text("description"),
        "used_bytes": None if used is None else int(used * unit),
        "total_bytes": None if not total else int(total * unit),
        "percent": None if percent is None else _plain(Fraction(round(percent, 1))),
    }


def _sensor(row: Row, rows: Rows, index: Oid) -> Record | None:
    fields = _Fields(row, rows, index)
    kind, value = fields.text("class"), fields.value("value")
    if kind is None or value is None:
        return None
    description = fields.text("description")
    if kind == "state":
        return _state(row, description, value)
    number = number_in(value)
    if number is None:
        return None
    unit = fields.text("unit") or UNITS.get(kind)
    return {"class": kind, "description": description, "value": _plain(number), "unit": unit}


def _state(row: Row, description: str | None, value: Found) -> Record:
    text = plain_text(value)
    number = number_in(value)
    raw = int(number) if number is not None and text == plain_text(number) else None
    word = row.states.get(text, row.states.get("*", "unknown"))
    return {
        "class": "state",
        "description": description,
        "value": word,
        "unit": None,
        "raw": raw,
    }


def _supply(row: Row, rows: Rows, index: Oid) -> Record | None:
    fields = _Fields(row, rows, index)
    budget, used = fields.number("budget_w"), fields.number("used_w")
    group = fields.text("group")
    if budget is None and used is None:
        return None
    return {
        "group": int(group) if group and group.isdecimal() else group,
        "budget_w": None if budget is None else _plain(budget),
        "used_w": None if used is None else _plain(used),
    }


def _access_point(row: Row, rows: Rows, index: Oid) -> Record | None:
    fields = _Fields(row, rows, index)
    state = plain_text(fields.value("state"))
    found: Record = {
        "name": fields.text("name"),
        "mac": fields.text("mac"),
        "serial": fields.text("serial"),
        "state": row.states.get(state, row.states.get("*")) if state else None,
        "clients": _whole(fields.number("clients")),
    }
    radios = [
        _radio(radio, rows, place)
        for radio in row.radios
        for place in _indexes(radio, rows)
        if place[: len(index)] == index
        and all(_holds(condition, rows, place) for condition in radio.conditions)
    ]
    if all(value is None for value in found.values()) and not radios:
        return None
    return {**found, "radios": radios}


def _radio(row: Row, rows: Rows, index: Oid) -> Record:
    fields = _Fields(row, rows, index)
    used = fields.number("utilisation")
    return {
        "name": fields.text("name"),
        "band": fields.text("band"),
        "channel": _whole(fields.number("channel")),
        "clients": _whole(fields.number("clients")),
        "utilisation": None if used is None else _plain(used),
    }


def _neighbour(row: Row, rows: Rows, index: Oid) -> Record | None:
    fields = _Fields(row, rows, index)
    names = ("protocol", "local_port", "remote_name", "remote_port", "remote_id")
    found: Record = {name: fields.text(name) for name in names}
    return found if found["remote_name"] or found["remote_id"] else None


def _plain(number: Fraction) -> int | float:
    """A whole number as such; any other to nine decimals."""
    return int(number) if number.denominator == 1 else round(float(number), 9)


def _whole(number: Fraction | None) -> int | None:
    return None if number is None or number < 0 else int(number)


_BUILD: dict[str, Callable[[Row, Rows, Oid], Record | None]] = {
    "processors": _processor,
    "memory": _pool,
    "sensors": _sensor,
    "poe": _supply,
    "access_points": _access_point,
    "neighbours": _neighbour,
}
