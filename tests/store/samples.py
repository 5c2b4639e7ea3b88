"""Facts to keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events import ids
from events.contract import (
    CatalogueData,
    CatalogueLoaded,
    Change,
    ChangeData,
    Correction,
    CorrectionData,
    State,
    StateData,
)

START = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def verdict(
    state="down", time=0, *, subject="sw", since=None, evidence=(), recorded=None, rewrites=None
):
    data = StateData(
        of="component",
        state=state,
        since=at(time if since is None else since),
        evidence=list(evidence),
        rewrites=None if rewrites is None else at(rewrites),
    )
    made = ids.event(State, source="engine/default", subject=subject, time=at(time), data=data)
    return ids.stamp(made, at(time if recorded is None else recorded))


def correction(supersedes, status=None, to=None, *, recorded=0):
    data = CorrectionData(supersedes=supersedes, status=status, at=None if to is None else at(to))
    made = ids.event(Correction, source="operator/j", subject="sw", time=at(recorded), data=data)
    return ids.stamp(made, at(recorded))


def change(name="c-1", components=("sw",), start=0, end=3600, recorded=-60):
    data = ChangeData(
        components=list(components), start=at(start), end=at(end), agreed_at=at(recorded)
    )
    made = ids.event(Change, source="operator/j", subject=name, time=at(recorded), data=data)
    return ids.stamp(made, at(recorded))


def loaded(version, time=0):
    made = ids.event(
        CatalogueLoaded,
        source="engine/default",
        subject="catalogue",
        time=at(time),
        data=CatalogueData(version=version),
    )
    return ids.stamp(made, at(time))
