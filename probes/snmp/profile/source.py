"""Sources of facts as a profile writes them to expressions, and every fault with its path (pure).

Source: docs/probes.md, section "Where a value comes from".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from probes.snmp.oid import OWN, PARENT, parse_oid
from probes.snmp.profile.change import Changed, Kind
from probes.snmp.profile.columns import COLUMNS, SCALARS
from probes.snmp.profile.expression import (
    Among,
    Any,
    At,
    Column,
    Constant,
    Count,
    Difference,
    FirstOf,
    Index,
    Join,
    Sum,
    Template,
    Total,
)

if TYPE_CHECKING:
    from probes.snmp.ber import Oid
    from probes.snmp.profile.expression import Expression

__all__ = ["Fault", "Path", "Sources"]

Path: TypeAlias = "tuple[str | int, ...]"

_CHANGES = ("of", "drop", "pattern", "as", "map", "least", "most", "scale", "decimals", "add")
_KINDS: tuple[Kind, ...] = (
    *("number", "signed", "fahrenheit", "mac", "address", "big", "dbm", "letters"),
)
_OID = re.compile(r"\.\d+(?:\.\d+)*|(?:own|parent|[012]\.\d+\.\d+)(?:\.\d+)+")
_OVER = ("count", "total", "any")
"""What is told of many rows of a column."""
_BASES = {"own": OWN, "parent": PARENT}
_REFERENCE = re.compile(r"([\w.]+)(?:@(.+))?")
_AT = re.compile(r"(first|last|rest)(\d*)")
_BRACES = re.compile(r"\{([^{}]*)\}")
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where in the file, and what to do."""

    path: Path
    message: str


