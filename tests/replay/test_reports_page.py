"""docs/reports.md: every figure that a report holds is named there, and the examples are what comes out."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from monitor.__main__ import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reports.md").read_text("utf-8")
SHARED = ROOT.parent / "shared" / "golden"
golden = pytest.mark.skipif(not SHARED.exists(), reason="the worked scenarios are not beside us")

PLAIN = {"name", "users", "digest", "id", "from", "to", "calendar", "parent", "components", "terms"}
"""Keys that are what they are called."""


def reported(capsys, scenario, month, *more):
    folder = SHARED / scenario
    argv = ["report", str(folder / "catalogue"), "--month", month, "--json"]
    main([*argv, "--events", str(folder / "events.jsonl"), *more])
    return json.loads(capsys.readouterr().out)["chains"]


@golden
def test_every_key_of_a_chain_is_defined(capsys):
    (chain,) = reported(capsys, "G08", "2026-06").values()
    keys = {
        *chain,
        *chain["parts"][0],
        *chain["suppliers"],
        *chain["budget"],
        *chain["incidents"][0],
    }
    words = set(re.findall(r"[a-z_]+", PAGE))
    assert keys - PLAIN - words == set()


@golden
@pytest.mark.parametrize(
    ("scenario", "month", "chain", "figures"),
    [
        ("G07", "2025-04", "open", ["756,000", "38,400", "94.920"]),
        ("G07", "2025-04", "dicht", ["720,000", "2,400", "99.666"]),
        ("G08", "2026-06", "keten", ["792,000", "7,200", "784,800", "2,700", "99.503", "3,924"]),
        ("G11", "2026-06", "keten", ["5,400", "1,800", "1,200", "3,000"]),
    ],
)
def test_the_figures_of_an_example_are_those_of_its_scenario(
    capsys, scenario, month, chain, figures
):
    told = json.dumps(reported(capsys, scenario, month)[chain])
    for figure in figures:
        assert figure in PAGE
        assert figure.replace(",", "") in told


@golden
def test_the_example_of_a_closed_month_is_that_of_its_scenario(capsys):
    closed = reported(capsys, "G10", "2026-05", "--as-of", "2026-06-03T07:00:00Z")["keten"]
    assert (closed["down"], reported(capsys, "G10", "2026-05")["keten"]["down"]) == (1200, 840)
    assert "1,200 seconds down on 20 May" in " ".join(PAGE.split())
