"""Reading the operator's files: collects every problem with its place, and which ids are defined and used."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, Protocol

from events.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from typing import TypeAlias

    Path: TypeAlias = tuple[str | int, ...]

__all__ = [
    "INVALID",
    "LIMIT",
    "Nowhere",
    "Path",
    "Place",
    "Places",
    "Reading",
    "capped",
    "nearest",
    "quoted",
]

Place = tuple[str, int, int]
"""File as the operator wrote it, line and column from 1."""

LIMIT = 50
"""Problems shown at once: a screen or two. The rest is counted."""

VERTICES = ("component", "link", "shared_risk", "group", "chain", "vantage_point", "via_link")
"""Kinds that events may be about: one id space, so that a subject is never ambiguous."""

_CANDIDATES = 2000  # ids compared for one suggestion: 100,000 would take a second each
_SUGGESTIONS = 2 * LIMIT
_SHOWN = 40  # characters of a wrong value in a message: enough to recognise it, never a page


class _Invalid(Enum):
    """The one value that stands for "a problem was noted here"."""

    INVALID = 0


INVALID: Final = _Invalid.INVALID


class Places(Protocol):
    """Where a value stands in the files."""

    def of(self, path: Path) -> Place:
        """Turn the path of a value into the place of the value."""
        ...

    def of_key(self, path: Path) -> Place:
        """Turn the path of a value into the place of its key."""
        ...


class Nowhere:
    """Places of values that did not come from a file."""

    def of(self, path: Path) -> Place:
        """No place; the path stands in for it."""
        return (dotted(path), 0, 0)

    of_key = of


class Reading:
    """What has been noted so far: problems, ids by kind, uses of ids."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._suggested = 0
        self.problems: list[Problem] = []
        self.ids: dict[str, dict[str, Path]] = {}
        self._versions: dict[tuple[str, str, date | None], Path] = {}
        self._refs: list[tuple[Path, str, tuple[str, ...], bool]] = []

    @property
    def failed(self) -> bool:
        """True when an error was noted; warnings and notes do not count."""
        return any(problem.severity == "error" for problem in self.problems)

    def note(
        self, path: Path, severity: str, code: str, message: str, *, key: bool = False
    ) -> None:
        """Note a problem at a value, or at its key."""
        file, line, column = self._places.of_key(path) if key else self._places.of(path)
        self.problems.append(Problem(file, line, column, severity, code, message))

    def error(self, path: Path, code: str, message: str, *, key: bool = False) -> _Invalid:
        """Note an error; returns INVALID so that a reader can hand it on."""
        self.note(path, "error", code, message, key=key)
        return INVALID

    def wrong_type(self, path: Path, word: str, value: object) -> _Invalid:
        """Note that a value has the wrong form."""
        if value is None:
            return self.error(path, "empty", f"`{path[-1]}` is empty; it wants {word}")
        return self.error(path, "wrong-type", f"{_form(value)} where {word} is wanted")

    def unknown_key(self, path: Path, name: str, known: Iterable[str]) -> str | None:
        """Note a key that is not known; returns the key that was probably meant."""
        names = list(known)
        meant = nearest(name, names)
        cure = f"did you mean `{meant}`?" if meant else f"known here: {', '.join(names) or 'none'}"
        self.error(path, "unknown-key", f"unknown key {quoted(name)}; {cure}", key=True)
        return meant

    def beside(self, kind: str, name: str, key: str) -> Path:
        """Turn an id into the path of another key of the same entry."""
        return (*self.ids.get(kind, {}).get(name, ())[:-1], key)

    def define(self, kind: str, name: str, path: Path, *, versions: bool = False) -> None:
        """Note a new id; the second of the same name in its id space is an error.

        With `versions` entries of this kind may share an id; `version` tells them apart.
        """
        if versions and name in self.ids.get(kind, {}):
            return
        spaces = VERTICES if kind in VERTICES else (kind,)
        for other in spaces:
            first = self.ids.get(other, {}).get(name)
            if first is not None:
                file, line, column = self._places.of(first)
                self.error(
                    path,
                    "duplicate-id",
                    f"id {quoted(name)} is taken by the {other.replace('_', ' ')} at"
                    f" {file}:{line}:{column}; ids are unique: choose another",
                )
                return
        self.ids.setdefault(kind, {})[name] = path

    def version(self, kind: str, name: str, valid_from: date | None, path: Path) -> None:
        """Note a version of an entry; the second that begins on one day is an error."""
        first = self._versions.setdefault((kind, name, valid_from), path)
        if first != path:
            file, line, column = self._places.of((*first, "id"))
            day = "without `valid_from`" if valid_from is None else f"from {valid_from} on"
            self.error(
                (*path, "id" if valid_from is None else "valid_from"),
                "duplicate-id",
                f"{kind} {quoted(name)} is given twice {day}, first at {file}:{line}:{column};"
                " give one a later `valid_from`, or another id",
            )

    def refer(self, path: Path, name: str, kinds: tuple[str, ...], *, if_any: bool) -> None:
        """Note the use of an id of one of these kinds; `if_any`: only where any of them is defined."""
        self._refs.append((path, name, kinds, if_any))

    def resolve(self) -> None:
        """Note every use of an id that nobody defined."""
        for path, name, kinds, if_any in self._refs:
            known = [self.ids.get(kind, {}) for kind in kinds]
            if not any(name in ids for ids in known) and (any(known) or not if_any):
                self._dangling(path, name, kinds)

    def _dangling(self, path: Path, name: str, kinds: tuple[str, ...]) -> None:
        wanted = " or ".join(kind.replace("_", " ") for kind in kinds)
        elsewhere = next((kind for kind, ids in self.ids.items() if name in ids), None)
        if elsewhere is not None:
            is_one = f"{quoted(name)} is the id of another kind ({elsewhere.replace('_', ' ')})"
            self.error(path, "wrong-kind", f"{is_one}; wanted here: {wanted}")
            return
        cure = "define it, or correct the id"
        self._suggested += 1
        if self._suggested <= _SUGGESTIONS:
            known = [other for kind in kinds for other in self.ids.get(kind, ())]
            meant = nearest(name, known)
            cure = f"did you mean `{meant}`?" if meant else cure
        self.error(path, "unknown-id", f"no {wanted} {quoted(name)}; {cure}")


