"""Given component states turned into the verdict on every chain: the result of `keten evaluate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.errors import ConfigError, Problem
from topology.catalogue.reading import capped, nearest, quoted
from topology.gates import compile_gates
from topology.lanes import STATES, Lanes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from topology.model import Catalogue

__all__ = ["evaluate"]


def evaluate(catalogue: Catalogue, states: Mapping[str, str]) -> dict[str, object]:
    """Turn component states into the state, flags, kappa and users of every chain.

    Args:
        catalogue: The checked catalogue.
        states: Component, link or shared risk to `up degraded down unknown unreachable maint`;
            what is not named is up.

    Returns:
        `{"chains": {id: {"state", "flags", "kappa", "users_affected": {"certain", "possible"}}}}`.

    Raises:
        ConfigError: An id or a state does not exist; every such case is listed.

    Source: DESIGN.md 7.3.
    """
    gates = compile_gates(catalogue)
    problems = [*_problems(gates.items, states)]
    if problems:
        raise ConfigError(capped(problems))
    lanes = Lanes(gates)
    lanes.set(states)
    return {"chains": {id_: _row(lanes, id_) for id_ in catalogue.chains}}


def _row(lanes: Lanes, chain_id: str) -> dict[str, object]:
    verdict = lanes.verdict(chain_id, exact=True)
    return {
        "state": verdict.state,
        "flags": list(verdict.flags),
        "kappa": verdict.kappa,
        "users_affected": {
            "certain": verdict.users_certain,
            "possible": verdict.users_possible,
        },
    }


def _problems(items: Mapping[str, int], states: Mapping[str, str]) -> Iterable[Problem]:
    for id_, state in states.items():
        if id_ not in items:
            meant = nearest(id_, list(items))
            cure = f"did you mean `{meant}`?" if meant else "correct the id, or leave it out"
            what = f"no component, link or shared risk {quoted(id_)}; {cure}"
            yield Problem("", 0, 0, "error", "unknown-id", what)
        if state not in STATES:
            meant = nearest(state, list(STATES))
            cure = f"did you mean `{meant}`?" if meant else f"use one of {', '.join(STATES)}"
            what = f"{quoted(id_)} cannot be {quoted(state)}; {cure}"
            yield Problem("", 0, 0, "error", "unknown-state", what)
