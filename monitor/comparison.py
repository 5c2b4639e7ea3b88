"""The same events folded by two catalogues turned into what differs: incidents, notices, times. Pure.

The old catalogue is what is in force, the new one what is tried. Nothing here says which of the two is right.

Source: DESIGN.md 7.3 (`replay`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, cast

from events.span import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from monitor.replay import Run, Stretch

__all__ = ["compare"]

BAD = ("down", "unknown", "degraded", "maintenance")


class _Incident(NamedTuple):
    """An incident of one of the two runs; `end` is that of the run while it is open."""

    id: str
    cause: str
    fault: str
    chains: frozenset[str]
    since: datetime
    opened: datetime
    end: datetime
    priority: str | None


class _Pair(NamedTuple):
    old: _Incident
    new: _Incident


class _Match(NamedTuple):
    """Incidents of the old run and of the new one: the same ones, those of another cause, the rest."""

    same: list[_Pair]
    recast: list[_Pair]
    gone: list[_Incident]
    more: list[_Incident]


def compare(old: Run, new: Run) -> dict[str, object]:
    """Turn two runs of the same events into their differences.

    Incidents are the same when they have the same cause and fault and overlap, the longest overlap first; of
    the rest, those that overlap and share a chain have another cause. Missed is an outage of a chain in an
    incident of the old run that no incident of the new run names.
    """
    match = _match(_incidents(old), _incidents(new))
    return {
        "incidents": {
            "old": len(match.same) + len(match.recast) + len(match.gone),
            "new": len(match.same) + len(match.recast) + len(match.more),
            "fewer": [_told(one) for one in match.gone],
            "more": [_told(one) for one in match.more],
            "later": [_moved(one) for one in match.same if one.new.opened > one.old.opened],
            "earlier": [_moved(one) for one in match.same if one.new.opened < one.old.opened],
            "other_cause": [_recast(one) for one in match.recast],
            "other_priority": [_ranked(one) for one in match.same if _differs(one)],
        },
        "missed": _missed(old, new),
        "notifications": {"old": _notices(old), "new": _notices(new)},
        "chains": _seconds(old, new),
        "chains_gone": sorted(old.chains.keys() - new.chains.keys()),
        "chains_added": sorted(new.chains.keys() - old.chains.keys()),
    }


# --- incidents --------------------------------------------------------------------------------


def _incidents(run: Run) -> list[_Incident]:
    listed = cast("list[dict[str, object]]", run.picture["incidents"])
    return [
        _Incident(
            id=str(one["id"]),
            cause=str(one["cause"]),
            fault=str(one["fault"]),
            chains=frozenset(cast("list[str]", one["chains"])),
            since=_moment(one["since"]),
            opened=_moment(one["opened"]),
            end=_moment(one["closed"] or run.picture["watermark"]),
            priority=cast("str | None", one["priority"]),
        )
        for one in listed
    ]


def _moment(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _match(old: Sequence[_Incident], new: Sequence[_Incident]) -> _Match:
    same = _pairs(old, new, lambda a, b: (a.cause, a.fault) == (b.cause, b.fault))
    gone, more = _left(old, [one.old for one in same]), _left(new, [one.new for one in same])
    recast = _pairs(gone, more, lambda a, b: not a.chains.isdisjoint(b.chains))
    return _Match(
        same,
        recast,
        _left(gone, [one.old for one in recast]),
        _left(more, [one.new for one in recast]),
    )


def _left(every: Iterable[_Incident], taken: Iterable[_Incident]) -> list[_Incident]:
    ids = {one.id for one in taken}
    return [one for one in every if one.id not in ids]


def _pairs(
    old: Sequence[_Incident],
    new: Sequence[_Incident],
    alike: Callable[[_Incident, _Incident], bool],
) -> list[_Pair]:
    """One to one, the longest overlap first; equals in the order of their beginning and id."""
    fit = [_Pair(a, b) for a in old for b in new if alike(a, b) and _overlap(a, b) >= 0]
    fit.sort(key=lambda p: (-_overlap(*p), p.old.since, p.old.id, p.new.since, p.new.id))
    taken: set[str] = set()
    pairs = []
    for pair in fit:
        keys = {f"old {pair.old.id}", f"new {pair.new.id}"}
        if taken.isdisjoint(keys):
            taken |= keys
            pairs.append(pair)
    return sorted(pairs, key=lambda p: (p.old.opened, p.old.id))


def _overlap(one: _Incident, other: _Incident) -> float:
    """Seconds in which both last; negative = as far apart as that."""
    return (min(one.end, other.end) - max(one.since, other.since)).total_seconds()


def _differs(pair: _Pair) -> bool:
    return pair.old.priority != pair.new.priority


def _told(one: _Incident) -> dict[str, object]:
    return {
        "id": one.id,
        "cause": one.cause,
        "chains": sorted(one.chains),
        "opened": text(one.opened),
        "priority": one.priority,
    }


def _moved(pair: _Pair) -> dict[str, object]:
    return {
        "cause": pair.old.cause,
        "old": text(pair.old.opened),
        "new": text(pair.new.opened),
        "seconds": int((pair.new.opened - pair.old.opened).total_seconds()),
    }


def _recast(pair: _Pair) -> dict[str, object]:
    return {"old": _told(pair.old), "new": _told(pair.new)}


def _ranked(pair: _Pair) -> dict[str, object]:
    return {
        "cause": pair.old.cause,
        "opened": text(pair.old.opened),
        "old": pair.old.priority,
        "new": pair.new.priority,
    }


# --- outages, notices, seconds ----------------------------------------------------------------


def _missed(old: Run, new: Run) -> list[dict[str, object]]:
    """Outages in old incidents that no new incident names, with by which of the two the chain was down."""
    heard = _incidents(new)
    found: dict[tuple[str, datetime], dict[str, object]] = {}
    for incident in _incidents(old):
        for chain in sorted(incident.chains):
            for outage in _outages(chain, incident, old, new):
                if not any(chain in one.chains and _covers(one, outage) for one in heard):
                    by = [
                        name
                        for name, run in (("old", old), ("new", new))
                        if _fell(run, chain, outage)
                    ]
                    found.setdefault(
                        (chain, outage.start),
                        {
                            "chain": chain,
                            "from": text(outage.start),
                            "to": text(outage.end),
                            "incident": incident.id,
                            "cause": incident.cause,
                            "down_in": by,
                        },
                    )
    return [found[key] for key in sorted(found)]


def _outages(chain: str, incident: _Incident, old: Run, new: Run) -> list[Stretch]:
    """Outages of a chain during an incident; by the new run only where the old one has none."""
    for run in (old, new):
        mine = [one for one in run.chains.get(chain, ()) if one.state == "down"]
        if during := [one for one in mine if _covers(incident, one)]:
            return during
    return []


def _covers(incident: _Incident, outage: Stretch) -> bool:
    return incident.since < outage.end and outage.start <= incident.end


def _fell(run: Run, chain: str, outage: Stretch) -> bool:
    return any(
        one.state == "down" and one.start < outage.end and outage.start < one.end
        for one in run.chains.get(chain, ())
    )


def _notices(run: Run) -> dict[str, int]:
    """How many notices are sent, by what happened to their incident."""
    listed = cast("list[dict[str, str]]", run.picture["notifications"])
    return dict(
        sorted(Counter(one["action"] for one in listed if one["decision"] == "send").items())
    )


def _seconds(old: Run, new: Run) -> dict[str, dict[str, int]]:
    """Chains that fared otherwise, with how many seconds more they are in each state (fewer: below 0)."""
    both = [id_ for id_ in old.chains if id_ in new.chains]
    found = {id_: _more(old.chains[id_], new.chains[id_]) for id_ in both}
    return {id_: more for id_, more in found.items() if any(more.values())}


def _more(old: Sequence[Stretch], new: Sequence[Stretch]) -> dict[str, int]:
    return {state: _in(new, state) - _in(old, state) for state in BAD}


def _in(stretches: Iterable[Stretch], state: str) -> int:
    """Whole seconds in a state; ends are floored, as everywhere in the accounts."""
    return sum(
        int(one.end.timestamp()) - int(one.start.timestamp())
        for one in stretches
        if one.state == state
    )
