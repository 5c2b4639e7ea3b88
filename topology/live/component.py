"""Observations of one component turned into what they say together, before any inference.

Each way of looking (a *check*: kind, vantage point, side) keeps its last finding. The checks of a component
are weighed here; `topology.live.inference` adds what the poller cannot see because of something before it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from events.span import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from events.contract import Observation
    from topology.live.suspect import Blindness

__all__ = [
    "CONTRADICTED",
    "NEVER",
    "POLLED",
    "WORKING",
    "Check",
    "Evidence",
    "Finding",
    "expire",
    "judge",
    "observe",
]

NEVER = "nog niet gemeten"
"""Reason of a component with a probe that nobody has looked at yet."""

POLLED = ("reach", "service")
"""Kinds that a probe repeats every interval: only their silence means something (CORE.md 1.2)."""

CONTRADICTED = "leverancier meldt storing, maar het werkt"
"""Reason of what its supplier calls down and what we see work: both are shown, what was seen decides."""

WORKING = ("up", "degraded")
"""States in which a component carries service."""

_BEST = ("up", "degraded", "down", "unknown")
_WORST = ("down", "unknown", "degraded", "up")


class Check(Struct, kw_only=True):
    """The last finding of one way of looking.

    Attributes:
        since: First observation of the run of equal findings.
        before: When the last run of another finding began; None = there was none.
        began: Id of that observation.
        last: Id of the last one.
        expired: From when on it is too old to count (t_last + G); None while it counts.
    """

    kind: str
    vantage: str = ""
    seen_from: str = ""
    status: str
    time: datetime
    since: datetime
    before: datetime | None = None
    began: str = ""
    last: str = ""
    reason: str = ""
    expired: datetime | None = None

    @property
    def counts(self) -> str:
        """Its status now: `unknown` once it has expired."""
        return "unknown" if self.expired else self.status


class Evidence(Struct):
    """Everything last seen of one component, by check.

    Attributes:
        looked: When a poller (or a record) last told whether it answers; it never goes back.
    """

    checks: dict[str, Check] = {}
    looked: datetime | None = None

    def of(self, *kinds: str) -> list[Check]:
        """The checks of these kinds, in a fixed order."""
        found = [key for key, check in self.checks.items() if check.kind in kinds]
        if len(found) > 1:
            found.sort()
        return [self.checks[key] for key in found]

    @property
    def says_down(self) -> bool:
        """Whether its supplier calls it down."""
        return any(check.status == "down" for check in self.of("supplier"))

    @property
    def polled_at(self) -> datetime | None:
        """The oldest look of a probe that still counts; None when there is none."""
        polled = [c.time for c in self.checks.values() if c.kind in POLLED and c.expired is None]
        return min(polled, default=None)


class Finding(Struct, frozen=True):
    """A state with its start, its reason, its causes and the ids of the observations that decided."""

    state: str
    since: datetime
    reason: str = ""
    causes: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


def observe(evidence: Evidence, event: Observation, vantage: str) -> bool:
    """Take an observation into the evidence; return False when it is older than what its check has.

    A `recorded` state stands until a newer observation of another kind, and the other way round.

    Args:
        evidence: Of the observation's subject.
        event: The observation.
        vantage: Vantage point that looked, resolved: `data.vantage`, or the only one there is.
    """
    data = event.data
    key = f"{data.kind}|{vantage if data.kind in POLLED else ''}|{data.seen_from or ''}"
    before = evidence.checks.get(key)
    if before is not None and event.time < before.time:
        return False
    same = before is not None and before.status == data.status and before.expired is None
    alike = before is not None and before.status == data.status  # silence in between is no failure
    earlier = None if before is None else before.before if alike else before.since
    check = Check(
        kind=data.kind,
        vantage=vantage if data.kind in POLLED else "",
        seen_from=data.seen_from or "",
        status=data.status,
        time=event.time,
        since=before.since if before is not None and same else event.time,
        before=earlier,
        began=before.began if before is not None and same else event.id,
        last=event.id,
        reason=data.reason,
    )
    stale = [
        k for k, c in evidence.checks.items() if (c.kind == "recorded") != (data.kind == "recorded")
    ]
    for other in stale:
        del evidence.checks[other]
    evidence.checks[key] = check
    if data.kind in ("reach", "recorded"):
        evidence.looked = event.time
    return True


def expire(evidence: Evidence, gap: timedelta, now: datetime) -> None:
    """Mark the polled checks that have been silent for `gap` as unknown from t_last + gap on."""
    for check in evidence.of(*POLLED):
        if check.expired is None and check.time + gap <= now:
            check.expired = check.time + gap


def judge(
    evidence: Evidence,
    inferred: Finding | None = None,
    blind: Mapping[str, Blindness] | None = None,
    *,
    carries: bool = False,
) -> Finding | None:
    """Weigh the checks of a component; None when nothing was ever seen.

    Args:
        evidence: Of the component.
        inferred: What inference makes of the reach (device) or the ports (link); it then stands for these
            checks and for a `self` message of being down.
        blind: Vantage points that see nothing, each with the link at fault and since when.
        carries: Of a link: something answers that is reached over it only, whatever its supplier says.

    Source: DESIGN.md 7.2 (kinds); CORE.md 3.3 (a supplier's "up" never makes uptime, and what is seen to work
        is not down for a supplier's word).
    """
    records = evidence.of("recorded")
    if records:
        return _as_it_stands(records[0])
    if inferred is not None and inferred.state == "unreachable":
        return inferred
    found = [inferred] if inferred is not None else _seen(evidence)
    found += _answers(evidence.of("service"), blind or {})
    if inferred is None:
        found += _answers(evidence.of("reach"), blind or {})
    if carries:
        found = found or [_carrying(evidence)]
    found += _spoken(evidence, found, gasp=inferred is None, carries=carries)
    return _contradicted(evidence, _worst(found))


def _carrying(evidence: Evidence) -> Finding:
    """A link of which we know only that traffic passes, since its supplier said otherwise."""
    said = [check for check in evidence.of("supplier") if check.status == "down"]
    return Finding("up", min(check.since for check in said))


def _contradicted(evidence: Evidence, found: Finding | None) -> Finding | None:
    """Both are shown where a supplier calls down what works; in words, what was seen decides the state."""
    if found is None or found.state not in WORKING or not evidence.says_down:
        return found
    said = tuple(c.began for c in evidence.of("supplier") if c.status == "down")
    return replace(found, reason=CONTRADICTED, evidence=(*found.evidence, *said))


def _as_it_stands(check: Check) -> Finding:
    return Finding(check.status, check.since, check.reason, evidence=(check.began,))


def _seen(evidence: Evidence) -> list[Finding]:
    """Ports of a link: one bad side is enough; an unknown side says nothing beside a known one."""
    sides = [_as_it_stands(check) for check in evidence.of("port")]
    return [side for side in sides if side.state != "unknown"] or sides[:1]


def _answers(checks: list[Check], blind: Mapping[str, Blindness]) -> list[Finding]:
    """One finding for all vantage points: an answer to any of them is an answer."""
    if not checks:
        return []
    found = [_answer(check, blind) for check in checks]
    best = min(found, key=lambda f: _BEST.index(f.state))
    every = tuple(id_ for f in found for id_ in f.evidence)
    torn = best.state == "up" and any(f.state == "down" for f in found)
    if torn and checks[0].kind == "service":
        worst = min(f.since for f in found if f.state == "down")
        return [Finding("degraded", worst, "werkt niet vanaf elk meetpunt", (), every)]
    return [replace(best, evidence=every) if best.state == "down" else best]


def _answer(check: Check, blind: Mapping[str, Blindness]) -> Finding:
    if check.vantage in blind:
        one = blind[check.vantage]
        reason = f"meetpunt {check.vantage} ziet niets"
        return Finding("unknown", one.since, reason, one.explanation.causes, (check.last,))
    if check.expired is not None:
        reason = f"geen meting sinds {text(check.time)}"
        return Finding("unknown", check.expired, reason, evidence=(check.last,))
    return _as_it_stands(check)


def _spoken(
    evidence: Evidence, found: list[Finding], *, gasp: bool, carries: bool
) -> list[Finding]:
    """What the component and its supplier say, where that adds something to what was seen."""
    alone = not found
    answered = max(
        (c.time for c in evidence.of(*POLLED) if c.counts in ("up", "degraded")), default=None
    )
    spoken = []
    for check in evidence.of("self", "supplier"):
        if carries and check.kind == "supplier" and check.status == "down":
            continue
        stands = check.status == "down" and _stands(check, answered, gasp=gasp)
        if alone or stands or check.status == "degraded":
            spoken.append(_as_it_stands(check))
    return spoken


def _stands(check: Check, answered: datetime | None, *, gasp: bool) -> bool:
    """Whether a message of being down holds: a later answer refutes it, any answer a supplier's."""
    if answered is None:
        return gasp or check.kind == "supplier"
    return check.kind == "self" and gasp and check.time > answered


def _worst(found: Iterable[Finding]) -> Finding | None:
    ranked = sorted(found, key=lambda f: (_WORST.index(f.state), f.since))
    if not ranked:
        return None
    worst = ranked[0]
    if worst.state == "up":  # up since the last of them came back
        return ranked[-1]
    return worst
