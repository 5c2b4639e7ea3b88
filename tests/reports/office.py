"""An office with two levels, a line of a sub-supplier and a probe; and words about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from events.contract import (
    AnyEvent,
    Change,
    ChangeData,
    Correction,
    CorrectionData,
    Observation,
    ObservationData,
)
from monitor.catalogue_files import load
from topology.compiled import Compiled

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

CATALOGUE = """\
version: 1
organisations: [{id: stad, name: Stad}]
suppliers:
  - id: lan
    name: LAN BV
    olas:
      - {target: 99.9, calendar: altijd}
      - {target: 90, calendar: kantoor, valid_from: 2026-06-10}
  - {id: kabel, name: Kabel BV, parent: lan}
  - {id: saas, name: Saas BV}
sites: [{id: plek, name: Plek, organisation: stad}]
calendars:
  - {id: altijd, always: true}
  - {id: kantoor, hours: [{days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00"}], holidays: none}
levels:
  - {id: goud, target: 99.5, calendar: altijd, minimum_coverage: 90}
  - {id: goud, target: 99.9, calendar: kantoor, minimum_coverage: 90, valid_from: 2026-06-15}
components:
  - {id: sw, kind: switch, site: plek, supplier: lan}
  - {id: app, kind: service, supplier: saas}
links: [{id: lijn, between: [sw, app], supplier: kabel}]
groups: [{id: balie, site: plek, users: 40, members: [sw]}]
chains:
  - {id: zaak, name: Zaak, from: balie, to: app, level: goud}
  - {id: nieuw, name: Nieuw, from: balie, to: app, level: goud, from_date: 2026-06-09, until: 2026-06-09}
  - {id: straks, name: Straks, from: balie, to: app, level: goud, from_date: 2026-07-01}
"""


def compiled(directory: Path, text: str = CATALOGUE) -> Compiled:
    (directory / "office.yaml").write_text(text, encoding="utf-8")
    return Compiled.of(load(directory))


def seen(
    id_: str, status: str, at: datetime, *, late: int = 5, kind: str = "recorded"
) -> Observation:
    data = ObservationData(kind=kind, status=status)  # type: ignore[arg-type]
    return Observation(
        id=f"{id_}-{status}-{at:%d%H%M%S}",
        source="t",
        subject=id_,
        time=at,
        recordedtime=at + timedelta(seconds=late),
        data=data,
    )


def corrected(event: AnyEvent, recorded: datetime, *, at: datetime | None) -> Correction:
    return Correction(
        id=f"k-{event.id}",
        source="t",
        subject=event.subject,
        time=recorded,
        recordedtime=recorded,
        data=CorrectionData(supersedes=event.id, at=at),
    )


def planned(id_: str, start: datetime, hours: int, *, told: datetime | None = None) -> Change:
    """Work on the switch, agreed a day before; registered then, or when told."""
    day_before = start - timedelta(days=1)
    data = ChangeData(
        components=["sw"], start=start, end=start + timedelta(hours=hours), agreed_at=day_before
    )
    recorded = told or day_before
    return Change(
        id=f"c-{id_}", source="t", subject=id_, time=recorded, recordedtime=recorded, data=data
    )
