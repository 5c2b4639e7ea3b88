"""Small catalogues for the tests of this folder."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from events.errors import ConfigError
from monitor.catalogue_files import load

GOLDEN = Path(__file__).parents[3] / "shared" / "golden"

WHOLE = """\
version: 1
organisations: [{id: o, name: Gemeente}]
suppliers: [{id: lan, name: LAN BV, contact: {email: noc@lan.example}}]
sites: [{id: s, name: Stadhuis, organisation: o}]
calendars: [{id: altijd, always: true}]
levels: [{id: goud, target: 99.5, calendar: altijd}]
components:
  - {id: sw-1, kind: switch, site: s, supplier: lan}
  - {id: core-1, kind: switch, tier: core, supplier: lan}
  - {id: app, kind: service, supplier: lan}
links:
  - {id: l-1, between: [sw-1, core-1], supplier: lan}
  - {id: l-2, between: [core-1, app], supplier: lan}
groups: [{id: g, users: 10, members: [sw-1]}]
chains: [{id: c, from: g, to: app, level: goud}]
"""


def written(directory: Path, **files: str) -> Path:
    """Write `name=text` as name.yaml and return the directory."""
    for name, text in files.items():
        (directory / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    return directory


def refused(directory: Path) -> list[tuple[str, int, int, str]]:
    """Load what must be refused: file name, line, column and code of every problem."""
    with pytest.raises(ConfigError) as caught:
        load(directory)
    return [
        (Path(problem.file).name, problem.line, problem.column, problem.code)
        for problem in caught.value.problems
    ]
