"""A file of evidence for the search of root causes -> what each vantage point saw, or every problem at once.

Source: DESIGN.md 7.3 (`rootcause`).
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from events.errors import ConfigError, Problem
from topology.rootcause.costs import COSTS
from topology.rootcause.evidence import Evidence, Los, Spared, Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from topology.model import Catalogue

__all__ = ["EvidenceFile", "read_evidence"]

_ONE = ("vantage", "observed", "los", "nolos", "up", "down", "spared")
_NO_DEFAULT = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """What was seen, and the priors to judge it by.

    Args:
        seen: Vantage point to its evidence, in the order of the file; at least one.
        costs: All the words of COSTS, and kinds of shared risk.
    """

    seen: dict[str, Evidence]
    costs: dict[str, int]


def read_evidence(path: str, catalogue: Catalogue) -> EvidenceFile:
    """Read a file of evidence and hold it against the catalogue.

    Args:
        path: Of the JSON file; `-` = standard input.
        catalogue: It must know every id.

    Raises:
        ConfigError: With every problem, each with the path of its key.
    """
    return _Reading("stdin" if path == "-" else path, catalogue).read(_parsed(path))


def _parsed(path: str) -> Any:
    place = "stdin" if path == "-" else path
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return json.loads(raw, object_pairs_hook=_without_twins)
    except OSError as error:
        raise ConfigError(f"{place}: cannot be read: {error.strerror}") from error
    except _Twins as error:
        raise ConfigError(f"{place}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{place}: is not JSON: {error}") from error


class _Twins(Exception):
    pass


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        keys = [key for key, _ in pairs]
        twin = next(key for key in keys if keys.count(key) > 1)
        raise _Twins(f"the key {twin} stands twice in one object; keep one")
    return read


class _Reading:
    """One file being read; problems are gathered on the way."""

    def __init__(self, place: str, catalogue: Catalogue) -> None:
        self.place = place
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        vias = {point.via for point in catalogue.vantage_points.values()}
        self.anything = {
            *catalogue.components, *catalogue.links, *catalogue.shared_risks, *vias
        }  # fmt: skip
        self.kinds = {risk.kind for risk in catalogue.shared_risks.values()}

    def read(self, whole: Any) -> EvidenceFile:
        if not isinstance(whole, dict):
            raise ConfigError(
                f'{self.place}: write it as {{"vantage": "poller-1", "observed": {{"sw-1": "fail"}}}}'
            )
        if "vantages" in whole:
            self._known_keys("", whole, ("vantages", "costs"))
            seen = dict(self._vantages(whole["vantages"]))
        else:
            self._known_keys("", whole, (*_ONE, "costs"))
            seen = {self._vantage("", whole): self._evidence("", whole)}
        costs = self._costs(whole.get("costs", {}))
        if self.problems:
            raise ConfigError(self.problems)
        return EvidenceFile(seen=seen, costs=costs)

    def _vantages(self, listed: Any) -> Iterator[tuple[str, Evidence]]:
        if not isinstance(listed, list) or not listed:
            self._wrong("vantages", "must be a list with an object for each vantage point")
            return
        known: set[str] = set()
        for index, one in enumerate(listed):
            where = f"vantages.{index}"
            if not isinstance(one, dict):
                self._wrong(where, 'must be an object: {"vantage": "poller-1", "observed": {...}}')
                continue
            self._known_keys(f"{where}.", one, _ONE)
            name = self._vantage(f"{where}.", one)
            if name in known:
                self._wrong(f"{where}.vantage", f"{name} is there twice; put all it saw together")
            known.add(name)
            yield name, self._evidence(f"{where}.", one)

    def _vantage(self, at: str, one: dict[str, Any]) -> str:
        points = self.catalogue.vantage_points
        if not points:
            self._wrong(f"{at}vantage", "the catalogue has no vantage_points; add one to it")
        elif "vantage" not in one and len(points) == 1:
            return next(iter(points))
        else:
            return self._id(
                f"{at}vantage", one.get("vantage", _NO_DEFAULT), points, "vantage point"
            )
        return ""

    def _evidence(self, at: str, one: dict[str, Any]) -> Evidence:
        observed = self._observed(f"{at}observed", one.get("observed", {}))
        return Evidence(
            ok=frozenset(id_ for id_, word in observed.items() if word == "ok"),
            failed=frozenset(id_ for id_, word in observed.items() if word == "fail"),
            los=tuple(self._ports(f"{at}los", one.get("los", []))),
            nolos=tuple(self._ports(f"{at}nolos", one.get("nolos", []))),
            up=tuple(self._words(f"{at}up", one.get("up", []))),
            down=tuple(self._words(f"{at}down", one.get("down", []))),
            spared=tuple(self._spared(f"{at}spared", one.get("spared", []))),
        )

    def _observed(self, at: str, observed: Any) -> dict[str, Any]:
        if not isinstance(observed, dict):
            self._wrong(at, 'must be an object: {"sw-1": "fail", "core-1": "ok"}')
            return {}
        for id_, word in observed.items():
            if id_ in self.catalogue.links:
                self._wrong(f"{at}.{id_}", "a link does not answer; use los, nolos, up or down")
            else:
                self._id(f"{at}.{id_}", id_, self.catalogue.components, "component")
            if word not in ("ok", "fail"):
                self._wrong(f"{at}.{id_}", f"is {_shown(word)}; write ok or fail")
        return observed

    def _ports(self, at: str, listed: Any) -> Iterator[Los]:
        for where, one in self._objects(at, listed, ("link", "far", "penalty")):
            link = self._id(
                f"{where}.link", one.get("link", _NO_DEFAULT), self.catalogue.links, "link"
            )
            ends = self.catalogue.links[link].ends if link else ()
            far = one.get("far", _NO_DEFAULT)
            if link and far not in ends:
                self._wrong(f"{where}.far", f"must be an end of {link}: {' or '.join(ends)}")
            yield Los(link, str(far), self._whole(f"{where}.penalty", one, "penalty", least=0))

    def _words(self, at: str, listed: Any) -> Iterator[Word]:
        for where, one in self._objects(at, listed, ("component", "penalty")):
            named = one.get("component", _NO_DEFAULT)
            id_ = self._id(
                f"{where}.component", named, self.anything, "component, link or shared risk"
            )
            yield Word(id_, self._whole(f"{where}.penalty", one, "penalty", least=0))

    def _spared(self, at: str, listed: Any) -> Iterator[Spared]:
        risks = self.catalogue.shared_risks
        for where, one in self._objects(at, listed, ("risk", "component", "penalty")):
            risk = self._id(f"{where}.risk", one.get("risk", _NO_DEFAULT), risks, "shared risk")
            members = risks[risk].members if risk else ()
            member = one.get("component", _NO_DEFAULT)
            if risk and member not in members:
                self._wrong(
                    f"{where}.component", f"must be a member of {risk}: {', '.join(members)}"
                )
            yield Spared(
                risk, str(member), self._whole(f"{where}.penalty", one, "penalty", least=0)
            )

    def _costs(self, costs: Any) -> dict[str, int]:
        if not isinstance(costs, dict):
            self._wrong("costs", 'must be an object: {"link": 1000, "device": 1200}')
            return dict(COSTS)
        self._known_keys("costs.", costs, (*COSTS, *sorted(self.kinds - COSTS.keys())))
        given = {word: self._whole(f"costs.{word}", costs, word, least=1) for word in costs}
        return {**COSTS, **given}

    def _objects(
        self, at: str, listed: Any, keys: tuple[str, ...]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        shape = ", ".join(f'"{key}"' for key in keys)
        if not isinstance(listed, list):
            self._wrong(at, f"must be a list of objects with {shape}")
            return
        for index, one in enumerate(listed):
            where = f"{at}.{index}"
            if not isinstance(one, dict):
                self._wrong(where, f"must be an object with {shape}")
                continue
            self._known_keys(f"{where}.", one, keys)
            yield where, one

    def _known_keys(self, at: str, one: dict[str, Any], keys: Iterable[str]) -> None:
        known = list(keys)
        for key in one:
            if key not in known:
                self._wrong(f"{at}{key}", f"unknown key{_nearest(key, known)}")

    def _id(self, at: str, value: Any, known: Collection[str], kind: str) -> str:
        if value is _NO_DEFAULT:
            self._wrong(at, f"is missing: the id of a {kind}")
        elif not isinstance(value, str):
            self._wrong(at, f"is {_shown(value)}; write the id of a {kind}")
        elif value not in known:
            self._wrong(at, f"the catalogue has no {kind} {value}{_nearest(value, known)}")
        else:
            return value
        return ""

    def _whole(self, at: str, one: dict[str, Any], key: str, *, least: int) -> int:
        value = one.get(key, _NO_DEFAULT)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        shown = "is missing" if value is _NO_DEFAULT else f"is {_shown(value)}"
        self._wrong(at, f"{shown}; write a whole number, {least} or more")
        return least

    def _wrong(self, at: str, message: str) -> None:
        text = f"{at}: {message}"
        self.problems.append(Problem(self.place, 0, 0, "error", "evidence", text))


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:40]
