"""The one observation that would tell explanations apart: what to look at next.

Each candidate is something that can be seen and has not been: the port towards a suspect, an answer from
somebody not asked yet, an answer to another vantage point, and, where none of these helps, a look on the
spot.

Source: CORE.md 3.1 ("cannot be told apart, next test: ..."), 3.3 (second vantage point).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from topology.rootcause.effect import Effect
from topology.rootcause.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from topology.rootcause.evidence import Evidence
    from topology.rootcause.region import Region
    from topology.rootcause.search import Found, Part

__all__ = ["WAYS", "Look", "next_tests", "rivals"]

WAYS = ("port", "reach", "battery", "elsewhere", "inspect")
"""How to look, the cheapest first: a port's signal, an answer, whether a member that may outlive its power
runs on mains, an answer to another poller, on the spot."""

_RIVALS = 8
"""Explanations that are told apart at once: of more, people learn nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Something to look at, and what each explanation expects there.

    Args:
        way: One of WAYS.
        subject: The link, component or shared risk to look at.
        seen_from: For a port: the component at whose side it is; else None.
        expected: For each explanation, in the order given: it works (signal, an answer, mains) or not.
        splits: Explanations that expect something else than the first one.
    """

    way: str
    subject: str
    seen_from: str | None
    expected: tuple[bool, ...]
    splits: int


def rivals(found: Found | Part) -> tuple[tuple[str, ...], ...]:
    """The explanations worth telling apart: those of least cost, or the only one and the runner-up."""
    named = found.explanations[:_RIVALS]
    return named if len(named) > 1 or found.second is None else (*named, found.second)


def next_tests(
    region: Region, evidence: Evidence, explanations: Sequence[tuple[str, ...]]
) -> list[Look]:
    """Find what tells the first of these explanations from the others, the best first.

    Args:
        region: Of the vantage point.
        evidence: What was seen already: it is not asked for again.
        explanations: As `rivals` gives them; fewer than two leave nothing to tell apart.
    """
    if len(explanations) < 2:  # noqa: PLR2004 - one explanation stands alone
        return []
    guesses = [_Guess(region, evidence, one) for one in explanations]
    tests = [*_ports(region, evidence, guesses), *_answers(region, evidence, guesses)]
    tests += [*_batteries(evidence, guesses), *_on_the_spot(guesses)]
    useful = [test for test in tests if test.splits]
    return sorted(useful, key=lambda test: (-test.splits, WAYS.index(test.way), test.subject))


class _Guess:
    """What would be seen if one explanation were true."""

    def __init__(self, region: Region, evidence: Evidence, faults: Iterable[str]) -> None:
        self.faults = frozenset(faults)
        self.down = Effect(region, evidence.spared)(self.faults)
        self.lost = Sight(region, evidence).cut_off(self.down)


def _ports(region: Region, evidence: Evidence, guesses: list[_Guess]) -> Iterator[Look]:
    """Ports that nobody read, on components that are reached whoever is right."""
    read = {(port.link, port.far) for port in (*evidence.los, *evidence.nolos)}
    for far, link, near in _steps_to(region, _doubted(guesses)):
        if (link, far) not in read and not any(near in guess.lost for guess in guesses):
            lit = tuple(link not in guess.down and far not in guess.down for guess in guesses)
            yield _look("port", link, near, lit)


def _answers(region: Region, evidence: Evidence, guesses: list[_Guess]) -> Iterator[Look]:
    """Components that nobody asked; and, where we may be blind ourselves, another poller's view."""
    some = set().union(*(guess.lost for guess in guesses))
    for component in sorted(some):
        if component not in evidence.failed:
            yield _look("reach", component, None, tuple(component not in g.lost for g in guesses))
    if any(region.via in guess.down for guess in guesses):
        yield _look(
            "elsewhere", region.root, None, tuple(region.root not in g.down for g in guesses)
        )


def _batteries(evidence: Evidence, guesses: list[_Guess]) -> Iterator[Look]:
    """Members that still answer: on battery if their power is gone, on mains if it is not."""
    for one in sorted(evidence.spared):
        mains = tuple(one.risk not in guess.down for guess in guesses)
        yield _look("battery", one.component, None, mains)


def _on_the_spot(guesses: list[_Guess]) -> Iterator[Look]:
    for suspect in sorted(frozenset().union(*(guess.faults for guess in guesses))):
        yield _look("inspect", suspect, None, tuple(suspect not in guess.down for guess in guesses))


def _doubted(guesses: list[_Guess]) -> frozenset[str]:
    """What is down by one explanation and not by another."""
    every = frozenset().union(*(guess.down for guess in guesses))
    return every - frozenset.intersection(*(guess.down for guess in guesses))


def _steps_to(region: Region, parts: frozenset[str]) -> Iterator[tuple[str, str, str]]:
    """The steps (far, link, near) to components and over links."""
    for part in sorted(parts):
        for far in (part, *region.heads.get(part, ())):
            for near, link in region.into.get(far, ()):
                if part in (far, link):
                    yield far, link, near


def _look(way: str, subject: str, seen_from: str | None, expected: tuple[bool, ...]) -> Look:
    splits = sum(outcome != expected[0] for outcome in expected)
    return Look(way=way, subject=subject, seen_from=seen_from, expected=expected, splits=splits)
