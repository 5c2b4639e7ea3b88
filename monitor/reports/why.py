"""A fold of event lines turned into why a chain is in its state: the rule, the causes, the evidence. Pure.

Nothing is said that the evidence does not carry: what is unknown stays unknown, with its reason and age.

Source: CORE.md 1.3 (the table of lanes) and 3 (root cause); UX.md 5, page 2.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from events.contract import Change, Observation, RootCause, State
from events.span import text
from monitor.corrections import effective
from monitor.fold import Fold
from monitor.reports.explanation import explanation
from monitor.reports.lane_rule import rule
from monitor.reports.unsaid import said
from topology.lanes import Lanes
from topology.maintenance import agreed_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from events.contract import AnyEvent, ChangeData, RootCauseData, StateData
    from topology.compiled import Compiled

__all__ = ["NothingKnownError", "Why", "why"]

Shape = dict[str, object]


class NothingKnownError(ValueError):
    """There is no event at or before the moment that is asked about."""


def why(
    compiled: Compiled,
    events: Iterable[AnyEvent],
    chain: str,
    at: datetime | None = None,
    as_of: datetime | None = None,
) -> Shape:
    """Turn events into why a chain is in its state.

    Args:
        compiled: The catalogue.
        events: In any order, with their corrections.
        chain: Its id.
        at: Everything up to and including this moment has happened, and nothing later; None = up to the last.
        as_of: Only what was recorded by then counts; None = all.

    Raises:
        NothingKnownError: No event is as old as that.
    """
    known = [one for one in events if as_of is None or one.recorded <= as_of]
    folded = [one for one in effective(known) if at is None or one.time <= at]
    if not folded:
        raise NothingKnownError
    fold = Fold(compiled)
    told = [one for event in folded for one in fold.step(event)]
    now = at or folded[-1].time
    told += fold.advance(now)
    return Why(compiled, fold, folded, told, now).told(chain)


class Why:
    """What a fold knows at a moment, ready to be asked about a chain.

    Args:
        compiled: The catalogue.
        fold: Has come to the moment.
        folded: What it was fed.
        told: What it said.
        now: The moment.
    """

    def __init__(
        self,
        compiled: Compiled,
        fold: Fold,
        folded: Iterable[AnyEvent],
        told: Iterable[AnyEvent],
        now: datetime,
    ) -> None:
        self._compiled, self._now = compiled, now
        self._seen = {one.id: one for one in folded if isinstance(one, Observation)}
        self._last_seen = {one.subject: one for one in self._seen.values()}
        self._changes = {one.subject: one for one in folded if isinstance(one, Change)}
        present = {(type(one), one.subject): one.data for one in fold.present_all()}
        self._states: dict[str, StateData] = {}
        self._causes: dict[str, RootCauseData] = {}
        for one in told:
            if isinstance(one, State):
                self._states[one.subject] = present.get((State, one.subject), one.data)  # type: ignore[assignment]
            elif isinstance(one, RootCause):
                self._causes[one.subject] = present.get((RootCause, one.subject), one.data)  # type: ignore[assignment]
        self._verdict = fold.verdict()
        self._lanes = Lanes(compiled.gates)
        self._lanes.set({id_: str(one["state"]) for id_, one in self._rows("components").items()})

    def _rows(self, kind: str) -> Mapping[str, Mapping[str, object]]:
        rows = self._verdict[kind]
        assert isinstance(rows, dict)
        return rows

    def told(self, chain: str) -> Shape:
        """Tell of one chain."""
        catalogue = self._compiled.catalogue
        own, row = catalogue.chains[chain], self._rows("chains")[chain]
        verdict = self._lanes.verdict(chain, exact=True)
        items = self._lanes.cone(chain).items
        cone = [id_ for id_, item in self._compiled.gates.items.items() if item in items]
        causes = row["causes"]
        assert isinstance(causes, list)
        bad = [id_ for id_ in cone if self._state(id_) != "up"]
        wanted = {*bad, *causes}
        return {
            "id": chain,
            "name": own.name,
            "at": text(self._now),
            "state": row["state"],
            "since": row["since"],
            "age_s": self._age(row["since"]),
            "flags": row["flags"],
            "kappa": verdict.kappa,
            "rule": rule(verdict, catalogue.levels[own.level].redundancy),
            "users": catalogue.groups[own.source].users,
            "users_affected": row["users_affected"],
            "root_causes": [self._cause(id_) for id_ in causes],
            "parts": [self._part(id_) for id_ in bad],
            "work": [self._work(one) for one in self._active(set(cone))],
            "evidence": self._evidence(wanted),
            "catalogue": catalogue.version,
        }

    def _state(self, id_: str) -> str:
        return str(self._rows("components")[id_]["state"])

    def _age(self, since: object) -> int | None:
        """Whole seconds since a moment; None = it is not known."""
        if since is None:
            return None
        return int((self._now - datetime.fromisoformat(str(since))).total_seconds())

    def _cause(self, id_: str) -> Shape:
        data = self._causes.get(id_)
        told = explanation(data) if data is not None and data.status == "open" else None
        return {"id": id_, "supplier": self._supplier(id_), "explanation": told}

    def _part(self, id_: str) -> Shape:
        """A part that is not up. Of one that nobody looks at, that is the reason."""
        row = self._rows("components")[id_]
        told = self._states.get(id_)
        last = self._last_seen.get(id_)
        reason = str(row["reason"])
        return {
            "id": id_,
            "state": row["state"],
            "since": row["since"],
            "reason": said(reason if told else reason or None),
            "because_of": row["causes"],
            "supplier": self._supplier(id_),
            "last_seen": text(last.time) if last else None,
            "last_seen_age_s": self._age(text(last.time)) if last else None,
            "evidence": self._witnesses(id_),
        }

    def _witnesses(self, id_: str) -> list[str]:
        """What decided about a part; of what nobody saw fail, what it was named for."""
        told, cause = self._states.get(id_), self._causes.get(id_)
        return list(told.evidence if told else ()) or list(cause.evidence if cause else ())

    def _supplier(self, id_: str) -> str | None:
        known = self._compiled.catalogue
        part = known.components.get(id_) or known.links.get(id_) or known.shared_risks.get(id_)
        return part.supplier if part else None

    def _active(self, cone: set[str]) -> list[Change]:
        """Agreed work that is under way on something that the chain rests on."""
        found = []
        for change in self._changes.values():
            window = agreed_window(change.data)
            under_way = window is not None and window[0] <= self._now < window[1]
            if under_way and not cone.isdisjoint(change.data.components):
                found.append(change)
        return found

    def _work(self, change: Change) -> Shape:
        data: ChangeData = change.data
        return {
            "change": change.subject,
            "event": change.id,
            "components": sorted(data.components),
            "from": text(data.start),
            "to": text(data.end),
        }

    def _evidence(self, wanted: set[str]) -> list[Shape]:
        """The observations that decided about these parts, the oldest first."""
        ids = {
            event for id_ in wanted if (told := self._states.get(id_)) for event in told.evidence
        }
        ids |= {event for id_ in wanted if (own := self._causes.get(id_)) for event in own.evidence}
        found = sorted((self._seen[id_] for id_ in ids if id_ in self._seen), key=lambda e: e.order)
        return [
            {
                "id": one.id,
                "source": one.source,
                "subject": one.subject,
                "kind": one.data.kind,
                "status": one.data.status,
                "reason": one.data.reason,
                "vantage": one.data.vantage,
                "time": text(one.time),
                "age_s": self._age(text(one.time)),
            }
            for one in found
        ]
