"""Usable events turned into remarks: what of them does nothing, or not what was meant. Pure.

A remark leaves nothing out and changes no figure. It says in one place, for every verb that reads event
lines, what a person would want to mend, with the line, the id and the cure.

Source: DESIGN.md 7.2 (`change`, `correction`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from events.contract import Change, Correction
from events.span import text
from monitor.corrections import Corrections, effective
from topology.accounts.exclusion import last_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from events.contract import AnyEvent
    from topology.model import Catalogue

__all__ = ["TEXTS", "Remark", "remarks"]

TEXTS = {
    "empty-change": (
        "change {change}: its end {end} is not after its start {start}, so it excuses nothing;"
        " send it again with its right times"
    ),
    "unknown-chain": (
        "change {change}: its declared impact names {chains}, which the catalogue does not have:"
        " that excuses nothing; send it again with the right ids"
    ),
    "waiting-correction": (
        "correction {id} waits for {event}, which is not there: it has no effect yet;"
        " check the id, or add the line that has it"
    ),
    "corrections-in-a-circle": (
        "correction {id} supersedes itself by way of {event}: it has no effect;"
        " let it supersede the event"
    ),
    "overruled": (
        "correction {id} of {event} is overruled by {last}, which was recorded later;"
        " to put a correction right, supersede it"
    ),
}
"""Kind of a remark to its words."""


class Remark(NamedTuple):
    """A remark; `line` is None where the event did not come from a file of lines."""

    line: int | None
    id: str
    code: str
    reason: str


def remarks(
    catalogue: Catalogue, events: Sequence[AnyEvent], lines: Mapping[str, int] | None = None
) -> list[Remark]:
    """Turn events into what is to be said about them, in the order of their lines.

    Args:
        catalogue: By which they are judged.
        events: Usable ones, in any order, with their corrections.
        lines: Id of an event to the number of its line.
    """
    places = lines or {}
    found = [*_of_changes(catalogue, events), *_of_corrections(events)]
    told = [Remark(places.get(one.id), *one[1:]) for one in found]
    return sorted(told, key=lambda one: (one.line or 0, one.id, one.code))


def _remark(code: str, id_: str, **values: str) -> Remark:
    return Remark(None, id_, code, TEXTS[code].format(id=id_, **values))


def _of_changes(catalogue: Catalogue, events: Iterable[AnyEvent]) -> Iterator[Remark]:
    changes = [one for one in effective(events) if isinstance(one, Change)]
    for change in last_words(changes):
        data, name = change.data, change.subject
        if data.end <= data.start:
            start, end = text(data.start), text(data.end)
            yield _remark("empty-change", change.id, change=name, start=start, end=end)
        unknown = sorted(set(data.declared_impact or ()) - set(catalogue.chains))
        if unknown:
            yield _remark("unknown-chain", change.id, change=name, chains=", ".join(unknown))


def _of_corrections(events: Iterable[AnyEvent]) -> Iterator[Remark]:
    corrections = Corrections(events)
    known = {one.id for one in events}
    of: dict[str, list[Correction]] = {}
    for one in corrections:
        root, superseded = corrections.root(one.id), one.data.supersedes
        if root is None:
            yield _remark("corrections-in-a-circle", one.id, event=superseded)
        elif root not in known:
            yield _remark("waiting-correction", one.id, event=root)
        of.setdefault(superseded, []).append(one)
    for superseded, several in of.items():
        *others, last = sorted(several, key=lambda one: (one.recorded, one.id))
        for other in others:
            yield _remark("overruled", other.id, event=superseded, last=last.id)