def nearest(name: str, known: Sequence[str]) -> str | None:
    """Turn a mistyped name into the known one that it resembles most, or None."""
    import difflib  # costs more than the rest of a clean check

    close = [other for other in known if abs(len(other) - len(name)) <= 2]  # noqa: PLR2004  # typos are short
    folded = {other.lower(): other for other in close[:_CANDIDATES]}
    found = difflib.get_close_matches(name.lower(), list(folded), n=1, cutoff=0.7)
    return folded[found[0]] if found else None


def capped(problems: Iterable[Problem]) -> list[Problem]:
    """Turn problems into a sorted list of at most LIMIT, and one more that counts the rest."""
    ranked = sorted(set(problems))
    rest = len(ranked) - LIMIT
    if rest <= 0:
        return ranked
    more = Problem("", 0, 0, "error", "more", f"and {rest} more problems; solve these first")
    return [*ranked[:LIMIT], more]


def dotted(path: Path) -> str:
    """Turn a path into text for people: `components.3.kind`."""
    return ".".join(str(part) for part in path)


def quoted(value: str) -> str:
    """Turn a wrong value into a short quotation of it."""
    shown = value if len(value) <= _SHOWN else value[:_SHOWN] + "…"
    return "`" + shown.replace("\n", "⏎") + "`"


def _form(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str):
        return f"text ({quoted(value)})"
    return "a list" if isinstance(value, list) else "a mapping"
