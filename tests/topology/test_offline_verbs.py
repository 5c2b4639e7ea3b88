"""`keten evaluate` and `keten graph`: answers, and errors that name the cure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from monitor.__main__ import main

if TYPE_CHECKING:
    from pathlib import Path

CATALOGUE = """
version: 1
calendars: [{id: altijd, always: true, holidays: none}]
suppliers: [{id: lan, name: LAN, parent: null, contact: {email: noc@lan.example}}]
levels: [{id: goud, target: 99.5, calendar: altijd, minimum_coverage: 99.5}]
components:
  - {id: sw-1, kind: switch, supplier: lan}
  - {id: app, kind: service, supplier: lan}
links: [{id: l-1, between: [sw-1, app], supplier: lan}]
groups: [{id: zaal, users: 40, members: [sw-1]}]
chains: [{id: zaken, name: Zaken, from: zaal, to: app, level: goud}]
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> str:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "keten.yaml").write_text(CATALOGUE, encoding="utf-8")
    return str(tmp_path / "catalogue")


def states(tmp_path: Path, content: object) -> str:
    path = tmp_path / "states.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def test_evaluate_tells_state_flags_kappa_and_users(
    catalogue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = states(tmp_path, {"states": {"sw-1": "unknown"}})
    assert main(["evaluate", catalogue, file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "chains": {
            "zaken": {
                "state": "unknown",
                "flags": [],
                "kappa": 1,
                "users_affected": {"certain": 0, "possible": 40},
            }
        }
    }
    assert main(["evaluate", catalogue, file]) == 0
    assert capsys.readouterr().out == "zaken  unknown      kappa 1  users 0 to 40\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"states": {"sw1": "down"}}, "did you mean `sw-1`?"),
        ({"states": {"sw-1": "dwon"}}, "did you mean `down`?"),
        ({"states": {"zaal": "down"}}, "no component, link or shared risk `zaal`"),
        ({"states": {"sw-1": None}}, 'write it as {"states": {"sw-1": "down"}}'),
        ([], 'write it as {"states": {"sw-1": "down"}}'),
    ],
)
def test_wrong_states_are_refused_with_the_cure(
    content: object,
    message: str,
    catalogue: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evaluate", catalogue, states(tmp_path, content)]) == 2
    told = capsys.readouterr()
    assert message in told.err
    assert told.out == ""


def test_a_file_of_states_that_is_not_there_or_not_json_is_named(
    catalogue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = str(tmp_path / "absent.json")
    assert main(["evaluate", catalogue, absent]) == 2
    assert f"{absent}: cannot be read" in capsys.readouterr().err
    torn = tmp_path / "torn.json"
    torn.write_text('{"states": ', encoding="utf-8")
    assert main(["evaluate", catalogue, str(torn)]) == 2
    assert "is not JSON" in capsys.readouterr().err


def test_graph_writes_one_format_to_stdout_and_several_to_a_directory(
    catalogue: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", catalogue]) == 0
    drawn = capsys.readouterr().out
    assert drawn.startswith("<graphml")
    assert main(["graph", catalogue, "--json"]) == 0
    names = {node["id"] for node in json.loads(capsys.readouterr().out)["nodes"]}
    assert names == {"sw-1", "app", "l-1", "zaal", "zaken"}
    out = tmp_path / "out"
    assert main(["graph", catalogue, "--format", "graphml,json", "--output", str(out)]) == 0
    assert (out / "graph.graphml").read_text(encoding="utf-8") == drawn
    assert main(["graph", catalogue, "--format", "graphml,json"]) == 2
    assert "--output" in capsys.readouterr().err
    assert main(["graph", catalogue, "--format", "dot"]) == 2
    assert "use graphml, json" in capsys.readouterr().err
