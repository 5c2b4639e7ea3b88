"""Plain values of a profile file to a `Profile`, or everything that is wrong with it (pure).

Source: docs/probes.md, section "Vendor profiles".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from probes.snmp.profile.change import Changed
from probes.snmp.profile.expression import Column, Difference, FirstOf, Join, Sum, Template
from probes.snmp.profile.model import SECTIONS, Condition, Match, Profile, Row
from probes.snmp.profile.source import Fault, Path, Sources

if TYPE_CHECKING:
    from collections.abc import Sequence

    from probes.snmp.ber import Oid
    from probes.snmp.profile.expression import Expression

__all__ = ["CLASSES", "FIELDS", "parse_profile"]

IDENTITY = ("vendor", "model", "version", "serial")
FIELDS: dict[str, tuple[str, ...]] = {
    "processors": ("description", "percent"),
    "memory": ("description", "used", "total", "free", "percent", "unit"),
    "sensors": ("class", "description", "value", "unit"),
    "poe": ("group", "budget_w", "used_w"),
    "access_points": ("name", "mac", "serial", "state", "clients"),
    "radios": ("name", "channel", "clients", "utilisation", "band"),
    "neighbours": ("protocol", "local_port", "remote_name", "remote_port", "remote_id"),
}
"""What a row of each section may tell."""
CLASSES = frozenset(
    (
        *("temperature", "humidity", "fanspeed", "voltage", "current", "power", "frequency"),
        *("dbm", "charge", "runtime", "load", "percent", "state", "clients", "ap-count"),
    )
)
"""Sensor classes of DESIGN.md 7.4, and the two counts of a wireless network."""
_TOP = ("profile", "match", "identity", "replaces", *SECTIONS)
_ROW = ("table", "each", "needs", "once", "where", "unless", "states", "radios")
_STATES = frozenset(("ok", "warning", "critical", "unknown"))
_AP_STATES = frozenset(("up", "down", "unknown"))


def parse_profile(name: str, values: object) -> tuple[Profile, list[Fault]]:
    """Turn the plain values of a file (scalars as text) into a profile.

    Returns:
        The profile without what is wrong, and every fault.
    """
    read = Sources()
    return _Reader(read).profile(name, values), read.faults


class _Reader:
    """Reads one file."""

    def __init__(self, read: Sources) -> None:
        self._read = read

    def profile(self, name: str, values: object) -> Profile:
        """Turn the whole file into a profile."""
        tree = self._read.mapping(values, (), _TOP)
        if tree.get("profile") != name:
            self._read.fault(("profile",), f"must be the name of its file: write `profile: {name}`")
        sections = {
            section: tuple(
                self._row(each, (section, place), section)
                for place, row in enumerate(self._read.list(tree.get(section), (section,)))
                for each in _of_each_table(row)
            )
            for section in SECTIONS
            if section in tree
        }
        identity = {
            key: self._read.expression(value, ("identity", key))
            for key, value in self._read.mapping(
                tree.get("identity"), ("identity",), IDENTITY
            ).items()
        }
        every = [*identity.values(), *_expressions(sections)]
        roots = dict.fromkeys(root for each in every for root in each.columns())
        for row in _rows(sections):
            roots |= dict.fromkeys((*row.each, *(() if row.needs is None else (row.needs,))))
        return Profile(
            name=name,
            matches=tuple(
                self._match(each, ("match", place))
                for place, each in enumerate(self._read.list(tree.get("match"), ("match",)))
            ),
            identity=identity,
            sections=sections,
            replaces=frozenset(self._replaced(tree.get("replaces"))),
            roots=tuple(roots),
        )

    def _replaced(self, value: object) -> list[str]:
        kept = []
        for place, each in enumerate(self._read.list(value, ("replaces",))):
            text = self._read.text(each, ("replaces", place))
            section, _, kind = text.partition(".")
            if section in SECTIONS and (not kind or (section == "sensors" and kind in CLASSES)):
                kept.append(text)
            else:
                self._read.fault(("replaces", place), f"`{text}` is no section, nor sensors.CLASS")
        return kept

    # --- match --------------------------------------------------------------------------------

    def _match(self, value: object, path: Path) -> Match:
        tree = self._read.mapping(value, path, ("object_id", "description", "has"))
        if not tree:
            self._read.fault(path, "must tell object_id, description or has")
        described = tree.get("description")
        return Match(
            object_id=self._named(tree["object_id"], (*path, "object_id"))
            if "object_id" in tree
            else None,
            description=None
            if described is None
            else self._read.regex(described, (*path, "description")),
            has=self._named(tree["has"], (*path, "has")) if "has" in tree else None,
        )

    def _named(self, value: object, path: Path) -> Oid:
        """A name by which a device is recognised, so none that lies under its own."""
        oid = self._read.oid(value, path)
        if oid and oid[0] < 0:
            self._read.fault(path, "must be a whole object identifier")
        return oid

    # --- rows ---------------------------------------------------------------------------------

    def _row(self, value: object, path: Path, section: str) -> Row:
        fields = FIELDS[section]
        tree = self._read.mapping(value, path, (*_ROW, *fields))
        outer = self._read.table
        if "table" in tree:
            self._read.table = self._read.oid(tree["table"], (*path, "table"))
        row = self._read_row(tree, path, section)
        self._read.table = outer
        return row

    def _read_row(self, tree: dict[str, object], path: Path, section: str) -> Row:
        found = {
            key: self._read.expression(tree[key], (*path, key))
            for key in FIELDS[section]
            if key in tree
        }
        self._check_class(tree, path, section)
        allowed = _AP_STATES if section == "access_points" else _STATES
        states = tree.get("states")
        return Row(
            each=(self._read.oid(tree["each"], (*path, "each")),)
            if "each" in tree
            else _each(found),
            needs=self._read.oid(tree["needs"], (*path, "needs")) if "needs" in tree else None,
            once=tree.get("once") in ("true", True),
            fields=found,
            conditions=(
                *self._conditions(tree.get("where"), (*path, "where"), wanted=True),
                *self._conditions(tree.get("unless"), (*path, "unless"), wanted=False),
            ),
            states={} if states is None else self._read.words(states, (*path, "states"), allowed),
            radios=tuple(
                self._row(each, (*path, "radios", place), "radios")
                for place, each in enumerate(self._read.list(tree.get("radios"), (*path, "radios")))
            ),
        )

    def _check_class(self, tree: dict[str, object], path: Path, section: str) -> None:
        if section != "sensors":
            return
        kind = tree.get("class")
        words = kind.get("map") if isinstance(kind, Mapping) else kind
        told = words.values() if isinstance(words, Mapping) else [words]
        for each in told:
            if each not in CLASSES:
                self._read.fault(
                    (*path, "class"), f"must be one of {', '.join(sorted(CLASSES))}, or map to them"
                )
        if "value" not in tree:
            self._read.fault(path, "a sensor needs a `value`")

    def _conditions(self, value: object, path: Path, *, wanted: bool) -> list[Condition]:
        if value is None:
            return []
        if not isinstance(value, Mapping):
            self._read.fault(path, "must be a mapping of a column to its values or to /a pattern/")
            return []
        return [
            self._condition(str(key), each, (*path, key), wanted=wanted)
            for key, each in value.items()
        ]

    def _condition(self, of: str, value: object, path: Path, *, wanted: bool) -> Condition:
        source = self._read.expression(of, path)
        if isinstance(value, str) and len(value) > 2 and value[0] == value[-1] == "/":  # noqa: PLR2004
            return Condition(source, pattern=self._read.regex(value[1:-1], path), wanted=wanted)
        return Condition(source, self._read.texts(value, path), wanted=wanted)


def _of_each_table(row: object) -> list[object]:
    """A rule with a list of tables is one for each: a MIB that a vendor repeats under every product."""
    if isinstance(row, Mapping) and isinstance(row.get("table"), list):
        return [{**row, "table": table} for table in row["table"]]
    return [row]


def _each(fields: Mapping[str, Expression]) -> tuple[Oid, ...]:
    """The columns whose rows are meant when none is named: of the first field that reads at the row's own."""
    order = ("value", "percent", "used", "free", "budget_w", "used_w", "name", "remote_name")
    keys = [*(key for key in order if key in fields), *fields]
    return next((tuple(own) for key in keys if (own := _own_columns(fields[key]))), ())


def _own_columns(expression: Expression) -> list[Oid]:
    match expression:
        case Column() if expression.at is None:
            return [expression.oid]
        case Changed():
            return _own_columns(expression.of)
        case FirstOf() | Join() | Sum() | Template():
            return [oid for each in expression.parts for oid in _own_columns(each)]
        case Difference():
            return [*_own_columns(expression.whole), *_own_columns(expression.less)]
    return []


def _rows(sections: Mapping[str, Sequence[Row]]) -> list[Row]:
    rows = [row for each in sections.values() for row in each]
    return [*rows, *(radio for row in rows for radio in row.radios)]


def _expressions(sections: Mapping[str, Sequence[Row]]) -> list[Expression]:
    return [
        expression
        for row in _rows(sections)
        for expression in (*row.fields.values(), *(condition.of for condition in row.conditions))
    ]
