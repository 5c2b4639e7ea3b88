"""Parts that would be down turned into who would notice: the result of `keten whatif`.

Source: CORE.md 7; DESIGN.md 7.3 (`whatif`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import ConfigError, Problem
from topology.catalogue.reading import capped, nearest, quoted
from topology.gates import compile_gates
from topology.impact.declared import groups_of, users_of
from topology.impact.exposure import Exposure
from topology.lanes import POSSIBLE, STATES, ChainVerdict, Lanes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from topology.gates import Gates
    from topology.model import Catalogue

__all__ = ["FALLEN", "whatif"]

FALLEN = ("down", "maintenance")
"""States in which nobody can work, whatever the unknowns are."""


def whatif(
    catalogue: Catalogue,
    down: Iterable[str],
    states: Mapping[str, str] | None = None,
    gates: Gates | None = None,
) -> dict[str, object]:
    """Turn parts that would be down into the chains, groups and users that fall, and what is left.

    Args:
        catalogue: The checked catalogue.
        down: Ids of components, links and shared risks.
        states: What the rest is before that, in the words of `evaluate`; what is not named is up.
        gates: The same catalogue, compiled; None = that is done here.

    Returns:
        `groups_down`, `chains_down` and `users` of what cannot work, whoever is to blame;
        `redundancy_left` of every chain; `chains` = those that change, before and after; `fallen`,
        `degraded`, `unknown`, `redundancy_lost` = those that come to be so; `suppliers` = who must repair;
        `touched` = chains that rest on the parts, whether they change or not.

    Raises:
        ConfigError: An id does not exist; every such case is listed.
    """
    gates, wanted = gates or compile_gates(catalogue), sorted(set(down))
    problems = [_unknown(id_, list(gates.items)) for id_ in wanted if id_ not in gates.items]
    if problems:
        raise ConfigError(capped(problems))
    lanes = Lanes(gates, watched=False)
    exposure = Exposure(gates, lanes)
    touched = exposure.touched(exposure.items(wanted))
    failed = exposure.items(_lost(states or {}))
    lanes.set(states or {})
    before = _pictured(lanes, exposure.kappas(touched, failed))
    lanes.set(dict.fromkeys(wanted, "down"))
    left = exposure.kappas(gates.chains, failed | exposure.items(wanted))
    after = _pictured(lanes, {id_: left[id_] for id_ in touched})
    fallen = sorted(id_ for id_ in gates.chains if lanes.is_lost(id_))
    return {
        **_felt(catalogue, wanted, fallen),
        "redundancy_left": left,
        **_changes(before, after),
        "suppliers": _suppliers(catalogue, wanted),
        "touched": touched,
    }


_Picture = dict[str, tuple[ChainVerdict, int]]
"""By chain that rests on the parts, the others being as they were: its verdict, and its kappa."""

_COMES_TO_BE: dict[str, Callable[[ChainVerdict], bool]] = {
    "fallen": lambda one: one.state in FALLEN,
    "degraded": lambda one: one.state == "degraded",
    "unknown": lambda one: one.state == "unknown",
    "redundancy_lost": lambda one: one.redundancy_lost,
}


def _lost(states: Mapping[str, str]) -> dict[str, str]:
    """The states that count as a failure for redundancy: unknown is available (DESIGN.md 7.1)."""
    return {id_: state for id_, state in states.items() if not STATES[state] & POSSIBLE}


def _pictured(lanes: Lanes, kappas: Mapping[str, int]) -> _Picture:
    return {id_: (lanes.verdict(id_, known=kappa), kappa) for id_, kappa in kappas.items()}


def _felt(catalogue: Catalogue, down: list[str], fallen: list[str]) -> dict[str, object]:
    groups = groups_of(catalogue, fallen)
    return {
        "down": down,
        "groups_down": groups,
        "chains_down": fallen,
        "users": users_of(catalogue, groups),
    }


def _changes(before: _Picture, after: _Picture) -> dict[str, object]:
    changed = {id_ for id_ in after if _told(before[id_]) != _told(after[id_])}
    return {
        "chains": {
            id_: {"before": _told(before[id_]), "after": _told(after[id_])}
            for id_ in after
            if id_ in changed
        },
        **{
            name: [id_ for id_ in after if is_so(after[id_][0]) and not is_so(before[id_][0])]
            for name, is_so in _COMES_TO_BE.items()
        },
    }


def _told(picture: tuple[ChainVerdict, int]) -> dict[str, object]:
    verdict, kappa = picture
    return {"state": verdict.state, "flags": list(verdict.flags), "kappa": kappa}


def _suppliers(catalogue: Catalogue, down: Iterable[str]) -> list[dict[str, object]]:
    """Who must repair what; parts of nobody stand under null."""
    kinds = (catalogue.components, catalogue.links, catalogue.shared_risks)
    owner = {id_: kind[id_].supplier for kind in kinds for id_ in down if id_ in kind}
    return [
        {"supplier": one, "parts": [id_ for id_ in down if owner.get(id_) == one]}
        for one in sorted({owner.get(id_) for id_ in down}, key=lambda each: (each is None, each))
    ]


def _unknown(id_: str, known: Sequence[str]) -> Problem:
    meant = nearest(id_, known)
    cure = f"did you mean `{meant}`?" if meant else "name one of the catalogue"
    what = f"no component, link or shared risk {quoted(id_)}; {cure}"
    return Problem("", 0, 0, "error", "unknown-id", what)
