"""Chain states are what the definition says, however the component states arrive."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topology.oracle import Answer, Definition, judge
from tests.topology.random_catalogues import random_catalogue, random_states
from topology import gates, kappa, lanes, redundancy
from topology.gates import compile_gates
from topology.lanes import ChainVerdict, Lanes
from topology.singles import Singles

if TYPE_CHECKING:
    from collections.abc import Callable

    from topology.model import Catalogue

CASES = 60
MANY = 26
"""Items of a case: the definition tries every pair of them."""

SEEDS = st.integers(0, 10**6)
RANK = ("down", "maintenance", "unknown", "degraded", "up")
"""Chain states from bad to good."""


class Case(NamedTuple):
    """A catalogue, two batches of states, and what the definition says of one chain after each."""

    catalogue: Catalogue
    chain: str
    batches: list[dict[str, str]]
    answers: list[Answer]


@cache
def case(seed: int) -> Case:
    random = Random(seed)
    rules = Definition(random_catalogue(random))
    while len(rules.ids) > MANY:
        rules = Definition(random_catalogue(random))
    catalogue = rules.catalogue
    chain = random.choice(list(catalogue.chains.values()))
    batches, answers = [], []
    now: dict[str, str] = {}
    for _ in range(2):
        batch = dict.fromkeys(now, "up") | random_states(random, catalogue, unknowns=3)
        now |= batch
        batches.append(batch)
        answers.append(judge(rules, now, chain))
    return Case(catalogue, chain.id, batches, answers)


def as_answer(verdict: ChainVerdict) -> Answer:
    assert verdict.kappa is not None
    return Answer(
        verdict.state,
        verdict.flags,
        verdict.kappa,
        verdict.users_certain,
        verdict.users_possible,
    )


def answers_of(one: Case, engine: Callable[[Catalogue], Lanes]) -> list[Answer]:
    engine_lanes = engine(one.catalogue)
    answers = []
    for batch in one.batches:
        engine_lanes.set(batch)
        answers.append(as_answer(engine_lanes.verdict(one.chain, exact=True)))
    return answers


def compiled(catalogue: Catalogue) -> Lanes:
    return Lanes(compile_gates(catalogue))


@pytest.mark.parametrize("seed", range(CASES))
def test_every_verdict_is_what_all_completions_of_the_unknowns_say(seed: int) -> None:
    one = case(seed)
    assert answers_of(one, compiled) == one.answers


# --- planted bugs: the cases above must tell a wrong engine from a right one ----------------------


def hold_each_other_up(self: Lanes, members: tuple[int, ...]) -> list[tuple[int, int]]:
    """The greatest fixpoint: a cycle starts from working."""
    before = [self._masks[vertex] for vertex in members]
    for vertex in members:
        self._masks[vertex] = self._available[vertex] | self.gates.own[vertex]
    ahead = deque(members)
    while ahead:
        vertex = ahead.popleft()
        now = self._value(vertex)
        if now != self._masks[vertex]:
            self._masks[vertex] = now
            ahead.extend(self.gates.inner[vertex])
    return [
        (vertex, was)
        for vertex, was in zip(members, before, strict=True)
        if was != self._masks[vertex]
    ]


def one_less(catalogue: Catalogue) -> Lanes:
    whole = compile_gates(catalogue)
    return Lanes(replace(whole, at_least=tuple(max(1, k - 1) for k in whole.at_least)))


def one_more(catalogue: Catalogue) -> Lanes:
    whole = compile_gates(catalogue)
    several = tuple(k + (k > 1) for k in whole.at_least)
    return Lanes(replace(whole, at_least=several))


def no_conditions(catalogue: Catalogue) -> Lanes:
    whole = compile_gates(catalogue)
    return Lanes(replace(whole, conditions=tuple(() for _ in whole.conditions)))


def ignore(*_: Any) -> tuple[()]:
    return ()


MUTANTS: dict[str, Callable[[pytest.MonkeyPatch], object]] = {
    "greatest fixpoint": lambda m: m.setattr(Lanes, "_least_fixpoint", hold_each_other_up),
    "unknown as down": lambda m: m.setitem(lanes.STATES, "unknown", 0),
    "unreachable as up": lambda m: m.setitem(lanes.STATES, "unreachable", 15),
    "maintenance as unknown": lambda m: m.setitem(lanes.STATES, "maint", 12),
    "degraded as up": lambda m: m.setitem(lanes.STATES, "degraded", 15),
    "links carry down": lambda m: m.setattr(gates, "_rises", lambda *_: 0),
    "the end's own state forgotten": lambda m: m.setattr(Lanes, "_end_changes", ignore),
    "spares taken for granted": lambda m: m.setattr(kappa, "_has_spares", lambda *_: True),
    "no single point of failure": lambda m: m.setattr(Singles, "outlives", lambda *_: True),
    "exempt forgotten": lambda m: m.setattr(
        redundancy, "least_cut", lambda cone, failed, _: kappa.least_cut(cone, failed, frozenset())
    ),
}


def caught(engine: Callable[[Catalogue], Lanes]) -> bool:
    """Whether some case tells; the definition shares no code with the engine, so order is free."""
    return any(answers_of(case(seed), engine) != case(seed).answers for seed in range(CASES))


@pytest.mark.parametrize("bug", MUTANTS)
def test_a_planted_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MUTANTS[bug](monkeypatch)
    assert caught(compiled)


@pytest.mark.parametrize("wrong", [one_less, one_more, no_conditions])
def test_a_wrongly_compiled_gate_is_caught(wrong: Callable[[Catalogue], Lanes]) -> None:
    assert caught(wrong)


def test_a_lost_order_of_evaluation_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results alone cannot show it: they come out right after doing the work twice."""
    monkeypatch.setattr(lanes, "heappop", lambda heap: heap.pop())
    with pytest.raises(AssertionError, match="twice"):
        caught(compiled)