@dataclass(slots=True)
class Sources:
    """Reads the values of one file.

    Args:
        faults: Grows.
        table: What names with a leading dot stand under in the row at hand.
    """

    faults: list[Fault] = field(default_factory=list)
    table: Oid = ()

    # --- shapes -------------------------------------------------------------------------------

    def fault(self, path: Path, message: str) -> None:
        """Note what is wrong, and what to do."""
        self.faults.append(Fault(path, message))

    def mapping(self, value: object, path: Path, known: Sequence[str]) -> dict[str, object]:
        """A mapping with known keys; what is none, or not known, is a fault."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.fault(path, "must be a mapping")
            return {}
        for key in value:
            if key not in known:
                self.fault((*path, key), f"`{key}` is no key here; known are {', '.join(known)}")
        return {key: each for key, each in value.items() if key in known}

    def list(self, value: object, path: Path) -> list[object]:
        """A list; what is none is a fault."""
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.fault(path, "must be a list")
        return []

    def text(self, value: object, path: Path) -> str:
        """A text or number."""
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return str(value).lower()
        self.fault(path, "must be a text or a number")
        return ""

    def texts(self, value: object, path: Path) -> frozenset[str]:
        """A text, or a list of them."""
        many = value if isinstance(value, list) else [value]
        return frozenset(self.text(each, path) for each in many)

    def _number(self, value: object, path: Path) -> Fraction:
        try:
            return Fraction(self.text(value, path) or "1")
        except (ValueError, ZeroDivisionError):
            self.fault(path, "must be a number, such as 0.1 or 1/1024")
            return Fraction(1)

    def regex(self, value: object, path: Path) -> re.Pattern[str] | None:
        """A regular expression."""
        try:
            return re.compile(self.text(value, path))
        except re.error as error:
            self.fault(path, f"is no regular expression: {error}")
            return None

    def words(
        self, value: object, path: Path, allowed: frozenset[str] = frozenset()
    ) -> dict[str, str]:
        """A mapping of what the device says to what it means."""
        if not isinstance(value, Mapping):
            self.fault(path, "must be a mapping of what the device says to what it means")
            return {}
        words = {str(key): self.text(each, (*path, key)) for key, each in value.items()}
        for key, word in words.items():
            if allowed and word not in allowed:
                self.fault((*path, key), f"`{word}` is none of {', '.join(sorted(allowed))}")
        return words

    def oid(self, value: object, path: Path) -> Oid:
        """An object identifier, under `table` when it begins with a dot."""
        text = self.text(value, path)
        if text in COLUMNS:
            return COLUMNS[text]
        if not _OID.fullmatch(text):
            self.fault(path, f"`{text}` is no object identifier, such as 1.3.6.1.4.1.9.1 or .2.1")
            return ()
        base, _, rest = text.partition(".")
        if base in _BASES:
            return (_BASES[base], *parse_oid(rest))
        if not text.startswith("."):
            return parse_oid(text)
        if not self.table:
            self.fault(path, f"`{text}` begins with a dot, but the row names no `table`")
        return (*self.table, *parse_oid(text))

    # --- expressions --------------------------------------------------------------------------

    def expression(self, value: object, path: Path) -> Expression:
        """Where a value comes from."""
        if isinstance(value, list):
            return FirstOf(self._several(value, path))
        if not isinstance(value, Mapping):
            return self._reference(self.text(value, path), path)
        for key, build in (("sum", Sum), ("first", FirstOf), ("join", Join)):
            if key in value and len(value) == 1:
                return build(self._several(value[key], (*path, key)))
        if "minus" in value and len(value) == 1:
            return self._minus(value["minus"], (*path, "minus"))
        if any(key in value for key in _OVER):
            return self._over(value, path)
        return self._changed(value, path)

    def _several(self, value: object, path: Path) -> tuple[Expression, ...]:
        return tuple(
            self.expression(each, (*path, place))
            for place, each in enumerate(self.list(value, path))
        )

    def _minus(self, value: object, path: Path) -> Expression:
        parts = self._several(value, path)
        if len(parts) != 2:  # noqa: PLR2004
            self.fault(path, "must be a list of two: the whole and what is taken from it")
            return Constant("")
        return Difference(*parts)

    def _over(self, value: Mapping[str, object], path: Path) -> Expression:
        key = next(key for key in _OVER if key in value)
        tree = self.mapping(value, path, (key, "is", "under", "matching"))
        among = Among(
            oid=self.oid(tree[key], (*path, key)),
            under=tree.get("under") is True,
            matching=self._matching(tree.get("matching"), (*path, "matching")),
        )
        if key == "count":
            return Count(
                among, self.texts(tree["is"], (*path, "is")) if "is" in tree else frozenset()
            )
        return Total(among) if key == "total" else Any(among)

    def _matching(self, value: object, path: Path) -> tuple[tuple[Oid, Expression], ...]:
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            self.fault(path, "must be a mapping of a column to what it must say")
            return ()
        return tuple(
            (self.oid(str(key), (*path, key)), self.expression(each, (*path, key)))
            for key, each in value.items()
        )

    def _changed(self, value: Mapping[str, object], path: Path) -> Expression:
        tree = self.mapping(value, path, tuple(sorted(_CHANGES)))
        if "of" not in tree:
            self.fault(path, "must tell with `of` where the value comes from")
            return Constant("")
        kind = self.text(tree.get("as", ""), (*path, "as"))
        if kind and kind not in _KINDS:
            self.fault((*path, "as"), f"`{kind}` is none of {', '.join(sorted(_KINDS))}")
        pattern = tree.get("pattern")

        def number(key: str) -> Fraction | None:
            return self._number(tree[key], (*path, key)) if key in tree else None

        return Changed(
            of=self.expression(tree["of"], (*path, "of")),
            drop=self.texts(tree["drop"], (*path, "drop")) if "drop" in tree else frozenset(),
            pattern=None if pattern is None else self.regex(pattern, (*path, "pattern")),
            kind=next((each for each in _KINDS if each == kind), ""),
            words=self.words(tree["map"], (*path, "map")) if "map" in tree else {},
            scale=number("scale") or Fraction(1),
            decimals=self.expression(tree["decimals"], (*path, "decimals"))
            if "decimals" in tree
            else None,
            add=number("add") or Fraction(0),
            least=number("least"),
            most=number("most"),
        )

    def _reference(self, text: str, path: Path) -> Expression:
        """A column, or a text in which `{column}` and `{index}` are filled in."""
        found = _REFERENCE.fullmatch(text)
        if found and (found[1] in COLUMNS or _OID.fullmatch(found[1])):
            return self._column(found[1], found[2], path)
        parts: list[Expression] = []
        at = 0
        for brace in _BRACES.finditer(text):
            if brace.start() > at:
                parts.append(Constant(text[at : brace.start()]))
            parts.append(self._part(brace[1], path))
            at = brace.end()
        if not parts:
            return Constant(text)
        if at < len(text):
            parts.append(Constant(text[at:]))
        return Template(tuple(parts))

    def _part(self, text: str, path: Path) -> Expression:
        name, _, place = text.partition(".")
        if name == "index" and (not place or re.fullmatch(r"-?\d+", place)):
            return Index(int(place) if place else None)
        part = self._reference(text, path)
        if not isinstance(part, Column):
            self.fault(path, f"{{{text}}} is neither a column nor {{index}}")
        return part

    def _column(self, text: str, at: str | None, path: Path) -> Column:
        oid = self.oid(text, path)
        if at is None and text in SCALARS:
            return Column(oid, At(fixed=(0,)))
        is_scalar = at is None and text not in COLUMNS and oid[-1:] == (0,)
        is_scalar = is_scalar and (len(oid) > _FEWEST or oid[0] < 0)
        if is_scalar:
            return Column(oid[:-1], At(fixed=(0,)))
        return Column(oid, None if at is None else self._at(at, path))

    def _at(self, text: str, path: Path) -> At:
        if found := _AT.fullmatch(text):
            number = int(found[2] or 1)
            kind = found[1]
            return At(
                first=number if kind == "first" else 0,
                last=number if kind == "last" else 0,
                rest=number if kind == "rest" else 0,
            )
        if text.startswith("#"):
            return At(fixed=parse_oid(text[1:]))
        return At(by=self._reference(text, path))
