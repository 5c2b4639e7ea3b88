"""The worked scenarios give their figures: `evaluate` cases, and those of `replay` that are built."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT.parent / "shared" / "golden"
KETEN = Path(sys.executable).parent / "keten"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not GOLDEN.is_dir(), reason="the worked scenarios (../shared/golden) are absent"
    ),
]

EVALUATE = ["G01", "G02", "G03", "G04", *(f"random/evaluate-{n:02}" for n in range(1, 6))]


def check(folders: list[str], *skipped: str) -> str:
    skip = [word for tag in skipped for word in ("--skip", tag)]
    result = subprocess.run(
        [GOLDEN / "check", "--keten", KETEN, *skip, *(GOLDEN / folder for folder in folders)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.splitlines()[-1]


def test_every_evaluate_case_gives_its_figures():
    assert check(EVALUATE) == "42 passed, 0 failed"


REPORT = [*(f"G{n:02}" for n in range(5, 12)), *(f"random/report-{n:02}" for n in range(1, 6))]


def test_every_report_case_gives_its_figures():
    assert check(REPORT) == "30 passed, 0 failed"


def test_incidents_open_and_close_at_their_worked_moments():
    assert check(["G15", "G15-closing"], "deadlines").endswith(", 0 failed")


def test_the_composition_of_olas_gives_its_predicted_availability():
    assert check(["G12"]) == "1 passed, 0 failed"