# --- laws ------------------------------------------------------------------------------------------


def told(engine: Lanes) -> dict[str, ChainVerdict]:
    return {id_: engine.verdict(id_) for id_ in engine.gates.chains}


def unmentioned_changes(seed: int, batches: int = 4) -> list[str]:
    """Chains whose verdict changed though `set` did not name them."""
    random = Random(seed)
    catalogue = random_catalogue(random)
    engine = compiled(catalogue)
    missed = []
    before = told(engine)
    for _ in range(batches):
        named = engine.set(random_states(random, catalogue))
        after = told(engine)
        missed += [id_ for id_ in after if after[id_] != before[id_] and id_ not in named]
        before = after
    return missed


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_a_chain_that_is_not_named_has_not_changed(seed: int) -> None:
    assert unmentioned_changes(seed) == []


def test_forgetting_who_watches_redundancy_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redundancy.Redundancy, "watchers", ignore)
    assert any(unmentioned_changes(seed) for seed in range(40))


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_increments_give_what_a_full_recompute_gives_and_evaluate_no_unit_twice(seed: int) -> None:
    random = Random(seed)
    catalogue = random_catalogue(random)
    engine = compiled(catalogue)
    for _ in range(5):
        engine.set(random_states(random, catalogue))
        assert engine.evaluations <= len(engine.gates.units)
        assert engine.agrees()


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_one_batch_gives_what_its_states_give_one_by_one_in_any_order(seed: int) -> None:
    random = Random(seed)
    catalogue = random_catalogue(random)
    batch = random_states(random, catalogue)
    at_once, one_by_one = compiled(catalogue), compiled(catalogue)
    at_once.set(batch)
    for id_ in random.sample(list(batch), len(batch)):
        one_by_one.set({id_: batch[id_]})
    assert told(at_once) == told(one_by_one)


@given(SEEDS)
@settings(deadline=None, max_examples=40)
def test_a_component_that_gets_worse_improves_no_chain(seed: int) -> None:
    random = Random(seed)
    catalogue = random_catalogue(random)
    engine = compiled(catalogue)
    states = random_states(random, catalogue)
    engine.set(states)
    before = told(engine)
    victim = random.choice([*catalogue.components, *catalogue.links, *catalogue.shared_risks])
    ladder = ["down", "maint", "unknown", "degraded", "up"]
    height = ladder.index(states.get(victim, "up").replace("unreachable", "unknown"))
    engine.set({victim: random.choice(ladder[: height + 1])})
    for id_, verdict in told(engine).items():
        assert RANK.index(verdict.state) <= RANK.index(before[id_].state)
        assert verdict.users_certain >= before[id_].users_certain
        assert verdict.users_possible >= before[id_].users_possible


@given(SEEDS)
@settings(deadline=None, max_examples=20)
def test_a_copy_goes_its_own_way(seed: int) -> None:
    random = Random(seed)
    catalogue = random_catalogue(random)
    engine = compiled(catalogue)
    engine.set(random_states(random, catalogue))
    before = told(engine)
    engine.copy().set(random_states(random, catalogue))
    assert told(engine) == before
    assert engine.agrees()


def test_an_unknown_id_leaves_the_whole_batch_untouched() -> None:
    one = case(0)
    engine = compiled(one.catalogue)
    before = told(engine)
    downs = dict.fromkeys(one.catalogue.components, "down")
    with pytest.raises(KeyError):
        engine.set(downs | {"no-such-thing": "down"})
    assert told(engine) == before
