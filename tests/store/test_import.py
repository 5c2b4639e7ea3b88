"""Lines that are imported give the report that the lines give."""

from __future__ import annotations

import json

import pytest

from monitor.__main__ import main
from tests.store.test_months import CATALOGUE, LATE, MAY, line

LAST = [
    line("e3", "down", "2026-05-31T21:40:00Z", "2026-05-31T21:40:05Z"),
    line("e4", "up", "2026-05-31T21:50:00Z", "2026-05-31T21:50:05Z"),
]


@pytest.mark.parametrize("words", [(), ("--until", "2026-06-05T00:00:00Z")], ids=["to", "until"])
def test_time_goes_on_to_the_last_line_and_not_only_to_the_last_observation(
    words, tmp_path, capsys
):
    region, data, lines = tmp_path / "region", tmp_path / "data", tmp_path / "lines.jsonl"
    region.mkdir()
    (region / "keten.yaml").write_text(CATALOGUE)
    lines.write_text("\n".join([*MAY, *LAST, LATE]))
    assert main(["ledger", "import", str(region), str(lines), *words, "--data", str(data)]) == 0
    asked = ["report", str(region), "--month", "2026-05", "--json"]
    capsys.readouterr()
    assert main([*asked, "--data", str(data)]) == 0
    there = json.loads(capsys.readouterr().out)["chains"]
    assert main([*asked, "--events", str(lines)]) == 0
    here = json.loads(capsys.readouterr().out)["chains"]
    assert here["zaak"]["incidents"][-1]["closed"] == "2026-05-31T21:52:00Z"
    assert there == here
