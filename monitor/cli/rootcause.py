"""The verb `rootcause`: what pollers saw, turned into the least that can be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.cli.verb import OK, Verb, emit

if TYPE_CHECKING:
    import argparse

    from monitor.evidence_files import EvidenceFile
    from topology.rootcause.nexttest import Look
    from topology.rootcause.region import Region
    from topology.rootcause.search import Found

__all__ = ["VERBS"]

MOST_LOOKS = 3
"""Proposals that are shown: the first is the one to do."""


def _with_evidence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("directory", metavar="DIR", help="the catalogue directory")
    parser.add_argument(
        "evidence",
        metavar="EVIDENCE.json",
        help='`{"vantage": "poller-1", "observed": {"sw-1": "fail", "core-1": "ok"}}`; - = stdin. Optional: '
        "los, nolos, up, down, costs, and spared: "
        '`[{"risk": "power-1", "component": "sw-3", "penalty": 150}]`, members that may outlive their '
        "power on a battery. docs/rootcause.md defines each",
    )


def _rootcause(args: argparse.Namespace) -> int:
    from monitor.catalogue_files import load
    from monitor.evidence_files import read_evidence
    from topology.rootcause.region import regions_of
    from topology.rootcause.search import search_together

    catalogue = load(args.directory)
    given = read_evidence(args.evidence, catalogue)
    regions = regions_of(catalogue, given.costs)
    found = search_together([(regions[name], seen) for name, seen in given.seen.items()])
    result = _result(regions, given, found)
    emit(args, result, _as_text(result))
    return OK


def _result(regions: dict[str, Region], given: EvidenceFile, found: Found) -> dict[str, Any]:
    first = found.explanations[0]
    return {
        "explanations": [list(one) for one in found.explanations],
        "cost": found.cost,
        "runner_up": found.runner_up,
        "margin": found.margin,
        **_meaning(regions, given, first),
        "second": None if found.second is None else list(found.second),
        "exact": found.exact,
        "next_tests": _looks(regions, given, found),
        "doubtful": list(found.doubtful),
        "unexplained": list(found.unexplained),
        "torn": _torn(given, found),
    }


def _torn(given: EvidenceFile, found: Found) -> list[dict[str, Any]]:
    """What one vantage point reaches and another does not: it works, the way of the latter is at fault."""
    ok = {one for seen in given.seen.values() for one in seen.ok}
    failed = {one for seen in given.seen.values() for one in seen.failed}
    return [
        {
            "component": one,
            "reached_from": [name for name, seen in given.seen.items() if one in seen.ok],
            "not_from": [name for name, seen in given.seen.items() if one in seen.failed],
            "explained": one not in found.unexplained,
        }
        for one in sorted(ok & failed)
    ]


def _meaning(
    regions: dict[str, Region], given: EvidenceFile, explanation: tuple[str, ...]
) -> dict[str, Any]:
    """What the explanation means for all vantage points together; seen from one is seen."""
    from topology.rootcause.meaning import meaning_of

    meanings = [meaning_of(regions[name], seen, explanation) for name, seen in given.seen.items()]
    looked_at = {one for seen in given.seen.values() for one in (*seen.ok, *seen.failed)}
    hidden = set.intersection(*(set(meaning.unknown) for meaning in meanings))
    return {
        "symptoms": sorted({one for meaning in meanings for one in meaning.symptoms}),
        "unknown": sorted(hidden - looked_at),
        "monitoring_fault": any(meaning.monitoring_fault for meaning in meanings),
    }


def _looks(regions: dict[str, Region], given: EvidenceFile, found: Found) -> list[dict[str, Any]]:
    """What would tell the explanations apart, as one vantage point after the other could see it."""
    from topology.rootcause.nexttest import WAYS, next_tests, rivals

    against = rivals(found)
    every: dict[tuple[str, str], Look] = {}
    for name, seen in given.seen.items():
        for look in next_tests(regions[name], seen, against):
            every.setdefault((look.way, look.subject), look)
    best = sorted(every.values(), key=lambda one: (-one.splits, WAYS.index(one.way), one.subject))
    return [
        {
            "way": look.way,
            "subject": look.subject,
            "seen_from": look.seen_from,
            "expected": [
                {"explanation": list(one), "works": works}
                for one, works in zip(against, look.expected, strict=True)
            ],
        }
        for look in best[:MOST_LOOKS]
    ]


def _as_text(result: dict[str, Any]) -> str:
    """The verdict in a line, then what it rests on."""
    named = [" + ".join(one) or "nothing at fault" for one in result["explanations"]]
    lines = [f"cause:      {named[0]}  (cost {result['cost']})"]
    lines += [f"or as well: {one}" for one in named[1:]]
    lines.append(f"runner-up:  {_second(result)}")
    if result["monitoring_fault"]:
        lines.append("monitoring: the poller cannot see; what it watches is unknown, not down")
    lists = {
        "symptoms:   ": result["symptoms"],
        "unknown:    ": result["unknown"],
        "doubtful:   ": result["doubtful"],
        "unexplained:": result["unexplained"],
    }
    lines += [
        f"{title}{' ' * (title[-1] == ':')}{', '.join(ids)}" for title, ids in lists.items() if ids
    ]
    if result["doubtful"]:
        lines.append(
            "            (answered though the catalogue knows no way past what failed: check it)"
        )
    lines += [f"look at:    {_look(one)}" for one in result["next_tests"][:1]]
    lines += [f"torn:       {_view(one)}" for one in result["torn"]]
    if not result["exact"]:
        lines.append("not exact:  too much at once to search; a better explanation may exist")
    return "\n".join(lines)


def _view(torn: dict[str, Any]) -> str:
    reached, lost = ", ".join(torn["reached_from"]), ", ".join(torn["not_from"])
    named = "the cause is on its way" if torn["explained"] else "its own way there is at fault"
    return f"{torn['component']} works: it answers {reached}, not {lost}; {named}"


def _second(result: dict[str, Any]) -> str:
    if result["margin"] is None:
        return "none: nothing else fits"
    if result["margin"] == 0:
        return "equally likely, cannot be told apart"
    return (
        f"{' + '.join(result['second'])}  (cost {result['runner_up']}, margin {result['margin']})"
    )


def _look(look: dict[str, Any]) -> str:
    how = {
        "port": f"the port of {look['subject']} at {look['seen_from']}: is there a signal?",
        "reach": f"does {look['subject']} answer?",
        "battery": f"{look['subject']}: does it run on mains?",
        "elsewhere": f"does {look['subject']} answer another vantage point?",
        "inspect": f"{look['subject']}, on the spot: does it work?",
    }
    yes = [" + ".join(one["explanation"]) for one in look["expected"] if one["works"]]
    no = [" + ".join(one["explanation"]) for one in look["expected"] if not one["works"]]
    return f"{how[look['way']]} Yes: {' or '.join(yes)}; no: {' or '.join(no)}"


ROOTCAUSE = Verb(
    name="rootcause",
    summary="What is at fault, given what answered; what comes second; what to look at next.",
    examples=(
        "keten rootcause region/ evidence.json",
        "keten rootcause region/ evidence.json --json | jq '.explanations'",
        "jq '.vantage = \"poller-2\"' evidence.json | keten rootcause region/ -",
    ),
    arguments=_with_evidence,
    run=_rootcause,
)

VERBS: tuple[Verb, ...] = (ROOTCAUSE,)
